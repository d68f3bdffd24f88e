"""Indicators in running text between or below tables, and within cells: read as the text format has them."""

from __future__ import annotations

from reviewer.models import Severity
from reviewer.reading.assign import assign
from reviewer.reading.blocks import Block, numbering, read_blocks
from reviewer.reading.forms.draft import Draft, Entry
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.grid import Cell
from reviewer.reading.head import Head
from reviewer.reading.lines import Line
from reviewer.reading.notes import Notes, Place
from reviewer.reading.table import Row


class _PlacedNotes(Notes):
    """Notes whose lines are those of a list of cells; what is taken goes on to other notes with the cell's place."""

    def __init__(self, notes: Notes, places: list[str]) -> None:
        super().__init__()
        self._notes, self._places = notes, places

    def add(self, code: str, message: str, where: Place | None = None, severity: Severity | None = None) -> None:
        place = self._places[where] if isinstance(where, int) else where
        self._notes.add(code, message, place, severity)


def place_blocks(found: Gathering) -> None:
    """Read the indicators that stand as running text, and give them to the projects of *found* that have none."""
    if not found.blocks:
        return
    lines, places = _lines(found.blocks)
    notes = _PlacedNotes(found.notes, places)
    open_drafts = [draft for draft in found.drafts if not draft.entries and not draft.subtotal and _is_project(draft)]
    names = {draft.name for draft in open_drafts if draft.name}
    blocks = read_blocks(lines, names, Head(notes), notes, found.where)
    if not blocks:
        return
    rows = [_row(draft) for draft in open_drafts]
    for match in assign(rows, blocks, notes):
        if match.block is None:
            continue
        at = next((at for at, row in enumerate(rows) if row is match.project), None)
        draft = found.add(Draft(where=places[match.block.records[0].line])) if at is None else open_drafts[at]
        _fill(draft, match.block, places, notes)
        found.count(*draft.entries)


def _lines(cells: list[Cell]) -> tuple[list[Line], list[str]]:
    lines: list[Line] = []
    places: list[str] = []
    for cell in cells:
        for text in cell.text.splitlines():
            if text.strip():
                lines.append(Line(len(places), text, seam=False))
                places.append(cell.where)
    return lines, places


def _is_project(draft: Draft) -> bool:
    """Whether a row of a list is a project by itself: those without goal are sums of units."""
    return bool(draft.goals) or not draft.table


def _row(draft: Draft) -> Row:
    goal = draft.goal
    return Row(line=draft.where, name=draft.name, unit=draft.unit, goal=goal.text if goal else "", seam=False)


def _fill(draft: Draft, block: Block, places: list[str], notes: Notes) -> None:
    of = f"项目“{draft.name}”" if draft.name else ""
    for record in block.records:
        for doubt in record.doubts:
            notes.add(doubt.code, of + doubt.message, doubt.line, doubt.severity)
    for record in block.complete:
        value = record.annual_value or ""
        entry = Entry(record.level1, record.level2, record.name, value, record.cycle_value, places[record.line])
        entry.ordinal = record.no
        draft.entries.append(entry)
    if fault := numbering(block):
        notes.add("D005", of + fault, block.records[0].line)
