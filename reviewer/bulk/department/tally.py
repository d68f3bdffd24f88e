"""Sums over indicators and projects, taken one at a time: for the run, for each unit and for each class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, get_args

from reviewer.bulk.department.models import ClassStanding, RuleCount, Stake, Standing, UnitStanding
from reviewer.models import DIMENSIONS, Dimension, Finding, Grade, IndicatorReview, ProjectReview
from reviewer.pipeline import added
from reviewer.scoring import ProjectScore, score_document

GRADES: tuple[Grade, ...] = get_args(Grade)

NO_UNIT = "（未写单位）"
NO_NAME = "（没有项目名称）"


@dataclass(frozen=True, slots=True)
class Seen:
    """A project as it passes: its place in the run (from 0), whose it is, and its review."""

    at: int
    unit: str
    name: str
    file: str
    review: ProjectReview


class Weight(NamedTuple):
    """What of a project is kept to the end of the run for scores and money."""

    unit: str
    amount: float | None
    score: float
    grade: Grade


class Tally:
    """What a set of indicators comes to so far."""

    def __init__(self) -> None:
        self._vague = 0
        self._faults = 0
        self._score = 0.0
        self._grades: Counter[Grade] = Counter()
        self._smart = [0] * len(DIMENSIONS)
        self._rules: Counter[str] = Counter()

    def add(self, row: IndicatorReview) -> None:
        """Count an indicator with its findings."""
        self._vague += row.vague
        self._score += row.score
        self._grades[row.grade] += 1
        smart = row.smart
        scores = (smart.specific, smart.measurable, smart.achievable, smart.relevant, smart.time_bound)
        self._smart = [one + other for one, other in zip(self._smart, scores, strict=True)]
        self.add_findings(row.findings)

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Count the errors and warnings among *findings*."""
        for finding in findings:
            if finding.severity != "hint" and finding.counts:
                self._faults += 1
                self._rules[finding.rule] += 1

    @property
    def score(self) -> float:
        """The mean score of the indicators."""
        return round(self._score / (self._grades.total() or 1), 1)

    def rows(self) -> dict[str, object]:
        """Return the fields of :class:`reviewer.bulk.department.models.Rows`."""
        count = self._grades.total()
        smart: dict[Dimension, float] = {}
        if count:
            smart = {name: round(sum_ / count, 2) for name, sum_ in zip(DIMENSIONS, self._smart, strict=True)}
        worst = min(self._rules.items(), key=lambda item: (-item[1], item[0]), default=None)
        return {
            "indicators": count,
            "vague": self._vague,
            "grades": {grade: self._grades[grade] for grade in GRADES},
            "smart": smart,
            "faults": self._faults,
            "worst": worst and RuleCount(rule=worst[0], count=worst[1]),
        }


class Tallies:
    """The tallies of the run, its units and its classes."""

    def __init__(self) -> None:
        self._total = Tally()
        self._units: dict[str, Tally] = {}
        self._classes: dict[tuple[str, str], Tally] = {}
        self._weights: list[Weight] = []

    def add(self, seen: Seen) -> None:
        """Count a project."""
        review = seen.review
        unit = self._units.setdefault(seen.unit, Tally())
        self._weights.append(Weight(seen.unit, review.amount, review.score, review.grade))
        for row in review.indicators:
            key = (row.level1, row.level2)
            for tally in (self._total, unit, self._classes.get(key) or self._classes.setdefault(key, Tally())):
                tally.add(row)
        for tally in (self._total, unit):
            tally.add_findings(review.findings)

    def total(self) -> Standing:
        """Return how the run as a whole stands."""
        return Standing.model_validate(self._total.rows() | standing(self._weights))

    def units(self) -> list[UnitStanding]:
        """Return the units, the best first; of equal ones that with more money."""
        weights: dict[str, list[Weight]] = {}
        for weight in self._weights:
            weights.setdefault(weight.unit, []).append(weight)
        found = [
            UnitStanding.model_validate(tally.rows() | standing(weights[name]) | {"rank": 0, "name": name})
            for name, tally in self._units.items()
        ]
        found.sort(key=lambda unit: (-unit.score, -(unit.amount or 0)))
        for rank, unit in enumerate(found, 1):
            unit.rank = rank
        return found

    def classes(self) -> list[ClassStanding]:
        """Return the classes, those with most indicators first."""
        found = [
            ClassStanding.model_validate(tally.rows() | {"level1": level1, "level2": level2, "score": tally.score})
            for (level1, level2), tally in self._classes.items()
        ]
        return sorted(found, key=lambda one: -one.indicators)


def standing(weights: list[Weight]) -> dict[str, object]:
    """Return what :class:`Standing` says of projects besides their indicators."""
    score, grade = score_document((weight.amount, ProjectScore(weight.score, weight.grade, {})) for weight in weights)
    stakes = []
    for each in GRADES:
        amounts = [weight.amount for weight in weights if weight.grade == each]
        stakes.append(
            Stake(
                grade=each, projects=len(amounts), amount=added(amounts), unpriced=sum(one is None for one in amounts)
            )
        )
    unpriced = sum(stake.unpriced for stake in stakes)
    return {
        "projects": len(weights),
        "score": score,
        "grade": grade,
        "amount": None if unpriced == len(weights) else added(weight.amount for weight in weights),
        "unpriced": unpriced,
        "stakes": stakes,
    }
