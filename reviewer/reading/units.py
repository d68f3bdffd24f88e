"""The rows of the table → units with their projects, told apart by arithmetic, which also finds rows printed twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from reviewer.reading.notes import Notes, money
from reviewer.reading.seams import joint, repeated
from reviewer.reading.table import Row, Table

ROUNDING = Decimal("0.01")
_ALIKE = 0.7


@dataclass(slots=True)
class Group:
    """A spending unit with its projects; ``head`` is its subtotal row, None for projects above any subtotal."""

    head: Row | None
    projects: list[Row] = field(default_factory=list)
    spent: Decimal = Decimal(0)

    @property
    def printed(self) -> Decimal | None:
        """The printed subtotal."""
        return self.head.amount if self.head else None

    def add(self, row: Row) -> None:
        """Count *row* among the projects."""
        self.projects.append(row)
        self.spent += row.amount or 0


def group(table: Table, notes: Notes) -> list[Group]:
    """Return the units of *table* in order, without rows that a page seam printed twice."""
    total = table.total.amount if table.total else None
    groups = grouped(table.rows, total, notes)
    if len(groups) == 1 and groups[0].head is None:
        _drop_repeats(groups[0].projects, total, "合计", notes)
    for unit in groups:
        if unit.head is not None:
            _drop_repeats(unit.projects, unit.printed, f"“{unit.head.name}”小计", notes)
    return groups


def grouped(rows: list[Row], total: Decimal | None, notes: Notes) -> list[Group]:
    """Return the units among *rows* in order, each with its projects; *total* is the printed sum of everything."""
    # Subtotals count what the projects below them count once more.
    every_row_counts = total is not None and _same(_sum(rows), total) and not all(row.looks_like_unit for row in rows)
    if every_row_counts and not any(row.sure == "unit" for row in rows):
        return [Group(None, rows)]
    groups: list[Group] = []
    for at, row in enumerate(rows):
        unit = groups[-1] if groups else None
        if row.is_project or not _opens_unit(rows, at, unit):
            if unit is None:
                groups.append(unit := Group(None))
            unit.add(row)
            continue
        if row.unit:
            notes.add("D009", f"“{row.name}”一行按单位小计读入，它的单位“{row.unit}”没有采用。", row.line, "hint")
        below = rows[at + 1] if at + 1 < len(rows) else None
        if (
            total is not None
            and row.amount == total
            and unit is None
            and below
            and not below.is_project
            and below.amount
        ):
            # 部门 over its units: the grand total once more.
            notes.add("D009", f"“{row.name}”一行等于合计，下面分单位列出，按部门的合计读。", row.line, "hint")
        elif unit and unit.head and row.name == unit.head.name and row.amount == unit.printed:
            notes.add("D002", f"“{row.name}”的小计 {money(row.amount or 0)} 又印了一次，没有重复计入。", row.line)
        else:
            groups.append(Group(row))
            if row.amount is None:
                notes.add("D009", f"“{row.name}”一行没有可读的金额，按单位名称读入，没有小计可对。", row.line, "hint")
    return groups


def _opens_unit(rows: list[Row], at: int, unit: Group | None) -> bool:
    """Whether a row without a goal is the subtotal of a unit, and no project whose goal is missing."""
    row = rows[at]
    if row.sure == "unit":
        return True
    if row.amount is None:
        return row.looks_like_unit
    below = Decimal(0)
    for next_at in range(at + 1, len(rows)):
        if not rows[next_at].is_project:
            break
        below += rows[next_at].amount or 0
    printed = unit.printed if unit else None
    if unit and printed is not None and _same(unit.spent + row.amount + below, printed):
        return False
    if below and _same(below, row.amount):
        return True
    if unit is None or printed is None or unit.spent + row.amount <= printed:
        return row.looks_like_unit
    return below > 0


def _drop_repeats(rows: list[Row], printed: Decimal | None, what: str, notes: Notes) -> None:
    """Take out rows that stand twice, when exactly their amounts are too much for the *printed* sum."""
    if printed is None:
        return
    excess = _sum(rows) - printed
    if excess < ROUNDING:
        return
    pairs = [at for at in range(1, len(rows)) if _may_repeat(rows[at - 1], rows[at])]
    if not _same(_sum([rows[at] for at in pairs]), excess):
        alone = [at for at in pairs if _same(rows[at].amount or Decimal(0), excess)]
        pairs = sorted(alone, key=lambda at: _likeness(rows[at - 1].name, rows[at].name))[-1:]
    for at in reversed(pairs):
        first, second = rows[at - 1], rows.pop(at)
        of = f"（单位“{second.unit}”）" if second.unit not in ("", first.unit) else ""
        message = (
            f"“{second.name} {money(second.amount or 0)}”{of}是第 {first.line} 行“{first.name}”跨页的重复行："
            f"{what} {money(printed)}，连它相加正好多出 {money(excess)}。没有计入项目。"
        )
        notes.add("D002", message + _join_goals(first, second), second.line)


def _may_repeat(first: Row, second: Row) -> bool:
    if not first.amount or first.amount != second.amount:
        return False
    return second.seam or first.goal == second.goal or _likeness(first.name, second.name) >= _ALIKE


def _join_goals(first: Row, second: Row) -> str:
    """Join the goal of a repeated row to that of the first copy and return what is to be said about it."""
    if not second.goal or second.goal in first.goal:
        return "" if second.goal == first.goal else f"它的目标“{second.goal}”已在前一行里。" if second.goal else ""
    twice = repeated(first.goal, second.goal)
    said = joint(first.goal, second.goal[twice:], second.goal[:twice])
    first.goal += second.goal[twice:]
    return f"它的目标接在前一行之后：{said}，请核对接缝处的文字。"


def _likeness(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _sum(rows: list[Row]) -> Decimal:
    return sum((row.amount for row in rows if row.amount is not None), Decimal(0))


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) < ROUNDING
