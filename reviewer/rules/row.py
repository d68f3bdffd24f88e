"""An indicator as the rules see it: its fields read once, its class, what its name denotes, what it is decided by."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from reviewer.language import phrases
from reviewer.language.classes import Kind, normalise_class
from reviewer.language.goals import Stated, pairs, stated_numbers
from reviewer.language.names import RATES, Denotes, Name, read_name
from reviewer.language.parsed import Parsed, read_again
from reviewer.language.text import fold
from reviewer.language.topics import topic
from reviewer.language.values import Value
from reviewer.models import FieldName, Indicator, Project
from reviewer.rules.thresholds import DEFAULTS, Thresholds

Basis = Literal["value", "time", "graded", "zero", "yes", "done", "benchmark", "blank", "name", ""]


class ProjectFacts:
    """What the rules of one row may know of its project; texts are read on first use.

    ``amount`` is in 万元, ``year`` the budget year, ``damaged`` the indices of rows that reading reported as cut or
    garbled by a page seam, ``thresholds`` the department's.
    """

    def __init__(
        self,
        project: Project,
        year: int | None,
        damaged: frozenset[int] = frozenset(),
        thresholds: Thresholds = DEFAULTS,
    ) -> None:
        self.project = project
        self.amount = project.amount
        self.year = year
        self.damaged = damaged
        self.thresholds = thresholds

    @cached_property
    def goal(self) -> Parsed:
        """The goal, read."""
        return Parsed(self.project.goal)

    @cached_property
    def goal_numbers(self) -> list[Stated]:
        """The goal's numbers with the words around them."""
        return stated_numbers(self.goal)

    def rivals(self, stated: Stated, indicator: Indicator, share: float) -> int:
        """How many other indicators of its class fit a number of the goal about as well: then each may be a part."""
        least = max(0.5, share - 0.25)
        others = (one for one in self.project.indicators if one is not indicator and one.level2 == indicator.level2)
        names = (pairs(fold(one.name)[0]) for one in others)
        return sum(1 for name in names if len(name) > 1 and len(name & stated.pairs) / len(name) >= least)


class Row:
    """An indicator under review. Everything here is derived from the text once and shared by all rules.

    ``fields`` are its read texts in the order in which they are looked through: annual value, name, cycle value if any.
    ``basis`` is what a third party could decide the annual value by; ``vague`` is True when there is nothing;
    ``percentages_only`` when the annual value has numbers and all of them are percentages. Two rules
    leave a verdict that later rules build on: ``mismatch`` (C401: the class does not fit) and ``vague`` (M202: a
    percentage of nothing).
    """

    __slots__ = (
        "annual",
        "basis",
        "cycle",
        "damaged",
        "facts",
        "fields",
        "indicator",
        "kind",
        "mismatch",
        "name",
        "name_parsed",
        "numbers",
        "percentages_only",
        "vague",
    )

    def __init__(self, indicator: Indicator, facts: ProjectFacts, *, damaged: bool = False) -> None:
        self.indicator = indicator
        self.facts = facts
        self.damaged = damaged
        self.kind: Kind = normalise_class(indicator.level1, indicator.level2).kind
        self.name_parsed = read_again(indicator.name)
        self.name: Name = read_name(self.name_parsed.text)
        self.annual = read_again(indicator.annual_value)
        same = indicator.cycle_value == indicator.annual_value  # common, and not worth reading twice
        self.cycle = self.annual if same else read_again(indicator.cycle_value) if indicator.cycle_value else None
        texts: list[tuple[FieldName, Parsed]] = [("annual_value", self.annual), ("name", self.name_parsed)]
        self.fields = texts if self.cycle is None else [*texts, ("cycle_value", self.cycle)]
        # Ages describe whom is meant (65岁以上老年人), they are no target.
        self.numbers: list[Value] = [value for value in self.annual.values if value.dimension != "age"]
        self.percentages_only = bool(self.numbers) and all(value.dimension == "percent" for value in self.numbers)
        self.basis: Basis = _basis(self)
        self.vague = self.basis == ""
        self.mismatch: str | None = None

    @property
    def is_rate(self) -> bool:
        """Whether the name denotes a rate (satisfaction included)."""
        return self.name.denotes in RATES or self.name.denotes is Denotes.SATISFACTION

    def count_value(self) -> Value | None:
        """The first annual number that counts or measures something (no percentage, no duration)."""
        return next((v for v in self.numbers if v.dimension not in ("percent", "duration", "multiple")), None)


def _basis(row: Row) -> Basis:
    annual = row.annual
    if annual.blanks:
        return "blank"
    if row.numbers:
        return "value"
    text = annual.text
    for time in annual.times:
        if time.kind in ("date", "frequency"):
            return "time"
        if time.kind == "year" and row.kind is Kind.TIMELINESS and "%" not in text:
            return "time"
        if time.kind == "period" and row.kind is Kind.TIMELINESS and any(act in text for act in _ACTS_IN_PERIOD):
            return "time"
    name = row.name.text
    if annual.says(phrases.graded) and not phrases.marked_without_scale(text, name) and not name.endswith(text):
        return "graded"
    if annual.says(phrases.none_of_bad) or phrases.nothing_of_bad(text, row.name.text):
        return "zero"
    if annual.says(phrases.yes_or_no):
        # 知名度是否明显提高 = 是 is an opinion, 是否通过验收 = 是 is on paper.
        return "" if any(word in row.name.text for word in _DEGREE_QUESTIONS) else "yes"
    if annual.says(phrases.done):
        return "done"
    if phrases.benchmark(
        text, counted=row.is_rate or row.name.denotes in _COUNTED or topic("bad").search(row.name.text) is not None
    ):
        return "benchmark"
    if text in _COMPLETED and (row.name_parsed.values or any(time.kind == "date" for time in row.name_parsed.times)):
        return "name"
    return ""


_COUNTED = frozenset({Denotes.COUNT, Denotes.MEASURE, Denotes.MONEY})
_ACTS_IN_PERIOD = (
    "完成",
    "建成",
    "发放",
    "支付",
    "拨付",
    "缴纳",
    "报送",
    "上报",
    "兑付",
    "结算",
    "缴存",
    "通报",
    "更新",
    "发布",
)
_COMPLETED = frozenset({"完成", "全部完成", "已完成", "全面完成", "完成率达标"})
_DEGREE_QUESTIONS = ("提高", "提升", "增强", "改善", "明显", "显著", "有效", "优化", "解决", "良好")
