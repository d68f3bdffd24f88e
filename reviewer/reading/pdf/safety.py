"""Whether the streams of a PDF are of a size that can be read: packed data, and drawings that call one another."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from reviewer.errors import InputError

if TYPE_CHECKING:
    from pdfplumber.page import Page

MAX_STREAM = 48 * 1024 * 1024
"""Bytes of one stream, unpacked. The text of a page has some 100 KiB, a full Chinese font 20 MiB."""

MAX_TOTAL = 384 * 1024 * 1024
"""Bytes of all streams together; pictures are mostly in formats of their own and not counted."""

MAX_CONTENT = 4 * 1024 * 1024
"""Bytes of instructions that draw one page, those of its forms each time they are called. A full page has 100 KiB."""

MAX_MEMORY = 448 * 1024 * 1024
"""Bytes of address space for reading one file, where the system knows such a limit. 300 full pages take 200 MiB."""

PAGE_SECONDS = 20.0
"""For opening the file, and for each page; a full page takes a tenth of a second."""

FILE_SECONDS = 180.0
"""For one file: 1,000 pages at a tenth of a second, and as much again for a slower machine."""

OUT_OF_TIME, OUT_OF_MEMORY = 1, 3
"""Exit codes of the process that reads; the first is what faulthandler gives."""

SAVE_AGAIN = "请用 PDF 阅读器打开，另存或打印成新的 PDF 再读；有原来的 Excel 或 Word 就直接用原件。"

_CALL = re.compile(rb"/([^\s/<>\[\]()%{}]+)\s+Do\b")
_DEEPEST = 20  # forms in one another
_STREAM = re.compile(rb"stream\r?\n")
_PIECE = 64 * 1024
_LAYERS = 3  # streams packed into one another
_HINT = "正常的办公软件不会这样写。请确认文件来源；能打开的话，打印成新的 PDF 再读。"


def check_streams(raw: bytes, where: str) -> None:
    """Raise ``InputError`` when the streams of *raw* unpack to more than any document needs: a bomb."""
    total = 0
    for match in _STREAM.finditer(raw):
        total += _unpacked(memoryview(raw)[match.end() :])
        if total > MAX_TOTAL:
            raise InputError("文件解压后大得不正常（压缩炸弹）。", where=where, hint=_HINT)


def _unpacked(packed: memoryview) -> int:
    """Return how many bytes the zlib stream at the beginning of *packed* unpacks to, 0 when there is none."""
    size = 0
    for _ in range(_LAYERS):
        if bytes(packed[:1]) != b"x":
            break
        inner = _inflate(packed)
        size = max(size, len(inner))
        if size > MAX_STREAM:
            return MAX_TOTAL + 1
        packed = memoryview(inner)
    return size


def _inflate(packed: memoryview) -> bytes:
    """Return what *packed* unpacks to, up to a little more than the limit; damaged streams as far as they are whole."""
    unpacker, found = zlib.decompressobj(), bytearray()
    try:
        for at in range(0, len(packed), _PIECE):
            found += unpacker.decompress(packed[at : at + _PIECE], MAX_STREAM)
            if unpacker.eof or unpacker.unconsumed_tail or len(found) > MAX_STREAM:
                break
    except zlib.error:
        pass
    return bytes(found) + b"x" * bool(unpacker.unconsumed_tail)


def drawing_size(page: Page) -> int:
    """Return how many bytes of instructions draw *page*; a form that is called ten times counts ten times."""
    from pdfminer.pdftypes import resolve1

    known: dict[int, int] = {}

    def size(contents: list[Any], resources: Any, depth: int) -> int:
        forms = resolve1((resolve1(resources) or {}).get("XObject")) or {}
        total = 0
        for data in (content.get_data() for content in contents):
            total += len(data)
            for name in _CALL.findall(data) if forms and total <= MAX_CONTENT else ():
                total += called(resolve1(forms.get(name.decode("latin-1"))), resources, depth + 1)
        return total

    def called(form: Any, resources: Any, depth: int) -> int:
        attributes = getattr(form, "attrs", {})
        if getattr(attributes.get("Subtype"), "name", "") != "Form":
            return 0
        if depth > _DEEPEST:
            return MAX_CONTENT + 1
        if id(form) not in known:
            known[id(form)] = 0  # one that calls itself is drawn no second time
            known[id(form)] = size([form], attributes.get("Resources", resources), depth)
        return known[id(form)]

    contents = [resolve1(content) for content in page.page_obj.contents]
    return size([one for one in contents if hasattr(one, "get_data")], page.page_obj.resources, 0)
