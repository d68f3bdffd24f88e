"""reviewer diff: who is who after a resubmission, what became of each finding, and how it is told."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import reviewer
from reviewer.cli import main
from reviewer.comparison import Comparison, compare
from reviewer.comparison.assignment import best_pairs
from reviewer.models import Document, Indicator, Project, Review
from reviewer.reporting.comparison.html import render_html
from reviewer.reporting.comparison.markdown import render_markdown
from reviewer.reporting.comparison.terminal import render_terminal
from reviewer.reporting.json import json_document
from reviewer.reporting.layout import width_of

GOAL = "全县28个行政村每村每月放映2场电影，采购图书5000册。"


def row(no: int, name: str, value: str, level2: str = "数量指标", level1: str = "产出指标") -> Indicator:
    return Indicator(no=no, level1=level1, level2=level2, name=name, annual_value=value)


def project(name: str, *rows: Indicator, goal: str = GOAL, **options: Any) -> Project:
    return Project(name=name, goal=goal, indicators=list(rows), **options)


def review(*projects: Project) -> Review:
    return reviewer.review(Document(budget_year=2024, projects=list(projects)))


def pairs(comparison: Comparison) -> list[tuple[str | None, str | None]]:
    """Former and present names of the indicators."""
    return [
        (change.before and change.before.name, change.after and change.after.name)
        for each in comparison.projects
        for change in each.indicators
    ]


FIRST = project(
    "电影放映",
    row(1, "放映场次数量", "按合同约定完成"),
    row(2, "覆盖行政村", "≥28个"),
    row(3, "观众满意度", "≥90%", "服务对象满意度指标", "满意度指标"),
    row(4, "放映设备", "按计划完成"),
    amount=70.47,
)


# Who is who -----------------------------------------------------------------------------------------------------------


def test_renamed_moved_and_reordered_indicators_are_found() -> None:
    after = project(
        "电影放映",
        row(1, "观众满意度", "≥92%", "服务对象满意度指标", "满意度指标"),
        row(2, "覆盖行政村", "≥28个", "质量指标"),
        row(3, "电影放映场次", "≥672场"),
        row(4, "志愿者人数", "≥20人"),
        amount=70.47,
    )
    assert pairs(compare(review(FIRST), review(after))) == [
        ("观众满意度", "观众满意度"),
        ("覆盖行政村", "覆盖行政村"),
        ("放映场次数量", "电影放映场次"),
        (None, "志愿者人数"),
        ("放映设备", None),
    ]


def test_a_rewrite_that_was_taken_over_is_the_same_indicator(sample: Path) -> None:
    document = reviewer.read(sample)
    before = reviewer.review(document)
    taken = document.model_copy(deep=True)
    for one, judged in zip(taken.projects, before.projects, strict=True):
        for indicator, was in zip(one.indicators, judged.indicators, strict=True):
            if was.rewrite and not was.rewrite.blanks:
                for name in ("name", "level1", "level2", "cycle_value", "annual_value"):
                    setattr(indicator, name, getattr(was.rewrite, name))
    comparison = compare(before, reviewer.review(taken))
    for changed in comparison.projects:
        assert changed.before
        assert changed.after
        for indicator_change in changed.indicators:
            assert indicator_change.before
            assert indicator_change.after
            assert indicator_change.before.no == indicator_change.after.no
    assert comparison.counts["fixed"]["error"] > 0
    assert comparison.counts["new"]["error"] == 0


def test_renamed_projects_are_found_by_what_they_hold() -> None:
    books = project("图书采购", row(1, "采购图书", "≥5000册"), goal="采购图书5000册。", amount=30.0)
    before = review(FIRST, books)
    renamed = FIRST.model_copy(update={"name": "农村公益电影放映补助"})
    after = review(books.model_copy(update={"name": "县图书馆购书", "goal": "采购图书6000册。"}), renamed)
    assert [
        (one.before and one.before.name, one.after and one.after.name) for one in compare(before, after).projects
    ] == [
        ("图书采购", "县图书馆购书"),
        ("电影放映", "农村公益电影放映补助"),
    ]


def test_projects_of_one_name_are_told_apart_by_unit_and_amount() -> None:
    ours = project("人员经费", row(1, "人数", "≥5人"), unit="甲馆", amount=10.0)
    theirs = project("人员经费", row(1, "人数", "≥50人"), unit="乙馆", amount=90.0)
    comparison = compare(review(ours, theirs), review(theirs, ours))
    assert not any(one.changed for one in comparison.projects)


WEIGHTS = st.lists(
    st.dictionaries(st.integers(0, 3), st.integers(1, 8).map(lambda eighths: eighths / 8), max_size=4), max_size=4
)


@given(WEIGHTS)
@settings(max_examples=150, deadline=None)
def test_pairs_are_the_best_there_are(weights: list[dict[int, float]]) -> None:
    found = best_pairs(weights)
    assert len(set(found.values())) == len(found)
    # Columns that no row knows stand for staying alone.
    orders = permutations(range(4 + len(weights)), len(weights))
    best = max(sum(row.get(column, 0.0) for row, column in zip(weights, order, strict=True)) for order in orders)
    assert sum(weights[row][column] for row, column in found.items()) == pytest.approx(best)


def test_big_tables_take_a_moment() -> None:
    rows = [row(no, f"第{no}村道路硬化里程", f"≥{no}公里") for no in range(1, 1501)]
    renamed = [row(no, f"村道硬化（第{no}村）", f"≥{no}公里") for no in range(1, 1501)]
    started = time.process_time()
    before = review(project("村道硬化", *rows[:750], *rows[750:]))
    after = review(project("村道硬化", *rows[:750], *renamed[750:]))
    reviewed = time.process_time() - started
    started = time.process_time()
    comparison = compare(before, after)
    assert len(comparison.projects[0].indicators) >= 1500
    assert time.process_time() - started < max(2.0, 3 * reviewed)


# What became of each finding ------------------------------------------------------------------------------------------


class Fates(NamedTuple):
    """Codes of errors and warnings by fate."""

    fixed: list[str]
    left: list[str]
    new: list[str]
    removed: list[str]


def fates(comparison: Comparison) -> Fates:
    changes = [
        change
        for each in comparison.projects
        for findings in (each.findings, *(one.findings for one in each.indicators))
        for change in findings
        if change.finding.severity != "hint"
    ]
    return Fates(*(sorted(c.finding.code for c in changes if c.fate == fate) for fate in Fates._fields))


def test_fixed_left_new_and_removed() -> None:
    after = project(
        "电影放映",
        row(1, "放映场次", "≥672场"),
        row(2, "覆盖行政村", "28"),
        row(4, "放映设备", "按计划完成"),
        amount=70.47,
    )
    found = fates(compare(review(FIRST), review(after)))
    assert "V101" in found.fixed
    assert "V101" in found.left
    assert "M201" in found.new
    gone = fates(compare(review(FIRST), review(project("电影放映", row(2, "覆盖行政村", "≥28个"), amount=70.47))))
    assert gone.removed == ["V101", "V101"]
    assert not gone.fixed


def test_a_promise_of_the_goal_that_is_kept_now_is_fixed_and_another_is_new() -> None:
    def with_goal(goal: str, *rows: Indicator) -> Review:
        return review(project("文化惠民", *rows, goal=goal))

    before = with_goal("提升群众文化素养，改善阅读环境。", row(1, "采购图书", "≥5000册"))
    same = compare(before, with_goal("提升群众的文化素养，改善阅读环境。", row(1, "采购图书", "≥5000册")))
    assert not fates(same).fixed
    assert not fates(same).new


def test_nothing_changes_against_itself(sample: Path) -> None:
    found = reviewer.review(reviewer.read(sample))
    comparison = compare(found, found)
    assert not any(sum(comparison.counts[fate].values()) for fate in ("fixed", "new", "removed", "suppressed"))
    assert all(not one.changed for one in comparison.projects)


TEXTS = st.sampled_from(["按计划完成", "≥5场", "5", "进一步提升", "放映场次", "", "100%"])
ROWS = st.lists(st.tuples(TEXTS, TEXTS), max_size=4)


@given(st.lists(ROWS, max_size=3), st.lists(ROWS, max_size=3))
@settings(max_examples=40, deadline=None)
def test_every_project_indicator_and_finding_has_one_fate(before: list[Any], after: list[Any]) -> None:
    reviews = [
        review(*(project("放映", *(row(no, *texts) for no, texts in enumerate(rows))) for rows in side))
        for side in (before, after)
    ]
    comparison = compare(*reviews)
    for at, side in enumerate(reviews):
        there = [(one.before, one.after)[at] for one in comparison.projects]
        assert sum(state is not None for state in there) == len(side.projects)
        rows = [(one.before, one.after)[at] for each in comparison.projects for one in each.indicators]
        assert sum(state is not None for state in rows) == side.summary.indicators
    counted = [sum(len(p.findings) + sum(len(i.findings) for i in p.indicators) for p in r.projects) for r in reviews]
    totals = {fate: sum(severities.values()) for fate, severities in comparison.counts.items()}
    assert counted == [
        totals["left"] + totals["fixed"] + totals["removed"],
        totals["left"] + totals["new"],
    ]


# How it is told -------------------------------------------------------------------------------------------------------

SECOND = project("电影放映", row(1, "放映场次", "≥672场"), row(2, "覆盖行政村", "28"), amount=80.0)
RENDERS: dict[str, Callable[[Comparison], str]] = {
    "terminal": lambda found: render_terminal(found, width=100, color=False),
    "markdown": render_markdown,
    "html": render_html,
}


@pytest.mark.parametrize("format_", RENDERS)
def test_the_director_reads_one_sentence(format_: str) -> None:
    text = RENDERS[format_](compare(review(FIRST), review(SECOND)))
    pattern = r"改好 1 处，留下 \d+ 处，新增 1 处；总分 [\d.]+ → [\d.]+，[优良中差] → [优良中差]"
    assert re.search(pattern, text)
    for said in (
        "原名“放映场次数量”",
        "按合同约定完成",
        "≥672场",
        "70.47 万元",
        "80.00 万元",
        "放映设备",
        "删去指标 2 条",
    ):
        assert said in text


@pytest.mark.parametrize("format_", RENDERS)
def test_a_hostile_name_is_text(format_: str) -> None:
    nasty = project("<script>alert(1)</script>\x1b[31m", row(1, "<b>[甲](http://乙)</b>", "按计划完成"))
    text = RENDERS[format_](compare(review(), review(nasty)))
    assert "\x1b[31m" not in text
    if format_ == "html":
        assert "<script>alert" not in text
        assert "<b>[" not in text
    if format_ == "markdown":
        assert "<script>" not in text.replace("\\<", "")
        assert "[甲](" not in text


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal(width: int) -> None:
    text = render_terminal(compare(review(FIRST), review(SECOND)), width=width, color=False)
    assert all(width_of(line) <= width for line in text.splitlines())


def test_unlike_reviews_are_not_compared_silently() -> None:
    before = review(FIRST)
    other = before.model_copy(update={"ruleset": "0" * 64, "mode": "rules+llm"})
    text = render_markdown(compare(other, before))
    assert "两次用的规则不同" in text
    assert "只有一次请了模型判断" in text


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("上次.json").write_text("".join(json_document([review(FIRST)], False)), encoding="utf-8")
    draft = Document(budget_year=2024, projects=[SECOND])
    Path("这次.json").write_text(draft.model_dump_json(), encoding="utf-8")
    return tmp_path


def test_a_stored_review_against_a_declaration(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "上次.json", "这次.json"]) == 0
    assert capsys.readouterr().out == RENDERS["terminal"](compare(review(FIRST), review(SECOND)))
    assert main(["diff", "上次.json", "这次.json", "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert Comparison.model_validate(printed) == compare(review(FIRST), review(SECOND))
    assert main(["schema", "comparison"]) == 0
    Draft202012Validator(json.loads(capsys.readouterr().out)).validate(printed)
    for name, beginning in (("比较.html", "<!DOCTYPE html>"), ("比较.md", "# 两次申报的比较"), ("比较.json", "{")):
        assert main(["diff", "上次.json", "这次.json", "--output", name]) == 0
        assert (files / name).read_text(encoding="utf-8").startswith(beginning)


@pytest.mark.usefixtures("files")
def test_what_cannot_be_compared_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "没有.json", "这次.json"]) == 2
    assert "没有.json：没有这个文件" in capsys.readouterr().err
    Path("两份.json").write_text("".join(json_document([review(FIRST), review(SECOND)], True)), encoding="utf-8")
    assert main(["diff", "两份.json", "这次.json"]) == 2
    assert "两份.json：里面有 2 个文件的审核结果" in capsys.readouterr().err
    assert main(["diff", "上次.json", "这次.json", "--format", "docx"]) == 2
    assert "可用的有：terminal、markdown、html、json" in capsys.readouterr().err
