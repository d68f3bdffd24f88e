"""The HTML report as people use it: filter, search, input methods, phone, dark, no script, and nothing foreign runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from reviewer.models import Review
from reviewer.reporting.html import render_html
from reviewer.reporting.words import class_title
from tests.reporting.pages import saying, told

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def small() -> str:
    return render_html(told(), "表.json")


def rows(page: Page) -> set[str]:
    return set(
        page.eval_on_selector_all(".indicator:not([hidden])", "all => all.filter(e => e.offsetHeight).map(e => e.id)")
    )


def projects(page: Page) -> set[str]:
    return set(page.eval_on_selector_all(".project:not([hidden])", "all => all.map(e => e.id)"))


def expected(found: Review, fits: Callable[..., bool]) -> set[str]:
    return {
        f"p{number}-{at}"
        for number, project in enumerate(found.projects, 1)
        for at, row in enumerate(project.indicators, 1)
        if fits(project, row)
    }


FILTERS: dict[str, tuple[Callable[[Page], object], Callable[..., bool]]] = {
    "grade": (
        lambda page: page.check("input[value=差]"),
        lambda project, row: row.grade == "差",
    ),
    "severity": (
        lambda page: page.check("input[value=error]"),
        lambda project, row: any(finding.severity == "error" for finding in row.findings),
    ),
    "rule": (
        lambda page: page.locator("select[name=code]").select_option("V102"),
        lambda project, row: any(finding.code == "V102" for finding in row.findings),
    ),
    "unit": (
        lambda page: page.locator("select[name=unit]").select_option("广州市黄埔区融媒体中心"),
        lambda project, row: project.unit == "广州市黄埔区融媒体中心",
    ),
    "class": (
        lambda page: page.locator("select[name=class]").select_option("产出·时效"),
        lambda project, row: class_title(row.level1, row.level2) == "产出·时效",
    ),
    "vague": (
        lambda page: page.check("input[name=vague]"),
        lambda project, row: row.vague,
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filter(opened: Open, report: str, reviewed: Review, name: str) -> None:
    page = opened(report)
    assert len(rows(page)) == 121
    choose, fits = FILTERS[name]
    choose(page)
    assert rows(page) == expected(reviewed, fits)
    assert 0 < len(rows(page)) < 121
    # The list of contents goes along.
    listed = page.eval_on_selector_all("nav [data-project]:not([hidden])", "all => all.map(e => e.dataset.project)")
    assert set(listed) == projects(page) >= {row.partition("-")[0] for row in rows(page)}
    assert f"{len(rows(page))} 条指标（共 27 个、121 条）" in page.inner_text("#shown")
    page.click("text=清除筛选")
    expect(page.locator(".indicator[hidden]")).to_have_count(0)
    assert page.inner_text("#shown") == "显示 27 个项目、121 条指标"


def test_filters_add_up(opened: Open, report: str, reviewed: Review) -> None:
    page = opened(report)
    FILTERS["grade"][0](page)
    FILTERS["class"][0](page)
    assert rows(page) == expected(reviewed, lambda *both: FILTERS["grade"][1](*both) and FILTERS["class"][1](*both))


def test_search_works_while_typing_in_any_width(opened: Open, report: str) -> None:
    page = opened(report)
    page.locator("input[name=text]").press_sequentially("放映场次")
    found = rows(page)
    assert 0 < len(found) < 20
    page.fill("input[name=text]", "放映　场次")
    assert rows(page) == found
    page.fill("input[name=text]", "这里没有的话")
    assert rows(page) == projects(page) == set()
    assert page.inner_text("#shown") == "没有符合条件的项目和指标。"
    page.press("input[name=text]", "Escape")
    assert len(rows(page)) == 121


def test_a_project_found_by_its_name_keeps_its_indicators(opened: Open, small: str) -> None:
    page = opened(small)
    page.fill("input[name=text]", "电影放映")
    assert rows(page) == {"p1-1", "p1-2", "p1-3", "p1-4"}
    page.fill("input[name=text]", "没有指标的项目")
    assert projects(page) == {"p3"}


def test_what_was_left_out_is_said(opened: Open, small: str) -> None:
    page = opened(small)
    page.fill("input[name=text]", "设备完好率")
    assert page.text_content("#p1 .left-out") == "本项目另有 3 条指标不符合筛选，没有显示。"


def test_pinyin_is_no_search_and_its_keys_are_not_ours(opened: Open, small: str) -> None:
    page = opened(small)
    page.focus("input[name=text]")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "shebei", "selectionStart": 6, "selectionEnd": 6})
    assert page.input_value("input[name=text]") == "shebei"
    assert len(rows(page)) == 5
    page.evaluate(
        """document.querySelector("input[name=text]").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Escape", isComposing: true, bubbles: true}))"""
    )
    assert page.input_value("input[name=text]") == "shebei"
    keyboard.send("Input.insertText", {"text": "设备完好"})
    assert page.input_value("input[name=text]") == "设备完好"
    assert rows(page) == {"p1-4"}


def test_a_link_shows_what_the_filter_hid(opened: Open, small: str) -> None:
    page = opened(small)
    page.fill("input[name=text]", "设备完好率")
    assert "p1-1" not in rows(page)
    page.evaluate("location.hash = 'p2-1'")
    expect(page.locator(".project[hidden], .indicator[hidden]")).to_have_count(0)
    assert page.input_value("input[name=text]") == ""


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_screen(opened: Open, report: str, width: int) -> None:
    for html in (report, render_html(saying("a" * 300), "b" * 300)):
        page = opened(html, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(element => {
                const box = element.getBoundingClientRect();
                const outside = box.width && (box.right > innerWidth + 1 || box.left < -1);
                return outside && !element.closest(".wide table, .chart, option");
            }).map(element => element.outerHTML.slice(0, 120))"""
        )
        assert outside == []


def test_dark_follows_the_system_and_the_button_is_remembered(opened: Open, small: str) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(246, 245, 241)", "rgb(20, 23, 26)"
    assert opened(small).evaluate(background) == light
    page = opened(small, color_scheme="dark")
    assert page.evaluate(background) == dark
    page.click("text=浅色")
    assert page.evaluate(background) == light
    page.reload()
    assert page.evaluate(background) == light
    page.click("text=深色")
    assert page.evaluate(background) == dark


def test_a_proposal_is_copied_cell_by_cell(opened: Open, small: str) -> None:
    page = opened(small)
    page.evaluate("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }")
    page.locator("#p1-2 .copy").click()
    proposal = told().projects[0].indicators[1].rewrite
    assert proposal is not None
    cells = [proposal.name, proposal.cycle_value, proposal.annual_value]
    assert page.evaluate("window.copied") == "\t".join(cell for cell in cells if cell is not None)
    assert page.inner_text("#p1-2 .copy") == "已复制"


def test_without_a_script_everything_is_there(opened: Open, small: str) -> None:
    page = opened(small, java_script_enabled=False)
    assert page.locator("details").count() == page.locator("details[open]").count() > 1
    for hidden in ("#filter", "#theme", "#shown", ".copy >> nth=0"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".indicator").count() == 5
    assert page.get_by_text("第三步：合成").is_visible()


VECTORS = (
    "</script><script>window.ran=1</script>",
    "</style><img src=x onerror='window.ran=1'>",
    '"><svg onload=window.ran=1>',
    "' autofocus onfocus='window.ran=1",
    "<iframe srcdoc='<script>top.ran=1</script>'>",
    "<a href='javascript:window.ran=1'>x</a>",
)


@pytest.mark.parametrize("vector", VECTORS)
def test_no_text_of_a_table_runs(opened: Open, vector: str) -> None:
    page = opened(render_html(saying(vector), vector))
    page.fill("input[name=text]", vector)
    page.wait_for_timeout(50)
    assert page.evaluate("window.ran") is None
    assert page.locator("img, iframe, [onerror], [onload], [onfocus]").count() == 0
    assert vector in page.inner_text("#p1 h3")


@pytest.mark.parametrize(
    "foreign",
    ["<script>window.ran=1</script>", "<img src=x onerror='window.ran=1'>", "<style>body{display:none}</style>"],
)
def test_even_markup_in_the_page_could_not_take_effect(opened: Open, small: str, foreign: str) -> None:
    page = opened(small.replace("<main>", f"<main>{foreign}"), allowed=("Content Security Policy", "/x"))
    page.wait_for_timeout(50)
    assert page.evaluate("window.ran") is None
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_serious_fault_of_accessibility(opened: Open, small: str, scheme: str, width: int) -> None:
    page = opened(small, width=width, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 10_000})  # what is out of sight is not laid out
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    page.evaluate(AXE_SCRIPT)
    faults = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    assert [
        (fault["id"], [node["html"] for node in fault["nodes"]][:3])
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ] == []
