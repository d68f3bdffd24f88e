"""How much room text takes on a sheet: neither Excel nor LibreOffice works that out for merged or written rows."""

from __future__ import annotations

from math import ceil

from reviewer.reporting.layout import width_of

MOST_HEIGHT = 409.0
"""Points that a row may be high."""

PLAIN_HEIGHT = 15.0
PLAIN_WIDTH = 8.43

_POINTS = 11.0
_LINE = 1.42  # of the size of the font: Chinese fonts are taller than Latin ones
_WIDER = 1.1  # two columns of digits are a little narrower than a Chinese character


def lines_of(text: str, columns: float) -> int:
    """Return how many lines *text* takes where *columns* characters of half width fit into one.

    >>> lines_of("放映场次\\n≥672场", 20), lines_of("按合同约定完成", 10)
    (2, 2)
    """
    room = max(columns, 2.0)
    return sum(max(1, ceil(width_of(line) * _WIDER / room)) for line in text.split("\n"))


def height_of(text: str, width: float, size: float = _POINTS) -> float:
    """Return the points that *text* in a font of *size* needs in a column *width* characters wide."""
    columns = (width - 1) * _POINTS / size
    return ceil(lines_of(text, columns) * size * _LINE + 3)
