"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from reviewer.errors import UsageError


class View(StrEnum):
    """For people or for programs."""

    TERMINAL = "terminal"
    JSON = "json"


def _view(name: str) -> View:
    try:
        return View(name.lower())
    except ValueError:
        raise UsageError(f"--format 不能是 {name}，可用的有：{'、'.join(View)}。") from None


ViewOption = Annotated[
    View, typer.Option("--format", parser=_view, metavar="格式", show_default=False, help="terminal（默认）或 json。")
]
