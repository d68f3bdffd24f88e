"""``reviewer rules``, ``explain`` and ``schema``: what the program knows and what its JSON looks like."""

from __future__ import annotations

from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.output import color_wanted, emit, width
from reviewer.errors import UsageError


@command("列出全部规则。", "reviewer rules")
def rules() -> int:
    """List the rules."""
    from reviewer.reporting.catalogue import render_catalogue
    from reviewer.rules.catalogue import load_catalogue

    emit([render_catalogue(load_catalogue(), width=width(), color=color_wanted())])
    return 0


@command(
    "解释一条规则，或者解释分数怎么来的。",
    "reviewer explain V101",
    "reviewer explain vague-degree",
    "reviewer explain score",
)
def explain(
    topic: Annotated[str, typer.Argument(metavar="规则", help="规则的代码或名称；写 score 看计分办法。")],
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
        emit([render_rule(load_catalogue().get(topic), width=width(), color=color_wanted())])
    return 0


@command("打印输入（document）或输出（review）的 JSON Schema。", "reviewer schema review", "reviewer schema document")
def schema(
    name: Annotated[str, typer.Argument(metavar="名称", help="document 或 review。")],
) -> int:
    """Print the JSON Schema of a contract."""
    import json

    from reviewer.models import Document, Review

    match name.lower():
        case "document":
            contents = Document.model_json_schema()
        case "review":
            contents = Review.model_json_schema(mode="serialization")
        case _:
            raise UsageError(f"没有 {name} 的 Schema，可用的有：document、review。")
    emit([json.dumps(contents, ensure_ascii=False, indent=2) + "\n"])
    return 0
