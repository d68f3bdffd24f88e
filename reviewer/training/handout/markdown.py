"""A sheet as GitHub-flavoured Markdown: to edit, to put into a mail or a page of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.reporting.layout import clean
from reviewer.reporting.markdown import escaped
from reviewer.training.handout.sheet import Block, Grid, Heading, Listing, Mark, Paragraph, Sheet, Text, Title

_AROUND: dict[Mark, tuple[str, str]] = {
    "fault": ("<u>", "</u>"),
    "good": ("**", "**"),
    "strong": ("**", "**"),
    "blank": ("<mark>", "</mark>"),
}


def render_markdown(sheet: Sheet) -> str:
    """Return *sheet* as Markdown; its text is escaped, never markup."""
    lines = [line for block in sheet.blocks for line in _block(block)]
    return "\n".join(lines).strip() + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Title):
        yield from ("", f"# {escaped(block.text)}", "")
        if block.under:
            yield _text(block.under)
    elif isinstance(block, Heading):
        yield from ("", f"{'#' * (block.level + 1)} {escaped(block.text)}")
    elif isinstance(block, Paragraph):
        yield from ("", f"{'> ' * (block.look == 'box')}{_text(block.text)}")
    elif isinstance(block, Grid):
        yield from ("", _row([escaped(column.title) for column in block.columns]), "|---" * len(block.columns) + "|")
        yield from (_row(["<br>".join(map(_text, cell)) for cell in row]) for row in block.rows)
    elif isinstance(block, Listing):
        # Indented, not fenced: a line of backticks in the file could not end it.
        yield from ("", *(f"    {clean(line)}" for line in block.lines))
    else:
        for inner in block.blocks:
            yield from _block(inner)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: Text) -> str:
    parts = []
    for run in text:
        before, after = _AROUND.get(run.mark, ("", "")) if run.mark else ("", "")
        parts.append(f"{before}{escaped(run.text)}{after}" if run.text.strip() else run.text)
    return "".join(parts)
