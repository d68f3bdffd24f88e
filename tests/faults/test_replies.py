"""What endpoints say when something is wrong, word for word, and how it is understood."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.judging.headers import allowance, wait_asked
from reviewer.judging.outcomes import Allowance, Answered, Outcome, explained
from reviewer.judging.replies import outcome_of


def reply(status: int, data: Any, strategy: Any = "json_schema", **headers: str) -> Outcome:
    body = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    return outcome_of(status, headers, body, strategy, 0.0)


def said(message: str, **details: object) -> dict[str, object]:
    return {"error": {"message": message, **details}}


# By what they mean: who says it, with which status, message and code.
WORDS: dict[str, list[tuple[str, int, str, str | None]]] = {
    "key": [
        ("OpenAI", 401, "Incorrect API key provided: sk-abc***xyz.", "invalid_api_key"),
        ("DashScope", 401, "Incorrect API key provided.", "invalid_api_key"),
    ],
    "balance": [
        ("OpenAI", 429, "You exceeded your current quota.", "insufficient_quota"),
        ("DeepSeek", 402, "Insufficient Balance", "invalid_request_error"),
        ("DashScope", 400, "Access denied, please make sure your account is in good standing.", "Arrearage"),
    ],
    "rate_limited": [
        ("OpenAI", 429, "Rate limit reached … https://platform.openai.com/account/billing", None),
        ("Gemini", 429, "You exceeded your current quota, please check your plan.", "429"),
    ],
    "model": [
        ("OpenAI", 404, "The model `gpt-9` does not exist or you do not have access to it.", None),
        ("DeepSeek", 400, "Model Not Exist", "invalid_request_error"),
        ("DashScope", 404, "The model `qwen2.5-9b` does not exist.", "model_not_found"),
        ("vLLM", 404, "The model `x` does not exist.", "404"),
        ("Ollama", 404, 'model "qwen3:8b" not found, try pulling it first', None),
    ],
    "refused": [
        ("Azure", 400, "The response was filtered.", "content_filter"),
        ("DashScope", 400, "Output data may contain inappropriate content.", "data_inspection_failed"),
    ],
    "truncated": [
        ("OpenAI", 400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
        ("DashScope", 400, "Range of input length should be [1, 30720]", None),
        ("vLLM", 400, "maximum context length is 4096 tokens. However, you requested 9000 tokens", "400"),
        ("llama.cpp", 400, "the request exceeds the available context size", "exceed_context_size_error"),
    ],
    "unsupported": [
        ("OpenAI format", 400, "Invalid parameter: 'response_format' is not supported with this model.", None),
        ("OpenAI schema", 400, "Invalid schema for response_format 'review': 'required' is required", None),
        ("OpenAI limit", 400, "max_tokens is too large: 100000. This model supports at most 16384", None),
        ("DeepSeek format", 400, "This response_format type is unavailable now", "invalid_request_error"),
        ("DeepSeek limit", 400, "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", None),
        ("DashScope", 400, "parameter.enable_thinking must be set to false for non-streaming calls", None),
        ("vLLM", 400, "Grammar error: Unimplemented keys: ['format']", None),
        ("llama.cpp", 500, 'response_format type must be one of "text" or "json_object"', "500"),
        ("llama-cpp-python", 500, "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type')}]", None),
        ("OpenRouter", 404, "No endpoints found that can handle the requested parameters.", "404"),
    ],
    "server": [("a bug that speaks of temperature", 500, "CUDA error: temperature too high", None)],
}


@pytest.mark.parametrize(
    ("kind", "status", "message", "code"),
    [pytest.param(kind, *row[1:], id=f"{kind} {row[0]}") for kind, rows in WORDS.items() for row in rows],
)
def test_what_endpoints_say_is_understood(kind: str, status: int, message: str, code: str | None) -> None:
    assert explained(reply(status, said(message, code=code)))[0] == kind
    # vLLM and others have no "error" around it.
    assert explained(reply(status, {"object": "error", "message": message, "code": code}))[0] == kind


@pytest.mark.parametrize(
    ("kind", "status", "data"),
    [
        ("unsupported", 422, {"detail": [{"loc": ["body", "response_format"], "msg": "extra"}]}),
        ("unsupported", 404, {"detail": "Not Found"}),
        ("model", 400, {"error": "模型不存在"}),
        ("truncated", 413, b"<html><title>413 Request Entity Too Large</title></html>"),
        ("overloaded", 524, b"error code: 524"),
        ("malformed", 302, b""),
    ],
)
def test_complaints_in_other_shapes_are_understood_too(kind: str, status: int, data: Any) -> None:
    assert explained(reply(status, data))[0] == kind


def test_what_the_endpoint_said_is_quoted_but_not_without_end() -> None:
    _, sentence = explained(reply(503, said("升级中 " * 1000)))
    assert "“升级中 升级中" in sentence
    assert len(sentence) < 300


def test_a_page_is_quoted_by_its_title() -> None:
    page = b"<!DOCTYPE html><html><head><title> Sign\n in </title></head><body>" + b"x" * 100_000
    assert "“Sign in”" in explained(reply(200, page))[1]


def test_what_is_quoted_can_be_printed() -> None:
    _, sentence = explained(reply(503, b'{"error": {"message": "a\\u001b[31mb\\ud800c\\r\\nd"}}'))
    assert "“a [31mb c d”" in sentence
    assert sentence.isprintable()


def test_what_the_headers_of_an_answer_allow_is_passed_on() -> None:
    headers = {"x-ratelimit-limit-requests": "600", "x-ratelimit-limit-tokens": "90000"}
    outcome = reply(200, {"choices": [{"message": {"content": "好"}}]}, **headers)
    assert isinstance(outcome, Answered)
    assert outcome.allowance == Allowance(600, 90_000)


KEYS = ["choices", "message", "content", "error", "code", "usage", "finish_reason", "refusal", "text", "detail"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner),
    max_leaves=20,
)


@given(st.integers(200, 599), JSON, st.sampled_from(["json_schema", "json_object", "plain"]))
def test_any_json_comes_to_an_outcome(status: int, data: Any, strategy: str) -> None:
    kind, _ = explained(reply(status, data, strategy))
    assert kind


@given(st.integers(200, 599), st.binary())
def test_any_bytes_come_to_an_outcome(status: int, body: bytes) -> None:
    assert explained(reply(status, body))[0] != "answered"


@given(
    st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "date", "x-ratelimit-reset-tokens"]), st.text())
)
def test_any_header_names_a_wait_or_none(headers: dict[str, str]) -> None:
    wait = wait_asked(headers, 1_800_000_000)
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("20ms", 0.02),
        ("1d", 86400.0),
        ("1800000030", 30.0),
        ("1800000030000", 30.0),
        ("2027-01-15T08:00:30Z", 30.0),
        ("2027-01-15T16:00:30+08:00", 30.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:59:00 GMT", 0.0),
        ("-1", None),
        ("nan", None),
        ("1e9999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_is_read_in_every_form(value: str, seconds: float | None) -> None:
    assert wait_asked({"retry-after": value}, 1_800_000_000) == seconds
    assert wait_asked({"x-ratelimit-reset-requests": value}, 1_800_000_000) == seconds


@pytest.mark.parametrize(
    ("value", "limit"), [("60", 60), ("0", None), ("-1", None), ("", None), ("6e9", None), ("²", None)]
)
def test_a_limit_is_a_number_or_nothing(value: str, limit: int | None) -> None:
    assert allowance({"x-ratelimit-limit-requests": value}).requests == limit


def test_the_client_is_not_even_imported_before_a_request_is_sent() -> None:
    code = (
        "import sys, reviewer.judging.asking, reviewer.judging.endpoint as e; e.Endpoint('http://127.0.0.1/v1', 'k');"
        "assert 'openai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
