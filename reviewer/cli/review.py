"""``reviewer review``: files in, what was found out."""

from __future__ import annotations

import gc
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewer.cli.app import command
from reviewer.cli.model import (
    BaseUrl,
    Concurrency,
    Config,
    DryRun,
    MaxCost,
    MaxTokens,
    ModelName,
    PromptsFolder,
    Record,
    Repeat,
    Replay,
    Rpm,
    Tpm,
    model_for,
)
from reviewer.cli.options import named_path, one_of, selectors_of, year_of
from reviewer.cli.outcome import Outcome
from reviewer.cli.output import complain, displayable, emit
from reviewer.cli.progress import Progress
from reviewer.configuration import read_configuration
from reviewer.errors import InputError, UsageError
from reviewer.reporting.formats import OF_A_REVIEW, Format, Reviewed

if TYPE_CHECKING:
    from reviewer.settings import LLM


def _points(text: str) -> float:
    if not re.fullmatch(r"\d{1,2}(\.\d+)?|100(\.0+)?", text, re.ASCII):
        raise UsageError(f"--fail-under 要写 0 到 100 的分数，不能是 {text}。")
    return float(text)


@command(
    "审核文件，列出问题、分数和改法。",
    "reviewer review 申报表.xlsx",
    "reviewer review 申报表.xlsx --output 申报表.审核.xlsx",
    "reviewer review 各单位/ --output 审核结果/",
    "reviewer review 申报表.docx --format docx --format html --output 审核结果/",
    "reviewer review *.txt --format jsonl --output 结果.jsonl",
    "reviewer review 表.json --select V,M201 --ignore missing-comparator",
    "reviewer review 表.txt --fail-under 60",
    "reviewer review 申报表.xlsx --baseline 上次.json",
    "reviewer review 表.txt --llm --model qwen-max --dry-run",
    details="能读 Excel（.xlsx .xlsm .xls .et .ods）、Word（.docx）、有文字层的 PDF、CSV、文本"
    "和 JSON（格式见 reviewer schema document），也可以给文件夹。原件不会改动。\n"
    "加上 --llm 才请模型判断。和模型有关的选项也可以写在环境变量或 reviewer.toml 里，"
    "reviewer doctor 说明现在用的是什么。\n"
    "退出码：0 完成；1 完成，但有文件低于 --fail-under，或比 --baseline 多了错误、警告；"
    "2 命令写错、文件读不了，或者结果写不出去；"
    "3 有项目模型没能判断；4 到了上限，再运行一次接着做；5 端点不接受密钥或模型。",
)
def review(
    paths: Annotated[
        list[Path], typer.Argument(parser=named_path, metavar="文件", help="要审核的文件或文件夹，可以写多个。")
    ],
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "--format",
            parser=one_of(*OF_A_REVIEW),
            metavar="格式",
            help="terminal、xlsx（批注在原表的副本上）、docx（审核意见书）、html（可筛选的网页）、markdown、csv、json、"
            "jsonl（每个文件一行）、sarif 或 junit，可以写多次。不写就看 --output 的后缀，再没有就是 terminal；"
            "--output 是文件夹时是 xlsx、docx 和 html。",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(metavar="文件", help="写到这个文件，或这个文件夹（以 / 结尾或已有）；不写或写 - 是标准输出。"),
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(parser=_points, metavar="分数", help="有文件的总分低于它，退出码就是 1。")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="文件", help="上次的结果（--format json 存下的）：只有新增的错误和警告让退出码是 1。"),
    ] = None,
    year: Annotated[int | None, typer.Option(parser=year_of, metavar="年份", help="预算年度，代替表上写的。")] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="规则", help="只用这些规则：代码、名称或代码的开头，用逗号隔开，也可以写多次。"),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="规则", help="不用这些规则，写法同上。")] = None,
    llm: Annotated[
        bool, typer.Option("--llm", help="请模型判断规则判断不了的：相关性、合理性、目标有没有漏项。")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="不联网，只用规则。不写 --llm 就是这样。")] = False,
    model: ModelName = None,
    base_url: BaseUrl = None,
    record: Record = None,
    replay: Replay = None,
    prompts: PromptsFolder = None,
    repeat: Repeat = None,
    dry_run: DryRun = False,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    concurrency: Concurrency = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    config: Config = None,
) -> int:
    """Review files. One that cannot be read is reported, and the others are reviewed all the same."""
    from reviewer.cli.reports import Reports
    from reviewer.reading.folders import find_files

    found = find_files(paths)
    reports = Reports(formats or [], output, several=len(paths) > 1 or len(found.files) > 1)
    flags = {
        "model": model,
        "base_url": base_url,
        "prompts_dir": prompts,
        "repeat": repeat,
        "max_cost": max_cost,
        "max_tokens_total": max_tokens,
        "concurrency": concurrency,
        "rpm": rpm,
        "tpm": tpm,
    }
    configuration = read_configuration(config)
    asked = model_for(llm, offline, flags, configuration, record=record, replay=replay, dry_run=dry_run)
    if dry_run and asked:
        emit([_forecast(found.files, asked, year)])
        return 0
    options = configuration.options(select=selectors_of(select), ignore=selectors_of(ignore), year=year)
    fail_under = configuration.fail_under if fail_under is None else fail_under
    before = None
    if baseline is not None:
        from reviewer.comparison.sources import read_reviews

        before = read_reviews(baseline)
    _spare_inputs(output, found.files)
    if found.skipped:
        complain(f"跳过 {len(found.skipped)} 个读不了的文件：{_listed(found.skipped)}")
    outcome = Outcome(fail_under, before)
    # A model's connections leave cycles behind, so with one the collector goes on.
    with nullcontext() if asked else _collector_off():
        reports.write(_reviews(found.files, options, asked, outcome))
    for complaint in outcome.complaints():
        complain(complaint)
    return outcome.exit_code


def _forecast(paths: list[Path], asked: LLM, year: int | None) -> str:
    from reviewer import read
    from reviewer.judging.cost import forecast
    from reviewer.reporting.forecast import render_forecast

    return render_forecast([(displayable(path), forecast(read(path), asked, year)) for path in paths], asked)


def _listed(paths: list[Path], most: int = 5) -> str:
    names = "、".join(displayable(path.name) for path in paths[:most])
    return f"{names}{'等' if len(paths) > most else ''}。"


def _spare_inputs(output: str | None, paths: list[Path]) -> None:
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


def _reviews(paths: list[Path], options: dict[str, Any], asked: LLM | None, outcome: Outcome) -> Iterator[Reviewed]:
    from reviewer import pipeline, read

    started = time.monotonic()
    for path in paths:
        name = displayable(path)
        try:
            with Progress(name, started) as progress:
                document = read(path)
                progress.total = len(document.projects)
                found = pipeline.review(document, llm=asked, on_project=progress.step, **options)
        except InputError as error:
            outcome.unreadable = True
            complain(str(error))
            continue
        found = outcome.add(name, found)
        asked = asked and asked.less(found.usage)
        yield Reviewed(name, path, found)
