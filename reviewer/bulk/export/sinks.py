"""Where the rows of a table go: lines of JSON, or the row groups of a Parquet file."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from reviewer.bulk.export.tables import Row, Table, Value
from reviewer.bulk.parquet import arrow

Kind = Literal["parquet", "jsonl"]

_MOST_ROWS = 20_000
_MOST_CHARACTERS = 8_000_000
"""A row group ends at either, so that memory holds four of them whatever the texts are like."""


class Sink(Protocol):
    """Takes the rows of one table; a context manager."""

    def write(self, row: Row) -> None:
        """Add *row*, whose values are in the order of the columns."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


class JsonLines:
    """One JSON object a line, in UTF-8; every column is there, null where there is no value."""

    def __init__(self, table: Table, path: Path) -> None:
        self._names = [column.name for column in table.columns]
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def write(self, row: Row) -> None:
        """Add *row*."""
        line = json.dumps(dict(zip(self._names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))
        self._file.write(f"{line}\n")


class Parquet:
    """A Parquet file (zstd) whose metadata holds *about* and, for each column, its meaning.

    Raises ``UsageError`` when pyarrow is not installed.
    """

    def __init__(self, table: Table, path: Path, about: dict[str, str]) -> None:
        pyarrow, parquet = arrow()
        kinds = {
            "text": pyarrow.string(),
            "integer": pyarrow.int64(),
            "number": pyarrow.float64(),
            "flag": pyarrow.bool_(),
            "texts": pyarrow.list_(pyarrow.string()),
        }
        self._schema = pyarrow.schema(
            [
                pyarrow.field(column.name, kinds[column.kind], column.optional, {"meaning": column.meaning})
                for column in table.columns
            ],
            metadata={**about, "row": table.row},
        )
        self._arrow = pyarrow
        self._columns: list[list[Value]] = [[] for _ in table.columns]
        self._characters = 0
        self._file = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if error is None:
                self._flush()
        finally:
            self._file.close()

    def write(self, row: Row) -> None:
        """Add *row*."""
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)
        self._characters += sum(len(value) for value in row if isinstance(value, str))
        if len(self._columns[0]) >= _MOST_ROWS or self._characters >= _MOST_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        if self._columns[0]:
            arrays = [
                self._arrow.array(values, field.type) for values, field in zip(self._columns, self._schema, strict=True)
            ]
            self._file.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._columns = [[] for _ in self._columns]
        self._characters = 0
