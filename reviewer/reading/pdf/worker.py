"""The process that reads one PDF: ``python -m reviewer.reading.pdf.worker``, the file on stdin, JSON on stdout.

It gives itself a limit of memory and of time for each page, and ends when it comes to either.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from typing import Any

from reviewer.errors import InputError
from reviewer.reading.grid import Cell, Grid
from reviewer.reading.notes import Notes
from reviewer.reading.pdf.pages import read_pages
from reviewer.reading.pdf.safety import MAX_MEMORY, OUT_OF_MEMORY, PAGE_SECONDS


def main() -> None:
    """Read, and print what was read or why it was refused."""
    _limit_memory()
    try:
        answer = json.dumps(_read(sys.stdin.buffer.read()))
    except (MemoryError, RecursionError):
        # Nothing that needs memory may be done any more, not even cleaning up.
        os._exit(OUT_OF_MEMORY)
    print(answer, flush=True)


def _read(raw: bytes) -> dict[str, Any]:
    notes = Notes()
    try:
        grid = read_pages(raw, "", notes, _watch)
    except InputError as error:
        return {"refused": {"message": error.message, "hint": error.hint}}
    return {**_shared(grid), "notes": [note.model_dump() for note in notes.in_order()]}


def _shared(grid: Grid) -> dict[str, Any]:
    """Return the rows with numbers of cells, so that merged cells stay one."""
    numbers: dict[Cell, int] = {}
    rows = [
        (row.table, [None if cell is None else numbers.setdefault(cell, len(numbers)) for cell in row.cells])
        for row in grid.rows
    ]
    return {"cells": [(cell.text, cell.where) for cell in numbers], "rows": rows}


def _watch() -> None:
    """End the process, whatever it is doing, unless this is called again in time."""
    faulthandler.dump_traceback_later(PAGE_SECONDS, exit=True)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MAX_MEMORY if most == resource.RLIM_INFINITY else min(MAX_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


if __name__ == "__main__":
    main()
