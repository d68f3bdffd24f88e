"""All rules about one project as a whole, in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reviewer.models import Coverage
from reviewer.rules import goal, structure
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.clauses import Clause, read_clauses
from reviewer.rules.coverage import goal_coverage
from reviewer.rules.instruction import instruction_in_project
from reviewer.rules.row import ProjectFacts, Row


class ProjectAnswers(NamedTuple):
    """What the project rules say, whether they are on or not, and which indicators measure what the goal promises."""

    answers: list[Hit | NotChecked]
    coverage: list[Coverage]


def judge_project(facts: ProjectFacts, rows: Sequence[Row]) -> ProjectAnswers:
    """Apply E703 (name and goal), G801–G805, S901, S902, S905 and S906 to a project and its rows.

    >>> from reviewer.models import Project
    >>> [answer.code for answer in judge_project(ProjectFacts(Project(name="村道硬化", goal=""), 2024), []).answers]
    ['G801']
    """
    clauses = read_clauses(facts.goal)
    coverage, about_goal = goal_coverage(facts, clauses, rows)
    return ProjectAnswers([*_about_texts(facts, clauses), *about_goal, *_about_rows(facts, rows)], coverage)


def _about_texts(facts: ProjectFacts, clauses: Sequence[Clause]) -> Iterator[Hit]:
    yield from instruction_in_project(facts)
    missing = list(goal.goal_missing(facts))
    yield from missing or goal.goal_without_target(facts, clauses)


def _about_rows(facts: ProjectFacts, rows: Sequence[Row]) -> Iterator[Hit | NotChecked]:
    yield from structure.missing_class(facts, rows)
    yield from structure.duplicates(rows)
    yield from structure.thin_for_amount(facts, rows)
    yield from structure.weights(rows)
