"""Two reviews side by side: what a resubmission fixed, left and broke; and what is new against a baseline.

>>> import reviewer
>>> from reviewer.models import Document, Indicator, Project
>>> vague = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成")
>>> clear = vague.model_copy(update={"annual_value": "≥672场"})
>>> drafts = [Document(projects=[Project(name="电影放映", indicators=[row])]) for row in (vague, clear)]
>>> compare(*map(reviewer.review, drafts)).counts["fixed"]["error"]
1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, get_args

from reviewer.comparison.findings import same_in_indicator, same_in_project
from reviewer.comparison.matching import Pairs, match_indicators, match_projects
from reviewer.comparison.models import (
    Changed,
    Comparison,
    Fate,
    FindingChange,
    IndicatorChange,
    IndicatorState,
    ProjectChange,
    ProjectState,
    Side,
)
from reviewer.models import Finding, IndicatorReview, ProjectReview, Review, Severity

__all__ = ["Comparison", "compare", "mark_baseline", "new_findings"]

Owner = TypeVar("Owner", ProjectReview, IndicatorReview)
Change = TypeVar("Change")
Same = Callable[[Sequence[Finding], Sequence[Finding]], dict[int, int]]

_PROJECT_FIELDS: tuple[Changed, ...] = ("name", "unit", "amount", "goal")
_INDICATOR_FIELDS: tuple[Changed, ...] = ("no", "level1", "level2", "name", "cycle_value", "annual_value")


def compare(before: Review, after: Review) -> Comparison:
    """Return what became of each project, indicator and finding of *before* in *after*."""
    projects = list(
        _changes(before.projects, after.projects, match_projects(before.projects, after.projects), _project)
    )
    return Comparison(before=_side(before), after=_side(after), counts=_counts(projects), projects=projects)


def mark_baseline(review: Review, before: Review | Sequence[Review]) -> Review:
    """Return *review* with ``baseline`` set at the findings that *before* had already.

    Of several reviews (one a file) the one that shares most projects with *review* is meant.
    """
    if not isinstance(before, Review):
        if not before:
            return review
        before = max(before, key=lambda one: len(_keys(one) & _keys(review)))
    pairs = match_projects(before.projects, review.projects)
    projects = list(review.projects)
    for old, new in pairs.both:
        projects[new] = _marked_project(before.projects[old], review.projects[new])
    return review.model_copy(update={"projects": projects})


def new_findings(review: Review) -> list[Finding]:
    """Return the errors and warnings that count and that no baseline has."""
    return [
        finding
        for project in review.projects
        for findings in (project.findings, *(row.findings for row in project.indicators))
        for finding in findings
        if finding.severity != "hint" and finding.counts and not finding.baseline
    ]


def _keys(review: Review) -> set[tuple[str, str | None]]:
    return {(project.name, project.unit) for project in review.projects}


# Baseline -------------------------------------------------------------------------------------------------------------


def _marked_project(before: ProjectReview, after: ProjectReview) -> ProjectReview:
    indicators = list(after.indicators)
    for old, new in match_indicators(before.indicators, after.indicators).both:
        indicators[new] = _marked(before.indicators[old], after.indicators[new], same_in_indicator)
    return _marked(before, after, same_in_project).model_copy(update={"indicators": indicators})


def _marked(before: Owner, after: Owner, same: Same) -> Owner:
    findings = list(after.findings)
    for at in same(before.findings, after.findings).values():
        findings[at] = findings[at].model_copy(update={"baseline": True})
    return after.model_copy(update={"findings": findings})


# Comparison -----------------------------------------------------------------------------------------------------------


def _changes(
    before: Sequence[Owner],
    after: Sequence[Owner],
    pairs: Pairs,
    change: Callable[[Owner | None, Owner | None], Change],
) -> Iterator[Change]:
    """Yield the changes in the order of *after*, then those of what is gone."""
    was = {new: old for old, new in pairs.both}
    for at, owner in enumerate(after):
        yield change(before[was[at]] if at in was else None, owner)
    for at in pairs.gone:
        yield change(before[at], None)


def _project(before: ProjectReview | None, after: ProjectReview | None) -> ProjectChange:
    olds, news = (project.indicators if project else [] for project in (before, after))
    return ProjectChange(
        before=_state(ProjectState, before),
        after=_state(ProjectState, after),
        changed=_changed(before, after, _PROJECT_FIELDS),
        findings=list(_fates(before, after, same_in_project)),
        indicators=list(_changes(olds, news, match_indicators(olds, news), _indicator)),
    )


def _indicator(before: IndicatorReview | None, after: IndicatorReview | None) -> IndicatorChange:
    return IndicatorChange(
        before=_state(IndicatorState, before),
        after=_state(IndicatorState, after),
        changed=_changed(before, after, _INDICATOR_FIELDS),
        findings=list(_fates(before, after, same_in_indicator)),
    )


State = TypeVar("State", ProjectState, IndicatorState)


def _state(kind: type[State], owner: ProjectReview | IndicatorReview | None) -> State | None:
    return None if owner is None else kind(**{name: getattr(owner, name) for name in kind.model_fields})


def _changed(before: Owner | None, after: Owner | None, fields: Iterable[Changed]) -> list[Changed]:
    if before is None or after is None:
        return []
    return [name for name in fields if getattr(before, name) != getattr(after, name)]


def _fates(before: Owner | None, after: Owner | None, same: Same) -> Iterator[FindingChange]:
    """Yield the fates of the findings, those of the later review in its order, then those that are gone."""
    olds, news = (owner.findings if owner else [] for owner in (before, after))
    pairs = same(olds, news)
    stayed = set(pairs.values())
    for at, finding in enumerate(news):
        if finding.suppressed is not None:
            yield FindingChange(fate="suppressed", finding=finding)
        elif finding.counts:
            yield FindingChange(fate="left" if at in stayed else "new", finding=finding)
    for at, finding in enumerate(olds):
        if at not in pairs and finding.counts:
            yield FindingChange(fate="removed" if after is None else "fixed", finding=finding)


def _counts(projects: Iterable[ProjectChange]) -> dict[Fate, dict[Severity, int]]:
    counts: dict[Fate, dict[Severity, int]] = {fate: dict.fromkeys(get_args(Severity), 0) for fate in get_args(Fate)}
    for project in projects:
        for changes in (project.findings, *(row.findings for row in project.indicators)):
            for change in changes:
                counts[change.fate][change.finding.severity] += 1
    return counts


def _side(review: Review) -> Side:
    return Side(**{name: getattr(review, name) for name in Side.model_fields})
