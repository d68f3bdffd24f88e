"""Columns, wrapping and marks hold for any text, however wide, long or hostile."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.reporting.layout import Paint, clean, clip, marked, pad, width_of, wrap

TEXT = st.text(st.sampled_from("≥90%次年度，。（）⟦⟧ab 1\t\n\x1b[31m\u202e\u200b\u0301é"), max_size=80)
PLAIN = Paint(False)


@given(TEXT, st.integers(20, 60))
def test_wrapped_lines_fit_and_lose_nothing(text: str, columns: int) -> None:
    text = clean(text)
    lines = wrap(text, columns, "  ✗ ", "    ")
    assert all(width_of(line) <= columns + 4 for line in lines)  # marks that may not begin a line may hang over
    assert re.sub(r"\s", "", "".join(lines)) == "✗" + re.sub(r"\s", "", text)


@given(TEXT, st.integers(1, 40))
def test_clipped_text_fits(text: str, columns: int) -> None:
    clipped = clip(clean(text), columns)
    assert width_of(clipped) <= columns
    assert clipped == clean(text) or clipped.endswith("…")


@given(st.text(max_size=60))
def test_nothing_clean_can_steer_a_terminal(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029]", cleaned)


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_marks_change_nothing_but_add_marks(text: str, spans: list[tuple[int, int]]) -> None:
    spans = [(min(span), min(max(span), len(text))) for span in spans]
    shown = marked(text, spans, PLAIN)
    if text.strip():
        assert shown.translate({ord("⟦"): None, ord("⟧"): None}) == clean(text).translate(
            {ord("⟦"): None, ord("⟧"): None}
        )
        assert shown.count("⟦") - text.count("⟦") == shown.count("⟧") - text.count("⟧")


@pytest.mark.parametrize(
    ("text", "columns"),
    [("电影", 4), ("≥90分", 5), ("e\u0301", 1), ("\x1b[31m差\x1b[0m", 2), ("", 0), ("👍", 2), ("ａ", 2)],
)
def test_width_of(text: str, columns: int) -> None:
    assert width_of(text) == columns


def test_pad_counts_columns() -> None:
    assert pad("放映", 6) == "放映  "
    assert pad("放映场次", 6) == "放映场次"


def test_no_line_begins_with_a_closing_mark() -> None:
    text = "只指向合同，没有写出数量。" * 5
    for columns in range(10, 40):
        assert not any(line[0] in "，。" for line in wrap(text, columns))


def test_words_and_numbers_stay_whole() -> None:
    for line in wrap("全年放映672.5场次reviewer全年放映672.5场次", 16):
        assert not re.search(r"67$|^2\.5|revi$", line)


def test_long_words_are_broken_after_all() -> None:
    assert max(map(width_of, wrap("a" * 500, 40))) <= 40
