"""The class a weak row belongs to: its own, or the one that fits what it measures."""

from __future__ import annotations

from collections.abc import Set

from reviewer.language.classes import BENEFITS, NEGATIVE_COSTS, Kind
from reviewer.language.names import RATES, Denotes
from reviewer.language.topics import topic
from reviewer.rewriting import naming
from reviewer.rules.row import Row

_TIMELY = ("进度", "按时", "按期", "及时")
_KEPT_UP = ("确保", "保证", "保障")


def home(row: Row, faults: Set[str], cost_kind: Kind) -> Kind:
    """Return the class of the rewrite of *row*; *cost_kind* is the cost class that its form uses."""
    if row.kind in (Kind.UNKNOWN, Kind.OUTPUT, Kind.BENEFIT):
        return _by_name(row, Kind.SOCIAL if row.kind is Kind.BENEFIT else Kind.QUANTITY, cost_kind)
    if "C402" in faults:
        return _of_work(row)
    if "C401" in faults:
        return _of_misfit(row, cost_kind)
    if (row.vague or "R501" in faults) and row.kind in (Kind.QUANTITY, Kind.QUALITY):
        return _of_nothing(row, cost_kind)
    return row.kind


def _of_misfit(row: Row, cost_kind: Kind) -> Kind:
    if row.name.denotes is Denotes.SATISFACTION:
        return Kind.SATISFACTION
    if row.kind in NEGATIVE_COSTS:
        return Kind.ECOLOGICAL if topic("ecological").search(row.name.text) else Kind.SOCIAL
    if row.kind in BENEFITS or row.kind is Kind.SATISFACTION:
        return Kind.SOCIAL
    if row.kind is Kind.QUANTITY and not row.basis and row.name.denotes not in (Denotes.SPEC, Denotes.TIME):
        return Kind.SOCIAL  # a state or an aim
    first = row.numbers[0].dimension if row.numbers else ""
    if first == "money" and not row.is_rate:
        return cost_kind
    if first in ("score", "duration") and row.kind is Kind.TIMELINESS:
        return Kind.QUALITY
    if row.kind is Kind.QUALITY and row.name.denotes is Denotes.QUALITY_RATE:
        return Kind.QUANTITY  # 课程数量达标率
    return _by_name(row, Kind.QUANTITY, cost_kind)


def _of_nothing(row: Row, cost_kind: Kind) -> Kind:
    """A vague row under 数量 or 质量 may name what is measured elsewhere: a sum of money, a state that is kept up."""
    if row.name.denotes is Denotes.MONEY:
        return cost_kind
    text = row.name.text
    kept_up = row.kind is Kind.QUANTITY and (text.startswith(_KEPT_UP) or text.endswith("保障"))
    return Kind.SOCIAL if kept_up and row.name.denotes in (Denotes.STATE, Denotes.OTHER) else row.kind


def _of_work(row: Row) -> Kind:
    """A benefit that names work keeps its class when its name is an effect: then only the value is beside the point."""
    if row.name.denotes is Denotes.STATE or (row.vague and naming.says_nothing(row.name.text)):
        return row.kind
    if row.percentages_only and row.name.denotes is Denotes.OTHER:
        return Kind.QUALITY
    return Kind.TIMELINESS if row.basis == "time" and not row.numbers else Kind.QUANTITY


def _by_name(row: Row, otherwise: Kind, cost_kind: Kind) -> Kind:
    match row.name.denotes:
        case Denotes.SATISFACTION:
            return Kind.SATISFACTION
        case Denotes.MONEY:
            return cost_kind
        case Denotes.TIME | Denotes.PUNCTUAL_RATE:
            return Kind.TIMELINESS
        case Denotes.STATE | Denotes.EFFECT_RATE if row.kind is not Kind.OUTPUT:
            return Kind.SOCIAL
        case Denotes.DONE_RATE | Denotes.COUNT | Denotes.MEASURE:
            return Kind.QUANTITY
        case Denotes.SPEC | Denotes.QUALITY:
            return Kind.QUALITY
    if row.name.denotes in RATES:
        return Kind.QUALITY
    dated = (row.basis == "time" and not row.numbers) or any(word in row.name.text for word in _TIMELY)
    return Kind.TIMELINESS if dated and row.kind is not Kind.TIMELINESS else otherwise
