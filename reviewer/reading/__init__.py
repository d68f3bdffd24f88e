"""From a file to a :class:`~reviewer.models.Document`: workbooks, Word and PDF documents, tables as text, JSON.

Nothing of the source is dropped silently: what is not a field of the Document stands in its diagnostics.
"""

from __future__ import annotations

from pathlib import Path

from reviewer.models import Document
from reviewer.reading.columns import columns
from reviewer.reading.contents import kind_of
from reviewer.reading.decode import decode, load
from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.reconcile import Reconciliation, reconciliation
from reviewer.reading.records import read_records
from reviewer.reading.signature import Kind
from reviewer.reading.text import read_text

__all__ = ["Reconciliation", "read", "read_bytes", "reconciliation"]


def read(path: str | Path) -> Document:
    """Read the declaration at *path*; what was noticed on the way is in ``document.diagnostics``.

    Read are .xlsx .xlsm .xls .et .ods .docx .pdf .csv .tsv, the text format (.txt) and Document JSON (.json). Contents
    decide: a text that begins like JSON is JSON, and a table with separators is one whatever its name. Raises
    ``InputError`` when there is nothing to read or the name lies about the contents, with the place and what to do.

    >>> read("data/samples/huangpu-2023.txt").units[0].total
    5805.56
    """
    path = Path(path)
    return read_bytes(load(path), path)


def read_bytes(raw: bytes, path: Path) -> Document:
    """Read the declaration *raw*, which *path* held, as :func:`read` does: for whoever must know what was read.

    >>> read_bytes(b'{"projects": [{"name": "A", "indicators": []}]}', Path("A.json")).projects[0].name
    'A'
    """
    where, ending, notes = str(path), path.suffix.lower(), Notes()
    kind = kind_of(raw, ending, where, notes)
    if kind is Kind.TEXT:
        return _read_text(decode(raw, where, notes), ending, where, notes)
    from reviewer.reading.form import read_form

    grids = _grids(kind, raw, where, notes)
    if kind is Kind.PDF and (lines := _only_lines(grids)) and any(columns(line) for line in lines):
        return read_text("\n".join(lines), where, notes)
    return read_form(grids, where, notes)


def _only_lines(grids: list[Grid]) -> list[str]:
    """Return the lines of a document without any table: the text format, printed."""
    rows = [row for grid in grids for row in grid.rows]
    return [] if any(row.table for row in rows) else [cell.text for row in rows for _, cell in row.distinct()]


def _read_text(text: str, ending: str, where: str, notes: Notes) -> Document:
    if ending == ".json" or text.lstrip().startswith("{"):
        return read_records(text, where, notes)
    from reviewer.reading.csv import is_separated, read_csv

    if not is_separated(text, ending):
        return read_text(text, where, notes)
    from reviewer.reading.form import read_form

    return read_form(read_csv(text, where), where, notes)


def _grids(kind: Kind, raw: bytes, where: str, notes: Notes) -> list[Grid]:
    if kind is Kind.PDF:
        from reviewer.reading.pdf import read_pdf

        return read_pdf(raw, where, notes)
    if kind is Kind.DOCX:
        from reviewer.reading.word import read_word

        return read_word(raw, where, notes)
    from reviewer.reading.sheet import read_sheets

    return read_sheets(raw, where, notes)
