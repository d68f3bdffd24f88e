"""A review put onto the sheets it was read from: colours, comments, and the two columns beside each table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from reviewer.errors import InputError
from reviewer.models import Diagnostic, Finding, IndicatorReview, ProjectReview, Review, Severity
from reviewer.reading.grid import Grid
from reviewer.reading.ours import OPINION, REWRITE, is_skipped, our_columns
from reviewer.reading.workbooks.intake import letters, sheet_prefix
from reviewer.reporting.words import SEVERITY_TITLES
from reviewer.reporting.workbook.book import Book
from reviewer.reporting.workbook.comments import Comments
from reviewer.reporting.workbook.measure import MOST_HEIGHT, height_of
from reviewer.reporting.workbook.remarks import COLOURS, opinion, project_opinion, remark, suggestion
from reviewer.reporting.workbook.sheet import Edit, Worksheet
from reviewer.reporting.workbook.spots import Map, Row, Spot, spot_of
from reviewer.reporting.workbook.styles import Look
from reviewer.reporting.workbook.xml import cell_text, find

_TEXT = Look(fill="", size=10, bold=False, color="000000", horizontal="left", vertical="center", wrap=True, number=0)
_HEADING = Look(horizontal="center", vertical="center", wrap=True, number=0)
_WIDTHS = (42.0, 64.0, 90.0)
"""Widths of our columns, in characters: the first at which every row is high enough for its text."""

MOST_COMMENTS = 5_000
"""Comments of a sheet: with many more, Excel takes minutes to open it."""

_FAR = 1000
_RANKS = list(SEVERITY_TITLES)


@dataclass
class _Said:
    """What is said about a cell: each finding with whose it is, and what reading noticed there."""

    findings: list[tuple[Finding, IndicatorReview | None]] = field(default_factory=list)
    noticed: list[Diagnostic] = field(default_factory=list)
    shown: str = ""

    @property
    def severity(self) -> Severity | None:
        """The worst that counts."""
        found = [finding.severity for finding, _ in self.findings if finding.counts]
        found += [item.severity for item in self.noticed]
        return min(found, key=_RANKS.index, default=None)

    def comment(self) -> str:
        """The text of the comment."""
        several = len({id(indicator) for _, indicator in self.findings}) > 1
        lines = [remark(finding, self.shown, indicator, named=several) for finding, indicator in self.findings]
        lines += [f"读取时发现（{SEVERITY_TITLES[item.severity]}）：{item.message}" for item in self.noticed]
        return "\n".join(lines)


class _Beside(NamedTuple):
    """What stands beside a row; *about* tells whose it is, where several share the row."""

    about: str
    opinion: str
    wording: str


class _Sheet:
    """What is to be written onto one sheet."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.map = Map(grid)
        self.said: dict[Spot, _Said] = {}
        self.beside: dict[int, list[_Beside]] = {}
        self.like: dict[int, int] = {}
        self.headings: dict[int, int] = {}

    def about(self, where: str, shown: str) -> _Said | None:
        spot = spot_of(where)
        return None if spot is None else self.said.setdefault(spot, _Said(shown=shown))

    def texts(self, row: int) -> tuple[str, str]:
        """Return the texts of our two columns in a row."""
        entries = self.beside[row]
        several = sum(bool(entry.about) for entry in entries) > 1

        def joined(texts: Iterable[tuple[str, str]]) -> str:
            parts = [f"{about}：\n{text}" if several and about else text for about, text in texts if text]
            return cell_text("\n\n".join(parts))

        return (
            joined((entry.about, entry.opinion) for entry in entries),
            joined((entry.about, entry.wording) for entry in entries),
        )


class Marking:
    """Puts a review onto the sheets of *book*, which were read as *grids*."""

    def __init__(self, book: Book, grids: list[Grid], review: Review) -> None:
        self._book = book
        self._sheets = {sheet_prefix(grid.name): _Sheet(grid) for grid in grids if not is_skipped(grid)}
        self._review = review
        self._places: dict[int, str] = {}
        self.warnings: list[str] = []

    def place_of(self, project: int) -> str:
        """Return the cell at which a project begins; empty where that is not known."""
        return self._places.get(project, "")

    def put(self) -> None:
        """Put everything; what could not be put is said in ``warnings``."""
        missing = 0
        for number, project in enumerate(self._review.projects):
            missing += self._project(number, project)
        if missing:
            self.warnings.append(f"有 {missing} 条指标在原表里找不到所在的单元格，意见只写在汇总里。")
        for item in self._review.diagnostics:
            if item.severity != "hint":  # those ask for nothing, and stand in the notes
                self._noticed(item)
        unheard: list[str] = []
        for sheet in self._sheets.values():
            part = self._book.part_of(sheet.grid.name)
            ours = our_columns(sheet.grid)
            if part and (sheet.said or sheet.beside or ours):
                unheard += self._write(sheet, part, ours)
        if unheard:
            listed = "、".join(unheard[:10]) + ("…" if len(unheard) > 10 else "")
            self.warnings.append(f"{listed} 有讨论串批注，没有加批注，意见见旁边的“{OPINION}”栏。")

    def _project(self, number: int, project: ProjectReview) -> int:
        """Note what is said about a project; return how many of its indicators could not be found."""
        missing = 0
        first: tuple[_Sheet, Row] | None = None
        for indicator in project.indicators:
            sheet = self._sheet_of(indicator.where)
            row = sheet.map.row(indicator.where) if sheet else None
            if sheet is None or row is None:
                missing += 1
                continue
            first = first or (sheet, row)
            self._indicator(sheet, row, indicator)
        found = first or self._by_name(project)
        if found:
            self._own(number, project, *found)
        return missing

    def _indicator(self, sheet: _Sheet, row: Row, indicator: IndicatorReview) -> None:
        for finding in indicator.findings:
            cell = sheet.map.field(finding, indicator)
            if cell and (said := sheet.about(cell.where, cell.text)):
                said.findings.append((finding, indicator))
        value = next(column for column, cell in row.cells if cell.where == indicator.where)
        entry = _Beside(f"第 {indicator.no} 条 {indicator.name}", opinion(indicator), suggestion(indicator))
        sheet.beside.setdefault(row.number, []).append(entry)
        sheet.like.setdefault(row.number, value)
        heading = sheet.map.heading_above(row.at)
        if heading:
            sheet.headings.setdefault(heading.number, max(column for column, _ in heading.cells))

    def _own(self, number: int, project: ProjectReview, sheet: _Sheet, row: Row) -> None:
        """Note what is said about the project itself, whose indicators begin in *row*."""
        for finding in project.findings:
            cell = sheet.map.project(finding, project, row.at)
            if cell and (said := sheet.about(cell.where, cell.text)):
                said.findings.append((finding, None))
        home = sheet.map.goal(project, row.at) or sheet.map.saying(project.name, row.at)
        at = (sheet.map.row(home.where) if home else None) or row
        self._places[number] = home.where if home else at.cells[0][1].where
        like = max(column for column, _ in at.cells)
        sheet.beside.setdefault(at.number, []).insert(0, _Beside("", project_opinion(project), ""))
        sheet.like.setdefault(at.number, like)

    def _noticed(self, item: Diagnostic) -> None:
        sheet = self._sheet_of(item.where)
        row = sheet.map.row(item.where) if sheet else None
        if sheet and row and item.where and (said := sheet.about(item.where, "")):
            said.noticed.append(item)

    def _sheet_of(self, where: str | None) -> _Sheet | None:
        prefix, mark, _ = (where or "").rpartition("!")
        return self._sheets.get(prefix + mark)

    def _by_name(self, project: ProjectReview) -> tuple[_Sheet, Row] | None:
        for sheet in self._sheets.values():
            cell = sheet.map.saying(project.name, 0)
            if cell and (row := sheet.map.row(cell.where)):
                return sheet, row
        return None

    def _write(self, sheet: _Sheet, part: str, ours: set[int]) -> list[str]:
        """Write onto a sheet; return the cells that took no comment."""
        parts = self._book.parts
        worksheet = Worksheet(parts.read(part), self._book.styles)
        comments = self._comments(sheet, part, worksheet)
        if ours:
            if comments:
                comments.forget_ours()
            worksheet.clear(self._book.styles.filled_with(frozenset(COLOURS.values())), ours | {at + 1 for at in ours})
        for spot, said in sheet.said.items():
            if severity := said.severity:
                worksheet.row(spot.row).cells[spot.column] = Edit(Look(fill=COLOURS[severity]))
        if sheet.beside:
            self._columns(sheet, worksheet, min(ours) if ours else _free_column(sheet, worksheet))
            if not self._book.has_print_area(sheet.grid.name):
                worksheet.fit_page()
        worksheet.write_rows()
        unheard = []
        if comments:
            unheard = [
                f"{sheet.grid.name} 的 {letters(spot.column)}{spot.row + 1}"
                for spot in self._commented(sheet)
                if not comments.add(spot.row, spot.column, sheet.said[spot].comment())
            ]
            comments.write()
        parts.put(part, worksheet.to_bytes())
        return unheard

    def _comments(self, sheet: _Sheet, part: str, worksheet: Worksheet) -> Comments | None:
        """Return the comments of a sheet; None when those that are there are damaged or too large to be changed."""
        try:
            return Comments(self._book.parts, part, worksheet)
        except InputError:
            self.warnings.append(
                f"工作表“{sheet.grid.name}”原有的批注已损坏或太大，没有加批注，意见见旁边的“{OPINION}”栏。"
            )
            return None

    def _commented(self, sheet: _Sheet) -> list[Spot]:
        """Return the cells that get a comment, in the order of the sheet: the worst, if they are too many."""
        spots = sorted(sheet.said)
        if len(spots) > MOST_COMMENTS:
            spots.sort(key=lambda spot: _RANKS.index(sheet.said[spot].severity or "hint"))
            self.warnings.append(
                f"工作表“{sheet.grid.name}”要批注 {len(spots):,} 格，只批注了问题最重的 {MOST_COMMENTS:,} 格；"
                f"全部意见见旁边的“{OPINION}”栏。"
            )
        return sorted(spots[:MOST_COMMENTS])

    def _columns(self, sheet: _Sheet, worksheet: Worksheet, column: int) -> None:
        """Write the two columns, the first one at *column*."""
        texts = {row: sheet.texts(row) for row in sheet.beside}
        for at in (0, 1):
            worksheet.set_width(column + at, _width([said[at] for said in texts.values()]))
        for number, said in texts.items():
            edit = worksheet.row(number)
            for at, text in enumerate(said):
                edit.cells[column + at] = Edit(_TEXT, text, sheet.like[number])
        for number, like in (sheet.headings or {min(texts) - 1: 0}).items():
            edit = worksheet.row(max(number, 0))
            for at, text in enumerate((OPINION, REWRITE)):
                edit.cells[column + at] = Edit(_HEADING, text, like)
        for row in sheet.map.rows:
            if row.number in texts or row.number in sheet.headings:
                worksheet.row(row.number).texts = sheet.map.alone(row)


def _width(texts: list[str]) -> float:
    return next((width for width in _WIDTHS if all(height_of(text, width, 10) <= MOST_HEIGHT for text in texts)), 90.0)


def _free_column(sheet: _Sheet, worksheet: Worksheet) -> int:
    """Return the first of two columns to the right of our rows in which the sheet shows nothing."""
    rows = {*sheet.beside, *sheet.headings}
    used = {at for row in sheet.grid.rows for at, cell in enumerate(row.cells) if cell is not None}
    used.update(_merged_over(worksheet, rows))
    column = max(len(sheet.grid.rows[row.at].cells) for row in sheet.map.rows if row.number in rows)
    while column in used or column + 1 in used:
        column += 1
    return column


def _merged_over(worksheet: Worksheet, rows: set[int]) -> Iterator[int]:
    """Yield the columns of merged areas that lie over some of *rows*, unless they reach over the whole sheet."""
    merged = find(worksheet.root, "mergeCells")
    for one in merged if merged is not None else ():
        first, last = (spot_of(f"!{end}") for end in (one.get("ref", "A1") + ":").split(":")[:2])
        if first and last and last.column < _FAR and any(row in rows for row in range(first.row, last.row + 1)):
            yield from range(first.column, last.column + 1)
