"""``reviewer ledger``: what models were asked and answered so far."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.options import action_of
from reviewer.cli.output import displayable, emit
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.ledger import Ledger


_KINDS = {
    "rate_limited": "请求太多",
    "connection": "连接中断",
    "timeout": "超时",
    "server": "端点出错",
    "overloaded": "端点太忙",
    "malformed": "回复不像答案",
    "invalid": "回答不合要求",
    "truncated": "没有写完",
    "refused": "拒答",
    "unsupported": "不支持的格式",
    "unreachable": "连不上",
    "address": "地址不对",
    "key": "密钥不对",
    "balance": "欠费",
    "forbidden": "不允许",
    "model": "没有这个模型",
    "capped": "到了上限",
}


class Action(StrEnum):
    """What to do with the ledger."""

    STATS = "stats"
    EXPORT = "export"
    PRUNE = "prune"


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise UsageError(f"--days 要写天数，如 90，不能是 {text}。")
    return int(text)


@command(
    "账本：问过模型什么、答了什么、用了多少。不联网。",
    "reviewer ledger stats",
    "reviewer ledger export --output 账本.jsonl",
    "reviewer ledger prune --days 90",
    "reviewer ledger prune --days 90 --yes",
    details="stats 按模型汇总；export 导出全部问答（JSONL，一行一次）；prune 删掉旧的。\n"
    "账本在 REVIEWER_HOME 里（默认是系统放用户数据的地方）。同一个请求再问，直接用账本里的回答，不再付费；"
    "删掉的要重新问。",
)
def ledger(
    action: Annotated[
        Action, typer.Argument(metavar="stats|export|prune", parser=action_of("ledger", Action), help="做什么。")
    ],
    days: Annotated[int | None, typer.Option(parser=_days, metavar="天数", help="prune：删掉比这更早的。")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="prune：真的删除；不写只说会删多少。")] = False,
    output: Annotated[Path | None, typer.Option(metavar="文件", help="export：写到这个文件，默认是标准输出。")] = None,
) -> int:
    """Sum up, export or prune the ledger."""
    from reviewer.ledger import Ledger

    if (days is None) == (action is Action.PRUNE):
        raise UsageError("prune 要写 --days，如 --days 90。" if action is Action.PRUNE else "--days 只用于 prune。")
    with Ledger() as opened:
        match action:
            case Action.STATS:
                emit(f"{line}\n" for line in _summed(opened))
            case Action.EXPORT:
                lines = (json.dumps(dataclasses.asdict(entry), ensure_ascii=False) for entry in opened.entries())
                emit((f"{line}\n" for line in lines), output)
            case Action.PRUNE:
                emit([_pruned(opened, days or 0, yes)])
    return 0


def _summed(opened: Ledger) -> Iterator[str]:
    uses = opened.stats()
    yield f"账本 {displayable(opened.path)}" + ("" if uses else "：还没有问过模型。")
    for use in uses:
        yield f"{use.model}  {use.base_url}"
        yield f"  {use.answered} 次有回答 · 发出 {use.attempts} 次 · {use.first[:10]} 到 {use.last[:10]}"
        yield f"  输入 {use.input_tokens:,} token · 输出 {use.output_tokens:,} token（端点没有报告的不计）"
        if use.failures:
            kinds = (f"{_KINDS.get(kind, kind)} {count} 次" for kind, count in use.failures.items())
            yield f"  没有回答：{'、'.join(kinds)}"


def _pruned(opened: Ledger, days: int, yes: bool) -> str:
    if not yes:
        return f"有 {opened.older_than(days)} 次问答早于 {days} 天。加 --yes 才会删除；删掉的以后要重新问、重新付费。\n"
    return f"删掉了 {opened.prune(days)} 次早于 {days} 天的问答。\n"
