"""What several commands take: files, ``--format``, ``--year``, rules, and the word that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
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


def named_path(text: str) -> Path:
    """Return the path of a file or folder. Raises ``UsageError`` for one without a name."""
    if not text.strip():
        raise UsageError("文件名是空的。请写要审核的文件或文件夹。")  # Path("") would be the working folder
    return Path(text)


def year_of(text: str) -> int:
    """Return the year of ``--year``. Raises ``UsageError`` for anything else."""
    if not re.fullmatch(r"[12]\d{3}", text, re.ASCII):
        raise UsageError(f"--year 要写四位数的年份，如 2024，不能是 {text}。")
    return int(text)


def selectors_of(texts: list[str] | None) -> list[str]:
    """Return the selectors of rules in what ``--select`` or ``--ignore`` were given.

    >>> selectors_of(["V,M201", "missing-unit"])
    ['V', 'M201', 'missing-unit']
    """
    return [selector for text in texts or () for selector in re.split(r"[,，、\s]+", text) if selector]


def count_of(option: str) -> Callable[[str], int]:
    """Return a parser for *option* that raises ``UsageError`` for anything but a whole number from 1 on."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
            raise UsageError(f"{option} 要写大于 0 的整数，不能是 {text}。")
        return int(text)

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
