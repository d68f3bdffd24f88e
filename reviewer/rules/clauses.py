"""Reading a goal clause by clause.

A clause is a task (work that leaves a trace), an outcome (something gets better), background (meaning, situation,
duties, legal grounds) or an aside (a place, a condition, an aim of several years).
"""

from __future__ import annotations

import re
from collections import deque
from functools import cache
from typing import Literal, NamedTuple

from reviewer.language.lexicon import any_of, words
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value

ClauseKind = Literal["task", "outcome", "background", "aside"]


class Clause(NamedTuple):
    """A clause of a goal: span in the folded goal, kind, the verb that makes it a task (or ``""``), numbers."""

    start: int
    end: int
    text: str
    kind: ClauseKind
    verb: str
    values: tuple[Value, ...]


_BRACKETED = re.compile(r"《[^》]*》|“[^”]*”|\"[^\"]*\"|\([^()]*\)|〔[^〕]*〕|「[^」]*」|【[^】]*】")
_SENTENCE = re.compile(r"[^。;!?]+")
_PART = re.compile(r"[^,:]+")
_NUMBERING = re.compile(
    r"(?:(?:<[^>]*>|[-·*●◆]|目标\d+|\d{1,2}[.、)](?!\d)|\(?[一二三四五六七八九十]{1,2}[)、是](?!否)|\(\d{1,2}\)|[①-⑳]|第[一二三四五]是)[:.、]?)+"
)
_SEVERAL_YEARS = re.compile(r"(?:中长?期|长期|总体|实施周期|五年|三年)(?:绩效)?(?:目标)?\Z")
_THIS_YEAR = re.compile(r"(?:年度|本年度?|当年|20\d\d年度?)(?:绩效)?(?:目标)?\Z")

_DUTY = re.compile(
    r"负责(?!建|新建|完成|实施)|承担[^,。;]{0,20}职[责能]|[内下]设[^备施置立计]|设在|主要职[责能]|职[责能]是"
)
_BACKGROUND = re.compile(
    r"""
      是[^,。;]*(?:举措|要求|任务|工程|命脉|保障|基础|途径|手段|抓手|关键|问题|需要|体现|之举|责任|大事|标志|内容)\Z
    | 意义(?:重大|深远)?\Z | 具有[^,。;]*(?:意义|作用)
    | 关系(?:到|着)?[千广全人群民国社经] | 随着 | 日益 | 难以 | 年久失修 | 历来 | 高度重视 | 亟[待需须]
    | 存在[^,。;]*(?:问题|不足|隐患|短板) | 矛盾 | 滞后 | 供不应求
    | \A(?:根据|依据|按照|遵照|为贯彻|为落实|为响应)[^,。;]*
      (?:精神|要求|规定|通知|文件|办法|意见|部署|条例|法|法律|法规|规章|\0)\Z
    | \A(?:统筹|认真|深入|全面)?(?:贯彻|落实|执行)[^,。;]*(?:要求|部署|精神|决策|规定|意见)\Z
    | 需要[^,。;]*(?:保障|经费|配合|支持)\Z | 实力雄厚 | 有助于 | 涉及面 | 涵盖
    | \0\d+号 | 户籍 | 常住 | 总人口 | \A(?:全[县市区省]|我[县市区局院校]|辖区|目前)?(?:内)?(?:现有|共有|下辖|设有|辖)
    """,
    re.VERBOSE,
)


@cache
def _any(section: str) -> re.Pattern[str]:
    return re.compile(rf"(?!{any_of(words('goals', 'kept'))}){any_of(words('goals', section))}")


def read_clauses(goal: Parsed) -> list[Clause]:
    """Cut a goal into its clauses.

    >>> goal = Parsed("随着老龄化加快，培训护理员300人次，改善照护条件。")
    >>> [(clause.kind, clause.verb) for clause in read_clauses(goal)]
    [('background', ''), ('task', '培训'), ('outcome', '')]
    """
    # Titles, quotations and brackets are blanked: signs in them cut nothing, and words in them promise nothing.
    text = _BRACKETED.sub(lambda match: "\0" * len(match.group()), goal.text)
    values = deque(value for value in goal.values if text[value.end - 1] != "\0")
    clauses: list[Clause] = []
    several_years = False
    for sentence in _SENTENCE.finditer(text):
        duty = _DUTY.search(text, *sentence.span()) is not None
        for part in _PART.finditer(text, *sentence.span()):
            numbering = _NUMBERING.match(text, *part.span())
            start, end = numbering.end() if numbering else part.start(), part.end()
            inside = []
            while values and values[0].start < end:
                value = values.popleft()
                if value.start >= start:
                    inside.append(value)
            blanked = text[start:end]
            if text[end : end + 1] == ":" and len(blanked) <= _LONGEST_LABEL:
                several_years = bool(_SEVERAL_YEARS.search(blanked)) or (
                    several_years and not _THIS_YEAR.search(blanked)
                )
            elif blanked:
                kind, verb = _kind(blanked, bool(inside), duty, several_years)
                clauses.append(Clause(start, end, goal.text[start:end], kind, verb, tuple(inside)))
    return clauses


_LONG_TERM = re.compile(r"[两二三四五六][个]?年(?![级度龄])|到20\d\d年|十[三四五六]五|规划期|累计")
_LONGEST_LABEL = 10  # code points of “中期绩效目标” and its like before a colon
_ADVERBS = re.compile(
    r"(?:进一步|不断|持续|切实|着力|努力|积极|充分|有效|大力|逐步|扎实|深入|全面|继续|力争|从而|稳步|为[^,。;]{2,12}?(?=创造|夯实))*"
)
_GETS_BETTER = re.compile(
    r"(?:得到|有所|明显|显著|进一步|逐步|不断|持续|逐年|稳中)[^,。;]{2,6}\Z|(?:增强|改善|提高|提升|好转|上升)\Z"
)


def _kind(text: str, has_values: bool, duty: bool, several_years: bool) -> tuple[ClauseKind, str]:
    if several_years or _LONG_TERM.search(text):
        return "aside", ""
    if (duty and not has_values) or _BACKGROUND.search(text):
        return "background", ""
    head = _ADVERBS.match(text).end()  # type: ignore[union-attr]  # matches at least nothing
    weak = _any("weak-verb")
    task = _any("task-verb").search(text) or (weak.search(text) if has_values else weak.match(text, head))
    verb = task.group() if task else ""
    if has_values:
        return "task", verb
    if _any("outcome-verb").match(text, head) or _GETS_BETTER.search(text):
        return "outcome", ""
    light = _any("light-verb").match(text, head)
    if task or light:
        return "task", verb or light.group()  # type: ignore[union-attr]  # one of the two matched
    return "aside", ""
