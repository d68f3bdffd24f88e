"""``reviewer rules``, ``explain`` and ``schema``: what the program knows and what its JSON looks like."""

from __future__ import annotations

from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.model import Config
from reviewer.cli.output import color_wanted, emit, width
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError


@command("列出全部规则。", "reviewer rules", details="reviewer.toml 里写了自己的规则放在哪里，就一起列出。")
def rules(config: Config = None) -> int:
    """List the rules."""
    from reviewer.reporting.catalogue import render_catalogue
    from reviewer.rules.catalogue import load_catalogue

    configuration = read_configuration(config)
    catalogue = load_catalogue(*configuration.rule_folders)
    changed = configuration.options()["severities"]
    emit([render_catalogue(catalogue, width=width(), color=color_wanted(), changed=changed)])
    return 0


@command(
    "解释一条规则，或者解释分数怎么来的。",
    "reviewer explain V101",
    "reviewer explain vague-degree",
    "reviewer explain score",
)
def explain(
    topic: Annotated[str, typer.Argument(metavar="规则", help="规则的代码或名称；写 score 看计分办法。")],
    config: Config = None,
) -> int:
    """Explain one rule, or the scores."""
    from reviewer.reporting.catalogue import render_rule
    from reviewer.reporting.layout import Paint
    from reviewer.reporting.prose import prose
    from reviewer.rules.catalogue import load_catalogue

    if topic.lower() == "score":
        from reviewer import scoring

        emit(f"{line}\n" for line in prose(scoring.explain(), width(), Paint(color_wanted())))
    else:
        catalogue = load_catalogue(*read_configuration(config).rule_folders)
        emit([render_rule(catalogue.get(topic), width=width(), color=color_wanted())])
    return 0


@command(
    "打印输入、输出、比较、部门报告或设置的 JSON Schema。",
    "reviewer schema review",
    "reviewer schema document",
    "reviewer schema config",
)
def schema(
    name: Annotated[
        str,
        typer.Argument(
            metavar="名称",
            help="document（输入）、review（输出）、comparison（比较）、report（部门报告）或 config（reviewer.toml）。",
        ),
    ],
) -> int:
    """Print the JSON Schema of a contract."""
    import json

    match name.lower():
        case "document":
            from reviewer.models import Document

            contents = Document.model_json_schema()
        case "review":
            from reviewer.models import Review

            contents = Review.model_json_schema(mode="serialization")
        case "comparison":
            from reviewer.comparison import Comparison

            contents = Comparison.model_json_schema(mode="serialization")
        case "report":
            from reviewer.bulk.department import Report

            contents = Report.model_json_schema(mode="serialization")
        case "config":
            from reviewer.configuration.contents import schema as schema_of_settings

            contents = schema_of_settings()
        case _:
            raise UsageError(f"没有 {name} 的 Schema，可用的有：document、review、comparison、report、config。")
    emit([json.dumps(contents, ensure_ascii=False, indent=2) + "\n"])
    return 0
