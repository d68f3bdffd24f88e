"""What a draft becomes beside the page: an annotated workbook, a letter. Made in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


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
