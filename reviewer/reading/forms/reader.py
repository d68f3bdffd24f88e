"""Grids, row by row: labels with their values, headers and the tables below them, and what stands around both."""

from __future__ import annotations

import re

from reviewer.reading.forms.columns import Header
from reviewer.reading.forms.draft import Draft
from reviewer.reading.forms.fields import FieldReader, read_section
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.header import find_header, implied_header
from reviewer.reading.forms.rows import TableReader
from reviewer.reading.forms.surroundings import scale_of
from reviewer.reading.forms.values import one_line
from reviewer.reading.forms.words import Heading, Kind, heading, is_class, pairs
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.head import take_money
from reviewer.reading.headers import opens_indicator
from reviewer.reading.lines import after_marker, is_foot

_OPENS_FORM = frozenset(
    {
        *(Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT, Kind.GOAL, Kind.AMOUNT),
        *(Kind.YEAR, Kind.FOOT, Kind.REMARK),
    }
)
_REMARK_LINE = re.compile(r"(?:备?注|说明)\s*[：:]")


class GridReader:
    """Reads the grids of a file one after another into *gathering*."""

    def __init__(self, gathering: Gathering) -> None:
        self._all = gathering
        self._fields = FieldReader(gathering)
        self._table: TableReader | None = None
        self._table_no: int | None = None
        self._begun = False
        self._below = False

    def read(self, grid: Grid) -> None:
        """Read *grid*; tables go on over its pages, and end with it."""
        self._table, self._begun, self._table_no, self._below = None, False, None, False
        if self._fields.draft is not None and self._fields.draft.entries:
            self._fields.draft = None
        self._fields.leave_rows()
        money = self._all.around.look_for_money(grid)
        self._all.scale = scale_of(money)
        self._all.money_known = self._all.money_known or money is not None
        rows, at = grid.rows, 0
        while at < len(rows):
            before = self._table.header if self._table else None
            header = find_header(rows, at, self._all.around.year, before)
            if header is not None:
                self._open(header, rows[at])
                for row in rows[at : header.end]:
                    self._all.leave(row, what="表头", why="认不出来，这一栏没有采用")
                at = header.end
            else:
                self._row(rows[at], find_header(rows, at + 1) is not None if self._alone(rows, at) else False)
                at += 1

    def _alone(self, rows: list[GridRow], at: int) -> bool:
        """Whether a row below a header holds one cell, which may be a title over the next header."""
        if self._table is None or self._fields.waits or at + 1 == len(rows):
            return False
        return len(list(rows[at].distinct())) == 1

    def _open(self, header: Header, row: GridRow) -> None:
        self._all.begun = self._all.begun or next(row.distinct())[1].where
        self._begun, self._below = True, False
        self._adopt_lone_project()
        before = self._table
        table = TableReader(header, self._all, self._fields.draft)
        if before is not None and before.header.is_list == header.is_list:
            same = (
                self._fields.draft is None if header.is_list else before.draft is (self._fields.draft or before.draft)
            )
            if same:
                table.goes_on_with(before)
        if header.is_list:
            self._fields.draft = None
        elif self._fields.draft is None and table.draft is None:
            if header.rows is None or not header.rows.values:
                self._table = None  # choices for a form, or a page of a library: nobody's indicators, and no values
                return
            self._fields.draft = self._all.add(Draft(where=next(row.distinct())[1].where))
            table.belongs_to(self._fields.draft)
        if header.period is None and _frames_whole_period(row):
            table.is_of_whole_period()
        self._table, self._table_no = table, row.table
        self._fields.leave_rows()

    def _adopt_lone_project(self) -> None:
        """Let what follows a list of one project, without a column of indicators, belong to that project."""
        table = self._table
        if table is None or self._fields.draft is not None or not table.names_projects_only:
            return
        *_, before, last = [None, None, *self._all.drafts[-2:]]
        lone = last is not None and last.table == table.number and (before is None or before.table != table.number)
        if lone and last is not None and not last.entries:
            self._fields.draft = last

    def _row(self, row: GridRow, titles: bool = False) -> None:
        """Read a row that is no header; *titles*: a header follows, and the row may be its title."""
        cells = list(row.distinct())
        if not cells:
            return
        first = cells[0][1]
        if row.table == 0 or titles:
            if titles and self._table is not None and self._table.names_unit(first):
                return
            self._line(first, first.text)
            self._all.leave(row)
            return
        if self._table is not None and len(cells) == 1 and (section := read_section(first.text)) is not None:
            self._table.belongs_to(self._fields.begin(section.name, section.amount, first))
            return
        if self._table is not None and not self._ends_table(row, cells):
            if row.table != self._table_no:
                self._table.align(row)
                self._table_no = row.table
            if not (self._below and len(cells) == 1) and self._table.read(row):
                return
            self._adopt_lone_project()
        elif not self._is_foot(first):
            self._table = None
        if self._table is None and self._fields.draft is not None and (implied := implied_header(row)) is not None:
            self._open(implied, row)
            if self._table is not None and self._table.read(row):
                return
        label = heading(first.text)
        if (
            len(cells) == 1
            and not self._fields.waits
            and (label is None or (label.kind is Kind.GOAL and not self._begun))
        ):
            self._line(first, first.text)
            self._all.leave(row)
            return
        for cell in self._fields.read(row, cells):
            self._line(cell, cell.text)
        self._begun = self._begun or self._fields.draft is not None
        self._all.leave(row)

    def _is_foot(self, cell: Cell) -> bool:
        label = heading(re.split("[：:]", cell.text, maxsplit=1)[0])
        return is_foot(cell.text) or (label is not None and label.kind is Kind.FOOT)

    def _ends_table(self, row: GridRow, cells: list[tuple[int, Cell]]) -> bool:
        """Whether a row below a header is no row of its table but labels with values, or stands below the table."""
        assert self._table is not None
        column, first = next(((at, cell) for at, cell in cells if cell not in self._all.used), cells[0])
        if self._is_foot(first):
            return True
        label = heading(first.text) or heading(re.split("[：:]", first.text, maxsplit=1)[0])
        if label is None or label.kind not in _OPENS_FORM:
            return False
        rows = self._table.header.rows
        if self._table.header.is_list:
            # A project may be called like a label; nobody calls it 项目名称.
            return label.kind is Kind.PROJECT and label.rank == 0
        return rows is None or rows.name is None or column < rows.name.start

    # Running text

    def _line(self, cell: Cell, text: str) -> None:
        """Read text that stands for itself: above a table, between the pages of one, or below it."""
        around, text = self._all.around, text.strip()
        if cell in self._all.used:
            return
        if around.take_furniture(text) or around.knows(text):
            self._all.use(cell)
            return
        if any(map(opens_indicator, text.splitlines())):
            self._all.blocks.append(cell)
            self._all.use(cell)
            return
        label = heading(text)
        if (
            (label is not None and label.kind in (Kind.INDICATORS, Kind.GOAL))
            or after_marker(text) == ""
            or is_class(text)
        ):
            if self._begun or label is None or label.kind is not Kind.GOAL or not around.take_title(cell, text):
                self._all.use(cell)
            return
        if self._is_foot(cell) or (_REMARK_LINE.match(text) and self._begun):
            self._below = True
            return
        said = list(pairs(take_money(text)[1]))
        rest = [pair.text for pair in said if pair.label is None or not self._spoken(pair.label, pair.text, cell)]
        left = " ".join(part for part in rest if part)
        if not left:
            self._all.use(cell)
        elif left != text:
            self._all.use(cell)
            if around.take_furniture(left):
                return
            if self._begun or not around.take_title(Cell(left, cell.where), left):
                self._all.notes.unused(left, cell.where)
        elif not self._begun and around.take_title(cell, left):
            self._all.use(cell)

    def _spoken(self, label: Heading, text: str, cell: Cell) -> bool:
        """Read a label and value of a line; above a form a unit is whoever hands it in."""
        if not text:
            return label.kind is not Kind.FOOT
        if label.kind is Kind.DEPARTMENT or (label.kind is Kind.UNIT and self._fields.draft is None):
            taken = self._all.around.add_department if label.kind is Kind.DEPARTMENT else self._all.around.add_body
            taken(one_line(text), cell.where)
            return True
        if label.kind is Kind.YEAR:
            return self._all.around.take_year(text)
        if label.kind is Kind.PROJECT and label.rank == 0:
            self._table = None  # another project begins, its fields as lines of text above its table
        if label.kind in (Kind.REMARK, Kind.FOOT) or self._table is not None:
            return False
        return self._fields.field(label, text, cell, label.money)


def _frames_whole_period(row: GridRow) -> bool:
    """Whether the cell at the side of a header says 长期绩效指标, and none 年度绩效指标."""
    frames = [found for _, cell in row.distinct() if (found := heading(cell.text)) and found.kind is Kind.INDICATORS]
    return bool(frames) and all(found.term == "cycle" for found in frames)
