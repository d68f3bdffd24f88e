"""The JUnit report: valid, its counts right, and no green case that stands for something unchecked."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from reviewer.models import Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.junit import junit_pieces

from .reviews import everything
from .test_views import HOSTILE, document

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "files" / "junit-10.xsd"))


def report(*found: Review) -> ElementTree.Element:
    text = "".join(junit_pieces(("表.txt", one) for one in found))
    SCHEMA.assertValid(etree.fromstring(text.encode()))
    return ElementTree.fromstring(text)


def case(root: ElementTree.Element, suite: str, name: str) -> ElementTree.Element:
    (found,) = root.findall(f"testsuite[@name='{suite}']/testcase[@name='{name}']")
    return found


def test_counts_are_those_of_the_cases(sample: Path) -> None:
    found = review(read(sample))
    root = report(found, everything())
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(count, "")) == sum(one.find(tag) is not None for one in cases)
    projects = [suite for suite in root if suite.get("name") != "读取"]
    assert len(projects) == 27 + 2


def test_an_indicator_fails_by_its_errors_only(sample: Path) -> None:
    found = review(read(sample))
    root = report(found)
    failed = {
        one.get("name", "").split()[0] for one in root.findall("testsuite[@name='电影工作经费']/testcase[failure]")
    }
    (project,) = [project for project in found.projects if project.name == "电影工作经费"]
    assert failed == {str(i.no) for i in project.indicators if any(f.severity == "error" for f in i.findings)}


def test_milder_old_and_suppressed_findings_do_not_fail() -> None:
    root = report(everything())
    film = case(root, "电影放映", "1 产出·数量 放映场次")
    assert [failure.get("type") for failure in film.findall("failure")] == ["V101 只指向计划、合同或要求〔规则与模型〕"]
    said = film.findtext("system-out") or ""
    assert "上次就有的话。上次已有" in said
    assert "让它去的话。已豁免（合同在审）" in said
    assert "建议：" in said
    assert case(root, "电影放映", "2 产出·质量 设备完好率").find("failure") is None


def test_what_was_not_checked_is_skipped_and_what_failed_is_an_error() -> None:
    root = report(everything())
    skipped = case(root, "电影放映", "未检查 R501 指标值与名称对不上")
    assert skipped.find("skipped") is not None
    assert "第 1 条：离线判断不了。" in (skipped.findtext("system-out") or "")
    error = case(root, "剧场修缮", "请模型判断").find("error")
    assert error is not None
    assert error.get("message") == "180 秒内没有等到完整的回复"
    assert case(root, "电影放映", "模型的话未采用").find("skipped") is not None
    assert case(root, "读取", "Sheet1!C9 D009 读不懂的行").find("failure") is None


def test_scores_are_properties() -> None:
    properties = report(everything()).find("testsuite[@name='电影放映']/properties")
    assert properties is not None
    values = {each.get("name"): each.get("value") for each in properties}
    assert values["amount"] == "70.47"
    assert values["grade"] in "优良中差"


@pytest.mark.parametrize("text", [*HOSTILE.values(), "\ud800", "\ufffe\uffff", "]]>", "&amp;<a b='\"'>"])
def test_hostile_texts_leave_it_valid(text: str) -> None:
    found = everything()
    found.projects[0].name = found.projects[0].indicators[0].name = text
    found.projects[0].indicators[0].annual_value = found.projects[0].indicators[0].findings[0].quote = text
    assert len(report(found)) == 3


def test_hostile_reviews_leave_it_valid() -> None:
    for text in HOSTILE.values():
        report(review(document(text)))
