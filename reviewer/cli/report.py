"""``reviewer report``: a bulk run as one picture, from what it has found so far; nothing is judged or paid again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.model import Config
from reviewer.cli.options import one_of
from reviewer.cli.output import color_wanted, complain, displayable, emit, is_standard_output, width
from reviewer.cli.reports import is_folder, make_folder, refuse_on_screen
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError
from reviewer.reporting.formats import BY_SUFFIX, SUFFIXES, Format

if TYPE_CHECKING:
    from reviewer.bulk.department import Report
    from reviewer.bulk.export import Kind

_PAPERS = (Format.TERMINAL, Format.HTML, Format.XLSX, Format.DOCX, Format.MARKDOWN, Format.JSON)
_TABLES: dict[Format, Kind] = {Format.PARQUET: "parquet", Format.JSONL: "jsonl"}
_FOR_PEOPLE = (Format.HTML, Format.XLSX, Format.DOCX)


@command(
    "把一个批次的结果汇总成部门报告。",
    "reviewer report 批次/",
    "reviewer report 批次/ --output 报告/",
    "reviewer report 批次/ --against 去年的批次/ --output 报告.html",
    "reviewer report 批次/ --format parquet --output 表/",
    details="做完的、中断的、正在做的批次都可以，不会再问模型，不再花钱。总分、各等级的金额、单位和项目的排名、各种问题和例子、"
    "空泛用语、照抄和重复计算、没有检查和没能判断的，都在里面。\n"
    "单价写在 reviewer.toml 里，就算出费用。--output 给文件夹，写出 html、xlsx、docx；"
    "html 里太长的表只列前面的，xlsx 里是全部。\n"
    "parquet（要装 reviewer[parquet]）和 jsonl 是给做数据的人的四张表，写进 --output 的文件夹。",
)
def report(
    folder: Annotated[Path, typer.Argument(metavar="批次", help="reviewer bulk 的 --run 用的文件夹。")],
    against: Annotated[Path | None, typer.Option(metavar="批次", help="与这个较早的批次比较。")] = None,
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "--format",
            parser=one_of(*_PAPERS, *_TABLES),
            metavar="格式",
            help="terminal、html、xlsx、docx、markdown、json、parquet 或 jsonl，可以写几个。"
            "不写就看 --output 的后缀；给文件夹就是 html、xlsx、docx。",
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="文件", help="写到这个文件或文件夹；不写或写 - 是标准输出。")
    ] = None,
    config: Config = None,
) -> int:
    """Report on a run."""
    papers = [format_ for format_ in formats or [] if format_ not in _TABLES]
    tables = [format_ for format_ in dict.fromkeys(formats or []) if format_ in _TABLES]
    if tables:
        _export(folder, tables, output)
        if not papers:
            return 0
    targets = _targets(papers, output)
    found = _report(folder, against, config)
    for format_, path in targets:
        emit([_written(found, format_, to_screen=is_standard_output(path))], path)
        if path is not None and len(targets) > 1:
            complain(f"已写 {displayable(path)}")
    return 0


def _export(folder: Path, kinds: Sequence[Format], output: str | None) -> None:
    """Write the tables of a run. Raises ``UsageError`` when *output* is no folder."""
    from reviewer.bulk.export import export_tables
    from reviewer.bulk.rundir import opened_for_reading

    if output is None or not is_folder(output, []):
        raise UsageError(f"{kinds[0]} 是几张表，--output 请给一个文件夹，如 --output 表/。")
    with opened_for_reading(folder) as run:
        for kind in kinds:
            for path in export_tables(run, Path(output), _TABLES[kind]):
                complain(f"已写 {displayable(path)}")


def _targets(formats: Sequence[Format], output: str | None) -> list[tuple[Format, Path | None]]:
    """Return what to write where. Raises ``UsageError`` when the formats do not fit the place."""
    chosen = list(dict.fromkeys(formats))
    path = None if output is None else Path(output)
    if output is not None and is_folder(output, chosen):
        from reviewer.reading.folders import OUR_MARK

        folder = Path(output)
        make_folder(folder)
        written = [format_ for format_ in chosen or _FOR_PEOPLE if format_ is not Format.TERMINAL]
        shown: list[tuple[Format, Path | None]] = [(Format.TERMINAL, None)] if Format.TERMINAL in chosen else []
        return shown + [(format_, folder / f"部门报告{OUR_MARK}{SUFFIXES[format_]}") for format_ in written]
    if not chosen:
        suffix = path.suffix.lower() if path else ""
        chosen = [BY_SUFFIX[suffix] if BY_SUFFIX.get(suffix) in _PAPERS else Format.TERMINAL]
    if len(chosen) > 1:
        raise UsageError(f"要写 {'、'.join(chosen)} 几种格式，--output 请给一个文件夹，如 --output 报告/。")
    if is_standard_output(path):
        refuse_on_screen(chosen[0])
    return [(chosen[0], path)]


def _report(folder: Path, against: Path | None, config: Path | None) -> Report:
    from contextlib import ExitStack

    from reviewer.bulk.department import report_of
    from reviewer.bulk.rundir import opened_for_reading
    from reviewer.cli.progress import Progress
    from reviewer.settings import load_settings

    started = time.monotonic()
    prices = load_settings(configuration=read_configuration(config)).prices
    with ExitStack() as stack:
        runs = [stack.enter_context(opened_for_reading(each)) for each in (folder, against) if each is not None]
        bar = stack.enter_context(Progress(displayable(folder), started))
        bar.total = sum(counts.done + counts.failed for counts in (run.store.counts() for run in runs))
        return report_of(
            runs[0], against=runs[1] if len(runs) > 1 else None, prices=prices, on_project=lambda: bar.step()
        )


def _written(found: Report, format_: Format, *, to_screen: bool) -> str | bytes:
    match format_:
        case Format.HTML:
            from reviewer.reporting.department.html import render_html

            return render_html(found)
        case Format.XLSX:
            from reviewer.reporting.department.workbook import render_workbook

            return render_workbook(found)
        case Format.DOCX:
            from reviewer.reporting.department.letter import render_letter

            return render_letter(found)
        case Format.MARKDOWN:
            from reviewer.reporting.department.markdown import render_markdown

            return render_markdown(found)
        case Format.JSON:
            return found.model_dump_json(indent=2) + "\n"
        case _:
            from reviewer.reporting.department.terminal import render_terminal

            return render_terminal(found, width=width(), color=to_screen and color_wanted())
