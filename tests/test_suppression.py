"""A suppressed finding keeps standing with its reason and counts for nothing; an idle suppression is reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import reviewer
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError
from reviewer.judging.cassettes import recorded_settings
from reviewer.models import Document, Finding, Indicator, Project, Review, Suppression
from reviewer.policy import complaints
from reviewer.reporting.json import json_pieces
from reviewer.reporting.markdown import render_markdown
from reviewer.reporting.terminal import render_terminal
from reviewer.settings import load_settings

REASON = "合同正在签订"


def table() -> Document:
    def row(no: int, name: str, value: str, level2: str = "数量指标") -> Indicator:
        return Indicator(no=no, level1="产出指标", level2=level2, name=name, annual_value=value)

    shows = [row(1, "放映场次", "按合同约定完成"), row(2, "放映设备", "按计划完成"), row(3, "覆盖行政村", "≥28个")]
    goal = "全县28个行政村每村每月放映2场电影。"
    return Document(
        budget_year=2024,
        projects=[
            Project(name="电影放映", unit="县电影队", amount=70.47, goal=goal, indicators=shows),
            Project(
                name="电影放映（二期）", unit="县电影队", goal=goal, indicators=[row(1, "放映场次", "按合同约定完成")]
            ),
            Project(name="电影放映", unit="县文化馆", goal=goal, indicators=[row(1, "放映场次", "按合同约定完成")]),
        ],
    )


def let(**changes: Any) -> Suppression:
    return Suppression(**{"rule": "V101", "project": "电影放映", "reason": REASON} | changes)


def suppressed(review: Review) -> list[tuple[int, int, str]]:
    """Where findings are suppressed: project, number of the indicator (0 for the project itself), code."""
    found: list[tuple[int, int, str]] = []
    for at, project in enumerate(review.projects):
        owners: list[tuple[int, list[Finding]]] = [(0, project.findings)]
        owners += [(row.no, row.findings) for row in project.indicators]
        found += [(at, no, each.code) for no, findings in owners for each in findings if each.suppressed == REASON]
    return found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (let(), [(0, 1, "V101"), (0, 2, "V101"), (2, 1, "V101")]),
        (let(unit="县电影队"), [(0, 1, "V101"), (0, 2, "V101")]),
        (let(unit="*文化馆"), [(2, 1, "V101")]),
        (let(project="电影*"), [(0, 1, "V101"), (0, 2, "V101"), (1, 1, "V101"), (2, 1, "V101")]),
        (let(project=" 电影放映(二期)"), [(1, 1, "V101")]),
        (let(indicator="放映设备"), [(0, 2, "V101")]),
        (let(indicator=2), [(0, 2, "V101")]),
        (let(indicator="2"), [(0, 2, "V101")]),
        (let(indicator="放映*", project="*二期*"), [(1, 1, "V101")]),
        (let(rule="vague-plan-reference", indicator=2), [(0, 2, "V101")]),
        (let(rule="V", indicator=2), [(0, 2, "V101")]),
        (let(rule="V102"), []),
        (let(project="没有这个项目"), []),
        (let(project="电影"), []),
    ],
    ids=str,
)
def test_what_a_suppression_holds(given: Suppression, expected: list[tuple[int, int, str]]) -> None:
    review = reviewer.review(table(), suppressions=[given])
    assert suppressed(review) == expected
    (use,) = review.suppressions
    assert (use.findings, use.expired) == (len(expected), False)


def test_findings_about_the_project_can_be_let_stand() -> None:
    review = reviewer.review(table(), suppressions=[let(rule="S901", project="*")])
    assert {code for _, _, code in suppressed(review)} == {"S901"}
    assert all(no == 0 for _, no, _ in suppressed(review))
    assert not suppressed(reviewer.review(table(), suppressions=[let(rule="S901", project="*", indicator=1)]))


def test_it_counts_for_nothing() -> None:
    plain = reviewer.review(table())
    review = reviewer.review(table(), suppressions=[let(project="*")])
    ignored = reviewer.review(table(), ignore=["V101"])
    assert plain.summary.vague == 4
    assert review.summary.vague == 0
    assert review.summary.score > plain.summary.score
    assert review.summary.score == ignored.summary.score
    for project, other in zip(review.projects, ignored.projects, strict=True):
        assert (project.score, project.grade) == (other.score, other.grade)
        for row in project.indicators:
            assert not row.vague
            assert row.rewrite is None
    assert all(row.rewrite for row in plain.projects[0].indicators[:2])


def test_the_others_of_the_project_are_as_they_were() -> None:
    plain, review = reviewer.review(table()), reviewer.review(table(), suppressions=[let(indicator=2)])
    assert review.projects[0].indicators[0] == plain.projects[0].indicators[0]
    assert review.projects[1:] == plain.projects[1:]


def test_a_date_ends_it() -> None:
    given = let(until=date(2026, 12, 31))
    for today, holds in ((date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        review = reviewer.review(table(), suppressions=[given], today=today)
        assert bool(suppressed(review)) is holds
        assert review.suppressions[0].expired is not holds
    assert reviewer.review(table(), suppressions=[let(until="2999-12-31")]).suppressions[0].findings == 3
    (said,) = complaints(reviewer.review(table(), suppressions=[given], today=date(2027, 1, 1)).suppressions)
    assert said == "豁免 V101（项目“电影放映”）：2026-12-31 已到期，不再起作用。请改好指标、续期或删去。"


def test_one_that_holds_nothing_in_any_file_is_reported_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "reviewer.toml"
    path.write_text(
        '# 豁免\n[[suppress]]\nrule = "V101"\nproject = "电影放映"\nreason = "在签"\n\n'
        '[[suppress]]\nrule = "M2"\nproject = "图书采购"\nindicator = "采购图书"\nreason = "在签"\n',
        encoding="utf-8",
    )
    options = read_configuration(path).options()
    one = reviewer.review(table(), **options)
    other = reviewer.review(Document(projects=[Project(name="图书采购", goal="采购")]), **options)
    assert len(list(complaints(other.suppressions))) == 2
    (said,) = complaints([*one.suppressions, *other.suppressions])
    assert said.startswith(
        f"{path} 第 2 个 [[suppress]]（第 7 行）：豁免 M2（项目“图书采购”的指标“采购图书”）：没有对上"
    )


def test_the_json_keeps_it_and_says_nothing_without() -> None:
    plain = "".join(json_pieces(reviewer.review(table())))
    assert "suppress" not in plain
    assert "baseline" not in plain
    review = reviewer.review(table(), suppressions=[let(until=date(2999, 12, 31))])
    text = "".join(json_pieces(review))
    assert Review.model_validate_json(text) == review
    Draft202012Validator(Review.model_json_schema(mode="serialization")).validate(json.loads(text))
    assert json.loads(text)["suppressions"][0] | {"where": None} == {
        "rule": "V101",
        "project": "电影放映",
        "unit": None,
        "indicator": None,
        "reason": REASON,
        "until": "2999-12-31",
        "where": None,
        "expired": False,
        "findings": 3,
    }


@pytest.mark.parametrize("render", [lambda found: render_terminal(found, width=120, color=False), render_markdown])
def test_people_see_it_with_its_reason(render: Callable[[Review], str]) -> None:
    text = render(reviewer.review(table(), suppressions=[let(indicator=1, reason="在签*合同*")])).replace("\\", "")
    assert "V101 〔已豁免（在签*合同*）〕只写“按合同约定完成”" in text
    assert "已豁免 2 处" in text


def test_a_reason_of_blanks_is_none() -> None:
    with pytest.raises(ValueError, match="reason"):
        let(reason="  ")


def test_a_diagnostic_cannot_be_suppressed() -> None:
    with pytest.raises(UsageError, match=r"D002 是读取时的提示，不能豁免.*--ignore D002"):
        reviewer.review(table(), suppressions=[let(rule="D002")])


def test_it_holds_where_a_model_judges_too(sample: Path, root: Path) -> None:
    cassettes = root / "cassettes" / "huangpu-2023"
    llm = load_settings(recorded=recorded_settings(cassettes)).llm(replay=cassettes)
    given = Suppression(rule="V", project="电影工作经费", indicator=1, reason=REASON)
    document = reviewer.read(sample)
    plain, review = (reviewer.review(document, llm=llm, suppressions=held) for held in ([], [given]))
    assert all(project.error is None for project in review.projects)
    at = next(at for at, project in enumerate(review.projects) if project.name == "电影工作经费")
    before, after = (found.projects[at].indicators[0] for found in (plain, review))
    assert before.vague
    assert before.rewrite
    assert not after.vague
    assert after.score > before.score
    assert [each.suppressed for each in after.findings if each.code.startswith("V")] == [REASON]
    assert after.rewrite is None or any(each.counts and each.severity != "hint" for each in after.findings)
