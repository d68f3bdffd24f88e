"""What a model claims about an indicator, and whether the text bears it out.

A claim is a rule, a field, a quotation and a reason. The rule must be one that the model was told of and that speaks
about that field; the quotation must stand there as it is; and what the rule presupposes must be true: where that is a
matter of fact (whether a number has a unit, whether a date is there) code knows better than any model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from reviewer.judging.wire import WireField, WireFinding
from reviewer.language.classes import BENEFITS, Kind
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.language.values import Value
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.row import Row

FIELD_NAMES: dict[WireField, str] = {
    "annual_value": "年度指标值",
    "cycle_value": "实施周期指标值",
    "name": "指标名称",
    "level2": "二级指标",
}

_ANNUAL: tuple[WireField, ...] = ("annual_value",)
_VALUES: tuple[WireField, ...] = ("annual_value", "cycle_value")
_TEXTS: tuple[WireField, ...] = ("annual_value", "cycle_value", "name")
_ALL: tuple[WireField, ...] = ("annual_value", "cycle_value", "name", "level2")

FIELDS: dict[str, tuple[WireField, ...]] = {
    "V101": _ANNUAL,
    "V102": _ANNUAL,
    "V103": _ANNUAL,
    "M201": _VALUES,
    "M202": ("annual_value", "name"),
    "M203": _ANNUAL,
    "M204": _VALUES,
    "M205": _TEXTS,
    "M206": _TEXTS,
    "A301": _VALUES,
    "C401": _ALL,
    "C402": ("annual_value", "name", "level2"),
    "R501": ("annual_value", "name"),
    "R502": _TEXTS,
    "T601": ("annual_value", "name"),
    "T602": _VALUES,
    "E701": _TEXTS,
    "E702": _TEXTS,
    "E703": _ALL,
}
"""The rules a model may use, and the fields each may point at. M207 is left to the program."""

_SHOWN = 40
_LONGEST_REASON = 300


class _Claim(NamedTuple):
    """A quotation in its place: the row, the field as read, and the span in its folded text."""

    row: Row
    parsed: Parsed
    start: int
    end: int

    @property
    def numbers(self) -> list[Value]:
        """The numbers inside the quotation; ages say whom, not how much."""
        inside = (v for v in self.parsed.values if self.start < v.end and v.start < self.end)
        return [value for value in inside if value.dimension != "age"]


def confirmed(row: Row, finding: WireFinding) -> Hit | str:
    """Return *finding* as a hit of the model, or in Chinese why it cannot be believed.

    >>> from reviewer.models import Indicator, Project
    >>> from reviewer.rules.row import ProjectFacts
    >>> row = Row(Indicator(no=1, name="放映场次", annual_value="672 场"), ProjectFacts(Project(name="放映"), 2023))
    >>> confirmed(row, WireFinding(rule="missing-unit", field="annual_value", quote="672场", why="缺单位"))
    '引文里的数都有单位'
    """
    rule = next((rule for rule in load_catalogue().rules if rule.name == finding.rule), None)
    if rule is None or rule.code not in FIELDS:
        return "没有这条规则，或者它不由你报"
    if finding.field not in FIELDS[rule.code]:
        return (
            f"不能指{FIELD_NAMES[finding.field]}，能指的是{'、'.join(map(FIELD_NAMES.__getitem__, FIELDS[rule.code]))}"
        )
    parsed = _field(row, finding.field)
    quote = fold(finding.quote)[0]
    start = parsed.text.find(quote)
    if start < 0:
        return f"{FIELD_NAMES[finding.field]}里没有连续的“{shortened(finding.quote)}”"
    if not quote and parsed.text:
        return f"{FIELD_NAMES[finding.field]}有字，引文却是空的"
    end = start + len(quote)
    premise = _PREMISES.get(rule.code)
    refuted = premise(_Claim(row, parsed, start, end)) if premise else None
    if refuted:
        return refuted
    return Hit(rule.code, finding.field, start, end, _sentence(finding.why) or f"{rule.title}。", source="llm")


def shortened(text: str) -> str:
    """Return *text*, cut where it is too long to be repeated.

    >>> shortened("持续提升" * 20)[-3:]
    '提升…'
    """
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _field(row: Row, field: WireField) -> Parsed:
    if field == "annual_value":
        return row.annual
    if field == "name":
        return row.name_parsed
    return Parsed(getattr(row.indicator, field) or "")


def _sentence(why: str) -> str:
    why = " ".join(why.split())
    if len(why) > _LONGEST_REASON:
        return f"{why[:_LONGEST_REASON]}…"
    return why if not why or why[-1] in "。！？" else f"{why}。"


# What the rules presuppose. Each answers None, or what stands in the text instead. ------------------------------------


def _no_value(claim: _Claim) -> str | None:
    return "引文里有数，可以核对" if claim.numbers else None


def _repeats(claim: _Claim) -> str | None:
    # 评选10佳 may be repeated with its number.
    quoted = claim.parsed.text[claim.start : claim.end]
    return "引文里有名称没有的数" if claim.numbers and quoted not in claim.row.name_parsed.text else None


def _bare_number(claim: _Claim) -> str | None:
    if any(value.dimension in ("bare", "other") for value in claim.numbers):
        return None
    return "引文里的数都有单位" if claim.numbers else "引文里没有数"


def _percentage(claim: _Claim) -> str | None:
    return None if claim.row.percentages_only else "年度指标值不是百分比"


def _undated(claim: _Claim) -> str | None:
    row = claim.row
    if row.kind is not Kind.TIMELINESS:
        return "不是时效指标"
    dated = any(time.kind in ("date", "frequency") for time in row.annual.times)
    limited = any(value.dimension == "duration" for value in row.numbers)
    return "年度指标值里有时间" if dated or limited else None


def _another_year(claim: _Claim) -> str | None:
    years = {time.year for time in claim.parsed.times if claim.start < time.end and time.start < claim.end}
    return None if years - {None, claim.row.facts.year} else "引文里没有预算年度以外的年份"


def _benefit(claim: _Claim) -> str | None:
    return None if claim.row.kind in BENEFITS else "不是效益指标"


_PREMISES: dict[str, Callable[[_Claim], str | None]] = {
    "V101": _no_value,
    "V102": _no_value,
    "V103": _no_value,
    "M201": _bare_number,
    "M202": _percentage,
    "M204": _repeats,
    "C402": _benefit,
    "T601": _undated,
    "T602": _another_year,
}
