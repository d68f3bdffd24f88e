"""What stands around the tables of a form: title, year, department, unit of money, and what belongs to nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from reviewer.reading.amounts import SCALES
from reviewer.reading.forms.words import folded
from reviewer.reading.grid import Cell, Grid
from reviewer.reading.head import take_money, year_of
from reviewer.reading.lines import is_foot, is_page_number, is_rule
from reviewer.reading.notes import Notes

_ANNEX = re.compile(
    r"[（(]?(?:附件|附表|附|表|样表)[-—\s]{0,3}[\d一二三四五六七八九十.－-]{0,8}[)）]?[:：]?|预算\d[\d-]{0,6}表"
)
_YEAR_ALONE = re.compile(r"[（(]?\s*(20\d\d)\s*[)）]?\s*年?\s*度?(?:[（(](?:预算|申报)[)）])?\s*[)）]?")
_YEAR_IN = re.compile(r"20\d\d")
_BLANK_YEAR = re.compile(r"[（(]?[\s_]*年\s*度?\s*[)）]?")
_NAMES_A_TABLE = re.compile(r"(?:绩效|目标|申报|批复|预算).{0,20}(?:表|汇总|一览|清单)(?:[（(].{0,20}[)）])?$")
_SPEAKS_OF_GOALS = re.compile(r"绩效|目标")
_REMARK = re.compile(r"(?:备?注|说明|填报说明|填表说明|编制说明|提示)\s*[：:]|^\d{1,2}[.、．]")
_LONGEST_TITLE = 60
_SHORT = 20


class Surroundings:
    """Title, department, budget year and unit of money of a document, gathered from all of its grids."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._titles: list[tuple[str, str]] = []
        self._departments: dict[str, str] = {}
        self._money: str | None = None
        self.year: int | None = None
        self.bodies: dict[str, str] = {}

    def look_for_money(self, grid: Grid) -> str | None:
        """Return the unit of money that *grid* prints anywhere; it holds for all of its rows."""
        for row in grid.rows:
            before = ""
            for _, cell in row.distinct():
                text = cell.text
                if "元" in text:
                    units = take_money(text)[0] or take_money(f"{before}：{text}" if len(text) < _SHORT else "")[0]
                    if units:
                        return self.money(units[0], cell.where)
                before = folded(text).rstrip(":") if len(text) < _SHORT else ""
        return None

    def money(self, unit: str, where: str) -> str:
        """Return *unit* if it is one of money, else 万元, and say what is unusual about it."""
        if unit not in SCALES:
            self._notes.add("D009", f"金额单位“{unit}”认不出来，金额按万元读，请核对。", where, "warning")
            return "万元"
        if unit not in ("万元", self._money):
            self._notes.add("D009", f"表中金额以{unit}为单位，已换算成万元。", where, "hint")
            self._money = unit
        return unit

    def take_furniture(self, text: str) -> bool:
        """Read what is neither title nor text: a year, an annex number, a page number, a rule; say whether it was."""
        plain = text.strip()
        if (match := _YEAR_ALONE.fullmatch(plain)) and ("年" in plain or plain[0] in "（("):
            self.year = self.year or int(match[1])
            return True
        if is_page_number(plain) or is_rule(plain) or _BLANK_YEAR.fullmatch(plain):
            return True
        return _ANNEX.fullmatch(plain) is not None

    def take_year(self, text: str) -> bool:
        """Read the budget year from the cell of a label or column; say whether that is all that *text* says."""
        match = _YEAR_IN.search(text)
        if match is None:
            return False
        year = int(match[0])
        self.year = self.year or year
        return self.year == year and len(folded(text)) <= len("2024年度")

    def take_title(self, cell: Cell, text: str) -> bool:
        """Keep *text*, which stands above a table, as a title that may be; say whether it can be one."""
        if len(text) > _LONGEST_TITLE or _REMARK.match(text) or is_foot(text):
            return False
        if all(text != known for known, _ in self._titles):
            self._titles.append((text, cell.where))
        return True

    def knows(self, text: str) -> bool:
        """Whether *text* is a title that was read before, as every page of a print repeats it."""
        return any(text == known for known, _ in self._titles)

    def add_department(self, name: str, where: str) -> None:
        """Take note of a department; of several the first counts."""
        if name:
            self._departments.setdefault(name, where)

    def add_body(self, name: str, where: str) -> None:
        """Take note of who handed the form in, which says who the department is where nothing else does."""
        self.bodies.setdefault(name, where)

    @property
    def department(self) -> str | None:
        """The department, or whoever handed the form in."""
        return next(iter([*self._departments, *self.bodies]), None)

    def finish(self) -> str | None:
        """Return the title, set the year from it, and say what else stood above the tables."""
        title = min(self._titles, key=lambda one: _rank(one[0]), default=None)
        for text, where in self._titles:
            if self.year is None or title is None or text == title[0]:
                self.year = year_of(text) or self.year
            if title and text != title[0]:
                self._notes.unused(text, where)
        return title[0] if title else None

    def say_departments(self, used: Iterable[str]) -> None:
        """Say which other departments and bodies were named and stand nowhere in the document."""
        kept = set(used) | {self.department or ""}
        for name, where in (self._departments | self.bodies).items():
            if name not in kept:
                self._notes.unused(name, where)


def _rank(title: str) -> int:
    plain = folded(title)
    if _NAMES_A_TABLE.search(plain):
        return 0 if _SPEAKS_OF_GOALS.search(plain) else 1
    return 2 if _SPEAKS_OF_GOALS.search(plain) else 3


def scale_of(*units: str | None) -> Decimal:
    """Return how many 万元 the first unit that is known is worth; 万元 where none is.

    >>> scale_of(None, "元"), scale_of(None)
    (Decimal('0.0001'), Decimal('1'))
    """
    return next((SCALES[unit] for unit in units if unit in SCALES), SCALES["万元"])
