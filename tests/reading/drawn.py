"""Tables drawn as text: a line is a row, ``|`` parts its cells, ``←`` and ``↑`` continue the cell to the left or above.

``⏎`` is a line break within a cell. A row that begins with ``¶`` is running text between tables.
"""

from __future__ import annotations

from reviewer.models import Document
from reviewer.reading.form import read_form
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes


def drawn(drawing: str, name: str = "Sheet1") -> Grid:
    """Return what a reader of files makes of *drawing*; cells are placed as in a workbook."""
    grid = Grid(name)
    above: list[Cell | None] = []
    table, between = 1, False
    for number, line in enumerate(drawing.strip("\n").splitlines(), 1):
        if line.strip().startswith("¶"):
            grid.rows.append(GridRow([Cell(line.strip()[1:].strip(), f"paragraph {number}")], table=0))
            between, above = True, []
            continue
        table, between = table + between, False
        row: list[Cell | None] = []
        for column, text in enumerate(line.split("|")):
            text = text.strip().replace("⏎", "\n")
            place = f"{name}!{chr(ord('A') + column)}{number}"
            over = above[column] if column < len(above) else None
            row.append({"←": row[-1] if row else None, "↑": over}.get(text, Cell(text, place)))
        grid.rows.append(GridRow(row, table=table))
        above = row
    return grid


def read_drawn(*drawings: str) -> Document:
    """Read drawings as the sheets of a workbook."""
    return read_grids(*(drawn(drawing, f"Sheet{number}") for number, drawing in enumerate(drawings, 1)))


def read_grids(*grids: Grid) -> Document:
    """Read grids as a form."""
    return read_form([*grids], "表.xlsx", Notes())


def shown(document: Document) -> str:
    """Return a document as text, to compare it at a glance."""
    lines = [f"{document.title} {document.budget_year} {document.department} {document.total}"]
    lines += [f"= {unit.name} {unit.total}" for unit in document.units]
    for project in document.projects:
        lines.append(f"# {project.name} | {project.unit} | {project.amount} | {project.goal}")
        lines += [
            f"{row.no} {row.level1}/{row.level2} {row.name}: {row.cycle_value} → {row.annual_value}"
            + (f" ({row.weight:g})" if row.weight is not None else "")
            + f" @{row.where}"
            for row in project.indicators
        ]
    return "\n".join(line.rstrip() for line in lines)
