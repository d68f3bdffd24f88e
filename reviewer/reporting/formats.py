"""The formats of a review, and who writes each: text that streams over many files, or one whole file for each input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    # Help pages list the formats and must not wait for the models.
    from reviewer.models import Review


class Format(StrEnum):
    """What a review, or a run of many, can be written as."""

    TERMINAL = "terminal"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    XLSX = "xlsx"
    DOCX = "docx"
    SARIF = "sarif"
    JUNIT = "junit"
    PARQUET = "parquet"


SUFFIXES = {
    Format.JSON: ".json",
    Format.JSONL: ".jsonl",
    Format.MARKDOWN: ".md",
    Format.HTML: ".html",
    Format.CSV: ".csv",
    Format.XLSX: ".xlsx",
    Format.DOCX: ".docx",
    Format.SARIF: ".sarif",
    Format.JUNIT: ".xml",
}
"""The ending of a file in each format; the terminal has none."""

BY_SUFFIX = {suffix: format_ for format_, suffix in SUFFIXES.items()} | {".htm": Format.HTML}

OF_A_REVIEW = tuple(format_ for format_ in Format if format_ is not Format.PARQUET)
"""Formats of reviews; Parquet holds the tables of a run."""

ONE_EACH = frozenset({Format.HTML, Format.XLSX, Format.DOCX})
"""Formats that hold the review of one file; the others can hold those of many."""

BINARY = frozenset({Format.XLSX, Format.DOCX})
"""Formats that nobody can read on a terminal."""


class Reviewed(NamedTuple):
    """A review with the file it is about: how to call it, and where it lies."""

    name: str
    source: Path
    review: Review


class Look(NamedTuple):
    """How text for a terminal is laid out."""

    width: int
    color: bool


class Whole(NamedTuple):
    """The contents of one file, and what to tell the user about them."""

    contents: bytes
    remarks: list[str]


def whole(reviewed: Reviewed, format_: Format) -> Whole:
    """Return the file that a format of :data:`ONE_EACH` makes of one review."""
    match format_:
        case Format.HTML:
            from reviewer.reporting.html import render_html

            return Whole(render_html(reviewed.review, reviewed.name).encode(), [])
        case Format.DOCX:
            from reviewer.reporting.letter import render_letter

            return Whole(render_letter(reviewed.review), [])
        case Format.XLSX:
            return _workbook(reviewed)
    raise ValueError(format_)


def _workbook(reviewed: Reviewed) -> Whole:
    from reviewer.reporting import workbook

    if reviewed.source.suffix.lower() in (".xlsx", ".xlsm"):
        return Whole(*workbook.annotated(reviewed.review, reviewed.source))
    return Whole(workbook.clean(reviewed.review), [])


def stream(reviews: Iterable[Reviewed], format_: Format, look: Look, *, several: bool) -> Iterator[str]:
    """Yield the text of *reviews* in a format that is not of :data:`ONE_EACH`, as they come; nothing when none comes.

    *several* says that there may be more than one: then JSON is a list.
    """
    reviews = iter(reviews)
    first = next(reviews, None)
    if first is None:
        return
    reviews = chain([first], reviews)
    match format_:
        case Format.TERMINAL:
            from reviewer.reporting.terminal import render_terminal

            yield from _parted(
                render_terminal(one.review, width=look.width, color=look.color, file=one.name) for one in reviews
            )
        case Format.MARKDOWN:
            from reviewer.reporting.markdown import render_markdown

            yield from _parted(render_markdown(one.review, file=one.name) for one in reviews)
        case Format.JSON:
            from reviewer.reporting.json import json_document

            yield from json_document((one.review for one in reviews), several)
        case Format.JSONL:
            from reviewer.reporting.json import json_lines

            yield from json_lines(one.review for one in reviews)
        case Format.CSV:
            from reviewer.reporting.csv import csv_pieces

            yield from csv_pieces((one.name, one.review) for one in reviews)
        case Format.SARIF:
            from reviewer.reporting.sarif import sarif_pieces

            yield from sarif_pieces(reviews)
        case Format.JUNIT:
            from reviewer.reporting.junit import junit_pieces

            yield from junit_pieces((one.name, one.review) for one in reviews)
        case _:
            raise ValueError(format_)


def _parted(views: Iterable[str]) -> Iterator[str]:
    for number, view in enumerate(views):
        yield f"\n{view}" if number else view
