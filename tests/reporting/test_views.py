"""The views a person reads: what stands in them, that they fit, and that no field content can break them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.models import Document, Indicator, Project, Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.inspection import render_inspection
from reviewer.reporting.layout import width_of
from reviewer.reporting.markdown import render_markdown
from reviewer.reporting.terminal import render_terminal


@pytest.fixture(scope="module")
def reviewed(sample: object) -> Review:
    return review(read(str(sample)))


def view(found: Review, width: int = 100, color: bool = False) -> str:
    return render_terminal(found, width=width, color=color, file="表.txt")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_terminal_view_fits(reviewed: Review, width: int) -> None:
    # A full-width mark that may not begin a line hangs over by its two columns rather than standing alone.
    assert max(map(width_of, view(reviewed, width).splitlines())) <= width + 2


def test_terminal_view_shows_projects_worst_first(reviewed: Review) -> None:
    scores = [float(score) for score in re.findall(r"^[优良中差] ([\d.]+) 分  ", view(reviewed), re.MULTILINE)]
    assert len(scores) == 27
    assert scores == sorted(scores)


def test_terminal_view_names_every_project_and_indicator(reviewed: Review) -> None:
    text = re.sub(r"[⟦⟧]|\s", "", view(reviewed, 200))
    for project in reviewed.projects:
        assert re.sub(r"\s", "", project.name) in text
        for indicator in project.indicators:
            assert re.sub(r"\s", "", indicator.name)[:30] in text


def test_terminal_view_marks_the_faulty_words(reviewed: Review) -> None:
    text = view(reviewed, 120)
    assert re.search(r"放映场次数量  年度 ⟦按合同[^⟧]*⟧", text)
    assert "✗ V101 " in text
    assert "→ " in text
    assert "依据：" in text


@pytest.mark.parametrize("render", [view, lambda found: render_markdown(found)])
def test_summary_says_what_is_at_stake_and_what_was_not_checked(
    reviewed: Review, render: Callable[[Review], str]
) -> None:
    text = render(reviewed)
    assert "汇总" in text
    assert "空泛目标" in text
    assert f"{reviewed.summary.amount_by_grade['中']:,.2f} 万元" in text
    assert "未检查" in text
    assert "不算通过" in text


def test_money_by_grade_adds_up(reviewed: Review) -> None:
    amounts = [project.amount or 0 for project in reviewed.projects]
    assert sum(reviewed.summary.amount_by_grade.values()) == pytest.approx(sum(amounts))
    assert sum(amounts) == pytest.approx(8777.20)


def test_damage_of_the_source_is_told_by_line(reviewed: Review) -> None:
    for text in (view(reviewed), render_markdown(reviewed)):
        assert re.search(r"D002.*第 \d+ 行", text)


def test_markdown_report_has_its_parts(reviewed: Review) -> None:
    text = render_markdown(reviewed, file="表.txt")
    assert re.findall(r"^##? (.*)$", text, re.MULTILINE) == [
        "绩效指标审核意见",
        "汇总",
        "读取情况",
        "各项目（差的在前）",
    ]
    assert len(re.findall(r"^### ", text, re.MULTILINE)) == 27
    assert "建议：" in text
    assert reviewed.ruleset[:12] in text


def document(text: str) -> Document:
    row = Indicator(no=1, level1=text, level2=text, name=text, cycle_value=text, annual_value=text)
    return Document(title=text, department=text, projects=[Project(name=text, unit=text, goal=text, indicators=[row])])


HOSTILE = {
    "ansi": "\x1b[2J\x1b]0;标题\x07红\x1b[31m色",
    "direction": "放映\u202e场百\u2066二十\u200f场",
    "controls": "a\x01\x02\x7f\x85\x9b31m",
    "lines": "第一行\n第二行\r\n\u2028第三行\x0b\x0c",
    "long": "按计划完成" * 2000,
    "unbroken": "a" * 10_000,
    "markdown": "# 标题\n| a | b |\n|--|--|\n<script>alert(1)</script> **粗** `码` [链](http://x) ~~删~~ &lt; $x$",
    "template": "{{7*7}} {0} %s ${HOME} `id`",
    "marks": "⟦放映⟧〔待填：场〕",
    "blank": " \u3000\u200b\ufeff",
    "empty": "",
    "astral": "𠀀𠮷👨‍👩‍👧",
    "combining": "e" + "\u0301" * 500,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [40, 100])
def test_no_field_content_breaks_a_view(name: str, width: int) -> None:
    text = HOSTILE[name]
    found = review(document(text))
    shown = view(found, width) + render_inspection(document(text), width=width, color=False, file=text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", shown)
    assert max(map(width_of, shown.splitlines())) <= width + 12


@pytest.mark.parametrize("name", HOSTILE)
def test_no_field_content_becomes_markup(name: str) -> None:
    report = render_markdown(review(document(HOSTILE[name])))
    body = report.partition("## 各项目")[2]
    assert not re.search(r"(?<!\\)<|(?<!\\)\||(?<!\\)`|(?<!\\)\[", body)
    assert len(re.findall(r"^#", report, re.MULTILINE)) == 4 + ("读取情况" in report)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", report)


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_text_can_be_reviewed_and_shown(text: str) -> None:
    found = review(document(text))
    for finding in (*found.projects[0].findings, *found.projects[0].indicators[0].findings):
        assert finding.quote in text
    assert view(found)
    assert render_markdown(found)


def test_colour_adds_nothing_but_colour(reviewed: Review) -> None:
    colored = view(reviewed, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == view(reviewed)


def test_empty_document_is_no_trouble() -> None:
    found = review(Document())
    assert "0 个项目" in view(found)
    assert "0 个项目" in render_markdown(found)
