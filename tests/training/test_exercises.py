"""Every exercise of the catalogue, proven once more by the engine itself: one right answer, and only one."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest

import reviewer
from reviewer.language.classes import normalise_class
from reviewer.models import Document, Finding, Indicator, IndicatorReview, Project
from reviewer.reading import read_bytes
from reviewer.rules.catalogue import load_catalogue
from reviewer.training.choices import in_line
from reviewer.training.exercises import Exercise, Kind, catalogue_exercises, paper, review_exercises
from reviewer.training.hints import hints
from reviewer.training.models import LETTERS


@pytest.fixture(scope="module")
def exercises() -> list[Exercise]:
    return catalogue_exercises(1)


def of(exercises: list[Exercise], kind: Kind) -> list[Exercise]:
    found = [exercise for exercise in exercises if exercise.kind is kind]
    assert found
    return found


def row_review(row: Indicator, project: Project, year: int | None) -> IndicatorReview:
    alone = project.model_copy(update={"indicators": [row]})
    return reviewer.review(Document(budget_year=year, projects=[alone])).projects[0].indicators[0]


def all_findings(document: Document) -> list[Finding]:
    projects = reviewer.review(document).projects
    return [
        finding
        for project in projects
        for findings in (project.findings, *(row.findings for row in project.indicators))
        for finding in findings
    ]


def above_hints(found: IndicatorReview) -> list[str]:
    return [finding.code for finding in found.findings if finding.severity != "hint"]


def test_there_are_enough_of_every_kind_and_about_every_rule(exercises: list[Exercise]) -> None:
    assert len(exercises) >= 200
    assert min(Counter(exercise.kind for exercise in exercises).values()) >= 20
    assert {rule.code for rule in load_catalogue().rules} <= {exercise.code for exercise in exercises}


def test_each_is_complete(exercises: list[Exercise]) -> None:
    for exercise in exercises:
        assert all((exercise.prompt, exercise.explanation, exercise.basis, exercise.source)), exercise
        assert len(set(exercise.options)) == len(exercise.options)
        if exercise.options:
            assert len(exercise.options) == 4
            assert set(exercise.answer) <= set(LETTERS[:4])
        else:
            assert exercise.kind in (Kind.MEND, Kind.WRITE)
            assert exercise.model is not None


def test_names_are_different_and_stay(exercises: list[Exercise]) -> None:
    again = catalogue_exercises(2)
    assert len({exercise.id for exercise in exercises}) == len(exercises)
    assert [exercise.id for exercise in again] == [exercise.id for exercise in exercises]
    assert [exercise.right for exercise in again] == [exercise.right for exercise in exercises]
    assert [exercise.answer for exercise in again] != [exercise.answer for exercise in exercises]
    assert catalogue_exercises(1) == exercises


def test_exactly_one_of_the_words_is_at_fault(exercises: list[Exercise], sample: Path) -> None:
    own = review_exercises(reviewer.review(reviewer.read(sample)), 1)
    for exercise in of([*exercises, *own], Kind.FIND):
        rows = [row_review(row, exercise.project, exercise.year) for row in exercise.project.indicators]
        quotes = {finding.quote for row in rows for finding in row.findings}
        assert [option for option in exercise.options if option in quotes] == [exercise.right], exercise
        assert not any(
            option in quote or quote in option
            for option in exercise.options
            for quote in quotes
            if option != exercise.right and quote
        ), exercise
        # Judged together, as the learner sees them, it is no other.
        together = {
            finding.quote
            for row in reviewer.review(exercise.document).projects[0].indicators
            for finding in row.findings
        }
        assert [option for option in exercise.options if option in together] == [exercise.right], exercise


def test_exactly_one_of_the_rules_fires(exercises: list[Exercise], sample: Path) -> None:
    own = review_exercises(reviewer.review(reviewer.read(sample)), 1)
    for exercise in of([*exercises, *own], Kind.RULE):
        if exercise.text:
            document = read_bytes(exercise.text.encode(), Path("申报表.txt"))
            fired = {diagnostic.code for diagnostic in document.diagnostics}
        else:
            fired = {finding.code for finding in all_findings(exercise.document)}
        assert [option for option in exercise.options if option[:4] in fired] == [exercise.right], exercise
        assert exercise.right.startswith(exercise.code)


def test_exactly_one_of_the_classes_is_accepted(exercises: list[Exercise]) -> None:
    for exercise in of(exercises, Kind.CLASS):
        row = exercise.row
        assert row is not None
        assert not row.level2
        accepted = []
        for option in exercise.options:
            names = normalise_class("", option)
            placed = row.model_copy(update={"level1": names.level1, "level2": names.level2})
            found = row_review(placed, exercise.project, exercise.year)
            if not {"C401", "C402"} & {finding.code for finding in found.findings}:
                accepted.append(option)
        assert accepted == [exercise.right], exercise


def test_the_scores_of_an_order_differ_clearly(exercises: list[Exercise]) -> None:
    rows = {}
    for rule in load_catalogue().rules:
        for example in (*rule.examples("反例"), *rule.examples("正例")):
            if rule.applies_to == "indicator":
                row = example.document().projects[0].indicators[0]
                rows[row.level2, in_line(row.name, row.annual_value)] = row
    for exercise in of(exercises, Kind.ORDER):
        found = re.match(r"这四条都是 (\d{4}) 年的(\w+?)，", exercise.prompt)
        assert found is not None
        assert exercise.year == int(found.group(1))
        names = normalise_class("", found.group(2))
        scores = []
        for line in (exercise.options[LETTERS.index(letter)] for letter in exercise.answer):
            name, _, value = line.rpartition(" ")
            plain = Indicator(no=1, level1=names.level1, level2=names.level2, name=name, annual_value=value)
            shown = rows.get((names.level2, line), plain)
            scores.append(row_review(shown, Project(name="示例项目"), exercise.year).score)
        assert all(worse + 5 < better for worse, better in itertools.pairwise(scores)), (exercise, scores)


def test_the_model_answer_passes_and_the_original_does_not(exercises: list[Exercise]) -> None:
    for exercise in of(exercises, Kind.MEND):
        assert exercise.row is not None
        assert exercise.model is not None
        before = row_review(exercise.row, exercise.project, exercise.year)
        after = row_review(exercise.model, exercise.project, exercise.year)
        assert above_hints(before) or before.vague, exercise
        assert exercise.code in {finding.code for finding in before.findings}
        assert (above_hints(after), after.vague) == ([], False), exercise


def test_what_is_to_be_written_is_missing_and_the_model_answer_fills_it(exercises: list[Exercise]) -> None:
    missing = {"G804", "G805"}
    for exercise in of(exercises, Kind.WRITE):
        assert exercise.model is not None
        full = exercise.project.model_copy(update={"indicators": [*exercise.project.indicators, exercise.model]})
        before = {finding.code for finding in all_findings(exercise.document)}
        after = {finding.code for finding in all_findings(Document(budget_year=exercise.year, projects=[full]))}
        assert before & missing, exercise
        assert not after & missing, exercise
        assert not above_hints(row_review(exercise.model, exercise.project, exercise.year))


def test_hints_never_tell_the_answer(exercises: list[Exercise]) -> None:
    for exercise in exercises:
        found = hints(exercise)
        assert len(found) == 3
        assert all(hint.strip() for hint in found)
        if exercise.kind in (Kind.FIND, Kind.RULE, Kind.CLASS):
            named = [hint for hint in found if hint.startswith("不是 ")]
            assert named
            assert all(exercise.answer not in hint for hint in named)
        elif exercise.kind in (Kind.MEND, Kind.WRITE):
            assert exercise.answer not in found


def test_a_paper_is_the_same_again_and_mixed(exercises: list[Exercise]) -> None:
    drawn = paper(exercises, 5, 12)
    assert drawn == paper(reversed(exercises), 5, 12)
    assert drawn != paper(exercises, 6, 12)
    assert Counter(exercise.kind for exercise in drawn) == dict.fromkeys(Kind, 2)
    assert len({exercise.id for exercise in drawn}) == 12
    assert {exercise.kind for exercise in paper(exercises, 5, 30, [Kind.ORDER])} == {Kind.ORDER}
    assert len(paper(exercises, 5, 99999)) == len(exercises)


def test_a_review_gives_its_worst_rows_first(sample: Path) -> None:
    review = reviewer.review(reviewer.read(sample))
    found = review_exercises(review, 1)
    assert review_exercises(review, 1) == found
    mended = [exercise for exercise in found if exercise.kind is Kind.MEND]
    assert len(mended) > 40
    scores = []
    for exercise in mended:
        assert exercise.row is not None
        assert exercise.model is not None
        before = row_review(exercise.row, exercise.project, exercise.year)
        assert above_hints(before) or before.vague
        assert not above_hints(row_review(exercise.model, exercise.project, exercise.year))
        scores.append(before.score)
    assert sum(scores[:10]) < sum(scores[-10:])
    assert all(exercise.project.name in {project.name for project in review.projects} for exercise in found)


def test_names_are_left_out_on_request(sample: Path) -> None:
    review = reviewer.review(reviewer.read(sample))
    found = review_exercises(review, 1, masked=True)
    assert len(found) > 100
    text = "".join(map(str, found))
    units = {project.unit for project in review.projects if project.unit}
    for name in ("黄埔", "广州", "广东", *units):
        assert name not in text, name
    for project in review.projects:
        assert not any(exercise.project.name == project.name for exercise in found)
    assert all(exercise.project.unit is None for exercise in found)
    assert "某区" in text
