"""What the sheets of an .xlsx share: the names of its XML, its strings and its styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from reviewer.reading.package import Attributes, Package
from reviewer.reading.workbooks.codes import BUILT_IN
from reviewer.reading.workbooks.formats import Show, around_text, general, shower
from reviewer.reading.workbooks.intake import MAX_CELLS, MAX_TEXT

# What Excel writes, and what it writes as "Strict Open XML".
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
TRUE = frozenset({"1", "true", "on"})
"""How XML writes that something is so."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Handler = TypeVar("Handler", bound=Callable[..., None])


def in_main(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return *handlers*, named by tags of spreadsheets, as :meth:`Package.parse` wants them."""
    return {f"{namespace} {tag}": handler for tag, handler in handlers.items() for namespace in _MAIN}


class Text:
    """Collects the text between the start and the end of elements, while it is wanted."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._wanted = False
        self._phonetic = False
        self._pieces: list[str] = []
        self._length = 0

    def clear(self) -> None:
        """Begin a cell or string."""
        self._pieces = []
        self._length = 0

    def begin(self, _: Attributes) -> None:
        """Text follows that is wanted, unless it tells a pronunciation."""
        self._wanted = not self._phonetic

    def end(self) -> None:
        """No more wanted text."""
        self._wanted = False

    def begin_phonetic(self, _: Attributes) -> None:
        """What follows tells a pronunciation."""
        self._phonetic = True

    def end_phonetic(self) -> None:
        """The pronunciation ends."""
        self._phonetic = False

    def add(self, text: str) -> None:
        """Take in a piece of text, if it is wanted."""
        if self._wanted:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                self._package.refuse(f"有一格文字超过 {MAX_TEXT:,} 字的上限。", "请删去过长的内容再读。")

    def take(self) -> str:
        """Return the text since the beginning."""
        text = "".join(self._pieces)
        return _ESCAPED.sub(_unescape, text) if "_x" in text else text


def _unescape(match: re.Match[str]) -> str:
    """Characters that XML cannot hold are written ``_x000D_``; a carriage return is no more than its line break."""
    character = chr(int(match[1], 16))
    return "" if character == "\r" or (not character.isprintable() and character not in "\t\n") else character


def read_strings(package: Package, part: str | None) -> list[str]:
    """Return the shared strings; what is only there to tell how to pronounce them is left out."""
    strings: list[str] = []
    text = Text(package)

    def on_item(_: Attributes) -> None:
        if len(strings) >= MAX_CELLS:
            package.refuse(f"共享字符串超过 {MAX_CELLS:,} 条的上限。", "请删去与绩效目标无关的内容，或分成几个文件。")
        text.clear()

    def on_item_end() -> None:
        strings.append(text.take())

    if part and part in package:
        starts = in_main({"si": on_item, "t": text.begin, "rPh": text.begin_phonetic})
        ends = in_main({"si": on_item_end, "t": text.end, "rPh": text.end_phonetic})
        package.parse(part, starts, ends, text.add)
    return strings


class Style(NamedTuple):
    """How a cell shows a number, and what it shows before and after a text."""

    show: Show
    before: str
    after: str


class Styles:
    """The number formats of a workbook by the style number of a cell."""

    def __init__(self, package: Package, part: str | None, from_1904: bool) -> None:
        self._from_1904 = from_1904
        self._codes = {str(number): code for number, code in BUILT_IN.items()}
        self._formats: list[str] = []
        self._made: dict[str | None, Style] = {None: Style(general, "", "")}
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
            package.check_size(part)
            starts = in_main({"numFmt": on_format, "cellXfs": on_cells, "xf": on_style})
            package.parse(part, starts, in_main({"cellXfs": on_cells_end}))

    def __getitem__(self, number: str | None) -> Style:
        """Return the style *number*; General for one that is missing, as Excel does."""
        if number not in self._made:
            at = int(number or "0")
            code = self._codes.get(self._formats[at], "General") if 0 <= at < len(self._formats) else "General"
            self._made[number] = Style(shower(code, self._from_1904), *around_text(code))
        return self._made[number]
