"""What this program itself writes into workbooks, and how reading knows it again: nothing of it is the unit's own.

An annotated copy is corrected and handed in once more, so it has to read as the original does.
"""

from __future__ import annotations

from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes

OPINION, REWRITE = "审核意见", "建议改写"
"""The headings of the two columns beside a table; only side by side are they ours."""

SKIPPED = "读入时跳过这一页"
"""Stands in the first rows of a sheet that holds no declaration: a summary, instructions, an example."""

EXAMPLE = f"示例（{SKIPPED}，请不要填在这里）"
"""Stands above the example of a template; whoever fills it in there all the same has to be told."""

_FIRST_ROWS = 3


def without_ours(grids: list[Grid], notes: Notes) -> list[Grid]:
    """Return *grids* without our sheets and columns; a sheet with our columns is changed in place.

    An example is noted, for somebody may have filled it in.

    >>> row = GridRow([Cell("指标值", "表!A1"), Cell("审核意见", "表!B1"), Cell("建议改写", "表!C1")])
    >>> [cell.text for _, cell in without_ours([Grid("表", [row])], Notes())[0].rows[0].distinct()]
    ['指标值']
    """
    for grid in grids:
        if _first_rows_say(grid, EXAMPLE):
            notes.add("D009", f"工作表“{grid.name}”是示例，没有读；自己的项目请填在别的页上。", severity="hint")
    kept = [grid for grid in grids if not is_skipped(grid)]
    for grid in kept:
        for column in our_columns(grid):
            for row in grid.rows:
                row.cells[column : column + 2] = [None] * len(row.cells[column : column + 2])
    return kept


def is_skipped(grid: Grid) -> bool:
    """Whether a sheet says of itself that it is not to be read."""
    return _first_rows_say(grid, SKIPPED)


def _first_rows_say(grid: Grid, words: str) -> bool:
    return any(words in cell.text for row in grid.rows[:_FIRST_ROWS] for _, cell in row.distinct())


def our_columns(grid: Grid) -> set[int]:
    """Return the first column of each pair of ours."""
    return {column for row in grid.rows for column in range(len(row.cells) - 1) if _is_heading(row, column)}


def _is_heading(row: GridRow, column: int) -> bool:
    return _says(row.cells[column], OPINION) and _says(row.cells[column + 1], REWRITE)


def _says(cell: Cell | None, heading: str) -> bool:
    return cell is not None and cell.text.strip() == heading
