"""``reviewer template``: an empty declaration form that reads back in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.output import displayable, emit
from reviewer.errors import UsageError


@command(
    "生成一份空的项目支出绩效目标申报表（.xlsx），填好就能审核。",
    "reviewer template 申报表.xlsx",
    details="一页一个项目，类别和计算符号有下拉单，点中一格就显示怎么写；另附一页示例和填表说明。",
)
def template(output: Annotated[Path, typer.Argument(metavar="文件", help="写到这个文件，以 .xlsx 结尾。")]) -> int:
    """Write the empty form."""
    place = displayable(output)
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{place}：模板是 Excel 文件，文件名请以 .xlsx 结尾，如 申报表.xlsx。")
    if output.exists():
        raise UsageError(f"{place}：已经有这个文件，里面可能填了内容，没有覆盖。请换一个文件名。")
    from reviewer.reporting.template import template as empty_form

    emit([empty_form()], output)
    return 0
