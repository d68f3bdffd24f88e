"""``reviewer inspect``: what was read, before anything is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.options import TextOrJson
from reviewer.cli.output import color_wanted, displayable, emit, width
from reviewer.reporting.formats import Format


@command(
    "只看读到了什么：项目、指标、合计是否相符、哪里可疑。",
    "reviewer inspect 表.txt",
    "reviewer inspect 表.txt --format json",
)
def inspect(
    path: Annotated[Path, typer.Argument(metavar="文件", help="要读的文件。")],
    format_: TextOrJson = Format.TERMINAL,
) -> int:
    """Show what was read."""
    from reviewer import read
    from reviewer.reporting.inspection import inspection_json, render_inspection

    document = read(path)
    if format_ is Format.JSON:
        emit([inspection_json(document)])
    else:
        emit([render_inspection(document, width=width(), color=color_wanted(), file=displayable(path))])
    return 0
