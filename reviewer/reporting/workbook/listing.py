"""The list form: what a review is about as a sheet of its own, a row for each indicator, that reads back as it was."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.models import IndicatorReview, ProjectReview, Review
from reviewer.reading.workbooks.intake import letters
from reviewer.reporting.workbook.empty import empty_book
from reviewer.reporting.workbook.page import BORDERED, COUNT, HEADER, NUMBER, SMALL, TITLE, Cell, Page, Paper
from reviewer.reporting.workbook.xml import MAIN

SHEET = "绩效目标"
_TEXT = BORDERED
_PROJECT = (("单位名称", 16), ("项目名称", 22), ("金额（万元）", 12), ("绩效目标", 40))
_INDICATOR = (("一级指标", 11), ("二级指标", 14), ("三级指标", 24))
_CYCLE, _ANNUAL = ("实施周期指标值", 24), ("年度指标值", 24)
_NUMBER = ("指标序号", 6)


def listed(review: Review) -> tuple[bytes, Review]:
    """Return a workbook with all that *review* is about, and the review with the cells in which it now stands."""
    listing = _Listing(review)
    listing.write()
    return listing.to_bytes(), review.model_copy(update={"projects": listing.projects})


class _Listing:
    def __init__(self, review: Review) -> None:
        self._review = review
        rows = [indicator for project in review.projects for indicator in project.indicators]
        # A column that says nothing is left out, for an empty cell in it would say that the form has one.
        self._cycle = any(row.cycle_value is not None for row in rows)
        self._numbered = any(
            row.no != number for project in review.projects for number, row in enumerate(project.indicators, 1)
        )
        self._columns = [
            *_PROJECT,
            *([_NUMBER] if self._numbered else []),
            *_INDICATOR,
            *([_CYCLE] if self._cycle else []),
            _ANNUAL,
        ]
        self._book = empty_book()
        self._page = Page(self._book.styles, [width for _, width in self._columns], MAIN, Paper())
        self._subtotals = {unit.name: unit.total for unit in review.document.units}
        self.projects: list[ProjectReview] = []

    def write(self) -> None:
        """Write the whole list."""
        page, head = self._page, self._review.document
        across = len(self._columns)
        if head.title:
            page.add(Cell(head.title, TITLE, across), height=30)
        page.add(*self._about())
        page.add(*(Cell(title, HEADER) for title, _ in self._columns))
        self._header = page.rows
        if head.total is not None:
            self._sum("合计", head.total)
        for project in self._review.projects:
            if project.unit in self._subtotals:
                self._sum(project.unit, self._subtotals.pop(project.unit))
            self._project(project)
        for unit, total in self._subtotals.items():
            self._sum(unit, total)

    def to_bytes(self) -> bytes:
        """Return the workbook."""
        titles = f"${self._header}:${self._header}"
        self._book.put_sheet(SHEET, self._page.to_bytes(), titles, at=0, ours=frozenset())
        return self._book.parts.to_bytes()

    def _about(self) -> Iterator[Cell]:
        head = self._review.document
        plain = SMALL._replace(size=10, color="000000")
        yield Cell(f"部门名称：{head.department}" if head.department else "", plain, 2)
        yield Cell(f"预算年度：{head.budget_year}" if head.budget_year else "", plain)
        yield Cell("单位：万元", plain, len(self._columns) - 3)

    def _sum(self, name: str, total: float) -> None:
        rest = [Cell("") for _ in self._columns[len(_PROJECT) - 1 :]]
        self._page.add(Cell(name), Cell(""), Cell(total, NUMBER), *rest)

    def _project(self, project: ProjectReview) -> None:
        rows = max(1, len(project.indicators))
        shared = [
            Cell(project.unit or "", _TEXT, rows=rows),
            Cell(project.name, _TEXT, rows=rows),
            Cell("" if project.amount is None else project.amount, NUMBER, rows=rows),
            Cell(project.goal, _TEXT, rows=rows),
        ]
        placed: list[IndicatorReview] = []
        for number, indicator in enumerate(project.indicators or [None]):
            beside = shared if number == 0 else [Cell("", cell.look) for cell in shared]
            self._page.add(*beside, *self._indicator(indicator))
            if indicator is not None:
                where = f"{SHEET}!{letters(len(self._columns) - 1)}{self._page.rows}"
                placed.append(indicator.model_copy(update={"where": where}))
        self.projects.append(project.model_copy(update={"indicators": placed}))

    def _indicator(self, indicator: IndicatorReview | None) -> Iterator[Cell]:
        if indicator is None:
            yield from (Cell("") for _ in self._columns[len(_PROJECT) :])
            return
        if self._numbered:
            yield Cell(indicator.no, COUNT)
        yield from (Cell(text, _TEXT) for text in (indicator.level1, indicator.level2, indicator.name))
        if self._cycle:
            yield Cell(indicator.cycle_value or "", _TEXT)
        yield Cell(indicator.annual_value, _TEXT)
