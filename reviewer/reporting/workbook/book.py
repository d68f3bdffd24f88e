"""The workbook as a whole: its list of sheets, and what is added to it."""

from __future__ import annotations

from reviewer.reporting.workbook.parts import Parts
from reviewer.reporting.workbook.styles import Styles
from reviewer.reporting.workbook.xml import STRICT, Element, child, namespace, place

_ORDER = """
    fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences
    definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr
    webPublishObjects extLst
"""
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class Book:
    """The sheets of a workbook by their names, in order."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.styles = Styles(parts)
        self._root = parts.tree(parts.workbook)
        self._sheets: Element = place(self._root, "sheets", _ORDER)

    @property
    def namespace(self) -> str:
        """The namespace in which sheets are written here."""
        return namespace(self._root)

    def part_of(self, name: str) -> str:
        """Return the part that holds the sheet *name*; empty when there is none of cells."""
        targets = {one.id: one.target for one in self.parts.relations(self.parts.workbook) if one.kind == "worksheet"}
        return next((targets.get(one.get(self._id), "") for one in self._sheets if one.get("name") == name), "")

    def has_print_area(self, sheet: str) -> bool:
        """Whether somebody has said what is printed of a sheet."""
        at = next((str(at) for at, one in enumerate(self._sheets) if one.get("name") == sheet), None)
        named = place(self._root, "definedNames", _ORDER)
        return any(one.get("name") == "_xlnm.Print_Area" and one.get("localSheetId") == at for one in named)

    def put_sheet(self, wanted: str, contents: bytes, titles: str, *, at: int, ours: frozenset[str]) -> None:
        """Put a sheet at a place of the list, or in the place of one of *ours* that has the *wanted* name already.

        *titles* are the rows that every printed page repeats (``$4:$4``).
        """
        listed = [one.get("name", "") for one in self._sheets]
        if wanted in ours and (part := self.part_of(wanted)):
            self.parts.put(part, contents)
            self._name_titles(wanted, listed.index(wanted), titles)
            return
        taken = {name.lower() for name in listed}
        name, number = wanted, 2
        while name.lower() in taken:
            name, number = f"{wanted}{number}", number + 1
        part = self.parts.free_name("xl/worksheets/sheet{}.xml")
        self.parts.put(part, contents)
        self.parts.declare(part, _SHEET_TYPE)
        ids = [int(one.get("sheetId", "0")) for one in self._sheets]
        made = child(self._sheets, "sheet", name=name, sheetId=str(max(ids, default=0) + 1))
        made.set(self._id, self.parts.relate(self.parts.workbook, "worksheet", part))
        self._sheets.insert(at, made)
        self._make_room(at)
        self._name_titles(name, at, titles)

    def _make_room(self, at: int) -> None:
        """Let everything that counts sheets count the new one; the workbook still opens where it did."""
        for one in place(self._root, "definedNames", _ORDER):
            number = int(one.get("localSheetId", "-1"))
            if number >= at:
                one.set("localSheetId", str(number + 1))
        views = place(self._root, "bookViews", _ORDER)
        for view in views if len(views) else [child(views, "workbookView")]:
            for name in ("activeTab", "firstSheet"):
                number = int(view.get(name, "0"))
                if number >= at and (number or name == "activeTab"):
                    view.set(name, str(number + 1))

    def _name_titles(self, sheet: str, at: int, titles: str) -> None:
        quoted = sheet.replace("'", "''")
        names = place(self._root, "definedNames", _ORDER)
        name = {"name": "_xlnm.Print_Titles", "localSheetId": str(at)}
        known = (one for one in names if all(one.get(key) == value for key, value in name.items()))
        made = next(known, None)
        if made is None:
            made = child(names, "definedName", **name)
        made.text = f"'{quoted}'!{titles}"

    @property
    def _id(self) -> str:
        return f"{{{STRICT[self.namespace]}}}id"
