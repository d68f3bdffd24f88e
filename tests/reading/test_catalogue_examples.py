"""The examples of the rules about documents (D…): reading a bad one reports the rule, reading a good one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.models import Document
from reviewer.reading import read
from reviewer.reading.notes import SEVERITIES
from reviewer.rules.catalogue import Example, load_catalogue

RULES = [rule for rule in load_catalogue().rules if rule.applies_to == "document"]
BAD = [(rule.code, example) for rule in RULES for example in rule.examples("反例")]
GOOD = [(rule.code, example) for rule in RULES for example in rule.examples("正例")]


def read_example(example: Example, folder: Path) -> Document:
    path = folder / "表.txt"
    path.write_bytes(example.source_bytes())
    return read(path)


@pytest.mark.parametrize(("code", "example"), BAD, ids=[example.place for _, example in BAD])
def test_bad_example_is_reported(code: str, example: Example, tmp_path: Path) -> None:
    codes = [diagnostic.code for diagnostic in read_example(example, tmp_path).diagnostics]
    assert code in codes, example.why


@pytest.mark.parametrize(("code", "example"), GOOD, ids=[example.place for _, example in GOOD])
def test_good_example_is_not(code: str, example: Example, tmp_path: Path) -> None:
    found = [item for item in read_example(example, tmp_path).diagnostics if item.code == code]
    assert found == [], example.why


def test_reading_reports_with_the_severity_of_the_catalogue() -> None:
    assert {rule.code: rule.severity for rule in RULES} == SEVERITIES
