"""Typer's own words in Chinese: help pages laid out for wide characters, and what is wrong with a command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Exit, TyperException

from reviewer.cli.output import emit, width
from reviewer.errors import UsageError
from reviewer.reporting.layout import pad, width_of, wrap

_PAGE_WIDTH = 100
_TERM_COLUMNS = 22


class _Page:
    """What the help pages of the program and of its commands have in common."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        formatter.write("\n".join(_page(self, ctx)))

    def get_help_option(self, ctx: Any) -> Any:
        """Return ``--help``, which prints the page the way all output is printed."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.help = "显示这一页。"
        option.callback = _show_page
        return option


class Command(_Page, TyperCommand):
    """A command whose help page is Chinese; ``epilog`` holds its examples, one a line."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse *args*; raises ``UsageError`` for those that no parameter takes."""
        ctx.allow_extra_args = True  # so that they come back, instead of as an error in English
        if extra := super().parse_args(ctx, args):
            raise _usage(f"多余的参数：{'、'.join(extra)}。", ctx)
        return extra


class Group(_Page, TyperGroup):
    """The program, whose help page lists its commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Return the command that *args* name; raises ``UsageError`` with the nearest ones."""
        if self.get_command(ctx, args[0]) is None:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=2)
            raise _usage(f"没有 {args[0]} 这个命令。" + (f"是不是 {'、'.join(near)}？" if near else ""), ctx)
        return super().resolve_command(ctx, args)


def in_chinese(error: TyperException) -> str:
    """Return what *error* says about the command line, in Chinese and with the way to the help page."""
    ctx = getattr(error, "ctx", None)
    # Typer does not export the classes, so they are told apart by their names.
    match type(error).__name__:
        case "NoArgsIsHelpError":
            return error.format_message()
        case "MissingParameter":
            message = f"缺少参数“{_name(error.param)}”。"  # type: ignore[attr-defined]
        case "NoSuchOption":
            near = getattr(error, "possibilities", None)
            message = f"没有 {error.option_name} 这个选项。"  # type: ignore[attr-defined]
            message += f"是不是 {'、'.join(sorted(near))}？" if near else ""
        case "BadOptionUsage" if "does not take" in error.message:
            message = f"{error.option_name} 后面不写值。"  # type: ignore[attr-defined]
        case "BadOptionUsage":
            message = f"{error.option_name} 后面要写一个值。"  # type: ignore[attr-defined]
        case _:
            message = f"命令写法不对：{error.format_message()}"
    return str(_usage(message, ctx))


def _usage(message: str, ctx: Any) -> UsageError:
    return UsageError(f"{message} 用法见 {ctx.command_path} --help。" if ctx else message)


def _name(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _show_page(ctx: Any, _: Any, asked: bool) -> None:
    if asked:
        emit([ctx.get_help() + "\n"])
        raise Exit


def _page(command: Any, ctx: Any) -> Iterator[str]:
    columns = min(width(), _PAGE_WIDTH)
    parameters = command.get_params(ctx)
    arguments = [parameter for parameter in parameters if parameter.param_type_name == "argument"]
    usage = [ctx.command_path, command.options_metavar, *map(_shape, arguments)]
    if isinstance(command, TyperGroup):
        usage.append(command.subcommand_metavar)
    yield from wrap(" ".join(usage), columns, "用法：")
    yield ""
    for paragraph in (command.help or "").splitlines():
        yield from wrap(paragraph, columns)
    if isinstance(command, TyperGroup):
        commands = [(name, command.commands[name].short_help or "") for name in command.list_commands(ctx)]
        yield from _section("命令", commands, columns)
    yield from _section("参数", [(_shape(argument), argument.help or "") for argument in arguments], columns)
    options = [_option(parameter) for parameter in parameters if parameter not in arguments]
    yield from _section("选项", options, columns)
    if command.epilog:
        yield ""
        yield "例子："
        for line in command.epilog.splitlines():
            yield from wrap(line, columns, "  ", "      ")


def _shape(argument: Any) -> str:
    return _name(argument) + ("..." if argument.nargs == -1 else "")


def _option(option: Any) -> tuple[str, str]:
    value = "" if option.is_flag else f" {_name(option)}"
    return ", ".join(option.opts) + value, option.help or ""


def _section(title: str, entries: list[tuple[str, str]], columns: int) -> Iterator[str]:
    if not entries:
        return
    yield ""
    yield f"{title}："
    indent = min(max(width_of(term) for term, _ in entries) + 4, _TERM_COLUMNS + 4)
    narrow = columns < 2 * indent
    for term, text in entries:
        if narrow or width_of(term) + 4 > indent:
            yield f"  {term}"
            yield from wrap(text, columns, " " * (6 if narrow else indent))
        else:
            yield from wrap(text, columns, pad(f"  {term}", indent), " " * indent)
