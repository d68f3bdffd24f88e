"""``reviewer batch``: a bulk run through the Batch API of an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewer.cli.app import command
from reviewer.cli.model import BaseUrl, Config, MaxCost, MaxTokens, ModelName, PromptsFolder, Repeat
from reviewer.cli.options import action_of, named_path, selectors_of, year_of
from reviewer.cli.output import emit
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.bulk.rundir import RunSettings
    from reviewer.settings import LLM


class Action(StrEnum):
    """What to do with a batch run."""

    SUBMIT = "submit"
    STATUS = "status"
    COLLECT = "collect"


@command(
    "请模型成批判断：请求一次交给端点的批量接口，慢但便宜。",
    "reviewer batch submit 各单位/ --run 批次/ --model gpt-4.1-mini",
    "reviewer batch status --run 批次/",
    "reviewer batch collect --run 批次/",
    "reviewer batch submit 各单位/ --run 批次/ --model qwen3 --only-files 请求/",
    "reviewer batch collect --run 批次/ --from 结果/",
    details="submit 读文件，把要问模型的写成请求文件，交给端点；status 看端点做到哪里；collect 收结果，判断项目，"
    "记进批次，用 reviewer report 出报告。答得不对、没答完的，collect 会说还要交几个请求：再运行 submit --run 批次/，"
    "文件和选项都不用再写。哪一步中断了，再运行一次接着做，交过的不会再交。\n"
    "同一个批次也可以用 reviewer bulk --llm 做完：问过的不再问。\n"
    "--only-files 只写请求文件（OpenAI 的 JSONL 格式，vllm run-batch 也能用），不联网；"
    "结果文件用 collect --from 收回来。\n"
    "退出码：0 完成；2 命令写错、有文件读不了，或者批次的文件夹用不了；3 有项目模型没能判断；"
    "4 还没有做完（collect：在等结果，或要交下一轮；submit：到了上限，或按了 Ctrl-C）；5 端点不接受。",
)
def batch(
    action: Annotated[
        Action, typer.Argument(metavar="submit|status|collect", parser=action_of("batch", Action), help="做什么。")
    ],
    run: Annotated[Path, typer.Option("--run", parser=named_path, metavar="文件夹", help="批次的文件夹，没有就新建。")],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(parser=named_path, metavar="[文件]", help="submit：要审核的文件或文件夹，可以写多个。"),
    ] = None,
    only_files: Annotated[
        Path | None,
        typer.Option(parser=named_path, metavar="文件夹", help="submit：只把请求写到这个文件夹，什么也不发出去。"),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--from", parser=named_path, metavar="文件夹", help="collect：收这里的结果文件，不联网。"),
    ] = None,
    year: Annotated[int | None, typer.Option(parser=year_of, metavar="年份", help="预算年度，代替表上写的。")] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="规则", help="只用这些规则：代码、名称或代码的开头，用逗号隔开，也可以写多次。"),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="规则", help="不用这些规则，写法同上。")] = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    prompts: PromptsFolder = None,
    repeat: Repeat = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    config: Config = None,
) -> int:
    """Hand in requests, see how they stand, collect results."""
    flags = {
        "model": model,
        "base_url": base_url,
        "repeat": repeat,
        "max_cost": max_cost,
        "max_tokens_total": max_tokens,
    }
    chosen = {"select": selectors_of(select), "ignore": selectors_of(ignore), "year": year}
    if action is not Action.SUBMIT and (paths or only_files or any(flags.values()) or any(chosen.values())):
        raise UsageError(f"{action} 只要 --run：文件和选项在 submit 的时候已经记下。")
    if action is not Action.COLLECT and results is not None:
        raise UsageError("--from 只用于 collect。")

    from reviewer.bulk.batch import rounds

    kept = rounds.begun(run) if action is not Action.SUBMIT or rounds.inputs(run) else None
    settings, asked = _settings(kept, flags | {"prompts_dir": prompts}, chosen, config)
    if action is Action.STATUS:
        from reviewer.reporting.batch import render_status

        emit([render_status(*rounds.status(run, asked), run)])
        return 0

    from reviewer.cli.bulk_progress import Watch
    from reviewer.reporting.batch import render_collected, render_submitted

    with Watch() as watch:
        if action is Action.SUBMIT:
            summary, traffic = rounds.submit(paths or [], run, settings, asked, watch, only_files)
            text = render_submitted(summary, traffic, run, only_files)
        else:
            summary, traffic = rounds.collect(run, settings, asked, watch, results)
            text = render_collected(summary, traffic, run, asked.price.currency if asked.price else "")
    emit([text])
    if summary.stopped is not None:
        return 4  # also where a file cannot be read, which is said each time: a loop must not end over it
    return summary.exit_code if action is Action.COLLECT or summary.unreadable else 0


def _settings(
    kept: RunSettings | None, flags: Mapping[str, str | None], chosen: Mapping[str, Any], config: Path | None
) -> tuple[RunSettings, LLM]:
    """Return the settings of a run: those that it has *kept*, as far as flags do not say otherwise."""
    from reviewer.bulk.rundir import RunSettings
    from reviewer.settings import load_settings

    configuration = read_configuration(config)
    if kept is None:
        asked = load_settings(flags, configuration).llm()
        return RunSettings.of(configuration.options(**chosen), asked), asked
    model = kept.model.model_dump(exclude={"name", "prompts"}) | {"model": kept.model.name} if kept.model else {}
    asked = load_settings(flags, configuration, model).llm()
    return RunSettings.of(kept.review_options() | {name: one for name, one in chosen.items() if one}, asked), asked
