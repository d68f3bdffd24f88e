"""An indicator as the rules see it: fields read once, its class, what its name denotes, and what makes it verifiable."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from reviewer.language import phrases
from reviewer.language.classes import Kind, normalise_class
from reviewer.language.names import RATES, Denotes, Name, read_name
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value
from reviewer.models import Indicator, Project

Basis = Literal["value", "time", "graded", "zero", "yes", "done", "benchmark", "blank", "name", ""]


class ProjectFacts:
    """What the rules of one row may know of its project: goal (read on demand), amount in 万元, budget year."""

    def __init__(self, project: Project, year: int | None, damaged: frozenset[str] = frozenset()) -> None:
        self.project = project
        self.amount = project.amount
        self.year = year
        self.damaged = damaged  # places (Indicator.where) that reading reported as cut or seamed

    @cached_property
    def goal(self) -> Parsed:
        """The goal, read."""
        return Parsed(self.project.goal)


class Row:
    """An indicator under review. Everything here is derived from the text once and shared by all rules."""

    __slots__ = ("annual", "basis", "cycle", "facts", "indicator", "kind", "mismatch", "name", "name_parsed", "numbers", "vague")

    def __init__(self, indicator: Indicator, facts: ProjectFacts) -> None:
        self.indicator = indicator
        self.facts = facts
        self.kind: Kind = normalise_class(indicator.level1, indicator.level2).kind
        self.name_parsed = Parsed(indicator.name)
        self.name: Name = read_name(self.name_parsed.text)
        self.annual = Parsed(indicator.annual_value)
        self.cycle = Parsed(indicator.cycle_value) if indicator.cycle_value else None
        # Ages and ranks describe whom or what is meant (65岁以上老年人), they are no target.
        self.numbers: list[Value] = [value for value in self.annual.values if value.dimension != "age"]
        self.basis: Basis = basis_of(self)
        self.vague = self.basis == ""
        # Why the class does not fit, set by the C401 rule before the rules that depend on it.
        self.mismatch: str | None = None

    @property
    def percentages_only(self) -> bool:
        """Whether the annual value's numbers are percentages, and there is at least one."""
        return bool(self.numbers) and all(value.dimension == "percent" for value in self.numbers)

    @property
    def is_rate(self) -> bool:
        """Whether the name denotes a rate (satisfaction included)."""
        return self.name.denotes in RATES or self.name.denotes is Denotes.SATISFACTION

    def count_value(self) -> Value | None:
        """The first annual number that counts or measures something (no percentage, no duration)."""
        return next((v for v in self.numbers if v.dimension not in ("percent", "duration", "multiple")), None)


def basis_of(row: Row) -> Basis:
    """Return what a third party could decide the target by at year's end, or ``""`` when there is nothing."""
    annual = row.annual
    if annual.blanks:
        return "blank"
    if row.numbers:
        return "value"
    text = annual.text
    for time in annual.times:
        if time.kind in ("date", "frequency", "limit"):
            return "time"
        if time.kind == "year" and row.kind is Kind.TIMELINESS and "%" not in text:
            return "time"
        if time.kind == "period" and row.kind is Kind.TIMELINESS and any(act in text for act in _PERIODIC_ACTS):
            return "time"
    if phrases.graded(text):
        return "graded"
    if phrases.none_of_bad(text):
        return "zero"
    if phrases.yes_or_no(text):
        return "" if _asks_for_degree(row.name.text) else "yes"
    if phrases.done(text):
        return "done"
    if phrases.benchmark(text):
        return "benchmark"
    if text in _COMPLETED and (row.name_parsed.values or any(t.kind == "date" for t in row.name_parsed.times)):
        return "name"
    return ""


_PERIODIC_ACTS = ("发放", "支付", "拨付", "缴纳", "报送", "上报", "兑付", "结算", "缴存", "通报", "更新", "发布")
_COMPLETED = frozenset({"完成", "全部完成", "已完成", "全面完成", "完成率达标"})
_DEGREE_QUESTIONS = ("提高", "提升", "增强", "改善", "明显", "显著", "有效", "优化", "解决", "良好")


def _asks_for_degree(name: str) -> bool:
    return any(word in name for word in _DEGREE_QUESTIONS)


__all__ = ["Basis", "ProjectFacts", "Row", "basis_of"]
