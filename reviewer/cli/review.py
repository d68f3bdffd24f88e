"""``reviewer review``: files in, what was found out."""

from __future__ import annotations

import gc
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewer.cli.app import command
from reviewer.cli.options import Format, one_of
from reviewer.cli.output import color_wanted, complain, displayable, emit, width
from reviewer.cli.progress import Progress
from reviewer.errors import InputError, UsageError

if TYPE_CHECKING:
    from reviewer.models import Review


_SUFFIXES = {".json": Format.JSON, ".jsonl": Format.JSONL, ".md": Format.MARKDOWN}


def _year(text: str) -> int:
    if not re.fullmatch(r"[12]\d{3}", text, re.ASCII):
        raise UsageError(f"--year 要写四位数的年份，如 2024，不能是 {text}。")
    return int(text)


def _points(text: str) -> float:
    if not re.fullmatch(r"\d{1,2}(\.\d+)?|100(\.0+)?", text, re.ASCII):
        raise UsageError(f"--fail-under 要写 0 到 100 的分数，不能是 {text}。")
    return float(text)


@command(
    "审核文件，列出问题、分数和改法。",
    "reviewer review 表.txt",
    "reviewer review 表.txt --format markdown --output 审核意见.md",
    "reviewer review *.txt --format jsonl --output 结果.jsonl",
    "reviewer review 表.json --select V,M201 --ignore missing-comparator",
    "reviewer review 表.txt --fail-under 60",
    details="能读项目支出绩效目标表的文本（UTF-8 或 GB18030）和 JSON（格式见 reviewer schema document）。\n"
    "退出码：0 完成；1 完成，但有文件低于 --fail-under；2 命令写错、文件读不了，或者结果写不出去。",
)
def review(
    paths: Annotated[list[Path], typer.Argument(metavar="文件", help="要审核的文件，可以写多个。")],
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            parser=one_of(*Format),
            metavar="格式",
            help="terminal、json、jsonl（每个文件一行）或 markdown。"
            "不写就看 --output 的后缀（.json、.jsonl、.md），再没有就是 terminal。",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="文件", help="写到这个文件；不写或写 - 是标准输出。")] = None,
    fail_under: Annotated[
        float | None, typer.Option(parser=_points, metavar="分数", help="有文件的总分低于它，退出码就是 1。")
    ] = None,
    year: Annotated[int | None, typer.Option(parser=_year, metavar="年份", help="预算年度，代替表上写的。")] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="规则", help="只用这些规则：代码、名称或代码的开头，用逗号隔开，也可以写多次。"),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="规则", help="不用这些规则，写法同上。")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="不联网。现在总是这样。")] = False,
) -> int:
    """Review files. One that cannot be read is reported, and the others are reviewed all the same."""
    chosen = format_ or _SUFFIXES.get(output.suffix.lower() if output else "", Format.TERMINAL)
    options = {"select": _selectors(select), "ignore": _selectors(ignore), "year": year}
    _spare_inputs(output, paths)
    outcome = _Outcome(fail_under)
    with _collector_off():
        emit(_rendered(_reviews(paths, options, outcome), chosen, several=len(paths) > 1), output)
    for name, score in outcome.below:
        complain(f"{name}：{score:g} 分，低于 {fail_under:g} 分。")
    return outcome.exit_code


def _selectors(texts: list[str] | None) -> list[str]:
    return [selector for text in texts or () for selector in re.split(r"[,，、\s]+", text) if selector]


def _spare_inputs(output: Path | None, paths: list[Path]) -> None:
    # os.path, because Path.exists raises for a name that is too long.
    if output is None or not os.path.exists(output):
        return
    for path in paths:
        if os.path.exists(path) and os.path.samefile(output, path):
            raise UsageError(f"--output 就是要审核的 {displayable(path)}，会盖掉原件。请换一个文件名。")


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the garbage collector still: a review holds no cycles, and walking it time and again doubles the work."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass
class _Outcome:
    """What the exit code depends on; filled in while the reviews are written."""

    fail_under: float | None
    unreadable: bool = False
    below: list[tuple[str, float]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 2 if self.unreadable else int(bool(self.below))


def _reviews(paths: list[Path], options: dict[str, Any], outcome: _Outcome) -> Iterator[tuple[str, Review]]:
    from reviewer import pipeline, read

    started = time.monotonic()
    for path in paths:
        name = displayable(path)
        try:
            with Progress(name, started) as progress:
                document = read(path)
                progress.total = len(document.projects)
                found = pipeline.review(document, on_project=progress.step, **options)
        except InputError as error:
            outcome.unreadable = True
            complain(str(error))
            continue
        if outcome.fail_under is not None and found.summary.score < outcome.fail_under:
            outcome.below.append((name, found.summary.score))
        yield name, found


def _rendered(reviews: Iterable[tuple[str, Review]], chosen: Format, several: bool) -> Iterator[str]:
    from reviewer.reporting import json, markdown, terminal

    match chosen:
        case Format.JSON:
            yield from json.json_document((review for _, review in reviews), several)
        case Format.JSONL:
            yield from json.json_lines(review for _, review in reviews)
        case Format.MARKDOWN:
            yield from _parted(markdown.render_markdown(review, file=name) for name, review in reviews)
        case Format.TERMINAL:
            columns, color = width(), color_wanted()
            yield from _parted(
                terminal.render_terminal(review, width=columns, color=color, file=name) for name, review in reviews
            )


def _parted(views: Iterable[str]) -> Iterator[str]:
    for number, view in enumerate(views):
        yield f"\n{view}" if number else view
