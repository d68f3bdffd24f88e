"""What several commands take: ``--format``, and the word that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from reviewer.errors import UsageError
from reviewer.reporting.formats import Format

Action = TypeVar("Action", bound=StrEnum)


def one_of(*allowed: Format) -> Callable[[str], Format]:
    """Return a parser for ``--format`` that raises ``UsageError`` for anything but the *allowed* ones."""

    def parse(name: str) -> Format:
        if name.lower() not in allowed:
            raise UsageError(f"--format 不能是 {name}，可用的有：{'、'.join(allowed)}。")
        return Format(name.lower())

    return parse


def action_of(command: str, actions: type[Action]) -> Callable[[str], Action]:
    """Return a parser for the word after *command* that raises ``UsageError`` for anything but the *actions*."""

    def parse(name: str) -> Action:
        if name not in list(actions):
            raise UsageError(f"{command} 后面不能写 {name}，可以写：{'、'.join(actions)}。")
        return actions(name)

    return parse


TextOrJson = Annotated[
    Format,
    typer.Option(
        "--format",
        parser=one_of(Format.TERMINAL, Format.JSON),
        metavar="格式",
        help="terminal（给人看，默认）或 json（给程序用）。",
    ),
]
