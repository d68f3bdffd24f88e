"""M201: a bare number → the number with its unit, from the goal, the name or the class."""

from __future__ import annotations

import re

from reviewer.language.classes import COSTS, Kind
from reviewer.language.goals import pairs
from reviewer.language.names import Denotes
from reviewer.language.values import UNITS, Value
from reviewer.rewriting import measures, naming, wording
from reviewer.rewriting.case import Case, Draft
from reviewer.rewriting.wording import OWN_VALUE, blank, quoted, written

_BY_EACH = re.compile("单价|标准|人均|户均|平均|单位")
_DIGITS = re.compile(r"^[\d.,]+个?")


def with_unit(case: Case) -> Draft | None:
    """Return the row with the unit its number lacks, a blank where nothing tells it."""
    row = case.row
    value = next((v for v in row.numbers if v.dimension == "bare"), None)
    if value is None or "+" in row.annual.text or (row.is_rate and value.low <= 1):
        return None  # a unit would make a sum of 5+4; a rate of 1 may be 100 % or 1 %
    head, _, per = written(row.annual.text, value).partition("/")
    unit, why = _unit(case, value, per)
    name = row.name.text
    if unit is not None and row.name.denotes in (Denotes.OTHER, Denotes.QUALITY) and case.kind is Kind.QUANTITY:
        name = naming.join(name, measures.counting_word(unit))
    less = case.is_ceiling(name) or case.kind is Kind.TIMELINESS
    stated = value.op in ("≥", "≤", ">", "<") and "M206" not in case.faults
    op = value.op if stated else "≤" if less else "≥"
    figure = f"{op}{head}{unit or blank('计量单位，查合同或立项资料')}"
    return Draft(name, figure, case.kind, f"{quoted(row.annual.text)}没有单位；{why}。{OWN_VALUE}")


def _unit(case: Case, value: Value, per: str) -> tuple[str | None, str]:
    """The unit of a bare number and where it comes from."""
    row = case.row
    if case.kind in COSTS:
        each = row.annual.text[row.annual.text.find("每") + 1 : value.start] if value.modifier == "每" else ""
        by = per or each or (blank("计量单位") if _BY_EACH.search(row.name.text) else "")
        return f"元/{by}" if by else "元", "成本按金额写"
    if row.is_rate:
        return "%", "比率用百分比"
    wanted = pairs(case.subject)
    for stated in case.context.facts.goal_numbers:
        same = stated.value
        # 310 against 310万平方米: the scale was left out with the unit.
        scaled = same.low == value.low * 10_000
        if (same.low == value.low or scaled) and same.dimension not in ("bare", "percent", "duration"):
            figure = written(case.context.facts.goal.text, same)
            if wanted & stated.pairs:
                unit = _DIGITS.sub("", figure) if scaled else wording.unit_in(figure)
                return unit, f"目标里同一个数写的是{quoted(figure)}"
    usual = measures.unit_of(row.name.text)
    if usual and case.kind is Kind.TIMELINESS and UNITS[usual][1] != "duration":
        usual = None
    return usual, f"按名称补“{usual}”，请核对" if usual else "名称看不出用什么单位"
