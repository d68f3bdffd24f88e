"""Help in three steps, each saying more; none says the answer itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from reviewer.models import Finding
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.training.engine import judged
from reviewer.training.models import LETTERS, Exercise, Kind

_STEP = re.compile(r"^\d+\. *(.+)", re.MULTILINE)
_SENTENCE = re.compile(r"[^。；：\n]*[。；：]?")
_FIGURE = re.compile(r"\d[\d,.]*")


def hints(exercise: Exercise) -> tuple[str, str, str]:
    """Return three hints for *exercise*, from the gentlest to the one that leaves only the last step.

    >>> from reviewer.models import Document
    >>> exercise = Exercise(Kind.CLASS, "C401", "", Document(), "row", ("数量指标", "质量指标"), "A", "", "", "")
    >>> hints(exercise)[0]
    '先问一句：这个值说的是做了多少、做得好不好、什么时候、花多少钱，还是带来什么变化？'
    """
    rule = load_catalogue().get(exercise.code)
    match exercise.kind:
        case Kind.FIND:
            return f"毛病是这一种：{rule.title}。", _out(exercise, 2), _what(rule)
        case Kind.RULE:
            return _where(exercise) or _look(exercise), _out(exercise, 2), _what(rule)
        case Kind.CLASS:
            first = "先问一句：这个值说的是做了多少、做得好不好、什么时候、花多少钱，还是带来什么变化？"
            return first, _out(exercise, 1), _out(exercise, 2)
        case Kind.ORDER:
            first = "先找没有毛病的一条，放在最后；再找年底完全没法核对的一条，放在最前。"
            best = f"最好的是 {exercise.answer[-1]}。"
            return first, best, f"{best}最差的是 {exercise.answer[0]}：{rule.title}。"
        case _:
            return _where(exercise) or _look(exercise), _how(rule), _shape(exercise)


def _out(exercise: Exercise, many: int) -> str:
    """Rule out *many* of the wrong options, always the same ones first."""
    wrong = [letter for letter in LETTERS[: len(exercise.options)] if letter != exercise.answer]
    Random(exercise.id).shuffle(wrong)
    return f"不是 {'、'.join(sorted(wrong[: min(many, len(wrong) - 1)]))}。"


def _what(rule: Rule) -> str:
    text = rule.section("是什么").replace("\n", "")
    found = _SENTENCE.match(text)
    return f"这条规则说：{found.group() if found else text}"


def _where(exercise: Exercise) -> str:
    """Point at the words that the rule is about."""
    row = exercise.row
    if row is None:
        return ""
    found = judged(row, exercise.project, exercise.year).findings
    quote = _quote(found, exercise.code)
    title = f"毛病是这一种：{load_catalogue().get(exercise.code).title}。" if exercise.kind is Kind.MEND else ""
    return f"{title}看“{quote}”这几个字。" if quote else title


def _quote(found: Sequence[Finding], code: str) -> str:
    return next((finding.quote for finding in found if finding.code == code and finding.quote.strip()), "")


def _look(exercise: Exercise) -> str:
    return {
        "row": "把名称、类别和值放在一起看。",
        "project": "把目标和每条指标一一对照。",
        "document": "把几个项目的目标和指标放在一起比。",
        "file": "核对合计、小计和每一行，再看文字有没有断开。",
    }[exercise.about]


def _how(rule: Rule) -> str:
    text = rule.section("怎么改")
    steps = _STEP.findall(text)
    return f"改法：{steps[0] if steps else text.splitlines()[0]}"


def _shape(exercise: Exercise) -> str:
    """The model answer without its numbers."""
    return f"可以写成这样，数要自己定：{_FIGURE.sub('□', exercise.answer)}"
