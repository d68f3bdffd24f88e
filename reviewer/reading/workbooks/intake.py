"""What every reader of workbooks fills: sheets that hold only the cells with text, and become grids at the end.

A sheet may claim a million rows and thousand-fold merged areas; only what it shows costs memory, and that is capped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn

from reviewer.errors import InputError
from reviewer.models import Severity
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""The size of a sheet in Excel; a cell beyond is a forgery."""

MAX_SHEETS = 2_000
"""Sheets of a file: one for each project of a large department, several times over."""

MAX_CELLS = 500_000
"""Cells with text in a file: 20,000 indicators in 25 columns. They take 150 MB, or 300 MB with a row for each."""

MAX_POSITIONS = 8_000_000
"""Places of all grids together, empty and merged ones included, at eight bytes each."""

MAX_COVERED = 1_000_000
"""Places that merged areas cover within the text of their sheets, at a hundred bytes each until the grid is made."""

MAX_MERGED = 200_000
"""Merged areas of a sheet: ten in each of 20,000 rows."""

MAX_TEXT = 1_000_000
"""Characters of a cell. Excel stores 32,767."""

MAX_SAID = 20
"""Cells of a sheet that are reported one by one for the same reason; the rest is one more note."""

_SAVE_AGAIN = "请用 Excel 或 WPS 打开文件，保存一次再读。"
_TOO_BIG = "请删去与绩效目标无关的内容，或按单位分成几个文件。"
_PLAIN_NAME = re.compile(r"[^\W\d][\w.]*")
_LOOKS_LIKE_CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*C\d*|R|C", re.IGNORECASE)


@lru_cache(maxsize=MAX_COLUMNS)
def letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> letters(0), letters(27), letters(16383)
    ('A', 'AB', 'XFD')
    """
    first, last = divmod(column, 26)
    return (letters(first - 1) if first else "") + chr(ord("A") + last)


def sheet_prefix(name: str) -> str:
    """Return what stands before the cell in a reference to the sheet *name*, as Excel writes it.

    >>> sheet_prefix("Sheet1"), sheet_prefix("一 季度"), sheet_prefix("2023年")
    ('Sheet1!', "'一 季度'!", "'2023年'!")
    """
    if _PLAIN_NAME.fullmatch(name) and not _LOOKS_LIKE_CELL.fullmatch(name):
        return f"{name}!"
    quoted = name.replace("'", "''")
    return f"'{quoted}'!"


class Intake:
    """A workbook while it is read: its sheets, its notes, and how much memory it may still take."""

    def __init__(self, where: str, notes: Notes) -> None:
        self.where = where
        self.notes = notes
        self._sheets: list[Sheet] = []
        self._said: set[str] = set()
        self._cells = 0
        self._positions = 0
        self._covered = 0

    def sheet(self, name: str, *, hidden: bool = False) -> Sheet:
        """Return a new sheet, which stands after those before."""
        if len(self._sheets) >= MAX_SHEETS:
            self.refuse(f"工作表超过 {MAX_SHEETS:,} 个的上限。", _TOO_BIG)
        self._sheets.append(Sheet(self, name, hidden))
        return self._sheets[-1]

    def grids(self) -> list[Grid]:
        """Return the grids of all sheets."""
        return [sheet.grid() for sheet in self._sheets]

    def say(self, message: str) -> None:
        """Take a note about the whole file that needs no action, once."""
        if message not in self._said:
            self._said.add(message)
            self.notes.add("D009", message, severity="hint")

    def refuse(self, what: str, hint: str) -> NoReturn:
        """Raise ``InputError`` about this file."""
        raise InputError(what, where=self.where, hint=hint)

    def count_cell(self) -> None:
        """Count a cell with text."""
        self._cells += 1
        if self._cells > MAX_CELLS:
            self.refuse(f"有内容的单元格超过 {MAX_CELLS:,} 个的上限。", _TOO_BIG)

    def count_positions(self, number: int) -> None:
        """Count places of a grid."""
        self._positions += number
        if self._positions > MAX_POSITIONS:
            self.refuse(f"表格铺得太开：行列相乘超过 {MAX_POSITIONS:,} 个格子的上限。", _TOO_BIG)

    def count_covered(self, number: int) -> None:
        """Count places that a merged area covers."""
        self._covered += number
        if self._covered > MAX_COVERED:
            self.refuse(f"合并单元格一共盖住了超过 {MAX_COVERED:,} 个格子的上限。", _TOO_BIG)


class _Remarks:
    """Cells of a sheet of which the same is to be said."""

    def __init__(self, message: str, severity: Severity = "error") -> None:
        self.message = message
        self.severity = severity
        self.cells: list[tuple[str, str]] = []
        """Place and text of each."""

    def say(self, notes: Notes) -> None:
        for place, text in self.cells[:MAX_SAID]:
            notes.add("D009", self.message.format(f"“{text}”" if text else "内容"), place, self.severity)
        if rest := self.cells[MAX_SAID:]:
            cells = "、".join(place.rpartition("!")[2] + (f"“{text}”" if text else "") for place, text in rest)
            notes.add("D009", f"还有 {len(rest)} 格也是这样：{cells}。", rest[0][0], self.severity)


class Sheet:
    """A sheet while it is read; rows and columns are counted from 0."""

    def __init__(self, intake: Intake, name: str, hidden: bool) -> None:
        self.name = name
        self.hidden = hidden
        self._intake = intake
        self._prefix = sheet_prefix(name)
        self._rows: dict[int, dict[int, Cell]] = {}
        self._merged: list[tuple[int, int, int, int]] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._errors = _Remarks("单元格里是错误值{}，原来的内容已经丢失。请改正公式或填上内容。")
        self._uncalculated = _Remarks("这一格是公式，文件里没有存它的结果，没有读到{}。" + _SAVE_AGAIN)
        self._empty: list[str] = []
        self._covered = _Remarks("{}被合并单元格盖住，表上看不见，没有采用。", "hint")

    def put(self, row: int, column: int, text: str) -> None:
        """Keep the *text* of a cell; blanks are nothing, and a line break is ``\\n`` whoever wrote it."""
        if not text or text.isspace():
            return
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > MAX_TEXT:
            what = f"{self.place(row, column)} 有 {len(text):,} 字，超过 {MAX_TEXT:,} 字的上限。"
            self._intake.refuse(what, _TOO_BIG)
        self._intake.count_cell()
        self._rows.setdefault(row, {})[column] = Cell(text, self.place(row, column))

    def put_error(self, row: int, column: int, text: str) -> None:
        """Keep an error value such as ``#REF!``, and say so."""
        text = text.strip() or "#VALUE!"
        self.put(row, column, text)
        self._errors.cells.append((self._rows[row][column].where, text))

    def put_uncalculated(self, row: int, column: int) -> None:
        """Say that a cell is a formula whose result the file does not hold; formulas are never calculated here."""
        self._intake.count_cell()
        self._uncalculated.cells.append((self.place(row, column), ""))

    def put_empty(self, row: int, column: int) -> None:
        """Say that the result of a formula is an empty text, or was never calculated: the file does not tell which."""
        self._intake.count_cell()
        self._empty.append(f"{letters(column)}{row + 1}")

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Make an area, all bounds inclusive, one cell."""
        if len(self._merged) >= MAX_MERGED:
            what = f"工作表“{self.name}”的合并单元格超过 {MAX_MERGED:,} 处的上限。"
            self._intake.refuse(what, _TOO_BIG)
        self._merged.append((top, left, bottom, right))

    def hide_row(self, row: int) -> None:
        """Mark a row as hidden."""
        self._hidden_rows.add(row)

    def hide_columns(self, first: int, last: int) -> None:
        """Mark columns as hidden, both bounds inclusive."""
        last = min(last, MAX_COLUMNS - 1)
        self._intake.count_positions(max(last - first + 1, 1))
        self._hidden_columns.update(range(first, last + 1))

    def grid(self) -> Grid:
        """Return the rows with text and give them up; one empty row stands for any number of them in between."""
        self._merge()
        self._say_what_is_hidden()
        rows: list[GridRow] = []
        below = 0
        for at in sorted(self._rows):
            if rows and at > below:
                rows.append(GridRow([]))
            below = at + 1
            cells = self._rows.pop(at)
            width = max(cells) + 1
            self._intake.count_positions(width)
            row: list[Cell | None] = [None] * width
            for column, cell in cells.items():
                row[column] = cell
            rows.append(GridRow(row, hidden=at in self._hidden_rows))
        self._say_results()
        return Grid(self.name, rows)

    def place(self, row: int, column: int) -> str:
        """Return the ``where`` of a cell. Raises ``InputError`` when no sheet is that large."""
        if not 0 <= row < MAX_ROWS or not 0 <= column < MAX_COLUMNS:
            what = f"工作表“{self.name}”里有超出表格范围的单元格（第 {row + 1} 行第 {column + 1} 列），文件已损坏。"
            self._intake.refuse(what, _SAVE_AGAIN)
        return f"{self._prefix}{letters(column)}{row + 1}"

    def _merge(self) -> None:
        """Put the first cell of each merged area at all its places, as far as the sheet has text."""
        if not self._rows or not self._merged:
            return
        last_row = max(self._rows)
        last_column = max(max(cells) for cells in self._rows.values())
        for top, left, bottom, right in self._merged:
            bottom, right = min(bottom, last_row), min(right, last_column)
            if top <= bottom and left <= right:
                self._intake.count_covered((bottom - top + 1) * (right - left + 1))
                shown = self._rows.get(top, {}).get(left)
                for row in range(top, bottom + 1):
                    self._cover(row, range(left, right + 1), shown)

    def _cover(self, row: int, columns: range, shown: Cell | None) -> None:
        cells = self._rows.get(row, {})
        for column in columns:
            covered = cells.get(column)
            if covered and covered is not shown:
                if covered.where != self.place(row, column):
                    continue  # of another area: no program writes areas that overlap, and the first one stands
                if shown is None or covered.text != shown.text:
                    self._covered.cells.append((covered.where, covered.text))
                del cells[column]
            if shown:
                cells[column] = shown
        if cells:
            self._rows[row] = cells
        else:
            self._rows.pop(row, None)

    def _say_what_is_hidden(self) -> None:
        if self.hidden and self._rows:
            self._intake.say(f"工作表“{self.name}”是隐藏的，照常读入。")
        if rows := sorted(self._hidden_rows & self._rows.keys()):
            said = _runs(rows, lambda row: str(row + 1))
            self._intake.say(f"工作表“{self.name}”有 {len(rows)} 行是隐藏的（第 {said} 行），照常读入。")
        used = {column for cells in self._rows.values() for column in cells} if self._hidden_columns else set()
        if columns := sorted(self._hidden_columns & used):
            self._intake.say(f"工作表“{self.name}”的 {_runs(columns, letters)} 列是隐藏的，照常读入。")

    def _say_results(self) -> None:
        if self._empty:
            places = "、".join(self._empty[:MAX_SAID]) + ("…" if len(self._empty) > MAX_SAID else "")
            found = f"工作表“{self.name}”有 {len(self._empty)} 格公式的结果是空的（{places}）。"
            self._intake.say(f"{found}如果不该是空的，{_SAVE_AGAIN}")
        for remarks in (self._errors, self._uncalculated, self._covered):
            remarks.say(self._intake.notes)


def _runs(numbers: list[int], name: Callable[[int], str]) -> str:
    """Return ascending *numbers* as runs: ``5–8、12``, each printed by *name*."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [name(first) if first == last else f"{name(first)}–{name(last)}" for first, last in runs[:MAX_SAID]]
    return "、".join(said) + ("…" if len(runs) > MAX_SAID else "")
