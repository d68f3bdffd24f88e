"""The rows of a table below its header: which are the table's, and what each of them says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, repeat

from reviewer.reading.forms.columns import Column, Header
from reviewer.reading.forms.draft import Draft
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.indicators import IndicatorReader
from reviewer.reading.forms.projects import ProjectReader
from reviewer.reading.forms.words import Kind, folded, heading, is_class
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.labels import is_level1, is_level2

_COLUMN_NUMBER = re.compile(
    r"[（(]?(?:\d{1,2}|[①-⑳]|[甲乙丙丁]|[A-Z]|[一二三四五六七八九十]{1,2})[)）]?(?:栏|=[\d+\-*/A-Z]+)?"
)


class TableReader:
    """Reads the rows under *header*; *draft* is the project they belong to when the table does not say."""

    def __init__(self, header: Header, gathering: Gathering, draft: Draft | None) -> None:
        self.header = header
        self._all = gathering
        self._projects = ProjectReader(header, gathering, draft)
        self._indicators = IndicatorReader(header, gathering)
        self._moved = 0
        self._of_period = False
        gathering.used |= header.cells

    @property
    def draft(self) -> Draft | None:
        """The project of the row read last."""
        return self._projects.draft

    @property
    def number(self) -> int:
        """The number of the list, 0 when it is none."""
        return self._projects.table

    @property
    def names_projects_only(self) -> bool:
        """Whether the table is a list without any column of indicators."""
        header = self.header
        return header.is_list and not (header.rows or header.classes or header.by_class or header.indicators)

    def belongs_to(self, draft: Draft) -> None:
        """Say whose rows these are."""
        self._projects.draft = draft

    def is_of_whole_period(self) -> None:
        """Say that the values are those of the whole period: a block of 长期绩效指标 above that of the year."""
        self._of_period = True

    def goes_on_with(self, before: TableReader) -> None:
        """Go on where *before*, whose header this one repeats on a new page, ended."""
        self._projects.goes_on_with(before._projects)
        self._indicators.goes_on_with(before._indicators)

    def names_unit(self, cell: Cell) -> bool:
        """Read *cell* as the name of a unit that stands over the projects below; say whether it is one."""
        return self._projects.names_unit(cell)

    def align(self, row: GridRow) -> None:
        """Find out how far the columns of a table that goes on without a header have moved, *row* being its first."""
        rows = self.header.rows
        self._moved = 0
        if rows is None or len(row.cells) >= self.header.width:
            return
        for column, cell in row.distinct():
            plain = "".join(cell.text.split())
            second = is_level2(plain) and not is_level1(plain)
            level = rows.level2 if second else rows.level1 if is_level1(plain) else None
            if level is not None and level.start > column:
                self._moved = level.start - column
                return

    def read(self, row: GridRow) -> bool:
        """Read *row*; say whether it is a row of this table."""
        if self._moved or not self.header.cells.isdisjoint(row.cells):
            own = (None if cell in self.header.cells else cell for cell in row.cells)
            row = GridRow([*repeat(None, self._moved), *own], row.table, row.hidden)
        first = next((cell for _, cell in row.distinct()), None)
        if first is None:
            return True
        if _numbers_columns(row):
            self._all.use(*(cell for _, cell in row.distinct()))
            return True
        holds_indicator = self._indicators.holds(row)
        if self._projects.read_sum(row, holds_indicator):
            self._all.leave(row, self.header.labels)
            return True
        if not self._belongs(row):
            return self.names_unit(first)
        if self.header.is_list:
            if self._projects.read(row, holds_indicator):
                self._indicators.begin_project()
        elif (found := heading(first.text)) and found.kind is Kind.INDICATORS:
            self._all.use(first)  # the heading 绩效指标 down the side of the table
        self._read_indicators(row)
        self._all.leave(row, self.header.labels)
        return True

    def _read_indicators(self, row: GridRow) -> None:
        for entry in self._indicators.read(row):
            draft = self._draft_for(row)
            (draft.period if self._of_period else draft.entries).append(entry)
            self._all.count(entry)
        period = self._indicators.read_period(row)
        if period is not None:
            self._draft_for(row).period.append(period)

    def _draft_for(self, row: GridRow) -> Draft:
        draft = self._projects.draft
        if draft is None:
            draft = self._all.add(Draft(where=next(row.distinct())[1].where, table=self._projects.table))
            self._projects.draft = draft
        return draft

    def _belongs(self, row: GridRow) -> bool:
        """Whether a row holds what its header announces, and is no line of text across the table."""
        distinct = list(row.distinct())
        if len(distinct) > 1:
            return True
        column, cell = distinct[0]
        if is_class(cell.text):
            return self.header.rows is not None
        if self.header.is_list:
            covered = [one for one in self._columns() if any(found is cell for found in row.cells[one.start : one.end])]
            return len(covered) == 1
        rows = self.header.rows
        if rows is None or sum(one is cell for one in row.cells) > 2:
            return False
        return any(one is not None and one.start <= column < one.end for one in (rows.name, rows.annual, rows.cycle))

    def _columns(self) -> Iterator[Column]:
        header, rows = self.header, self.header.rows
        single = [header.project, header.unit, header.amount, header.ordinal, header.indicators, header.department]
        inner = [rows.level1, rows.level2, rows.name, rows.annual, rows.cycle] if rows else []
        yield from (column for column in (*single, *inner, *header.goals, *header.classes) if column is not None)


def _numbers_columns(row: GridRow) -> bool:
    """Whether a row only numbers the columns: 1 2 3 …, 甲 乙 1 2."""
    texts = [cell.text for _, cell in row.distinct()]
    if len(texts) < 3 or not all(len(text) < 12 and _COLUMN_NUMBER.fullmatch(folded(text)) for text in texts):
        return False
    numbers = [int(text) for text in map(folded, texts) if text.isdecimal()]
    return not numbers or all(after == before + 1 for before, after in pairwise(numbers))
