"""``reviewer agree``: the rules, or rules and a model, against labelled rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.model import BaseUrl, Config, ModelName, PromptsFolder, Record, Replay, model_for
from reviewer.cli.options import TextOrJson
from reviewer.cli.output import emit, width
from reviewer.configuration import read_configuration
from reviewer.reporting.formats import Format


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
    llm: Annotated[bool, typer.Option("--llm", help="请模型一起判断，比较规则和模型合起来的结果。")] = False,
    model: ModelName = None,
    base_url: BaseUrl = None,
    record: Record = None,
    replay: Replay = None,
    prompts: PromptsFolder = None,
    config: Config = None,
) -> int:
    """Compare the rules, or rules and a model, with labelled rows."""
    from reviewer.agreement import agree
    from reviewer.reporting.agreement import render_agreement

    flags = {"model": model, "base_url": base_url, "prompts_dir": prompts}
    configuration = read_configuration(config)
    asked = model_for(llm, False, flags, configuration, record=record, replay=replay, dry_run=False)
    agreement = agree(gold, llm=asked, extra_rules=configuration.rule_folders)
    if format_ is Format.JSON:
        emit([agreement.model_dump_json(indent=2) + "\n"])
    else:
        emit([render_agreement(agreement, width=width())])
    return 0
