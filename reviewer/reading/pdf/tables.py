"""The ruled tables of a page: which rectangle covers which rows and columns, and the letters in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.reading.pdf.lines import Letter, paragraph

if TYPE_CHECKING:
    from pdfplumber.page import Page

_SNAP = 2.0  # points within which two edges are one
# of the size: a letter that stands so near behind another belongs to it, whatever ruling line is between
_OVERLAP, _CLOSE = 0.35, 0.05


@dataclass(slots=True, eq=False)
class Area:
    """A rectangle of a table, which may cover several rows and columns; in points."""

    left: float
    top: float
    right: float
    bottom: float
    letters: list[Letter] = field(default_factory=list)

    def text(self) -> str:
        """Return what stands in it."""
        return paragraph(self.letters, self.right - self.left)


@dataclass(slots=True)
class Ruled:
    """A table: at each row and column the area that covers it. ``edges`` are the left ones of the columns."""

    top: float
    edges: list[float]
    rows: list[list[Area | None]]
    letters: list[Letter]


def ruled_tables(page: Page, letters: Sequence[Letter]) -> list[Ruled]:
    """Return the tables of *page*, with those of *letters* that stand in them; a table needs two columns."""
    found = []
    for table in page.find_tables({"snap_tolerance": _SNAP, "join_tolerance": _SNAP}):
        areas = [Area(*box) for box in table.cells]
        ruled = _ruled(areas)
        if len(ruled.edges) > 1:
            _fill(ruled, areas, letters)
            found.append(ruled)
    return found


def _ruled(areas: list[Area]) -> Ruled:
    lefts, tops = _distinct(area.left for area in areas), _distinct(area.top for area in areas)
    rows: list[list[Area | None]] = [[None] * len(lefts) for _ in tops]
    for area in areas:
        columns = range(_index(lefts, area.left), bisect_left(lefts, area.right - _SNAP))
        for row in range(_index(tops, area.top), bisect_left(tops, area.bottom - _SNAP)):
            for column in columns:
                rows[row][column] = area
    return Ruled(min(tops, default=0.0), lefts, rows, [])


def _fill(table: Ruled, areas: list[Area], letters: Sequence[Letter]) -> None:
    """Give each letter within the table to the area it stands in; one that overflows its cell stays with its word."""
    tops = _distinct(area.top for area in areas)
    left, right = min(area.left for area in areas), max(area.right for area in areas)
    bottom = max(area.bottom for area in areas)
    before: tuple[Letter, Area] | None = None
    for letter in letters:
        x, y = (letter["x0"] + letter["x1"]) / 2, (letter["top"] + letter["bottom"]) / 2
        if not (left <= x <= right and table.top <= y <= bottom):
            before = None
            continue
        table.letters.append(letter)
        row, column = bisect_right(tops, y) - 1, bisect_right(table.edges, x) - 1
        area = table.rows[max(row, 0)][max(column, 0)]
        if before is not None and area is not before[1] and _touches(before[0], letter):
            area = before[1]
        if area is None:
            table.letters.pop()
            before = None
            continue
        area.letters.append(letter)
        before = (letter, area)


def _touches(one: Letter, other: Letter) -> bool:
    """Whether a letter follows the other of the same word: on its line and closely behind."""
    size, gap = float(one["size"]), float(other["x0"] - one["x1"])
    return abs(one["top"] - other["top"]) < 0.3 * size and -_OVERLAP * size < gap < _CLOSE * size


def _distinct(edges: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for edge in sorted(edges):
        if not kept or edge - kept[-1] > _SNAP:
            kept.append(edge)
    return kept


def _index(edges: list[float], edge: float) -> int:
    return max(bisect_right(edges, edge + _SNAP / 2) - 1, 0)
