"""A table as every format takes it: titles, kinds of columns, rows of plain values, and how a value reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from reviewer.reporting.department import words
from reviewer.reporting.words import points

Kind = Literal["text", "long", "count", "money", "score", "mean", "share", "grade"]
Value = str | float | None


class Column(NamedTuple):
    """A column: its title, what its values are, and how wide it is in characters of half width."""

    title: str
    kind: Kind
    width: int


class Table(NamedTuple):
    """A table; ``key`` is its id in a page, ``left`` how many rows were left out at the end."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    left: int = 0

    def first(self, most: int) -> Table:
        """Return the table with at most that many rows."""
        return self._replace(rows=self.rows[:most], left=max(0, len(self.rows) - most))

    def only(self, *titles: str) -> Table:
        """Return the table with only the columns of these titles."""
        kept = [at for at, column in enumerate(self.columns) if column.title in titles]
        return self._replace(
            columns=[self.columns[at] for at in kept], rows=[[row[at] for at in kept] for row in self.rows]
        )

    @property
    def note(self) -> str:
        """What was left out, if anything."""
        return f"只列前 {len(self.rows):,} 行，另有 {self.left:,} 行见工作簿（xlsx）。" if self.left else ""


def shown(value: Value, kind: Kind) -> str:
    """Return a value for reading.

    >>> shown(1234.5, "money"), shown(None, "money"), shown(0.425, "share"), shown(59.96, "score")
    ('1,234.50', '未填', '43%', '59.9')
    """
    if isinstance(value, str):
        return value
    match kind:
        case "money":
            return "未填" if value is None else f"{value:,.2f}"
        case _ if value is None:
            return "—"
        case "share":
            return words.percent(value, 1)
        case "score":
            return points(value)
        case "mean":
            return f"{int(value * 10 + 1e-6) / 10:.1f}"  # rounded down, as the heat maps do
        case _:
            return f"{value:,.0f}"


UNIT, PROJECT = Column("单位", "text", 22), Column("项目", "text", 30)
AMOUNT, UNPRICED = Column("金额（万元）", "money", 14), Column("未填金额", "count", 9)
RULE = Column("问题", "text", 28)
