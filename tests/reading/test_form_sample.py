"""The published sample, written as the forms departments use, reads back field by field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.models import Document
from reviewer.reading import read
from reviewer.reading.form import read_form
from reviewer.reading.notes import Notes

from . import written


def fields(document: Document) -> dict[str, Any]:
    """Everything but the places."""
    found = document.model_dump()
    for project in found["projects"]:
        for row in project["indicators"]:
            del row["where"]
    return found


@pytest.fixture(scope="module")
def document() -> Document:
    return read(Path(__file__).parents[2] / "data" / "samples" / "huangpu-2023.txt")


WRITERS: dict[str, Callable[[Path, Document], Path]] = {
    "list.xlsx": lambda path, document: written.write_xlsx(path, [written.as_list(document)]),
    "forms.xlsx": lambda path, document: written.write_xlsx(path, written.as_forms(document)),
    "list.docx": lambda path, document: written.write_docx(path, [written.as_list(document)]),
    "forms.docx": lambda path, document: written.write_docx(path, written.as_forms(document)),
    "list.csv": lambda path, document: written.write_csv(path, written.as_list(document)),
}


@pytest.mark.parametrize("name", WRITERS)
def test_it_reads_back(name: str, document: Document, tmp_path: Path) -> None:
    again = read(WRITERS[name](tmp_path / name, document))
    assert fields(again) == fields(document)
    assert [item.message for item in again.diagnostics if item.severity == "error" and item.code != "D006"] == []


def test_it_reads_back_from_print(document: Document, tmp_path: Path) -> None:
    again = read(written.write_pdf(tmp_path / "forms.pdf", written.as_forms(document)))
    # A blank at which a line was broken is not in the file any more.
    assert unblanked(fields(again)) == unblanked(fields(document))
    assert again.projects[0].indicators[0].where == "page 3"


def unblanked(value: Any) -> Any:
    """Return *value* with all blanks of its texts taken out."""
    if isinstance(value, dict):
        return {key: unblanked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unblanked(inner) for inner in value]
    return "".join(value.split()) if isinstance(value, str) else value


def test_places_are_those_of_the_annual_values(document: Document) -> None:
    again = read_form([written.to_grid(written.as_list(document))], "表.xlsx", Notes())
    assert [row.where for row in again.projects[0].indicators] == [f"绩效目标!J{no}" for no in (6, 7, 8, 9)]
    assert again.projects[3].indicators[-1].where == "绩效目标!J20"
