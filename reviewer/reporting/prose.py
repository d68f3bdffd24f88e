"""The Markdown of rule files and of the scoring page, laid out for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.reporting.layout import Paint, pad, width_of, wrap

_ITEM = re.compile(r"( *)([-*]|\d+\.) +(.*)")
_RULER = re.compile(r"\|[\s:|-]+\|")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def prose(text: str, width: int, paint: Paint) -> Iterator[str]:
    """Yield the lines of a Markdown *text*: headings, paragraphs, lists, tables, indented or fenced code.

    >>> list(prose("## 怎么改\\n1. 把数抄来", 40, Paint(False)))
    ['怎么改', '1. 把数抄来']
    """
    table: list[list[str]] = []
    fenced = False
    for line in text.splitlines():
        if line.startswith("|") and not fenced:
            if not _RULER.fullmatch(line.strip()):
                table.append([_inline(cell.strip(), paint) for cell in line.strip().strip("|").split("|")])
            continue
        yield from _table(table, width, paint)
        table = []
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield f"    {line}" if fenced else line
        elif line.startswith("#"):
            yield paint(line.lstrip("# "), "bold")
        elif item := _ITEM.fullmatch(line):
            yield from wrap(_inline(item[3], paint), width, f"{item[1]}{item[2]} ")
        else:
            yield from wrap(_inline(line, paint), width)
    yield from _table(table, width, paint)


def _inline(text: str, paint: Paint) -> str:
    text = _STRONG.sub(lambda match: paint(match[1], "bold"), text)
    return _CODE.sub(lambda match: paint(match[1], "cyan"), text)


def _table(rows: list[list[str]], width: int, paint: Paint) -> Iterator[str]:
    """Yield aligned columns, or where they do not fit each row as a line of ``heading：cell`` pairs."""
    if not rows:
        return
    head, *body = rows
    columns = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    if sum(columns) + 2 * (len(columns) - 1) <= width:
        for row in rows:
            line = "  ".join(map(pad, row, columns)).rstrip()
            yield paint(line, "bold") if row is head else line
        return
    for first, *others in body:
        yield from wrap(first, width)
        for title, cell in zip(head[1:], others, strict=True):
            if cell:
                yield from wrap(f"{title}：{cell}", width, "  ")
