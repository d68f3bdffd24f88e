"""No character of a source vanishes, whatever happened to the source on its way."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reading import read
from reviewer.reading.notes import Notes
from reviewer.reading.text import read_text

from .forms import WATER, Form, Item, Row
from .vanished import content, vanished


def test_nothing_of_the_sample_vanishes(sample: Path) -> None:
    assert vanished(sample.read_text(encoding="utf-8"), read(sample)) == Counter()


def test_the_measure_sees_what_is_missing(sample: Path) -> None:
    document = read(sample)
    lost = document.projects[5].indicators.pop()
    missing = content(f"{lost.name}{lost.cycle_value}{lost.annual_value}")
    assert vanished(sample.read_text(encoding="utf-8"), document) == Counter(missing)


# Characters that stand in no label and in no message, each used once: what is missing is missing, and nothing else.
_RARE = [chr(code) for code in range(0x3400, 0x4DB0)]
_PUNCTUATION = ("。", "；", "、", "，", "：", "1、2、3", "（1）", "\u3000", " ", "3、1-", "”", "年度")


class _Words:
    """Draws texts whose characters occur nowhere else in the source."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._next = count()

    def text(self, most: int = 6) -> str:
        pieces = []
        for _ in range(self._draw(st.integers(1, most))):
            pieces.append(_RARE[next(self._next) % len(_RARE)])
            pieces.append(self._draw(st.sampled_from(("", "", "", *_PUNCTUATION))))
        return "".join(pieces)


@st.composite
def sources(draw: st.DrawFn) -> str:
    words = _Words(draw)
    units = {}
    for _ in range(draw(st.integers(1, 2))):
        items = []
        for _ in range(draw(st.integers(1, 3))):
            rows = tuple(
                Row(words.text(), words.text(), draw(st.sampled_from((None, "", words.text()))))
                for _ in range(draw(st.integers(1, 4)))
            )
            items.append(Item(words.text(), words.text(12), rows, draw(st.integers(1, 10**7))))
        units[f"{words.text()}局"] = tuple(items)
    style = draw(st.sampled_from((WATER, WATER.but(separator="; ", colon=":"), WATER.but(codes=False, gap="\n")))).style
    return Form(units, style).text()


@st.composite
def damaged_sources(draw: st.DrawFn) -> str:
    text = draw(sources())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(("break", "lose", "line", "page", "swap", "end"))):
            case "break":
                text = text[:at] + "\n\n" + text[at:]
            case "lose":
                text = text[:at] + text[at + draw(st.integers(1, 30)) :]
            case "line":
                text = (
                    text[:at]
                    + "\n"
                    + draw(st.sampled_from(("注：", "", "3、", "\t", "年度指标值：")))
                    + "\n"
                    + text[at:]
                )
            case "page":
                text = text[:at] + "\n\n- 3 -\n\n" + text[at:]
            case "swap":
                lines = text.split("\n")
                lines.insert(draw(st.integers(0, len(lines))), lines.pop(draw(st.integers(0, len(lines) - 1))))
                text = "\n".join(lines)
            case "end":
                text = text[:at]
    return text


def rare(text: str) -> Counter[str]:
    return Counter(re.findall("[\u3400-\u4daf]", text))


def kept(document: Document) -> Counter[str]:
    return rare(document.model_dump_json()) + rare("".join(item.message for item in document.diagnostics))


@given(sources())
@settings(deadline=None, max_examples=40)
def test_nothing_of_a_form_vanishes(source: str) -> None:
    assert rare(source) - kept(read_text(source, "表.txt", Notes())) == Counter()


@given(damaged_sources())
@settings(deadline=None, max_examples=100)
def test_nothing_of_a_damaged_form_vanishes(source: str) -> None:
    try:
        document = read_text(source, "表.txt", Notes())
    except InputError:
        return  # nothing was read, and the user is told so
    assert rare(source) - kept(document) == Counter()
