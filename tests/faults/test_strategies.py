"""How JSON is asked for: the strictest way an endpoint knows, found once and remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.judging.outcomes import Fatal, Refused
from reviewer.judging.wire import SCHEMA
from reviewer.ledger import Ledger
from tests.faults.drill import drill, project
from tests.faults.server import Behave, Call, Reply, error, good

PLACE = ("http://model.example/v1", "m")
MANY = [project(str(number)) for number in range(12)]


def knows(*strategies: str, refusal: Reply) -> Behave:
    """Answer those who ask in one of these ways, refuse the others."""
    return lambda call: good(call) if call.strategy in strategies else refusal


REFUSALS = {
    "400": error(400, "This response_format type is unavailable now", code="invalid_request_error"),
    "400 without a word": Reply(status=400),
    "404": error(404, "No endpoints found that can handle the requested parameters."),
    "422": Reply(b'{"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be \'text\'"}]}', 422),
    "422 as text": Reply(b"Failed to deserialize: response_format.type `json_schema` is unavailable now", 422),
    "500": error(500, 'response_format type must be one of "text" or "json_object", but got: json_schema'),
    "500 without a word": Reply(b"Internal Server Error", 500),
}


@pytest.mark.parametrize("way", REFUSALS)
@pytest.mark.parametrize(("known", "steps"), [("json_object", 1), ("plain", 2)])
def test_an_endpoint_that_refuses_one_way_is_asked_in_the_next(way: str, known: str, steps: int, ledger: Path) -> None:
    done = drill(knows(known, refusal=REFUSALS[way]), ledger)
    assert done.exchange.answer
    assert done.exchange.strategy == known
    # A fault that does not say what is wrong has to happen twice before the way of asking is suspected.
    assert len(done.calls) == 1 + steps * (2 if way == "500 without a word" else 1)
    with Ledger(ledger) as book:
        assert book.strategy(*PLACE) == known


def test_what_works_is_found_once(ledger: Path) -> None:
    refusal = REFUSALS["400"]
    first = drill(knows("json_object", refusal=refusal), ledger, MANY, concurrency=1)
    assert first.strategies == ["json_schema"] + ["json_object"] * 12
    second = drill(knows("json_object", refusal=refusal), ledger, [project("新的项目")])
    assert second.strategies == ["json_object"]


def test_many_at_once_find_out_together_and_step_down_once(ledger: Path) -> None:
    done = drill(knows("json_object", refusal=REFUSALS["422"]), ledger, MANY, concurrency=4)
    assert all(exchange.answer for exchange in done.exchanges)
    assert done.strategies.count("json_schema") <= 4
    assert "plain" not in done.strategies


def test_a_way_that_is_known_to_work_survives_faults_of_the_server(ledger: Path) -> None:
    def behave(call: Call) -> Reply:
        return Reply(status=500) if call.number in (1, 2, 3) else good(call)

    done = drill(behave, ledger, MANY, concurrency=1)
    assert set(done.strategies) == {"json_schema"}


def test_a_request_that_is_bad_in_itself_does_not_spoil_it_for_the_others(ledger: Path) -> None:
    def behave(call: Call) -> Reply:
        return error(400, "invalid request") if '"project": "5"' in call.raw.decode().replace("\\", "") else good(call)

    done = drill(behave, ledger, MANY, concurrency=1)
    assert isinstance(done.exchanges[5].outcome, Refused)
    assert done.strategies[8:] == ["json_schema"] * 6
    with Ledger(ledger) as book:
        assert book.strategy(*PLACE) == "json_schema"


def test_an_endpoint_that_knows_no_way_is_refused_or_fatal(ledger: Path) -> None:
    assert isinstance(drill(lambda call: Reply(status=400), ledger).outcome, Refused)
    assert isinstance(drill(lambda call: Reply(status=404), ledger).outcome, Fatal)


# Parameters -----------------------------------------------------------------------------------------------------------


def picky(call: Call) -> Reply:
    """Want what OpenAI's reasoning models want."""
    if "max_tokens" in call.body:
        message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
        return error(400, message, param="max_tokens", code="unsupported_parameter")
    if "temperature" in call.body:
        message = (
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
        )
        return error(400, message, param="temperature", code="unsupported_value")
    return good(call)


def test_parameters_are_said_as_the_model_wants_them(ledger: Path) -> None:
    done = drill(picky, ledger, MANY, concurrency=1)
    assert all(exchange.answer for exchange in done.exchanges)
    assert len(done.calls) == 12 + 2
    assert done.calls[-1].body["max_completion_tokens"] == 4000
    assert set(done.strategies) == {"json_schema"}


def test_a_limit_that_is_too_high_is_left_out(ledger: Path) -> None:
    def behave(call: Call) -> Reply:
        if call.body.get("max_tokens", 0) > 2000:
            return error(400, "Invalid max_tokens value, the valid range of max_tokens is [1, 2000]")
        return good(call)

    done = drill(behave, ledger, MANY[:3], concurrency=1)
    assert all(exchange.answer for exchange in done.exchanges)
    assert ["max_tokens" in call.body for call in done.calls] == [True, False, False, False]


def test_thinking_is_switched_off_where_it_needs_a_stream(ledger: Path) -> None:
    def behave(call: Call) -> Reply:
        if call.body.get("enable_thinking") is not False:
            return error(400, "parameter.enable_thinking must be set to false for non-streaming calls")
        return good(call)

    assert drill(behave, ledger).exchange.attempts == 2


@pytest.mark.parametrize("name", ["temperature", "max_tokens", "enable_thinking"])
def test_a_parameter_that_is_refused_whatever_is_done_ends_the_request(name: str, ledger: Path) -> None:
    done = drill(lambda call: error(400, f"{name} is wrong"), ledger)
    assert isinstance(done.outcome, Refused)
    assert len(done.calls) <= 5


# On the wire ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", ["json_schema", "json_object", "plain"])
def test_chinese_is_sent_as_chinese_with_a_schema_and_a_constant_beginning(known: str, ledger: Path) -> None:
    done = drill(knows(known, refusal=REFUSALS["400"]), ledger, MANY[:3])
    sent = [call for call in done.calls if call.strategy == known]
    for call in sent:
        assert b"\\u" not in call.raw
        assert "放映场次" in call.raw.decode()
        assert call.body["temperature"] == 0.0
    (system,) = {call.body["messages"][0]["content"] for call in sent}
    schema = json.dumps(SCHEMA, ensure_ascii=False, separators=(",", ":"))
    if known == "json_schema":
        given = sent[0].body["response_format"]["json_schema"]
        assert given == {"name": "review", "strict": True, "schema": SCHEMA}
        assert schema not in system
    else:
        assert system.endswith(schema)
        assert "JSON" in system  # DeepSeek and OpenAI refuse json_object to a prompt without the word
