"""The department report as people use it: sort, filter, input methods, phone, dark, paper, and nothing foreign runs."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

import reviewer
from reviewer.bulk.department import report_of
from reviewer.bulk.rundir import opened_for_reading
from reviewer.reporting.department.html import render_html
from tests.bulk.runs import demanding, document, project, row, run_of, varied

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ROWS = "#projects-table tbody tr"
MARGIN = 14 / 25.4 * 72


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = demanding(tmp_path_factory.mktemp("run"))
    with opened_for_reading(folder) as run:
        return render_html(report_of(run))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> str:
    """Three departments of nine units, compared with two of them a year before."""
    table = reviewer.read(str(sample))
    folder = tmp_path_factory.mktemp("runs")
    run_of(folder / "before", [(f"表{n}.txt", varied(table, n)) for n in range(2)], options={"ignore": ["M207"]})
    run_of(folder / "after", [(f"表{n}.txt", varied(table, n)) for n in range(3)])
    with opened_for_reading(folder / "before") as before, opened_for_reading(folder / "after") as after:
        return render_html(report_of(after, against=before))


def column(page: Page, table: str, at: int) -> list[str]:
    return [text.strip() for text in page.locator(f"#{table} tbody td:nth-child({at})").all_text_contents()]


def shown(page: Page) -> list[str]:
    return [cells.nth(2).inner_text() for row in page.locator(f"{ROWS}:visible").all() for cells in [row.locator("td")]]


def test_a_column_is_sorted_by_its_numbers_and_back(opened: Open, large: str) -> None:
    page = opened(large)
    head = page.locator("#units-table th", has_text="金额（万元）").first
    head.locator("button").click()
    amounts = [float(text.replace(",", "")) for text in column(page, "units-table", 6)]
    assert amounts == sorted(amounts, reverse=True)
    expect(head).to_have_attribute("aria-sort", "descending")
    head.locator("button").click()
    assert [float(text.replace(",", "")) for text in column(page, "units-table", 6)] == sorted(amounts)
    page.locator("#units-table th", has_text="单位").locator("button").click()
    expect(head).not_to_have_attribute("aria-sort", re.compile("."))
    names = column(page, "units-table", 2)
    # By pronunciation, not by code: 白 before 青 before 云.
    assert [name[0] for name in names] == ["白"] * 3 + ["青"] * 3 + ["云"] * 3


def test_an_amount_that_is_not_filled_in_is_the_least(opened: Open, small: str) -> None:
    page = opened(small)
    button = page.locator("#projects-table th", has_text="金额").locator("button")
    button.click()
    button.click()
    assert column(page, "projects-table", 4)[0] == "未填"


def test_filters_narrow_and_clear(opened: Open, small: str) -> None:
    page = opened(small)
    assert len(shown(page)) == 6
    page.fill("input[name=text]", "水库")
    assert set(shown(page)) == {"水库巡查", "水库加固"}
    expect(page.locator("#shown")).to_have_text("筛选后显示 2 个项目（共列出 6 个）")
    page.locator("select[name=unit]").select_option("县电影站")
    expect(page.locator("#shown")).to_have_text("没有符合条件的项目。")
    page.click("button[type=reset]")
    expect(page.locator("#shown")).to_have_text("显示 6 个项目")
    page.check("input[value=优]")
    assert set(shown(page)) == {"电影放映"}


def test_pinyin_is_not_searched_for(opened: Open, small: str) -> None:
    page = opened(small)
    page.focus("input[name=text]")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "shui'ku", "selectionStart": 7, "selectionEnd": 7})
    assert len(shown(page)) == 6
    session.send("Input.insertText", {"text": "水库"})
    assert set(shown(page)) == {"水库巡查", "水库加固"}


def test_every_link_of_the_contents_leads_somewhere(opened: Open, small: str) -> None:
    page = opened(small)
    links = page.eval_on_selector_all("nav a", "all => all.map(e => e.getAttribute('href'))")
    assert len(links) == 11
    for link in links:
        assert page.locator(link).count() == 1
    assert page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).length") == page.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
    )


def test_without_a_script_everything_is_there(opened: Open, small: str) -> None:
    page = opened(small, java_script_enabled=False)
    assert page.locator(ROWS).count() == 6
    assert not page.locator("#filter").is_visible()
    assert page.locator(".defect details[open]").count() == page.locator(".defect details").count() > 0


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_everybody_can_read_it(opened: Open, small: str, width: int, scheme: str) -> None:
    page = opened(small, width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    page.evaluate(AXE_SCRIPT)
    faults = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    assert [
        (fault["id"], [node["html"] for node in fault["nodes"]][:3])
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ] == []


def test_the_first_sheet_of_paper_is_what_a_director_reads(opened: Open, large: str) -> None:
    page = opened(large)
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        first = pdf.pages[0]
        assert (round(first.width), round(first.height)) == (595, 842)
        # Some fonts give radicals (⽬) for the characters that look like them (目).
        text = unicodedata.normalize("NFKC", first.extract_text())
        for said in ("总体得分", "与上次(before)相比", "修改完善后", "错误和警告", "各等级项目涉及金额"):
            assert said in text
        assert "↕" not in text
        for sheet in pdf.pages[:8]:
            assert all(char["x0"] > MARGIN - 2 and char["x1"] < 595 - MARGIN + 2 for char in sheet.chars)
        assert len(pdf.pages) < 45


def test_hostile_texts_do_not_run(opened: Open, tmp_path: Path) -> None:
    text = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'--></style>"
    table = document(project(text, row(text, f"按{text}合同"), unit=text, goal=f"提升{text}"), department=text)
    run_of(tmp_path / "run", [(text, table)], unread=[(f"{text}.xlsx", text)])
    with opened_for_reading(tmp_path / "run") as run:
        page = opened(render_html(report_of(run)))
    expect(page.locator(ROWS)).to_contain_text(text)
    expect(page.locator("#unread-table")).to_contain_text(text)
    assert page.locator("main script, main img, main style").count() == 0
