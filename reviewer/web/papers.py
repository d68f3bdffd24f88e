"""What a draft comes from and goes to beside the page: rows copied from a table, a workbook, a letter.

All of it runs in worker processes, so what they take and give is plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def rows_of(pasted: bytes) -> bytes:
    """Read rows copied from a table, cells parted by tabs, and return the Document as JSON.

    Raises ``InputError`` when there is nothing like an indicator in them.
    """
    from reviewer.reading import read_bytes

    return read_bytes(pasted, Path("粘贴的内容.tsv")).model_dump_json().encode()


def paper(kind: str, draft: str, options: Mapping[str, Any]) -> bytes:
    """Return the *draft*, a Document as JSON, reviewed, as an ``xlsx`` or ``docx`` file."""
    from reviewer import pipeline
    from reviewer.models import Document

    review = pipeline.review(Document.model_validate_json(draft), **options)
    if kind == "xlsx":
        from reviewer.reporting.workbook import clean

        return clean(review)
    from reviewer.reporting.letter import render_letter

    return render_letter(review)
