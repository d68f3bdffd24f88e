"""Letters on a page → lines of text, from top to bottom, and lines → the text of a cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

Letter = dict[str, Any]

_SAME_LINE = 0.5  # of the height of a letter
_BLANK = 0.3  # of the size: a gap that is more than the space between two letters
_WIDE = 1.6  # of the size: a gap that parts two things
_AGAIN = 0.15  # of the size: the same letter so near is printed twice to look bold
_PADDING = 12.0  # points of both sides of a cell together
_NOT_FIRST = frozenset("/-–—~～·，。；：、！？）》〉」』】〕”’％…,.;:!?)]}%℃")
_NOT_LAST = frozenset("/（《〈「『【〔“‘([{≥≤≧≦><=±~+-￥¥$")


class Line(NamedTuple):
    """A line and where it stands, in points from the top and left of the page.

    ``first`` is the width of its beginning that no line may be broken in: a letter with the punctuation that clings to
    it, a number.
    """

    text: str
    top: float
    left: float
    right: float
    first: float


def lines_of(letters: Iterable[Letter]) -> list[Line]:
    """Return the lines that *letters* form; what is far apart on one line is parted by two blanks."""
    return [line for row in _rows(letters) if (line := _line(row)).text.strip()]


def joined(lines: Sequence[Line], width: float) -> str:
    """Return the text of a cell of *width*: lines that were only broken for want of room are joined again."""
    text = ""
    for number, line in enumerate(lines):
        if not number:
            text = line.text
        elif goes_on(lines[number - 1], line, width):
            words = text[-1:].isascii() and text[-1:].isalpha() and line.text[:1].isascii() and line.text[:1].isalpha()
            text += " " * words + line.text
        else:
            text += f"\n{line.text}"
    return text


def goes_on(before: Line, line: Line, width: float) -> bool:
    """Whether *line* may be where it is because the one before it, in a cell of *width*, had no room for it."""
    return width - (before.right - before.left) - _PADDING < line.first


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
    row = _once(sorted(row, key=lambda letter: letter["x0"]))
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
    return Line("".join(pieces).strip(), min(letter["top"] for letter in row), row[0]["x0"], right, _first(row))


def _once(row: list[Letter]) -> list[Letter]:
    """Return the letters of a line without those printed a second time in the same place, to look bold."""
    return [
        letter
        for number, letter in enumerate(row)
        if not number
        or letter["text"] != row[number - 1]["text"]
        or letter["x0"] - row[number - 1]["x0"] > _AGAIN * letter["size"]
    ]


def _first(row: list[Letter]) -> float:
    row = [letter for letter in row if not letter["text"].isspace()] or row
    end = 1
    while end < len(row) and _clings(row[end - 1]["text"], row[end]["text"]):
        end += 1
    return float(row[end - 1]["x1"] - row[0]["x0"])


def _clings(one: str, other: str) -> bool:
    """Whether no line is broken between two letters."""
    return one in _NOT_LAST or other in _NOT_FIRST or (one.isascii() and one.isalnum() and other.isascii())


def _between(left: str, right: str) -> str:
    """Return what stands in a small gap: nothing between two Chinese letters that were only spread out."""
    return " " if left.isascii() or right.isascii() else ""
