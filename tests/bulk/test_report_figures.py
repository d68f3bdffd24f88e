"""The figures of a department report: what they count, against sums made another way, and what they leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import fsum, inf
from pathlib import Path

import pytest

import reviewer
from reviewer.bulk.department import Report, report_of
from reviewer.bulk.rundir import Run, opened_for_reading
from reviewer.ledger import Ledger
from reviewer.models import DIMENSIONS, IndicatorReview, ProjectReview
from reviewer.pipeline import summary_of
from reviewer.reporting.department.words import remarks
from reviewer.settings import Price
from tests.bulk.runs import demanding, document, project, row, run_of, varied


@contextmanager
def reading(folder: Path) -> Iterator[Run]:
    with opened_for_reading(folder) as run:
        yield run


def reported(folder: Path, **options: object) -> Report:
    with reading(folder) as run:
        return report_of(run, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    table = reviewer.read(str(sample))
    return run_of(tmp_path_factory.mktemp("run"), [(f"表{n}.txt", varied(table, n)) for n in range(3)])


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return reported(folder)


@pytest.fixture(scope="module")
def reviews(folder: Path) -> list[ProjectReview]:
    with reading(folder) as run:
        return [stored.review for stored in run.store.projects()]


@pytest.fixture
def full(tmp_path: Path) -> Report:
    return reported(demanding(tmp_path / "run"))


def rows(reviews: list[ProjectReview]) -> list[tuple[ProjectReview, IndicatorReview]]:
    return [(review, each) for review in reviews for each in review.indicators]


def test_the_total_is_that_of_a_document_with_all_projects(report: Report, reviews: list[ProjectReview]) -> None:
    summary = summary_of(reviews)
    total = report.total
    assert (total.projects, total.indicators, total.vague) == (81, summary.indicators, summary.vague)
    assert (total.score, total.grade) == (summary.score, summary.grade)
    assert {stake.grade: stake.amount for stake in total.stakes} == summary.amount_by_grade
    assert report.files == 3
    assert report.years == [2024, 2025]


def test_money_that_is_not_filled_in_is_counted_and_not_guessed(report: Report, reviews: list[ProjectReview]) -> None:
    missing = [review for review in reviews if review.amount is None]
    assert report.total.unpriced == len(missing) == 4
    assert sum(stake.unpriced for stake in report.total.stakes) == 4
    assert report.total.amount == pytest.approx(fsum(review.amount or 0 for review in reviews), abs=0.01)


def test_no_money_at_all_is_no_zero(tmp_path: Path) -> None:
    found = reported(run_of(tmp_path, [("甲", document(project("渠道清淤", amount=None)))]))
    assert found.total.amount is None
    assert found.units[0].amount is None


def test_each_unit_stands_as_a_document_of_its_projects(report: Report, reviews: list[ProjectReview]) -> None:
    assert len(report.units) == 9
    for unit in report.units:
        own = [review for review in reviews if review.unit == unit.name]
        summary = summary_of(own)
        assert (unit.projects, unit.score, unit.vague) == (len(own), summary.score, summary.vague)
        means = [fsum(getattr(each.smart, name) for _, each in rows(own)) / len(rows(own)) for name in DIMENSIONS]
        assert [unit.smart[name] for name in DIMENSIONS] == pytest.approx(means, abs=0.006)
    assert [unit.rank for unit in report.units] == list(range(1, 10))
    assert [unit.score for unit in report.units] == sorted((unit.score for unit in report.units), reverse=True)


def test_classes_hold_every_indicator_once(report: Report, reviews: list[ProjectReview]) -> None:
    counts = Counter((each.level1, each.level2) for _, each in rows(reviews))
    assert {(one.level1, one.level2): one.indicators for one in report.classes} == counts
    quantity = report.classes[0]
    assert (quantity.level1, quantity.level2) == ("产出指标", "数量指标")
    assert sum(quantity.grades.values()) == quantity.indicators


def test_defects_count_what_counts_and_nothing_else(report: Report, reviews: list[ProjectReview]) -> None:
    found = Counter(
        (finding.rule, finding.severity)
        for review in reviews
        for findings in (review.findings, *(each.findings for each in review.indicators))
        for finding in findings
        if finding.counts
    )
    counted = {(defect.rule, severity): n for defect in report.defects for severity, n in defect.counts.items() if n}
    assert counted == found
    faults = [defect.counts["error"] + defect.counts["warning"] for defect in report.defects]
    assert faults == sorted(faults, reverse=True)


def test_an_example_is_a_real_row_and_its_quote_stands_there(report: Report, reviews: list[ProjectReview]) -> None:
    known = {(review.name, each.no, each.annual_value) for review, each in rows(reviews)}
    checked = 0
    for defect in report.defects:
        assert 1 <= len(defect.worst) <= 3
        for bad in defect.worst:
            assert bad.finding is not None
            assert bad.finding.rule == defect.rule
            if bad.no is not None:
                assert (bad.project, bad.no, bad.value) in known
                assert bad.text[bad.finding.start : bad.finding.end] == bad.finding.quote
                checked += 1
        if defect.best and defect.worst[0].name:
            assert (defect.best.level1, defect.best.level2) == (defect.worst[0].level1, defect.worst[0].level2)
            assert defect.best.finding is None
            assert (defect.best.project, defect.best.no, defect.best.value) in known
            assert defect.best.score >= 95
    assert checked > 20


def test_the_good_example_is_the_nearest_in_name(tmp_path: Path) -> None:
    good = project("电影放映", row("放映场次", "≥672场"), row("培训人数", "≥200人次"), row("清淤长度", "≥3公里"))
    bad = project("渠道清淤", row("渠道清淤长度", "按计划"))
    found = reported(run_of(tmp_path, [("甲", document(good, bad))]))
    defect = next(one for one in found.defects if one.code == "V101")
    assert defect.best
    assert defect.best.name == "清淤长度"


def test_projects_are_ranked_worst_first_and_the_worst_say_why(report: Report, reviews: list[ProjectReview]) -> None:
    assert len(report.projects) == len(reviews)
    assert [line.rank for line in report.projects] == list(range(1, 82))
    order = [(line.score, -(line.amount or 0)) for line in report.projects]
    assert order == sorted(order)
    assert [(one.name, one.unit, one.rank) for one in report.worst] == [
        (line.name, line.unit, line.rank) for line in report.projects[:10]
    ]
    assert all(1 <= len(one.reasons) <= 4 for one in report.worst)
    ranks = [["error warning hint".index(why.severity) for why in one.reasons] for one in report.worst]
    assert all(each == sorted(each) for each in ranks)


def test_a_good_project_is_never_among_the_worst(full: Report) -> None:
    assert "电影放映" in {line.name for line in full.projects}
    assert {one.grade for one in full.worst} <= {"中", "差"}


def test_phrases_are_counted_as_they_stand(report: Report, reviews: list[ProjectReview]) -> None:
    found = Counter(
        finding.quote
        for _, each in rows(reviews)
        for finding in each.findings
        if finding.code in ("V101", "V102", "V103")
    )
    first = report.phrases[0]
    assert first.count == found[first.text] == found.most_common(1)[0][1]
    assert first.projects <= first.count
    assert sum(one.count for one in report.phrases) == found.total()
    assert first.place.no is not None


def test_a_unit_that_is_not_written_is_the_department(full: Report) -> None:
    assert next(line.unit for line in full.projects if line.name == "报刊征订") == "青禾县水务局"


def test_what_is_open_is_told_with_its_reasons(full: Report) -> None:
    unknown = full.open
    assert [(one.file, one.kept) for one in unknown.unread] == [("坏.xlsx", 0)]
    assert "打不开" in unknown.unread[0].message
    assert unknown.missing == 6
    assert [(one.project, one.kind) for one in unknown.failures] == [("渠道清淤", "timeout")]
    assert next(line for line in full.projects if line.failed).name == "渠道清淤"
    assert {one.rule for one in unknown.unchecked} >= {"irrelevant-target", "unrealistic-target"}
    assert all(one.reasons and one.count >= max(one.reasons.values()) for one in unknown.unchecked)
    assert full.suppressed == 1


def test_what_reading_noticed_is_counted_by_kind(report: Report) -> None:
    doubled = next(one for one in report.open.noticed if one.code == "D003")
    assert (doubled.count, doubled.files) == (12, 3)
    assert doubled.where


def test_the_word_of_the_model_and_what_it_took(full: Report) -> None:
    opinion = full.opinion
    assert opinion
    assert (opinion.judged, opinion.dropped, opinion.unsteady) == (5, 2, 2)
    assert {(one.rule, one.found_by_rules, one.found_by_model) for one in opinion.disputes} == {
        ("missing-comparator", 0, 2),
        ("no-deadline", 2, 0),
    }
    (use,) = opinion.use
    assert (use.requests, use.answered, use.failures, use.calls) == (3, 2, {"timeout": 1}, 6)
    assert (use.input_tokens, use.output_tokens, use.cost) == (15000, 3000, None)


def test_a_known_price_gives_the_cost(tmp_path: Path) -> None:
    found = reported(demanding(tmp_path / "run"), prices={"qwen-max": Price(2.0, 10.0, "元")})
    assert found.opinion
    assert (found.opinion.use[0].cost, found.opinion.use[0].currency) == (0.06, "元")


def test_a_run_of_rules_has_no_opinion_and_needs_no_ledger(report: Report) -> None:
    assert (report.mode, report.opinion) == ("rules", None)


def test_the_report_changes_nothing_in_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    folder = demanding(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    reported(folder)
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_report_on_a_run_that_is_going_on(tmp_path: Path) -> None:
    folder = run_of(tmp_path, [("甲", document(project("渠道清淤", row("清淤长度", "≥3公里"))))], missing=5)
    with reading(folder) as run, Ledger(folder / "ledger.sqlite3"):
        assert report_of(run).open.missing == 5


def test_a_run_that_was_stopped_is_no_whole_picture(tmp_path: Path) -> None:
    folder = run_of(tmp_path, [("甲", document(project("渠道清淤", row("清淤长度", "≥3公里"))))])
    assert not any("没有做完" in said for said in remarks(reported(folder)))
    (folder / "complete").unlink()
    (remark, *_) = remarks(reported(folder))
    assert remark.startswith("批次没有做完，可能还有没读到的文件，不在本报告里。")


def test_amounts_beyond_all_money_are_no_fault_of_the_program(tmp_path: Path) -> None:
    folder = run_of(tmp_path, [(name, document(project(name, amount=1.7e308))) for name in ("甲", "乙")])
    assert reported(folder).total.amount == inf


def test_a_run_without_a_result(tmp_path: Path) -> None:
    found = reported(run_of(tmp_path, []))
    assert (found.total.projects, found.total.amount, found.units, found.worst) == (0, None, [], [])


def test_progress_is_told_for_each_project(folder: Path) -> None:
    seen: list[int] = []
    reported(folder, on_project=lambda: seen.append(1))
    assert len(seen) == 81


def test_the_json_reads_back_as_the_same_report(full: Report) -> None:
    text = full.model_dump_json()
    assert Report.model_validate_json(text) == full
    assert "\\u" not in text
    assert full.schema_version == 1
