"""A PDF with a text layer as one grid: ruled tables as rows of cells, everything else as running text, page by page.

The text is what the file holds, never recognised from a picture. Scripts, actions, attachments and links in the file
are not touched.

A PDF can be made to run in circles or to fill the memory in more ways than can be looked for beforehand. So it is read
in a process of its own, which is given up when it takes too much; what looks like a bomb at once is refused at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from reviewer.errors import InputError
from reviewer.models import Diagnostic
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes
from reviewer.reading.pdf.safety import FILE_SECONDS, OUT_OF_TIME, PAGE_SECONDS, SAVE_AGAIN


def read_pdf(raw: bytes, where: str, notes: Notes) -> list[Grid]:
    """Return the pages of the PDF in *raw* as one grid; *where* is the path for messages.

    The place of a cell is ``page 3``. A table that goes on over a page keeps its number, and a header repeated there
    its rows; rows and merged cells cut by the page are joined. Raises ``InputError`` for what is no PDF, encrypted,
    broken or dangerous, and for pages that are pictures without text.
    """
    answer = _answer(raw, where)
    if refused := answer.get("refused"):
        raise InputError(refused["message"], where=where, hint=refused["hint"])
    for note in map(Diagnostic.model_validate, answer["notes"]):
        notes.add(note.code, note.message, note.where, note.severity)
    cells = [Cell(*cell) for cell in answer["cells"]]
    rows = [
        GridRow([None if number is None else cells[number] for number in row], table=table)
        for table, row in answer["rows"]
    ]
    return [Grid(rows=rows)]


def _answer(raw: bytes, where: str) -> dict[str, Any]:
    """Return what the worker found. Raises ``InputError`` when it had to be given up."""
    # -P: modules are looked for where this process finds them, never in the folder the user happens to be in.
    command = [sys.executable, "-P", "-m", "reviewer.reading.pdf.worker"]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
    try:
        done = subprocess.run(command, input=raw, capture_output=True, env=paths, timeout=FILE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(f"用了 {FILE_SECONDS:.0f} 秒还没有读完。", where=where, hint=SAVE_AGAIN) from None
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode == OUT_OF_TIME and "Timeout" in said:
        found = f"打开它或读其中一页，用了 {PAGE_SECONDS:.0f} 秒也没有完，内容不正常。"
        raise InputError(found, where=where, hint=SAVE_AGAIN)
    if done.returncode == OUT_OF_TIME:
        raise RuntimeError(said)
    if done.returncode:  # OUT_OF_MEMORY, or a signal: Python itself may crash where memory ends
        raise InputError("读取它要用的内存多得不正常。", where=where, hint=SAVE_AGAIN)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
