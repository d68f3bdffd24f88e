"""The columns of a table, as its header names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reviewer.reading.forms.words import Heading, Kind, Term, heading, is_class
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.labels import is_level1, is_level2


@dataclass(frozen=True, slots=True)
class Column:
    """Columns ``start`` to ``end`` (exclusive) under one header cell; ``group`` are the texts of the cells above it."""

    start: int
    end: int
    label: str
    heading: Heading | None
    group: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind | None:
        """What it holds, None when its header says nothing known."""
        return self.heading.kind if self.heading else None

    @property
    def rank(self) -> int:
        """0 for the best word of its kind."""
        return self.heading.rank if self.heading else 0

    @property
    def term(self) -> Term:
        """The time that its header, or else the header above it, speaks of."""
        own: Term = self.heading.term if self.heading else ""
        return own or next((found.term for text in reversed(self.group) if (found := heading(text))), "")

    @property
    def classes(self) -> tuple[str, str]:
        """The level-1 and level-2 class that its header and those above it name, empty where they name none."""
        found = ["".join(text.split()) for text in (*self.group, self.label) if is_class(text)]
        if len(found) > 1:
            return found[-2], found[-1]
        if not found:
            return "", ""
        return (found[0], "") if is_level1(found[0]) and not is_level2(found[0]) else ("", found[0])

    @property
    def money(self) -> str | None:
        """The unit of money that its header prints, or the header above it."""
        return next(
            (found.money for text in (self.label, *self.group) if (found := heading(text)) and found.money), None
        )

    def cells(self, row: GridRow) -> Iterator[Cell]:
        """Yield the cells with text that *row* has here, each once."""
        last = None
        for cell in row.cells[self.start : self.end]:
            if cell is not None and cell is not last and cell.text.strip():
                yield cell
            last = cell

    def read(self, row: GridRow, besides: Cell | None = None) -> tuple[Cell | None, str]:
        """Return the first cell with text that *row* has here *besides* one, and its text.

        Of names and values it is the text of all cells that stand here.
        """
        found = [cell for cell in self.cells(row) if cell is not besides]
        if not found:
            return None, ""
        if len(found) > 1 and self.kind in (Kind.NAME, Kind.VALUE):
            return found[0], "".join(cell.text.strip() for cell in found)
        return found[0], found[0].text.strip()


@dataclass(slots=True)
class IndicatorColumns:
    """The columns of one indicator in a row; a form with two periods side by side has two of these."""

    level1: Column | None = None
    level2: Column | None = None
    either_level: Column | None = None
    name: Column | None = None
    annual: Column | None = None
    cycle: Column | None = None
    operator: Column | None = None
    measure: Column | None = None
    weight: Column | None = None

    @property
    def values(self) -> bool:
        """Whether there is a column of values."""
        return self.annual is not None or self.cycle is not None


@dataclass(slots=True)
class Header:
    """A header that ends before row ``end``. ``sets`` holds the columns of indicators, ``period`` those of the whole
    period when they stand beside them, ``classes`` columns that hold all indicators of one class,
    ``by_class`` the columns of name and value that each class has of its own.
    """

    end: int
    width: int
    cells: set[Cell]
    project: Column | None = None
    department: Column | None = None
    unit: Column | None = None
    amount: Column | None = None
    goals: list[Column] = field(default_factory=list)
    funds: list[Column] = field(default_factory=list)
    ordinal: Column | None = None
    year: Column | None = None
    indicators: Column | None = None
    classes: list[Column] = field(default_factory=list)
    by_class: list[tuple[tuple[str, str], IndicatorColumns]] = field(default_factory=list)
    rows: IndicatorColumns | None = None
    period: IndicatorColumns | None = None
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether the table says which project a row belongs to."""
        return self.project is not None

    @property
    def money(self) -> str | None:
        """The unit of money that the header prints."""
        return self.amount.money if self.amount else None
