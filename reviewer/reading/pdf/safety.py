"""Whether the compressed streams of a PDF are of a size that can be read."""

from __future__ import annotations

import re
import zlib

from reviewer.errors import InputError

MAX_STREAM = 48 * 1024 * 1024
"""Bytes of one stream, unpacked. The text of a page has some 100 KiB, a full Chinese font 20 MiB."""

MAX_TOTAL = 384 * 1024 * 1024
"""Bytes of all streams together; pictures are mostly in formats of their own and not counted."""

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
