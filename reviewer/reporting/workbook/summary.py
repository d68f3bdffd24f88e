"""The sheets 审核汇总 and 审核说明: all projects at a glance; what the marks mean, and what was and was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from reviewer.models import DIMENSIONS, Finding, ProjectReview, Review
from reviewer.reading.ours import SKIPPED
from reviewer.reporting.words import (
    CONSEQUENCES,
    DIMENSION_TITLES,
    GRADES,
    SEVERITY_TITLES,
    headline,
    indicator_grades,
    judged_by,
    left_unchecked,
    not_counted,
    place,
    points,
    project_grades,
    rule_title,
    state,
    use_of_model,
    worst_first,
)
from reviewer.reporting.workbook.page import (
    BORDERED,
    COUNT,
    HEADER,
    LINK,
    NUMBER,
    PLAIN,
    SECTION,
    SMALL,
    TITLE,
    Cell,
    Page,
    Paper,
)
from reviewer.reporting.workbook.remarks import COLOURS
from reviewer.reporting.workbook.styles import Styles

SUMMARY, NOTES = "审核汇总", "审核说明"
"""The names of the two sheets."""

_TAB = "C00000"
GRADE_FILLS = {"优": "E2F0D9", "良": "DDEBF7", "中": "FFF2CC", "差": "F8CBAD"}
"""The fill of a cell that says a grade, as RGB."""
_COLUMNS = (
    ("序号", 5),
    ("项目", 32),
    ("单位", 18),
    ("金额（万元）", 12),
    ("得分", 7),
    ("等级", 6),
    ("指标", 6),
    ("空泛", 6),
    *((title, 6) for title in SEVERITY_TITLES.values()),
    *((title, 7) for title in DIMENSION_TITLES.values()),
)
_NOTE_WIDTHS = (30, 10, 10, 84)


def summary_sheet(review: Review, styles: Styles, namespace: str, place_of: Callable[[int], str]) -> tuple[bytes, str]:
    """Return the sheet of projects, worst first, and the rows to repeat; *place_of* tells where the nth one stands."""
    page = Page(styles, [width for _, width in _COLUMNS], namespace, Paper(tab=_TAB))
    across = len(_COLUMNS)
    summary = review.summary
    page.add(Cell("绩效目标审核汇总", TITLE, across), height=30)
    page.add(Cell(headline(review.document, review.projects, summary.indicators), PLAIN, across))
    page.add(
        Cell(f"{judged_by(review)}。标记的含义、问题分类和没有检查的事项见“{NOTES}”。（{SKIPPED}）", SMALL, across)
    )
    page.add(
        Cell(
            f"总体 {summary.grade} {points(summary.score)} 分，{CONSEQUENCES[summary.grade]}；"
            f"空泛指标 {summary.vague} 条。{''.join(f'{line}。' for line in not_counted(review))}",
            SECTION,
            across,
        )
    )
    _grades(page, review)
    page.add()
    page.add(*(Cell(title, HEADER) for title, _ in _COLUMNS))
    header = page.rows
    numbers = {id(project): number for number, project in enumerate(review.projects)}
    for number, project in enumerate(worst_first(review), 1):
        page.add(*_project(number, project, place_of(numbers[id(project)])))
    if not review.projects:
        page.add(Cell("没有读到项目。", BORDERED, across))
    return page.to_bytes(), f"${header}:${header}"


def _grades(page: Page, review: Review) -> None:
    of_projects, of_indicators = project_grades(review), indicator_grades(review)
    page.add(
        *(
            Cell(title, HEADER, span)
            for title, span in (("等级", 1), ("处理", 2), ("金额（万元）", 1), ("项目", 2), ("指标", 2))
        )
    )
    for grade in GRADES:
        page.add(
            Cell(grade, COUNT._replace(fill=GRADE_FILLS[grade])),
            Cell(CONSEQUENCES[grade], BORDERED, 2),
            Cell(review.summary.amount_by_grade.get(grade, 0.0), NUMBER),
            Cell(of_projects[grade], COUNT, 2),
            Cell(of_indicators[grade], COUNT, 2),
        )


def _project(number: int, project: ProjectReview, target: str) -> Iterator[Cell]:
    severities = Counter(finding.severity for finding in _findings([project]) if finding.counts)
    yield Cell(number, COUNT)
    yield Cell(project.name or "（没有项目名称）", LINK if target else BORDERED, target=target)
    yield Cell(project.unit or "", BORDERED)
    yield Cell("未填" if project.amount is None else project.amount, NUMBER)
    yield Cell(float(points(project.score)), COUNT)
    yield Cell(project.grade, COUNT._replace(fill=GRADE_FILLS[project.grade]))
    yield Cell(len(project.indicators), COUNT)
    yield Cell(sum(indicator.vague for indicator in project.indicators), COUNT)
    for severity in SEVERITY_TITLES:
        count = severities[severity]
        yield Cell(count, COUNT._replace(fill=COLOURS[severity]) if count else COUNT)
    for dimension in DIMENSIONS:
        scores = [getattr(indicator.smart, dimension) for indicator in project.indicators]
        yield Cell(round(fmean(scores), 1) if scores else "—", COUNT)


def notes_sheet(review: Review, styles: Styles, namespace: str, warnings: Sequence[str]) -> tuple[bytes, str]:
    """Return the sheet that explains the marks and says what was found in reading, not checked, and left alone."""
    page = Page(styles, _NOTE_WIDTHS, namespace, Paper(tab=_TAB))
    across = len(_NOTE_WIDTHS)

    def section(title: str) -> None:
        page.add()
        page.add(Cell(title, SECTION, across))

    def table(heads: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
        page.add(*_spread(heads, HEADER))
        for row in rows:
            page.add(*_spread(row, BORDERED))

    page.add(Cell("绩效目标审核说明", TITLE, across), height=30)
    page.add(
        Cell(
            f"由 reviewer {review.reviewer_version} 生成，规则版本 {review.ruleset[:12]}。（{SKIPPED}）", SMALL, across
        )
    )
    section("标记")
    meanings = {"error": "须改", "warning": "应改", "hint": "可改可不改"}
    for severity, title in SEVERITY_TITLES.items():
        fill = BORDERED._replace(fill=COLOURS[severity])
        said = f"{meanings[severity]}。有问题的单元格涂这个颜色，指针停在上面看批注；一格有几个问题，按最重的涂。"
        page.add(Cell(title, fill), Cell(said, BORDERED, across - 1))
    page.add(
        Cell("五项平均分", BORDERED),
        Cell(
            "每条指标五项各 1–5 分：5 完全做到，4 略有欠缺，3 部分做到，2 大部分没做到，1 没有做到。",
            BORDERED,
            across - 1,
        ),
    )
    page.add(
        Cell("〔待填：…〕", BORDERED), Cell("改写里表上没有依据的数，请照实填写，不要照抄。", BORDERED, across - 1)
    )
    if kinds := _kinds(review):
        section("问题分类")
        table(("规则", "轻重", "次数", "项目"), kinds)
    if unchecked := left_unchecked(review):
        section("没有检查的事项（既不算通过，也不算有问题）")
        for line in unchecked:
            page.add(Cell(line, BORDERED, across))
    if review.diagnostics:
        section("读取原表时发现的问题")
        table(
            ("位置", "轻重", "代码", "发现"),
            [
                (place(item.where) if item.where else "", SEVERITY_TITLES[item.severity], item.code, item.message)
                for item in review.diagnostics
            ],
        )
    if exempt := _exempt(review):
        section("没有计入的问题")
        table(("规则", "轻重", "次数", "状态"), exempt)
    remarks = [*warnings, *([use_of_model(review)] if review.mode != "rules" else [])]
    if remarks:
        section("其他")
        for line in remarks:
            page.add(Cell(line, BORDERED, across))
    return page.to_bytes(), "$1:$1"


def _spread(row: Sequence[str | int], look: object) -> Iterator[Cell]:
    for at, value in enumerate(row):
        centred = look is BORDERED and at in (1, 2)
        yield Cell(value, COUNT if centred else look)  # type: ignore[arg-type]


def _kinds(review: Review) -> list[tuple[str, str, int, str]]:
    """Return rule, severity, how often, and in which projects most, of what counts; the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    projects: dict[tuple[str, str], Counter[str]] = {}
    for project in review.projects:
        for finding in _findings([project]):
            if finding.counts:
                key = (finding.rule, SEVERITY_TITLES[finding.severity])
                counts[key] += 1
                projects.setdefault(key, Counter())[project.name or "（没有项目名称）"] += 1
    return [(rule_title(key[0]), key[1], count, _named(projects[key])) for key, count in counts.most_common()]


def _named(projects: Counter[str]) -> str:
    most = projects.most_common(_MOST_NAMED)
    listed = "、".join(f"{name} {count}" if count > 1 else name for name, count in most)
    return f"{listed} 等 {len(projects)} 个" if len(projects) > len(most) else listed


_MOST_NAMED = 8


def _exempt(review: Review) -> list[tuple[str, str, int, str]]:
    counts = Counter(
        (rule_title(finding.rule), SEVERITY_TITLES[finding.severity], state(finding))
        for finding in _findings(review.projects)
        if state(finding)
    )
    return [(rule, severity, count, said) for (rule, severity, said), count in counts.most_common()]


def _findings(projects: Sequence[ProjectReview]) -> Iterator[Finding]:
    for project in projects:
        yield from project.findings
        for indicator in project.indicators:
            yield from indicator.findings
