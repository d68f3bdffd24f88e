"""The recordings of the repository: every project is answered from them, and nothing in them is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reviewer.judging.run
from reviewer import read
from reviewer.judging.cassettes import Cassettes, recorded_settings
from reviewer.models import IndicatorReview, ProjectReview
from reviewer.pipeline import review
from reviewer.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
TABLES = {"huangpu-2023": "data/samples/huangpu-2023.txt", "doctored": "tests/judging/doctored.json"}
FOLDERS = sorted(path for path in (ROOT / "cassettes").iterdir() if path.is_dir())


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Cassettes]]:
    """All cassettes that are opened in the test, which fails when something in them was not played."""
    opened: list[Cassettes] = []

    def opening(*args: Any, **options: Any) -> Cassettes:
        opened.append(Cassettes(*args, **options))
        return opened[-1]

    monkeypatch.setattr(reviewer.judging.run, "Cassettes", opening)
    yield opened
    for cassettes in opened:
        assert cassettes.unplayed() == [], "orphans, or questions that are asked no more: record anew"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_project_is_answered_and_nothing_is_left_over(folder: Path, played: list[Cassettes]) -> None:
    llm = load_settings(recorded=recorded_settings(folder)).llm(replay=folder)
    found = review(read(ROOT / TABLES[folder.name]), llm=llm)
    assert [project.error for project in found.projects] == [None] * len(found.projects)
    assert len(played) == 1


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_files_are_readable_and_hold_no_account(folder: Path) -> None:
    for path in folder.iterdir():
        assert re.fullmatch(r"\d{3}-.+\.yaml", path.name)
        text = path.read_text(encoding="utf-8")
        assert "\\u" not in text
        assert not re.search(r"(?im)^\s*(authorization|cookie|set-cookie|date|openai-organization|x-request-id):", text)
        assert not re.search(r"\bsk-[A-Za-z0-9]{8}", text)
        assert "/home/" not in text


def _judged(folder: str) -> dict[str, ProjectReview]:
    llm = load_settings(recorded=recorded_settings(ROOT / "cassettes" / folder)).llm(replay=ROOT / "cassettes" / folder)
    return {project.name: project for project in review(read(ROOT / TABLES[folder]), llm=llm).projects}


def _faults(row: IndicatorReview) -> set[str]:
    return {finding.rule for finding in row.findings} - {"instruction-in-text"}


def test_instructions_in_a_field_change_no_other_result() -> None:
    # doctored.json is three projects of the sample with an order to the reviewer in a value, in a name and in a goal,
    # with closing braces, role markers and forged answers.
    plain, doctored = _judged("huangpu-2023"), _judged("doctored")
    ordered = 0
    for name, project in doctored.items():
        found = [*project.findings, *(finding for row in project.indicators for finding in row.findings)]
        ordered += any(finding.rule == "instruction-in-text" for finding in found)
        for row, before in zip(project.indicators, plain[name].indicators, strict=True):
            assert (row.vague, _faults(row)) == (before.vague, _faults(before)), (name, row.no)
    assert ordered == len(doctored) == 3
