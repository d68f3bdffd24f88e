"""Lines of a JSONL file → Document; a line that is wrong is reported with its number, and the others are kept."""

from __future__ import annotations

import json
import re

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reading.decode import decode
from reviewer.reading.notes import Notes, at
from reviewer.reading.records import read_records

_PROJECT = re.compile(r"^project (\d+)")


def read_lines(raw: bytes, where: str, first: int, *, whole: bool) -> Document:
    """Read *raw*, whose first line has the number *first*: one Document when it is *whole*, else a Project a line.

    *where* names the part in errors. Raises ``InputError`` when nothing can be read from it.

    >>> document = read_lines(b'{"name": "A"}\\n{"name": "B"', "表.jsonl", 201, whole=False)
    >>> [project.name for project in document.projects], document.diagnostics[-1].where
    (['A'], 'line 202')
    """
    notes = Notes()
    text = decode(raw, where, notes)
    if whole:
        return read_records(text, where, notes)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), first) if not line.isspace() and line]
    try:
        document = _joined(lines, where, notes)
    except InputError:
        good = [(number, line) for number, line in lines if _is_record(number, line, notes)]
        if len(good) in (0, len(lines)):
            raise
        document = _joined(good, where, notes)
        lines = good
    for diagnostic in document.diagnostics:
        if diagnostic.where:
            diagnostic.where = _PROJECT.sub(lambda found: at(lines[int(found[1]) - 1][0]), diagnostic.where)
    return document


def _joined(lines: list[tuple[int, str]], where: str, notes: Notes) -> Document:
    return read_records(f'{{"projects": [{",".join(line for _, line in lines)}]}}', where, notes)


def _is_record(number: int, line: str, notes: Notes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        notes.add("D009", f"这一行不是完整的 JSON（{reason}），没有读入。", number, "error")
        return False
    return True
