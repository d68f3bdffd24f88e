"""A department's most frequent faults, shown at its own rows with the wording that is suggested for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from reviewer.models import Finding, IndicatorReview, Project, ProjectReview, Review, Rewrite
from reviewer.reporting.words import class_title, faults, rule_of, rule_title
from reviewer.training.course import lessons
from reviewer.training.handout import prose
from reviewer.training.handout.sheet import (
    Block,
    Column,
    Grid,
    Heading,
    Paragraph,
    Run,
    Text,
    Title,
    Together,
    cell,
    marked,
    plain,
    with_blanks,
)
from reviewer.training.masking import Mask

MOST = 10
_SHOWN = 3
_NUMERALS = ("", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十")
_OVERVIEW = (Column("", 10), Column("毛病", 66), Column("处数", 16), Column("", 54), Column("看哪一课", 24))
_ROWS = (Column("表里的写法", 62), Column("建议的写法", 58), Column("问题", 50))
_OF_PROJECTS = (Column("表里的写法", 112), Column("问题", 58))
_BAR = 14  # squares of the longest bar
_AROUND = 60  # characters of a goal on both sides of the words in question

_Told = Callable[[str], str]
_Key = tuple[str, str]


class _Case(NamedTuple):
    finding: Finding
    project: ProjectReview
    number: int
    row: IndicatorReview | None


def frequent(review: Review, *, masked: bool = False) -> Iterator[Block]:
    """Yield the part about *review*; *masked* leaves out the names of units, projects and places."""
    cases = _by_rule(review)
    summary = review.summary
    total = sum(map(len, cases.values()))
    read = f"{summary.projects} 个项目、{summary.indicators} 条指标"
    if not cases:
        yield Title("审核结果")
        yield Paragraph(plain(f"审核了 {read}，没有发现错误和警告。"))
        return
    yield Title(f"你们最常见的{_NUMERALS[len(cases)]}个毛病", plain(_whose(review, masked)))
    yield Paragraph(plain(f"审核了 {read}，下面这几种毛病共 {total} 处，按出现的次数排列，例子都出自这张表。"))
    most = len(next(iter(cases.values())))
    yield Grid(
        _OVERVIEW, tuple(_counted(at, name, len(found), most) for at, (name, found) in enumerate(cases.items(), 1))
    )
    mask = Mask(review.document, review.projects) if masked else None
    used: set[_Key] = set()
    for number, (name, found) in enumerate(cases.items(), 1):
        typical = _typical(found, used)
        used.update(map(_key, typical))
        yield from _fault(number, name, len(found), typical, mask)


def _whose(review: Review, masked: bool) -> str:
    head = review.document
    year = f"{head.budget_year} 年度" if head.budget_year else ""
    return f"{'' if masked else head.department or ''}　{year}项目支出绩效目标表".strip("　")


def _by_rule(review: Review) -> dict[str, list[_Case]]:
    found: defaultdict[str, list[_Case]] = defaultdict(list)
    for number, project in enumerate(review.projects, 1):
        for row in (None, *project.indicators):
            for finding in faults((row or project).findings):
                found[finding.rule].append(_Case(finding, project, number, row))
    commonest = sorted(found.items(), key=lambda entry: (-len(entry[1]), rule_title(entry[0])))
    return dict(commonest[:MOST])


def _counted(number: int, name: str, count: int, most: int) -> tuple[tuple[Text, ...], ...]:
    rule = rule_of(name)
    taught = [str(lesson.number) for lesson in lessons() if rule and rule.code in lesson.rules]
    bar = "■" * max(1, round(_BAR * count / most))
    where = f"第 {'、'.join(taught)} 课" if taught else ""
    return cell(str(number)), cell(rule_title(name)), cell(str(count)), cell(plain(bar, "good")), cell(where)


def _fault(number: int, name: str, count: int, typical: Sequence[_Case], mask: Mask | None) -> Iterator[Block]:
    rule = rule_of(name)
    opening: list[Block] = [Heading(f"{number}．{rule_title(name)}（{count} 处）", 2)]
    if rule:
        opening += prose.blocks(rule.section("为什么"))
    of_rows = any(case.row for case in typical)
    rows = Grid(_ROWS if of_rows else _OF_PROJECTS, tuple(_case(case, mask, of_rows) for case in typical))
    yield Together(tuple(opening), lead=True)
    yield rows
    if rule:
        steps = [block for block in prose.blocks(rule.section("怎么改")) if isinstance(block, Paragraph)]
        advice = (Paragraph(step.text, "item") for step in steps if not step.text[0].text.startswith(_EXAMPLE))
        basis = Paragraph(plain(f"依据：{rule.basis}", "dim"), "small")
        yield Together((Paragraph(plain("怎么改：", "strong"), "small"), *advice, basis))


_EXAMPLE = "· 差"  # the rows above are examples enough


def _typical(cases: Sequence[_Case], used: Collection[_Key]) -> list[_Case]:
    """Return the worst cases that differ: of as many projects as there are, and rather not those in *used*."""
    worst = sorted(cases, key=lambda case: (_key(case) in used, (case.row or case.project).score))
    chosen: list[_Case] = []
    for distinct in (True, False):
        for case in worst:
            seen = {_key(one) for one in chosen}
            projects = {one.number for one in chosen}
            if len(chosen) < _SHOWN and _key(case) not in seen and not (distinct and case.number in projects):
                chosen.append(case)
    return chosen


def _key(case: _Case) -> _Key:
    return (case.row.name, case.row.annual_value) if case.row else (case.project.name, case.project.goal)


def _case(case: _Case, mask: Mask | None, of_rows: bool) -> tuple[tuple[Text, ...], ...]:
    def told(text: str) -> str:
        return mask.text(text) if mask else text

    project = mask.project(Project(name=""), case.number).name if mask else case.project.name or "（没有项目名称）"
    was = (plain(project, "dim"), *_as_it_was(case, told))
    better = tuple(_rewritten(case.row.rewrite, case.row, told)) if case.row and case.row.rewrite else ()
    said = cell(told(case.finding.message))
    return (was, better, said) if of_rows else (was, said)


def _as_it_was(case: _Case, told: _Told) -> Iterator[Text]:
    finding = case.finding

    def field(name: str, text: str) -> Text:
        if not text.strip():
            return plain("（空）", "fault" if finding.field == name else "dim")
        return marked(told(text), [told(finding.quote)] if finding.field == name and finding.quote else ())

    if case.row is None:
        if finding.field == "indicators":
            yield plain(told(f"指标：{'；'.join(row.name for row in case.project.indicators) or '（没有）'}"))
        elif finding.field == "goal":
            yield field("goal", _excerpt(case.project.goal, finding))
        return
    misfit = finding.field in ("level1", "level2")
    yield plain(class_title(case.row.level1, case.row.level2), "fault" if misfit else "dim")
    yield field("name", case.row.name)
    if finding.field == "cycle_value":
        yield (Run("周期 ", "dim"), *field("cycle_value", case.row.cycle_value or ""))
    yield field("annual_value", case.row.annual_value)


def _excerpt(goal: str, finding: Finding) -> str:
    """Return the words in question and what stands around them, for goals can be long."""
    start, end = max(0, finding.start - _AROUND), min(len(goal), finding.end + _AROUND)
    return f"{'…' * (start > 0)}{goal[start:end]}{'…' * (end < len(goal))}"


def _rewritten(rewrite: Rewrite, row: IndicatorReview, told: _Told) -> Iterator[Text]:
    moved = (rewrite.level1, rewrite.level2) != (row.level1, row.level2)
    yield plain(class_title(rewrite.level1, rewrite.level2), "good" if moved else "dim")
    yield with_blanks(told(rewrite.name))
    yield with_blanks(told(rewrite.annual_value))
