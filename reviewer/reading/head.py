"""What stands around the table: title, department, unit of money, budget year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from reviewer.language.numerals import chinese_number
from reviewer.models import Project
from reviewer.reading.amounts import SCALES
from reviewer.reading.columns import cells
from reviewer.reading.lines import Line
from reviewer.reading.notes import Notes

# 填报单位：… names a body, not money.
_MONEY = re.compile(
    r"[（(]?\s{0,9}(?<![报算管用施目制])(?:金额|货币)?单位\s{0,9}[：:]\s{0,9}(?:人民币)?([十百千万亿]{0,2}元)\s{0,9}[)）]?"
)
_DEPARTMENT = re.compile(
    r"(?:部门名称|预算部门|主管部门|单位名称|填报单位|填报部门|申报单位|申报部门|预算单位|部门)"
    r"(?:[（(][^）)]{0,20}[）)])?\s{0,9}[：:]\s{0,9}(.+)"
)
_YEAR_FIELD = re.compile(r"(?:预算|申报|填报)?年度\s{0,9}[：:]\s{0,9}(20\d{2})\s{0,9}年?(?:度)?")
_YEAR = re.compile(r"(?<!\d)(20\d{2})\s{0,4}年")
_TITLE_YEAR = re.compile(
    r"(?<!\d)(20\d{2}|二[〇○零][〇○零一二三四五六七八九]{2})\s{0,4}(?:年|(?=部门|单位|项目|预算|绩效|支出))"
)
_TITLE_LINES = 3


def take_money(text: str) -> tuple[list[str], str]:
    """Return the units of money that *text* prints, and the rest of it.

    >>> take_money("编制部门：水务局  （单位：元）")
    (['元'], '编制部门：水务局  ')
    """
    return _MONEY.findall(text), _MONEY.sub("", text)


class Head:
    """Title, department, unit of money and year, gathered line by line from above and below the table."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._titles: list[Line] = []
        self._money: str | None = None
        self.department: str | None = None
        self.year: int | None = None
        self.scale: Decimal = SCALES["万元"]

    def read_above(self, lines: list[Line]) -> None:
        """Read the lines above the table; what names nothing else is the title."""
        self.find_money(lines)
        rests = [line._replace(text=self.take(line)) for line in lines]
        self._titles = [line for line in rests if line.text]
        if len(self._titles) > _TITLE_LINES:
            # A covering letter: the title is the line that names the table.
            named = [line for line in self._titles if "绩效" in line.text and "表" in line.text] or self._titles
            for line in self._titles:
                if line is not named[0]:
                    self._notes.unused(line.text, line.no)
            self._titles = [named[0]]
        self.year = self.year or year_of(self.title or "")

    def find_money(self, lines: Iterable[Line]) -> None:
        """Look for 单位：元 and its like, which may stand below the table and holds for the rows above it."""
        for line in lines:
            for unit in take_money(line.text)[0][:1]:
                self.set_money(unit, line.no)

    def set_money(self, unit: str, line: int) -> None:
        """Set the unit the table prints; amounts are turned into 万元."""
        if self._money is not None:
            if unit != self._money:
                found = f"又有一处金额单位“{unit}”，与前面的“{self._money}”不同，没有采用。"
                self._notes.add("D009", found, line, "warning")
            return
        self._money = unit
        if unit not in SCALES:
            self._notes.add("D009", f"金额单位“{unit}”认不出来，金额按万元读，请核对。", line, "warning")
        elif unit != "万元":
            self.scale = SCALES[unit]
            self._notes.add("D009", f"表中金额以{unit}为单位，已换算成万元。", line, "hint")

    def take(self, line: Line) -> str:
        """Read what *line* says about department, money and year, and return what else stands there, stripped.

        A line that repeats the title, as every page of a print does, says nothing else.
        """
        text = line.text.strip()
        if any(title.text == text for title in self._titles):
            return ""
        found = cells(take_money(text)[1])
        left = [cell for cell in found if cell and not self._take_cell(cell, line.no)]
        return text if left == cells(text) else " ".join(left)

    def _take_cell(self, text: str, line: int) -> bool:
        if match := _YEAR_FIELD.fullmatch(text):
            self.year = self.year or int(match.group(1))
            return True
        match = _DEPARTMENT.match(text)
        if match is None:
            return False
        name = match.group(1).strip()
        if self.department is None:
            self.department = name
        elif name != self.department:
            self._notes.unused(text, line)
        return True

    @property
    def title(self) -> str | None:
        """The title, its lines joined by a blank."""
        return " ".join(line.text for line in self._titles) or None


def year_of(title: str) -> int | None:
    """Return the budget year that a title names, in digits or in Chinese.

    >>> year_of("二〇二四年部门预算项目绩效目标表")
    2024
    """
    match = _TITLE_YEAR.search(title)
    if match is None:
        return None
    return int(chinese_number(match.group(1).replace("○", "〇")) or match.group(1))


def year_from(projects: list[Project], notes: Notes) -> int | None:
    """Return the year most of names, goals and values speak of, when it is clear, and say that it was derived.

    Clear means at least twice and more often than all other years together.
    """
    counts: Counter[str] = Counter()
    for project in projects:
        texts = [project.name, project.goal]
        for row in project.indicators:
            texts += [row.name, row.cycle_value or "", row.annual_value]
        for text in texts:
            if "年" in text:
                counts.update(_YEAR.findall(text))
    if not counts:
        notes.add("D009", "标题里没有年度，正文里也没有提到年份，预算年度留空。", severity="hint")
        return None
    year, times = counts.most_common(1)[0]
    seen = "、".join(f"{value} 年 {count} 次" for value, count in sorted(counts.items()))
    if times < 2 or times * 2 <= counts.total():
        notes.add("D009", f"标题里没有年度，正文提到 {seen}，看不出预算年度，留空。", severity="hint")
        return None
    notes.add("D009", f"标题里没有年度，按正文提到最多的年份定为 {year} 年（{seen}）。", severity="hint")
    return int(year)
