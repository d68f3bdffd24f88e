"""Letters on a page → lines of text, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

Letter = dict[str, Any]

_SAME_LINE = 0.5  # of the height of a letter
_BLANK = 0.3  # of the size: a gap that is more than the space between two letters
_WIDE = 1.6  # of the size: a gap that parts two things
_PADDING = 12.0  # points of both sides of a cell together


class Line(NamedTuple):
    """A line and where it stands, in points from the top and left of the page; ``size`` is that of its letters."""

    text: str
    top: float
    left: float
    right: float
    size: float


def lines_of(letters: Iterable[Letter]) -> list[Line]:
    """Return the lines that *letters* form; what is far apart on one line is parted by two blanks."""
    return [line for row in _rows(letters) if (line := _line(row)).text.strip()]


def paragraph(letters: Iterable[Letter], width: float) -> str:
    """Return the text of a cell of *width*: lines that were only broken for want of room are joined again."""
    text = ""
    before: Line | None = None
    for line in lines_of(letters):
        if before is None:
            text = line.text
        elif width - (before.right - before.left) < before.size + _PADDING:
            words = before.text[-1:].isascii() and before.text[-1:].isalpha() and line.text[:1].isascii()
            text += (" " if words and line.text[:1].isalpha() else "") + line.text
        else:
            text += f"\n{line.text}"
        before = line
    return text


def _rows(letters: Iterable[Letter]) -> list[list[Letter]]:
    rows: list[list[Letter]] = []
    middle = 0.0
    for letter in sorted(letters, key=lambda letter: (letter["top"] + letter["bottom"], letter["x0"])):
        at = (letter["top"] + letter["bottom"]) / 2
        if rows and at - middle <= _SAME_LINE * (letter["bottom"] - letter["top"]):
            rows[-1].append(letter)
        else:
            rows.append([letter])
            middle = at
    return rows


def _line(row: list[Letter]) -> Line:
    row.sort(key=lambda letter: letter["x0"])
    pieces: list[str] = []
    right = row[0]["x0"]
    for number, letter in enumerate(row):
        gap, size = letter["x0"] - right, letter["size"]
        if number and gap > _WIDE * size:
            pieces.append("  ")
        elif number and gap > _BLANK * size and not pieces[-1].isspace():
            pieces.append(_between(pieces[-1], letter["text"]))
        pieces.append(letter["text"])
        right = max(right, letter["x1"])
    text = "".join(pieces).strip()
    return Line(text, min(letter["top"] for letter in row), row[0]["x0"], right, max(letter["size"] for letter in row))


def _between(left: str, right: str) -> str:
    """Return what stands in a small gap: nothing between two Chinese letters that were only spread out."""
    return " " if left.isascii() or right.isascii() else ""
