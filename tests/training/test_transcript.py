"""The sessions in the documentation are what a terminal shows now."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_the_sessions_of_the_documentation_are_up_to_date(root: Path) -> None:
    page = (root / "docs" / "training.md").read_text(encoding="utf-8")
    played = runpy.run_path(str(root / "docs" / "training.py"))["played"]
    assert page == played(page), "python docs/training.py writes them anew"
    assert page.count("```text\n$ reviewer train ") == 3
