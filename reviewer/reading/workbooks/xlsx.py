"""Sheets of .xlsx and .xlsm: one pass over each part, and nothing in memory but what is shown.

Read here rather than by a library because no fast one tells number formats, merged areas, hidden rows and formulas
without a stored result, and those that do build the whole workbook first.
"""

from __future__ import annotations

import math
import posixpath
import re
from typing import NamedTuple

from reviewer.reading.package import Attributes, Package
from reviewer.reading.workbooks.intake import MAX_COLUMNS, Intake, Sheet
from reviewer.reading.workbooks.shared import TRUE, Styles, Text, in_main, read_strings

# Likewise in plain and in strict files.
_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_DRAWING = (
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
)
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_NO_CELLS = {"chartsheet": "图表", "dialogsheet": "对话框", "xlMacrosheet": "宏表", "xlIntlMacrosheet": "宏表"}
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
_DIGITS = "0123456789"


class _Relation(NamedTuple):
    """Another part that a part refers to; ``kind`` is the last word of its type; the target is None when outside."""

    kind: str
    target: str | None


class _Listed(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    hidden: bool


def read_xlsx(package: Package, intake: Intake) -> None:
    """Read all sheets of the workbook in *package* into *intake*. Raises ``InputError`` when it is damaged."""
    workbook = next(
        (target for kind, target in _relations(package, "").values() if kind == "officeDocument" and target),
        "xl/workbook.xml",
    )
    relations = _relations(package, workbook)
    sheets, from_1904 = _workbook(package, workbook)
    parts = {relation.kind: relation.target for relation in relations.values()}
    strings = read_strings(package, parts.get("sharedStrings"))
    styles = Styles(package, parts.get("styles"), from_1904)
    read: set[str] = set()
    for listed in sheets:
        relation = relations.get(listed.relation)
        if relation is None or (relation.kind == "worksheet" and relation.target is None):
            package.refuse(f"找不到工作表“{listed.name}”的内容，文件不完整。")
        if relation.kind != "worksheet" or relation.target is None:
            intake.say(f"“{listed.name}”是{_NO_CELLS.get(relation.kind, '特殊的表')}，不是工作表，没有读。")
            continue
        if relation.target in read:
            package.refuse(f"工作表“{listed.name}”的内容就是另一个工作表的内容，文件已损坏。")
        read.add(relation.target)
        _Cells(intake.sheet(listed.name, hidden=listed.hidden), package, strings, styles).read(relation.target)
    if any(name.startswith("xl/externalLinks/") for name in package):
        intake.say("表里的公式引用了别的文件；没有打开那些文件，用的是本文件里存的结果。")
    for name in package:
        if name.startswith("xl/drawings/drawing") and (text := _drawn(package, name)):
            intake.say(f"表上的图形里有文字，不属于任何单元格，没有采用：“{text}”。")


def _relations(package: Package, part: str) -> dict[str, _Relation]:
    """Return the relations of *part* by their id; those of the package itself for an empty name."""
    folder, name = posixpath.split(part)
    relations: dict[str, _Relation] = {}

    def on_relation(attributes: Attributes) -> None:
        target = attributes.get("Target", "")
        inside = attributes.get("TargetMode") != "External"
        # An absolute target counts from the root of the package; what climbs out of it is simply not found.
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if inside else None
        kind = attributes.get("Type", "").rpartition("/")[2]
        relations[attributes.get("Id", "")] = _Relation(kind, path)

    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path in package:
        package.check_size(path)
        package.parse(path, {_RELATION: on_relation})
    return relations


def _workbook(package: Package, part: str) -> tuple[list[_Listed], bool]:
    """Return the sheets in their order, and whether days count from 1904."""
    sheets: list[_Listed] = []
    from_1904 = False

    def on_sheet(attributes: Attributes) -> None:
        relation = next((attributes[name] for name in _ID if name in attributes), "")
        hidden = attributes.get("state", "visible") != "visible"
        sheets.append(_Listed(attributes.get("name", ""), relation, hidden))

    def on_properties(attributes: Attributes) -> None:
        nonlocal from_1904
        from_1904 = attributes.get("date1904") in TRUE

    package.check_size(part)
    package.parse(part, in_main({"sheet": on_sheet, "workbookPr": on_properties}))
    return sheets, from_1904


def _drawn(package: Package, part: str) -> str:
    """Return the text in the shapes of a drawing."""
    text = Text(package)
    starts = {f"{namespace} t": text.begin for namespace in _DRAWING}
    package.parse(part, starts, {f"{namespace} t": text.end for namespace in _DRAWING}, text.add)
    return text.take()


class _Cells:
    """Reads the cells of one sheet; rows and cells without a reference follow those before."""

    def __init__(self, sheet: Sheet, package: Package, strings: list[str], styles: Styles) -> None:
        self._sheet = sheet
        self._package = package
        self._strings = strings
        self._styles = styles
        self._text = Text(package)
        self._columns: dict[str, int] = {}
        self._row = self._column = -1
        self._type = "n"
        self._style: str | None = None
        self._has_formula = False

    def read(self, part: str) -> None:
        """Read the sheet in *part*."""
        text = self._text
        starts = in_main(
            {
                "row": self._on_row,
                "c": self._on_cell,
                "f": self._on_formula,
                "v": text.begin,
                "t": text.begin,
                "rPh": text.begin_phonetic,
                "mergeCell": self._on_merged,
                "col": self._on_columns,
            }
        )
        ends = in_main({"c": self._on_cell_end, "v": text.end, "t": text.end, "rPh": text.end_phonetic})
        try:
            self._package.parse(part, starts, ends, text.add)
        except ValueError:
            self._package.refuse(f"工作表“{self._sheet.name}”第 {self._row + 1} 行附近的坐标或编号不是数，文件已损坏。")

    def _on_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        self._row = int(number) - 1 if number else self._row + 1
        self._column = -1
        if attributes.get("hidden") in TRUE:
            self._sheet.hide_row(self._row)

    def _on_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._column = self._column_of(reference.rstrip(_DIGITS)) if reference else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s")
        self._has_formula = False
        self._text.clear()

    def _on_formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _on_cell_end(self) -> None:
        value = self._text.take()
        if not value:
            # An empty text is a result that Excel stores as such; other types have none.
            if self._has_formula and self._type != "str":
                self._sheet.put_uncalculated(self._row, self._column)
        elif self._type == "e":
            self._sheet.put_error(self._row, self._column, value)
        else:
            self._sheet.put(self._row, self._column, self._shown(value))

    def _shown(self, value: str) -> str:
        style = self._styles[self._style]
        if self._type == "n":
            try:
                number = float(value)
            except ValueError:
                return value
            return style.show(number) if math.isfinite(number) else value
        if self._type == "b":
            return "TRUE" if value in TRUE else "FALSE"
        if self._type == "d":
            return value.removesuffix("Z").removesuffix("T00:00:00").replace("T", " ")
        if self._type == "s":
            at = int(value)
            if not 0 <= at < len(self._strings):
                place = self._sheet.place(self._row, self._column)
                total = len(self._strings)
                self._package.refuse(f"{place} 引用的第 {at} 条共享字符串不存在（共 {total} 条），文件已损坏。")
            value = self._strings[at]
        return f"{style.before}{value}{style.after}" if style.before or style.after else value

    def _on_merged(self, attributes: Attributes) -> None:
        if area := _AREA.fullmatch(attributes.get("ref", "")):
            left, top, right, bottom = area.groups()
            self._sheet.merge(int(top) - 1, self._column_of(left), int(bottom) - 1, self._column_of(right))

    def _on_columns(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in TRUE or attributes.get("width") == "0":
            self._sheet.hide_columns(int(attributes.get("min", "1")) - 1, int(attributes.get("max", MAX_COLUMNS)) - 1)

    def _column_of(self, name: str) -> int:
        if name not in self._columns:
            if not re.fullmatch("[A-Z]{1,3}", name):
                raise ValueError(name)
            number = 0
            for letter in name:
                number = number * 26 + ord(letter) - ord("A") + 1
            self._columns[name] = number - 1
        return self._columns[name]
