"""A comparison as Markdown, to be sent back with the resubmission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.comparison.models import Comparison, FindingChange, IndicatorChange, ProjectChange
from reviewer.reporting.comparison import words
from reviewer.reporting.markdown import escaped


def render_markdown(comparison: Comparison) -> str:
    """Return the comparison as GitHub-flavoured Markdown; the text of the tables is escaped, never markup."""
    return "\n".join(_report(comparison)) + "\n"


def _report(comparison: Comparison) -> Iterator[str]:
    yield "# 两次申报的比较"
    yield ""
    yield f"**{words.headline(comparison)}**"
    yield ""
    for remark in words.remarks(comparison):
        yield f"- {remark}"
    told, quiet = words.changed_projects(comparison)
    for project in told:
        yield from _project(project)
    if quiet:
        yield ""
        yield f"没有变化的 {len(quiet)} 个项目：{escaped('、'.join(quiet))}。"


def _project(project: ProjectChange) -> Iterator[str]:
    yield ""
    yield f"## {escaped(words.title(project)) or '（没有项目名称）'}：{words.moved(project)}"
    yield ""
    yield from _differences(project)
    yield from _findings(project.findings)
    for indicator in filter(words.is_told, project.indicators):
        yield from _indicator(indicator)


def _indicator(indicator: IndicatorChange) -> Iterator[str]:
    state = indicator.after or indicator.before
    assert state is not None
    title = f"**{state.no} {escaped(words.title(indicator))}**（{escaped(words.class_of(indicator))}）"
    yield ""
    yield f"{title} {words.moved(indicator)}"
    yield ""
    yield from _differences(indicator)
    yield from _findings(indicator.findings)


def _differences(change: ProjectChange | IndicatorChange) -> Iterator[str]:
    for title, before, after in words.differences(change):
        yield f"- {title}：{escaped(before)} → {escaped(after)}"


def _findings(changes: Iterable[FindingChange]) -> Iterator[str]:
    for change in words.worth_telling(changes):
        fate = f"{words.FATE_MARKS[change.fate]} {words.FATE_TITLES[change.fate]}"
        yield f"- {escaped(fate)} {escaped(words.said(change))}"
