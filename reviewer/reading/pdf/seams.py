"""Tables that go on over a page: is it the same table, and was its last row cut by the page?

A page cuts rows as well as tables. The rest of a cell stands on the next page in the same column, and nothing says so.
It is taken for the rest only if the line before it was full, and if the row it stands in lacks what a row has: a cell
that is filled in the row above is empty.
"""

from __future__ import annotations

from bisect import bisect_right

from reviewer.reading.labels import is_level1, is_level2
from reviewer.reading.pdf.lines import goes_on
from reviewer.reading.pdf.tables import Area, Ruled

_EDGE = 3.0  # points by which the columns of a table may differ from page to page
_CERTAIN = 3  # cells of a row that all broke off at the end of a line

Row = list[Area | None]


def same_columns(one: list[float], other: list[float]) -> bool:
    """Whether two tables, given by the edges of their columns, may be one."""
    return len(one) == len(other) and all(abs(a - b) <= _EDGE for a, b in zip(one, other, strict=True))


def widened(rows: list[Row], edges: list[float], wider: list[float]) -> list[Row] | None:
    """Return *rows* of a table with *edges* as rows of one with more of them, None if that is not the same table."""
    at = [next((number for number, edge in enumerate(wider) if abs(edge - own) <= _EDGE), -1) for own in edges]
    if not at or -1 in at or at[0] != 0 or at[-1] != len(wider) - 1:
        return None
    column = [bisect_right(at, number) - 1 for number in range(len(wider) - 1)]
    return [[row[number] for number in column] for row in rows]


def repeated(first: list[Row], table: Ruled) -> int:
    """Return how many rows at the top of *table* say what some of the *first* rows of the table before it said."""
    known = [_said(row) for row in first]
    count = 0
    while count < len(table.rows) and any(_said(table.rows[count])) and _said(table.rows[count]) in known:
        count += 1
    return count


def join(end: list[Row], rows: list[Row]) -> list[Row]:
    """Return *rows*, which follow *end* on the next page, without the rest of what the page cut.

    The rest is joined to the areas it belongs to. *end* are the last rows of the page before, two of them if there are
    two: an area that stands in both covers several rows, and its rest may stand beside a row of its own.
    """
    rows = _once(end, rows)
    above = end[-1]
    columns = range(min(len(above), len(rows[0])))
    tall = {c for c in columns if _is_tall(c, end) or _is_tall(c, rows[:2])}
    written = [c for c in columns if _filled(rows[0][c])]
    lacks = [c for c in columns if _filled(above[c]) and not _filled(rows[0][c])]
    if not written or not lacks:
        return rows
    own = {above[c]: rows[0][c] for c in written if c not in tall}
    lacks_own = any(c not in tall for c in lacks) or len(own) >= _CERTAIN
    new_class = any(_is_class(above[c]) and _is_class(rows[0][c]) for c in written)
    cut = bool(own) and lacks_own and not new_class and all(_flows(*pair) for pair in own.items())
    around = [c for c in written if c in tall and not _is_class(above[c])]
    # A new project would bring an amount, which goes on with nothing.
    open_around = all(_flows(above[c], rows[0][c]) for c in around)
    taken: dict[Area, Area] = {}
    for column in written:
        upper, lower = above[column], rows[0][column]
        rest = cut or (open_around and column in around)
        if rest and upper is not None and lower is not None and lower not in taken:
            upper.lines = [*upper.lines, *lower.lines]
            taken[lower] = upper
    if not taken:
        return rows
    moved = [[taken.get(area, area) if area is not None else None for area in row] for row in rows]
    whole = all(area is None or area in above or not area.lines for area in moved[0])
    return moved[1:] if whole else moved


def _once(end: list[Row], rows: list[Row]) -> list[Row]:
    """Return *rows* with the areas of *end* where these go on: programs print what such an area says on both pages.

    It may be cut in half by the page: a line, or several, then stand on both, and those before and after on one.
    """
    whole: dict[Area, Area] = {}
    for column, (upper, lower) in enumerate(zip(end[-1], rows[0], strict=False)):
        if upper is None or lower is None or not (_is_tall(column, end) or _is_tall(column, rows[:2])):
            break
        if lower in whole:
            continue
        again = _again(upper, lower)
        if lower.lines and not again:
            break
        upper.lines = [*upper.lines, *lower.lines[again:]]
        whole[lower] = upper
    return [[whole.get(area, area) if area is not None else None for area in row] for row in rows]


def _again(upper: Area, lower: Area) -> int:
    """Return how many of the last lines of *upper* are the first of *lower*."""
    above, below = ([line.text for line in area.lines] for area in (upper, lower))
    return next((count for count in range(min(len(above), len(below)), 0, -1) if above[-count:] == below[:count]), 0)


def _said(row: Row) -> tuple[str, ...]:
    return tuple("" if area is None else "".join(line.text for line in area.lines) for area in row)


def _filled(area: Area | None) -> bool:
    return area is not None and bool(area.lines)


def _is_tall(column: int, rows: list[Row]) -> bool:
    """Whether one area stands in both of two rows."""
    return len(rows) > 1 and rows[0][column] is not None and rows[0][column] is rows[1][column]


def _is_class(area: Area | None) -> bool:
    """Whether *area* holds the whole name of a class: those follow one another in a column, and fill its lines."""
    name = "" if area is None else area.text()
    return is_level1(name) or is_level2(name)


def _flows(above: Area | None, below: Area | None) -> bool:
    """Whether the text of *below* goes on with that of *above*, whose last line was full."""
    if above is None or below is None or not above.lines or not below.lines:
        return False
    return goes_on(above.lines[-1], below.lines[0], above.width)
