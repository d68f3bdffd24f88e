"""Asking a model from the page: the price first, then the verdict, and no verdict on another text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from reviewer.settings import LLM, Price
from reviewer.web.site import Site
from tests.browser.writing import Visit, check_accessible, check_fits, field, outcome, visiting, write
from tests.faults.server import Call, Reply, Server, error, good, in_a_thread
from tests.web.serving import running

pytestmark = pytest.mark.browser


class Asking(NamedTuple):
    visit: Visit
    endpoint: Server
    answering: threading.Event  # the endpoint answers once this is set


@pytest.fixture
def asking(browser: Browser) -> Iterator[Asking]:
    answering = threading.Event()
    answering.set()

    def behave(call: Call) -> Reply:
        return good(call) if answering.is_set() else good(call).but(delay=1.5)

    with in_a_thread(behave) as endpoint:
        llm = LLM(
            base_url=endpoint.url, model="desk", api_key="sk-marked-0123456789abcdef", prices={"desk": Price(2, 8)}
        )
        with running(Site(llm=llm)) as server, visiting(browser, server) as visit:
            yield Asking(visit, endpoint, answering)


@pytest.mark.parametrize("width", [360, 1280])
def test_price_then_verdict(asking: Asking, width: int) -> None:
    page = asking.visit(width)
    write(page, 1, "放映场次", "按合同约定完成", "数量指标")
    ask = page.get_by_role("button", name="请模型判断…")
    ask.click()
    dialog = page.get_by_role("dialog", name="请模型判断")
    for told in ("模型 desk", "1 个请求", "输入 token", "元", "发给这个端点"):
        expect(dialog).to_contain_text(told)
    check_fits(page)
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(ask).to_be_focused()
    assert asking.endpoint.calls == []
    ask.click()
    dialog.get_by_role("button", name="不请了").click()
    assert asking.endpoint.calls == []
    ask.click()
    dialog.get_by_role("button", name="请模型判断").click()
    expect(page.locator("#summary")).to_contain_text("规则和模型 desk")
    expect(page.locator("#notice")).to_contain_text("模型判断完了")
    expect(ask).to_be_enabled()
    assert len(asking.endpoint.calls) == 1
    field(page, "annual_value").fill("及时完成")
    expect(page.locator("#summary")).to_contain_text("只用规则")
    expect(page.locator("#notice")).to_be_hidden()


def test_verdict_on_another_text_is_not_shown(asking: Asking) -> None:
    asking.answering.clear()
    page = asking.visit()
    write(page, 1, "放映场次", "按合同约定完成")
    page.get_by_role("button", name="请模型判断…").click()
    page.get_by_role("dialog").get_by_role("button", name="请模型判断").click()
    expect(page.locator("#notice")).to_contain_text("正在等模型的回答")
    expect(page.locator("#ask")).to_be_disabled()
    field(page, "annual_value").fill("及时完成")
    expect(page.locator("#notice")).to_contain_text("模型的话没有采用")
    expect(page.locator("#summary")).to_contain_text("只用规则")
    expect(outcome(page)).to_contain_text("及时")


def test_what_went_wrong_is_told(asking: Asking) -> None:
    page = asking.visit(allowed=("422", "502"))
    ask = page.get_by_role("button", name="请模型判断…")
    ask.click()
    expect(page.locator("#notice")).to_contain_text("还没有写指标")
    asking.endpoint.behave = lambda call: error(401)
    write(page, 1, "放映场次", "按合同约定完成")
    ask.click()
    page.get_by_role("dialog").get_by_role("button", name="请模型判断").click()
    expect(page.locator("#notice")).to_contain_text("密钥")
    expect(ask).to_be_enabled()
    expect(outcome(page)).to_contain_text("V101")
