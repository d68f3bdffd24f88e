"""Grids, row by row: labels with their values, headers and the tables below them, and what stands around both."""

from __future__ import annotations

import re
from decimal import Decimal

from reviewer.reading.amounts import amount, blank
from reviewer.reading.forms.draft import Draft, Entry, Said
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.header import Header, find_header, implied_header
from reviewer.reading.forms.rows import TableReader
from reviewer.reading.forms.surroundings import scale_of
from reviewer.reading.forms.values import one_line
from reviewer.reading.forms.words import Heading, Kind, folded, heading, is_class, pairs
from reviewer.reading.forms.words import label as label_of
from reviewer.reading.forms.written import read_written
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.head import take_money
from reviewer.reading.headers import opens_indicator
from reviewer.reading.lines import after_marker, is_foot

_LABELS = frozenset(
    {
        *(Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT, Kind.AMOUNT, Kind.FUND, Kind.GOAL, Kind.YEAR),
        *(Kind.REMARK, Kind.FOOT, Kind.INDICATORS, Kind.SUM, Kind.WEIGHT),
    }
)
_OPENS_FORM = frozenset(
    {Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT, Kind.GOAL, Kind.AMOUNT, Kind.YEAR, Kind.FOOT, Kind.REMARK}
)
_BEGINS_PROJECT = frozenset({Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT})
_MONEY = frozenset({Kind.AMOUNT, Kind.SUM, Kind.FUND})
_LONGEST_SOURCE = 16
_REMARK_LINE = re.compile(r"(?:备?注|说明)\s*[：:]")


class GridReader:
    """Reads the grids of a file one after another into *gathering*."""

    def __init__(self, gathering: Gathering) -> None:
        self._all = gathering
        self._table: TableReader | None = None
        self._draft: Draft | None = None
        self._above: dict[int, Heading] = {}
        self._begun = False
        self._goal_column: int | None = None
        self._money: str | None = None
        self._table_no: int | None = None

    def read(self, grid: Grid) -> None:
        """Read *grid*; tables go on over its pages, and end with it."""
        self._table, self._begun, self._table_no = None, False, None
        if self._draft is not None and (self._draft.entries or self._draft.closed):
            self._draft = None
        self._above, self._goal_column = {}, None
        self._money = self._all.around.look_for_money(grid)
        self._all.scale = scale_of(self._money)
        self._all.money_known = self._all.money_known or self._money is not None
        rows, at = grid.rows, 0
        while at < len(rows):
            before = self._table.header if self._table else None
            header = find_header(rows, at, self._all.around.year, before)
            if header is not None:
                self._open(header, rows[at])
                for row in rows[at : header.end]:
                    self._all.leave(row)
                at = header.end
            else:
                self._row(rows[at], find_header(rows, at + 1) is not None if self._alone(rows, at) else False)
                at += 1

    def _alone(self, rows: list[GridRow], at: int) -> bool:
        """Whether a row below a header holds one cell, which may be a title over the next header."""
        return self._table is not None and at + 1 < len(rows) and len(list(rows[at].distinct())) == 1

    def _open(self, header: Header, row: GridRow) -> None:
        self._all.begun = self._all.begun or next(row.distinct())[1].where
        before = self._table
        table = TableReader(header, self._all, self._draft)
        if before is not None and before.header.is_list == header.is_list:
            same = self._draft is None if header.is_list else before.draft is (self._draft or before.draft)
            if same:
                table.goes_on_with(before)
        if header.is_list:
            self._draft = None
        elif self._draft is None and table.draft is None:
            if header.rows is None or not header.rows.values:
                self._table = None  # choices for a form, or a page of a library: nobody's indicators, and no values
                return
            self._draft = self._all.add(Draft(where=next(row.distinct())[1].where))
            table.belongs_to(self._draft)
        self._table, self._begun, self._above = table, True, {}
        self._table_no = row.table

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
        if self._table is not None and not self._ends_table(row, cells):
            if row.table != self._table_no:
                self._table.align(row)
                self._table_no = row.table
            if self._table.read(row):
                return
        elif not self._is_foot(first):
            self._table = None
        if (implied := implied_header(row)) is not None and self._draft is not None:
            self._open(implied, row)
            self._row(row)
            return
        label = heading(first.text)
        if len(cells) == 1 and not self._above and (label is None or (label.kind is Kind.GOAL and not self._begun)):
            self._line(first, first.text)
            self._all.leave(row)
            return
        self._labelled(row, cells)
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

    # Labels and values

    def _labelled(self, row: GridRow, cells: list[tuple[int, Cell]]) -> None:
        """Read labels, each with the value to its right or below it."""
        label: Heading | None = None
        money: str | None = None
        merged_down = False
        waiting: dict[int, Heading] = {}
        for at, (column, cell) in enumerate(cells):
            found = label_of(cell.text)
            if found is None and label is not None and label.kind in _MONEY and _is_source(cells, at):
                found = Heading(Kind.FUND, 1, "", None, None, folded(cell.text))
            if found is not None and found.kind in _LABELS and not self._is_value(found, label):
                self._all.begun = self._all.begun or cell.where
                merged_down = cell in self._all.used
                self._all.use(cell)
                money = found.money or (money if found.kind in _MONEY else None)
                label = found
                if not merged_down:
                    waiting.update((place, found) for place, one in enumerate(row.cells) if one is cell)
                continue
            if cell in self._all.used:
                continue
            above = self._above.get(column)
            if above is not None and (label is None or merged_down):
                self._take(above, cell, column, above.money)
            elif label is None:
                self._unlabelled(cell, column)
            else:
                self._value(label, cell, column, money)
                waiting = {place: one for place, one in waiting.items() if one is not label}
                label = label if label.kind is Kind.GOAL else None
        self._above = waiting

    def _is_value(self, found: Heading, label: Heading | None) -> bool:
        """Whether what could be a label is the value of the label before it: 项目属性 | 其他."""
        return label is not None and found.kind is Kind.SUM and label.kind not in _MONEY

    def _value(self, label: Heading, cell: Cell, column: int, money: str | None) -> None:
        """Read the value of *label*; a cell of money may hold labels of its own (``其中：财政拨款：500``)."""
        said = list(pairs(cell.text)) if label.kind in _MONEY else []
        if not any(pair.label for pair in said):
            self._take(label, cell, column, money)
            return
        self._all.use(cell)
        for pair in said:
            own = pair.label or label
            if not self._field(own, pair.text, cell, own.money or money):
                self._all.notes.unused(f"{pair.label.text}：{pair.text}" if pair.label else pair.text, cell.where)

    def _take(self, label: Heading, cell: Cell, column: int, money: str | None) -> None:
        text = cell.text.strip()
        if self._field(label, text, cell, money):
            self._all.use(cell)
        elif label.kind is not Kind.SUM and cell not in self._all.used:
            self._all.use(cell)
            self._all.notes.add("D009", f"“{label.text}”“{text}”没有采用。", cell.where, "hint")
        self._goal_column = column if label.kind is Kind.GOAL else None

    def _unlabelled(self, cell: Cell, column: int) -> None:
        """Read a cell without a label: it may hold label and value, or go on with the goal above."""
        draft = self._draft
        if (
            column == self._goal_column
            and draft is not None
            and draft.goals
            and not any(p.label for p in pairs(cell.text))
        ):
            draft.goals[-1].text += f"\n{cell.text.strip()}"
            self._all.use(cell)
            return
        self._line(cell, cell.text)

    def _field(self, label: Heading, text: str, cell: Cell, money: str | None) -> bool:
        """Read a labelled value; say whether there is a place for it."""
        match label.kind:
            case Kind.PROJECT:
                self._form(label, cell).name = one_line(text)
            case Kind.DEPARTMENT:
                self._form(label, cell).department = one_line(text)
                self._all.around.add_department(one_line(text), cell.where)
            case Kind.UNIT:
                self._form(label, cell).add_unit(one_line(text), label.rank)
            case Kind.AMOUNT | Kind.SUM:
                return self._amount(label, text, cell, money)
            case Kind.FUND:
                value = amount(text, self._scale(money))
                if value:
                    self._form(label, cell).funds.append((label.text.removeprefix("其中:"), value))
                return value is not None or blank(text)
            case Kind.GOAL:
                draft = self._form(label, cell)
                same = next((said for said in draft.goals if said.label == label.text), None)
                if same:
                    same.text += "" if same.text == text else f"\n{text}"
                else:
                    draft.goals.append(Said(label.term, label.rank, label.text, text, cell.where))
            case Kind.YEAR:
                return self._year(text)
            case Kind.INDICATORS:
                return self._indicators(label, text, cell)
            case _:
                return False
        return True

    def _amount(self, label: Heading, text: str, cell: Cell, money: str | None) -> bool:
        draft = self._form(label, cell)
        value = amount(text, self._scale(money))
        if value is None:
            if not blank(text):
                self._all.notes.add("D009", f"金额“{text}”不是数字，没有采用。", cell.where)
            return True
        if any(said.term == label.term and said.amount == value for said in draft.amounts):
            return True
        printed = money is not None or "元" in text
        draft.amounts.append(Said(label.term, label.rank, label.text, text, cell.where, value, printed))
        return True

    def _scale(self, money: str | None) -> Decimal:
        return scale_of(money) if money else self._all.scale

    def _year(self, text: str) -> bool:
        match = re.search(r"20\d\d", text)
        if match is None:
            return False
        self._all.around.year = self._all.around.year or int(match[0])
        return len(folded(text)) <= len("2024年度")

    def _indicators(self, label: Heading, text: str, cell: Cell) -> bool:
        """Read indicators written into one cell beside the label 绩效指标."""
        if any(map(opens_indicator, text.splitlines())):
            self._form(label, cell)
            self._all.blocks.append(cell)
            return True
        found = list(read_written(text)) if len(text) > 8 else []
        draft = self._form(label, cell) if found else None
        if draft is None:
            return False
        draft.entries += [Entry(one.level1, one.level2, one.name, one.value, None, cell.where) for one in found]
        self._all.count(*draft.entries)
        return True

    def _form(self, label: Heading, cell: Cell) -> Draft:
        """Return the project that a labelled value belongs to; a name or unit below indicators begins another."""
        draft = self._draft
        begins = draft is not None and (
            ((draft.entries or draft.closed) and label.kind in _BEGINS_PROJECT)
            or (label.kind is Kind.PROJECT and draft.name)
        )
        if draft is None or begins:
            draft = self._draft = self._all.add(Draft(where=cell.where))
            self._goal_column = None
        self._begun = True
        return draft

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
        if label.kind is Kind.DEPARTMENT or (label.kind is Kind.UNIT and self._draft is None):
            taken = self._all.around.add_department if label.kind is Kind.DEPARTMENT else self._all.around.add_body
            taken(one_line(text), cell.where)
            return True
        if label.kind is Kind.YEAR:
            return self._year(text)
        if label.kind in (Kind.REMARK, Kind.FOOT) or self._table is not None:
            return False
        return self._field(label, text, cell, label.money)


def _is_source(cells: list[tuple[int, Cell]], at: int) -> bool:
    """Whether a cell names a source of money that is in no word list: short, no amount, and an amount beside it."""
    text = cells[at][1].text.strip()
    if len(text) > _LONGEST_SOURCE or blank(text) or amount(text) is not None or at + 1 == len(cells):
        return False
    return amount(cells[at + 1][1].text.strip()) is not None
