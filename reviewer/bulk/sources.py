"""The inputs of a bulk run: files as named, folders with all that is in them, JSONL and Parquet files in parts.

A line of a JSONL file is one Project or one Document of ``reviewer schema document``, a row of a Parquet file one
Project. Two hundred projects make a part, so that neither memory nor what a kill can lose grows with the file; a
Document is a part of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from reviewer.bulk.store import RESULTS
from reviewer.errors import InputError, ReviewerError
from reviewer.models import Document
from reviewer.reading.folders import SUFFIXES, Found, find_files

PART_LINES = 200
PART_BYTES = 8 * 1024 * 1024
_JSONL, _PARQUET = ".jsonl", ".parquet"
_SUFFIXES = SUFFIXES | {_JSONL, _PARQUET}
# Inside a text the quotes would be escaped, so this is a key; a Project has none of that name.
_IS_DOCUMENT = re.compile(rb'"projects"\s*:')


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or a part of one that begins at ``line`` (from 1; 0 stands for a whole file).

    ``name`` is what people are shown; ``start`` and ``size`` are the bytes of a part, or the rows of one of Parquet.
    """

    path: Path
    line: int
    name: str
    start: int = 0
    size: int = 0

    @property
    def address(self) -> str:
        """The path as the store keeps it."""
        return address(self.path)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a source: its ``document``, or the ``message`` that says why there is none.

    ``digest`` is the sha256 of exactly the bytes that were read, None when there were none. Neither document nor
    message: the digest is the one that was known, and nothing was read further.
    """

    source: Source
    digest: str | None
    document: Document | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a source, or the ``message`` that says why there are none; neither when they are those known."""

    source: Source
    digest: str | None
    raw: bytes | None = None
    message: str | None = None

    def load(self) -> Loaded:
        """Make a document of them; nothing is raised."""
        if self.raw is None:
            return Loaded(self.source, self.digest, message=self.message)
        try:
            return Loaded(self.source, self.digest, _document(self.source, self.raw))
        except Exception as error:
            return Loaded(self.source, self.digest, message=_reason(self.source, error))


def files(paths: Iterable[Path]) -> Found:
    """Return the files behind *paths*, none twice, and those that are skipped; folders of runs are left out.

    Raises ``InputError`` for a folder that cannot be opened or holds nothing to read.
    """
    found = find_files(paths, _SUFFIXES)
    return Found(_inputs(found.files), _inputs(found.skipped))


def parts(path: Path) -> Iterator[Source]:
    """Yield what a file is worked on in, itself or its parts, and read it no further than asked.

    A file that cannot be read is a source all the same: :func:`load` says why.
    """
    name = shown(str(path))
    whole = Source(path, 0, name)
    stretches = {_JSONL: _lines, _PARQUET: _rows}.get(path.suffix.lower())
    if stretches is None or not os.path.isfile(path):
        yield whole
        return
    found = False
    try:
        for line, start, size in stretches(path):
            found = True
            yield Source(path, line, f"{name} 第 {line} 行起", start, size)
    except (OSError, ReviewerError):
        found = False
    if not found:  # it is empty or cannot be opened, which loading it will say
        yield whole


def is_parted(path: Path) -> bool:
    """Whether a file of this name is worked on in parts."""
    return path.suffix.lower() in (_JSONL, _PARQUET)


def left(source: Source, count: int) -> int:
    """Return about how many parts a JSONL file has after *source*, the last of *count*; 0 for other files."""
    if source.path.suffix.lower() != _JSONL or not source.size:
        return 0
    so_far = source.start + source.size
    try:
        return round((os.path.getsize(source.path) - so_far) / so_far * count)
    except OSError:
        return 0


def load(source: Source, unless: str | None = None) -> Loaded:
    """Read *source*; nothing is raised. With the digest *unless* it is known already, and no document is made of it."""
    return fetch(source, unless).load()


def fetch(source: Source, unless: str | None = None) -> Fetched:
    """Return the bytes of *source*, to make a document of them here or elsewhere; nothing is raised."""
    try:
        raw = _read(source)
    except Exception as error:
        return Fetched(source, None, message=_reason(source, error))
    digest = hashlib.sha256(raw).hexdigest()
    return Fetched(source, digest, None if digest == unless else raw)


def _reason(source: Source, error: Exception) -> str:
    if isinstance(error, ReviewerError):
        return shown(str(error))
    # Whatever a file does to reading, the others are judged all the same.
    reason = f"{source.name}：程序内部出错（{type(error).__name__}：{error}）。这是程序的缺陷，请连同文件一起报告。"
    return shown(reason)


def address(path: Path) -> str:
    """Return *path* as the store keeps it: absolute, the same from any working folder, and always text.

    >>> address(Path("/表.txt"))
    '/表.txt'
    """
    return shown(os.path.abspath(path))


def shown(name: str) -> str:
    """Return a file name as text, which it need not be: its bytes are spelt out then.

    >>> shown("表\\udcb1.txt")
    '表\\\\udcb1.txt'
    """
    return name.encode("utf-8", "backslashreplace").decode()


@lru_cache(maxsize=4096)
def _in_a_run(folder: str) -> bool:
    # What lies in the folder of a run is no input, wherever that stands.
    parent = os.path.dirname(folder)
    return os.path.exists(os.path.join(folder, RESULTS)) or (parent != folder and _in_a_run(parent))


def _inputs(paths: Iterable[Path]) -> list[Path]:
    distinct: dict[str, Path] = {}
    for path in paths:
        distinct.setdefault(os.path.abspath(path), path)
    return [path for place, path in distinct.items() if not _in_a_run(os.path.dirname(place))]


def _rows(path: Path) -> Iterator[tuple[int, int, int]]:
    from reviewer.bulk.parquet import row_parts

    for start, size in row_parts(path):
        yield start + 1, start, size


def _lines(path: Path) -> Iterator[tuple[int, int, int]]:
    with path.open("rb") as file:
        for line, start, end in _stretches(file):
            yield line, start, end - start


def _stretches(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield first line, start and end of each part."""
    first = start = end = count = at = 0
    number = 0
    while piece := file.readline(PART_BYTES):
        number += 1
        begin, at = at, at + len(piece)
        while not piece.endswith(b"\n") and (more := file.readline(PART_BYTES)):
            at += len(more)
            piece = more
        if at - begin <= PART_BYTES and piece.isspace():
            continue
        alone = at - begin > PART_BYTES or _IS_DOCUMENT.search(piece) is not None
        if count and (alone or count == PART_LINES or at - start > PART_BYTES):
            yield first, start, end
            count = 0
        if not count:
            first, start = number, begin
        end, count = at, count + 1
        if alone:
            yield first, start, end
            count = 0
    if count:
        yield first, start, end


def _read(source: Source) -> bytes:
    if source.path.suffix.lower() == _PARQUET:
        from reviewer.bulk.parquet import read_rows

        return read_rows(source.path, source.start, source.size)
    if source.size:
        return _read_part(source)
    from reviewer.reading.decode import load as load_bytes

    return load_bytes(source.path)


def _read_part(source: Source) -> bytes:
    from reviewer.reading.decode import MAX_BYTES

    if source.size > MAX_BYTES:
        raise InputError("这一行超过 64 MiB 的上限。", where=source.name, hint="请分成几行。")
    before = min(source.start, 1)
    try:
        with source.path.open("rb") as file:
            file.seek(source.start - before)
            raw = file.read(before + source.size)
    except OSError as error:
        raise InputError("打不开文件。", where=source.name, hint="请检查路径和读取权限。") from error
    if len(raw) < before + source.size or (before and not raw.startswith(b"\n")):
        raise InputError("文件在运行当中变了。", where=source.name, hint="请再运行一次，变了的部分会重新审核。")
    return raw[before:]


def _document(source: Source, raw: bytes) -> Document:
    kind = source.path.suffix.lower()
    if kind not in (_JSONL, _PARQUET):
        from reviewer.reading import read_bytes

        return read_bytes(raw, source.path)
    from reviewer.bulk.lines import read_lines

    whole = kind == _JSONL and _IS_DOCUMENT.search(raw) is not None
    return read_lines(raw, source.name, source.line or 1, whole=whole)
