"""Where a table has its header, how many rows that takes, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewer.reading.forms.columns import Column, Header, IndicatorColumns
from reviewer.reading.forms.words import Heading, Kind, Term, folded, heading, is_class
from reviewer.reading.grid import Cell, GridRow

_FUND = re.compile(r"拨款|资金|收入|专户|财政|基金|结转|自筹")
_MOST_ROWS = 4
_LONGEST_UNKNOWN = 20
_CLASSES = frozenset({Kind.LEVEL1, Kind.LEVEL2, Kind.CLASS})
_MONEY = frozenset({Kind.AMOUNT, Kind.SUM})


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
    known = sum(_speaks(cell) for _, cell in top)
    if known < 2 or known <= len(top) - known:
        return None
    block = [rows[at]]
    while len(block) < _MOST_ROWS and at + len(block) < len(rows) and _goes_on(block, rows[at + len(block)]):
        block.append(rows[at + len(block)])
    columns = list(_columns(block))
    if not _is_header(columns) or (len(block) == 1 and _is_form_row(rows, at, columns)):
        return None
    cells = {cell for row in block for _, cell in row.distinct() if _speaks(cell) or _FUND.search(cell.text)}
    return _assigned(columns, Header(at + len(block), max(len(row.cells) for row in block), cells), year)


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
    return _assigned(columns, Header(0, len(row.cells), set()), None)


def _is_frame(cell: Cell) -> bool:
    found = heading(cell.text)
    return found is not None and found.kind is Kind.INDICATORS


def _speaks(cell: Cell) -> bool:
    return heading(cell.text) is not None or is_class(cell.text)


def _goes_on(block: list[GridRow], row: GridRow) -> bool:
    """Whether *row* still belongs to the header: it holds nothing but headers, and they stand below wider ones."""
    above = block[-1].cells
    seen = {cell for line in block for cell in line.cells}
    new = [(column, cell) for column, cell in row.distinct() if cell not in seen]
    if not new or not all(_speaks(cell) for _, cell in new):
        return False
    own = row.cells
    for column, _ in new:
        over = _at(above, column)
        if over is None or not over.text.strip():
            continue
        right, left = _at(above, column + 1), _at(above, column - 1)
        opens = right is over or ((right is None or not right.text.strip()) and _at(own, column + 1) is not None)
        if not (opens or left is over):
            return False
    return any(_at(above, column) is not None or column for column, _ in new)


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
    if found is None and not is_class(label):
        over = heading(group[-1]) if group else None
        if _FUND.search(label) or (over and over.kind in _MONEY):
            return Heading(Kind.FUND, 1, "", None, None, folded(label))
    return found


def _is_header(columns: list[Column]) -> bool:
    kinds = {column.kind for column in columns}
    classes = sum(column.heading is None and is_class(column.label) for column in columns)
    rows = Kind.NAME in kinds and (Kind.VALUE in kinds or Kind.GOAL in kinds or not kinds.isdisjoint(_CLASSES))
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
    if any(column.kind in (*_CLASSES, Kind.NAME, Kind.VALUE, Kind.INDICATORS) for column in columns):
        return False
    below = next((row for row in rows[at + 1 : at + 4] if any(row.distinct())), None)
    first = next(below.distinct(), None) if below else None
    if first is None or first[1] in rows[at].cells:
        return False
    found = heading(first[1].text)
    labels = {Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT, Kind.AMOUNT, Kind.GOAL, Kind.FUND, Kind.REMARK, Kind.INDICATORS}
    return found is not None and found.kind in labels


def _assigned(columns: list[Column], header: Header, year: int | None) -> Header:
    header.labels = {at: folded(column.label) for column in columns for at in range(column.start, column.end)}
    columns, header.by_class = _by_class(columns, year)
    sets = _split(columns)
    header.rows = _indicator_columns(sets[-1], year)
    if len(sets) > 1:
        header.period = _indicator_columns(sets[0], year)
        header.rows.level1 = header.rows.level1 or header.period.level1
        header.rows.level2 = header.rows.level2 or header.period.level2
        header.rows.either_level = header.rows.either_level or header.period.either_level
        first = _term(sets[0])
        if first == "annual" and _term(sets[1]) != "annual":
            header.rows, header.period = header.period, header.rows
    if header.rows.name is None and not header.rows.values:
        header.rows = None
    taken = {id(one) for found in (header.rows, header.period) if found for one in _of(found)}
    free = [column for column in columns if id(column) not in taken]
    header.project = _best(free, Kind.PROJECT)
    header.department = _best(free, Kind.DEPARTMENT)
    header.unit = _best(free, Kind.UNIT) or _best(free, Kind.MEASURE)
    header.amount = _amount(free)
    header.goals = [column for column in free if column.kind is Kind.GOAL]
    header.funds = [column for column in free if column.kind in (Kind.FUND, *_MONEY) and column is not header.amount]
    header.ordinal = _best(free, Kind.ORDINAL)
    header.indicators = _best(free, Kind.INDICATORS) if header.rows is None else None
    header.classes = [column for column in free if column.heading is None and is_class(column.label)]
    return header


def _by_class(
    columns: list[Column], year: int | None
) -> tuple[list[Column], list[tuple[tuple[str, str], IndicatorColumns]]]:
    """Return the columns of no class, and by class those of names and values that stand below its header."""
    classes = {column.classes for column in columns if column.kind is Kind.NAME} - {("", "")}
    below: dict[tuple[str, str], list[Column]] = {}
    rest: list[Column] = []
    for column in columns:
        inner = column.heading is not None and column.classes in classes
        (below.setdefault(column.classes, []) if inner else rest).append(column)
    return rest, [(label, _indicator_columns(found, year)) for label, found in below.items()]


def _of(found: IndicatorColumns) -> Iterator[Column]:
    for name in IndicatorColumns.__slots__:
        column = getattr(found, name)
        if column is not None:
            yield column


def _best(columns: Iterable[Column], *kinds: Kind) -> Column | None:
    return min((one for one in columns if one.kind in kinds), key=lambda one: one.rank, default=None)


def _amount(columns: list[Column]) -> Column | None:
    """Return the column of the year's money: the sum where there are sources of money, else the best word."""
    order = {"annual": 0, "": 1, "overall": 2, "cycle": 3}
    found = [one for one in columns if one.kind in _MONEY]
    return min(found, key=lambda one: (order[one.term], one.kind is not Kind.SUM, one.rank), default=None)


def _split(columns: list[Column]) -> list[list[Column]]:
    """Return the columns in one list, or in two where those of the whole period stand beside those of the year."""
    names = [at for at, column in enumerate(columns) if column.kind is Kind.NAME]
    if len(names) < 2:
        return [columns]
    best = min(columns[at].rank for at in names)
    first, *more = [at for at in names if columns[at].rank == best]
    values = [at for at, column in enumerate(columns) if column.kind is Kind.VALUE]
    if not more or not any(first < at < more[0] for at in values) or not any(at > more[0] for at in values):
        return [columns]
    begin = more[0]
    while columns[begin - 1].kind in (*_CLASSES, Kind.ORDINAL):
        begin -= 1
    return [columns[:begin], columns[begin:]]


def _term(columns: list[Column]) -> Term:
    return next((column.term for column in columns if column.kind in (Kind.NAME, Kind.VALUE) and column.term), "")


def _indicator_columns(columns: list[Column], year: int | None) -> IndicatorColumns:
    found = IndicatorColumns(
        level1=_best(columns, Kind.LEVEL1),
        level2=_best(columns, Kind.LEVEL2),
        either_level=_best(columns, Kind.CLASS),
        name=_best(columns, Kind.NAME),
        operator=_best(columns, Kind.OPERATOR),
        weight=_best(columns, Kind.WEIGHT),
    )
    values = [column for column in columns if column.kind is Kind.VALUE]
    if found.name is None and (values or found.level2):
        # 绩效指标 to the right of the classes is the indicator, to the left it is a heading over them.
        left_of = min((one.start for one in (found.level1, found.level2, found.either_level) if one), default=None)
        named = _best(columns, Kind.INDICATORS)
        found.name = named if named and (left_of is None or named.start > left_of) else None
    name = found.name
    if name and not values:
        values = [one for one in columns if one.kind is Kind.GOAL and one.start > name.start]
        values = values or [one for one in columns if one.kind is Kind.NAME and one.rank > name.rank]
    found.annual, found.cycle = _values(values, year)
    begin = name.start if name else -1
    if found.values:
        found.measure = _best((one for one in columns if one.start > begin), Kind.MEASURE)
    return found


def _values(columns: list[Column], year: int | None) -> tuple[Column | None, Column | None]:
    """Return the columns of the annual and of the cycle value; the only value a form asks for is the annual one."""
    best = min((column.rank for column in columns if column.term in ("annual", "")), default=0)
    annual = [column for column in columns if column.term in ("annual", "") and (column.term or column.rank == best)]
    annual.sort(key=lambda one: (one.term != "annual", one.heading is None or one.heading.year != year))
    cycle = [column for column in columns if column.term in ("cycle", "overall")]
    if not annual:
        return (cycle[0] if cycle else None), None
    return annual[0], (cycle[0] if cycle else None)
