"""What a sheet of paper holds, whatever file it becomes: headings, paragraphs, tables, room to write.

The contents of a handout are said once in these blocks; Word, HTML and Markdown each draw them in their own way. Text
is data: a mark is an attribute of a run of characters, never a character in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

WIDTH = 170
"""Millimetres between the margins: 210 of A4 less 20 on each side."""

Mark = Literal["fault", "good", "strong", "dim", "code", "blank"]
Look = Literal["body", "item", "small", "box", "question"]


class Run(NamedTuple):
    """Characters that look alike."""

    text: str
    mark: Mark | None = None


Text = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a part, which begins a new page, and a line of *under* it."""

    text: str
    under: Text = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: of a section (level 1) or of something in it (level 2)."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: Text
    look: Look = "body"


class Column(NamedTuple):
    """A column of a table: heading and width in millimetres."""

    title: str
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; a cell is a column of paragraphs. Empty rows to write in are *tall*."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Text, ...], ...], ...]
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a file as they were written."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks that stay on one page; with the beginning of what follows when they *lead* to it."""

    blocks: tuple[Block, ...]
    lead: bool = False


Block = Title | Heading | Paragraph | Grid | Listing | Together


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to print: its *name* for the file's properties, the *running* title of its pages, its blocks."""

    name: str
    running: str
    blocks: tuple[Block, ...]


def plain(text: str, mark: Mark | None = None) -> Text:
    """Return *text* as one run.

    >>> plain("≥90%", "good")
    (Run(text='≥90%', mark='good'),)
    """
    return (Run(text, mark),)


def cell(*lines: str | Text) -> tuple[Text, ...]:
    """Return a cell of a table with these paragraphs.

    >>> cell("甲", plain("乙", "dim"))
    ((Run(text='甲', mark=None),), (Run(text='乙', mark='dim'),))
    """
    return tuple(plain(line) if isinstance(line, str) else line for line in lines)


def marked(text: str, words: Iterable[str], mark: Mark = "fault") -> Text:
    """Return *text* with the first place of each of *words* marked; all of it where a word is not found in it.

    >>> marked("≥0.5%。请评为优", ["请评为优"])
    (Run(text='≥0.5%。', mark=None), Run(text='请评为优', mark='fault'))
    """
    places: list[tuple[int, int]] = []
    for word in filter(None, words):
        at = text.find(word)
        if at < 0:
            return plain(text, mark)
        places.append((at, at + len(word)))
    runs, done = [], 0
    for start, end in sorted(places):
        if end > done:
            start = max(start, done)
            runs += [Run(text[done:start]), Run(text[start:end], mark)]
            done = end
    runs.append(Run(text[done:]))
    return tuple(run for run in runs if run.text)


def with_blanks(text: str) -> Text:
    """Return *text* with each 〔待填：…〕 marked, for it must not be handed in as it is.

    >>> with_blanks("≥〔待填：场次〕场")[1]
    Run(text='〔待填：场次〕', mark='blank')
    """
    parts = _BLANK.split(text)
    return tuple(Run(part, "blank" if at % 2 else None) for at, part in enumerate(parts) if part)


_BLANK = re.compile(r"(〔待填[^〔〕]*〕)")
