"""The tables of a comparison with an earlier run."""

from __future__ import annotations

from reviewer.bulk.department.models import Changes, Side
from reviewer.reporting.department.table import AMOUNT, PROJECT, RULE, UNIT, UNPRICED, Column, Table, Value
from reviewer.reporting.words import rule_title


def moves(changes: Changes) -> Table:
    """Return the money that moved between grades."""
    columns = (
        Column("上次", "grade", 8),
        Column("这次", "grade", 8),
        Column("项目", "count", 8),
        AMOUNT,
        UNPRICED,
    )
    rows = [
        (move.before or "新报", move.after or "不再报", move.projects, move.amount, move.unpriced)
        for move in changes.moves
    ]
    return Table("moves", "项目和金额在等级之间的变动", columns, rows)


def changed(changes: Changes) -> Table:
    """Return the projects that changed, those that fell most first."""
    columns = (
        UNIT,
        PROJECT,
        Column("上次得分", "score", 9),
        Column("上次等级", "grade", 9),
        Column("这次得分", "score", 9),
        Column("这次等级", "grade", 9),
        Column("分数变化", "text", 9),
        Column("上次金额（万元）", "money", 16),
        Column("这次金额（万元）", "money", 16),
    )
    rows = []
    for change in changes.projects:
        old, new = change.before, change.after
        if old and new and (old.score, old.amount) == (new.score, new.amount):
            continue
        gain = f"{new.score - old.score:+.1f}" if old and new else "新报" if new else "不再报"
        rows.append(
            (change.unit, change.name, *_scored(old), *_scored(new), gain, *(_priced(one) for one in (old, new)))
        )
    return Table("changed", "变化的项目（降得多的在前）", columns, rows)


def _scored(side: Side | None) -> tuple[Value, Value]:
    return ("", "") if side is None else (side.score, side.grade)


def _priced(side: Side | None) -> Value:
    return "" if side is None else side.amount


def rule_changes(changes: Changes) -> Table:
    """Return how often each rule found something in both runs."""
    columns = (RULE, Column("上次", "count", 8), Column("这次", "count", 8), Column("变化", "text", 8))
    rows = [(rule_title(one.rule), one.before, one.after, f"{one.after - one.before:+,}") for one in changes.rules]
    return Table("rule-changes", "各种问题的变化", columns, rows)
