"""Rewrites from the goal's own numbers: a quantity or rate that belongs to the row, or the project's amount."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.language.classes import BENEFITS, COSTS, NEGATIVE_COSTS, Kind
from reviewer.language.goals import Stated, pairs
from reviewer.language.names import RATES, Denotes
from reviewer.language.values import UNITS
from reviewer.rewriting import measures, naming, wording
from reviewer.rewriting.case import COUNTED, Case, Draft
from reviewer.rewriting.product import yearly
from reviewer.rewriting.wording import quoted, written

_PERCENT = frozenset({"percent"})
_MONEY = frozenset({"money"})
_TOLD_BY_EACH = frozenset({"event", "person", "person-time", "publication"})
_REACHED = frozenset({"person", "person-time", "household", "area"})
_REACHING = re.compile("带动|惠及|受益|保障|服务|保护|救助|扶持")
_NEAR = 0.5
_NO_TARGET = ("baseline", "其中")
_SAME_WORDS = 4  # so many characters before the number end the name, too
_PER_UNIT = re.compile("标准|单价|单位|人均|户均|场均|亩均|车均|平均|每|定额")
_RATE_REACH = 16
_RATE = re.compile(r"([\u4e00-\u9fff]{2,10}率)(?:不低于|不超过|不高于|达到?|控制在|保持在|为)?\Z")


def drafts(case: Case) -> Iterator[Draft]:
    """Yield the row with the project's amount as ceiling, or with the number of the goal that belongs to it."""
    for find in (_ceiling, _quantity, _rate):
        if (draft := find(case)) is not None:
            yield draft


def _ceiling(case: Case) -> Draft | None:
    """The project's own amount as ceiling for a cost that is not told by each."""
    row, amount = case.row, case.context.facts.amount
    if case.kind not in COSTS - NEGATIVE_COSTS or not amount or _PER_UNIT.search(row.name.text):
        return None
    budget = amount * 10_000
    if "M206" in case.faults and not any(value.base > budget for value in row.numbers):
        return None
    if any(other is not row for other in case.context.budget_stated):
        return None
    name = row.name.text if row.name.denotes is Denotes.MONEY else "项目总成本"
    figure = f"≤{wording.number(amount)}万元"
    why = f"{quoted(row.annual.text)}管不住支出；成本上限取本项目预算{wording.number(amount)}万元。依据：本项目预算。"
    return Draft(name, figure, case.kind, why)


def _quantity(case: Case) -> Draft | None:
    row, goal = case.row, case.context.facts.goal
    stated = _nearest(case)
    if stated is None:
        return None
    value, figure = stated.value, written(goal.text, stated.value)
    unit = _unit_asked(case, wording.unit_in(figure))
    product = yearly(goal, value, unit) if value.dimension in _TOLD_BY_EACH else None
    if product is None and case.context.carried_elsewhere(row, value):
        return None
    counts_work = value.dimension in COUNTED and (case.kind not in BENEFITS or row.kind is Kind.QUANTITY)
    kind = Kind.QUANTITY if counts_work else case.kind
    name = _named(case, kind, unit)
    less = value.op in ("≤", "<") or wording.is_ceiling(name, kind, value)
    clause = wording.around(goal.text, value.start, value.end, wording.CLAUSE_END)
    how = f"，{product.statement}" if product is not None else ""
    return Draft(
        name,
        ("≤" if less else "≥") + (product.figure if product is not None else figure),
        kind,
        f"{case.problem}；按目标{quoted(clause)}填{how}。依据：绩效目标。",
    )


def _nearest(case: Case) -> Stated | None:
    """The goal's number whose clause shares most words with the row, if it shares enough."""
    row, facts = case.row, case.context.facts
    asked = _asked(case) if facts.goal.values else frozenset()
    best, nearest = None, _NEAR
    for stated in facts.goal_numbers[: wording.MOST_NUMBERS] if asked else ():
        value = stated.value
        # A limit of time holds in every year of a plan; a number may be the plan's total.
        total = stated.several_years and value.dimension != "duration"
        if value.dimension not in asked or not value.low or total or value.modifier in _NO_TARGET:
            continue
        if "M206" in case.faults and any(value.base == own.base for own in row.numbers):
            continue  # the conflict is not with this number
        near = _nearness(case, stated, whole_name=asked in (_PERCENT, _MONEY))
        if near > nearest or (near == nearest and best is None):
            best, nearest = stated, near
    return best


def _nearness(case: Case, stated: Stated, *, whole_name: bool) -> float:
    """How much of the row's name, or of its subject alone, stands around a number of the goal."""
    name, text, value = case.row.name, case.context.facts.goal.text, stated.value
    if name.text.endswith(text[max(0, value.start - _SAME_WORDS) : value.start] or "\n"):
        return 1.0
    wanted, around = pairs(name.text if whole_name else case.subject), stated.pairs
    if value.modifier == "每" and not whole_name:
        # 每期培训120人: what it is about stands earlier in the sentence.
        around = pairs(wording.around(text, value.start, value.end, wording.SENTENCE_END))
    if not (wanted and around):
        return 0.0
    same_measure = whole_name and name.head[:2] in stated.clause
    return len(wanted & around) / (min(len(wanted), len(around)) if same_measure else len(wanted))


def _asked(case: Case) -> frozenset[str]:
    """The dimensions of numbers that the name asks for."""
    row, name = case.row, case.row.name
    if "M206" in case.faults and row.numbers:
        beside = row.cycle.values if row.cycle is not None else []
        return frozenset(value.dimension for value in (row.numbers[0], *beside))
    match name.denotes:
        case Denotes.COUNT | Denotes.MEASURE:
            unit = measures.unit_of(name.text)
            if unit is None or name.text.endswith("数量"):
                return COUNTED
            dimension = UNITS[unit][1]
            return frozenset({dimension, "person"} if dimension == "person-time" else {dimension})
        case Denotes.MONEY:
            return _MONEY
        case Denotes.DONE_RATE | Denotes.BASELESS_RATE if case.kind is Kind.QUANTITY:
            return COUNTED
        case Denotes.SATISFACTION:
            return _PERCENT
    if name.denotes in RATES:
        return _PERCENT
    if Kind.QUANTITY in (case.kind, row.kind):
        return COUNTED
    return _REACHED if case.kind in BENEFITS and _REACHING.search(name.text) else frozenset()


def _unit_asked(case: Case, unit: str) -> str:
    """The goal's unit, but 人次 where the name counts 人次 and the goal speaks of 人."""
    return "人次" if unit in ("人", "名") and case.row.name.text.endswith("人次") else unit


def _named(case: Case, kind: Kind, unit: str) -> str:
    """The row's name, ending in what is counted and saying of what."""
    name = case.row.name
    own = naming.own_name(name)
    if name.denotes in (Denotes.DONE_RATE, Denotes.BASELESS_RATE) and unit != "%":
        return naming.join(case.subject, measures.counting_word(unit))
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE):
        return naming.join(case.context.subject, own) if len(own) <= _SAME_WORDS else own
    counts = kind is Kind.QUANTITY or UNITS.get(unit, ("", "", 0))[1] in _REACHED
    return naming.counted(name, unit) if name.denotes in (Denotes.OTHER, Denotes.STATE) and counts else own


def _rate(case: Case) -> Draft | None:
    """The goal's rate of what the name only calls good: 供水水质 and 水质达标率达到95%以上."""
    row, goal = case.row, case.context.facts.goal
    if row.is_rate or not (case.kind is Kind.QUALITY or case.kind in BENEFITS):
        return None
    for stated in case.context.facts.goal_numbers[: wording.MOST_NUMBERS]:
        value = stated.value
        if value.dimension != "percent" or case.context.carried_elsewhere(row, value):
            continue
        rate = _RATE.search(goal.text, max(0, value.start - _RATE_REACH), value.start)
        if rate is None:
            continue
        name = naming.join(case.subject, rate.group(1))
        if len(name) == len(case.subject) + len(rate.group(1)):
            continue  # no word in common
        less = value.op in ("≤", "<") or case.is_ceiling(name)
        figure = ("≤" if less else "≥") + written(goal.text, value)
        clause = wording.around(goal.text, value.start, value.end, wording.CLAUSE_END)
        return Draft(name, figure, case.kind, f"{case.problem}；按目标{quoted(clause)}填。依据：绩效目标。")
    return None
