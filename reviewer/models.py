"""The two contracts as pydantic models: Document (what was read) and Review (what was found).

Money is 万元 throughout, offsets are code points in the named field, grades are 优良中差. Field names and order are the
JSON contract printed by ``reviewer schema``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, WithJsonSchema

Severity = Literal["error", "warning", "hint"]
Grade = Literal["优", "良", "中", "差"]
Source = Literal["rules", "llm", "both"]
Dimension = Literal["specific", "measurable", "achievable", "relevant", "time_bound"]
AuditName = Literal["completeness", "relevance", "appropriateness", "feasibility"]
FieldName = Literal[
    "annual_value", "cycle_value", "name", "level1", "level2", "goal", "amount", "indicators", "project"
]

DIMENSIONS: tuple[Dimension, ...] = ("specific", "measurable", "achievable", "relevant", "time_bound")
AUDITS: tuple[AuditName, ...] = ("completeness", "relevance", "appropriateness", "feasibility")


def _empty_for_none(value: Any) -> Any:
    return "" if value is None else value


def _day(value: Any) -> Any:
    # A number would be taken for seconds since 1970, and a time of day says nothing here.
    if type(value) is date:
        return value
    if not isinstance(value, str) or len(value) != len("2026-12-31"):
        raise ValueError
    return date.fromisoformat(value)


# A null where text is expected means "the cell was empty": keep the row, let E702 and G801 speak about it.
Text = Annotated[str, BeforeValidator(_empty_for_none)]
Words = Annotated[str, Field(strict=True, pattern=r"\S")]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Score5 = Annotated[int, Field(ge=1, le=5)]
Score100 = Annotated[float, Field(ge=0, le=100)]


class Model(BaseModel):
    """Shared configuration: unknown keys are an error, so that a misspelt key is never silently lost."""

    model_config = ConfigDict(extra="forbid")


class Diagnostic(Model):
    """What reading had to say about one place of the source: seams, residue, misfits, reconciled totals.

    >>> Diagnostic(code="D002", severity="warning", message="重复行", where="line 33").code
    'D002'
    """

    code: str
    severity: Severity
    message: str
    where: str | None = None


class Indicator(Model):
    """One row of the table. ``cycle_value`` is None where the form has no such column.

    ``weight`` (points, usually out of 100) is kept only when the form prints one; it is left out of the JSON otherwise.

    >>> Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="≥672场").annual_value
    '≥672场'
    """

    no: int
    level1: Text = ""
    level2: Text = ""
    name: Text
    cycle_value: str | None = None
    annual_value: Text
    where: str | None = None
    weight: float | None = Field(default=None, exclude_if=lambda value: value is None)


class Project(Model):
    """A project with its goal and indicators; ``amount`` in 万元."""

    name: Text
    unit: str | None = None
    amount: float | None = None
    goal: Text = ""
    indicators: list[Indicator] = []


class Unit(Model):
    """A spending unit and its printed subtotal in 万元."""

    name: str
    total: float


class DocumentHead(Model):
    """A document without its projects, as it stands in a Review."""

    title: str | None = None
    budget_year: int | None = None
    department: str | None = None
    unit_of_money: str = "万元"
    total: float | None = None
    units: list[Unit] = []


class Document(DocumentHead):
    """A declaration table: head and projects. What reading noticed travels along as :attr:`diagnostics`.

    >>> Document(projects=[Project(name="电影放映", goal="每村每月2场")]).projects[0].name
    '电影放映'
    """

    projects: list[Project] = []
    _diagnostics: list[Diagnostic] = PrivateAttr(default_factory=list)
    _damaged: set[tuple[int, int]] = PrivateAttr(default_factory=set)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What reading noticed, in source order; not part of the Document JSON."""
        return self._diagnostics

    @property
    def damaged(self) -> set[tuple[int, int]]:
        """(index of project, index of indicator) of rows whose text a page seam cut or garbled, as reading found."""
        return self._damaged


class Finding(Model):
    """One fault with its proof: ``quote == field[start:end]`` in code points of the named field.

    ``baseline`` marks one that an earlier review had already; ``suppressed`` is the reason for which the department
    lets it stand, and then it counts for nothing. Both are left out of the JSON when they say nothing.
    """

    rule: str
    code: str
    severity: Severity
    field: FieldName
    quote: str
    start: int
    end: int
    message: str
    source: Source = "rules"
    disputed: bool = False
    baseline: bool = Field(default=False, exclude_if=lambda value: not value)
    suppressed: str | None = Field(default=None, exclude_if=lambda value: value is None)

    @property
    def overruled(self) -> bool:
        """Whether the side that knows this matter better says otherwise: then it is shown, and counts for nothing."""
        return self.disputed and self.severity == "hint"

    @property
    def counts(self) -> bool:
        """Whether it takes part in scores, grades and exit codes."""
        return self.suppressed is None and not self.overruled


class Unchecked(Model):
    """A rule that could not be decided here, and why; never to be read as a pass."""

    rule: str
    why: str


class SmartScores(Model):
    """1–5 per dimension: 5 fully meets, 4 a small flaw, 3 partly, 2 mostly not, 1 not at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    specific: Score5
    measurable: Score5
    achievable: Score5
    relevant: Score5
    time_bound: Score5


class Rewrite(Model):
    """A measurable version of a weak indicator. ``blanks`` say what to look up for each 〔待填：…〕."""

    name: str
    level1: str
    level2: str
    cycle_value: str | None
    annual_value: str
    explanation: str
    blanks: list[str] = []
    source: Literal["rules", "llm"] = "rules"


class IndicatorReview(Model):
    """An indicator with its findings, scores and rewrite.

    ``stability`` is the share of repeated judgements that agree with the verdict; None without repeats.
    """

    no: int
    level1: str
    level2: str
    name: str
    cycle_value: str | None
    annual_value: str
    where: str | None
    vague: bool
    smart: SmartScores
    reasons: dict[Dimension, str]
    score: Score100
    grade: Grade
    findings: list[Finding]
    unchecked: list[Unchecked]
    rewrite: Rewrite | None
    stability: Annotated[float, Field(ge=0, le=1)] | None = None


class Audit(Model):
    """One of the four audit dimensions of 财预〔2015〕88号; ``grade`` is None where judgement was not asked for."""

    grade: Grade | None
    reason: str


class Coverage(Model):
    """A task or outcome the goal promises and the numbers of the indicators that measure it."""

    element: str
    indicators: list[int]


class ProjectError(Model):
    """Why a project could not be judged by the model; its rule review stands all the same."""

    kind: str
    message: str


class Dropped(Model):
    """A claim of the model that could not be confirmed, and why; ``no`` is the indicator it was about, if any."""

    no: int | None
    what: str
    why: str


class ProjectReview(Model):
    """A project with its score, audit, coverage, findings and indicators; ``dropped`` counts for nothing."""

    name: str
    unit: str | None
    amount: float | None
    goal: str
    score: Score100
    grade: Grade
    audit: dict[AuditName, Audit]
    coverage: list[Coverage]
    findings: list[Finding]
    unchecked: list[Unchecked]
    indicators: list[IndicatorReview]
    dropped: list[Dropped] = []
    error: ProjectError | None = None


class Summary(Model):
    """The document in five numbers; ``amount_by_grade`` in 万元 by grade of the project."""

    projects: int
    indicators: int
    score: Score100
    grade: Grade
    vague: int
    amount_by_grade: dict[Grade, float]


class Usage(Model):
    """What the model cost; all zero offline. ``cost`` is None when the price is unknown."""

    requests: int = 0
    cached: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


class Suppression(Model):
    """Findings that a department lets stand, and why: those of *rule* in *project*, or at one *indicator* of it.

    ``rule`` is a code, a name or the beginning of a code; ``project``, ``unit`` and the name in ``indicator`` may hold
    ``*`` and ``?``, and ``indicator`` may be a number of the form instead. It holds through the day ``until``.

    >>> Suppression(rule="V101", project="电影*", indicator=1, reason="合同在审").until
    """

    rule: Words
    project: Words
    unit: Words | None = None
    indicator: Words | Annotated[int, Field(strict=True)] | None = None
    reason: Words
    until: Day | None = None
    _place: str | None = PrivateAttr(default=None)

    @property
    def place(self) -> str | None:
        """Where it stands in a file of settings, if it came from one."""
        return self._place

    def put(self, place: str) -> None:
        """Say where it stands."""
        self._place = place


class SuppressionUse(Suppression):
    """A suppression and what came of it: how many findings it holds, or that its time is over."""

    where: str | None
    expired: bool
    findings: int


class Review(Model):
    """The result of a review, as printed by ``reviewer review --format json``.

    ``suppressions`` are those that were given, used or not; left out of the JSON when there are none.
    """

    schema_version: Literal[1] = 1
    reviewer_version: str
    ruleset: str
    mode: Literal["rules", "rules+llm"]
    model: str | None
    prompts: dict[str, str]
    document: DocumentHead
    diagnostics: list[Diagnostic]
    summary: Summary
    projects: list[ProjectReview]
    usage: Usage
    suppressions: list[SuppressionUse] = Field(default=[], exclude_if=lambda uses: not uses)
