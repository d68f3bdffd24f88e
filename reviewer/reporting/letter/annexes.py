"""What is annexed to a letter: every problem with quote, basis and wording, what was not checked or read, the bases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from reviewer.models import Finding, IndicatorReview, ProjectReview, Review
from reviewer.reporting.layout import Paint, marked
from reviewer.reporting.letter.opinion import AUDIT_COLUMNS, audit_rows
from reviewer.reporting.letter.paper import Column, Paper
from reviewer.reporting.words import (
    SEVERITY_TITLES,
    class_title,
    codes,
    is_sound,
    money,
    not_believed,
    origin,
    place,
    points,
    recheck,
    rule_of,
    rule_title,
    state,
    weak_dimensions,
    wording,
    worst_first,
)

_PLAIN = Paint(False)
_REGULATION = re.compile(r"财预〔\d{4}〕\d+号")


class Annex(NamedTuple):
    """An annex: its title, and what writes it."""

    title: str
    write: Callable[[Paper], None]


def annexes(review: Review) -> list[Annex]:
    """Return the annexes of a letter about *review*, without those that would be empty."""
    found: list[Annex] = []
    if review.projects:
        found.append(Annex("各项目的问题和修改建议", lambda paper: _problems(paper, review)))
    if unchecked := _unchecked(review):
        found.append(Annex("没有检查的事项", lambda paper: _not_checked(paper, unchecked)))
    if review.diagnostics:
        found.append(Annex("读取原表时发现的问题", lambda paper: _noticed(paper, review)))
    if bases := _bases(review):
        found.append(Annex("审核依据", lambda paper: paper.table([Column("规则", 44), Column("依据", 112)], bases)))
    return found


_PROBLEM_COLUMNS = (Column("指标", 46), Column("问题和依据", 50), Column("建议写法", 60))


def _problems(paper: Paper, review: Review) -> None:
    for number, project in enumerate(worst_first(review), 1):
        paper.say("Heading2", f"{number}. {project.name or '（没有项目名称）'}")
        paper.say("Lead", f"{money(project.amount)}，{points(project.score)} 分，{project.grade}。")
        if len(review.projects) > 1:  # those of a single one stand in the letter
            paper.table(AUDIT_COLUMNS, audit_rows(project), together=True)
        for line in _own(project):
            paper.say("Small", line)
        if rows := list(_rows(project)):
            paper.say("Lead", "指标的问题：")
            paper.table(_PROBLEM_COLUMNS, rows)
        for line in _asides(project):
            paper.say("Small", line)


def _own(project: ProjectReview) -> Iterator[str]:
    """Yield the goal, the faulty words marked, and what is wrong with the project itself."""
    own = [finding for finding in project.findings if not state(finding)]
    goal = marked(project.goal, [(f.start, f.end) for f in own if f.field == "goal" and f.quote], _PLAIN)
    yield f"绩效目标：{goal or '（空）'}"
    if own:
        yield "项目的问题："
    yield from map(_problem, own)


def _rows(project: ProjectReview) -> Iterator[list[list[str]]]:
    for indicator in project.indicators:
        if not is_sound(indicator) and (problems := list(_problems_of(indicator))):
            yield [list(_shown(indicator)), problems, list(wording(indicator))]


def _problems_of(indicator: IndicatorReview) -> Iterator[str]:
    fresh = [finding for finding in indicator.findings if not state(finding)]
    yield from map(_problem, fresh)
    if all(finding.severity == "hint" for finding in fresh):
        # No fault explains the score, so the scores have to.
        yield from weak_dimensions(indicator)
    if doubt := recheck(indicator):
        yield doubt


def _problem(finding: Finding) -> str:
    named = "、".join(_regulations(finding))
    basis = f"（{named}）" if named else ""
    title = rule_title(finding.rule)
    return f"{SEVERITY_TITLES[finding.severity]} {title}{origin(finding)}：{finding.message}{basis}"


def _shown(indicator: IndicatorReview) -> Iterator[str]:
    """Yield an indicator as the form has it, the faulty words marked."""
    faults = [finding for finding in indicator.findings if finding.severity != "hint" and not state(finding)]

    def field(name: str, text: str) -> str:
        return marked(text, [(f.start, f.end) for f in faults if f.field == name], _PLAIN) or "（空）"

    title = class_title(indicator.level1, indicator.level2)
    if any(finding.field in ("level1", "level2") for finding in faults):
        title = f"⟦{title}⟧"
    yield f"第 {indicator.no} 条　{title}"
    yield field("name", indicator.name)
    if indicator.cycle_value is not None:
        yield f"周期：{field('cycle_value', indicator.cycle_value)}"
    yield f"年度：{field('annual_value', indicator.annual_value)}"
    yield f"{points(indicator.score)} 分，{indicator.grade}"


def _asides(project: ProjectReview) -> Iterator[str]:
    """Yield what asks for no change now, and what the model could not do."""
    if sound := [indicator for indicator in project.indicators if is_sound(indicator)]:
        listed = "；".join(f"第 {row.no} 条 {row.name}{_hints(row)}" for row in sound)
        yield f"可以保留的指标 {len(sound)} 条：{listed}。"
    for about, finding in _standing(project):
        yield f"{state(finding)}：{about}{rule_title(finding.rule)}，{finding.message}"
    if project.error:
        yield f"模型未能判断，只有规则的结果：{project.error.message}"
    for claim in not_believed(project):
        yield f"模型的话未采用：{claim}"


def _hints(indicator: IndicatorReview) -> str:
    hints = codes(finding for finding in indicator.findings if not state(finding))
    return f"（提示 {hints}）" if hints else ""


def _standing(project: ProjectReview) -> Iterator[tuple[str, Finding]]:
    yield from (("", finding) for finding in project.findings if state(finding))
    for indicator in project.indicators:
        yield from ((f"第 {indicator.no} 条，", finding) for finding in indicator.findings if state(finding))


def _unchecked(review: Review) -> list[list[str | list[str]]]:
    """Return (rule, why, where) of what could not be decided; the commonest first."""
    places: dict[tuple[str, str], dict[str, list[int]]] = {}
    for project in review.projects:
        name = project.name or "（没有项目名称）"
        for item in project.unchecked:
            places.setdefault((item.rule, item.why), {}).setdefault(name, [])
        for indicator in project.indicators:
            for item in indicator.unchecked:
                places.setdefault((item.rule, item.why), {}).setdefault(name, []).append(indicator.no)
    commonest = sorted(places.items(), key=lambda entry: -sum(max(1, len(rows)) for rows in entry[1].values()))
    return [
        [rule_title(rule), why, [f"{name}{_numbers(rows)}" for name, rows in projects.items()]]
        for (rule, why), projects in commonest
    ]


def _numbers(rows: list[int]) -> str:
    return f"：第 {'、'.join(map(str, rows))} 条" if rows else ""


def _not_checked(paper: Paper, rows: list[list[str | list[str]]]) -> None:
    paper.say("Lead", "下列事项既不算通过，也不算有问题，须由审核人员判断：")
    paper.table([Column("事项", 32), Column("为什么没有检查", 68), Column("涉及的项目和指标", 56)], rows)


def _noticed(paper: Paper, review: Review) -> None:
    paper.say("Lead", "请对照原表核实；因此读错或没有读到的，以原表为准：")
    rows = [
        [place(item.where) if item.where else "", SEVERITY_TITLES[item.severity], item.message]
        for item in review.diagnostics
    ]
    paper.table([Column("位置", 30), Column("轻重", 14, "CellMiddle"), Column("发现", 112)], rows)


def _bases(review: Review) -> list[list[str]]:
    rules = {rule.code: rule for finding in _findings(review) if (rule := rule_of(finding.rule))}
    return [[f"{code} {rules[code].title}", rules[code].basis] for code in sorted(rules)]


def _findings(review: Review) -> Iterator[Finding]:
    for project in review.projects:
        yield from project.findings
        for indicator in project.indicators:
            yield from indicator.findings


def _regulations(finding: Finding) -> Iterable[str]:
    rule = rule_of(finding.rule)
    return dict.fromkeys(_REGULATION.findall(rule.basis)) if rule else ()
