"""The program as typer sees it, and the decorator with which a module adds its commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated

import typer
from typer.exceptions import TyperException

import reviewer
from reviewer.cli.chinese import Command, Group, in_chinese
from reviewer.cli.output import emit
from reviewer.errors import UsageError

# A command adds itself when its module is imported; the help page lists them in this order.
_MODULES = (
    "review",
    "inspect",
    "template",
    "diff",
    "catalogue",
    "bulk",
    "report",
    "batch",
    "agree",
    "train",
    "prompts",
    "ledger",
    "doctor",
    "serve",
)

_app = typer.Typer(
    cls=Group,
    add_completion=False,
    no_args_is_help=True,
    options_metavar="[选项]",
    subcommand_metavar="命令 ...",
    epilog="reviewer review 申报表.xlsx\nreviewer explain V101\nreviewer review --help",
)


def _version(asked: bool) -> None:
    if asked:
        emit([f"reviewer {reviewer.__version__}\n"])
        raise typer.Exit


@_app.callback(
    help="审核预算绩效指标：找出空泛、缺单位、前后矛盾等毛病，按 SMART 打分，给出可衡量的改法。不写 --llm 就不联网。"
)
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本。")] = False,
) -> None:
    pass


def command(summary: str, *examples: str, details: str = "") -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return a decorator that adds a function, which returns its exit code, as the command of that name.

    The texts are what its help page says, in Chinese.
    """

    def add(function: Callable[..., int]) -> Callable[..., int]:
        return _app.command(
            cls=Command,
            options_metavar="[选项]",
            short_help=summary,
            help=f"{summary}\n\n{details}" if details else summary,
            epilog="\n".join(examples),
        )(function)

    return add


def run(args: Sequence[str] | None) -> int:
    """Run a command line and return the exit code of its command. Raises ``UsageError`` when it makes no sense."""
    for module in _MODULES:
        import_module(f"reviewer.cli.{module}")
    try:
        # Not `_app(...)`: that would print errors in English and end the process.
        code: int | None = typer.main.get_command(_app).main(args, prog_name="reviewer", standalone_mode=False)
    except TyperException as error:
        raise UsageError(in_chinese(error)) from error
    return code or 0
