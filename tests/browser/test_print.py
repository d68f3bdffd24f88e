"""The HTML report on paper: nothing cut off, nothing left out, headings of tables on each page, no row torn."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

import pdfplumber
import pytest
from playwright.sync_api import Page

from reviewer.models import Document, Indicator, Project, Review
from reviewer.pipeline import review
from reviewer.reporting.html import render_html
from tests.reporting.pages import told

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
MARGIN = 14 / 25.4 * 72
PARTS = ("按合同约定完成 差", "V101 错误", r"T 时限性 \d")  # of a row: its first line, its finding, its last score


def printed(page: Page) -> Iterator[tuple[str, list[dict[str, float]]]]:
    """Yield text and characters of each page on A4."""
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        for sheet in pdf.pages:
            assert (round(sheet.width), round(sheet.height)) == (595, 842)
            # Some fonts give radicals (⽬) for the characters that look like them (目).
            yield unicodedata.normalize("NFKC", sheet.extract_text()), sheet.chars
            sheet.close()


def test_the_sample_takes_two_sheets_a_project_or_so(opened: Open, report: str) -> None:
    with pdfplumber.open(io.BytesIO(opened(report).pdf(prefer_css_page_size=True))) as pdf:
        assert 27 < len(pdf.pages) < 70


def test_all_findings_are_on_paper_and_inside_it(opened: Open, reviewed: Review) -> None:
    # Reading paper is slow: a few projects, whose sheets hold everything that those of all would.
    found = reviewed.model_copy(update={"projects": reviewed.projects[::4]})
    sheets = list(printed(opened(render_html(found, "表.txt"))))
    for _, chars in sheets:
        assert all(char["x0"] > MARGIN - 2 and char["x1"] < 595 - MARGIN + 2 for char in chars)
        assert all(char["top"] > 30 and char["bottom"] < 842 - 20 for char in chars)
    text = "".join(text for text, _ in sheets)
    holders = [holder for project in found.projects for holder in (project, *project.indicators)]
    codes = Counter(finding.code for holder in holders for finding in holder.findings)
    on_paper = Counter(re.findall(r"\b[A-Z]\d{3}(?= (?:错误|警告|提示))", text))
    assert {code: on_paper[code] for code in codes} == dict(codes)
    assert "第三步:合成" in text
    for control in ("清除筛选", "查找", "复制"):
        assert control not in text


def test_rows_stay_whole_and_the_heading_of_the_table_comes_again(opened: Open) -> None:
    rows = [
        Indicator(
            no=no, level1="产出指标", level2="数量指标", name=f"第{no:02}项放映场次", annual_value="按合同约定完成"
        )
        for no in range(1, 31)
    ]
    sheets = list(
        printed(opened(render_html(review(Document(projects=[Project(name="电影", indicators=rows)])), "表")))
    )
    whole = 0
    for text, _ in sheets:
        begun, middle, ended = (len(re.findall(part, text)) for part in PARTS)
        assert begun == middle == ended
        whole += begun
        if begun:
            assert re.search(r"序号\s*指标\s*年度指标值", text)
    assert whole == len(rows)


def test_what_the_filter_left_is_printed_and_said(opened: Open) -> None:
    page = opened(render_html(told(), "表.json"))
    page.fill("input[name=text]", "设备完好率")
    text = "".join(text for text, _ in printed(page))
    assert "筛选后显示 1 个项目、1 条指标" in text
    assert "征订份数" not in text


def test_paper_is_white_in_the_dark(opened: Open) -> None:
    page = opened(render_html(told(), "表.json"), color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
