"""The report on a run as ``reviewer report --format json`` prints it, and as every other format shows it.

Money is 万元, scores are 0–100, shares 0–1, SMART means 1–5. Rules go by their names. What counts for nothing (what a
department lets stand, what the better judge overruled) is in no number but ``suppressed`` and ``disputes``.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from reviewer.bulk.department.evidence import Coverage, Defect, Example, Phrase, Repeat
from reviewer.models import Dimension, Grade, Model, Severity


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
    """All that this report does not know: ``missing`` projects were read and are not judged yet.

    ``complete`` says whether the run came to the end of its inputs; else there may be more that nobody has read.
    """

    complete: bool
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
