"""Reading a goal clause by clause.

A clause is a task (work that leaves a trace), an outcome (something gets better), background (meaning, situation,
duties, legal grounds) or an aside (a place, a condition, an aim of several years). The words of
``data/lexicon/goals.txt`` decide; they are looked up once for the whole goal.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from reviewer.language.lexicon import any_of, words
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value

ClauseKind = Literal["task", "outcome", "background", "aside"]


class Clause(NamedTuple):
    """A clause: span in the folded goal, kind, the verb that makes it a task (or ``""``), numbers.

    ``bare`` is its text with empty words and numbers blanked out, of the same length as ``text``.
    """

    start: int
    end: int
    text: str
    bare: str
    kind: ClauseKind
    verb: str
    values: tuple[Value, ...]


# A listed word: where it starts, the word, its section.
_Word = tuple[int, str, str]

_SECTIONS = (
    "task-verb", "generic-verb", "weak-verb", "outcome-verb", "light-verb", "adverb", "background", "filler", "kept"
)  # fmt: skip
# These say nothing about which thing is meant.
_EMPTY = frozenset({"generic-verb", "outcome-verb", "light-verb", "adverb", "filler"})
# And these decide nothing about a clause.
_SILENT = frozenset({"filler", "kept"})


@cache
def _section_of() -> dict[str, str]:
    return {word: section for section in _SECTIONS for word in words("goals", section)}


@cache
def light_verbs() -> frozenset[str]:
    """Verbs that carry the noun behind them and are no work by themselves (开展, 落实)."""
    return frozenset(words("goals", "light-verb"))


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile(f"({any_of(list(_section_of()))})")


_BRACKET = re.compile('[《“"(〔「【]')
# Lengths are bounded so that thousands of unclosed brackets cost no more than a thousand.
_BRACKETED = re.compile(
    r"《[^》]{0,80}》|“[^”]{0,80}”|\"[^\"]{0,80}\"|\([^()]{0,80}\)|〔[^〕]{0,80}〕|「[^」]{0,80}」|【[^】]{0,80}】"
)
_SENTENCE = re.compile(r"[^。;!?]+")
_PART = re.compile(r"[^,:]+")
_NUMBERING = re.compile(
    r"""
    (?: (?: <[^>]{0,80}> | [-·*●◆] | 目标\d+ | \d{1,2}[.、)](?!\d) | \(?[一二三四五六七八九十]{1,2}[)、是](?!否)
          | \(\d{1,2}\) | [①-⑳] | 第[一二三四五]是 ) [:.、]? )+
    """,
    re.VERBOSE,
)
_LONGEST_LABEL = 10  # code points of “中期绩效目标” and its like before a colon
_SEVERAL_YEARS = re.compile(r"(?:中长?期|长期|总体|实施周期|五年|三年)(?:绩效)?(?:目标)?\Z")
_THIS_YEAR = re.compile(r"(?:年度|本年度?|当年|20\d\d年度?)(?:绩效)?(?:目标)?\Z")
_LONG_TERM = re.compile(r"[两二三四五六][个]?年(?![级度龄])|到20\d\d年|十[三四五六]五|规划期|累计")
_DUTY = re.compile(
    r"负责(?!建|新建|完成|实施)|承担[^,。;]{0,20}职[责能]|[内下]设[^备施置立计]|设在|主要职[责能]|职[责能]是"
)


def read_clauses(goal: Parsed) -> list[Clause]:
    """Cut a goal into its clauses.

    >>> goal = Parsed("随着老龄化加快，培训护理员300人次，改善照护条件。")
    >>> [(clause.kind, clause.verb) for clause in read_clauses(goal)]
    [('background', ''), ('task', '培训'), ('outcome', '')]
    """
    text = flat = goal.text
    if _BRACKET.search(text):
        # Signs in titles, quotations and brackets cut nothing, and words in them promise nothing.
        flat = _BRACKETED.sub(lambda match: "\0" * len(match.group()), text)
    found, bare = _read_words(text, flat)
    values = deque(value for value in goal.values if flat[value.end - 1] != "\0")
    bare = _blank(bare, values)
    long_term = _LONG_TERM.search(flat) is not None
    clauses = []
    for start, end, aside, duty in _cut(text, flat):
        inside: list[Value] = []
        heard: list[_Word] = []
        situation = False
        while values and values[0].start < end:
            value = values.popleft()
            if value.start >= start:
                inside.append(value)
        while found and found[0][0] < end:
            word = found.popleft()
            if word[0] >= start:
                heard.append(word)
                situation = situation or word[2] == "background"
        clause = flat[start:end]
        kind: ClauseKind
        if aside or (long_term and _LONG_TERM.search(clause)):
            kind, verb = "aside", ""
        elif situation or (duty and not inside) or _is_background(clause):
            kind, verb = "background", ""
        else:
            kind, verb = _promise(start, clause, heard, bool(inside))
        clauses.append(Clause(start, end, text[start:end], bare[start:end], kind, verb, tuple(inside)))
    return clauses


def _read_words(text: str, flat: str) -> tuple[deque[_Word], str]:
    """Return the words outside brackets that decide something, and the text with the empty words blanked."""
    sections = _section_of()
    found: deque[_Word] = deque()
    pieces = _any_word().split(text)  # text, word, text, word, …, text
    start = 0
    for at in range(1, len(pieces), 2):
        start += len(pieces[at - 1])
        word = pieces[at]
        section = sections[word]
        if section in _EMPTY:
            pieces[at] = " " * len(word)
        if section not in _SILENT and flat[start] != "\0":
            found.append((start, word, section))
        start += len(word)
    return found, "".join(pieces)


def _blank(text: str, values: Iterable[Value]) -> str:
    pieces: list[str] = []
    at = 0
    for value in values:
        pieces += (text[at : value.start], " " * (value.end - value.start))
        at = value.end
    return "".join([*pieces, text[at:]])


def _cut(text: str, flat: str) -> Iterator[tuple[int, int, bool, bool]]:
    """Yield the span of each clause, whether it is an aim of several years, and whether its sentence tells duties."""
    duties = _DUTY.search(flat) is not None
    several_years = False
    for sentence in _SENTENCE.finditer(flat):
        opens, stops = sentence.span()
        duty = duties and _DUTY.search(flat, opens, stops) is not None
        for part in _PART.finditer(flat, opens, stops):
            start, end = part.span()
            numbering = _NUMBERING.match(text, start, end)
            if numbering:
                start = numbering.end()
            if end < len(flat) and flat[end] == ":" and end - start <= _LONGEST_LABEL:
                label = flat[start:end]
                several_years = bool(_SEVERAL_YEARS.search(label) or (several_years and not _THIS_YEAR.search(label)))
            elif start < end:
                yield start, end, several_years, duty


_INVENTORY = (
    "现有",
    "共有",
    "下辖",
    "设有",
    "辖区",
    "目前",
    "我县现有",
    "全县现有",
    "全县共有",
    "全市共有",
    "全区共有",
)
_PURPOSES = "举措|要求|任务|工程|命脉|保障|基础|途径|手段|抓手|关键|问题|需要|体现|之举|责任|大事|标志|内容"
_GROUNDS = "精神|要求|规定|通知|文件|办法|意见|部署|条例|法律|法规|规章"
_LACKS = "问题|不足|隐患|短板"
_NEEDS = "保障|经费|配合|支持"
_BACKGROUND = re.compile(
    rf"""
      是[^,。;]*(?:{_PURPOSES})\Z | 具有[^,。;]*(?:意义|作用)\Z
    | 存在[^,。;]*(?:{_LACKS})\Z | 需要[^,。;]*(?:{_NEEDS})\Z
    | \A(?:(?:根据|依据|按照|遵照|为贯彻|为落实|为响应)[^,。;]*|\0+[^,。;]*)(?:{_GROUNDS}|法|\0)\Z
    | \A(?:统筹|认真|深入|全面)?(?:贯彻|落实|执行)[^,。;]*(?:{_GROUNDS}|决策)\Z
    """,
    re.VERBOSE,
)
# The last characters of what it finds: a cheap look before it.
_BACKGROUND_ENDS = frozenset(f"{_PURPOSES}|{_GROUNDS}|{_LACKS}|{_NEEDS}|意义|作用|决策".split("|"))


def _is_background(clause: str) -> bool:
    if clause.startswith(_INVENTORY):
        return True
    ends = clause[-2:] in _BACKGROUND_ENDS or clause[-1] in "法\0"
    return ends and len(clause) <= _LONGEST_BACKGROUND and _BACKGROUND.search(clause) is not None


_LONGEST_BACKGROUND = 300  # code points; the pattern looks from every “是” to the end


_BETTER = frozenset({"增强", "改善", "提高", "提升", "好转", "上升"})
_GETS_BETTER = re.compile(r"(?:得到|有所|明显|显著|进一步|逐步|不断|持续|逐年|稳中)[^,。;]{2,6}\Z")
_LONGEST_BETTER = 9  # code points that _GETS_BETTER spans


def _promise(start: int, clause: str, heard: list[_Word], has_values: bool) -> tuple[ClauseKind, str]:
    """Return whether a clause promises work or betterment, and the verb of the work."""
    head = start
    opening = verb = weak = ""
    for at, word, section in heard:
        if at == head:
            if section == "adverb":
                head += len(word)
            else:
                opening = section
        if section in ("task-verb", "generic-verb"):
            verb = verb or word
        elif section == "weak-verb" and (has_values or at == head):
            weak = weak or word
        elif section == "light-verb" and at == head:
            weak = word
    if has_values:
        return "task", verb or weak
    tail = max(0, len(clause) - _LONGEST_BETTER)
    if opening == "outcome-verb" or clause[-2:] in _BETTER or _GETS_BETTER.search(clause, tail):
        return "outcome", ""
    verb = verb or weak
    return ("task", verb) if verb else ("aside", "")
