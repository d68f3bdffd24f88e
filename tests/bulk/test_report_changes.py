"""A run against an earlier one: who is who, what became of scores and money, and when the two do not compare."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.bulk.department import Report, report_of
from reviewer.bulk.department.models import Changes
from reviewer.bulk.rundir import opened_for_reading
from reviewer.models import Document
from tests.bulk.runs import document, project, row, run_of

BAD, GOOD = row("清淤长度", "按计划"), row("清淤长度", "≥3公里")


def compared(folder: Path, before: Document, after: Document, **options: object) -> tuple[Report, Changes]:
    run_of(folder / "上次", [("甲", before)])
    run_of(folder / "这次", [("乙", after)], **options)  # type: ignore[arg-type]
    with opened_for_reading(folder / "上次") as old, opened_for_reading(folder / "这次") as new:
        report = report_of(new, against=old)
    assert report.changes
    return report, report.changes


def test_projects_are_matched_by_unit_and_name(tmp_path: Path) -> None:
    before = document(
        project("渠道清淤", BAD, unit="甲镇", amount=10.0),
        project("渠道清淤", GOOD, unit="乙镇", amount=20.0),
        project("道路绿化", GOOD, unit="乙镇", amount=5.0),
        project("旧桥拆除", BAD, unit="乙镇", amount=7.0),
    )
    after = document(
        project("渠道清淤", BAD, unit="乙镇", amount=25.0),
        project("渠道 清淤", GOOD, unit="甲镇", amount=12.0),
        project("道路绿化", GOOD, unit="乙镇", amount=5.0),
        project("新桥建设", GOOD, unit="乙镇", amount=None),
    )
    report, changes = compared(tmp_path, before, after)
    assert changes.run == "上次"
    assert (changes.better, changes.worse, changes.same, changes.new, changes.gone) == (1, 1, 1, 1, 1)
    assert [(one.unit, one.name) for one in changes.projects] == [
        ("乙镇", "渠道清淤"),
        ("乙镇", "道路绿化"),
        ("甲镇", "渠道 清淤"),
        ("乙镇", "新桥建设"),
        ("乙镇", "旧桥拆除"),
    ]
    fallen = changes.projects[0]
    assert fallen.before
    assert fallen.after
    assert (fallen.before.amount, fallen.after.amount) == (20.0, 25.0)
    assert sum(move.projects for move in changes.moves) == 5
    risen, new, gone = changes.projects[2:]
    assert risen.before
    assert risen.after
    assert new.after
    assert gone.before
    moved = {(move.before, move.after): (move.projects, move.amount, move.unpriced) for move in changes.moves}
    assert moved[fallen.before.grade, fallen.after.grade] == (1, 25.0, 0)
    assert moved[risen.before.grade, risen.after.grade] == (1, 12.0, 0)
    assert moved[None, new.after.grade] == (1, 0.0, 1)
    assert moved[gone.before.grade, None] == (1, 7.0, 0)
    assert changes.before.projects == report.total.projects == 4


def test_rules_are_counted_on_both_sides(tmp_path: Path) -> None:
    _, changes = compared(
        tmp_path, document(project("渠道清淤", BAD)), document(project("渠道清淤", GOOD), project("绿化", BAD))
    )
    plan = next(one for one in changes.rules if one.rule == "vague-plan-reference")
    assert (plan.before, plan.after) == (1, 1)


def test_several_of_one_name_go_one_to_one(tmp_path: Path) -> None:
    twice = document(project("渠道清淤", BAD), project("渠道清淤", GOOD))
    third = project("渠道清淤", row("淤泥外运量", "≥3万立方米"), amount=3.0)
    _, changes = compared(tmp_path, twice, document(third, *twice.projects))
    assert (changes.same, changes.new, changes.gone) == (2, 1, 0)


def test_the_same_run_has_not_changed(tmp_path: Path) -> None:
    one = document(project("渠道清淤", BAD))
    _, changes = compared(tmp_path, one, one)
    assert (changes.same, changes.better, changes.worse) == (1, 0, 0)
    assert changes.settings == []


@pytest.mark.parametrize(("options", "said"), [({"ignore": ["V101"]}, "--ignore"), ({"year": 2027}, "年度")])
def test_other_settings_are_told(tmp_path: Path, options: dict[str, object], said: str) -> None:
    one = document(project("渠道清淤", BAD))
    _, changes = compared(tmp_path, one, one, options=options)
    assert any(said in difference for difference in changes.settings)
