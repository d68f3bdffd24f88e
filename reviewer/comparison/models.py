"""A Comparison: what a resubmission fixed, left and broke, indicator by indicator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reviewer.models import DocumentHead, Finding, Grade, Model, Severity, Summary

Fate = Literal["fixed", "left", "new", "removed", "suppressed"]
Changed = Literal["name", "unit", "amount", "goal", "no", "level1", "level2", "cycle_value", "annual_value"]


class FindingChange(Model):
    """A finding and its fate: fixed, left, new, removed with its indicator or project, or suppressed now.

    ``finding`` is as it stands in the later review; as it stood in the earlier one where the later has it no more.
    """

    fate: Fate
    finding: Finding


class IndicatorState(Model):
    """An indicator as one of the two reviews has it."""

    no: int
    level1: str
    level2: str
    name: str
    cycle_value: str | None
    annual_value: str
    where: str | None
    vague: bool
    score: float
    grade: Grade


class IndicatorChange(Model):
    """An indicator before and after; None where it was added or removed. ``changed`` are the fields that differ."""

    before: IndicatorState | None
    after: IndicatorState | None
    changed: list[Changed]
    findings: list[FindingChange]


class ProjectState(Model):
    """A project as one of the two reviews has it; ``amount`` in 万元."""

    name: str
    unit: str | None
    amount: float | None
    goal: str
    score: float
    grade: Grade


class ProjectChange(Model):
    """A project before and after; None where it was added or removed. ``findings`` are those about itself."""

    before: ProjectState | None
    after: ProjectState | None
    changed: list[Changed]
    findings: list[FindingChange]
    indicators: list[IndicatorChange]


class Side(Model):
    """One of the two reviews as a whole."""

    reviewer_version: str
    ruleset: str
    mode: Literal["rules", "rules+llm"]
    model: str | None
    document: DocumentHead
    summary: Summary


class Comparison(Model):
    """The result of ``reviewer diff``. Projects and indicators stand in the order of the later review, then those gone.

    ``counts`` are findings by fate and severity; those that count for nothing are in none but ``suppressed``.
    """

    schema_version: Literal[1] = 1
    before: Side
    after: Side
    counts: dict[Fate, dict[Severity, int]] = Field(description="Findings by fate and severity.")
    projects: list[ProjectChange]
