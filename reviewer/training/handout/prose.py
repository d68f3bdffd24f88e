"""The Markdown of lessons and rule files as blocks: paragraphs, items, tables, strong words and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from reviewer.reporting.layout import width_of
from reviewer.training.handout.sheet import WIDTH, Block, Column, Grid, Mark, Paragraph, Run, Text

_RULER = re.compile(r"\|[\s:|-]+\|")
_ITEM = re.compile(r"(?:[-*]|(\d+)\.) +")
_INLINE = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")


def blocks(text: str) -> Iterator[Block]:
    """Yield what a Markdown *text* says; lines of a paragraph are joined as Chinese is.

    >>> [block.look for block in blocks("有**两种**。\\n\\n1. 甲\\n2. 乙")]
    ['body', 'item', 'item']
    """
    for kind, grouped in groupby(text.splitlines(), _kind):
        lines = list(grouped)
        if kind == "table":
            yield _table([line for line in lines if not _RULER.fullmatch(line.strip())])
        elif kind == "item":
            yield from (Paragraph(inline(_bullet(line)), "item") for line in lines)
        elif kind == "text":
            yield Paragraph(inline("".join(lines)))


def _bullet(line: str) -> str:
    return _ITEM.sub(lambda found: f"{found[1]}．" if found[1] else "· ", line, count=1)


def inline(text: str) -> Text:
    """Return a line of Markdown.

    >>> inline("写 **数** 和 `<br>`")[1]
    Run(text='数', mark='strong')
    """
    runs, at = [], 0
    for found in _INLINE.finditer(text):
        mark: Mark = "strong" if found["strong"] else "code"
        runs += [Run(text[at : found.start()]), Run(found[mark], mark)]
        at = found.end()
    return tuple(run for run in (*runs, Run(text[at:])) if run.text)


def _kind(line: str) -> str:
    if not line.strip():
        return "gap"
    if line.startswith("|"):
        return "table"
    return "item" if _ITEM.match(line) else "text"


def _table(lines: list[str]) -> Grid:
    head, *rows = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines)
    widest = [max(map(width_of, column)) + 4 for column in zip(head, *rows, strict=True)]
    columns = [Column(title, WIDTH * wide / sum(widest)) for title, wide in zip(head, widest, strict=True)]
    return Grid(tuple(columns), tuple(tuple((inline(cell),) for cell in row) for row in rows))
