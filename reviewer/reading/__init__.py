"""From a file to a :class:`~reviewer.models.Document`: the text of a declaration table, or Document JSON.

Nothing of the source is dropped silently: what is not a field of the Document stands in its diagnostics.
"""

from __future__ import annotations

from pathlib import Path

from reviewer.models import Document
from reviewer.reading.decode import decode, load
from reviewer.reading.notes import Notes
from reviewer.reading.reconcile import Reconciliation, reconciliation
from reviewer.reading.records import read_records
from reviewer.reading.text import read_text

__all__ = ["Reconciliation", "read", "reconciliation"]


def read(path: str | Path) -> Document:
    """Read the declaration at *path*; what was noticed on the way is in ``document.diagnostics``.

    ``.json`` is Document JSON; everything else is the text format, unless it begins like JSON. Raises ``InputError``
    when there is nothing to read, with the place and what to do.

    >>> read("data/samples/huangpu-2023.txt").units[0].total
    5805.56
    """
    path = Path(path)
    notes = Notes()
    text = decode(load(path), str(path), notes)
    if path.suffix.lower() == ".json" or text.lstrip().startswith("{"):
        return read_records(text, str(path), notes)
    return read_text(text, str(path), notes)
