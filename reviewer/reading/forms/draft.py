"""What is known of a project while its form is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from reviewer.reading.forms.words import Term

# Ranks of units that no column and no label names: worse than any that is named.
UNIT_ABOVE = 60
UNIT_OF_GROUP = 50

_NUMBER_OF_GOAL = re.compile(r"(?:^|\n)目标\s*[\d一二三四五六七八九十]{1,2}$")

# Of several goals or amounts the year's counts.
_ORDER: dict[Term, int] = {"annual": 0, "": 1, "overall": 2, "cycle": 3}


@dataclass(slots=True)
class Entry:
    """An indicator as a row says it; ``ordinal`` is the number its form gives it."""

    level1: str
    level2: str
    name: str
    annual: str
    cycle: str | None
    where: str
    weight: float | None = None
    ordinal: int | None = None


@dataclass(slots=True)
class Said:
    """A goal or an amount that a form gives, with what it is called there; an amount may print its unit of money."""

    term: Term
    rank: int
    label: str
    text: str
    where: str
    amount: Decimal | None = None
    unit_printed: bool = False

    def add(self, text: str) -> None:
        """Go on with *text*, which stands in a cell of its own: 目标1 | 清淤12公里."""
        if text != self.text:
            self.text += f"：{text}" if _NUMBER_OF_GOAL.search(self.text) else f"\n{text}"


class Fund(NamedTuple):
    """A source of a project's money, as printed; ``amount`` in 万元."""

    name: str
    amount: Decimal
    unit_printed: bool


@dataclass(slots=True)
class Draft:
    """A project while it is read. ``table`` numbers the list it stands in, 0 is a form of its own.

    ``units`` are the bodies that were named as its unit, with the rank of the word that did. ``period`` are the
    indicators of the whole period, where a form has them beside those of the year.
    """

    where: str
    table: int = 0
    name: str = ""
    units: dict[str, int] = field(default_factory=dict)
    department: str = ""
    goals: list[Said] = field(default_factory=list)
    amounts: list[Said] = field(default_factory=list)
    funds: list[Fund] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    period: list[Entry] = field(default_factory=list)
    subtotal: bool = False

    @property
    def goal(self) -> Said | None:
        """The goal for the year, or else the next best."""
        return _best(self.goals)

    @property
    def amount(self) -> Said | None:
        """The money for the year, or else the next best."""
        return _best([said for said in self.amounts if said.amount is not None])

    @property
    def unit(self) -> str:
        """The unit that the best word named, empty where none did."""
        return min(self.units, key=self.units.__getitem__, default="")

    @property
    def names_unit(self) -> bool:
        """Whether a column or label of its own says the unit, and not just what stands above."""
        return any(rank < UNIT_OF_GROUP for rank in self.units.values())

    def add_unit(self, name: str, rank: int) -> None:
        """Take note that a word of *rank* named *name* as its unit."""
        if name:
            self.units[name] = min(rank, self.units.get(name, rank))


def _best(said: list[Said]) -> Said | None:
    return min(said, key=lambda one: (_ORDER[one.term], one.rank), default=None)


@dataclass(slots=True)
class Sum:
    """A printed sum: of everything, or of ``unit``; ``table`` is the list it stands in."""

    unit: str
    amount: Decimal
    where: str
    table: int
