"""The lines of the table → rows with exact amounts; goals that go on after a page break are joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from reviewer.errors import InputError
from reviewer.reading.amounts import amount, blank
from reviewer.reading.columns import Columns, columns
from reviewer.reading.head import Head
from reviewer.reading.lines import Line, is_foot, is_page_number, is_rule
from reviewer.reading.notes import Notes, money

MAX_ROWS = 50_000
_TOTALS = frozenset({"合计", "总计", "合计：", "总计："})


@dataclass(slots=True)
class Row:
    """A row of the table; ``amount`` is None when it is missing or no number, ``seam`` when a page begins with it."""

    line: int
    name: str
    unit: str
    amount: Decimal | None
    goal: str
    seam: bool
    is_project: bool
    funds: list[tuple[str, Decimal]] = field(default_factory=list)


@dataclass
class Table:
    """The grand total, if there is one, and the rows of units and projects in order."""

    total: Row | None = None
    rows: list[Row] = field(default_factory=list)


def cells(line: Line) -> list[str]:
    """Return the cells of a line, stripped."""
    return [cell.strip() for cell in line.text.split("\t")]


def header(lines: list[Line]) -> int | None:
    """Return the index of the header row."""
    for at, line in enumerate(lines):
        if "\t" in line.text and columns(cells(line)):
            return at
    return None


class _Reader:
    def __init__(self, shape: Columns, head: Head, notes: Notes, where: str) -> None:
        self.shape, self.head, self.notes, self.where = shape, head, notes, where
        self.table = Table()
        self.last: Row | None = None

    def read(self, line: Line) -> None:
        text = line.text
        if is_rule(text) or is_page_number(text):
            return
        if "\t" not in text:
            self._outside(line)
            return
        row = cells(line)
        row += [""] * (self.shape.width - len(row))
        if columns(row) is None:
            self._row(line, row)

    def _outside(self, line: Line) -> None:
        """Read a line without columns: a remark, or text of the goal above that a line break cut off."""
        text = line.text.strip()
        if self.head.take(line) or any(title.text.strip() == text for title in self.head.titles):
            return
        if is_foot(text) or self.last is None:
            self.notes.add("D009", f"表外文字“{text}”没有对应的栏目，未计入。", line.no, "hint")
        else:
            self._go_on(line, text)

    def _go_on(self, line: Line, text: str) -> None:
        row = self.last
        assert row is not None
        before, row.goal = row.goal[-12:], row.goal + text
        row.is_project = True
        message = f"项目“{row.name}”的绩效目标在这一行接续：“…{before}”接“{text[:12]}…”。"
        if row.goal.count("“") != row.goal.count("”"):
            self.notes.add("D003", message + "接好后引号不成对，换页处可能丢了字，请核对原件。", line.no)
        else:
            self.notes.add("D003", message, line.no, "hint")

    def _row(self, line: Line, row: list[str]) -> None:
        shape = self.shape
        goal = row[shape.goal] if shape.goal is not None else ""
        spare = row[shape.width :]
        if any(spare) and shape.goal == shape.width - 1:
            # Tabs inside the goal, which is the last column.
            goal, spare = " ".join([goal, *filter(None, spare)]), []
        name = row[shape.name]
        paid = row[shape.amount] if shape.amount is not None else ""
        others = [f"{word or '无名栏'}“{row[at]}”" for at, word in shape.others.items() if row[at]]
        others += [f"多出的一格“{cell}”" for cell in spare if cell]
        if others:
            self.notes.add("D009", f"“{name}”这一行的{'、'.join(others)}没有对应的栏目，未计入。", line.no, "hint")
        if blank(paid) and all(blank(row[at]) for at in shape.funds):
            if not name and not goal:
                return
            if not name and self.last is not None:
                self._go_on(line, goal)
                return
            if name and not goal and line.seam and self.last is not None and self.last.is_project:
                self.notes.add("D003", f"项目名称换页：“{self.last.name}”接“{name}”，请核对原件。", line.no)
                self.last.name += name
                return
        made = Row(line.no, name, row[shape.unit] if shape.unit is not None else "", None, goal, line.seam, bool(goal))
        self._money(made, paid, {word: row[at] for at, word in shape.funds.items()})
        if "".join(name.split()) in _TOTALS and not made.goal:
            self._total(made)
            return
        if not name:
            self.notes.add("D009", "这一行没有项目名称，按无名项目读入。", line.no)
            made.is_project = True
        self.table.rows.append(made)
        self.last = made
        if len(self.table.rows) > MAX_ROWS:
            found = f"表里的行超过 {MAX_ROWS:,} 行的上限。"
            raise InputError(found, where=f"{self.where} 第 {line.no} 行", hint="请按单位分成几个文件。")

    def _money(self, row: Row, paid: str, funds: dict[str, str]) -> None:
        scale = self.head.scale
        for word, cell in funds.items():
            if blank(cell):
                continue
            fund = amount(cell, scale)
            if fund is not None:
                row.funds.append((word, fund))
            elif cell != paid:
                self._stray(row, word, cell)
        if not blank(paid):
            row.amount = amount(paid, scale)
            if row.amount is None:
                self.notes.add("D009", f"“{row.name}”的金额“{paid}”不是数字，金额留空。", row.line)
                row.is_project = True
        elif row.funds:
            row.amount = sum((fund for _, fund in row.funds), Decimal(0))
            self.notes.add("D009", f"“{row.name}”没有总计，按各项资金相加为 {money(row.amount)} 万元。", row.line, "hint")
        elif row.is_project:
            self.notes.add("D009", f"“{row.name}”没有金额，金额留空。", row.line)
        spread = sum((fund for _, fund in row.funds), Decimal(0))
        if row.amount is not None and row.funds and abs(spread - row.amount) >= Decimal("0.01"):
            parts = "、".join(f"{word} {money(fund)}" for word, fund in row.funds)
            found = f"“{row.name}”总计 {money(row.amount)} 万元，各项资金（{parts}）之和为 {money(spread)} 万元"
            self.notes.add("D001", f"{found}，相差 {money(row.amount - spread)} 万元。", row.line)

    def _stray(self, row: Row, word: str, cell: str) -> None:
        """Place what stands in a column of money and is no number: a goal that slipped to the left, or nothing."""
        found = f"“{row.name}”的“{word}”一栏不是数字：“{cell}”"
        if not row.goal and len(cell) > 8:
            row.goal, row.is_project = cell, True
            self.notes.add("D009", f"{found}，像是绩效目标错了栏，按绩效目标读入。", row.line)
        else:
            self.notes.add("D009", f"{found}，未计入。", row.line)

    def _total(self, row: Row) -> None:
        if self.table.total is None:
            self.table.total = row
        elif row.amount != self.table.total.amount:
            first, again = (money(one.amount or 0) for one in (self.table.total, row))
            found = f"又有一行合计 {again} 万元，与第 {self.table.total.line} 行的 {first} 万元不同，未采用。"
            self.notes.add("D001", found, row.line)


def read_table(lines: list[Line], head: Head, notes: Notes, where: str) -> Table:
    """Read *lines*, the first of which is the header row; remarks below the table go to *head*."""
    shape = columns(cells(lines[0]))
    assert shape is not None
    if shape.money:
        head.set_money(shape.money, lines[0].no)
    for line in lines[1:]:
        if "\t" not in line.text:
            # 单位：元 may stand below the table and holds for the rows above it.
            head.take_money(line)
    reader = _Reader(shape, head, notes, where)
    for line in lines[1:]:
        reader.read(line)
    if shape.funds:
        _report_spread(reader.table, notes)
    return reader.table


def _report_spread(table: Table, notes: Notes) -> None:
    """Say once which rows are paid from several sources: the Document has one amount a project."""
    rows = [row for row in [table.total, *table.rows] if row is not None and len(row.funds) > 1]
    if rows:
        parts = "；".join(
            f"第 {row.line} 行" + "、".join(f"{word} {money(fund)}" for word, fund in row.funds) for row in rows
        )
        notes.add("D009", f"资金来源不止一项的行只计总计（万元）：{parts}。", rows[0].line, "hint")
