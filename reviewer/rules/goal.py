"""G801–G803: is there a goal, can it be measured, does it say what will be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.language import phrases
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.rules.answers import Hit
from reviewer.rules.clauses import Clause, light_verbs
from reviewer.rules.row import ProjectFacts

_NO_GOAL = re.compile(r"[-/\\.。…、*xX×_?]*|无|没有|略|空|暂无|待定|同上|详见附件|见附件")
_NAME_FILLER = re.compile(r"项目|工程|专项|经费|资金|费用|支出|工作|年度?|20\d\d|[的之()\-、,。;:《》“”\"]")


def goal_missing(facts: ProjectFacts) -> Iterator[Hit]:
    """G801: no goal, or only the project's name once more."""
    goal, name = facts.goal.text, facts.project.name
    if len(goal) > len(name) + _LONGEST_FILLER:
        return
    if _NO_GOAL.fullmatch(goal.rstrip("。;,")):
        yield Hit("G801", "goal", 0, len(goal), "没有写绩效目标。" if not goal else f"绩效目标只写了“{goal}”。")
        return
    said = _NAME_FILLER.sub("", goal)
    if len(said) >= _SHORTEST_NAME and said in _NAME_FILLER.sub("", fold(name)[0]):
        yield Hit("G801", "goal", 0, len(goal), "绩效目标只重复了项目名称，没有说要做成什么。")


_LONGEST_FILLER = 10  # code points of “年度专项资金项目。” around the name
_SHORTEST_NAME = 3


def goal_without_target(facts: ProjectFacts, clauses: Sequence[Clause]) -> Iterator[Hit]:
    """G803 when all of the goal is background, else G802 when nothing in it can be measured."""
    goal = facts.goal
    if _measurable(goal, clauses):
        return
    kinds = {clause.kind for clause in clauses}
    if "background" in kinds and not kinds & {"task", "outcome"}:
        message = "目标只讲了意义、形势、依据或职责，没有说花了钱以后要达到什么。"
        yield Hit("G803", "goal", 0, len(goal.text), message)
    elif any(clause.verb and clause.verb not in light_verbs() for clause in clauses):
        message = "目标说了做什么，没有说做多少、到什么时候。"
        yield Hit("G802", "goal", 0, len(goal.text), message, "hint")
    else:
        message = "目标里没有数量、日期、频次，也没有点名要交付的东西，年底无法判断是否实现。"
        yield Hit("G802", "goal", 0, len(goal.text), message)


_NAMED_DELIVERABLE = re.compile(
    r"(?:拍摄|制作|出版|编印|编制|编写|举办|举行|召开|承办)[^,。;]{0,40}?(?:《[^》]{1,60}》|首届|第[一二三四五六七八九十\d]{1,3}届)"
)


def _measurable(goal: Parsed, clauses: Sequence[Clause]) -> bool:
    for clause in clauses:
        if clause.kind != "background" and any(value.dimension != "age" for value in clause.values):
            return True
    if any(time.kind in ("date", "frequency") for time in goal.times):
        return True
    text = goal.text
    if _NAMED_DELIVERABLE.search(text) or phrases.done(text) or "建成" in text:
        return True
    return any(phrases.graded(clause.text) or phrases.none_of_bad(clause.text) for clause in clauses)
