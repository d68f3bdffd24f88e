"""Labels with their values, as a declaration has them: beside each other, below, or in one cell."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from reviewer.reading.amounts import SCALES, amount, blank, prints_unit
from reviewer.reading.forms.draft import Draft, Entry, Fund, Said
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.surroundings import scale_of
from reviewer.reading.forms.values import one_line
from reviewer.reading.forms.words import Heading, Kind, folded, heading, pairs
from reviewer.reading.forms.words import label as label_of
from reviewer.reading.forms.written import read_written
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.headers import opens_indicator

_MONEY = frozenset({Kind.AMOUNT, Kind.SUM, Kind.FUND})
_LABELS = _MONEY | {
    *(Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT, Kind.GOAL, Kind.INDICATORS, Kind.YEAR),
    *(Kind.REMARK, Kind.FOOT, Kind.WEIGHT),
}
# What heads a column or a row of an indicator's table: beside or below a label it is no value of it.
_OTHER_HEADS = frozenset({Kind.NAME, Kind.VALUE, Kind.LEVEL1, Kind.LEVEL2, Kind.OPERATOR, Kind.MEASURE, Kind.ORDINAL})
_BODIES = frozenset({Kind.PROJECT, Kind.DEPARTMENT, Kind.UNIT})
# 120万元（其中财政拨款100万元）, 总额120万元，其中财政拨款100万元
_AMOUNT_FIRST = re.compile(
    r"(?:(?:资金|预算|项目|经费)?(?:总额|总计|合计|共计|总金额|共)\s*[：:]?\s*)?"
    r"([\d,，.]+\s*[万亿]?元?)\s*([（(,，;；:：].+)",
    re.DOTALL,
)
# 项目一：农资储备贴息（预算50万元）, a row across the table of indicators
_SECTION = re.compile(
    r"(?:项目|专项)\s*[一二三四五六七八九十\d]{1,3}\s*[：:、.．]\s*(?P<name>[^：:\n]{2,40}?)"
    r"(?:[（(][^（()）\d]{0,8}(?P<amount>\d[\d,.]*\s*[万亿]?元)[)）])?"
)
_LONGEST_SOURCE = 16
_SHORTEST_LIST = 8


class Section(NamedTuple):
    """The heading of a project across the table of indicators; ``amount`` as printed, empty where there is none."""

    name: str
    amount: str


def read_section(text: str) -> Section | None:
    """Return what a row across the table says of the project below it; None when it is no such heading.

    >>> read_section("项目一：农资储备贴息（预算50万元）")
    Section(name='农资储备贴息', amount='50万元')
    """
    match = _SECTION.fullmatch(text.strip())
    return Section(match["name"].strip(), match["amount"] or "") if match else None


class FieldReader:
    """Reads labelled values into ``draft``, the project they speak of; a new name begins a new project."""

    def __init__(self, gathering: Gathering) -> None:
        self._all = gathering
        self.draft: Draft | None = None
        self._above: dict[int, Heading] = {}
        self._goal_column: int | None = None

    @property
    def waits(self) -> bool:
        """Whether labels of the row above still have no value: it may stand below them."""
        return bool(self._above)

    def leave_rows(self) -> None:
        """Forget the labels above: a table or another grid begins."""
        self._above, self._goal_column = {}, None

    def read(self, row: GridRow, cells: list[tuple[int, Cell]]) -> list[Cell]:
        """Read labels, each with the value to its right or below it; return the cells that no label claims."""
        label: Heading | None = None
        money: str | None = None
        merged_down = False
        waiting: dict[int, Heading] = {}
        unclaimed: list[Cell] = []
        for at, (column, cell) in enumerate(cells):
            found = label_of(cell.text)
            if found is None and label is not None and label.kind in _MONEY and self._is_source(cells, at):
                found = Heading(Kind.FUND, 1, "", None, None, folded(cell.text))
            if found is not None and found.kind in _LABELS and not self._is_value(found, label):
                self._all.begun = self._all.begun or cell.where
                merged_down = cell in self._all.used
                self._all.use(cell)
                money = found.money or (money if found.kind in _MONEY else None)
                label = found
                if not merged_down:
                    waiting.update((place, found) for place, one in enumerate(row.cells) if one is cell)
                continue
            if cell in self._all.used:
                continue
            above = self._above.get(column)
            if self._heads_elsewhere(cell, label or above):
                label = None
                unclaimed.append(cell)
            elif above is not None and (label is None or merged_down):
                self._take(above, cell, column, above.money)
            elif label is None:
                if not self._goes_on(cell, column):
                    unclaimed.append(cell)
            else:
                self._value(label, cell, column, money)
                waiting = {place: one for place, one in waiting.items() if one is not label}
                label = label if label.kind is Kind.GOAL else None
        self._above = waiting
        return unclaimed

    def begin(self, name: str, amount: str, cell: Cell) -> Draft:
        """Begin a project that a row across the table names; *amount* is its money as printed, or empty."""
        self.draft = self._all.add(Draft(where=cell.where, name=one_line(name)))
        self._all.use(cell)
        if amount:
            self._amount(Heading(Kind.AMOUNT, 0, "", None, None, "预算"), amount, cell, None)
        return self.draft

    def _heads_elsewhere(self, cell: Cell, label: Heading | None) -> bool:
        """Whether a cell that should be the name of somebody or something is a header: a list of words, no form."""
        if label is None or label.kind not in _BODIES:
            return False
        found = heading(cell.text)
        return found is not None and found.kind in _OTHER_HEADS

    def _is_source(self, cells: list[tuple[int, Cell]], at: int) -> bool:
        """Whether a cell names a source of money that is in no word list: short, and its amount beside it."""
        text = cells[at][1].text.strip()
        if len(text) > _LONGEST_SOURCE or blank(text) or amount(text) is not None or at + 1 == len(cells):
            return False
        beside = cells[at + 1][1]
        return beside not in self._all.used and amount(beside.text.strip()) is not None

    def _is_value(self, found: Heading, label: Heading | None) -> bool:
        """Whether what could be a label is the value of the label before it: 项目属性 | 其他."""
        return label is not None and found.kind is Kind.SUM and label.kind not in _MONEY

    def _value(self, label: Heading, cell: Cell, column: int, money: str | None) -> None:
        """Read the value of *label*; a cell of money may hold labels of its own (``其中：财政拨款：500``)."""
        said = list(pairs(cell.text)) if label.kind in _MONEY else []
        if not any(pair.label for pair in said):
            self._take(label, cell, column, money)
            return
        self._all.use(cell)
        for pair in said:
            own = pair.label or label
            if not self.field(own, pair.text, cell, own.money or money):
                self._all.notes.unused(f"{pair.label.text}：{pair.text}" if pair.label else pair.text, cell.where)

    def _take(self, label: Heading, cell: Cell, column: int, money: str | None) -> None:
        text = cell.text.strip()
        if self.field(label, text, cell, money):
            self._all.use(cell)
        elif label.kind is not Kind.SUM and cell not in self._all.used:
            self._all.use(cell)
            self._all.notes.add("D009", f"“{label.text}”“{text}”没有采用。", cell.where, "hint")
        if label.kind is not Kind.GOAL:
            self._goal_column = None
        elif self._goal_column is None:
            self._goal_column = column

    def _goes_on(self, cell: Cell, column: int) -> bool:
        """Read a cell without a label as the rest of the goal above, if it stands below it; say whether it does."""
        draft = self.draft
        if (
            self._goal_column is None
            or column < self._goal_column
            or draft is None
            or not draft.goals
            or any(pair.label for pair in pairs(cell.text))
        ):
            return False
        draft.goals[-1].add(cell.text.strip())
        self._all.use(cell)
        return True

    def field(self, label: Heading, text: str, cell: Cell, money: str | None) -> bool:
        """Read a labelled value; say whether there is a place for it."""
        match label.kind:
            case Kind.PROJECT:
                self._form(label, cell).name = one_line(text)
            case Kind.DEPARTMENT:
                self._form(label, cell).department = one_line(text)
                self._all.around.add_department(one_line(text), cell.where)
            case Kind.UNIT if text in SCALES:
                pass  # 单位： | 万元, which was looked for before anything else
            case Kind.UNIT:
                self._form(label, cell).add_unit(one_line(text), label.rank)
            case Kind.AMOUNT | Kind.SUM:
                return self._amount(label, text, cell, money)
            case Kind.FUND:
                value = amount(text, self._scale(money))
                if value:
                    printed = money is not None or prints_unit(text)
                    self._form(label, cell).funds.append(Fund(label.text.removeprefix("其中:"), value, printed))
                return value is not None or blank(text)
            case Kind.GOAL:
                draft = self._form(label, cell)
                same = next((said for said in draft.goals if said.label == label.text), None)
                if same:
                    same.add(text)
                else:
                    draft.goals.append(Said(label.term, label.rank, label.text, text, cell.where))
            case Kind.YEAR:
                return self._all.around.take_year(text)
            case Kind.INDICATORS:
                return self._indicators(label, text, cell)
            case _:
                return False
        return True

    def _amount(self, label: Heading, text: str, cell: Cell, money: str | None) -> bool:
        draft = self._form(label, cell)
        value = amount(text, self._scale(money))
        if value is None and (first := _AMOUNT_FIRST.fullmatch(text)):
            value = amount(first[1], self._scale(money))
            self._all.notes.unused(first[2], cell.where)
            text = first[1]
        if value is None:
            if not blank(text):
                self._all.notes.add("D009", f"金额“{text}”不是数字，没有采用。", cell.where)
            return True
        if any(said.term == label.term and said.amount == value for said in draft.amounts):
            return True
        printed = money is not None or prints_unit(text)
        draft.amounts.append(Said(label.term, label.rank, label.text, text, cell.where, value, printed))
        return True

    def _scale(self, money: str | None) -> Decimal:
        return scale_of(money) if money else self._all.scale

    def _indicators(self, label: Heading, text: str, cell: Cell) -> bool:
        """Read indicators written into one cell beside the label 绩效指标."""
        if any(map(opens_indicator, text.splitlines())):
            self._form(label, cell)
            self._all.blocks.append(cell)
            return True
        found = list(read_written(text)) if len(text) > _SHORTEST_LIST else []
        draft = self._form(label, cell) if found else None
        if draft is None:
            return False
        draft.entries += [Entry(one.level1, one.level2, one.name, one.value, None, cell.where) for one in found]
        self._all.count(*draft.entries)
        return True

    def _form(self, label: Heading, cell: Cell) -> Draft:
        """Return the project that a labelled value belongs to; a name or unit below indicators begins another."""
        draft = self.draft
        begins = draft is not None and (
            (draft.entries and label.kind in _BODIES) or (label.kind is Kind.PROJECT and draft.name)
        )
        if draft is None or begins:
            draft = self.draft = self._all.add(Draft(where=cell.where))
            self._goal_column = None
        return draft
