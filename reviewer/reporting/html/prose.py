"""The Markdown of our own pages as HTML: headings, paragraphs, tables, strong words and code, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

_RULER = re.compile(r"\|[\s:|-]+\|")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_LOWERED = 1  # the page's own heading stands above those of the text


def paragraphs(text: str) -> Markup:
    """Return Markdown as HTML, its headings a level lower; lines of a paragraph are joined as Chinese is.

    >>> paragraphs("## 一条指标\\n\\n五项各得\\n**1 到 5** 分。")
    Markup('<h3>一条指标</h3><p>五项各得<strong>1 到 5</strong> 分。</p>')
    """
    return Markup("").join(_blocks(text))


def _blocks(text: str) -> Iterator[Markup]:
    for kind, lines in groupby(text.splitlines(), _kind):
        if kind == "heading":
            for line in lines:
                level = len(line) - len(line.lstrip("#")) + _LOWERED
                yield Markup("<h{0}>{1}</h{0}>").format(level, _inline(line.lstrip("# ")))
        elif kind == "table":
            yield _table([line for line in lines if not _RULER.fullmatch(line.strip())])
        elif kind == "text":
            yield Markup("<p>{}</p>").format(_inline("".join(lines)))


def _kind(line: str) -> str:
    if not line.strip():
        return "gap"
    return {"#": "heading", "|": "table"}.get(line[0], "text")


def _table(lines: list[str]) -> Markup:
    head, *body = ([_inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines)
    return Markup('<div class="wide" tabindex="0"><table><thead>{}</thead><tbody>{}</tbody></table></div>').format(
        _row(head, Markup('<th scope="col">{}</th>')),
        Markup("").join(_row(row, Markup("<td>{}</td>")) for row in body),
    )


def _row(cells: list[Markup], cell: Markup) -> Markup:
    return Markup("<tr>{}</tr>").format(Markup("").join(cell.format(text) for text in cells))


def _inline(text: str) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", _STRONG.sub(r"<strong>\1</strong>", str(escape(text)))))
