"""What a report on a run points at: places, real rows, what rules found, what stands twice, what nothing measures.

Money is 万元, shares are 0–1, rules go by their names.
"""

from __future__ import annotations

from typing import Literal

from reviewer.models import Finding, Model, Severity

RepeatKind = Literal["project", "goal", "set", "text", "output"]


class Place(Model):
    """Where something stands: unit, project and file as people know them; number and place of the indicator."""

    unit: str
    project: str
    file: str
    no: int | None = None
    where: str | None = None


class Example(Place):
    """A real row and what was found there, or a good one with nothing found.

    ``name`` and ``value`` (the annual one) are empty where the matter is the project's; ``text`` is the text of the
    field in which the finding's ``start`` and ``end`` count, ``rewrite`` a wording that would do.
    """

    amount: float | None
    level1: str
    level2: str
    name: str
    value: str
    score: float
    text: str
    finding: Finding | None
    rewrite: str | None


class Defect(Model):
    """What one rule found. ``share`` is ``affected`` of all indicators, or of all projects where it is about those.

    ``amount`` is the money of the projects concerned; ``worst`` are at most three rows, ``best`` a good one of the
    class of the first, out of the same run.
    """

    rule: str
    code: str
    of: Literal["indicators", "projects"]
    counts: dict[Severity, int]
    affected: int
    share: float
    projects: int
    units: int
    amount: float
    unpriced: int
    worst: list[Example]
    best: Example | None


class Phrase(Model):
    """Words that say nothing, as they stand in the values: how often, in how many projects, and one place."""

    text: str
    rule: str
    count: int
    projects: int
    place: Place


class RepeatPlace(Place):
    """One place of a repetition, with what stands there."""

    amount: float | None
    text: str


class Repeat(Model):
    """What stands in several projects: a whole project, its goal, all its indicators, a describing text, an output.

    ``near`` texts differ in a few characters. ``count`` are all places, ``places`` the first of them; ``same_unit``
    says that two of them belong to one unit. ``amount`` is the money of the projects together.
    """

    kind: RepeatKind
    near: bool
    same_unit: bool
    text: str
    count: int
    amount: float
    places: list[RepeatPlace]


class Gap(Model):
    """A project that promises what none of its indicators measures."""

    unit: str
    project: str
    file: str
    amount: float | None
    missing: list[str]


class Coverage(Model):
    """Of the goals that could be taken apart: their promises, how many are measured, and where most money is open."""

    projects: int
    elements: int
    covered: int
    gaps: list[Gap]
