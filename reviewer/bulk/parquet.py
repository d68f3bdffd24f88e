"""Projects from a Parquet file: a column for each field of Project, ``indicators`` a list of structs.

Two hundred rows make a part, which is read as lines of JSON so that it is checked and reported like those of a JSONL
file. A row group is decoded as a stream, so that one of any size takes little memory; whoever asks for its parts in
order has it decoded once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from reviewer.errors import InputError, UsageError
from reviewer.models import Indicator, Project

PART_ROWS = 200
_BUFFER = 1 << 20  # bytes of a column that are read at once
_TEXT, _NUMBER, _INTEGER = "文字", "数字", "整数"
_KINDS = {"amount": _NUMBER, "weight": _NUMBER, "no": _INTEGER}
_HINT = "列名和格式见 reviewer schema document 里的 Project；类型用 Parquet 的文字、数字，indicators 用 list<struct>。"


def arrow() -> tuple[Any, Any]:
    """Return pyarrow and pyarrow.parquet. Raises ``UsageError`` when they are not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError(
            "Parquet 要用 pyarrow，没有装。请运行 pip install 'reviewer[parquet]'，或者改用 JSONL。"
        ) from error
    return pyarrow, pyarrow.parquet


def row_parts(path: Path) -> Iterator[tuple[int, int]]:
    """Yield the first row (from 0) and the number of rows of each part; only the end of the file is read.

    Raises ``InputError`` when it is no Parquet file of projects, and ``UsageError`` without pyarrow.
    """
    first = 0
    for rows in _opened(path).groups:
        yield from ((first + begin, min(PART_ROWS, rows - begin)) for begin in range(0, rows, PART_ROWS))
        first += rows


def read_rows(path: Path, first: int, count: int) -> bytes:
    """Return *count* rows from *first* (from 0) on, one of the parts of :func:`row_parts`, as lines of JSON.

    Raises as :func:`row_parts` does, and ``InputError`` when there are no such rows any more.
    """
    rows = _opened(path).part(first, count)
    for row in rows:
        if row.get("indicators", ()) is None:  # an empty cell is no list, and says the same
            row["indicators"] = []
    return "".join(f"{json.dumps(row, ensure_ascii=False, default=float)}\n" for row in rows).encode()


def _opened(path: Path) -> _Rows:
    try:
        state = os.stat(path)
        return _rows(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise InputError("打不开文件。", where=str(path), hint="请检查路径和读取权限。") from error


@lru_cache(maxsize=1)
def _rows(path: Path, changed: int, size: int) -> _Rows:
    return _Rows(path)


class _Rows:
    """The rows of a file, read forwards; a part that lies behind has its row group read anew."""

    def __init__(self, path: Path) -> None:
        pyarrow, parquet = arrow()
        self._where = str(path)
        self._error = pyarrow.ArrowException
        try:
            self._file = parquet.ParquetFile(path, buffer_size=_BUFFER)
        except pyarrow.ArrowException as error:
            raise InputError("不是完整的 Parquet 文件。", where=str(path), hint="请重新导出。") from error
        _check(self._file.schema_arrow, Project.model_fields, self._where, "列 ")
        groups = self._file.metadata
        self.groups = [groups.row_group(number).num_rows for number in range(groups.num_row_groups)]
        if not sum(self.groups):
            raise InputError("一行也没有。", where=self._where, hint=_HINT)
        self._group = -1
        self._next = 0
        self._batches: Iterator[Any] = iter(())
        self._lock = Lock()

    def part(self, first: int, count: int) -> list[dict[str, Any]]:
        group, begin = 0, first
        while group < len(self.groups) and begin >= self.groups[group]:
            begin -= self.groups[group]
            group += 1
        if group < len(self.groups):
            with self._lock:
                try:
                    for at, batch in self._forwards(group, begin):
                        if at == begin and batch.num_rows == count:
                            rows: list[dict[str, Any]] = batch.to_pylist()
                            return rows
                except (self._error, OSError, UnicodeDecodeError) as error:
                    self._group = -1
                    place = f"{self._where} 第 {first + 1}–{first + count} 行"
                    raise InputError(
                        f"读不出来（{type(error).__name__}）。", where=place, hint="请重新导出。"
                    ) from error
        raise InputError("文件在运行当中变了。", where=self._where, hint="请再运行一次，变了的部分会重新审核。")

    def _forwards(self, group: int, begin: int) -> Iterator[tuple[int, Any]]:
        """Yield the parts of a row group, each with its first row in it, from one at or before *begin* on."""
        if group != self._group or begin < self._next:
            self._batches = self._file.iter_batches(PART_ROWS, row_groups=[group], use_threads=False)
            self._group, self._next = group, 0
        for batch in self._batches:
            at, self._next = self._next, self._next + batch.num_rows
            yield at, batch


def _check(fields: Any, known: dict[str, Any], where: str, prefix: str) -> None:
    """Raise ``InputError`` for a column that is unknown, missing or of another type; *fields* are those of arrow."""
    given = {field.name: field.type for field in fields}
    for name, kind in given.items():
        if name not in known:
            raise InputError(f"不认识{prefix}{name}；认识的有：{'、'.join(known)}。", where=where, hint=_HINT)
        if name == "indicators":
            _check_indicators(kind, where)
        elif not _fits(kind, wanted := _KINDS.get(name, _TEXT)):
            raise InputError(f"{prefix}{name} 的类型是 {kind}，应当是{wanted}。", where=where, hint=_HINT)
    for name, field in known.items():
        if name not in given and (field.is_required() or name == "indicators"):
            raise InputError(f"缺少{prefix}{name}。", where=where, hint=_HINT)


def _check_indicators(kind: Any, where: str) -> None:
    types = arrow()[0].types
    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    if not is_list or not types.is_struct(kind.value_type):
        raise InputError(f"列 indicators 的类型是 {kind}，应当是 list<struct>。", where=where, hint=_HINT)
    _check(kind.value_type, Indicator.model_fields, where, "列 indicators 的 ")


def _fits(kind: Any, wanted: str) -> bool:
    types = arrow()[0].types
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_null(kind):
        return True
    if wanted == _TEXT:
        return any(test(kind) for test in (types.is_string, types.is_large_string, types.is_string_view))
    return types.is_integer(kind) or (wanted == _NUMBER and (types.is_floating(kind) or types.is_decimal(kind)))
