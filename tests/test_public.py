"""The public names are exactly these, and each says what it is."""

from __future__ import annotations

import inspect

import pytest

import reviewer

PUBLIC = [
    "Diagnostic",
    "Document",
    "Finding",
    "Indicator",
    "IndicatorReview",
    "Project",
    "ProjectReview",
    "Review",
    "ReviewerError",
    "Rewrite",
    "SmartScores",
    "Suppression",
    "__version__",
    "read",
    "review",
    "review_async",
]


def test_public_names() -> None:
    assert reviewer.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(reviewer, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="telemetry"):
        _ = reviewer.telemetry


def test_import_star_gives_the_public_names() -> None:
    space: dict[str, object] = {}
    exec("from reviewer import *", space)
    assert set(space) - {"__builtins__"} == set(PUBLIC)


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "__version__"])
def test_every_public_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(reviewer, name))
