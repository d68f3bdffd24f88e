"""Text for terminals: widths of Chinese characters, wrapping, colour, and no control characters from a source file."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

DEFAULT_WIDTH = 100
"""Columns when the output is not a terminal."""

Style = Literal["red", "green", "yellow", "cyan", "bold", "dim", "mark"]

_CODES: dict[Style, str] = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "bold": "1",
    "dim": "2",
    "mark": "1;31",
}

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
# A cell of a table may hold anything: escape sequences would run in the reader's terminal, and controls of writing
# direction would make it show another text than the one reviewed. Each is replaced one for one, so offsets hold.
_BREAK = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# Unbroken pieces: words and numbers with what belongs to them, else single characters; a dot that parts two things
# stays with the first.
_PIECE = re.compile(
    r"""(?: (?:\x1b\[[0-9;]*m)+ | \d{1,3}(?:,\d{3})+(?:\.\d+)? | [A-Za-z0-9_./:%+\-]+ | . ) (?:[ ]·)?""",
    re.DOTALL | re.VERBOSE,
)
_NOT_FIRST = frozenset("，。；：、！？）】》”’〕⟧…,.;:!?)]}%")
_NOT_LAST = frozenset("（【《“‘〔⟦([{")


def clean(text: str) -> str:
    """Replace line breaks by blanks and control characters by �, one for one.

    >>> clean("甲\\n乙\\x1b[31m")
    '甲 乙�[31m'
    """
    return _CONTROL.sub("�", _BREAK.sub(" ", text))


@lru_cache(maxsize=8192)
def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width_of(text: str) -> int:
    """Return the columns *text* takes; colour codes take none.

    >>> width_of("≥90分")
    5
    """
    text = _ESCAPE.sub("", text)
    return len(text) if text.isascii() else sum(map(_columns, text))


def pad(text: str, width: int) -> str:
    """Fill *text* with blanks to *width* columns."""
    return text + " " * (width - width_of(text))


def clip(text: str, width: int) -> str:
    """Cut *text* to *width* columns, with … for what was cut.

    >>> clip("按照相关文件要求执行", 9)
    '按照相关…'
    """
    if width_of(text) <= width:
        return text
    used, kept = 1, []
    for char in text:
        used += _columns(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept) + "…"


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Break *text* into lines of at most *width* columns that begin with *first*, then *rest*.

    Words and numbers stay whole where they can; no line begins with a closing mark or ends with an opening one.

    >>> wrap("只指向合同，没有写出数量。", 14, "✗ ", "  ")
    ['✗ 只指向合同，', '  没有写出数', '  量。']
    """
    rest = " " * width_of(first) if rest is None else rest
    # Prefixes wider than half a very narrow terminal would leave no room for the text.
    width = max(width, width_of(first) + 8, width_of(rest) + 8)
    lines: list[str] = []
    line: list[str] = []
    prefix, used = first, width_of(first)
    for piece in _pieces(text, width - width_of(rest)):
        columns = width_of(piece)
        if used + columns > width and piece != " " and any(part.strip() for part in line):
            carried = _carry(line, piece)
            lines.append((prefix + "".join(line)).rstrip())
            line, prefix = carried, rest
            used = width_of(rest) + sum(map(width_of, carried))
        if piece == " " and not line and lines:
            continue
        line.append(piece)
        used += columns
    lines.append((prefix + "".join(line)).rstrip())
    return lines


def _pieces(text: str, room: int) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if piece[0] != "\x1b" and len(piece) > room:
            pieces += [piece[at : at + room] for at in range(0, len(piece), room)]
        else:
            pieces.append(piece)
    return pieces


def _carry(line: list[str], piece: str) -> list[str]:
    """Take off the end of *line* what may not be parted from *piece*, the first of the next line."""
    carried: list[str] = []
    while len(line) > 1 and (piece[0] in _NOT_FIRST or line[-1][0] in _NOT_LAST or line[-1][0] == "\x1b"):
        piece = line.pop()
        carried.insert(0, piece)
        if len(carried) > 4:  # a run of punctuation: breaking anywhere is as good
            break
    return carried


class Paint:
    """Colours text, or does not.

    >>> Paint(False)("差", "red")
    '差'
    """

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, style: Style) -> str:
        """Return *text* in *style*."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.color and text else text


def marked(text: str, spans: list[tuple[int, int]], paint: Paint) -> str:
    """Put ⟦ ⟧ around the *spans* of *text* (code points; overlapping ones are joined) and clean the rest.

    >>> marked("按合同约定完成", [(0, 4), (1, 5)], Paint(False))
    '⟦按合同约定⟧完成'
    >>> marked("", [(0, 0)], Paint(False))
    '⟦空⟧'
    """
    if not text.strip() and spans:
        return paint("⟦空⟧", "mark")
    text = clean(text)
    parts, at = [], 0
    for start, end in _joined(spans):
        parts += [text[at:start], paint(f"⟦{text[start:end]}⟧", "mark")]
        at = end
    return "".join([*parts, text[at:]])


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
