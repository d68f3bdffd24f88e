"""The text format → Document: a table of projects, then blocks of indicators under the heading 绩效指标."""

from __future__ import annotations

from reviewer.errors import InputError
from reviewer.models import Document, Indicator, Project, Unit
from reviewer.reading.assign import Match, assign
from reviewer.reading.blocks import Record, numbering, read_blocks
from reviewer.reading.columns import columns
from reviewer.reading.doubts import report_misread_name, report_residue
from reviewer.reading.head import Head, year_from
from reviewer.reading.headers import opens_indicator
from reviewer.reading.labels import Labels
from reviewer.reading.lines import Line, after_marker, split
from reviewer.reading.notes import Notes, Place, at
from reviewer.reading.reconcile import reconciliation, report
from reviewer.reading.table import Row, Table, read_table
from reviewer.reading.units import Group, group


def read_text(text: str, where: str, notes: Notes) -> Document:
    """Read a declaration as text; *where* names the file in errors.

    Raises ``InputError`` when there is no table, no project in it, or more than any declaration has.

    >>> rows = ["项目名称\\t总计\\t绩效目标", "农村电影放映\\t6.72\\t每村每月放映1场", "绩效指标"]
    >>> indicator = "1、1-产出指标；11-数量指标；放映场次；实施周期指标值：≥336场；年度指标值：≥336场。"
    >>> read_text("\\n".join([*rows, indicator]), "表.txt", Notes()).projects[0].indicators[0].annual_value
    '≥336场'
    """
    lines = split(text, where, notes)
    for line in lines:
        report_residue(line.text, line.no, notes)
    first = _header(lines, where)
    below = _blocks_begin(lines, first + 1)
    _one_table_only(lines, below, where)
    head = Head(notes)
    head.read_above(lines[:first])
    table = read_table(lines[first:below], head, notes, where)
    groups = group(table, notes)
    rows = [row for unit in groups for row in unit.projects]
    if not rows:
        found = "表里没有一个项目。" if not table.rows else "表里只有合计和小计，没有一个项目。"
        raise InputError(found, where=f"{where} 第 {lines[first].no} 行起", hint="请检查导出是否完成。")
    blocks = read_blocks(lines[below:], {row.name for row in rows if row.name}, head, notes, where)
    return _document(head, table, groups, assign(rows, blocks, notes), notes)


def _header(lines: list[Line], where: str) -> int:
    """Return the index of the header row."""
    for index, line in enumerate(lines):
        if columns(line.text) is not None:
            return index
    hint = "表头一行须有“项目名称”和“总计”（或“绩效目标”），各栏用制表符分开。"
    if any(opens_indicator(line.text) for line in lines):
        raise InputError("只有绩效指标，没有项目支出绩效目标表。", where=where, hint=hint)
    raise InputError("没有找到项目支出绩效目标表。", where=where, hint=hint)


def _blocks_begin(lines: list[Line], start: int) -> int:
    """Return the index of the first line below the table: the heading 绩效指标, or else the first indicator."""
    for index in range(start, len(lines)):
        text = lines[index].text
        if "\t" not in text and (after_marker(text) is not None or opens_indicator(text)):
            return index
    return len(lines)


def _one_table_only(lines: list[Line], below: int, where: str) -> None:
    for line in lines[below:]:
        if columns(line.text) is not None:
            hint = "请把每张表连同它的绩效指标存成一个文件。"
            raise InputError("绩效指标下面又有一张表。", where=f"{where} 第 {line.no} 行", hint=hint)


def _document(head: Head, table: Table, groups: list[Group], matches: list[Match], notes: Notes) -> Document:
    unit_of = {row.line: unit.head.name for unit in groups if unit.head for row in unit.projects}
    labels = Labels()
    document = Document(
        title=head.title,
        budget_year=head.year,
        department=head.department,
        total=float(table.total.amount) if table.total and table.total.amount is not None else None,
        units=[
            Unit(name=unit.head.name, total=float(unit.head.amount))
            for unit in groups
            if unit.head and unit.head.amount is not None
        ],
        projects=[_project(match, unit_of, labels, notes) for match in matches],
    )
    labels.report(notes)
    if document.budget_year is None:
        document.budget_year = year_from(document.projects, notes)
    for place, match in enumerate(matches):
        _report_doubts(match, notes)
        if match.block:
            document.damaged.update((place, no) for no, record in enumerate(match.block.complete) if record.damaged)
    lines: dict[str | None, Place] = {unit.head.name: unit.head.line for unit in groups if unit.head}
    if table.total:
        lines[None] = table.total.line
    report(reconciliation(document), notes, lines)
    document.diagnostics.extend(notes.in_order())
    return document


def _report_doubts(match: Match, notes: Notes) -> None:
    """Take note of what is doubtful in a block, now that its project is known."""
    if match.block is None:
        return
    of = f"项目“{match.project.name}”" if match.project else ""
    for record in match.block.records:
        for code, message, line, severity in record.doubts:
            notes.add(code, of + message, line, severity)
    if fault := numbering(match.block):
        notes.add("D005", of + fault, match.block.records[0].line)


def _project(match: Match, unit_of: dict[Place, str], labels: Labels, notes: Notes) -> Project:
    row = match.project or Row(line=0, name="", unit="", goal="", seam=False)
    report_misread_name(row.name, row.line, notes)
    return Project(
        name=row.name,
        unit=row.unit or unit_of.get(row.line),
        amount=None if row.amount is None else float(row.amount),
        goal=row.goal,
        indicators=[_indicator(record, labels) for record in match.block.complete] if match.block else [],
    )


def _indicator(record: Record, labels: Labels) -> Indicator:
    names = labels.normalise(record.level1, record.level2, record.line)
    return Indicator(
        no=record.no,
        level1=names.level1,
        level2=names.level2,
        name=record.name,
        cycle_value=record.cycle_value,
        annual_value=record.annual_value or "",
        where=at(record.line),
        weight=names.weight,
    )
