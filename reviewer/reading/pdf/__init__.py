"""A PDF with a text layer as one grid: ruled tables as rows of cells, everything else as running text, page by page.

The text is what the file holds, never recognised from a picture. Scripts, actions, attachments and links in the file
are not touched.
"""

from __future__ import annotations

from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.pdf.pages import read_pages


def read_pdf(raw: bytes, where: str, notes: Notes) -> list[Grid]:
    """Return the pages of the PDF in *raw* as one grid; *where* is the path for messages.

    The place of a cell is ``page 3``. A table that goes on over a page keeps its number, and a header repeated there
    its rows. Raises ``InputError`` for what is no PDF, encrypted, broken or dangerous, and for pages that are pictures
    without text.
    """
    return [read_pages(raw, where, notes)]
