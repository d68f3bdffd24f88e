"""Office files that are zip packages of XML parts (.xlsx .xlsm .docx .ods), opened only after they proved harmless.

    package = open_package(raw, "表.xlsx")     # InputError unless every check below has passed
    package.kind                               # Kind.XLSX, Kind.DOCX …: what it is, whatever its name says
    "xl/vbaProject.bin" in package
    package.read("docProps/app.xml")           # one part, whole
    package.parse("xl/workbook.xml", {f"{MAIN} sheet": on_sheet})   # streamed: never a whole part in memory

Checked before anything is unpacked: that it is a zip, whole, not encrypted, with no part twice; how many parts, how
much they unpack to and at what ratio (zip bombs); that no XML part has a DOCTYPE (entity bombs, external entities). So
a library may afterwards be given the same *raw*. Nothing is ever written to disk, no link is followed, and a package
inside a package is left closed. Every error says in Chinese what is wrong with which part and what to do.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat

from reviewer.errors import InputError
from reviewer.reading.signature import Kind, recognise

MAX_PARTS = 10_000
"""A workbook of 255 sheets, each with a drawing, stays below 2,000 parts."""

MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of all parts together. A list of 20,000 rows and 20 columns unpacks to some 20 MiB, pictures barely grow."""

MAX_TREE = 24 * 1024 * 1024
"""Bytes of one part that is kept in memory; as a tree of XML it takes about ten times as much."""

MAX_RATIO = 200
"""Sheets shrink to a tenth or a thirtieth. Deflate reaches 1,032 on nothing but zeros."""

RATIO_COUNTS_FROM = 16 * 1024 * 1024
"""Bytes below which a ratio does no harm: small parts of blanks may shrink a lot."""

MAX_DEPTH = 200
"""Levels of XML in one another. Sheets have eight, nested tables of a document some forty."""

MAX_ELEMENTS = 20_000_000
"""Elements that may be read, which takes some 15 seconds. A million rows of 15 empty styled cells are below."""

MAX_TOKEN = 8 * 1024 * 1024
"""Bytes that a tag or comment may take: until its end is read, all of it is in memory."""

_CHUNK = 64 * 1024
_ENTRY = b"PK\x01\x02"
_ENCRYPTED_ENTRY = 0x1
_DAMAGED = "请重新导出或下载；如果能用 Excel 或 WPS 打开，另存为新文件再读。"
_SUSPECT = "正常的办公软件不会这样写。请确认文件来源；如果能用 Excel 或 WPS 打开，另存为新文件再读。"
_HAS_PASSWORD = "请用 Excel 或 WPS 打开，去掉打开密码，另存后再读。"
# What zipfile and zlib raise on broken packages.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    OSError,
)
# The content type of a package's main part tells what it is; other parts never carry these.
_MAIN = (
    ("spreadsheetml.sheet.main+xml", Kind.XLSX),
    ("spreadsheetml.template.main+xml", Kind.XLSX),
    ("ms-excel.sheet.macroEnabled.main+xml", Kind.XLSM),
    ("ms-excel.template.macroEnabled.main+xml", Kind.XLSM),
    ("ms-excel.sheet.binary.macroEnabled.main", Kind.XLSB),
    ("wordprocessingml.document.main+xml", Kind.DOCX),
    ("wordprocessingml.template.main+xml", Kind.DOCX),
    ("ms-word.document.macroEnabled.main+xml", Kind.DOCX),
    ("presentationml.presentation.main+xml", Kind.PPTX),
)
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.ODS,
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
}

Attributes = Mapping[str, str]
OnStart = Callable[[Attributes], None]
OnEnd = Callable[[], None]
OnText = Callable[[str], None]


class _RootReached(Exception):
    """The root element has been reached, before which a DOCTYPE would have to stand."""


class Package:
    """A package that has passed the checks of :func:`open_package`; iterate over it for the names of its parts."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self.where = where
        self.kind = Kind.ZIP
        self._archive = archive
        self._elements = 0

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def __iter__(self) -> Iterator[str]:
        return iter(self._archive.NameToInfo)

    def size(self, name: str) -> int:
        """Return how many bytes the part *name* unpacks to."""
        return self._archive.NameToInfo[name].file_size

    def is_xml(self, name: str) -> bool:
        """Whether the part *name* is XML, whatever it is called."""
        return _looks_like_xml(next(self.chunks(name), b""))

    def check_size(self, name: str) -> None:
        """Raise ``InputError`` when *name* is too large to be kept in memory: above ``MAX_TREE``."""
        if name in self and self.size(name) > MAX_TREE:
            size = f"{self.size(name) / 1024**2:,.0f} MiB，超过 {MAX_TREE // 1024**2} MiB 的上限"
            self.refuse(f"部件 {name} 有 {size}。", "请删去多余的内容，或按单位分成几个文件。")

    def read(self, name: str) -> bytes:
        """Return the part *name*, unpacked. Raises ``InputError`` when it is missing, damaged or above ``MAX_TREE``."""
        self.check_size(name)
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the part *name*, unpacked, in pieces. Raises ``InputError`` when it is missing or damaged."""
        try:
            with self._archive.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except KeyError:
            self.refuse(f"缺少部件 {name}，文件不完整。", _DAMAGED)
        except _BROKEN:
            self.refuse(f"部件 {name} 已损坏，读不出来。", _DAMAGED)

    def parse(
        self,
        name: str,
        starts: Mapping[str, OnStart],
        ends: Mapping[str, OnEnd] | None = None,
        text: OnText | None = None,
    ) -> None:
        """Stream the XML part *name* past handlers, which are found by ``"URI LOCALNAME"`` of the element.

        Attributes in a namespace are ``"URI LOCALNAME"`` too; *text* gets long text in several pieces. Raises
        ``InputError`` when the part is missing, damaged, too deeply nested or has a DOCTYPE.
        """
        if _is_picture(name):
            self.check_prolog(name)
        ends = ends or {}
        depth, elements = 0, self._elements

        def on_start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, elements
            depth += 1
            elements += 1
            if depth > MAX_DEPTH:
                self.refuse(f"部件 {name} 的 XML 嵌套超过 {MAX_DEPTH} 层。", _SUSPECT)
            if elements > MAX_ELEMENTS:
                self.refuse(f"文件里的 XML 超过 {MAX_ELEMENTS:,} 个元素。", _SUSPECT)
            if tag in starts:
                starts[tag](attributes)

        def on_end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            if tag in ends:
                ends[tag]()

        parser = self._parser(name)
        parser.StartElementHandler = on_start
        parser.EndElementHandler = on_end
        if text:
            parser.CharacterDataHandler = text
        fed = 0
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > MAX_TOKEN:
                    self.refuse(f"部件 {name} 里有一个超过 {MAX_TOKEN // 1024**2} MiB 的标记。", _SUSPECT)
            parser.Parse(b"", True)
            self._elements = elements
        except expat.ExpatError as error:
            place = f"第 {error.lineno} 行第 {error.offset + 1} 列"
            self.refuse(f"部件 {name} 的 XML 在{place}处有错，文件已损坏。", _DAMAGED)

    def refuse(self, what: str, hint: str = _DAMAGED) -> NoReturn:
        """Raise ``InputError`` about this file."""
        raise InputError(what, where=self.where, hint=hint) from None

    def check_prolog(self, name: str) -> None:
        """Raise ``InputError`` when *name* is an XML part with a DOCTYPE; only what stands before its root is read."""
        head = next(self.chunks(name), b"")
        if not _looks_like_xml(head):
            return
        parser = self._parser(name)
        parser.StartElementHandler = _stop
        try:
            parser.Parse(head, False)
        except (_RootReached, expat.ExpatError):
            return
        except (LookupError, ValueError):
            self.refuse(f"部件 {name} 的文字编码认不出。", _SUSPECT)
        if self.size(name) > len(head):
            self.refuse(f"部件 {name} 的前 {_CHUNK // 1024} KiB 里没有根元素。", _SUSPECT)

    def _parser(self, name: str) -> expat.XMLParserType:
        def on_doctype(*_: object) -> NoReturn:
            self.refuse(f"部件 {name} 里有文档类型声明（DOCTYPE），可能藏有实体炸弹或外部实体，没有读取。", _SUSPECT)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.StartDoctypeDeclHandler = on_doctype
        return parser


def open_package(raw: bytes, where: str) -> Package:
    """Return the package in *raw*, checked as this module says; *where* is the path for messages.

    Raises ``InputError`` for what is no package, broken or dangerous. What kind of package it is, the caller judges.

    >>> open_package(b"%PDF-1.7", "表.xlsx")
    Traceback (most recent call last):
    reviewer.errors.InputError: 表.xlsx：这是PDF 文件，不是 Office 文档。 请给出原来的文件，或把扩展名改对再读。
    """
    kind = recognise(raw)
    if kind is Kind.ENCRYPTED:
        raise InputError("文件加了打开密码，读不出来。", where=where, hint=_HAS_PASSWORD)
    if kind is not Kind.ZIP:
        raise InputError(f"这是{kind}，不是 Office 文档。", where=where, hint="请给出原来的文件，或把扩展名改对再读。")
    # Counted before zipfile makes an object of each entry; every entry of the directory begins with these bytes.
    if (count := raw.count(_ENTRY)) > MAX_PARTS:
        raise InputError(f"压缩包里有 {count} 个部件，超过 {MAX_PARTS} 个的上限。", where=where, hint=_SUSPECT)
    try:
        archive = zipfile.ZipFile(BytesIO(raw))
    except _BROKEN:
        raise InputError("文件不完整或已损坏（压缩包的目录读不出来）。", where=where, hint=_DAMAGED) from None
    package = Package(archive, where)
    _check_sizes(package, archive.infolist())
    for name in package:
        if not _is_picture(name):
            package.check_prolog(name)
    package.kind = _kind(package)
    return package


def _check_sizes(package: Package, entries: list[zipfile.ZipInfo]) -> None:
    if len({entry.filename for entry in entries}) < len(entries):
        package.refuse("压缩包里有重名的部件，无法确定哪一个是真的。", _SUSPECT)
    if any(entry.flag_bits & _ENCRYPTED_ENTRY for entry in entries):
        package.refuse("压缩包加了密码，读不出来。", _HAS_PASSWORD)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED:
        size = f"{total / 1024**2:,.0f} MiB，超过 {MAX_UNPACKED // 1024**2} MiB 的上限"
        package.refuse(f"文件解压后有 {size}，可能是压缩炸弹，没有解压。", "请删去多余的内容，或按单位分成几个文件。")
    for entry in entries:
        if entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            ratio = f"{entry.file_size / max(entry.compress_size, 1):,.0f} 倍"
            package.refuse(f"部件 {entry.filename} 解压后膨胀 {ratio}，可能是压缩炸弹，没有解压。", _SUSPECT)


def _kind(package: Package) -> Kind:
    """Return what the package says it is; ``ZIP`` when it is no office document."""
    if "mimetype" in package and package.size("mimetype") < _CHUNK:
        kind = _OPEN_DOCUMENT.get(package.read("mimetype").strip(), Kind.ZIP)
        if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
            package.refuse("文件加了打开密码，读不出来。", _HAS_PASSWORD)
        return kind
    if "[Content_Types].xml" not in package:
        return Kind.ZIP
    types = package.read("[Content_Types].xml").decode("utf-8", "replace")
    return next((kind for content_type, kind in _MAIN if content_type in types), Kind.ZIP)


def _is_picture(name: str) -> bool:
    """Whether a part is a drawing: some programs give it a DOCTYPE, and nobody parses it."""
    return name.endswith(".svg")


def _looks_like_xml(chunk: bytes) -> bool:
    return chunk.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def _stop(*_: object) -> NoReturn:
    raise _RootReached
