"""Where the findings of a review stand on the sheets it was read from: which cells, and beside which rows.

A review knows the cell of each value. The other cells of an indicator stand in the same row, merged areas included,
and are known by what they say; those of a project stand above its indicators or in the same row.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import NamedTuple

from reviewer.language.classes import normalise_class
from reviewer.models import Finding, IndicatorReview, ProjectReview
from reviewer.reading.amounts import amount
from reviewer.reading.forms.words import Kind, folded, heading, is_class
from reviewer.reading.grid import Cell, Grid
from reviewer.reporting.workbook.sheet import column_number

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
_LIKE_HEADING = re.compile(r"指\s*标|值|内\s*容|类")
_LONGEST_HEADING = 24
_REACH = 60
"""Rows above the first indicator of a project in which its goal and amount are looked for by a part of their text."""

_HEADINGS = frozenset({Kind.LEVEL1, Kind.LEVEL2, Kind.CLASS, Kind.NAME, Kind.VALUE, Kind.INDICATORS})


class Spot(NamedTuple):
    """A cell of a sheet, the first one of a merged area; rows and columns are counted from 0."""

    row: int
    column: int


def spot_of(where: str) -> Spot | None:
    """Return the spot that the place of a cell names.

    >>> spot_of("Sheet1!E7"), spot_of("line 3")
    (Spot(row=6, column=4), None)
    """
    found = _PLACE.search(where) if "!" in where else None
    return Spot(int(found[2]) - 1, column_number(found[1])) if found else None


class Row(NamedTuple):
    """A row of a sheet: its number on the sheet, its place among the rows of the grid, and its cells with text."""

    number: int
    at: int
    cells: list[tuple[int, Cell]]


class Map:
    """Finds the cells of a sheet by what they say."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self.rows = list(_rows(grid))
        self._row_of = {cell.where: row for row in reversed(self.rows) for _, cell in row.cells}
        self._headings = [row.at for row in self.rows if _is_heading_row(row)]
        self._saying: dict[str, list[tuple[int, Cell]]] = {}
        self._height: dict[Cell, int] = {}
        for row in self.rows:
            for _, cell in row.cells:
                self._height[cell] = self._height.get(cell, 0) + 1
                if self._height[cell] == 1:
                    self._saying.setdefault(folded(cell.text), []).append((row.at, cell))

    def row(self, where: str | None) -> Row | None:
        """Return the row of the cell at *where*, the first one if it is merged."""
        return self._row_of.get(where or "")

    def alone(self, row: Row) -> dict[int, str]:
        """Return the texts of the cells of a row that are not merged, by column."""
        cells = self._grid.rows[row.at].cells
        return {at: cell.text for at, cell in row.cells if self._height[cell] == 1 and cells.count(cell) == 1}

    def field(self, finding: Finding, indicator: IndicatorReview) -> Cell | None:
        """Return the cell that *finding* is about; the value's where its own is not certain."""
        row = self.row(indicator.where)
        if row is None:
            return None
        value = next(cell for _, cell in row.cells if cell.where == indicator.where)
        column = next(column for column, cell in row.cells if cell is value)
        name = _nearest(row, column, lambda cell: cell is not value and folded(cell.text) == folded(indicator.name))
        match finding.field:
            case "name":
                return name or value
            case "level1" | "level2":
                wanted = getattr(indicator, finding.field)
                found = _nearest(row, column, lambda cell: _is_class(cell, wanted))
                # A class that stands for several rows is not wrong for all of them.
                return found if found is not None and self._height[found] == 1 else name or value
            case "cycle_value":
                wanted = folded(indicator.cycle_value or "")
                found = _nearest(row, column, lambda cell: cell not in (value, name) and folded(cell.text) == wanted)
                return found or value
        return value

    def project(self, finding: Finding, project: ProjectReview, near: int) -> Cell | None:
        """Return the cell that *finding* of a project is about, the closest to the row *near* of the grid."""
        if finding.field == "goal" and (found := self.goal(project, near)):
            return found
        if finding.field == "amount" and (found := self._amount(project, near)):
            return found
        return self.saying(project.name, near) or self.goal(project, near)

    def goal(self, project: ProjectReview, near: int) -> Cell | None:
        """Return the cell of the goal; a form may say more in it than the goal."""
        wanted = folded(project.goal)
        if found := self.saying(project.goal, near):
            return found
        return next((cell for cell in self._above(near) if wanted and wanted in folded(cell.text)), None)

    def saying(self, text: str, near: int) -> Cell | None:
        """Return the cell that says *text*, the closest to a row."""
        wanted = folded(text)
        found = self._saying.get(wanted, []) if wanted else []
        return min(found, key=lambda one: (one[0] > near, abs(one[0] - near)))[1] if found else None

    def heading_above(self, at: int) -> Row | None:
        """Return the row with the headings over the row *at* of the grid."""
        before = bisect_left(self._headings, at)
        return self.rows[self._headings[before - 1]] if before else None

    def _amount(self, project: ProjectReview, near: int) -> Cell | None:
        wanted = () if project.amount is None else (project.amount, project.amount * 10_000)
        for cell in self._above(near):
            value = amount(cell.text)
            if value is not None and float(value) in wanted:
                return cell
        return None

    def _above(self, near: int) -> Iterator[Cell]:
        """Yield the cells of a row and of those above it, upwards."""
        for row in reversed(self.rows[max(0, near - _REACH) : near + 1]):
            yield from (cell for _, cell in row.cells)


def _nearest(row: Row, column: int, fits: Callable[[Cell], bool]) -> Cell | None:
    """Return the cell that fits, the closest to the left of *column*, or else to its right."""
    found = [(at > column, abs(at - column), cell) for at, cell in row.cells if fits(cell)]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _rows(grid: Grid) -> Iterator[Row]:
    for at, row in enumerate(grid.rows):
        cells = list(row.distinct())
        # A merged cell names its first row; the lowest of all is this one, unless all of them go on from above.
        numbers = [spot.row for _, cell in cells if (spot := spot_of(cell.where))]
        yield Row(max(numbers, default=0), at, cells)


def _is_class(cell: Cell, wanted: str) -> bool:
    text = cell.text
    if not is_class(text):
        return False
    return wanted.removesuffix("指标") in folded(text) or normalise_class("", text).level2 == wanted


def _is_heading_row(row: Row) -> bool:
    short = [cell for _, cell in row.cells if len(cell.text) <= _LONGEST_HEADING and _LIKE_HEADING.search(cell.text)]
    found = [heading(cell.text) for cell in short] if len(short) > 1 else []
    return sum(one is not None and one.kind in _HEADINGS for one in found) > 1
