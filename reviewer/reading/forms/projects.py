"""The projects of a list: where one begins, its unit, money and goal, and the rows that are sums."""

from __future__ import annotations

import re
from decimal import Decimal

from reviewer.reading.amounts import amount, blank, prints_unit
from reviewer.reading.forms.columns import Column, Header
from reviewer.reading.forms.draft import UNIT_ABOVE, Draft, Fund, Said, Sum
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.surroundings import scale_of
from reviewer.reading.forms.values import one_line
from reviewer.reading.forms.words import folded
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.notes import quote
from reviewer.reading.table import is_body

_TOTALS = frozenset({"合计", "总计", "总合计", "合计数", "部门合计", "全部合计"})
_PART_SUMS = frozenset({"小计", "本页小计", "本页合计", "页小计", "单位小计"})
_SUM_ENDS = re.compile(r"(?:[:：]|[（(])?(?:小计|合计)[)）]?$")
_NUMBERING = re.compile(r"^(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|\d{1,3}[、.．)）])\s*")
_ORDINAL = re.compile(r"[（(]?(?:\d{1,4}(?:\.0)?|[一二三四五六七八九十]{1,3})[)）、.．]?")


class ProjectReader:
    """Reads what the rows of a list say of their projects; ``draft`` is the project of the row read last."""

    def __init__(self, header: Header, gathering: Gathering, draft: Draft | None) -> None:
        self._header, self._all = header, gathering
        self.draft = draft
        self.table = gathering.next_table() if header.is_list else 0
        self._scale = scale_of(header.money) if header.money else gathering.scale
        self._unit = self._unit_above = ""
        self._name_cell: Cell | None = None
        self._money_cell: Cell | None = None

    def goes_on_with(self, before: ProjectReader) -> None:
        """Go on with the project and unit of *before*, whose table this one continues."""
        self.table, self.draft = before.table, before.draft
        self._unit, self._unit_above = before._unit, self._unit_above or before._unit_above
        self._name_cell = before._name_cell

    def names_unit(self, cell: Cell) -> bool:
        """Read the name of a unit across the table, which holds for the projects below it; say whether it is one."""
        name = _NUMBERING.sub("", one_line(cell.text))
        if not self._header.is_list or not is_body(name):
            return False
        self._all.use(cell)
        self.draft, self._unit_above = None, name
        return True

    def read_sum(self, row: GridRow, holds_indicator: bool) -> bool:
        """Read *row* if it is a sum: of everything, or of a unit; say whether it was."""
        header = self._header
        cells = [next(row.distinct())[1], *(_read(column, row)[0] for column in (header.project, header.unit))]
        named_by = next((one for one in cells if one is not None and _plain(one) in _TOTALS | _PART_SUMS), None)
        money_cell, money = _read(header.amount, row)
        value = amount(money, self._scale) if money else None
        if named_by is None:
            first = cells[0]
            if first is None or holds_indicator or value is None or not _SUM_ENDS.search(_plain(first)):
                return False
            named_by = first
        plain = _plain(named_by)
        self._all.use(named_by)
        if header.amount is None:
            # A sum of weights, which the review adds up itself.
            self._all.use(*(cell for _, cell in row.distinct() if amount(cell.text) is not None))
        if money_cell is not None and value is not None:
            self._add_sum(row, plain, value, money_cell)
        for column in header.funds:
            cell, text = column.read(row)
            if cell is not None and (blank(text) or amount(text, self._scale) is not None):
                self._all.use(cell)
        if plain not in _TOTALS:
            self.draft = None
        return True

    def _add_sum(self, row: GridRow, plain: str, value: Decimal, cell: Cell) -> None:
        self._all.use(cell)
        unit_cell, unit = _read(self._header.unit, row)
        name = "" if plain in _TOTALS or unit_cell is None or _plain(unit_cell) == plain else one_line(unit)
        if plain in _PART_SUMS and "页" not in plain:
            name = name or self._unit or (self.draft.unit if self.draft else "") or self._unit_above
        elif plain not in _TOTALS:
            name = _SUM_ENDS.sub("", plain)
        if name or plain in _TOTALS:
            self._all.sums.append(Sum(name, value, cell.where, self.table))
            self._all.use(unit_cell if name and unit_cell is not None and one_line(unit) == name else None)
        else:
            found = f"“{plain}”一行没有单位名称，没有采用：{quote(cell.text.strip())}。"
            self._all.notes.add("D009", found, cell.where, "hint")

    def read(self, row: GridRow, holds_indicator: bool) -> bool:
        """Read what *row* says of its project; say whether another project begins."""
        header = self._header
        name_cell, name = _read(header.project, row)
        unit_cell, unit = _read(header.unit, row)
        if unit_cell is name_cell:
            unit_cell, unit = None, ""
        begins = name_cell is not None and self._begins(row, name_cell, one_line(name))
        goals = any(column.read(row)[1] for column in header.goals)
        if begins and name_cell is not None:
            self._open(Draft(where=name_cell.where, table=self.table, name=one_line(name)))
        elif name_cell is None and unit_cell is not None and not (holds_indicator or goals):
            # The sum of a unit, its name in the column of units.
            begins = True
            self._open(Draft(where=unit_cell.where, table=self.table, name=one_line(unit), subtotal=True))
            self._unit = one_line(unit)
            self._all.use(unit_cell)
        elif (self.draft is None or self.draft.subtotal) and (holds_indicator or goals):
            begins = True
            self._open(Draft(where=next(row.distinct())[1].where, table=self.table))
        if self.draft is None:
            return False
        self._all.use(name_cell)
        self._name_cell = name_cell or self._name_cell
        if not self.draft.subtotal:
            self._read_unit(unit_cell, one_line(unit))
            self._read_department(row)
        self._read_goals(row)
        self._read_money(row)
        ordinal, number = _read(header.ordinal, row)
        if _ORDINAL.fullmatch(folded(number)):
            self._all.use(ordinal)
        year, text = _read(header.year, row)
        if year is not None and self._all.around.take_year(text):
            self._all.use(year)
        return begins

    def _open(self, draft: Draft) -> None:
        self.draft = self._all.add(draft)
        self._name_cell = None

    def _begins(self, row: GridRow, cell: Cell, name: str) -> bool:
        """Whether the name in *cell* is that of another project than the one above."""
        draft = self.draft
        if cell is self._name_cell and draft is not None:
            return False
        if draft is None or draft.subtotal or draft.name != name:
            return True
        _, money = _read(self._header.amount, row)
        before = draft.amount
        if money and not blank(money) and before and amount(money, self._scale) != before.amount:
            return True
        goals = [text for column in self._header.goals if (text := column.read(row)[1])]
        return bool(draft.goals) and any(all(text != said.text for said in draft.goals) for text in goals)

    def _read_unit(self, cell: Cell | None, unit: str) -> None:
        assert self.draft is not None
        column = self._header.unit
        if cell is not None:
            self._unit = unit
        if column is not None and self._unit:
            self.draft.add_unit(self._unit, column.rank)
        elif self._unit_above:
            self.draft.add_unit(self._unit_above, UNIT_ABOVE)
        self._all.use(cell)

    def _read_department(self, row: GridRow) -> None:
        assert self.draft is not None
        cell, text = _read(self._header.department, row)
        department = one_line(text)
        if cell is not None and self.draft.department in ("", department):
            self.draft.department = department
            self._all.use(cell)

    def _read_goals(self, row: GridRow) -> None:
        assert self.draft is not None
        for column in self._header.goals:
            cell, text = column.read(row)
            if cell is None:
                continue
            said = next((one for one in self.draft.goals if one.label == column.label), None)
            if said is None:
                self.draft.goals.append(Said(column.term, column.rank, column.label, text, cell.where))
            elif cell not in self._all.used:
                said.add(text)
            self._all.use(cell)

    def _read_money(self, row: GridRow) -> None:
        assert self.draft is not None
        column = self._header.amount
        cell, text = _read(column, row)
        # One sum printed across several projects is the first one's; the others say nothing of their own.
        if column and cell is not None and cell is not self._money_cell and cell not in self._all.used:
            self._all.use(cell)
            value = amount(text, self._scale)
            if value is not None and not (self.draft.amount and self.draft.amount.amount == value):
                printed = self._header.money is not None or prints_unit(text)
                said = Said(column.term, column.rank, column.label, text, cell.where, value, printed)
                self.draft.amounts.append(said)
            elif value is None and not blank(text):
                self._all.notes.add("D009", f"“{self.draft.name}”的金额“{text}”不是数字，金额留空。", cell.where)
        self._money_cell = cell
        for fund in self._header.funds:
            self._read_fund(row, fund)

    def _read_fund(self, row: GridRow, column: Column) -> None:
        assert self.draft is not None
        cell, text = column.read(row)
        value = amount(text, scale_of(column.money) if column.money else self._scale)
        if cell is None or cell in self._all.used or not (value is not None or blank(text)):
            return
        self._all.use(cell)
        word = folded(column.label).removeprefix("其中:")
        if value and all(word != known.name for known in self.draft.funds):
            printed = (column.money or self._header.money) is not None or prints_unit(text)
            self.draft.funds.append(Fund(word, value, printed))


def _read(column: Column | None, row: GridRow) -> tuple[Cell | None, str]:
    return column.read(row) if column else (None, "")


def _plain(cell: Cell) -> str:
    return folded(cell.text).rstrip(":")
