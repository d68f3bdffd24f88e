"""Writing a draft: judged while it is typed, never while an input method composes, and nothing is ever lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from reviewer.web.site import Site
from tests.browser.writing import Visit, checks, field, judged, outcome, rows, visiting, write
from tests.web.serving import running

pytestmark = pytest.mark.browser

GOAL = "在28个行政村开展公益电影放映，每村每月放映2场，12月底前完成，让村民就近看上电影。"
PAUSE = 100  # more than the page waits for another key, in ms


def compose(page: Page) -> CDPSession:
    """The input method of *page*."""
    return page.context.new_cdp_session(page)


# ── Typing ───────────────────────────────────────────────────────────────────


def test_findings_while_typing(visit: Visit) -> None:
    page = visit()
    expect(page.locator(".begin")).to_be_visible()
    write(page, 1, "放映场次", "按合同约定完成", "数量指标")
    expect(outcome(page)).to_contain_text("V101")
    expect(outcome(page).locator("mark.error")).to_have_text("按合同约定完成")
    expect(page.locator("#summary")).to_contain_text("1 条指标 · 错误")
    expect(page.locator("#status")).to_contain_text("1 条指标 · 错误")
    expect(page.locator(".begin")).to_be_hidden()
    field(page, "annual_value").fill("≥672场")
    expect(outcome(page)).not_to_contain_text("V101")
    field(page, "annual_value").fill("")
    field(page, "name").fill("")
    expect(outcome(page)).to_be_empty()
    expect(page.locator(".begin")).to_be_visible()


def test_a_burst_of_keys_is_one_request(visit: Visit) -> None:
    page = visit(stopped=True)
    sent = checks(page)
    field(page, "annual_value").press_sequentially("按合同约定")
    page.clock.run_for(20)
    field(page, "annual_value").press_sequentially("完成")
    assert sent == []
    page.clock.run_for(PAUSE)
    expect(outcome(page)).to_contain_text("V101")
    assert [draft["annual_value"] for draft in sent] == [["按合同约定完成"]]


def test_goal_and_what_measures_it(visit: Visit) -> None:
    page = visit()
    page.fill("[name=goal]", GOAL)
    write(page, 1, "放映场次", "≥672场", "数量指标")
    link = page.locator(".coverage a").first
    expect(link).to_have_text("第 1 条")
    expect(page.locator(".coverage .missing").first).to_contain_text("还没有指标衡量")
    link.click()
    expect(field(page, "name")).to_be_focused()
    expect(page.locator("#row-1")).to_be_in_viewport()


def test_amount_and_year_that_make_no_sense_are_marked(visit: Visit) -> None:
    page = visit()
    for name, good, bad in (
        ("amount", ["70", "1,509.6万元", "３５", ""], "很多"),
        ("year", ["2026", "２０２６"], "20x6"),
    ):
        wrong = page.locator(f"[name={name}] + .wrong")
        for text in good:
            page.fill(f"[name={name}]", text)
            expect(wrong).to_be_hidden()
        page.fill(f"[name={name}]", bad)
        expect(wrong).to_be_visible()


def test_place_of_the_keyboard_outlives_an_answer(visit: Visit) -> None:
    page = visit()
    write(page, 1, "放映场次", "按合同约定完成")
    outcome(page).locator("summary").focus()
    page.keyboard.press("Enter")
    expect(outcome(page).locator("details")).to_have_attribute("open", "")
    page.evaluate("draft.write(document.getElementById('row-1'), 'annual_value', '及时完成'); draft.changed()")
    expect(outcome(page)).to_contain_text("及时")
    expect(outcome(page).locator("summary")).to_be_focused()
    expect(outcome(page).locator("details")).to_have_attribute("open", "")


# ── An input method ──────────────────────────────────────────────────────────


def test_nothing_is_asked_while_an_input_method_composes(visit: Visit) -> None:
    page = visit(stopped=True)
    sent = checks(page)
    field(page, "annual_value").focus()
    page.keyboard.type("≥")  # and before the page has asked about that, a composition begins
    keyboard = compose(page)
    for pinyin in ("an", "anhe", "anhetong"):
        keyboard.send("Input.imeSetComposition", {"text": pinyin, "selectionStart": 0, "selectionEnd": 0})
        page.clock.run_for(1000)
    assert field(page, "annual_value").input_value().endswith("anhetong")
    assert sent == []
    keyboard.send("Input.insertText", {"text": "按合同约定完成"})
    page.clock.run_for(1000)
    expect(outcome(page)).to_contain_text("V101")
    assert [draft["annual_value"] for draft in sent] == [["≥按合同约定完成"]]


def test_composition_that_is_given_up(visit: Visit) -> None:
    page = visit(stopped=True)
    write(page, 1, "放映场次", "≥672场")
    sent = checks(page)
    field(page, "annual_value").focus()
    keyboard = compose(page)
    keyboard.send("Input.imeSetComposition", {"text": "chang", "selectionStart": 0, "selectionEnd": 0})
    keyboard.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    page.clock.run_for(1000)
    expect(outcome(page)).to_contain_text("分")
    assert [draft["annual_value"] for draft in sent] == [["≥672场"]]


@pytest.mark.parametrize("event", ["{isComposing: true}", "{keyCode: 229}"])
def test_enter_that_ends_a_composition_is_not_ours(visit: Visit, event: str) -> None:
    page = visit(stopped=True)
    sent = checks(page)
    field(page, "name").focus()
    page.evaluate(
        f"""document.activeElement.dispatchEvent(new KeyboardEvent(
            "keydown", {{key: "Enter", bubbles: true, cancelable: true, ...{event}}}))"""
    )
    page.clock.run_for(1000)
    expect(field(page, "name")).to_be_focused()
    assert sent == []
    page.keyboard.press("Enter")
    expect(field(page, "annual_value")).to_be_focused()


# ── Late answers ─────────────────────────────────────────────────────────────


def holding(page: Page) -> Iterator[Route]:
    """Yield the requests for a judgement as they come; each waits until it is answered."""
    held: list[Route] = []
    page.route("**/write/check", lambda route: held.append(route))

    def coming() -> Iterator[Route]:
        while True:
            while not held:
                page.evaluate("0")  # lets playwright look for what has come
            yield held.pop(0)

    return coming()


def test_answers_to_what_stood_there_before_are_not_shown(visit: Visit) -> None:
    page = visit(stopped=True)
    held = holding(page)
    field(page, "annual_value").press_sequentially("甲")
    page.clock.run_for(PAUSE)
    first = next(held)
    field(page, "annual_value").press_sequentially("乙")
    first.fulfill(body=judged("旧的"), content_type="application/json")
    page.wait_for_event("requestfinished", lambda request: "check" in request.url)
    expect(page.locator("#summary")).to_be_empty()
    page.clock.run_for(PAUSE)
    next(held).fulfill(body=judged("新的"), content_type="application/json")
    expect(page.locator("#summary")).to_have_text("新的")


def test_a_slow_answer_is_given_up_for_a_newer_one(visit: Visit) -> None:
    page = visit(stopped=True)
    held = holding(page)
    field(page, "annual_value").press_sequentially("甲")
    page.clock.run_for(PAUSE)
    next(held)
    field(page, "annual_value").press_sequentially("乙")
    with page.expect_event("requestfailed"):
        page.clock.run_for(PAUSE)
    next(held).fulfill(body=judged("新的"), content_type="application/json")
    expect(page.locator("#summary")).to_have_text("新的")
    expect(page.locator("#notice")).to_be_hidden()


# ── Buttons ──────────────────────────────────────────────────────────────────


def test_rewrite_taken_and_taken_back(visit: Visit) -> None:
    page = visit()
    page.fill("[name=goal]", GOAL)
    write(page, 1, "放映场次", "按合同约定完成", "数量指标")
    before = rows(page)
    outcome(page).get_by_role("button", name="用这个").click()
    expect(field(page, "annual_value")).to_have_value("≥672场")
    expect(field(page, "annual_value")).to_be_focused()
    expect(outcome(page)).not_to_contain_text("V101")
    # What is typed elsewhere in the meantime stays.
    write(page, 2, "放映设备完好率", "≥95%", "质量指标")
    page.get_by_role("button", name="撤回").click()
    expect(outcome(page)).to_contain_text("V101")
    assert rows(page) == [*before, ("产出指标/质量指标", "放映设备完好率", "≥95%")]
    expect(page.locator("#undo")).to_be_hidden()


def test_what_a_rewrite_leaves_open_is_filled_in_by_typing(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="看一个例子").click()
    outcome(page, 4).get_by_role("button", name="用这个").click()
    expect(field(page, "annual_value", 4)).to_have_value(re.compile("〔待填：.+〕"))
    page.keyboard.type("50")
    expect(field(page, "annual_value", 4)).to_have_value("≥50人/场")


def test_undo_by_the_keys_of_undo(visit: Visit) -> None:
    page = visit()
    write(page, 1, "放映场次", "≥90")
    page.get_by_role("button", name="清空").click()
    assert rows(page) == []
    page.keyboard.press("Control+z")
    assert rows(page) == [("", "放映场次", "≥90")]
    # Once something was typed these keys are the browser's own.
    page.get_by_role("button", name="清空").click()
    field(page, "name").focus()
    page.keyboard.type("甲")
    expect(page.locator("#undo")).to_be_hidden()
    page.keyboard.press("Control+z")
    assert rows(page) == []


def test_rows_added_and_removed(visit: Visit) -> None:
    page = visit()
    for at in range(1, 5):
        write(page, at, f"第{at}条", "≥1次")
    page.get_by_role("button", name="加一条").click()
    expect(field(page, "class", 5)).to_be_focused()
    page.get_by_role("button", name="删除第 2 条").click()
    expect(field(page, "name", 2)).to_be_focused()
    assert [name for _, name, _ in rows(page)] == ["第1条", "第3条", "第4条"]
    field(page, "annual_value", 3).fill("≥4次")
    page.get_by_role("button", name="撤回").click()
    assert [(name, value) for _, name, value in rows(page)] == [
        ("第1条", "≥1次"),
        ("第2条", "≥1次"),
        ("第3条", "≥1次"),
        ("第4条", "≥4次"),
    ]
    expect(page.get_by_role("button", name="删除第 5 条")).to_be_visible()


def test_the_last_row_may_be_removed(visit: Visit) -> None:
    page = visit()
    write(page, 1, "放映场次", "≥672场")
    for _ in range(3):
        page.get_by_role("button", name="删除第 2 条").click()
    page.get_by_role("button", name="删除第 1 条").click()
    expect(page.locator("#rows > li")).to_have_count(1)
    assert rows(page) == []
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("#rows > li")).to_have_count(1)
    assert rows(page) == [("", "放映场次", "≥672场")]


def test_cycle_values_that_are_not_shown_are_not_judged(visit: Visit) -> None:
    page = visit()
    expect(field(page, "cycle_value")).to_be_hidden()
    page.check("#with-cycle")
    write(page, 1, "放映场次", "≥672场")
    field(page, "cycle_value").fill("放映场次")
    expect(outcome(page)).to_contain_text("周期")
    page.uncheck("#with-cycle")
    expect(outcome(page)).not_to_contain_text("周期")
    page.get_by_role("button", name="撤回").click()
    expect(field(page, "cycle_value")).to_have_value("放映场次")
    expect(outcome(page)).to_contain_text("周期")


def test_no_more_rows_than_the_server_takes(visit: Visit) -> None:
    page = visit()
    page.evaluate("while (!draft.isFull()) draft.add()")
    page.get_by_role("button", name="加一条").click()
    expect(page.locator("#notice")).to_have_text("最多 200 条指标。")
    expect(page.locator("#rows > li")).to_have_count(200)


# ── Nothing is lost ──────────────────────────────────────────────────────────


def test_reload_keeps_the_draft(visit: Visit) -> None:
    page = visit()
    page.fill("[name=project]", "农村公益电影放映")
    page.fill("[name=goal]", f"{GOAL}\n第二行")
    page.check("#with-cycle")
    write(page, 3, "完成时间", "及时完成", "时效指标")
    field(page, "cycle_value", 3).fill("每年")
    page.reload()
    expect(outcome(page, 3)).to_contain_text("T601")
    expect(page.locator("[name=project]")).to_have_value("农村公益电影放映")
    expect(page.locator("[name=goal]")).to_have_value(f"{GOAL}\n第二行")
    expect(field(page, "cycle_value", 3)).to_have_value("每年")
    expect(field(page, "class", 3)).to_have_value("产出指标/时效指标")


def test_what_is_kept_may_be_nonsense(visit: Visit) -> None:
    page = visit()
    for nonsense in ("{", "null", '{"head": 1}', '{"head": [], "rows": [], "cycle": false}'):
        page.evaluate("kept => { localStorage.setItem('reviewer-draft', kept); }", nonsense)
        page.reload()
        assert rows(page) == []
        expect(field(page, "name")).to_be_visible()


def test_example_does_not_cost_the_draft(visit: Visit) -> None:
    page = visit()
    page.fill("[name=project]", "河道保洁")
    page.get_by_role("button", name="看一个例子").click()
    expect(page.locator("[name=project]")).to_have_value("农村公益电影放映")
    expect(outcome(page)).to_contain_text("V101")
    page.get_by_role("button", name="撤回").click()
    expect(page.locator("[name=project]")).to_have_value("河道保洁")
    assert rows(page) == []


AWAY = ("ERR_CONNECTION", "ERR_FAILED", "403")


def test_server_that_stops_and_comes_back(browser: Browser) -> None:
    first = ExitStack()
    server = first.enter_context(running(Site()))
    with first, visiting(browser, server) as visit:
        page = visit(allowed=AWAY)
        write(page, 1, "放映场次", "≥672场")
        expect(outcome(page)).to_contain_text("分")
        first.close()
        field(page, "annual_value").fill("按合同约定完成")
        expect(page.locator("#notice")).to_contain_text("服务没有回答")
        expect(page.locator("#draft")).to_have_class(re.compile("stale"))
        page.get_by_role("button", name="导出 Excel").click()
        expect(page.locator("#notice")).to_contain_text("服务没有回答")
        assert rows(page) == [("", "放映场次", "按合同约定完成")]
        # The next server knows nothing of the forms of the one before.
        with running(Site(), server.port):
            expect(outcome(page)).to_contain_text("V101")
            expect(page.locator("#notice")).to_be_hidden()
            expect(page.locator("#draft")).not_to_have_class(re.compile("stale"))


def test_fault_of_the_server_is_told(visit: Visit) -> None:
    page = visit(allowed=("500",))
    page.route("**/write/check", lambda route: route.fulfill(status=500, body="<html>"))
    write(page, 1, "放映场次", "≥672场")
    expect(page.locator("#notice")).to_have_text("服务出了错，请过一会儿再试。")
    page.unroute("**/write/check")
    field(page, "annual_value").fill("按合同约定完成")
    expect(outcome(page)).to_contain_text("V101")
    expect(page.locator("#notice")).to_be_hidden()


def test_browser_that_keeps_nothing_asks_before_it_leaves(visit: Visit) -> None:
    page = visit(allowed=("beforeunload",))
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    field(page, "name").press_sequentially("放映场次")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
