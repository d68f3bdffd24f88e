"""Whatever is sent: it is refused with a 4xx, or shown as the text that it is; and the server goes on."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from reviewer.web import serve
from reviewer.web.engine import Engine
from reviewer.web.site import Limits, Site
from tests.web.hostile import attacks, uploaded
from tests.web.serving import FORM, Running, running

ATTACKS = attacks()
SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}${7*7}"
FIELDS = ("project", "unit", "amount", "year", "goal", "class", "name", "cycle_value", "annual_value")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server that waits a second for a body and takes ten for its work."""
    with running(Site(limits=Limits(seconds=1.0, work=10.0))) as one:
        yield one


def test_there_are_two_hundred() -> None:
    assert len(ATTACKS) >= 200


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_and_the_server_goes_on(name: str, server: Running) -> None:
    assert 400 <= ATTACKS[name](server) < 500
    assert server.goes_on()


@pytest.mark.parametrize("field", FIELDS)
def test_script_in_a_field_is_shown_as_text(field: str, server: Running) -> None:
    fields = dict.fromkeys(FIELDS, "") | {"name": "放映场次", "annual_value": "及时完成"} | {field: SCRIPT}
    for path in ("/", "/write/check"):
        answer = server.post(path, urlencode(fields), content_type=FORM, x_reviewer_csrf=server.csrf())
        assert answer.status == 200
        shown = answer.text if path == "/" else "".join(_texts(answer.json()))
        assert "<script>alert" not in shown
        assert "<img" not in shown


def test_script_in_the_name_of_a_file_is_shown_as_text(server: Running) -> None:
    answer = uploaded(server, "<script>alert(1)<img src=x>.xlsx", b"x")
    assert answer.status == 422
    assert "&lt;img src=x&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize(
    "text", [SCRIPT, "\x00\x07\x1b[31m", "\u202e文本", "\ud800", "=cmd|' /C calc'!A0", "第" * 50_000]
)
def test_odd_text_in_every_field_of_a_document(text: str, server: Running) -> None:
    row = {
        "no": 1,
        "level1": text,
        "level2": text,
        "name": text,
        "cycle_value": text,
        "annual_value": text,
        "where": text,
    }
    project = {"name": text, "unit": text, "goal": text, "indicators": [row]}
    body = json.dumps({"title": text, "department": text, "unit_of_money": text, "projects": [project]})
    answer = server.post("/api/v1/review", body, content_type="application/json")
    assert answer.status in (200, 413, 422)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert server.goes_on()


@pytest.mark.parametrize(
    "number", ["1e999", "-1e308", "1e-320", "9" * 5_000, "-1", "0", "NaN", "Infinity", "true", '"1"']
)
@pytest.mark.parametrize("place", ["amount", "no", "budget_year", "total", "weight"])
def test_odd_numbers(place: str, number: str, server: Running) -> None:
    values = {"amount": "1", "no": "1", "budget_year": "2026", "total": "1", "weight": "1"} | {place: number}
    row = f'{{"no": {values["no"]}, "name": "场次", "annual_value": "≥{number}场", "weight": {values["weight"]}}}'
    project = f'{{"name": "A", "amount": {values["amount"]}, "indicators": [{row}]}}'
    head = f'"budget_year": {values["budget_year"]}, "total": {values["total"]}'
    answer = server.post("/api/v1/review", f'{{{head}, "projects": [{project}]}}')
    assert answer.status in (200, 422)
    if answer.status == 200:
        json.loads(answer.text, parse_constant=lambda constant: pytest.fail(f"no JSON: {constant}"))


def test_head_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_HEADER_SECONDS", 0.5)
    with running(Site()) as one:
        assert one.say(b"GET / HTTP/1.1\r\n", b"A: a\r\n", pause=0.4, timeout=5) == b""
        assert one.goes_on()


def test_error_of_ours_is_told_and_logged_without_contents(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(self: Engine, document: bytes) -> bytes:
        raise ValueError("内部项目甲")

    with running(Site()) as one, caplog.at_level(logging.DEBUG):
        monkeypatch.setattr(Engine, "review_json", broken)
        answer = one.post("/api/v1/review", "内部项目甲")
    assert answer.status == 500
    assert "缺陷" in answer.message
    logged = capfd.readouterr().err + caplog.text
    assert "ValueError" in logged
    assert "内部项目甲" not in logged


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
