"""``reviewer agree``: the rules against labelled rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.options import Format, TextOrJson
from reviewer.cli.output import emit, width


@command(
    "与标注比较：精确率、召回率、F1、加权 κ，逐条列出不一致。",
    "reviewer agree data/gold/sample.jsonl",
    "reviewer agree 标注.jsonl --format json",
    details="标注是 JSONL，一行一条指标；旁边的 <名称>.meta.json 写明表在哪里、标注从哪里来。"
    "格式见 docs/agreement.md。",
)
def agree(
    gold: Annotated[Path, typer.Argument(metavar="标注", help="标注文件（JSONL）。")],
    format_: TextOrJson = Format.TERMINAL,
) -> int:
    """Compare the rules with labelled rows."""
    from reviewer.agreement import agree
    from reviewer.reporting.agreement import render_agreement

    agreement = agree(gold)
    if format_ is Format.JSON:
        emit([agreement.model_dump_json(indent=2) + "\n"])
    else:
        emit([render_agreement(agreement, width=width())])
    return 0
