"""Sheets of .xlsx and .xlsm: one pass over each part, and nothing in memory but what is shown.

Read here rather than by a library because no fast one tells number formats, merged areas, hidden rows and formulas
without a stored result, and those that do build the whole workbook first.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from reviewer.reading.package import Attributes, Package
from reviewer.reading.workbooks.codes import BUILT_IN
from reviewer.reading.workbooks.formats import Show, around_text, general, shower
from reviewer.reading.workbooks.intake import MAX_CELLS, MAX_COLUMNS, MAX_TEXT, Intake, Sheet

# What Excel writes, and what it writes as "Strict Open XML".
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_NO_CELLS = {"chartsheet": "图表", "dialogsheet": "对话框", "xlMacrosheet": "宏表", "xlIntlMacrosheet": "宏表"}
_TRUE = frozenset({"1", "true", "on"})
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"

Handler = TypeVar("Handler", bound=Callable[..., None])


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
    strings = _strings(package, parts.get("sharedStrings"))
    styles = _Styles(package, parts.get("styles"), from_1904)
    for listed in sheets:
        relation = relations.get(listed.relation)
        if relation is None or (relation.kind == "worksheet" and relation.target is None):
            package.refuse(f"找不到工作表“{listed.name}”的内容，文件不完整。")
        if relation.kind != "worksheet" or relation.target is None:
            intake.say(f"“{listed.name}”是{_NO_CELLS.get(relation.kind, '特殊的表')}，不是工作表，没有读。")
            continue
        _Cells(intake.sheet(listed.name, hidden=listed.hidden), package, strings, styles).read(relation.target)
    if any(name.startswith("xl/externalLinks/") for name in package):
        intake.say("表里的公式引用了别的文件；没有打开那些文件，用的是本文件里存的结果。")


def _main(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    return {f"{namespace} {tag}": handler for tag, handler in handlers.items() for namespace in _MAIN}


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
        from_1904 = attributes.get("date1904") in _TRUE

    package.parse(part, _main({"sheet": on_sheet, "workbookPr": on_properties}))
    return sheets, from_1904


class _Text:
    """Collects the text between the start and the end of elements, while it is wanted."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._wanted = False
        self._phonetic = False
        self._pieces: list[str] = []
        self._length = 0

    def clear(self) -> None:
        self._pieces = []
        self._length = 0

    def begin(self, _: Attributes) -> None:
        self._wanted = not self._phonetic

    def end(self) -> None:
        self._wanted = False

    def begin_phonetic(self, _: Attributes) -> None:
        self._phonetic = True

    def end_phonetic(self) -> None:
        self._phonetic = False

    def add(self, text: str) -> None:
        if self._wanted:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                self._package.refuse(f"有一格文字超过 {MAX_TEXT:,} 字的上限。", "请删去过长的内容再读。")

    def take(self) -> str:
        text = "".join(self._pieces)
        return _ESCAPED.sub(_unescape, text) if "_x" in text else text


def _unescape(match: re.Match[str]) -> str:
    """Characters that XML cannot hold are written ``_x000D_``; a carriage return is no more than its line break."""
    character = chr(int(match[1], 16))
    return "" if character == "\r" or (not character.isprintable() and character not in "\t\n") else character


def _strings(package: Package, part: str | None) -> list[str]:
    """Return the shared strings; what is only there to tell how to pronounce them is left out."""
    strings: list[str] = []
    text = _Text(package)

    def on_item(_: Attributes) -> None:
        if len(strings) >= MAX_CELLS:
            package.refuse(f"共享字符串超过 {MAX_CELLS:,} 条的上限。", "请删去与绩效目标无关的内容，或分成几个文件。")
        text.clear()

    def on_item_end() -> None:
        strings.append(text.take())

    if part and part in package:
        starts = _main({"si": on_item, "t": text.begin, "rPh": text.begin_phonetic})
        ends = _main({"si": on_item_end, "t": text.end, "rPh": text.end_phonetic})
        package.parse(part, starts, ends, text.add)
    return strings


class _Style(NamedTuple):
    """How a cell shows a number, and what it shows before and after a text."""

    show: Show
    before: str
    after: str


class _Styles:
    """The number formats of a workbook by the style number of a cell."""

    def __init__(self, package: Package, part: str | None, from_1904: bool) -> None:
        self._from_1904 = from_1904
        self._codes = {str(number): code for number, code in BUILT_IN.items()}
        self._formats: list[str] = []
        self._made: dict[str | None, _Style] = {None: _Style(general, "", "")}
        in_cells = False

        def on_format(attributes: Attributes) -> None:
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

        def on_cells(_: Attributes) -> None:
            nonlocal in_cells
            in_cells = True

        def on_cells_end() -> None:
            nonlocal in_cells
            in_cells = False

        def on_style(attributes: Attributes) -> None:
            if in_cells:
                self._formats.append(attributes.get("numFmtId", "0"))

        if part and part in package:
            starts = _main({"numFmt": on_format, "cellXfs": on_cells, "xf": on_style})
            package.parse(part, starts, _main({"cellXfs": on_cells_end}))

    def __getitem__(self, number: str | None) -> _Style:
        """Return the style *number*; General for one that is missing, as Excel does."""
        if number not in self._made:
            at = int(number or "0")
            code = self._codes.get(self._formats[at], "General") if 0 <= at < len(self._formats) else "General"
            self._made[number] = _Style(shower(code, self._from_1904), *around_text(code))
        return self._made[number]


class _Cells:
    """Reads the cells of one sheet; rows and cells without a reference follow those before."""

    def __init__(self, sheet: Sheet, package: Package, strings: list[str], styles: _Styles) -> None:
        self._sheet = sheet
        self._package = package
        self._strings = strings
        self._styles = styles
        self._text = _Text(package)
        self._columns: dict[str, int] = {}
        self._row = self._column = -1
        self._type = "n"
        self._style: str | None = None
        self._has_formula = False

    def read(self, part: str) -> None:
        """Read the sheet in *part*."""
        text = self._text
        starts = _main(
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
        ends = _main({"c": self._on_cell_end, "v": text.end, "t": text.end, "rPh": text.end_phonetic})
        try:
            self._package.parse(part, starts, ends, text.add)
        except ValueError:
            self._package.refuse(f"工作表“{self._sheet.name}”第 {self._row + 1} 行附近的坐标或编号不是数，文件已损坏。")

    def _on_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        self._row = int(number) - 1 if number else self._row + 1
        self._column = -1
        if attributes.get("hidden") in _TRUE:
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
            return "TRUE" if value in _TRUE else "FALSE"
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
        if attributes.get("hidden") in _TRUE or attributes.get("width") == "0":
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
