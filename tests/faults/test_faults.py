"""Every way in which an endpoint can fail a request, tried on a real server, and what becomes of the request."""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from email.utils import formatdate
from pathlib import Path

import pytest

import reviewer
from reviewer.judging.outcomes import (
    Answered,
    Capped,
    Fatal,
    Invalid,
    Outcome,
    RateLimited,
    Refused,
    Tokens,
    Transient,
    Truncated,
    explained,
)
from reviewer.ledger import Ledger
from tests.faults.drill import KEY, drill, project
from tests.faults.server import Behave, Call, Reply, answer, completion, error, good, script

GOOD = completion(answer([1, 2]))
HTML = Reply(b"<html><head><title>502 Bad Gateway</title></head></html>", headers={"content-type": "text/html"})
TWENTY = [project(str(number)) for number in range(20)]
CLOCK = 0.02  # seconds by which a timer may be early and two processes may see one moment differently


def always(reply: Reply) -> Behave:
    return lambda call: reply


# Waiting when told to -------------------------------------------------------------------------------------------------

NOON = 1_800_000_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1"}, 1.0),
        ({"retry-after-ms": "300"}, 0.3),
        ({"retry-after-ms": "300", "retry-after": "9"}, 0.3),
        ({"retry-after": formatdate(NOON + 1, usegmt=True), "date": formatdate(NOON, usegmt=True)}, 1.0),
        ({"x-ratelimit-reset-requests": "400ms"}, 0.4),
        ({"x-ratelimit-reset-tokens": "0m0.4s", "x-ratelimit-reset-requests": "10ms"}, 0.4),
        (
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "0.4"}
            | {"x-ratelimit-remaining-tokens": "9000", "x-ratelimit-reset-tokens": "6m0s"},
            0.4,
        ),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else None,
)
def test_a_rate_limit_is_waited_out_as_the_headers_say(headers: dict[str, str], seconds: float, ledger: Path) -> None:
    done = drill(script(error(429, "slow down", headers=headers)), ledger)
    assert done.exchange.answer
    assert done.exchange.attempts == 2
    assert seconds - CLOCK <= done.gaps[0] < seconds + 4


def test_a_rate_limit_that_names_no_time_is_waited_out_all_the_same(ledger: Path) -> None:
    done = drill(script(error(429)), ledger)
    assert done.exchange.answer
    assert 0.7 < done.gaps[0] < 5


def test_a_pause_holds_back_the_whole_pool(ledger: Path) -> None:
    done = drill(script(error(429, headers={"retry-after": "0.5"})), ledger, TWENTY, concurrency=2)
    assert all(exchange.answer for exchange in done.exchanges)
    # Whoever had begun before the refusal was heard is not called back.
    assert sum(call.at < done.calls[0].at + 0.45 for call in done.calls) <= 2


def test_a_service_that_is_overloaded_may_name_a_time_too(ledger: Path) -> None:
    done = drill(script(error(503, headers={"retry-after": "0.4"})), ledger)
    assert done.exchange.answer
    assert done.gaps[0] >= 0.4 - CLOCK


def test_an_endpoint_that_refuses_for_ever_is_given_up_at_the_deadline(ledger: Path) -> None:
    done = drill(always(error(429, "too many", headers={"retry-after": "0.1"})), ledger, deadline=0.6)
    assert isinstance(done.outcome, RateLimited)
    assert "too many" in done.outcome.message
    assert done.exchange.seconds < 1.5


# Failing in passing ---------------------------------------------------------------------------------------------------

PASSING = {
    "500": error(500, "internal error"),
    "502": HTML.but(status=502),
    "503": error(503, "overloaded"),
    "504": Reply(status=504),
    "529": error(529, "overloaded"),
    "408": error(408),
    "reset before the body": GOOD.but(cut="before"),
    "reset in the middle of the body": GOOD.but(cut="middle"),
    "HTML": HTML,
    "plain text": Reply(b"upstream connect error"),
    "nothing at all": Reply(),
    "half JSON": Reply(GOOD.body[: len(GOOD.body) // 2]),
    "JSON that is no object": Reply(b"[]"),
    "JSON nested too deep": Reply(b"[" * 100_000),
    "not UTF-8": Reply('{"choices": "目标"}'.encode("gbk")),
    "no choices": Reply(b'{"choices": []}'),
    "choices of a wrong type": Reply(b'{"choices": {"0": 1}}'),
    "a message of a wrong type": Reply(b'{"choices": [{"message": "hello"}]}'),
    "content of a wrong type": completion(42),
    "content null": completion(None),
    "content empty": completion("  "),
    "an error inside a good reply": Reply(b'{"error": {"message": "provider returned error", "code": 502}}'),
    "a broken encoding": GOOD.but(headers={"content-encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_asked_again(fault: str, ledger: Path) -> None:
    done = drill(script(PASSING[fault]), ledger)
    assert done.exchange.answer, explained(done.outcome)
    assert [call.raw for call in done.calls] == [done.calls[0].raw] * 2


@pytest.mark.parametrize("slow", [GOOD.but(delay=3.0), GOOD.but(drip=0.02)], ids=["silence", "slow drip"])
def test_a_call_that_takes_too_long_is_given_up_and_made_again(slow: Reply, ledger: Path) -> None:
    done = drill(script(slow), ledger, timeout=0.5)
    assert done.exchange.answer
    # How long exactly is not for the server to see: it hears of a call later than the client makes it.
    assert done.gaps[0] < 2.5


def test_an_endpoint_that_never_recovers_fails_its_request_and_says_why(ledger: Path) -> None:
    done = drill(always(error(503, "maintenance until Monday")), ledger)
    assert isinstance(done.outcome, Transient)
    assert "maintenance until Monday" in done.outcome.message
    assert done.exchange.attempts == len(done.calls) == 8


def test_an_address_where_nobody_listens_stops_the_run_soon(ledger: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = drill(good, ledger, TWENTY, url=f"http://127.0.0.1:{port}/v1", concurrency=4)
    assert {type(exchange.outcome) for exchange in done.exchanges} == {Fatal}
    assert done.exchanges[-1].attempts == 0
    assert "请检查地址" in explained(done.exchanges[0].outcome)[1]


@pytest.mark.parametrize("url", ["http://", "http://[", "gopher://127.0.0.1/v1", "http://a b/v1"])
def test_an_impossible_address_stops_the_run(url: str, ledger: Path) -> None:
    assert isinstance(drill(good, ledger, url=url).outcome, Fatal)


# Never to be answered -------------------------------------------------------------------------------------------------

FATAL: dict[str, tuple[Reply, str]] = {
    "401": (error(401, "Incorrect API key provided", code="invalid_api_key"), "key"),
    "402": (error(402, "Insufficient Balance"), "balance"),
    "429 without money": (error(429, "You exceeded your quota", code="insufficient_quota"), "balance"),
    "403": (error(403, "Country not supported"), "forbidden"),
    "404 model": (error(404, "The model `m` does not exist", code="model_not_found"), "model"),
    "404 model, Ollama": (error(404, 'model "qwen2.5:7b" not found, try pulling it first'), "model"),
    "400 model, DeepSeek": (error(400, "Model Not Exist", code="invalid_request_error"), "model"),
    "404 address": (Reply(b"404 page not found", 404), "address"),
}


@pytest.mark.parametrize("fault", FATAL)
def test_what_no_request_can_survive_stops_the_run(fault: str, ledger: Path) -> None:
    reply, kind = FATAL[fault]
    done = drill(always(reply), ledger, TWENTY, concurrency=1)
    assert {explained(exchange.outcome)[0] for exchange in done.exchanges} == {kind}
    # The first request finds out, in as many steps as there are output strategies; the others are not sent.
    assert len(done.calls) == (3 if kind == "address" else 1)
    assert [exchange.attempts for exchange in done.exchanges[1:]] == [0] * 19
    with Ledger(ledger) as book:
        assert [entry.outcome for entry in book.entries()] == [kind]


def test_a_key_that_the_endpoint_repeats_is_masked(ledger: Path) -> None:
    done = drill(always(error(401, f"Incorrect API key provided: {KEY}")), ledger)
    assert done.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert "Incorrect API key provided: ***" in explained(done.outcome)[1]
    assert KEY.encode() not in ledger.read_bytes()
    assert KEY not in repr(done.exchange)


def test_no_key_is_needed_where_none_is_asked_for(ledger: Path) -> None:
    assert drill(good, ledger, key=None).exchange.answer


def test_a_key_that_cannot_be_sent_is_no_crash(ledger: Path) -> None:
    assert isinstance(drill(good, ledger, key="密钥").outcome, Fatal)


REFUSED = {
    "content filter": completion("", finish="content_filter"),
    "refusal": completion(None, refusal="I can't help with that."),
    "filter of the endpoint": error(
        400, "Input data may contain inappropriate content.", code="data_inspection_failed"
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_refusal_is_not_argued_with(fault: str, ledger: Path) -> None:
    done = drill(always(REFUSED[fault]), ledger)
    assert isinstance(done.outcome, Refused)
    assert len(done.calls) == 1


# Answers that are none ------------------------------------------------------------------------------------------------

WHOLE = json.loads(answer([1, 2]))
INVALID = {
    "prose": ("对不起，我不能这样回答。", "没有 JSON 对象"),
    "half JSON": (answer([1, 2])[:-40], "没有写完"),
    "wrong types": (answer([1, 2]).replace('"measurable": 4', '"measurable": "高"'), "measurable"),
    "out of range": (answer([1, 2]).replace('"measurable": 4', '"measurable": 9'), "1 到 5"),
    "a number missing": (answer([1]), "缺少第 2 条"),
    "a number extra": (answer([1, 2, 3]), "没有问的编号 3"),
    "a number repeated": (answer([1, 2, 2]), "不止一次"),
    "wrapped": (json.dumps({"result": WHOLE}), "result"),
    "too long": (answer([1, 2], goal={"elements": [], "comment": "好" * 200_000}), "超过上限"),
}


@pytest.mark.parametrize("fault", INVALID)
def test_a_wrong_answer_is_asked_again_with_its_errors(fault: str, ledger: Path) -> None:
    text, wrong = INVALID[fault]
    done = drill(script(completion(text)), ledger)
    assert done.exchange.answer
    assert done.exchange.tokens == Tokens(1800, 200)
    first, second = (call.body["messages"] for call in done.calls)
    assert second[:-1] == first
    assert wrong in second[-1]["content"]


def test_a_wrong_answer_is_asked_again_twice_and_the_history_does_not_grow(ledger: Path) -> None:
    done = drill(always(completion("不知道")), ledger)
    assert isinstance(done.outcome, Invalid)
    assert (done.exchange.answer, done.exchange.text) == (None, "不知道")
    assert [len(call.body["messages"]) for call in done.calls] == [2, 3, 3]
    with Ledger(ledger) as book:
        assert book.stored(done.exchange.request.key) is None
        (entry,) = book.entries()
        assert (entry.outcome, entry.attempts, entry.text) == ("invalid", 3, "不知道")


def test_a_long_answer_is_read(ledger: Path) -> None:
    long = completion(answer([1, 2], goal={"elements": [], "comment": "好" * 190_000}))
    assert drill(always(long), ledger).exchange.answer


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + answer([1, 2]),
        f"好的，结果如下：\n```json\n{answer([1, 2])}\n```\n以上。",
        f"<think>先看 {{目标}}</think>{answer([1, 2])}",
    ],
    ids=["BOM", "prose and fence", "thoughts"],
)
def test_an_answer_with_trimmings_is_read(text: str, ledger: Path) -> None:
    done = drill(script(completion(text)), ledger)
    assert done.exchange.answer
    assert len(done.calls) == 1


def test_content_in_parts_is_put_together(ledger: Path) -> None:
    half = len(answer([1, 2])) // 2
    parts = [{"type": "text", "text": answer([1, 2])[:half]}, {"type": "text", "text": answer([1, 2])[half:]}]
    assert drill(script(completion(parts)), ledger).exchange.answer


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": "9"}, [], {"prompt_tokens": -1, "completion_tokens": 2}])
def test_usage_may_be_missing_and_is_then_not_zero(usage: object, ledger: Path) -> None:
    done = drill(always(completion(answer([1, 2]), usage=usage)), ledger)
    assert done.exchange.answer
    assert not done.exchange.counted
    with Ledger(ledger) as book:
        assert [entry.input_tokens for entry in book.entries()] == [None]


# Too long for its limit -----------------------------------------------------------------------------------------------


def test_a_truncated_answer_gets_a_larger_limit(ledger: Path) -> None:
    done = drill(script(completion('{"indicators": [', finish="length")), ledger)
    assert done.exchange.answer
    assert [call.body["max_tokens"] for call in done.calls] == [4000, 8000]
    assert done.exchange.tokens == Tokens(1800, 200)


def test_an_answer_that_is_truncated_again_is_reported_as_such(ledger: Path) -> None:
    done = drill(always(completion('{"indicators": [', finish="length")), ledger)
    assert isinstance(done.outcome, Truncated)
    assert len(done.calls) == 2


def test_a_question_that_does_not_fit_is_not_asked_again(ledger: Path) -> None:
    long = error(400, "This model's maximum context length is 8192 tokens", code="context_length_exceeded")
    done = drill(always(long), ledger)
    assert done.outcome == Truncated("", Tokens(), room="context")
    assert len(done.calls) == 1


# All at once ----------------------------------------------------------------------------------------------------------


def quarter(seed: int) -> Behave:
    """Fail a quarter of all calls, each in some way."""
    chance = random.Random(seed)
    faults = [*PASSING.values(), error(429, headers={"retry-after-ms": "20"}), GOOD.but(delay=2.0)]

    def behave(call: Call) -> Reply:
        return chance.choice(faults) if chance.random() < 0.25 else good(call)

    return behave


@pytest.mark.parametrize("seed", range(3))
def test_with_a_quarter_of_calls_failing_all_projects_are_judged_and_never_asked_twice(
    seed: int, ledger: Path, sample: Path
) -> None:
    projects = [one for one in reviewer.read(sample).projects if one.indicators]
    done = drill(quarter(seed), ledger, projects, timeout=1.0)
    assert len(projects) == 27
    assert [explained(exchange.outcome) for exchange in done.exchanges if not exchange.answer] == []
    assert len(done.calls) > len(done.exchanges)
    again = drill(quarter(seed), ledger, projects)
    assert again.calls == []
    assert all(exchange.cached and exchange.attempts == 0 for exchange in again.exchanges)
    assert [one.answer for one in again.exchanges] == [one.answer for one in done.exchanges]


def test_failures_are_recorded_and_asked_anew_in_the_next_run(ledger: Path) -> None:
    def behave(call: Call) -> Reply:
        return completion(None, refusal="no") if "第 3 个" in call.raw.decode() else good(call)

    projects = [project(f"第 {number} 个") for number in range(6)]
    first = drill(behave, ledger, projects)
    second = drill(good, ledger, projects)
    assert [exchange.answer is None for exchange in first.exchanges].count(True) == 1
    assert len(second.calls) == 1
    assert second.exchanges[3].answer
    with Ledger(ledger) as book:
        assert Counter(entry.outcome for entry in book.entries()) == {"answered": 6, "refused": 1}


def test_what_the_ledger_holds_is_checked_again(ledger: Path) -> None:
    request = drill(good, ledger).exchange.request
    with Ledger(ledger) as book:
        (entry,) = book.entries()
        spoilt = {name: getattr(entry, name) for name in entry.__slots__} | {"text": "{}"}
        book.record(type(entry)(**spoilt))
    done = drill(good, ledger)
    assert done.exchange.request.key == request.key
    assert done.exchange.answer
    assert len(done.calls) == 1


def test_a_run_stops_cleanly_at_its_cap(ledger: Path) -> None:
    done = drill(good, ledger, TWENTY, concurrency=4, max_tokens_total=20_000)
    outcomes = Counter(type(exchange.outcome) for exchange in done.exchanges)
    assert set(outcomes) == {Answered, Capped}
    assert outcomes[Answered] == len(done.calls) < 20
    resumed = drill(good, ledger, TWENTY)
    assert len(resumed.calls) == 20 - len(done.calls)


def test_every_outcome_can_be_explained_in_chinese() -> None:
    every: list[Outcome] = [
        RateLimited(1.0, "端点说请求太多"),
        Transient("timeout", "没有等到回复"),
        Invalid("x", ("缺少 goal",)),
        Truncated("", None),
        Truncated("", None, room="context"),
        Refused("模型拒绝回答", None),
        Fatal("key", "端点不接受密钥"),
        Capped("到了上限"),
    ]
    for outcome in every:
        kind, sentence = explained(outcome)
        assert kind.isascii()
        assert any("一" <= character <= "鿿" for character in sentence)
