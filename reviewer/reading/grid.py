"""What a file of tables holds before anybody knows what it means: rows of cells, each with its place.

Sheets, Word documents, PDF and CSV files all become grids; :mod:`reviewer.reading.form` reads grids of any origin.
Running text between tables is a row with one cell, so that a reader meets everything in the order of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The text of a cell as its reader sees it (``95%``, ``2023-12-31``, line breaks as ``\\n``) and where it stands.

    ``where`` is ``Sheet1!E7``, ``table 2, row 5`` or ``page 3``. Cells are compared by identity: a merged cell is one
    object at every position it covers.
    """

    text: str
    where: str


@dataclass(slots=True)
class GridRow:
    """A row from left to right, None where there is nothing; ``table`` numbers the tables of a file, 0 is running text.

    ``hidden`` rows are read like others, and said to be hidden.
    """

    cells: list[Cell | None]
    table: int = 1
    hidden: bool = False

    def distinct(self) -> Iterator[tuple[int, Cell]]:
        """Yield each cell of the row that holds text, once, with the first column it stands in."""
        seen: set[Cell] = set()
        for column, cell in enumerate(self.cells):
            if cell is not None and cell.text.strip() and cell not in seen:
                seen.add(cell)
                yield column, cell


@dataclass(slots=True)
class Grid:
    """A sheet, or the whole of a document without sheets; ``name`` is the sheet's name, empty where there is none."""

    name: str = ""
    rows: list[GridRow] = field(default_factory=list)
