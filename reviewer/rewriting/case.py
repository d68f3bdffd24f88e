"""A weak row under mending, and what the rows of its project share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from reviewer.language.classes import COSTS, Kind
from reviewer.language.names import Denotes
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value
from reviewer.rewriting import naming, wording
from reviewer.rewriting.homes import home
from reviewer.rewriting.library import Library
from reviewer.rules.answers import Hit
from reviewer.rules.engine import RowResult
from reviewer.rules.row import ProjectFacts, Row

COUNTED = frozenset(
    {"person", "person-time", "household", "event", "thing", "publication", "area", "length", "mass", "volume"}
)
"""The dimensions of numbers that count work or things."""

_ALIKE = 0.85
_MOST_COMPARED = 60  # rows of a project whose names are compared character by character
_LONGEST_SUBJECT = 20
_CYCLE_IN_DOUBT = frozenset({"M206", "A301"})

# The graver first: one reason is enough. No numbers, so that an explanation holds none but the row's and the goal's.
_PROBLEMS = {
    "E701": "残缺或者有乱码，要核对原件",
    "E702": "还没有填好",
    "E703": "夹带了和指标无关的话",
    "M206": "和别处对不上",
    "R501": "答的不是名称问的",
    "V101": "没有写出目标本身",
    "V102": "是程度或口号，年底无法核对",
    "V103": "没有可以核对的内容",
    "M204": "只重复名称，没有目标值",
    "M203": "是算法，不是目标",
    "M202": "没有说明什么占什么",
    "M205": "里有几件事，说不清按哪个考核",
    "C402": "说的是做了什么（可另设产出指标），不是带来的变化",
    "T601": "没有写明时间",
    "A301": "难以做到，也难以测准",
    "M201": "没有单位",
    "T602": "写的不是预算年度",
}


class Draft(NamedTuple):
    """A proposed rewrite in folded text. ``cycle`` None means: the same as ``annual``."""

    name: str
    annual: str
    kind: Kind
    explanation: str
    cycle: str | None = None


class ProjectContext:
    """What the rewrites of one project draw on besides the row itself."""

    def __init__(self, facts: ProjectFacts, results: Sequence[RowResult], library: Library, year: int | None) -> None:
        self.facts = facts
        self.year = facts.year if facts.year is not None else year
        self.library = library
        self.rewritten: set[str] = set()  # names given to earlier rows
        self._rows = [result.row for result in results]
        names = [row.name.text for row in self._rows]
        self._names = frozenset(names)
        self._compared = [(row, name, set(name)) for row, name in zip(self._rows[:_MOST_COMPARED], names, strict=False)]

    @cached_property
    def trades(self) -> list[str]:
        """The trades the project belongs to, by its name and goal."""
        return self.library.trades(self.facts.project.name, self.facts.goal.text)

    @cached_property
    def name(self) -> Parsed:
        """The project's name, read."""
        return Parsed(self.facts.project.name)

    @cached_property
    def subject(self) -> str:
        """What the project is about, from its name; 项目 when the name does not say it in short."""
        return naming.project_subject(self.name.text) or "项目"

    @cached_property
    def cost_kind(self) -> Kind:
        """The cost class this form uses: under 产出 in older forms, a class of its own in newer ones."""
        return Kind.COST if any(row.kind is Kind.COST for row in self._rows) else Kind.ECONOMIC_COST

    @cached_property
    def budget_stated(self) -> list[Row]:
        """The cost rows that hold the project's whole amount as their value."""
        budget = (self.facts.amount or 0.0) * 10_000
        costs = (row for row in self._rows if row.kind in COSTS)
        return [row for row in costs if any(value.base == budget for value in row.numbers)]

    def carried_elsewhere(self, row: Row, value: Value) -> bool:
        """Whether another row states this number already."""
        own = sum(other.low == value.low and other.unit == value.unit for other in row.numbers)
        return self._times_stated[value.low, value.unit] > own

    @cached_property
    def _times_stated(self) -> Counter[tuple[float, str]]:
        return Counter((value.low, value.unit) for row in self._rows for value in row.numbers)

    def taken(self, name: str, row: Row) -> bool:
        """Whether another row has this name, or all but a character of it (救助时限, 救助时间), or was given it."""
        if name in self.rewritten:
            return True
        if name == row.name.text:
            return False
        if name in self._names:
            return True
        chars = set(name)
        for one, other, others in self._compared:
            alike = abs(len(name) - len(other)) <= 2 and len(chars & others) >= _ALIKE * max(len(chars), len(others))
            if alike and one is not row:
                return True
        return False


class Case:
    """A weak row: its faults by code and the class its rewrite belongs to."""

    def __init__(self, result: RowResult, faults: dict[str, Hit], context: ProjectContext) -> None:
        self.row = result.row
        self.faults = faults
        self.context = context
        self.kind = home(self.row, faults.keys(), context.cost_kind)
        cycle = self.row.cycle
        said = cycle is not None and bool(cycle.values or any(time.kind != "period" for time in cycle.times))
        self.cycle_may_stand = said and all(hit.field != "cycle_value" for hit in result.hits)
        # Whether the cycle value is sound for certain, so that it stays beside the new annual value.
        self.cycle_stands = self.cycle_may_stand and faults.keys().isdisjoint(_CYCLE_IN_DOUBT)

    @property
    def goal_first(self) -> bool:
        """Whether the goal's number is better than the row's own: they conflict, or the row only says 100 % done."""
        done = self.row.name.denotes is Denotes.DONE_RATE and self.kind is Kind.QUANTITY and self.row.percentages_only
        return "M206" in self.faults or done

    @cached_property
    def _named(self) -> str:
        """What the row's name is about, "" when any project could say it."""
        subject = naming.subject(self.row.name)
        return "" if naming.says_nothing(subject) else subject

    @property
    def subject(self) -> str:
        """What the row is about; the project's subject where the row names nothing of its own."""
        return self._named if 0 < len(self._named) <= _LONGEST_SUBJECT else self.context.subject

    @property
    def names_subject(self) -> bool:
        """Whether the row's name says what it is about."""
        return bool(self._named) or not naming.says_nothing(self.row.name.text)

    @property
    def problem(self) -> str:
        """What is wrong with the annual value, in a few words."""
        text = self.row.annual.text
        if not text:
            return "年度指标值没有填"
        code = next((code for code in _PROBLEMS if code in self.faults), "")
        return wording.quoted(text) + _PROBLEMS.get(code, "年底无法核对")

    @property
    def trades(self) -> list[str]:
        """The trades that the row's own name speaks of, then the project's."""
        own = self.context.library.trades(self.row.name.text)
        return own + [trade for trade in self.context.trades if trade not in own] if own else self.context.trades

    def states(self, value: Value) -> bool:
        """Whether the row, its goal or its project's name holds this number."""
        row, facts = self.row, self.context.facts
        texts = (row.name_parsed, row.annual, row.cycle, facts.goal, self.context.name)
        return any(value.low == stated.low for text in texts if text is not None for stated in text.values)

    def is_ceiling(self, name: str, value: Value | None = None) -> bool:
        """Whether less of what *name* measures, or of *value*, is better."""
        return wording.is_ceiling(name, self.kind, value)
