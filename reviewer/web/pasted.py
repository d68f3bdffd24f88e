"""Rows copied from a table, cells parted by tabs: with their header, or without it, as Excel gives a few rows.

Without a header the columns show by their contents which is which; they get a header and are read like any table.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

from reviewer.errors import InputError
from reviewer.language.classes import normalise_class
from reviewer.reading import read_bytes
from reviewer.reading.forms.words import heading
from reviewer.reading.labels import is_level1, is_level2

_WHERE = Path("粘贴的内容.tsv")
_SIGNS = "≥≤＝=＞>＜<≧≦"
_COMPARATORS = frozenset(_SIGNS) | {"定性"}
_TYPICAL = 0.6  # of the cells of a column; the others are damaged, or the odd class of one department


def rows_of(pasted: bytes) -> bytes:
    """Read rows copied from a table (UTF-8) and return the Document as JSON.

    Raises ``InputError`` when there is nothing like an indicator in them.

    >>> found = rows_of("产出指标\\t数量指标\\t放映场次\\t≥672场\\n\\t质量指标\\t设备完好率\\t≥95%".encode())
    >>> '"level2":"质量指标","name":"设备完好率"' in found.decode()
    True
    """
    rows = _cells(pasted.decode("utf-8-sig", "replace"))
    if not any(sum(heading(cell) is not None for cell in row) > 1 for row in rows):
        rows.insert(0, _header(rows))
    table = StringIO()
    csv.writer(table, dialect="excel-tab").writerows(rows)
    try:
        document = read_bytes(table.getvalue().encode(), _WHERE)
    except InputError:
        document = None
    if document is None or not any(project.indicators for project in document.projects):
        raise InputError(
            "粘贴的内容里没有认出指标。",
            hint="请连表头一起复制；没有表头的，按类别、指标名称、指标值的次序排列。",
        )
    return document.model_dump_json().encode()


def _cells(text: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(StringIO(text, newline=""), dialect="excel-tab"))
    except csv.Error:
        rows = [line.split("\t") for line in text.splitlines()]
    stripped = ([cell.strip() for cell in row] for row in rows)
    return [row for row in stripped if any(row)]


def _header(rows: list[list[str]]) -> list[str]:
    """Return a header for *rows*: what the cells of each column look like, and then the order that forms have.

    >>> _header([["1", "产出指标", "数量指标", "放映场次", "≥", "672", "场", "20"]])
    ['序号', '一级指标', '二级指标', '三级指标', '计算符号', '指标值', '计量单位', '分值']
    >>> _header([["观众满意度", "≥90%"]])
    ['三级指标', '指标值']
    """
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(max(map(len, rows), default=0))]
    titles = ["备注"] * len(columns)
    free = [at for at, column in enumerate(columns) if column]

    def take(title: str, fits: Callable[[str], bool], among: Iterable[int], left: int) -> int | None:
        """Give *title* to the first column of cells that fit, unless fewer than *left* columns were left then."""
        found = next((at for at in among if at in free and _typically(columns[at], fits)), None)
        if found is None or len(free) <= left:
            return None
        titles[found] = title
        free.remove(found)
        return found

    take("序号", str.isdigit, free[:1], left=2)
    take("一级指标", is_level1, free[:1], left=2)
    take("二级指标", _is_second, free[:1], left=2)
    name = free.pop(0) if free else 0
    titles[name : name + 1] = ["三级指标"]
    comparator = take("计算符号", _COMPARATORS.__contains__, list(free), left=1)
    if comparator is None and len(free) > 1 and _two_values(columns[free[0]], columns[free[1]]):
        titles[free.pop(0)] = "周期指标值"
        titles[free.pop(0)] = "年度指标值"
    elif free:
        titles[free.pop(0)] = "指标值"
    take("计量单位", _is_measure, free[:1], left=0)
    take("分值", _is_number, free[:1], left=0)
    return titles


def _typically(column: list[str], fits: Callable[[str], bool]) -> bool:
    return sum(map(fits, column)) >= _TYPICAL * len(column)


def _is_second(cell: str) -> bool:
    return is_level2("".join(cell.split())) and normalise_class("", cell).exact


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


def _is_measure(cell: str) -> bool:
    return len(cell) <= 6 and not any(char.isdigit() for char in cell)


def _two_values(first: list[str], second: list[str]) -> bool:
    """Whether two columns are values of the period and of the year, and not a value with its unit or its points."""
    bare = _typically(first, lambda cell: _is_number(cell.lstrip(_SIGNS)))
    return not (_typically(second, _is_number) or (bare and _typically(second, _is_measure)))
