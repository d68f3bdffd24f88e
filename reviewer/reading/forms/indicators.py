"""The indicators in the rows of a table: their classes, which may stand only once for many, names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewer.language.classes import normalise_class
from reviewer.reading.forms.columns import Column, Header, IndicatorColumns
from reviewer.reading.forms.draft import Entry
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.values import cleaned_name, is_comparator, joined, listed, one_line, points
from reviewer.reading.forms.words import is_class
from reviewer.reading.forms.written import read_written
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.headers import opens_indicator
from reviewer.reading.labels import is_level1, is_level2, unnumbered
from reviewer.reading.seams import joint

_CLASS_PARTS = re.compile(r"\s*[-—－–/／·>→|\\]\s*")
_PAGE = re.compile(r"page \d+$")
_ORDINAL = re.compile(r"\d{1,4}(?:\.0)?")
# 数量指标：抽检批次, where one column holds both
_CLASS_AND_NAME = re.compile(r"([一-龥]{2,10})\s*[：:]\s*(\S.*)", re.DOTALL)


class IndicatorReader:
    """Reads the indicators of row after row; a class holds until the next one is named."""

    def __init__(self, header: Header, gathering: Gathering) -> None:
        self._header, self._all = header, gathering
        self._level1 = self._level2 = ""
        self._odd: list[Cell] = []  # labels of this row that are no class: accounted for once an indicator has them
        self._last: tuple[Cell | None, ...] = ()
        self._above: Entry | None = None

    def begin_project(self) -> None:
        """Forget the classes: they were those of another project."""
        self._level1 = self._level2 = ""
        self._last, self._above = (), None

    def goes_on_with(self, before: IndicatorReader) -> None:
        """Go on with the classes of *before*, whose table this one continues."""
        self._level1, self._level2, self._above = before._level1, before._level2, before._above

    def read(self, row: GridRow) -> Iterator[Entry]:
        """Yield the indicators of *row*."""
        rows = self._header.rows
        if rows is None:
            for classes, columns in self._header.by_class:
                self._level1, self._level2 = classes
                entry = self._entry(row, columns)
                if entry is not None:
                    yield from _apart(entry)
            yield from self._in_cells(row)
            return
        self._odd.clear()
        self._read_classes(row, rows)
        if self._ends_on_next_page(row, rows):
            return
        entry = self._entry(row, rows)
        if entry is not None:
            for self._above in _apart(entry):
                yield self._above

    def _ends_on_next_page(self, row: GridRow, columns: IndicatorColumns) -> bool:
        """Read *row*, the first of a page, as the rest of the name or value above if it holds no more; say whether."""
        above = self._above
        cells = list(row.distinct())
        if above is None or not _PAGE.match(above.where) or cells[0][1].where == above.where:
            return False
        parts = [(name, *_read(getattr(columns, name), row)) for name in ("name", "annual", "cycle")]
        there = [(name, cell, text) for name, cell, text in parts if cell is not None]
        if len(there) != 1 or len(cells) != 1:
            return False
        ((name, cell, text),) = there
        before = getattr(above, name) or ""
        setattr(above, name, before + one_line(text))
        self._all.use(cell)
        message = f"“{above.name}”在下一页接续：{joint(before, one_line(text))}，请核对原件。"
        self._all.notes.add("D003", message, cell.where if cell else above.where)
        return True

    def read_period(self, row: GridRow) -> Entry | None:
        """Return the indicator of the whole period, where that has columns of its own."""
        period = self._header.period
        self._odd.clear()
        return self._entry(row, period) if period else None

    def holds(self, row: GridRow) -> bool:
        """Whether *row* has an indicator, in columns or within a cell."""
        rows, header = self._header.rows, self._header
        pairs = [rows] if rows else [columns for _, columns in header.by_class]
        inner = [column for columns in pairs for column in (columns.name, columns.annual)]
        inner += [] if rows else [*header.classes, header.indicators]
        return any(column is not None and any(column.cells(row)) for column in inner)

    # Classes

    def _read_classes(self, row: GridRow, columns: IndicatorColumns) -> None:
        level1, level2 = self._labels(row, columns)
        if level1 and (level2 or level1 != self._level1):
            self._level1, self._level2 = level1, level2
        elif level2:
            self._level2 = level2
            if not level1 and not normalise_class(self._level1, level2).exact:
                self._level1 = ""  # the one above ended, though nobody wrote which one begins

    def _labels(self, row: GridRow, columns: IndicatorColumns) -> tuple[str, str]:
        """Return the labels that *row* prints, empty where it prints none."""
        cell1, level1 = _read(columns.level1, row)
        cell2, level2 = _read(columns.level2, row)
        name, _ = _read(columns.name, row)
        if cell2 is not None and (cell2 is cell1 or cell2 is name):
            cell2, level2 = None, ""
        if cell1 is not None and (cell1 is name or not (cell2 or name or is_class(level1))):
            cell1, level1 = None, ""  # a line of text, not a class
        either, label = _read(columns.either_level, row)
        if either is not None:
            level1, level2 = _of_either(label, level1, level2, columns.level1 is not None)
        elif level1 and not level2 and len(parts := _class_parts(level1)) == 2:
            level1, level2 = parts
        elif not (level1 or level2) and _only_class(row):
            # A class on a row of its own, across the table.
            either = next(row.distinct())[1]
            level1, level2 = _of_either(either.text, "", "", named=False)
        for cell in (cell1, cell2, either):
            if cell is not None and is_class(cell.text):
                self._all.use(cell)
            elif cell is not None:
                self._odd.append(cell)
        return _spelt_out(unnumbered(one_line(level1))), unnumbered(one_line(level2))

    # Indicators

    def _entry(self, row: GridRow, columns: IndicatorColumns) -> Entry | None:
        main = columns is not self._header.period
        name_cell, raw_name = _read(columns.name, row)
        annual_cell, annual = _read(columns.annual, row, name_cell)
        cycle_cell, cycle = _read(columns.cycle, row, name_cell)
        if name_cell is not None and (name_cell is _read(columns.level1, row)[0] or _only_class(row)):
            return None
        key = (name_cell, annual_cell, cycle_cell)
        if main and any(key) and key == self._last:
            return None  # one row of the form that takes two of the sheet
        name = raw_name if listed(raw_name) else cleaned_name(raw_name)
        own_class = ""
        if columns.level2 is None and (both := _CLASS_AND_NAME.fullmatch(name)) and is_level2(both[1]):
            own_class, name = both.groups()
        operator, sign = _read(columns.operator, row)
        measure, unit = _read(columns.measure, row)
        if operator is not None and is_comparator(sign):
            self._all.use(operator)
        else:
            sign = ""
        if not (name or annual or cycle):
            self._all.use(name_cell)
            return None
        if main:
            self._last = key
        for column in (columns.name, columns.annual, columns.cycle):
            self._all.use(*(column.cells(row) if column else ()))
        value, whole = joined(sign, annual, unit, name), joined(sign, cycle, unit, name)
        if value.text or whole.text:
            self._all.use(measure)
        where = (annual_cell or name_cell or cycle_cell or next(row.distinct())[1]).where
        for doubt in dict.fromkeys(one.doubt for one in (value, whole) if one.doubt):
            self._all.notes.add("D009", f"“{name}”{doubt}", where, "hint" if "读入" in doubt else "warning")
        level1, level2 = (self._level1, self._level2) if main else self._labels(row, columns)
        level2 = own_class or level2
        if main:
            self._all.use(*self._odd)
        return Entry(
            level1=level1,
            level2=level2,
            name=name,
            annual=value.text,
            cycle=whole.text if columns.cycle else None,
            where=where,
            weight=self._weight(row, columns),
            ordinal=self._ordinal(row),
        )

    def _weight(self, row: GridRow, columns: IndicatorColumns) -> float | None:
        cell, text = _read(columns.weight, row)
        weight = points(text)
        if weight is not None:
            self._all.use(cell)
        return weight

    def _ordinal(self, row: GridRow) -> int | None:
        cell, text = _read(self._header.ordinal, row)
        if _ORDINAL.fullmatch(text) is None:
            return None
        self._all.use(cell)
        return int(float(text))

    def _in_cells(self, row: GridRow) -> Iterator[Entry]:
        """Yield the indicators that are written into cells: one for each class, or one for all."""
        header = self._header
        for column in (*header.classes, header.indicators):
            cell, text = _read(column, row)
            if column is None or cell is None or cell in self._all.used:
                continue
            self._all.use(cell)
            if column is header.indicators and any(map(opens_indicator, text.splitlines())):
                self._all.blocks.append(cell)  # the text format within a cell, which has a reader of its own
                continue
            for one in read_written(text, *column.classes):
                yield Entry(one.level1, one.level2, one.name, one.value, None, cell.where)


def _read(column: Column | None, row: GridRow, besides: Cell | None = None) -> tuple[Cell | None, str]:
    return column.read(row, besides) if column else (None, "")


def _only_class(row: GridRow) -> bool:
    """Whether *row* holds the label of a class and nothing else."""
    cells = list(row.distinct())
    return len(cells) == 1 and is_class(cells[0][1].text)


def _class_parts(label: str) -> list[str]:
    """Return the two classes that one label names, as ``产出指标-数量指标`` does."""
    return [part for part in _CLASS_PARTS.split(label) if is_class(part)]


def _of_either(label: str, level1: str, level2: str, named: bool) -> tuple[str, str]:
    """Return the classes when *label* may be of either level; *named*: level 1 has a column of its own."""
    parts = _class_parts(label)
    plain = "".join(label.split())
    if len(parts) > 1:
        return parts[0], parts[-1]
    if not named and not is_level2(plain):
        return label, level2
    if not named and is_level1(plain) and "满意" in plain:
        return label, level2
    return level1, level2 or label


def _spelt_out(level1: str) -> str:
    """Return the label of a level-1 class with the word that forms leave out: 产出 → 产出指标."""
    return f"{level1}指标" if level1 in ("产出", "效益", "成本") else level1


def _apart(entry: Entry) -> Iterator[Entry]:
    """Yield an indicator, or those that were numbered into one row: names and values in cells of several lines."""
    names, values, whole = listed(entry.name), listed(entry.annual), listed(entry.cycle or "")
    if len(names) < 2 or len(names) != len(values):
        cycle = None if entry.cycle is None else one_line(entry.cycle)
        yield replace(entry, name=cleaned_name(entry.name), annual=one_line(entry.annual), cycle=cycle)
        return
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        cycle = whole[at] if len(whole) == len(names) else entry.cycle
        yield replace(entry, name=name, annual=value, cycle=cycle, ordinal=None)
