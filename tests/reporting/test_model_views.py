"""What a reader sees of a model's part: who found it, who disagrees, what was not believed, what to look at again."""

from __future__ import annotations

import pytest

from reviewer.models import Document, Dropped, Finding, Indicator, Project, ProjectError, Review, Usage
from reviewer.pipeline import review
from reviewer.reporting.markdown import render_markdown
from reviewer.reporting.terminal import render_terminal


@pytest.fixture
def found() -> Review:
    rows = [
        Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成"),
        Indicator(no=2, level1="产出指标", level2="质量指标", name="设备完好率", annual_value="≥90%"),
    ]
    found = review(Document(projects=[Project(name="电影放映", goal="放映672场。", amount=70.47, indicators=rows)]))
    project = found.projects[0]
    project.indicators[0].findings[0].source = "both"
    project.indicators[0].findings[0].disputed = True
    project.indicators[1].stability = 1 / 3
    project.indicators[1].findings.append(
        Finding(
            rule="irrelevant-target",
            code="R501",
            severity="hint",
            field="annual_value",
            quote="≥90%",
            start=0,
            end=4,
            message="答非所问。",
            source="llm",
            disputed=True,
        )
    )
    project.dropped = [
        Dropped(no=2, what="改写", why="“≥95%”资料里没有"),
        Dropped(no=None, what="绩效目标的许诺“编的”", why="没有"),
    ]
    found.mode, found.model = "rules+llm", "desk"
    found.usage = Usage(requests=3, cached=1, input_tokens=12345, output_tokens=678)
    return found


def test_terminal_says_who_found_it_and_what_is_open(found: Review) -> None:
    view = render_terminal(found, width=200, color=False)
    assert "V101 〔规则与模型〕〔有分歧〕" in view
    assert "R501 〔模型〕〔有分歧〕答非所问。" in view
    assert "模型的话未采用：第 2 条，改写：“≥95%”资料里没有" in view
    assert "模型的话未采用：绩效目标的许诺“编的”：没有" in view
    assert "需人工复核：模型反复判断，只有 33% 一致" in view
    assert "desk · 判断 1/1 个项目 · 发出 3 次，用存下的 1 次 · 输入 12,345、输出 678 token · 费用未知" in view


def test_markdown_says_the_same(found: Review) -> None:
    view = render_markdown(found)
    assert "模型的话未采用：第 2 条，改写：“≥95%”资料里没有" in view
    assert "需人工复核：模型反复判断，只有 33% 一致" in view
    assert "规则和模型 desk" in view


def test_what_is_judged_alike_two_times_in_three_is_no_question(found: Review) -> None:
    found.projects[0].indicators[1].stability = 2 / 3
    assert "需人工复核" not in render_terminal(found, width=200, color=False)
    assert "可以保留的 1 条：2 设备完好率" in render_markdown(found)


def test_why_a_project_was_not_judged(found: Review) -> None:
    found.projects[0].error = ProjectError(kind="timeout", message="180 秒内没有等到完整的回复")
    found.usage.cost = 0.0321
    view = render_terminal(found, width=200, color=False)
    assert "未能判断 180 秒内没有等到完整的回复" in view
    assert "判断 0/1 个项目" in view
    assert "费用 0.0321" in view


def test_without_a_model_nothing_of_this_is_said() -> None:
    view = render_terminal(review(Document(projects=[Project(name="电影放映")])), width=200, color=False)
    for word in ("模型", "费用", "需人工复核"):
        assert word not in view
