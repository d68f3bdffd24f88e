"""Against a baseline only what is new asks for something; what stood before is marked and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import reviewer
from reviewer.comparison import mark_baseline, new_findings
from reviewer.comparison.sources import read_reviews
from reviewer.errors import InputError
from reviewer.models import Document, Indicator, Project, Review, Suppression
from reviewer.reporting.json import json_document, json_lines
from reviewer.reporting.markdown import render_markdown
from reviewer.reporting.terminal import render_terminal


def review(*rows: tuple[str, str], name: str = "电影放映", **options: Any) -> Review:
    indicators = [
        Indicator(no=no, level1="产出指标", level2="数量指标", name=title, annual_value=value)
        for no, (title, value) in enumerate(rows, 1)
    ]
    goal = "全县28个行政村每村每月放映2场电影。"
    document = Document(budget_year=2024, projects=[Project(name=name, goal=goal, indicators=indicators)])
    return reviewer.review(document, **options)


VAGUE, BARE = ("放映场次", "按合同约定完成"), ("放映设备", "按计划完成")


def test_nothing_is_new_against_itself(sample: Path) -> None:
    found = reviewer.review(reviewer.read(sample))
    marked = mark_baseline(found, found)
    assert new_findings(found)
    assert new_findings(marked) == []
    assert marked.summary == found.summary
    assert [len(project.findings) for project in marked.projects] == [len(p.findings) for p in found.projects]


def test_only_what_is_new_asks_for_something() -> None:
    marked = mark_baseline(review(VAGUE, BARE), review(VAGUE))
    assert [finding.quote for finding in new_findings(marked)] == ["按计划完成"]
    assert [finding.baseline for row in marked.projects[0].indicators for finding in row.findings] == [True, False]


def test_moved_and_touched_up_rows_are_the_same() -> None:
    marked = mark_baseline(review(("放映设备数量", "按照计划完成"), VAGUE, name="农村电影放映"), review(VAGUE, BARE))
    assert new_findings(marked) == []


def test_another_fault_of_the_same_row_is_new() -> None:
    marked = mark_baseline(review(("放映场次", "5")), review(VAGUE))
    assert [finding.code for finding in new_findings(marked)] == ["M201"]


def test_what_is_suppressed_is_not_new() -> None:
    given = Suppression(rule="V101", project="*", reason="在签")
    assert "V101" not in {finding.code for finding in new_findings(review(VAGUE, suppressions=[given]))}
    # Nor is it once the suppression is over: it stood there all the time.
    assert new_findings(mark_baseline(review(VAGUE), review(VAGUE, suppressions=[given]))) == []


def test_of_several_reviews_the_right_one_is_asked() -> None:
    several = [review(name="图书采购"), review(VAGUE), review(BARE, name="设备采购")]
    assert new_findings(mark_baseline(review(VAGUE), several)) == []
    assert new_findings(mark_baseline(review(VAGUE), several[:1]))
    assert mark_baseline(review(VAGUE), []) == review(VAGUE)


def test_people_see_what_stood_before() -> None:
    marked = mark_baseline(review(VAGUE, BARE), review(VAGUE))
    for text in (render_terminal(marked, width=120, color=False), render_markdown(marked)):
        assert text.count("〔上次已有〕只写“按合同约定完成”") == 1
        assert "〕只写“按计划完成”" not in text
        assert "与基线相比新增 1 处，上次已有 " in text


@pytest.mark.parametrize("write", [lambda found: json_document(found, False), json_lines])
def test_a_stored_review_is_read_back(tmp_path: Path, write: Any) -> None:
    path = tmp_path / "基线.json"
    path.write_text("".join(write([review(VAGUE)])), encoding="utf-8")
    assert read_reviews(path) == [review(VAGUE)]
    path.write_text("\ufeff" + "".join(json_document([review(VAGUE), review(BARE)], True)), encoding="utf-8")
    assert read_reviews(path) == [review(VAGUE), review(BARE)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "没有这个文件"),
        ("", "不是审核结果。 请用 reviewer review"),
        ('{"projects": []}', "不是审核结果"),
        ("[[[[", "不是审核结果"),
        ("[" * 100_000, "不是审核结果"),
        ('{"ruleset": "0", "schema_version": 2}', "是第 2 版的审核结果，这里只认第 1 版"),
        ('{"ruleset": "0", "schema_version": 1}', "不是完整的审核结果（reviewer_version 不对）"),
    ],
    ids=["missing", "empty", "document", "broken", "deep", "later", "partial"],
)
def test_what_is_no_review_is_said(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "基线.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_reviews(path)
    assert str(raised.value).startswith(str(path))
    assert said in str(raised.value)
