"""The page for writing for everybody: by keyboard alone, on a phone, in the dark, on paper, by ear, on a slow line."""

from __future__ import annotations

import io
import unicodedata

import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from tests.browser.writing import Visit, check_accessible, check_fits, field, outcome, rows, write

pytestmark = pytest.mark.browser

LONG = "进一步加强农村公益电影放映工作，切实保障人民群众基本文化权益，" * 12
HEAVIEST = 150 << 10


def filled(page: Page, number: int = 5) -> Page:
    """Write a draft with everything that a page can show."""
    page.fill("[name=project]", "农村公益电影放映")
    page.fill("[name=amount]", "很多")
    page.fill("[name=goal]", LONG + "在28个行政村放映，每村每月2场。")
    while page.locator("#rows > li").count() < number:
        page.get_by_role("button", name="加一条").click()
    for at in range(1, number + 1):
        write(page, at, f"第{at}个放映队的放映场次", "按合同约定完成", "数量指标")
    write(page, 1, "丰富群众文化生活", "进一步提升", "社会效益指标")
    write(page, 2, "W" * 60, LONG[:200], "质量指标")
    expect(outcome(page, number)).to_contain_text("V101")
    return page


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_accessible_and_whole_at_any_width_and_in_any_light(visit: Visit, width: int, colours: str) -> None:
    page = visit(width, color_scheme=colours, allowed=("ERR_FAILED",))
    check_fits(page)
    check_accessible(page)
    filled(page)
    outcome(page, 1).locator("summary").click()
    page.check("#with-cycle")
    page.route("**/write/**", lambda route: route.abort())
    page.get_by_role("button", name="删除第 5 条").click()
    expect(page.locator("#undo")).to_be_visible()
    expect(page.locator("#notice")).to_contain_text("服务没有回答")
    check_fits(page)
    check_accessible(page)


def test_colours_of_the_dark(visit: Visit) -> None:
    page = filled(visit(color_scheme="dark"))
    for place in ("body", "[name=goal]", "select"):
        shade = page.evaluate(
            "place => getComputedStyle(document.querySelector(place)).backgroundColor.match(/\\d+/g).map(Number)", place
        )
        assert max(shade[:3]) < 60
    page.click("#theme")
    page.reload()
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert min(shade[:3]) > 200


def test_every_control_by_keyboard_in_the_order_of_the_page(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="看一个例子").click()
    expect(outcome(page, 5)).to_contain_text("分")
    page.focus("#theme")
    page.keyboard.press("Shift+Tab")
    wanted = page.evaluate(
        """[...document.querySelectorAll("a, button, input, select, textarea, summary")]
            .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && one.type !== "hidden")
            .map((one) => one.outerHTML)"""
    )
    reached: list[str] = []
    for _ in wanted:
        if reached:
            page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.outerHTML"))
        outlined = page.evaluate(
            """() => {
                const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            }"""
        )
        assert outlined, reached[-1]
    assert reached == wanted
    assert len(wanted) > 40


def test_a_draft_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    keys = page.keyboard
    page.focus("[name=goal]")
    keys.type("在28个行政村放映公益电影，每村每月放映2场。")
    keys.press("Tab")
    for _ in range(10):  # past the button for an example, to the first class
        if page.evaluate("document.activeElement.name") == "class":
            break
        keys.press("Tab")
    expect(field(page, "class")).to_be_focused()
    keys.press("ArrowDown")
    expect(field(page, "class")).to_have_value("产出指标/数量指标")
    keys.press("Tab")
    keys.type("放映场次")
    keys.press("Enter")
    keys.type("按合同约定完成")
    expect(outcome(page)).to_contain_text("V101")
    keys.press("Tab")
    keys.press("Tab")
    expect(outcome(page).get_by_role("button", name="用这个")).to_be_focused()
    keys.press("Enter")
    expect(field(page, "annual_value")).to_be_focused()
    assert rows(page)[0][2] == "≥672场"
    keys.press("Enter")
    expect(field(page, "name", 2)).to_be_focused()
    keys.type("设备完好率")
    keys.press("Enter")
    keys.type("≥95%")
    for at in (3, 4, 5):  # a new row after the last one
        keys.press("Enter")
        expect(field(page, "name", at)).to_be_focused()
        keys.press("Enter")
    expect(field(page, "annual_value", 5)).to_be_focused()
    assert [value for _, _, value in rows(page)] == ["≥672场", "≥95%"]


def test_fields_grow_with_their_text(visit: Visit) -> None:
    page = visit()
    short = field(page, "annual_value").bounding_box()
    field(page, "annual_value").fill(LONG[:100])
    grown = field(page, "annual_value").bounding_box()
    assert short
    assert grown
    assert grown["height"] > 3 * short["height"]
    assert field(page, "annual_value").evaluate("area => area.scrollHeight <= area.clientHeight + 1")


def test_fields_grow_in_a_browser_that_does_not_do_it_itself(visit: Visit) -> None:
    page = visit()
    page.add_init_script("CSS.supports = () => false;")
    page.reload()
    page.evaluate("document.querySelectorAll('textarea').forEach((area) => { area.style.fieldSizing = 'fixed'; })")
    field(page, "annual_value").fill(LONG[:100])
    assert field(page, "annual_value").evaluate("area => area.scrollHeight <= area.clientHeight")
    field(page, "annual_value").fill("≥672场")
    height = field(page, "annual_value").bounding_box()
    assert height
    assert height["height"] < 50


def test_titles_stay_in_sight_of_a_long_table(visit: Visit) -> None:
    page = filled(visit(), 40)
    field(page, "name", 20).scroll_into_view_if_needed()
    expect(page.locator(".titles")).to_be_in_viewport()
    page.evaluate("document.getElementById('row-30').scrollIntoView()")
    field(page, "name", 30).focus()
    titles, one = page.locator(".titles").bounding_box(), field(page, "name", 30).bounding_box()
    assert titles
    assert one
    assert one["y"] >= titles["y"] + titles["height"]


def test_on_paper(visit: Visit) -> None:
    page = filled(visit(), 12)
    field(page, "name", 1).focus()
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        text = unicodedata.normalize("NFKC", "\n".join(sheet.extract_text() for sheet in pdf.pages))
        assert len(pdf.pages) <= 9
        for sheet in pdf.pages:
            assert all(char["x0"] > 30 and char["x1"] < 565 for char in sheet.chars)
    for told in ("农村公益电影放映", "第12个放映队的放映场次", "V101", "V102", "时限性"):
        assert told in text
    for control in ("导出", "删除", "清空", "用这个", "加一条", "跳到内容"):
        assert control not in text


def test_page_is_light(visit: Visit) -> None:
    page = visit()
    weight = page.evaluate(
        """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
            .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""
    )
    assert 0 < weight <= HEAVIEST


def test_nothing_is_fetched_twice(visit: Visit) -> None:
    page = visit()
    page.reload()
    again = page.evaluate(
        """performance.getEntriesByType("resource").filter((one) => one.name.includes("/static/") && one.transferSize)
            .map((one) => one.name)"""
    )
    assert again == []
