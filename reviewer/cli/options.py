"""``--format``, which every command that prints more than text has."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from reviewer.errors import UsageError


class Format(StrEnum):
    """What output can be written as."""

    TERMINAL = "terminal"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"


def one_of(*allowed: Format) -> Callable[[str], Format]:
    """Return a parser for ``--format`` that raises ``UsageError`` for anything but the *allowed* ones."""

    def parse(name: str) -> Format:
        if name.lower() not in allowed:
            raise UsageError(f"--format 不能是 {name}，可用的有：{'、'.join(allowed)}。")
        return Format(name.lower())

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
