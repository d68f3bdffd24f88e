"""A review as a workbook: a copy of the one that was submitted, coloured and commented; or a clean one.

Only the parts that change are touched: everything else of the submitted workbook is copied byte for byte, so formulas
keep their results, and charts, pictures, pivot tables, macros and whatever else nobody here understands survive.
"""

from __future__ import annotations

from pathlib import Path

from reviewer.models import Review
from reviewer.reading.decode import load
from reviewer.reading.notes import Notes
from reviewer.reading.ours import is_skipped
from reviewer.reading.package import open_package
from reviewer.reading.sheet import read_sheets
from reviewer.reading.signature import Kind, recognise
from reviewer.reporting.workbook.book import Book
from reviewer.reporting.workbook.listing import SHEET, listed
from reviewer.reporting.workbook.marking import Marking
from reviewer.reporting.workbook.parts import Parts
from reviewer.reporting.workbook.summary import NOTES, SUMMARY, notes_sheet, summary_sheet

_ANNOTATED = {Kind.XLSX: ".xlsx", Kind.XLSM: ".xlsm"}


def annotated(review: Review, source: Path) -> tuple[bytes, list[str]]:
    """Return a copy of the workbook *source* (.xlsx, .xlsm) with *review* put onto it, and what to tell the user.

    What is another kind of workbook under such a name gets a clean one. Raises ``InputError`` when *source* can no
    longer be read.
    """
    return annotated_bytes(review, load(source), str(source))


def annotated_bytes(review: Review, raw: bytes, where: str) -> tuple[bytes, list[str]]:
    """Do as :func:`annotated` with the workbook *raw*, which *where* held."""
    kind = _kind(raw, where)
    if kind not in _ANNOTATED:
        return clean(review), [f"这是{kind}，不能在副本上批注，写成了新的工作簿。"]
    return _annotate(review, raw, where)


def ending_of_copy(raw: bytes, where: str) -> str | None:
    """Return the ending of an annotated copy of *raw*, which *where* held; None where none can be made."""
    return _ANNOTATED.get(_kind(raw, where))


def clean(review: Review) -> bytes:
    """Return a workbook of *review* for what was submitted as no workbook: all of it as a list, annotated likewise.

    It reads back as the same document, but for places, numbers of indicators that do not ascend from 1, and what a
    review does not hold: the weights of indicators.
    """
    raw, placed = listed(review)
    return _annotate(placed, raw, SHEET)[0]


def _kind(raw: bytes, where: str) -> Kind:
    kind = recognise(raw)
    return open_package(raw, where).kind if kind is Kind.ZIP else kind


def _annotate(review: Review, raw: bytes, where: str) -> tuple[bytes, list[str]]:
    package = open_package(raw, where)
    grids = read_sheets(raw, where, Notes())
    parts = Parts(package)
    book = Book(parts)
    marking = Marking(book, grids, review)
    marking.put()
    if any(name.startswith("_xmlsignatures/") for name in package):
        marking.warnings.append("原件有数字签名；副本改动过，签名不再有效。")
    ours = frozenset(grid.name for grid in grids if is_skipped(grid))
    # Macros may count sheets from the first.
    first = 0 if package.kind is Kind.XLSX else len(grids)
    sheets = (
        (SUMMARY, summary_sheet(review, book.styles, book.namespace, marking.place_of)),
        (NOTES, notes_sheet(review, book.styles, book.namespace, marking.warnings)),
    )
    for at, (name, (contents, titles)) in enumerate(sheets, first):
        book.put_sheet(name, contents, titles, at=at, ours=ours)
    return parts.to_bytes(), marking.warnings
