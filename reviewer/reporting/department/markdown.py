"""A report on a run as Markdown; the text of the forms is escaped, never markup."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.bulk.department.models import Report
from reviewer.reporting.department import compared, tables, words
from reviewer.reporting.department.table import Table, shown
from reviewer.reporting.markdown import escaped
from reviewer.reporting.words import money, points

_MOST_ROWS = 50
_MOST_REPEATS = 30
_MOST_PLACES = 8


def render_markdown(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    return "\n".join(_report(report)) + "\n"


def _report(report: Report) -> Iterator[str]:
    yield f"# {words.TITLE}"
    yield ""
    yield escaped(words.about(report))
    yield ""
    for line in words.headlines(report):
        yield f"- {escaped(line)}"
    for line in words.remarks(report):
        yield f"- 注意：{escaped(line)}"
    yield from _table(tables.stakes(report))
    if report.changes:
        yield from _heading("与上次相比")
        yield escaped(f"{words.moved(report)}{words.comparable(report.changes)}")
        for table in (
            compared.moves(report.changes),
            compared.changed(report.changes),
            compared.rule_changes(report.changes),
        ):
            yield from _table(table)
    yield from _heading("最差的项目")
    for number, project in enumerate(report.worst, 1):
        head = f"{project.name}（{project.unit}，{money(project.amount)}）"
        yield f"{number}. **{project.grade} {points(project.score)} 分** {escaped(head)}"
        for why in project.reasons:
            yield f"   - {escaped(words.reason(why))}"
    if not report.worst:
        yield "没有“中”和“差”的项目。"
    for table in (tables.units(report), tables.classes(report)):
        yield from _table(table)
    yield from _table(tables.defects(report))
    yield from _table(tables.phrases(report))
    yield from _repeats(report)
    yield from _heading("目标有没有指标衡量")
    yield escaped(words.coverage(report))
    yield from _table(tables.gaps(report))
    if report.opinion:
        yield from _heading("模型的判断和用量")
        for line in words.opinion(report.opinion):
            yield f"- {escaped(line)}"
        yield from _table(tables.disputes(report))
    yield from _heading("未检查与失败")
    if words.is_complete(report.open):
        yield "文件都读了，项目都审了。"
    for table in (tables.unread(report), tables.failures(report), tables.unchecked(report), tables.noticed(report)):
        yield from _table(table)
    yield from _table(tables.projects(report))
    yield ""
    yield escaped(words.basis(report))


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        return
    table = table.first(_MOST_ROWS)
    yield ""
    yield f"### {table.title}"
    yield ""
    yield "| " + " | ".join(column.title for column in table.columns) + " |"
    yield "|" + "|".join("---" if column.kind in ("text", "long", "grade") else "--:" for column in table.columns) + "|"
    for row in table.rows:
        cells = (shown(value, column.kind) for value, column in zip(row, table.columns, strict=True))
        yield "| " + " | ".join(map(escaped, cells)) + " |"
    if table.note:
        yield ""
        yield table.note


def _repeats(report: Report) -> Iterator[str]:
    if not report.repeats:
        return
    yield from _heading("重复")
    for repeat in report.repeats[:_MOST_REPEATS]:
        yield f"- **{words.repeat_words(repeat)}**：{escaped(repeat.text)}"
        for place in repeat.places[:_MOST_PLACES]:
            yield f"  - {escaped(words.place_words(place))}"
        if repeat.count > _MOST_PLACES:
            yield f"  - 等 {repeat.count:,} 处"
    if len(report.repeats) > _MOST_REPEATS:
        yield ""
        yield f"另有 {len(report.repeats) - _MOST_REPEATS:,} 组见工作簿（xlsx）。"
