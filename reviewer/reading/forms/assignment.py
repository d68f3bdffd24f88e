"""Which column of a table is which, once its header is read: those of a project, of an indicator, and of the period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.reading.forms.columns import Column, Header, IndicatorColumns
from reviewer.reading.forms.words import Kind, Term, folded, is_class

CLASSES = frozenset({Kind.LEVEL1, Kind.LEVEL2, Kind.CLASS})
MONEY = frozenset({Kind.AMOUNT, Kind.SUM})


def assigned(columns: list[Column], header: Header, year: int | None) -> Header:
    """Return *header* with its columns assigned; of values of several years those of *year* count."""
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
    header.funds = [column for column in free if column.kind in (Kind.FUND, *MONEY) and column is not header.amount]
    header.ordinal = _best(free, Kind.ORDINAL)
    header.year = _best(free, Kind.YEAR)
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
    found = [one for one in columns if one.kind in MONEY]
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
    while columns[begin - 1].kind in (*CLASSES, Kind.ORDINAL):
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
