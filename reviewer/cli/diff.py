"""``reviewer diff``: what a resubmission fixed, left and broke."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.model import Config
from reviewer.cli.options import one_of
from reviewer.cli.output import color_wanted, emit, width
from reviewer.configuration import read_configuration
from reviewer.reporting.formats import BY_SUFFIX, Format

_FORMATS = (Format.TERMINAL, Format.MARKDOWN, Format.HTML, Format.JSON)


@command(
    "比较两次申报：改好了什么，还留着什么，新出了什么。",
    "reviewer diff 上次.json 这次.json",
    "reviewer diff 初稿.xlsx 修改稿.xlsx --output 比较.html",
    details="两个参数都可以是申报文件，先用规则审核再比较；也可以是 reviewer review --format json 存下的结果。"
    "改了名称、类别、数值的指标，按相近程度对上。",
)
def diff(
    before: Annotated[Path, typer.Argument(metavar="上次", help="上次的申报文件，或存下的审核结果。")],
    after: Annotated[Path, typer.Argument(metavar="这次", help="这次的申报文件，或存下的审核结果。")],
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            parser=one_of(*_FORMATS),
            metavar="格式",
            help="terminal、markdown、html 或 json。不写就看 --output 的后缀，再没有就是 terminal。",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="文件", help="写到这个文件；不写或写 - 是标准输出。")] = None,
    config: Config = None,
) -> int:
    """Compare two reviews, or the reviews of two declarations."""
    from reviewer.comparison import compare
    from reviewer.comparison.sources import review_of

    if format_ is None:
        suffix = output.suffix.lower() if output else ""
        format_ = BY_SUFFIX[suffix] if BY_SUFFIX.get(suffix) in _FORMATS else Format.TERMINAL
    options = read_configuration(config).options()
    comparison = compare(review_of(before, options), review_of(after, options))
    match format_:
        case Format.JSON:
            text = comparison.model_dump_json(indent=2) + "\n"
        case Format.MARKDOWN:
            from reviewer.reporting.comparison.markdown import render_markdown

            text = render_markdown(comparison)
        case Format.HTML:
            from reviewer.reporting.comparison.html import render_html

            text = render_html(comparison)
        case _:
            from reviewer.reporting.comparison.terminal import render_terminal

            to_screen = output is None or str(output) == "-"
            text = render_terminal(comparison, width=width(), color=to_screen and color_wanted())
    emit([text], output)
    return 0
