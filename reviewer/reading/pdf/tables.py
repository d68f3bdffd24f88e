"""The ruled tables of a page: which area covers which rows and columns, and the letters in it.

The lines cut the page into small boxes. Boxes with no line between them are one area, a merged cell if it is more than
one; what is open to the margin of the page is no cell; and areas side by side are a table.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reviewer.reading.pdf.lines import Letter, Line, joined, lines_of
from reviewer.reading.pdf.rulings import Rule, TooManyLines, covered, positions

MAX_BOXES = 200_000
"""A page of 200 rows and 60 columns has 12,000."""

# of the size: a letter that stands so near behind another belongs to it, whatever ruling line is between
_OVERLAP, _CLOSE = 0.35, 0.05
_CUT = 0.25  # of the height: a line that leaves so much on both sides cuts a letter in half
_SLIVER = 4.0  # points of an area in which nobody can write


@dataclass(slots=True, eq=False)
class Area:
    """An area of a table, ``width`` points wide, which may cover several rows and columns, and the lines in it."""

    width: float = 0.0
    letters: list[Letter] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def text(self) -> str:
        """Return what stands in it."""
        return joined(self.lines, self.width)


@dataclass(slots=True)
class Ruled:
    """A table: at each row and column the area that covers it.

    ``edges`` are the left ones of the columns and the right one of the last, in points.
    """

    top: float
    edges: list[float]
    rows: list[list[Area | None]]


def ruled_tables(across: list[Rule], down: list[Rule], letters: Sequence[Letter]) -> tuple[list[Ruled], list[Letter]]:
    """Return the tables that the lines form, with the *letters* that stand in them, and the letters that stand in none.

    A table has two columns at least. Raises ``TooManyLines``.
    """
    boxes = _Boxes(across, down)
    tables = list(boxes.tables())
    around = boxes.fill(letters)
    for area in boxes.areas.values():
        area.lines, area.letters = lines_of(area.letters), []
    return tables, around


class _Boxes:
    """The boxes into which lines cut a page, row by row, and the area that each belongs to."""

    def __init__(self, across: list[Rule], down: list[Rule]) -> None:
        self._lefts, self._tops = positions(down), positions(across)
        self._columns, self._rows = max(len(self._lefts) - 1, 0), max(len(self._tops) - 1, 0)
        if self._columns * self._rows > MAX_BOXES:
            raise TooManyLines
        left_of, above = self._walls(across, down)
        self._outside = self._columns * self._rows
        self._area = self._parted(left_of, above)
        self.areas: dict[int, Area] = {}

    def _walls(self, across: list[Rule], down: list[Rule]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """Return (row, column) of the boxes with a line to their left, and of those with one above."""
        left_at = {at: number for number, at in enumerate(self._lefts)}
        top_at = {at: number for number, at in enumerate(self._tops)}
        left_of = {(row, left_at[rule.at]) for rule in down for row in covered(rule, self._tops)}
        above = {(top_at[rule.at], column) for rule in across for column in covered(rule, self._lefts)}
        return left_of, above

    def _parted(self, left_of: set[tuple[int, int]], above: set[tuple[int, int]]) -> list[int]:
        """Return for each box the first one of its area, or the number of boxes for what is open to the margin."""
        parent = list(range(self._outside + 1))

        def root(box: int) -> int:
            while parent[box] != box:
                parent[box] = parent[parent[box]]
                box = parent[box]
            return box

        def join(one: int, other: int) -> None:
            first, second = sorted((root(one), root(other)))
            # Whatever joins the outside becomes the outside, the largest number.
            if second == self._outside:
                parent[first] = second
            else:
                parent[second] = first

        for row in range(self._rows + 1):
            for column in range(self._columns + 1):
                here = self._box(row, column)
                if row < self._rows and (row, column) not in left_of:
                    join(self._box(row, column - 1), here)
                if column < self._columns and (row, column) not in above:
                    join(self._box(row - 1, column), here)
        return [root(box) for box in range(self._outside)]

    def _box(self, row: int, column: int) -> int:
        inside = 0 <= row < self._rows and 0 <= column < self._columns
        return row * self._columns + column if inside else self._outside

    def tables(self) -> Iterator[Ruled]:
        """Yield the tables from top to bottom, and make their areas."""
        seen: set[int] = set()
        for box in range(self._outside):
            if self._area[box] != self._outside and box not in seen:
                found = self._around(box)
                seen |= found
                table, areas = self._table(found)
                if len(table.edges) > 2:
                    self.areas |= areas
                    yield table

    def _around(self, box: int) -> set[int]:
        """Return the boxes of the table that *box* is in."""
        found, waiting = {box}, [box]
        while waiting:
            row, column = divmod(waiting.pop(), self._columns)
            for near in ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column)):
                other = self._box(*near)
                if other != self._outside and self._area[other] != self._outside and other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def _table(self, boxes: set[int]) -> tuple[Ruled, dict[int, Area]]:
        places: dict[int, list[tuple[int, int]]] = {}
        for box in sorted(boxes):
            places.setdefault(self._area[box], []).append(divmod(box, self._columns))
        corners: dict[int, tuple[int, int, int]] = {}
        areas: dict[int, Area] = {}
        for number, covers in places.items():
            top, left = covers[0][0], min(column for _, column in covers)
            bottom, right = covers[-1][0] + 1, max(column for _, column in covers) + 1
            width = self._lefts[right] - self._lefts[left]
            if width >= _SLIVER and self._tops[bottom] - self._tops[top] >= _SLIVER:
                corners[number] = (top, left, right)
                areas[number] = Area(width)
        tops = sorted({top for top, _, _ in corners.values()})
        lefts = sorted({left for _, left, _ in corners.values()})
        rows = [[areas.get(self._area_at(row, column)) for column in lefts] for row in tops]
        edges = [self._lefts[left] for left in lefts]
        edges += [self._lefts[max((right for _, _, right in corners.values()), default=0)]]
        return Ruled(self._tops[tops[0]] if tops else 0.0, edges, rows), areas

    def _area_at(self, row: int, column: int) -> int:
        """Return the number of the area at a box, that of the outside for what is no box."""
        box = self._box(row, column)
        return self._outside if box == self._outside else self._area[box]

    def fill(self, letters: Sequence[Letter]) -> list[Letter]:
        """Give each letter to the area it stands in, return the others.

        One that overflows stays with its word. One that a line across cuts in half is part of a text that is too high
        for its area, or whose area the page has cut: these are told apart when the others have their places.
        """
        around: list[Letter] = []
        cut: list[_Cut] = []
        before: tuple[Letter, Area | _Cut] | None = None
        for letter in letters:
            place = self._place(letter)
            if before is not None and place is not before[1] and _touches(before[0], letter):
                place = before[1]
            elif isinstance(place, _Cut) and cut and cut[-1].between & place.between:
                cut[-1].between &= place.between
                place = cut[-1]
            if isinstance(place, _Cut) and (not cut or place is not cut[-1]):
                cut.append(place)
            before = None if place is None else (letter, place)
            (around if place is None else place.letters).append(letter)
        for text in cut:
            text.settle()
        return around

    def _place(self, letter: Letter) -> Area | _Cut | None:
        """Return the area in which *letter* stands, or those between which it stands."""
        middle, margin = (letter["top"] + letter["bottom"]) / 2, _CUT * (letter["bottom"] - letter["top"])
        column = bisect_right(self._lefts, (letter["x0"] + letter["x1"]) / 2) - 1
        upper, area, lower = (
            self.areas.get(self._area_at(bisect_right(self._tops, at) - 1, column))
            for at in (letter["top"] + margin, middle, letter["bottom"] - margin)
        )
        if area is None or upper is None or lower is None or upper is lower:
            return area
        return _Cut(area, {upper, lower})


@dataclass(slots=True)
class _Cut:
    """Letters, one after another, that lines across cut in half: between which areas, and in which their first is."""

    first: Area
    between: set[Area]
    letters: list[Letter] = field(default_factory=list)

    def settle(self) -> None:
        """Give the letters to the area that is between all lines that cut them, or else to the one that is empty."""
        empty = [area for area in self.between if not area.letters]
        of = self.between if len(self.between) == 1 else empty if len(empty) == 1 else {self.first}
        next(iter(of)).letters.extend(self.letters)


def _touches(one: Letter, other: Letter) -> bool:
    """Whether a letter follows the other of the same word: on its line and closely behind."""
    size, gap = float(one["size"]), float(other["x0"] - one["x1"])
    return abs(one["top"] - other["top"]) < 0.3 * size and -_OVERLAP * size < gap < _CLOSE * size
