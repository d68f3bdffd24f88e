"""The projects of a run in a row, worst first, and the reasons of the worst."""

from __future__ import annotations

from heapq import heappush, heappushpop

from reviewer.bulk.department.models import ProjectStanding, Reason, WorstProject
from reviewer.bulk.department.tally import Seen
from reviewer.models import Finding, IndicatorReview, ProjectReview

MOST_WORST = 10
MOST_REASONS = 4
_SEVERITIES = {"error": 0, "warning": 1, "hint": 2}

_Entry = tuple[float, float, int, list[Reason]]


class Ranking:
    """All projects, a line each; reasons are kept of the worst alone."""

    def __init__(self) -> None:
        self._lines: list[ProjectStanding] = []
        self._worst: list[_Entry] = []

    def add(self, seen: Seen) -> None:
        """Take a project in."""
        review = seen.review
        found = _grouped(review)
        counted = {"error": 0, "warning": 0, "hint": 0}
        for group in found:
            for finding, _ in group:
                counted[finding.severity] += 1
        faults = [group for group in found if group[0][0].severity != "hint"]
        self._lines.append(
            # Not validated: there may be a million.
            ProjectStanding.model_construct(
                rank=0,
                unit=seen.unit,
                name=seen.name,
                amount=review.amount,
                score=review.score,
                grade=review.grade,
                indicators=len(review.indicators),
                vague=sum(row.vague for row in review.indicators),
                errors=counted["error"],
                warnings=counted["warning"],
                worst=max(faults, key=len)[0][0].rule if faults else None,
                file=seen.file,
                failed=review.error is not None,
            )
        )
        if review.grade in ("优", "良"):
            return
        # The heap gives up the best of the worst first; the earlier of two equal ones stays.
        key = (-review.score, review.amount or 0.0, -seen.at)
        if len(self._worst) < MOST_WORST:
            heappush(self._worst, (*key, _reasons(found)))
        elif key > self._worst[0][:3]:
            heappushpop(self._worst, (*key, _reasons(found)))

    def projects(self) -> list[ProjectStanding]:
        """Return all projects by score; of equal ones that with more money first."""
        found = sorted(self._lines, key=lambda line: (line.score, -(line.amount or 0)))
        for rank, line in enumerate(found, 1):
            line.rank = rank
        return found

    def worst(self) -> list[WorstProject]:
        """Return the worst projects, none that is 优 or 良, with the ranks that :meth:`projects` has given them."""
        return [
            WorstProject(**self._lines[-at].model_dump(), reasons=reasons)
            for _, _, at, reasons in sorted(self._worst, key=lambda entry: entry[:3], reverse=True)
        ]


_Found = tuple[Finding, IndicatorReview | None]


def _grouped(review: ProjectReview) -> list[list[_Found]]:
    """Group what counts in a project by rule."""
    groups: dict[str, list[_Found]] = {}
    for finding in review.findings:
        if finding.counts:
            groups.setdefault(finding.rule, []).append((finding, None))
    for row in review.indicators:
        for finding in row.findings:
            if finding.counts:
                groups.setdefault(finding.rule, []).append((finding, row))
    return list(groups.values())


def _reasons(found: list[list[_Found]]) -> list[Reason]:
    """Return the gravest groups as reasons, each with its first place."""
    ranked = sorted(found, key=lambda group: (_SEVERITIES[group[0][0].severity], -len(group)))
    return [
        Reason(
            rule=finding.rule,
            severity=finding.severity,
            count=len(group),
            no=row and row.no,
            name=row.name if row else "",
            quote=finding.quote,
            message=finding.message,
        )
        for group in ranked[:MOST_REASONS]
        for finding, row in group[:1]
    ]
