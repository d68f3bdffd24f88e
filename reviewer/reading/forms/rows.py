"""The rows of a table below its header: which project they belong to, and the indicators they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, repeat

from reviewer.language.classes import normalise_class
from reviewer.reading.amounts import amount, blank
from reviewer.reading.forms.draft import UNIT_ABOVE, Draft, Entry, Said, Sum
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.header import Column, Header, IndicatorColumns
from reviewer.reading.forms.surroundings import scale_of
from reviewer.reading.forms.values import cleaned_name, is_comparator, joined, listed, one_line, points
from reviewer.reading.forms.words import Kind, folded, heading, is_class
from reviewer.reading.forms.written import read_written
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.headers import opens_indicator
from reviewer.reading.labels import is_level1, is_level2
from reviewer.reading.notes import quote
from reviewer.reading.table import is_body

_TOTALS = frozenset({"合计", "总计", "总合计", "合计数", "部门合计", "全部合计"})
_PART_SUMS = frozenset({"小计", "本页小计", "本页合计", "页小计", "单位小计"})
_SUM_ENDS = re.compile(r"(?:[:：]|[（(])?(?:小计|合计)[)）]?$")
_COLUMN_NUMBER = re.compile(
    r"[（(]?(?:\d{1,2}|[①-⑳]|[甲乙丙丁]|[A-Z]|[一二三四五六七八九十]{1,2})[)）]?(?:栏|=[\d+\-*/A-Z]+)?"
)
_NUMBERING = re.compile(r"^(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|\d{1,3}[、.．)）])\s*")
_ORDINAL = re.compile(r"\d{1,4}(?:\.0)?")
_CLASS_PARTS = re.compile(r"\s*[-—－–/／·>→|\\]\s*")


class TableReader:
    """Reads the rows under *header*; *draft* is the project they belong to when the table does not say."""

    def __init__(self, header: Header, gathering: Gathering, draft: Draft | None) -> None:
        self.header = header
        self._all = gathering
        self.draft = draft
        self._level1 = self._level2 = ""
        self._unit = self._unit_above = ""
        self._last: tuple[Cell | None, ...] = ()
        self._moved = 0
        self._goal: Cell | None = None
        self._project: Cell | None = None
        self._paid: Cell | None = None
        if header.is_list:
            gathering.tables += 1
        self.table = gathering.tables if header.is_list else 0
        self._scale = scale_of(header.money) if header.money else gathering.scale
        self.read_any = False
        gathering.used |= header.cells

    def goes_on_with(self, before: TableReader) -> None:
        """Go on where *before*, whose header this one repeats on a new page, ended."""
        self._level1, self._level2, self._unit = before._level1, before._level2, before._unit
        self._unit_above = self._unit_above or before._unit_above
        self.table = before.table
        self.draft = before.draft
        self._all.tables = max(self.table, self._all.tables - 1) if self.header.is_list else self._all.tables

    def align(self, row: GridRow) -> None:
        """Find out how far the columns of a table that goes on without a header have moved, *row* being its first."""
        rows = self.header.rows
        self._moved = 0
        if rows is None or len(row.cells) >= self.header.width:
            return
        for column, cell in row.distinct():
            plain = "".join(cell.text.split())
            level = (
                rows.level2 if is_level2(plain) and not is_level1(plain) else rows.level1 if is_level1(plain) else None
            )
            if level is not None and level.start > column:
                self._moved = level.start - column
                return

    def read(self, row: GridRow) -> bool:
        """Read *row*; say whether it is a row of this table."""
        if self._moved:
            row = GridRow([*repeat(None, self._moved), *row.cells], row.table, row.hidden)
        if _numbers_columns(row):
            self._all.use(*(cell for _, cell in row.distinct()))
            return True
        first = next(row.distinct(), None)
        if first is None:
            return True
        if self._reads_sum(row, first[1]):
            return True
        if not self._belongs(row):
            return self.names_unit(first[1])
        if self.header.is_list:
            self._read_project(row)
        elif (found := heading(first[1].text)) and found.kind is Kind.INDICATORS:
            self._all.use(first[1])  # the heading 绩效指标 down the side of the table
        self._read_classes(row)
        for entry in self._entries(row):
            self._draft_for(row).entries.append(entry)
            self._all.count([entry])
        if self.header.period is not None and (period := self._entry(row, self.header.period)):
            self._draft_for(row).period.append(period)
        self._all.leave(row, self.header.labels)
        return True

    def _belongs(self, row: GridRow) -> bool:
        """Whether a row holds what its header announces, and is no line of text across the table."""
        distinct = list(row.distinct())
        if len(distinct) > 1:
            return True
        column, cell = distinct[0]
        spans = sum(one is cell for one in row.cells)
        if is_class(cell.text):
            return self.header.rows is not None
        if self.header.is_list:
            covered = {
                id(found) for found in self._columns() if any(one is cell for one in row.cells[found.start : found.end])
            }
            return len(covered) == 1
        found = self.header.rows
        return (
            found is not None
            and spans < 3
            and any(
                column_of is not None and column_of.start <= column < column_of.end
                for column_of in (found.name, found.annual, found.cycle)
            )
        )

    def names_unit(self, cell: Cell) -> bool:
        """Read the name of a unit across the table, which holds for the projects below it."""
        name = _NUMBERING.sub("", one_line(cell.text))
        if not self.header.is_list or not is_body(name):
            return False
        self._all.use(cell)
        self.draft, self._unit_above = None, name
        return True

    def _columns(self) -> Iterator[Column]:
        header = self.header
        rows = header.rows
        single = [header.project, header.unit, header.amount, header.ordinal, header.indicators, header.department]
        inner = [rows.level1, rows.level2, rows.name, rows.annual, rows.cycle] if rows else []
        yield from (column for column in (*single, *inner, *header.goals, *header.classes) if column is not None)

    # Projects

    def _reads_sum(self, row: GridRow, first: Cell) -> bool:
        named_by = [first, *(self._text(row, column)[0] for column in (self.header.project, self.header.unit))]
        sums = _TOTALS | _PART_SUMS
        first = next((one for one in named_by if one is not None and folded(one.text).rstrip(":") in sums), first)
        plain = folded(first.text).rstrip(":")
        named = _SUM_ENDS.sub("", plain)
        total, part = plain in _TOTALS, plain in _PART_SUMS
        if not (total or part or (named != plain and self.header.is_list and not self._has_rows(row))):
            return False
        cell, text = self._text(row, self.header.amount)
        # Without a column of money it is a sum of weights, which the review adds up itself.
        self._all.use(*(one for _, one in row.distinct() if self.header.amount is None or amount(one.text) is not None))
        self._all.use(first)
        value = amount(text, self._scale) if text else None
        if cell is not None and value is not None:
            _, unit = self._text(row, self.header.unit)
            unit = "" if folded(unit).rstrip(":") == plain else unit
            name = unit if total or part else named
            if not name and part and "页" not in plain:
                name = self._unit or (self.draft.unit if self.draft else "")
            if total or name:
                self._all.sums.append(Sum("" if total else name, value, cell.where, self.table))
                if name and not total:
                    self._use_column(row, self.header.unit)
            else:
                self._all.notes.add("D009", f"“{plain}”一行没有单位名称，没有采用：{quote(text)}。", cell.where, "hint")
        self._all.leave(row, self.header.labels)
        if not total:
            self.draft = None
        return True

    def _has_rows(self, row: GridRow) -> bool:
        rows = self.header.rows
        return rows is not None and any(self._text(row, column)[1] for column in (rows.name, rows.annual))

    def _read_project(self, row: GridRow) -> None:
        header = self.header
        project, name = self._text(row, header.project)
        unit_cell, unit = self._text(row, header.unit)
        name, unit = one_line(name), one_line(unit)
        if project is unit_cell:
            unit = ""
        self._use_column(row, header.unit)
        self._use_column(row, header.department)
        if project is not None and self._begins(row, project, name):
            self._all.use(project)
            self._open(Draft(where=project.where, table=self.table, name=name))
            self._project = project
        elif project is not None:
            self._all.use(project)
        elif unit and not self._has_rows(row) and not self._written(row) and not self._goals(row):
            # The sum of a unit, its name in the column of units.
            self._open(Draft(where=unit_cell.where if unit_cell else "", table=self.table, name=unit, subtotal=True))
            self._unit = unit
            unit = ""
        if self.draft is None:
            if not (self._has_rows(row) or self._written(row) or self._goals(row)):
                return
            self._open(Draft(where=next(row.distinct())[1].where, table=self.table))
        assert self.draft is not None
        if not self.draft.subtotal:
            self._unit = unit or (self._unit if header.unit else "")
            if self._unit:
                self.draft.add_unit(self._unit, header.unit.rank if header.unit else 0)
            elif self._unit_above:
                self.draft.add_unit(self._unit_above, UNIT_ABOVE)
        _, department = self._text(row, header.department)
        if department:
            self.draft.department = one_line(department)
        self._read_goal(row)
        self._read_money(row)
        ordinal, number = self._text(row, header.ordinal)
        if _COLUMN_NUMBER.fullmatch(folded(number)) or _ORDINAL.fullmatch(number):
            self._all.use(ordinal)

    def _open(self, draft: Draft) -> None:
        self.draft = self._all.add(draft)
        self._level1 = self._level2 = ""
        self._project = self._goal = self._paid = None
        self._last = ()

    def _begins(self, row: GridRow, project: Cell, name: str) -> bool:
        """Whether the name in *project* is that of another project than the one above."""
        if project is self._project:
            return False
        if self.draft is None or self.draft.subtotal or self.draft.name != name:
            return True
        _, paid = self._text(row, self.header.amount)
        before = self.draft.amount
        if paid and not blank(paid) and before and amount(paid, self._scale) != before.amount:
            return True
        goals = {said.text for said in self.draft.goals}
        return bool(goals) and any(text not in goals for _, _, text in self._goals(row))

    def _goals(self, row: GridRow) -> list[tuple[Column, Cell, str]]:
        found = [(column, *self._text(row, column)) for column in self.header.goals]
        return [(column, cell, text) for column, cell, text in found if cell is not None and text]

    def _read_goal(self, row: GridRow) -> None:
        assert self.draft is not None
        for column, cell, text in self._goals(row):
            if cell in self._all.used and cell is self._goal:
                continue
            self._all.use(cell)
            said = next((one for one in self.draft.goals if one.label == column.label), None)
            if said is None:
                self.draft.goals.append(Said(column.term, column.rank, column.label, text, cell.where))
            elif said.text != text:
                said.text += f"\n{text}"
            self._goal = cell

    def _read_money(self, row: GridRow) -> None:
        assert self.draft is not None
        column = self.header.amount
        cell, text = self._text(row, column)
        # One sum printed across several projects is nobody's: the first has it, and the others say nothing.
        if column and cell is not None and text and cell is not self._paid and cell not in self._all.used:
            self._all.use(cell)
            value = amount(text, self._scale)
            if value is not None and not (self.draft.amount and self.draft.amount.amount == value):
                printed = self.header.money is not None or "元" in text
                said = Said(column.term, column.rank, column.label, text, cell.where, value, printed)
                self.draft.amounts.append(said)
            elif value is None and not blank(text):
                self._all.notes.add("D009", f"“{self.draft.name}”的金额“{text}”不是数字，金额留空。", cell.where)
        self._paid = cell
        for fund in self.header.funds:
            paid, text = self._text(row, fund)
            if paid is None or paid in self._all.used:
                continue
            value = amount(text, scale_of(fund.money) if fund.money else self._scale)
            if value is not None or blank(text):
                self._all.use(paid)
                word = folded(fund.label).removeprefix("其中:")
                if value and all(word != known for known, _ in self.draft.funds):
                    self.draft.funds.append((word, value))

    # Indicators

    def _read_classes(self, row: GridRow) -> None:
        """Remember the classes of *row*: they hold for the rows below that name none."""
        found = self.header.rows
        if found is None:
            return
        level1, level2 = self._labels(row, found)
        if level1 and (level2 or level1 != self._level1):
            self._level1, self._level2 = level1, level2
        elif level2:
            self._level2 = level2
            if not level1 and not normalise_class(self._level1, level2).exact:
                self._level1 = ""  # the one above ended, though nobody wrote which one begins

    def _labels(self, row: GridRow, found: IndicatorColumns) -> tuple[str, str]:
        cell1, level1 = self._text(row, found.level1)
        cell2, level2 = self._text(row, found.level2)
        name_cell, name = self._text(row, found.name)
        if cell2 is cell1:
            level2 = ""
        if name_cell is not None and name_cell is cell2:
            level2 = ""
        if cell1 is not None and not cell2 and not name and not is_class(level1):
            cell1, level1 = None, ""
        self._all.use(cell1, cell2 if level2 else None)
        either, label = self._text(row, found.either_level)
        if either is not None and label:
            parts = [part for part in _CLASS_PARTS.split(label) if is_class(part)]
            self._all.use(either)
            if len(parts) > 1:
                return one_line(parts[0]), one_line(parts[-1])
            if found.level1 is None and not is_level2("".join(label.split())):
                return one_line(label), level2
            if not level2:
                return level1, one_line(label)
        if level1 and not level2:
            parts = [part for part in _CLASS_PARTS.split(level1) if is_class(part)]
            if len(parts) == 2:
                return one_line(parts[0]), one_line(parts[1])
        lone = next(row.distinct())[1]
        if not (level1 or level2) and len(list(row.distinct())) == 1 and is_class(lone.text):
            # A class on a row of its own, across the table.
            self._all.use(lone)
            plain = "".join(lone.text.split())
            return ("", plain) if is_level2(plain) and not is_level1(plain) else (plain, "")
        return _spelt_out(one_line(level1)), one_line(level2)

    def _entries(self, row: GridRow) -> Iterator[Entry]:
        if self.header.rows is not None:
            entry = self._entry(row, self.header.rows)
            if entry is not None:
                yield from _apart(entry)
            return
        for column in (*self.header.classes, *([self.header.indicators] if self.header.indicators else [])):
            cell, text = self._text(row, column)
            if cell is None or not text or cell in self._all.used:
                continue
            if column is self.header.indicators and any(map(opens_indicator, text.splitlines())):
                continue  # the text format within a cell, which has a reader of its own
            self._all.use(cell)
            level1, level2 = _classes_of(column)
            for one in read_written(text, level1, level2):
                yield Entry(one.level1, one.level2, one.name, one.value, None, cell.where)

    def _written(self, row: GridRow) -> bool:
        return any(self._text(row, column)[1] for column in (*self.header.classes, self.header.indicators))

    def _entry(self, row: GridRow, found: IndicatorColumns) -> Entry | None:
        name_cell, raw_name = self._text(row, found.name)
        annual_cell, annual = self._text(row, found.annual)
        cycle_cell, cycle = self._text(row, found.cycle)
        level1_cell, _ = self._text(row, found.level1)
        if name_cell is not None and name_cell is level1_cell:
            return None
        if annual_cell is name_cell:
            annual_cell, annual = None, ""
        if cycle_cell is name_cell:
            cycle_cell, cycle = None, ""
        key = (name_cell, annual_cell, cycle_cell)
        if any(key) and key == self._last and found is self.header.rows:
            return None  # a row of the form that takes two rows of the sheet
        name = raw_name if listed(raw_name) else cleaned_name(raw_name)
        operator, sign = self._text(row, found.operator)
        measure, unit = self._text(row, found.measure)
        if operator is not None and is_comparator(sign):
            self._all.use(operator)
        if not (name or annual or cycle):
            self._all.use(name_cell)
            return None
        if found is self.header.rows:
            self._last = key
        self._all.use(name_cell, annual_cell, cycle_cell, measure)
        for column in (found.name, found.annual, found.cycle):
            self._use_column(row, column)
        value = joined(sign if operator is None or is_comparator(sign) else "", annual, unit, name)
        whole = joined(sign if operator is None or is_comparator(sign) else "", cycle, unit, name)
        where = (annual_cell or name_cell or cycle_cell or next(row.distinct())[1]).where
        for doubt in dict.fromkeys(one.doubt for one in (value, whole) if one.doubt):
            self._all.notes.add("D009", f"“{name}”{doubt}", where, "hint" if "读入" in doubt else "warning")
        weight_cell, weight = self._text(row, found.weight)
        share = points(weight) if weight else None
        if share is not None:
            self._all.use(weight_cell)
        ordinal_cell, ordinal = self._text(row, self.header.ordinal)
        number = int(float(ordinal)) if _ORDINAL.fullmatch(ordinal) else None
        if number is not None and not self.header.is_list:
            self._all.use(ordinal_cell)
        level1, level2 = self._level1, self._level2
        if found is self.header.period:
            level1, level2 = self._labels(row, found)
        return Entry(level1, level2, name, value.text, whole.text if found.cycle else None, where, share, number)

    def _draft_for(self, row: GridRow) -> Draft:
        if self.draft is None:
            self.draft = self._all.add(Draft(where=next(row.distinct())[1].where, table=self.table))
        self.read_any = True
        return self.draft

    # Cells

    def _text(self, row: GridRow, column: Column | None) -> tuple[Cell | None, str]:
        """Return the first cell with text that *row* has in *column*, and all text there."""
        if column is None:
            return None, ""
        cells = row.cells[column.start : column.end]
        if column.end - column.start == 1:
            cell = cells[0] if cells else None
            return (
                (None, "")
                if cell is None or not (text := cell.text.strip()) or cell in self.header.cells
                else (cell, text)
            )
        found = [cell for cell in column.cells(row) if cell not in self.header.cells]
        if not found:
            return None, ""
        if column.kind in (Kind.NAME, Kind.VALUE):
            return found[0], "".join(cell.text.strip() for cell in found)
        return found[0], found[0].text.strip()

    def _use_column(self, row: GridRow, column: Column | None) -> None:
        if column is not None:
            self._all.use(*column.cells(row))


def _classes_of(column: Column) -> tuple[str, str]:
    """Return the classes that the header of a column of indicators names."""
    above = next((one for one in reversed(column.group) if is_class(one)), "")
    label = "".join(column.label.split())
    if above:
        return one_line(above), label
    return (label, "") if is_level1(label) and not is_level2(label) else ("", label)


def _spelt_out(level1: str) -> str:
    """Return the label of a level-1 class with the word that forms leave out: 产出 → 产出指标."""
    return f"{level1}指标" if level1 in ("产出", "效益", "成本") else level1


def _apart(entry: Entry) -> Iterator[Entry]:
    """Yield an indicator, or those that were numbered into one row: names and values in cells of several lines."""
    names, values = listed(entry.name), listed(entry.annual)
    whole = listed(entry.cycle or "")
    if len(names) < 2 or len(names) != len(values):
        entry.name, entry.annual = cleaned_name(entry.name), one_line(entry.annual)
        entry.cycle = None if entry.cycle is None else one_line(entry.cycle)
        yield entry
        return
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        cycle = whole[at] if len(whole) == len(names) else entry.cycle
        yield replace(entry, name=name, annual=value, cycle=cycle, ordinal=None)


def _numbers_columns(row: GridRow) -> bool:
    """Whether a row only numbers the columns: 1 2 3 …, 甲 乙 1 2."""
    texts = [folded(cell.text) for _, cell in row.distinct()]
    if len(texts) < 3 or not all(map(_COLUMN_NUMBER.fullmatch, texts)):
        return False
    numbers = [int(text) for text in texts if text.isdecimal()]
    return not numbers or all(after == before + 1 for before, after in pairwise(numbers))
