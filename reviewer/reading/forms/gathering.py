"""What is gathered while the grids of a file are read, and which of their cells have been accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from reviewer.errors import InputError
from reviewer.reading.amounts import SCALES
from reviewer.reading.blocks import MAX_RECORDS
from reviewer.reading.forms.draft import Draft, Entry, Sum
from reviewer.reading.forms.surroundings import Surroundings
from reviewer.reading.grid import Cell, GridRow
from reviewer.reading.notes import Notes
from reviewer.reading.table import MAX_ROWS


@dataclass(slots=True)
class Gathering:
    """Drafts, printed sums and running text of a file; ``used`` are the cells whose text is kept or says nothing.

    ``begun`` is the place of the first header or label of a form.
    """

    notes: Notes
    where: str
    around: Surroundings
    drafts: list[Draft] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    tables: int = 0
    used: set[Cell] = field(default_factory=set)
    blocks: list[Cell] = field(default_factory=list)
    scale: Decimal = SCALES["万元"]
    money_known: bool = False
    entries: int = 0
    begun: str = ""

    def add(self, draft: Draft) -> Draft:
        """Begin a project. Raises ``InputError`` when there are more than any form has."""
        self.drafts.append(draft)
        if len(self.drafts) > MAX_ROWS:
            found = f"项目超过 {MAX_ROWS:,} 个的上限。"
            raise InputError(found, where=f"{self.where} {draft.where}", hint="请按单位分成几个文件。")
        return draft

    def next_table(self) -> int:
        """Return the number of a list that begins."""
        self.tables += 1
        return self.tables

    def count(self, *entries: Entry) -> None:
        """Count indicators. Raises ``InputError`` when there are more than any form has."""
        self.entries += len(entries)
        if self.entries > MAX_RECORDS:
            found = f"指标超过 {MAX_RECORDS:,} 条的上限。"
            raise InputError(found, where=f"{self.where} {entries[0].where}", hint="请按单位分成几个文件。")

    def use(self, *cells: Cell | None) -> None:
        """Account for *cells*."""
        for cell in cells:
            if cell is not None:
                self.used.add(cell)

    def leave(
        self, row: GridRow, labels: dict[int, str] | None = None, what: str = "这一行的", why: str = "没有采用"
    ) -> None:
        """Take one note of everything in *row* that nobody has accounted for; *labels* name its columns."""
        left = [(column, cell) for column, cell in row.distinct() if cell not in self.used]
        if not left:
            return
        self.used.update(cell for _, cell in left)
        if len(left) == 1 and not labels and what == "这一行的":
            self.notes.unused(left[0][1].text.strip(), left[0][1].where)
            return
        said = "、".join(f"{(labels or {}).get(column, '')}“{cell.text.strip()}”" for column, cell in left)
        self.notes.add("D009", f"{what}{said}{why}。", left[0][1].where, "hint")
