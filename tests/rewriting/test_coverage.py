"""How many weak rows of whole tables get a rewrite, and what all of them must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.gold import read_documents
from reviewer.models import Document
from reviewer.rules.engine import check_document

from .mended import INDICATOR_RULES, faults_of, is_weak, rewrites


@pytest.mark.parametrize("tables", ["samples/huangpu-2023.txt", "gold/drafts_tables.jsonl"])
def test_nearly_every_weak_row_gets_a_rewrite_that_passes(tables: str, root: Path) -> None:
    documents: list[tuple[Document, int | None]] = list(read_documents(root / "data" / tables, 2023))
    weak = mended = 0
    for document, year in documents:
        for result in check_document(document, INDICATOR_RULES, year):
            found = rewrites(result)
            weak += sum(is_weak(one.row, [(hit.code, hit.severity) for hit in one.hits]) for one in result.rows)
            mended += sum(one is not None for one in found)
            assert all(faults_of(one, result.facts) == [] for one in found if one is not None)
    assert weak > 50
    assert mended >= 0.95 * weak
