"""What a run is said to cost before it starts, what it is counted to have cost, and where it stops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reviewer.judging.cost import Estimate, Forecast, Meter, estimate, forecast
from reviewer.judging.outcomes import Tokens
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request, plan
from reviewer.ledger import ANSWERED, Entry, Ledger
from reviewer.models import Document, Indicator, Project
from reviewer.reporting.forecast import render_forecast
from reviewer.settings import LLM, Price

HOW: dict[str, Any] = {"base_url": "http://127.0.0.1:8000/v1", "model": "m", "temperature": 0.0, "max_tokens": 8192}


def project(rows: int) -> Project:
    row = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="≥672场")
    return Project(
        name="电影放映", goal="每村每月放映2场", indicators=[row.model_copy(update={"no": n}) for n in range(rows)]
    )


def requests(rows: int, **how: Any) -> list[Request]:
    return plan(project(rows), 2024, load_prompts(), **(HOW | how))


def answered(key: str) -> Entry:
    return Entry(
        key=key,
        prompt="judge@1",
        base_url=HOW["base_url"],
        model="m",
        repeat=0,
        strategy="plain",
        attempts=1,
        input_tokens=None,
        output_tokens=None,
        seconds=1.0,
        question="",
        text="{}",
        outcome=ANSWERED,
    )


def test_more_indicators_mean_more_of_everything() -> None:
    few, many = estimate(requests(3)), estimate(requests(20))
    assert (few.requests, many.requests) == (1, 2)
    assert many.characters > few.characters > sum(len(message["content"]) for message in requests(3)[0].messages)
    assert many.tokens.input > few.tokens.input
    assert many.tokens.output == 2 * 400 + 20 * 350
    assert few.tokens.output == 400 + 3 * 350


def test_a_chinese_character_counts_more_than_a_latin_one() -> None:
    (request,) = requests(3)
    estimated = estimate([request])
    assert 0.3 * estimated.characters < estimated.tokens.input < 0.7 * estimated.characters


def test_an_answer_is_not_expected_to_be_longer_than_it_may_be() -> None:
    assert estimate(requests(12, max_tokens=500)).tokens.output == 500


def test_what_the_endpoint_counted_is_the_usage() -> None:
    (request,) = requests(3)
    meter = Meter(Price(2.0, 8.0))
    for used in (Tokens(1_000_000, 100_000), Tokens()):
        reserved = meter.reserve(request)
        assert reserved is not None
        meter.settle(reserved, used)
    usage = meter.usage(cached=4)
    assert (usage.requests, usage.cached, usage.input_tokens, usage.output_tokens) == (2, 4, 1_000_000, 100_000)
    assert usage.cost == pytest.approx(2.8)


def test_a_cost_that_nobody_knows_is_none_and_never_zero() -> None:
    (request,) = requests(3)
    unpriced, uncounted = Meter(), Meter(Price(2.0, 8.0))
    for meter, used in ((unpriced, Tokens(10, 10)), (uncounted, None)):
        meter.settle(meter.reserve(request) or Tokens(), used)
        assert meter.usage(cached=0).cost is None


def test_calls_under_way_count_against_the_cap() -> None:
    (request,) = requests(3)
    each = estimate([request]).tokens
    meter = Meter(max_tokens=3 * (each.input + each.output))
    reserved = [meter.reserve(request) for _ in range(4)]
    assert [one is not None for one in reserved] == [True, True, True, False]
    assert meter.stopped is not None
    assert "个 token 的上限" in meter.stopped


def test_a_call_that_took_less_leaves_room_for_the_next() -> None:
    (request,) = requests(3)
    each = estimate([request]).tokens
    meter = Meter(max_tokens=3 * (each.input + each.output))
    for _ in range(20):
        meter.settle(meter.reserve(request) or Tokens(), Tokens(100, 10))
    assert meter.stopped is None
    assert meter.usage(cached=0).requests == 20


def test_what_nobody_counts_counts_as_estimated() -> None:
    (request,) = requests(3)
    each = estimate([request]).tokens
    meter = Meter(max_tokens=3 * (each.input + each.output))
    made = 0
    while reserved := meter.reserve(request):
        meter.settle(reserved, None)
        made += 1
    assert made == 3


def test_what_was_spent_before_counts_against_the_cap_and_not_as_usage() -> None:
    (request,) = requests(3)
    each = estimate([request]).tokens
    meter = Meter(max_tokens=3 * (each.input + each.output), spent=each)
    assert [meter.reserve(request) is not None for _ in range(3)] == [True, True, False]
    assert meter.usage(cached=0).input_tokens == 0


def test_once_stopped_it_stays_stopped() -> None:
    large, small = requests(12)[0], requests(1)[0]
    enough = estimate([small]).tokens
    meter = Meter(max_tokens=enough.input + enough.output)
    assert meter.reserve(large) is None
    assert meter.reserve(small) is None


def test_a_cost_is_capped_in_the_currency_of_the_price() -> None:
    (request,) = requests(3)
    meter = Meter(Price(1000.0, 1000.0, "美元"), max_cost=0.01)
    assert meter.reserve(request) is None
    assert meter.stopped == "再问一次就会超过 0.01 美元的上限"


def test_a_forecast_counts_repeats_and_spares_what_the_ledger_answers() -> None:
    llm = LLM(base_url=HOW["base_url"], model="m", repeat=2, prices={"m": Price(1000.0, 1000.0)})
    document = Document(budget_year=2024, projects=[project(3), project(20), Project(name="没有指标")])
    fresh = forecast(document, llm)
    assert (fresh.cached, fresh.new.requests) == (0, 6)
    assert fresh.cost == pytest.approx((fresh.new.tokens.input + fresh.new.tokens.output) / 1000)
    known = requests(3)[0]
    with Ledger() as ledger:
        ledger.record(answered(known.key))
    after = forecast(document, llm)
    assert (after.cached, after.new.requests) == (1, 5)
    assert forecast(document, llm, year=2030).cached == 0
    assert forecast(document, replace(llm, prices={})).cost is None


def test_a_forecast_is_put_in_words() -> None:
    llm = LLM(base_url=HOW["base_url"], model="m", prices={"m": Price(2.0, 8.0, "美元")})
    one = Forecast(2, Estimate(3, 30_000, Tokens(12_000, 4_000)), 0.056)
    text = render_forecast([("甲.txt", one), ("乙.txt", one)], llm)
    assert "甲.txt\n  3 个请求（另有 2 个账本里有回答，不再问） · 30,000 个字符\n" in text
    assert "合计\n  6 个请求（另有 4 个账本里有回答，不再问） · 60,000 个字符\n" in text
    assert "约 24,000 个输入 token · 8,000 个输出 token\n  约 0.11 美元" in text
    assert "汉字每字算 0.7 个" in text
    unknown = render_forecast([("甲.txt", replace(one, cost=None))], replace(llm, prices={}))
    assert '费用未知：reviewer.toml 里没有 [prices."m"]' in unknown
    assert "合计" not in unknown
