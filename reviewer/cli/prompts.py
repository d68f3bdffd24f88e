"""``reviewer prompts``: the texts that a model is sent, as files and exactly as they go out."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.options import action_of
from reviewer.cli.output import displayable, emit, width
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.judging.prompts import Prompts
    from reviewer.judging.requests import Conversation


class Action(StrEnum):
    """What to do with the prompts."""

    LIST = "list"
    SHOW = "show"
    RENDER = "render"


@command(
    "看发给模型的提示词：列出、看原文、看一个项目实际发出的全文。不联网。",
    "reviewer prompts list",
    "reviewer prompts show judge",
    "reviewer prompts render 表.txt --project 4",
    details="list 列出全部；show 看一份的原文；render 打印审核一个项目时发给模型的全部消息，一字不差。",
)
def prompts(
    action: Annotated[
        Action, typer.Argument(metavar="list|show|render", parser=action_of("prompts", Action), help="做什么。")
    ],
    target: Annotated[
        str | None, typer.Argument(metavar="名称或文件", help="show 后面写提示词的名称，render 后面写要审核的文件。")
    ] = None,
    project: Annotated[
        int, typer.Option("--project", metavar="N", help="render：第几个项目，从 1 数起，默认是第一个。")
    ] = 1,
    folder: Annotated[
        Path | None,
        typer.Option("--prompts", metavar="文件夹", help="用这个文件夹里的同名文件代替自带的提示词。"),
    ] = None,
) -> int:
    """List the prompts, show one, or print what is sent about a project."""
    from reviewer.judging.prompts import load_prompts

    loaded = load_prompts(folder)
    match action, target:
        case Action.LIST, None:
            emit(f"{line}\n" for line in _listed(loaded))
        case Action.LIST, _:
            raise UsageError(f"prompts list 后面多了 {target}。")
        case Action.SHOW, str(name):
            emit([loaded[name].source])
        case Action.SHOW, _:
            raise UsageError(f"请写明看哪一份：{'、'.join(loaded)}。")
        case Action.RENDER, str(path):
            emit(_rendered(_conversations(Path(path), project, loaded)))
        case _:
            raise UsageError("请写明要审核的文件，如 reviewer prompts render 表.txt --project 1。")
    return 0


def _listed(loaded: Prompts) -> Iterator[str]:
    from reviewer.reporting.layout import wrap

    for prompt in loaded.values():
        yield f"{prompt.name}  {displayable(prompt.path)}"
        yield from wrap(prompt.purpose, width(), "  ")


def _conversations(path: Path, number: int, loaded: Prompts) -> list[Conversation]:
    from reviewer import read
    from reviewer.judging.requests import conversations

    document = read(path)
    if not 1 <= number <= len(document.projects):
        raise UsageError(f"{displayable(path)} 里有 {len(document.projects)} 个项目，没有第 {number} 个。")
    project = document.projects[number - 1]
    said = conversations(project, document.budget_year, loaded)
    if not said:
        raise UsageError(f"“{project.name}”没有指标，不向模型提问。")
    return said


def _rendered(said: list[Conversation]) -> Iterator[str]:
    for at, conversation in enumerate(said, 1):
        for message in conversation.messages:
            yield f"──── 请求 {at}/{len(said)} · {message['role']} ────\n{message['content']}\n\n"
