"""V101–V103: can a third party decide at year's end whether the target was met, and if not, why not.

First whether, then why: the annual value is vague when it holds no quantity, date, frequency, graded state, zero
of a bad event, visible completion or known yardstick (财预〔2021〕101号: no indicator whose value cannot be fixed).
"""

from __future__ import annotations

import re

from reviewer.language import phrases
from reviewer.language.classes import BENEFITS, NEGATIVE_COSTS, Kind
from reviewer.language.names import Denotes
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.echo import only_repeats_state, repeats_name
from reviewer.rules.row import Row

MAKE_VAGUE = frozenset({"V101", "V102", "V103", "M202", "M204", "E702"})
"""The rules that say why a row is vague."""


def vague(row: Row) -> Result:
    """Return the one of V101, V102, V103 that says why the annual value cannot be verified.

    Where M204 says it all (提供支撑 under …提供支撑) there is no second finding; the row is vague all the same.
    """
    text = row.annual.text
    if not text:
        return NOT_APPLICABLE  # E702 speaks about empty cells
    if row.basis:
        return PASS
    if pointer := row.annual.says(phrases.reference):
        start, end = _clause(text, *pointer.span())
        return Hit(
            "V101", "annual_value", start, end, f"只写“{text[start:end]}”，没有写出要达到的数量、时间或标准本身。"
        )
    if only_repeats_state(row):
        return PASS
    if degree := row.annual.says(phrases.degree):
        start, end = phrases.degree_span(text, degree)
        why = f"“{text[start:end]}”是程度或口号，没有可观察的数值。"
        return Hit("V102", "annual_value", start, end, why)
    if promise := row.annual.says(phrases.no_value):
        why = f"“{promise.group()}”没有数值或时间，年底无法判断是否达到。"
        return Hit("V103", "annual_value", *promise.span(), why)
    if repeats_name(row):
        return PASS
    if row.annual.says(phrases.yes_or_no):
        return Hit("V102", "annual_value", 0, len(text), f"“{row.name.text}”问的是程度，回答“{text}”没有可观察的数值。")
    if _wishes_for_state(row):
        return Hit("V102", "annual_value", 0, len(text), f"“{text}”说的是希望达到的状态，没有可观察的数值。")
    return Hit("V103", "annual_value", 0, len(text), "没有数值、时间、比率、具体成果或分级标准，年底无法判断是否达到。")


_CLAUSE_END = re.compile(r"[,。;]|\Z")
_LONGEST_QUOTE = 24


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in what follows the pointer in its clause (按合同约定完成), unless that is long."""
    closing = _CLAUSE_END.search(text, end)
    stop = closing.start() if closing else end
    return start, stop if stop - start <= _LONGEST_QUOTE else end


# Under these classes a text that names no work is a state wished for (导向正确、画面清晰); elsewhere a topic or a duty.
_STATE_KINDS = BENEFITS | NEGATIVE_COSTS | {Kind.QUALITY, Kind.SATISFACTION}
_NAMES_WORK = re.compile(
    "完成|开展|建设|建立|建成|提供|(?:保障|保证|确保)[^,。;]{3}|受益|覆盖|负责|组织|发放|接送|服务|一批|若干|多次|部分"
    r"|(?:居民|村民|群众|学生|农户|职工|企业|单位|人员|对象|用户)\Z"
)


def _wishes_for_state(row: Row) -> bool:
    text = row.annual.text
    if len(text) == 1:
        return text in "高好强优良大快"
    state = row.kind in _STATE_KINDS or row.name.denotes in (Denotes.QUALITY, Denotes.STATE)
    return state and not _NAMES_WORK.search(text)
