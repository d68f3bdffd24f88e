"""A report on a run for the terminal: the headlines and the first lines of what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.bulk.department.models import Report
from reviewer.reporting.department import tables, words
from reviewer.reporting.department.table import Table, shown
from reviewer.reporting.layout import Paint, clean, clip, pad, width_of, wrap
from reviewer.reporting.words import GRADE_STYLES, money, points, rule_title

_MOST_UNITS = 10
_MOST_WORST = 5
_MOST_DEFECTS = 8
_MOST_PHRASES = 10
_MOST_REPEATS = 5
_WIDEST = 30


def render_terminal(report: Report, *, width: int, color: bool) -> str:
    """Return the report as text of *width* columns."""
    return "\n".join(_report(report, width, Paint(color))) + "\n"


def _report(report: Report, width: int, paint: Paint) -> Iterator[str]:
    yield from wrap(paint(clean(words.about(report)), "bold"), width)
    yield ""
    for line in words.headlines(report):
        yield from wrap(clean(line), width, "· ", "  ")
    for line in words.remarks(report):
        yield from (paint(each, "yellow") for each in wrap(clean(line), width, "! ", "  "))
    if not report.total.projects:
        return
    if report.changes and (different := words.comparable(report.changes)):
        yield from wrap(clean(different), width, "! ", "  ")
    yield ""
    yield paint("最差的项目", "bold")
    for project in report.worst[:_MOST_WORST]:
        grade = paint(f"{project.grade} {points(project.score):>4}", GRADE_STYLES[project.grade])
        head = clean(f"{project.name}（{project.unit}，{money(project.amount)}）")
        yield from wrap(head, width, f"  {grade}  ", " " * 11)
        for why in project.reasons[:2]:
            yield from wrap(clean(words.reason(why)), width, " " * 11, " " * 13)
    yield ""
    units = tables.units(report).only(
        "名次", "单位", "得分", "等级", "项目", "金额（万元）", "差等金额（万元）", "空泛占比"
    )
    yield from _table(units.first(_MOST_UNITS), width, paint)
    yield ""
    defects = tables.defects(report).only("问题", "错误", "警告", "提示", "项目", "涉及金额（万元）")
    yield from _table(defects.first(_MOST_DEFECTS), width, paint)
    if report.phrases:
        yield ""
        said = "、".join(f"“{one.text}”{one.count:,}" for one in report.phrases[:_MOST_PHRASES])
        yield from wrap(clean(said), width, paint("空泛用语", "bold") + "  ", " " * 10)
    if report.repeats:
        yield ""
        yield paint("重复", "bold")
        for repeat in report.repeats[:_MOST_REPEATS]:
            text = f"{words.repeat_words(repeat)}：{repeat.text[:40]}"
            yield from wrap(clean(text), width, "  ", "    ")
    if report.open.unchecked:
        yield ""
        listed = " · ".join(f"{rule_title(one.rule)} {one.count:,}" for one in report.open.unchecked)
        yield from wrap(f"未检查（不算通过）：{listed}", width, "", "  ")
    if report.opinion:
        for line in words.opinion(report.opinion):
            yield from wrap(clean(line), width, "", "  ")
    yield ""
    yield from wrap(f"全部内容：--output 文件夹/ 写出 html、xlsx、docx。{words.basis(report)}", width)


def _table(table: Table, width: int, paint: Paint) -> Iterator[str]:
    """Yield a table, its texts cut where the terminal ends."""
    yield paint(f"{table.title}（金额：万元）", "bold")
    lines = [[column.title.replace("（万元）", "") for column in table.columns]]
    lines += [
        [clean(shown(value, column.kind)) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    widths = [min(_WIDEST, max(width_of(row[at]) for row in lines)) for at in range(len(table.columns))]
    for number, row in enumerate(lines):
        cells = []
        for text, column, room in zip(row, table.columns, widths, strict=True):
            text = clip(text, room)
            left = column.kind in ("text", "long", "grade")
            cells.append(pad(text, room) if left else " " * (room - width_of(text)) + text)
        line = clip(("  " + "  ".join(cells)).rstrip(), width)
        yield paint(line, "dim") if number == 0 else line
    if table.left:
        yield f"  另有 {table.left:,} 行。"
