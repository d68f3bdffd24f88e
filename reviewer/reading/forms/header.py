"""Where a table has its header, how many rows that takes, and what each of its columns is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.reading.forms.assignment import CLASSES, MONEY, assigned
from reviewer.reading.forms.columns import Column, Header
from reviewer.reading.forms.words import Heading, Kind, folded, heading, is_class
from reviewer.reading.grid import Cell, GridRow

_FUND = re.compile(r"拨款|资金|收入|专户|财政|基金|结转|自筹")
_MOST_ROWS = 4
_LONGEST_UNKNOWN = 20
# 项目信息 over 单位 | 名称 | 类型: what is meant are 项目单位, 项目名称, 项目类型.
_GROUP = re.compile(r"(?P<of>项目|资金|单位|部门|绩效|指标|(?:绩效)?目标)?(?:支出|预算)?(?:基本)?(?:信息|情况|概况)")
_SHORT_WORDS = frozenset({Kind.CLASS, Kind.MEASURE, Kind.ORDINAL, Kind.OPERATOR})


def find_header(
    rows: Sequence[GridRow], at: int, year: int | None = None, before: Header | None = None
) -> Header | None:
    """Return the header that begins in row *at*, None when none does; of values of several years *year*'s count.

    Cells of the header *before* may reach down into the row: they begin no new one.

    >>> from reviewer.reading.grid import Cell
    >>> words = ["一级指标", "二级指标", "三级指标", "指标值"]
    >>> header = find_header([GridRow([Cell(word, f"Sheet1!{at}") for at, word in enumerate(words)])], 0)
    >>> header.rows.name.start, header.is_list
    (2, False)
    """
    top = [found for found in rows[at].distinct() if before is None or found[1] not in before.cells]
    known = sum(_speaks(cell) or _is_group(cell, rows[at]) for _, cell in top)
    if known < 2 or known <= len(top) - known:
        return None
    block = [rows[at]]
    while len(block) < _MOST_ROWS and at + len(block) < len(rows) and _goes_on(block, rows[at + len(block)]):
        block.append(rows[at + len(block)])
    columns = list(_columns(block))
    if not _is_header(columns) or (len(block) == 1 and _is_form_row(rows, at, columns)):
        return None
    cells = {cell for row in block for _, cell in row.distinct() if _speaks(cell) or _FUND.search(cell.text)}
    return assigned(columns, Header(at + len(block), max(len(row.cells) for row in block), cells), year)


def implied_header(row: GridRow) -> Header | None:
    """Return the header that a table of indicators would have that begins, without one, with *row*: class, name, value.

    >>> from reviewer.reading.grid import Cell
    >>> header = implied_header(GridRow([Cell(text, "A1") for text in ("产出指标", "数量指标", "培训人数", "300人")]))
    >>> header.rows.name.start, header.rows.annual.start
    (2, 3)
    """
    cells = [(column, cell) for column, cell in row.distinct() if not _is_frame(cell)]
    classes = [at for at, (_, cell) in enumerate(cells) if is_class(cell.text)]
    if not classes or classes != list(range(len(classes))) or not 0 < len(cells) - len(classes) < 3:
        return None
    starts = [column for column, _ in cells]
    words = ["一级指标", "二级指标"][-len(classes) :] if len(classes) < 3 else []
    if not words:
        return None
    words += ["三级指标", "指标值"]
    ends = [*starts[1:], len(row.cells)]
    columns = [Column(start, end, word, heading(word)) for start, end, word in zip(starts, ends, words, strict=False)]
    if len(columns) < len(words):
        columns.append(Column(len(row.cells), len(row.cells) + 1, "指标值", heading("指标值")))
    return assigned(columns, Header(0, len(row.cells), set()), None)


def _is_frame(cell: Cell) -> bool:
    found = heading(cell.text)
    return found is not None and found.kind is Kind.INDICATORS


def _speaks(cell: Cell) -> bool:
    return heading(cell.text) is not None or is_class(cell.text)


def _is_group(cell: Cell, row: GridRow) -> bool:
    """Whether *cell* stands over several columns of *row* and says no more than what they are about."""
    return _GROUP.fullmatch(folded(cell.text)) is not None and sum(one is cell for one in row.cells) > 1


def _goes_on(block: list[GridRow], row: GridRow) -> bool:
    """Whether *row* still belongs to the header: it holds nothing but headers, and they stand below wider ones."""
    above = block[-1].cells
    seen = {cell for line in block for cell in line.cells}
    new = [(column, cell) for column, cell in row.distinct() if cell not in seen]
    if not new or not all(_speaks(cell) or _completes(cell, above, column) for column, cell in new):
        return False
    own = row.cells
    for column, _ in new:
        over = _at(above, column)
        if over is None or not over.text.strip() or _GROUP.fullmatch(folded(over.text)):
            continue
        right, left = _at(above, column + 1), _at(above, column - 1)
        opens = right is over or ((right is None or not right.text.strip()) and _at(own, column + 1) is not None)
        if not (opens or left is over):
            return False
    return any(_at(above, column) is not None or column for column, _ in new)


def _completes(cell: Cell, above: Sequence[Cell | None], column: int) -> bool:
    """Whether *cell* is a header together with the one it stands below."""
    over = next((one for one in reversed(above[: column + 1]) if one is not None and one.text.strip()), None)
    return over is not None and _below(cell.text, over.text) is not None


def _at(cells: Sequence[Cell | None], column: int) -> Cell | None:
    return cells[column] if 0 <= column < len(cells) else None


def _columns(block: list[GridRow]) -> Iterator[Column]:
    width = max(len(row.cells) for row in block)
    paths = [_path(block, column) for column in range(width)]
    column = 0
    while column < width:
        path = paths[column]
        if not path:
            column += 1
            continue
        end = column + 1
        # A column without a header is the rest of a merged one to its left.
        while end < width and (paths[end][-1:] == path[-1:] or not paths[end]):
            end += 1
        while end == width and not paths[end - 1]:
            end -= 1
        label = path[-1].text
        group = tuple(cell.text for cell in path[:-1])
        yield Column(column, end, label, _meaning(label, group), group)
        column = max(end, column + 1)


def _path(block: list[GridRow], column: int) -> list[Cell]:
    """Return the header cells over a column, top down; a group's header counts for the columns to its right."""
    path: list[Cell] = []
    for depth, row in enumerate(block):
        cell = _at(row.cells, column)
        if cell is None or not cell.text.strip():
            below = any((lower := _at(line.cells, column)) and lower.text.strip() for line in block[depth + 1 :])
            cell = _group_left(block, depth, column) if below else None
        if cell is not None and cell not in path:
            path.append(cell)
    return path


def _group_left(block: list[GridRow], depth: int, column: int) -> Cell | None:
    for left in range(column - 1, -1, -1):
        cell = _at(block[depth].cells, left)
        if cell is not None and cell.text.strip():
            lower = [_at(line.cells, left) for line in block[depth + 1 :]]
            return cell if any(one is not None and one is not cell and one.text.strip() for one in lower) else None
    return None


def _meaning(label: str, group: tuple[str, ...]) -> Heading | None:
    found = heading(label)
    if group and (found is None or found.kind in _SHORT_WORDS):
        found = _below(label, group[-1]) or found
    if found is None and not is_class(label):
        over = heading(group[-1]) if group else None
        if _FUND.search(label) or (over and over.kind in MONEY):
            return Heading(Kind.FUND, 1, "", None, None, folded(label))
    return found


def _below(label: str, over: str) -> Heading | None:
    """Return what a short word such as 名称 is below the header *over*; None when the two make no header."""
    if is_class(label):
        return None
    if is_class(over):
        return heading(f"指标{label}")
    match = _GROUP.fullmatch(folded(over))
    about = (match["of"] or "项目") if match else over
    return heading(f"{about}{label}")


def _is_header(columns: list[Column]) -> bool:
    kinds = {column.kind for column in columns}
    classes = sum(column.heading is None and is_class(column.label) for column in columns)
    rows = Kind.NAME in kinds and (Kind.VALUE in kinds or Kind.GOAL in kinds or not kinds.isdisjoint(CLASSES))
    rows = rows or ({Kind.LEVEL2, Kind.VALUE} <= kinds) or ({Kind.INDICATORS, Kind.VALUE} <= kinds)
    unknown = [column for column in columns if column.heading is None and not is_class(column.label)]
    if rows:
        return all(len(column.label) <= _LONGEST_UNKNOWN for column in unknown)
    of_project = kinds & {Kind.AMOUNT, Kind.SUM, Kind.GOAL, Kind.INDICATORS}
    if Kind.PROJECT not in kinds or not (of_project or classes > 1):
        return False
    return len(columns) - len(unknown) > 2 * len(unknown)


def _is_form_row(rows: Sequence[GridRow], at: int, columns: list[Column]) -> bool:
    """Whether a row of labels is one of a form that nobody has filled in: blanks beside them, more labels below."""
    if any(column.kind in (*CLASSES, Kind.NAME, Kind.VALUE, Kind.INDICATORS) for column in columns):
        return False
    below = next((row for row in rows[at + 1 : at + 4] if any(row.distinct())), None)
    first = next(below.distinct(), None) if below else None
    if first is None or first[1] in rows[at].cells:
        return False
    found = heading(first[1].text)
    labels = {Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT, Kind.AMOUNT, Kind.GOAL, Kind.FUND, Kind.REMARK, Kind.INDICATORS}
    return found is not None and found.kind in labels
