"""Every rule that is on, over a row, a project, a document: the only way in for pipeline, rewriting and exercises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reviewer.models import Coverage, Document, Project
from reviewer.rules import (
    classes,
    compound,
    conflict,
    echo,
    formula,
    instruction,
    measure,
    percentage,
    relevance,
    text,
    timing,
    vague,
)
from reviewer.rules.across import Across
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, NotChecked, Result
from reviewer.rules.catalogue import Rule
from reviewer.rules.pattern import match_project, match_row
from reviewer.rules.project import judge_project
from reviewer.rules.row import ProjectFacts, Row
from reviewer.rules.thresholds import DEFAULTS, Thresholds

RowRule = Callable[[Row], Result]

# In this order: C401 tells later rules (T601, C402) that the row is in the wrong class and not theirs to judge.
ROW_RULES: tuple[tuple[tuple[str, ...], RowRule], ...] = (
    (("C401",), classes.misclassified),
    (("V101", "V102", "V103"), vague.vague),
    (("M201",), measure.missing_unit),
    (("M202",), percentage.undefined_percentage),
    (("M203",), formula.formula),
    (("M204",), echo.echo),
    (("M205",), compound.compound),
    (("M206",), conflict.value_conflict),
    (("M207",), measure.missing_comparator),
    (("A301",), percentage.unrealistic),
    (("C402",), relevance.output_as_benefit),
    (("R501",), relevance.irrelevant),
    (("R502",), relevance.routine),
    (("T601",), timing.no_deadline),
    (("T602",), timing.wrong_year),
    (("E701",), text.damaged),
    (("E702",), text.placeholder),
    (("E703",), instruction.instruction),
)


@dataclass(slots=True)
class RowResult:
    """What the rules say about one row."""

    row: Row
    hits: list[Hit]
    unchecked: list[NotChecked]


@dataclass(slots=True)
class ProjectResult:
    """What the rules say about one project and its rows, in the order of the form.

    ``on`` are the codes of the rules that were asked, None for all: a rule that was off has not passed.
    """

    facts: ProjectFacts
    rows: list[RowResult]
    hits: list[Hit] = field(default_factory=list)
    unchecked: list[NotChecked] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    on: frozenset[str] | None = None


def check_row(row: Row, on: frozenset[str], patterns: Sequence[Rule] = ()) -> RowResult:
    """Return the hits of the rules whose codes are *on*, in the order of the catalogue, and what none could decide.

    *patterns* are the rules without code of the catalogue in use (:attr:`Catalogue.patterns`).
    """
    result = RowResult(row, *_sorted([rule(row) for _, rule in ROW_RULES], on))
    if patterns:
        result.hits += [hit for hit in match_row(patterns, row) if hit.code in on]
    return result


def check_project(
    project: Project,
    on: frozenset[str],
    year: int | None,
    damaged: Collection[int] = (),
    patterns: Sequence[Rule] = (),
    thresholds: Thresholds = DEFAULTS,
) -> ProjectResult:
    """Return what the rules say about one project by itself; *damaged* are the indexes of rows that a page seam cut."""
    facts = ProjectFacts(project, year, thresholds=thresholds)
    rows = [Row(indicator, facts, damaged=at in damaged) for at, indicator in enumerate(project.indicators)]
    results = [check_row(row, on, patterns) for row in rows]
    judged = judge_project(facts, rows)
    answers = [*judged.answers, *match_project(patterns, facts)] if patterns else judged.answers
    return ProjectResult(facts, results, *_sorted(answers, on), judged.coverage, on)


def check_document(
    document: Document,
    on: frozenset[str],
    year: int | None = None,
    patterns: Sequence[Rule] = (),
    thresholds: Thresholds = DEFAULTS,
) -> Iterator[ProjectResult]:
    """Yield one result a project, in order. *year* overrides the document's budget year."""
    year = year if year is not None else document.budget_year
    across = Across(document.projects)
    damaged: defaultdict[int, set[int]] = defaultdict(set)
    for at, row in document.damaged:
        damaged[at].add(row)
    for at, project in enumerate(document.projects):
        result = check_project(project, on, year, damaged[at], patterns, thresholds)
        result.hits += [hit for hit in across.answers(at) if hit.code in on]
        yield result


def _sorted(answers: Iterable[Result], on: frozenset[str]) -> tuple[list[Hit], list[NotChecked]]:
    hits: list[Hit] = []
    unchecked: list[NotChecked] = []
    for answer in answers:
        if answer is PASS or answer is NOT_APPLICABLE:
            continue
        if answer.code in on:
            if isinstance(answer, Hit):
                hits.append(answer)
            else:
                unchecked.append(answer)
    return hits, unchecked
