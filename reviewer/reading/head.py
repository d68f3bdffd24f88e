"""What stands around the table: title, department, unit of money, budget year."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from reviewer.models import Project
from reviewer.reading.amounts import SCALES
from reviewer.reading.lines import Line, is_page_number, is_rule
from reviewer.reading.notes import Notes, quote

_MONEY = re.compile(r"[（(]?\s*(?:金额)?单位\s*[：:]\s*(?:人民币)?\s*(\S*?元)\s*[)）]?")
_DEPARTMENT = re.compile(
    r"(?:部门名称|预算部门|主管部门|单位名称|填报单位|填报部门|申报单位|申报部门|部门)(?:[（(][^）)]{0,20}[）)])?\s*[：:]\s*(.+)"
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*年")
_TITLE_LINES = 3


@dataclass
class Head:
    """Title, department and unit of money, gathered line by line from above and below the table."""

    notes: Notes
    titles: list[Line] = field(default_factory=list)
    department: str | None = None
    scale: Decimal = SCALES["万元"]
    _money: str | None = None

    def take(self, line: Line) -> bool:
        """Read what *line* says about department and money; whether that was all it said."""
        text = line.text.strip()
        if match := _MONEY.search(text):
            self.set_money(match.group(1), line.no)
            text = (text[: match.start()] + text[match.end() :]).strip()
        if match := _DEPARTMENT.match(text):
            name = match.group(1).strip()
            if self.department is None:
                self.department = name
            elif name != self.department:
                self.notes.add("D009", f"又有一处部门名称{quote(name, 10**6)}，未采用。", line.no, "hint")
            text = ""
        if text and text != line.text.strip():
            self.notes.add("D009", f"表外文字“{text}”没有对应的栏目，未计入。", line.no, "hint")
            return True
        return not text

    def set_money(self, unit: str, line: int) -> None:
        """Set the unit the table prints; amounts are turned into 万元."""
        if self._money is not None and unit != self._money:
            self.notes.add("D009", f"又有一处金额单位{quote(unit)}，与前面的“{self._money}”不同，未采用。", line)
            return
        if self._money is not None or unit == "万元":
            self._money = unit
            return
        self._money = unit
        if unit not in SCALES:
            self.notes.add("D009", f"金额单位{quote(unit)}认不出来，金额按万元读，请核对。", line)
            return
        self.scale = SCALES[unit]
        self.notes.add("D009", f"表中金额以{unit}为单位，已换算成万元。", line, "hint")

    def above(self, lines: list[Line]) -> None:
        """Read the lines above the table; what names nothing else is the title."""
        self.titles = [
            line for line in lines if not (is_rule(line.text) or is_page_number(line.text) or self.take(line))
        ]
        if len(self.titles) > _TITLE_LINES:
            # A covering letter: the title is the line that names the table.
            named = [line for line in self.titles if "绩效" in line.text and "表" in line.text] or self.titles
            for line in self.titles:
                if line is not named[0]:
                    self.notes.add("D009", f"表前文字“{line.text.strip()}”没有对应的栏目，未计入。", line.no, "hint")
            self.titles = [named[0]]

    @property
    def title(self) -> str | None:
        """The title, its lines joined by a blank."""
        return " ".join(line.text.strip() for line in self.titles) or None


def year_of(title: str | None) -> int | None:
    """Return the year a title carries (2024年, 2024年度)."""
    match = _YEAR.search(title or "")
    return int(match.group(1)) if match else None


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
