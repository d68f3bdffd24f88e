"""The lines of the table → rows with exact amounts; goals that go on after a page break are joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from reviewer.errors import InputError
from reviewer.reading.amounts import amount, blank
from reviewer.reading.columns import Columns, columns
from reviewer.reading.head import Head
from reviewer.reading.lines import Line, is_foot
from reviewer.reading.notes import Notes, Place, money
from reviewer.reading.seams import joint, quotes_match, repeated

MAX_ROWS = 20_000
_TOTALS = frozenset({"合计", "总计"})
_PAGE_SUMS = frozenset({"小计", "本页小计", "本页合计", "页小计"})
_BODY = re.compile(
    r"(?:局|委|委员会|办|办公室|部|院|校|学校|园|所|站|队|厅|署|会|社|馆|中心|街道|街道办事处|镇|乡|政府|机关|本级|公司|学)"
    r"(?:[（(][^（()）]{1,12}[）)])?$"
)
_SHORTEST_GOAL = 8


def is_body(name: str) -> bool:
    """Whether *name* ends as those of public bodies do.

    >>> is_body("青禾县水务局"), is_body("某市第三中学（本部）"), is_body("河道保洁")
    (True, True, False)
    """
    return _BODY.search(name) is not None


@dataclass(slots=True)
class Row:
    """A row of the table. ``amount`` (万元) is None when it is missing or no number; a page may begin at a ``seam``.

    ``sure`` says what it is where the form leaves no doubt: a project, for it has indicators, or the sum of a unit.
    """

    line: Place
    name: str
    unit: str
    goal: str
    seam: bool
    amount: Decimal | None = None
    funds: list[tuple[str, Decimal]] = field(default_factory=list)
    sure: Literal["project", "unit"] | None = None

    @property
    def is_project(self) -> bool:
        """Whether the row by itself is a project: units have neither a goal nor indicators."""
        return bool(self.goal) or self.sure == "project"

    @property
    def looks_like_unit(self) -> bool:
        """Whether the row by itself looks like a unit's subtotal: no goal, and the name of a body."""
        return not self.is_project and is_body(self.name)


@dataclass(slots=True)
class Table:
    """The grand total, if there is one, and the rows of units and projects in order."""

    total: Row | None = None
    rows: list[Row] = field(default_factory=list)


def read_table(lines: list[Line], head: Head, notes: Notes, where: str) -> Table:
    """Read *lines*, the first of which is the header row; remarks below the table go to *head*.

    Raises ``InputError`` when there are more rows than a table has.
    """
    shape = columns(lines[0].text)
    assert shape is not None
    if shape.money:
        head.set_money(shape.money, lines[0].no)
    rows = [(line, shape.row(line.text)) for line in lines[1:] if columns(line.text) is None]
    head.find_money(line for line, row in rows if row is None or not row[shape.name])
    reader = _Reader(shape, head, notes, where)
    for line, row in rows:
        reader.read(line, row)
    reader.close()
    if shape.funds:
        _report_spread(reader.table, notes)
    return reader.table


class _Reader:
    def __init__(self, shape: Columns, head: Head, notes: Notes, where: str) -> None:
        self.shape, self.head, self.notes, self.where = shape, head, notes, where
        self.table = Table()
        self.last: Row | None = None  # the row that goes on, if one may
        self.more: list[tuple[Line, str]] = []  # what goes on with the goal of the last row
        self.foot = False

    def read(self, line: Line, row: list[str] | None) -> None:
        if row is None:
            self._outside(line)
        else:
            self.foot = False
            self._row(line, row)

    def _outside(self, line: Line) -> None:
        """Read a line without columns: a remark, or text of the goal above that a line break cut off."""
        text = self.head.take(line)
        self.foot = self.foot or is_foot(text)
        if text and (self.foot or text != line.text.strip()):
            self.notes.unused(text, line.no)
        elif text:
            self._go_on(line, text)

    def _go_on(self, line: Line, text: str) -> None:
        """Keep *text* as part of the goal above; a unit has none."""
        if self.last is None or (self.last.looks_like_unit and not self.more):
            self.notes.unused(text, line.no)
        else:
            self.more.append((line, text))

    def close(self) -> None:
        """Join the goal of the last row with the lines that went on with it."""
        if self.last is None or not self.more:
            return
        row, pieces, messages = self.last, [self.last.goal], []
        for line, text in self.more:
            twice = repeated(pieces[-1], text)
            said = joint(pieces[-1], text[twice:], text[:twice])
            messages.append((f"项目“{row.name}”的绩效目标在这一行接续：{said}。", line.no, twice > 0))
            pieces.append(text[twice:])
        row.goal, self.more = "".join(pieces), []
        whole = quotes_match(row.goal)
        for at, (message, no, doubtful) in enumerate(messages, 1):
            if at == len(messages) and not whole:
                message += "接好后引号或括号不成对，换页处可能丢了字，请核对原件。"
                doubtful = True
            self.notes.add("D003", message, no, "warning" if doubtful else "hint")

    def _row(self, line: Line, row: list[str]) -> None:
        shape = self.shape
        name = row[shape.name]
        unit = row[shape.unit] if shape.unit is not None else ""
        goal = row[shape.goal] if shape.goal is not None else ""
        paid = row[shape.amount] if shape.amount is not None else ""
        spare = [cell for cell in row[shape.width :] if cell]
        if shape.goal == shape.width - 1:
            # Tabs inside the goal, which is the last column.
            goal, spare = " ".join([goal, *spare]).strip(), []
        others = [f"{word or '无名栏'}“{row[at]}”" for at, word in shape.others.items() if row[at]]
        if shape.ordinal is not None and row[shape.ordinal] and not row[shape.ordinal].isdecimal():
            others.append(f"序号“{row[shape.ordinal]}”")
        others += [f"多出的一格“{cell}”" for cell in spare]
        if others:
            self.notes.add("D009", f"“{name}”这一行的{'、'.join(others)}没有采用。", line.no, "hint")
        plain = "".join(name.split()).rstrip("：:")
        if unit and not goal and (not name or plain in _PAGE_SUMS):
            name, unit, plain = unit, "", ""  # a unit's subtotal, its name in the column of units
        unpaid = not unit and blank(paid) and all(blank(row[at]) for at in shape.funds)
        if unpaid and self._continues(line, name, goal):
            return
        made = Row(line.no, name, unit, goal, line.seam)
        self._money(made, paid, [(word, row[at]) for at, word in shape.funds.items()])
        if plain in _TOTALS and not goal:
            self._total(made)
            return
        if plain in _PAGE_SUMS and not goal:
            self.notes.add("D009", f"“{name}”一行没有单位名称，没有采用：“{paid}”。", line.no, "hint")
            return
        if not name:
            self.notes.add("D009", "这一行没有项目名称，按无名项目读入。", line.no)
        self.close()
        self.table.rows.append(made)
        self.last = made
        if len(self.table.rows) > MAX_ROWS:
            found = f"表里的行超过 {MAX_ROWS:,} 行的上限。"
            raise InputError(found, where=f"{self.where} 第 {line.no} 行", hint="请按单位分成几个文件。")

    def _continues(self, line: Line, name: str, goal: str) -> bool:
        """Read a row without money that goes on with the row above: its goal, or after a page break its name."""
        last = self.last
        if not name:
            text = self.head.take(Line(line.no, goal, line.seam)) if goal else ""
            if text:
                self._go_on(line, text)
            return True
        if last is None or not line.seam or not (last.goal or self.more):
            return False
        if goal and name == last.name:
            self.notes.add("D002", f"项目名称“{name}”在下一页又印了一次，没有金额，目标接在前面。", line.no, "hint")
            self._go_on(line, goal)
            return True
        if goal or is_body(name):
            return False
        self.notes.add("D003", f"项目名称换页：“{last.name}”接“{name}”，请核对原件。", line.no)
        last.name += name
        return True

    def _money(self, row: Row, paid: str, funds: list[tuple[str, str]]) -> None:
        scale = self.head.scale
        for word, cell in funds:
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
        elif row.funds:
            row.amount = sum((fund for _, fund in row.funds), Decimal(0))
            self.notes.add(
                "D009", f"“{row.name}”没有总计，按各项资金相加为 {money(row.amount)} 万元。", row.line, "hint"
            )
        elif row.goal:
            self.notes.add("D009", f"“{row.name}”没有金额，金额留空。", row.line, "warning")
        spread = sum((fund for _, fund in row.funds), Decimal(0))
        if row.amount is not None and row.funds and abs(spread - row.amount) >= Decimal("0.01"):
            parts = "、".join(f"{word} {money(fund)}" for word, fund in row.funds)
            found = f"“{row.name}”总计 {money(row.amount)} 万元，各项资金（{parts}）之和为 {money(spread)} 万元"
            self.notes.add("D001", f"{found}，相差 {money(abs(row.amount - spread))} 万元。", row.line)

    def _stray(self, row: Row, word: str, cell: str) -> None:
        """Place what stands in a column of money and is no number: a goal that slipped to the left, or nothing."""
        found = f"“{row.name}”的“{word}”一栏不是数字：“{cell}”"
        if not row.goal and len(cell) > _SHORTEST_GOAL:
            row.goal = cell
            self.notes.add("D009", f"{found}，像是绩效目标错了栏，按绩效目标读入。", row.line, "warning")
        else:
            self.notes.add("D009", f"{found}，没有采用。", row.line)

    def _total(self, row: Row) -> None:
        if row.unit:
            self.notes.unused(row.unit, row.line)
        if self.table.total is None:
            self.table.total = row
        elif row.amount != self.table.total.amount:
            first, again = (money(one.amount or 0) for one in (self.table.total, row))
            found = f"又有一行合计 {again} 万元，与第 {self.table.total.line} 行的 {first} 万元不同，没有采用。"
            self.notes.add("D001", found, row.line)


def _report_spread(table: Table, notes: Notes) -> None:
    """Say once which rows are paid from several sources: the Document has one amount a project."""
    rows = [row for row in [table.total, *table.rows] if row is not None and len(row.funds) > 1]
    if rows:
        parts = "；".join(
            f"第 {row.line} 行" + "、".join(f"{word} {money(fund)}" for word, fund in row.funds) for row in rows
        )
        notes.add("D009", f"资金来源不止一项的行只计总计（万元）：{parts}。", rows[0].line, "hint")
