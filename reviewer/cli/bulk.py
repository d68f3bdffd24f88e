"""``reviewer bulk``: many files, judged once each, in a folder from which the run goes on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from reviewer.cli.options import count_of, named_path, selectors_of, year_of
from reviewer.cli.output import complain, emit
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.settings import LLM

_MOST_WORKERS = 8


def _engine(text: str) -> str:
    if text not in ("local", "ray"):
        raise UsageError(f"--engine 只能是 local 或 ray，不能是 {text}。")
    return text


@command(
    "审核成批的文件，可以中断，接着做不重做。",
    "reviewer bulk 各单位/ --run 批次/",
    "reviewer bulk 各单位/ --run 批次/ --workers 2",
    "reviewer bulk 项目.jsonl --run 批次2/ --year 2024",
    "reviewer bulk 各单位/ --run 批次3/ --llm --model qwen-max --dry-run",
    details="文件和文件夹的写法同 review；还可以给 .jsonl（一行一个项目或一份文件，"
    "格式见 reviewer schema document）和 .parquet（一行一个项目）。结果在 --run 的文件夹里，"
    "用 reviewer report 出报告。\n"
    "中断以后（Ctrl-C、断电、到了上限），再运行同样的命令就接着做：做完的不重做，问过模型的不再问；"
    "内容变了的文件重新审核，读不了的再读一次。文件不在了，它的结果留着，并注明。"
    "一个批次只用一套设置，换了设置请换一个文件夹。\n"
    "退出码：0 完成；2 命令写错、有文件读不了，或者批次的文件夹用不了；3 有项目模型没能判断；"
    "4 到了上限或按了 Ctrl-C，再运行一次接着做；5 端点不接受密钥或模型。",
)
def bulk(
    paths: Annotated[
        list[Path], typer.Argument(parser=named_path, metavar="文件", help="要审核的文件或文件夹，可以写多个。")
    ],
    run: Annotated[Path, typer.Option("--run", parser=named_path, metavar="文件夹", help="批次的文件夹，没有就新建。")],
    workers: Annotated[
        int | None,
        typer.Option(
            parser=count_of("--workers"), metavar="N", help="用几个进程按规则审核，默认同处理器的个数，最多 8 个。"
        ),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="上次模型没能判断的项目，再请它判断一次。")
    ] = False,
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
    max_failures: Annotated[
        int | None,
        typer.Option(parser=count_of("--max-failures"), metavar="N", help="这么多个项目模型没能判断就停，可以接着跑。"),
    ] = None,
    concurrency: Concurrency = None,
    rpm: Rpm = None,
    tpm: Tpm = None,
    engine: Annotated[
        str,
        typer.Option(parser=_engine, metavar="方式", help="local（本机，默认）或 ray（集群，要装 reviewer[ray]）。"),
    ] = "local",
    ray_address: Annotated[
        str | None, typer.Option("--ray-address", metavar="地址", help="Ray 集群的地址；不写就在本机起一个。")
    ] = None,
    config: Config = None,
) -> int:
    """Judge many files in a run that can be interrupted."""
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
    if max_failures is not None and asked is None:
        raise UsageError("--max-failures 要和 --llm 一起用。")
    if ray_address is not None and engine != "ray":
        raise UsageError("--ray-address 要和 --engine ray 一起用。")
    if workers is not None and (asked or engine == "ray"):
        raise UsageError("--workers 只管本机按规则审核。和 --llm 一起请用 --concurrency，Ray 的进程数由集群定。")
    options = configuration.options(select=selectors_of(select), ignore=selectors_of(ignore), year=year)
    if dry_run and asked:
        return _foresee(paths, run, asked, options["year"])

    from reviewer.bulk.run import Plan, conduct
    from reviewer.bulk.rundir import RunSettings
    from reviewer.cli.bulk_progress import Watch
    from reviewer.reporting.bulk import render_summary

    currency = asked.price.currency if asked and asked.price else ""
    plan = Plan(workers or _processors(), engine == "ray", ray_address, retry_failed, max_failures)
    with Watch(currency) as watch:
        summary = conduct(paths, run, RunSettings.of(options, asked), asked, plan, watch)
    emit([render_summary(summary, run, watch.taken, currency)])
    return summary.exit_code


def _foresee(paths: list[Path], run: Path, asked: LLM, year: int | None) -> int:
    from reviewer.bulk.forecast import foresee
    from reviewer.cli.bulk_progress import Watch
    from reviewer.reporting.forecast import render_total

    with Watch() as watch:
        foreseen = foresee(paths, run, asked, year, watch)
    for message in foreseen.unreadable:
        complain(message)
    emit([render_total(foreseen.files, foreseen.projects, foreseen.forecast, asked)])
    return 2 if foreseen.unreadable else 0


def _processors() -> int:
    # What this process may use, which in a container is less than there are.
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_WORKERS)
