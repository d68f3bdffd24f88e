"""Joining the parts: what review() promises whoever calls it from Python."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reviewer
from reviewer.errors import UsageError
from reviewer.models import Document, Finding, Indicator, Project, Review
from reviewer.pipeline import review, review_async
from reviewer.rules.catalogue import Catalogue, load_catalogue


@pytest.fixture(scope="module")
def document(sample: Path) -> Document:
    return reviewer.read(sample)


@pytest.fixture(scope="module")
def found(document: Document) -> Review:
    return review(document)


def findings(found: Review) -> list[Finding]:
    rows = [row for project in found.projects for row in project.indicators]
    return [finding for owner in (*found.projects, *rows) for finding in owner.findings]


def test_nothing_of_the_document_is_lost(document: Document, found: Review) -> None:
    assert [project.name for project in found.projects] == [project.name for project in document.projects]
    for project, reviewed in zip(document.projects, found.projects, strict=True):
        assert (reviewed.goal, reviewed.amount, reviewed.unit) == (project.goal, project.amount, project.unit)
        for row, judged in zip(project.indicators, reviewed.indicators, strict=True):
            kept = ("no", "level1", "level2", "name", "cycle_value", "annual_value", "where")
            assert [getattr(judged, name) for name in kept] == [getattr(row, name) for name in kept]
    assert found.diagnostics == document.diagnostics
    assert found.document.model_dump() == document.model_dump(exclude={"projects"})


def test_document_stays_as_it_was(document: Document) -> None:
    before = document.model_dump_json()
    review(document)
    assert document.model_dump_json() == before


def test_findings_are_sorted_and_known(found: Review) -> None:
    severities = ["error", "warning", "hint"]
    rules = {rule.code: rule for rule in load_catalogue().rules}
    for finding in findings(found):
        assert rules[finding.code].name == finding.rule
        assert finding.source == "rules"
        assert not finding.disputed
        assert finding.message
    for project in found.projects:
        for owner in (project, *project.indicators):
            order = [(severities.index(f.severity), f.code) for f in owner.findings]
            assert order == sorted(order)


def test_summary_adds_up(found: Review) -> None:
    rows = [row for project in found.projects for row in project.indicators]
    assert found.summary.indicators == len(rows) == 121
    assert found.summary.vague == sum(row.vague for row in rows)
    for grade, amount in found.summary.amount_by_grade.items():
        assert amount == pytest.approx(sum(p.amount or 0 for p in found.projects if p.grade == grade))


def test_vague_rows_carry_a_reason(found: Review) -> None:
    for project in found.projects:
        for row in project.indicators:
            if row.vague:
                assert any(finding.severity != "hint" for finding in row.findings), row


def test_review_is_a_round_trip(found: Review) -> None:
    assert Review.model_validate_json(found.model_dump_json()) == found


def test_nothing_unchecked_is_called_a_pass(found: Review) -> None:
    for project in found.projects:
        assert project.audit["feasibility"].grade is None
        for row in project.indicators:
            fired = {finding.rule for finding in row.findings}
            assert not fired & {item.rule for item in row.unchecked}


def test_async_is_the_same(document: Document, found: Review) -> None:
    assert asyncio.run(review_async(document)) == found
    with pytest.raises(UsageError):
        asyncio.run(review_async(document, select=["V9"]))


def test_on_project_is_called_for_each(document: Document) -> None:
    calls: list[int] = []
    review(document, on_project=lambda: calls.append(1))
    assert len(calls) == 27


def test_selection_leaves_the_other_rules_silent(document: Document) -> None:
    chosen = review(document, select=["V101", "D002"])
    assert {finding.code for finding in findings(chosen)} == {"V101"}
    assert {diagnostic.code for diagnostic in chosen.diagnostics} == {"D002"}


def test_ignoring_a_rule_removes_its_findings_only(document: Document, found: Review) -> None:
    without = review(document, ignore=["vague-plan-reference"])
    left = [finding for finding in findings(found) if finding.code != "V101"]
    assert findings(without) == left


def test_ignoring_never_lowers_a_score(document: Document, found: Review) -> None:
    without = review(document, ignore=["M", "C"])
    for before, after in zip(found.projects, without.projects, strict=True):
        for row, again in zip(before.indicators, after.indicators, strict=True):
            assert again.score >= row.score


def test_year_of_the_caller_wins() -> None:
    row = Indicator(no=1, level1="产出指标", level2="时效指标", name="完工时间", annual_value="2024年10月底前完工")
    document = Document(budget_year=2024, projects=[Project(name="渠道维修", goal="维修渠道。", indicators=[row])])
    assert "T602" not in {finding.code for finding in findings(review(document))}
    assert "T602" in {finding.code for finding in findings(review(document, year=2025))}


def test_ruleset_digest_follows_rules_and_lexicon(found: Review, root: Path, tmp_path: Path) -> None:
    assert found.ruleset == load_catalogue().digest
    assert len(found.ruleset) == 64
    rule = tmp_path / "V101.md"
    shutil.copy(next((root / "data" / "rules").glob("V101-*.md")), rule)
    digest = Catalogue([], [rule]).digest
    assert Catalogue([], [rule]).digest == digest
    rule.write_text(rule.read_text(encoding="utf-8").replace("合同", "协议", 1), encoding="utf-8")
    assert Catalogue([], [rule]).digest != digest


HOUSE_RULE = """---
code: H901
name: house-lump-sum
title: 本局不收的说法
severity: warning
dimension: specific
applies_to: indicator
basis: 本局编报要求
fields: [name, annual_value]
words: [一揽子, 打包]
message: 本局要求逐项列出，不写“{}”。
---
"""


def test_rules_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "H901-house-lump-sum.md").write_text(HOUSE_RULE, encoding="utf-8")
    row = Indicator(no=1, level1="产出指标", level2="数量指标", name="打 包采购", annual_value="≥5批")
    document = Document(budget_year=2024, projects=[Project(name="采购", goal="采购5批。", indicators=[row])])
    found = review(document, extra_rules=[tmp_path], select=["H"])
    assert [(f.code, f.quote, f.severity) for f in findings(found)] == [("H901", "打 包", "warning")]
    assert found.ruleset != review(document).ruleset
    with pytest.raises(UsageError):
        review(document, select=["H"])


WORDS = st.lists(
    st.sampled_from(
        [
            "按计划",
            "完成",
            "≥90%",
            "100",
            "次",
            "进一步",
            "提升",
            "2023年",
            "6月30日前",
            " ",
            "　",
            "（",
            "）",
            "满意度",
            "\n",
        ]
    ),
    max_size=8,
).map("".join)


@given(WORDS, WORDS, WORDS, st.sampled_from(["数量指标", "质量指标", "时效指标", "社会效益指标", "", "别的"]))
@settings(max_examples=80, deadline=None)
def test_quotes_are_verbatim_for_any_text(name: str, cycle: str, annual: str, level2: str) -> None:
    row = Indicator(no=1, level1="产出指标", level2=level2, name=name, cycle_value=cycle, annual_value=annual)
    project = Project(name=name, goal=f"{cycle}。{annual}", amount=10, indicators=[row, row])
    reviewed = review(Document(budget_year=2023, projects=[project, project])).projects[0]
    texts = {"goal": project.goal, "project": project.name}
    for finding in reviewed.findings:
        assert finding.quote == texts.get(finding.field, "")[finding.start : finding.end]
    for judged in reviewed.indicators:
        for finding in judged.findings:
            assert finding.quote == (getattr(judged, finding.field) or "")[finding.start : finding.end]
        assert 0 <= judged.score <= 100
