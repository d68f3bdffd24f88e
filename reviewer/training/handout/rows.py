"""Indicators, projects and files as a sheet shows them, in tables and in the cells of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reviewer.models import Document, Indicator, Project
from reviewer.reporting.layout import width_of
from reviewer.reporting.words import class_title, money
from reviewer.rules.examples import DEFAULT_PROJECT, Example
from reviewer.training.course import Pair
from reviewer.training.handout.sheet import (
    WIDTH,
    Block,
    Column,
    Grid,
    Listing,
    Mark,
    Paragraph,
    Run,
    Text,
    cell,
    marked,
    plain,
)

_EMPTY = "（空）"
_BLANKS = (Column("类别", 28), Column("指标名称", 76), Column("年度指标值", 66))


def table(rows: Sequence[Indicator]) -> Grid:
    """Return a table of *rows*, with only those columns that one of them fills."""
    filled = [
        ("类别", [class_title(row.level1, row.level2) for row in rows], any(row.level1 or row.level2 for row in rows)),
        ("指标名称", [row.name or _EMPTY for row in rows], True),
        ("周期指标值", [_cycle(row) for row in rows], any(row.cycle_value is not None for row in rows)),
        ("年度指标值", [row.annual_value or _EMPTY for row in rows], True),
        ("权重", [_weight(row) for row in rows], any(row.weight is not None for row in rows)),
    ]
    texts = {title: column for title, column, shown in filled if shown}
    wide = {title: min(max(_NARROWEST, *map(width_of, column)), _WIDEST) for title, column in texts.items()}
    share = WIDTH / sum(wide.values())
    columns = tuple(Column(title, columns * share) for title, columns in wide.items())
    return Grid(columns, tuple(tuple(map(cell, row)) for row in zip(*texts.values(), strict=True)))


_NARROWEST, _WIDEST = 12, 36  # columns of text


def _cycle(row: Indicator) -> str:
    return "—" if row.cycle_value is None else row.cycle_value or _EMPTY


def _weight(row: Indicator) -> str:
    return "" if row.weight is None else f"{row.weight:g}"


def blank(rows: int) -> Grid:
    """Return a table to write *rows* indicators in."""
    return Grid(_BLANKS, (((),) * len(_BLANKS),) * rows, tall=True)


def about(project: Project) -> Text:
    """Return name, amount and goal of a project, as far as it has any.

    >>> about(Project(name="义诊", amount=12, goal="义诊24场。"))[0].text
    '项目：义诊（12 万元）　绩效目标：义诊24场。'
    """
    named = project.name if project.name != DEFAULT_PROJECT else ""
    amount = _amount(project)
    label = "" if named.startswith("项目") else "项目："  # where the name is left out it is a number
    parts = [f"{label}{named}{amount}" if named or amount else "", f"绩效目标：{project.goal}" if project.goal else ""]
    said = "　".join(filter(None, parts))
    return plain(said) if said else ()


def shown(document: Document) -> Iterator[Block]:
    """Yield the projects of *document*: what each is about, and its rows."""
    for project in document.projects:
        if said := about(project):
            yield Paragraph(said, "small")
        if project.indicators:
            yield table(project.indicators)


def listing(text: str) -> Listing:
    """Return the text of a file, its columns set apart."""
    return Listing(tuple(line.replace("\t", "　") for line in text.strip().splitlines() if line.strip()))


def sides(pair: Pair) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """Return the two cells of a pair: the bad one with its words marked, the good one with what became of them."""
    if pair.bad.is_source:
        return _lines(pair.bad, pair.good, pair.words, "fault"), _lines(pair.good, pair.bad, "", "good")
    bad, good = pair.bad.document(), pair.good.document()
    return tuple(_side(bad, good, pair, "fault")), tuple(_side(good, bad, pair, "good"))


def _lines(example: Example, other: Example, words: str, mark: Mark) -> tuple[Text, ...]:
    """The lines in which the two files differ."""
    texts = [str(one.data["source"]).splitlines() for one in (example, other)]
    changed = [line.replace("\t", "　") for line in texts[0] if line not in texts[1]]
    return tuple(marked(line, [words], mark) if words in line else plain(line, mark) for line in changed)


def _side(document: Document, other: Document, pair: Pair, mark: Mark) -> Iterator[Text]:
    alone = "level2" in pair.bad.data or "annual_value" in pair.bad.data
    for project, beside in zip(document.projects, other.projects, strict=True):
        if len(document.projects) > 1 or not alone:
            yield _named(project, "dim")
        if project.goal:
            yield _goal(project.goal, beside.goal, pair, mark)
        if alone:
            yield from _row(project.indicators[0], beside.indicators[0], pair, mark)
        else:
            yield from _rows(project.indicators, beside.indicators, mark)


def _named(project: Project, mark: Mark) -> Text:
    return plain(f"{project.name}{_amount(project)}", mark)


def _amount(project: Project) -> str:
    if project.amount is None:
        return ""
    return f"（{money(project.amount).replace('.00 ', ' ')}）"


def _goal(goal: str, other: str, pair: Pair, mark: Mark) -> Text:
    if mark == "fault" and pair.field == "goal" and pair.words in goal:
        return (Run("目标：", "dim"), *marked(goal, [pair.words]))
    return (Run("目标：", "dim"), Run(goal, None if goal == other else mark))


def _row(row: Indicator, other: Indicator, pair: Pair, mark: Mark) -> Iterator[Text]:
    """Yield the fields of one indicator, marked where the fault is, or where it was."""

    def field(name: str, label: str = "") -> Text:
        text, before = str(getattr(row, name) or _EMPTY), str(getattr(other, name) or _EMPTY)
        lead = (Run(label, "dim"),) if label else ()
        if mark == "fault" and pair.field == name and pair.words:
            return (*lead, *marked(text, [pair.words]))
        if mark == "good" and text != before:
            return (*lead, Run(text, "good"))
        return (*lead, Run(text))

    title = class_title(row.level1, row.level2)
    yield plain(title, mark if row.level2 != other.level2 else "dim")
    yield field("name")
    if row.cycle_value is not None:
        yield field("cycle_value", "周期 ")
    yield field("annual_value", "年度 " if row.cycle_value is not None else "")


def _rows(rows: Sequence[Indicator], others: Iterable[Indicator], mark: Mark) -> Iterator[Text]:
    """Yield one line an indicator; those that the other side lacks are marked."""
    known = [_line(row) for row in others]
    for row in rows:
        line = _line(row)
        fresh = line not in known or [_line(one) for one in rows].count(line) > known.count(line) > 0
        yield plain(line, mark if fresh else None)


def _line(row: Indicator) -> str:
    weight = f"（{row.weight:g} 分）" if row.weight is not None else ""
    return f"{row.level2.removesuffix('指标')}：{row.name} {row.annual_value}{weight}"
