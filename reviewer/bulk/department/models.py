"""The report on a run as ``reviewer report --format json`` prints it, and as every other format shows it.

Money is 万元, scores are 0–100, shares 0–1, SMART means 1–5. Rules go by their names. What counts for nothing (what a
department lets stand, what the better judge overruled) is in no number but ``suppressed`` and ``disputes``.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from reviewer.models import Dimension, Finding, Grade, Model, Severity

RepeatKind = Literal["project", "goal", "set", "text", "output"]


class RuleCount(Model):
    """A rule and how often it found something."""

    rule: str
    count: int


class Stake(Model):
    """The projects of one grade and their money; ``unpriced`` of them have no amount, which is no 0."""

    grade: Grade
    projects: int
    amount: float
    unpriced: int


class Rows(Model):
    """What a set of indicators comes to: how many, how many vague, by grade, the mean of each SMART dimension.

    ``smart`` is empty where there are none; ``worst`` is the rule that found most errors and warnings there.
    """

    indicators: int
    vague: int
    grades: dict[Grade, int]
    smart: dict[Dimension, float]
    faults: int
    worst: RuleCount | None


class ClassStanding(Rows):
    """The indicators of one class, such as 产出指标/数量指标; ``score`` is their mean."""

    level1: str
    level2: str
    score: float


class Standing(Rows):
    """A set of projects: their score by the formula for a document, and the money under each grade.

    ``amount`` is the sum of what is filled in, None when nothing is; ``unpriced`` projects have none.
    """

    projects: int
    score: float
    grade: Grade
    amount: float | None
    unpriced: int
    stakes: list[Stake]


class UnitStanding(Standing):
    """A unit; ``rank`` 1 has the highest score."""

    rank: int
    name: str


class ProjectStanding(Model):
    """A project in the ranking, where 1 has the lowest score; ``failed`` says that no model could judge it."""

    rank: int
    unit: str
    name: str
    amount: float | None
    score: float
    grade: Grade
    indicators: int
    vague: int
    errors: int
    warnings: int
    worst: str | None
    file: str
    failed: bool


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


class Reason(Model):
    """Why a project is bad: a rule, how often it found something there, and the first place, quoted."""

    rule: str
    severity: Severity
    count: int
    no: int | None
    name: str
    quote: str
    message: str


class WorstProject(ProjectStanding):
    """One of the ten worst projects, 中 or 差, with its reasons, the gravest first."""

    reasons: list[Reason]


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


class Unread(Model):
    """A file that could not be read (again), and why; the results of ``kept`` projects stand from an earlier time."""

    file: str
    message: str
    kept: int


class Failure(Model):
    """A project that the model could not judge; its figures are those of the rules."""

    unit: str
    project: str
    file: str
    kind: str
    message: str


class NotChecked(Model):
    """A rule that could not be decided, how often, and the most frequent reasons."""

    rule: str
    count: int
    reasons: dict[str, int]


class Noticed(Model):
    """What reading noticed of one kind: how often, in how many files, and one of them in its words."""

    code: str
    severity: Severity
    count: int
    files: int
    file: str
    message: str
    where: str | None


class Open(Model):
    """All that this report does not know: ``missing`` projects were read and are not judged yet."""

    unread: list[Unread]
    missing: int
    failures: list[Failure]
    unchecked: list[NotChecked]
    noticed: list[Noticed]


class Dispute(Model):
    """Where model and rules disagree about a rule: who found it, how often the other said no, and some places."""

    rule: str
    found_by_rules: int
    found_by_model: int
    examples: list[Example]


class Use(Model):
    """What one model at one endpoint was asked in this run; ``cost`` is None when its price is unknown.

    ``requests`` are those that got an answer or failed for good, ``calls`` all that were sent; times are UTC.
    """

    base_url: str
    model: str
    requests: int
    answered: int
    failures: dict[str, int]
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    currency: str
    first: str
    last: str


class Opinion(Model):
    """What the model's word came to: ``dropped`` claims could not be proved, ``unsteady`` indicators need a person."""

    judged: int
    dropped: int
    unsteady: int
    disputes: list[Dispute]
    use: list[Use]


class Side(Model):
    """A project in one of two runs."""

    score: float
    grade: Grade
    amount: float | None


class Change(Model):
    """A project in the earlier and the later run, matched by unit and name; None where it is not in it."""

    unit: str
    name: str
    before: Side | None
    after: Side | None


class Move(Model):
    """Projects that went from one grade to another, and their money: as it is now, or was where they are gone."""

    before: Grade | None
    after: Grade | None
    projects: int
    amount: float
    unpriced: int


class RuleChange(Model):
    """How often a rule found something in the earlier and in the later run."""

    rule: str
    before: int
    after: int


class Changes(Model):
    """What became of an earlier run. ``projects`` begin with those that fell most; ``settings`` are what differs."""

    run: str
    begun: date
    settings: list[str]
    before: Standing
    better: int
    worse: int
    same: int
    new: int
    gone: int
    moves: list[Move]
    rules: list[RuleChange]
    projects: list[Change]


class Report(Model):
    """A run as a whole. ``units`` come best first, ``projects`` worst first, everything else most frequent first."""

    schema_version: Literal[1] = 1
    reviewer_version: str
    ruleset: str
    mode: Literal["rules", "rules+llm"]
    model: str | None
    begun: date
    departments: list[str]
    years: list[int]
    files: int
    total: Standing
    suppressed: int
    units: list[UnitStanding]
    worst: list[WorstProject]
    projects: list[ProjectStanding]
    classes: list[ClassStanding]
    defects: list[Defect]
    phrases: list[Phrase]
    repeats: list[Repeat]
    coverage: Coverage
    open: Open
    opinion: Opinion | None = Field(description="None where no model was asked.")
    changes: Changes | None = None
