"""Text with separators (.csv, .tsv) → a grid. Separator and quoting are found out; a cell may hold line breaks."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from io import StringIO

from reviewer.errors import InputError
from reviewer.reading.columns import columns
from reviewer.reading.forms.header import find_header
from reviewer.reading.forms.words import heading
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.headers import opens_indicator
from reviewer.reading.lines import MAX_LINES, after_marker
from reviewer.reading.notes import at

_SEPARATORS = ",\t;"
_LOOKED_AT = 50
_FIRST_LINES = 200


def read_csv(text: str, where: str) -> list[Grid]:
    """Return the one grid of *text*; a cell is placed by the line its row begins in (``line 12``).

    Raises ``InputError`` when a cell is longer, or the lines are more, than those of any table.

    >>> [cell.text for cell in read_csv("项目名称;金额\\n河道保洁;12", "表.csv")[0].rows[1].cells]
    ['河道保洁', '12']
    """
    if text.count("\n") > MAX_LINES:
        found = f"文件有 {text.count(chr(10)):,} 行，超过 {MAX_LINES:,} 行的上限。"
        raise InputError(found, where=where, hint="请按单位分成几个文件。")
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator(text.splitlines()[:_LOOKED_AT]))
    grid = Grid()
    begins = 1
    try:
        for cells in rows:
            place = at(begins)
            line: list[Cell | None] = [Cell(cell, place) if cell.strip() else None for cell in cells]
            if any(line):
                grid.rows.append(GridRow(line))
            begins = rows.line_num + 1
    except csv.Error as error:
        hint = "请检查引号是否成对，或用 Excel 打开后另存为 .xlsx 再读。"
        raise InputError("这一行读不成表格的一行。", where=f"{where} 第 {begins} 行", hint=hint) from error
    return [grid]


def separator(lines: Iterable[str]) -> str:
    """Return what parts the cells of *lines*: what makes headers or labels of one of them, else what is most frequent.

    >>> separator(["县水务局，2024年", "项目名称;金额;绩效目标", "河道保洁;12;保洁河道26公里,全年"])
    ';'
    """
    counts: Counter[str] = Counter()
    for line in lines:
        for sign in _SEPARATORS:
            cells = line.split(sign)
            if sum(heading(cell.strip(' "')) is not None for cell in cells) > 1:
                return sign
            counts[sign] += len(cells) > 1
    return max(_SEPARATORS, key=counts.__getitem__)


def is_separated(text: str, ending: str) -> bool:
    """Whether *text* is a table with separators (.csv) and not the text format, which has tabs in its table too.

    >>> is_separated("项目名称,三级指标,指标值\\n河道保洁,保洁长度,26公里", ".txt")
    True
    """
    lines = text.splitlines()[:_FIRST_LINES]
    if ending in (".csv", ".tsv"):
        # The text format has its blocks of indicators on lines of their own.
        texts = any(opens_indicator(line) or after_marker(line) == "" for line in text.splitlines())
        return not (texts and any(columns(line) is not None for line in lines))
    return any(_is_header(line) and not opens_indicator(line) for line in lines)


def _is_header(line: str) -> bool:
    for sign in _SEPARATORS:
        cells = [cell.strip(' "') for cell in line.split(sign)]
        if len(cells) < 2:
            continue
        found = find_header([GridRow([Cell(cell, "") for cell in cells])], 0)
        if found is not None and (sign != "\t" or found.rows or found.indicators or found.classes):
            return True
        if sign != "\t" and heading(cells[0]) is not None and sum(heading(cell) is not None for cell in cells) > 1:
            return True
    return False
