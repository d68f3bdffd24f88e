"""Writes requests to files that an endpoint takes: no more than so many, and so many bytes, in each."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from reviewer.bulk.batch.book import Book, Line
from reviewer.errors import RunError, reason_of
from reviewer.judging.outcomes import Strategy

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000


class Parts:
    """Writes files into *folder* and enters them into the *book*; use it as a context manager.

    A file has its name only when it is whole, and is in the book only when it has its name. ``whole`` counts files.
    """

    def __init__(self, folder: Path, book: Book) -> None:
        self.whole = 0
        self._folder = folder
        self._book = book
        self._file: BinaryIO | None = None
        self._size = 0
        self._lines: dict[str, Line] = {}

    def __enter__(self) -> Parts:
        for left in self._folder.glob(".*.jsonl.tmp"):
            left.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self._finish()
        elif self._file is not None:
            self._file.close()

    def __contains__(self, key: str) -> bool:
        """Whether a request is in the file that is being written."""
        return key in self._lines

    def add(self, key: str, line: bytes, strategy: Strategy) -> None:
        """Write the *line* of the request *key*."""
        if len(self._lines) >= MOST_REQUESTS or (self._lines and self._size + len(line) > MOST_BYTES):
            self._finish()
        try:
            if self._file is None:
                self._file = self._part.open("wb")
            self._file.write(line)
        except OSError as error:
            raise self._unwritable(error) from error
        self._size += len(line)
        self._lines[key] = Line(key, strategy)

    @property
    def _part(self) -> Path:
        return self._folder / f".{self._book.next_number():04}.jsonl.tmp"

    def _finish(self) -> None:
        if self._file is None:
            return
        number = self._book.next_number()
        try:
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())
            os.replace(self._part, self._folder / f"{number:04}.jsonl")
        except OSError as error:
            raise self._unwritable(error) from error
        self._book.add(number, self._size, self._lines.values())
        self._file, self._size, self._lines = None, 0, {}
        self.whole += 1

    def _unwritable(self, error: OSError) -> RunError:
        return RunError(f"{self._folder}：请求文件写不进去，{reason_of(error)}。解决后再运行一次。")
