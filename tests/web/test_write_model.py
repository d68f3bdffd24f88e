"""Asking a model about a draft: what it costs is told before, and nobody else waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reviewer.judging.cassettes import recorded_settings
from reviewer.ledger import Ledger
from reviewer.models import Project
from reviewer.reading import read
from reviewer.settings import LLM, Price
from reviewer.web.site import Site
from tests.faults.server import Behave, Server, error, good, in_a_thread
from tests.web.drafts import FILM, HEAD, RATE, form, send
from tests.web.serving import Running, running

KEY = "sk-marked-0123456789abcdef"


@pytest.fixture(scope="module")
def recorded(root: Path, sample: Path) -> Iterator[tuple[Running, Project]]:
    """A server that answers from recordings, and a project of which there is one."""
    folder = root / "cassettes" / "huangpu-2023"
    llm = LLM(**recorded_settings(folder), replay=folder)
    project = next(project for project in read(sample).projects if project.name == "电影工作经费")
    with running(Site(llm=llm)) as server:
        yield server, project


def form_of(project: Project, **more: str) -> str:
    rows = [
        (f"{row.level1}/{row.level2}", row.name, row.cycle_value or "", row.annual_value) for row in project.indicators
    ]
    head = {"project": project.name, "unit": project.unit or "", "amount": str(project.amount), "goal": project.goal}
    return form(*rows, **(head | {"year": "2023"} | more))


def test_no_model_unless_one_is_set(server: Running) -> None:
    assert "请模型判断" not in server.get("/").text
    for path in ("/write/forecast", "/write/ask"):
        answer = send(server, path, form(FILM))
        assert answer.status == 404
        assert "--llm" in answer.message


def test_model_judges_the_draft(recorded: tuple[Running, Project]) -> None:
    server, project = recorded
    page = server.get("/").text
    assert 'id="ask"' in page
    assert "不外传" not in page
    assert "没有费用" in send(server, "/write/forecast", form_of(project)).json()["text"]
    pieces = send(server, "/write/ask", form_of(project)).json()
    assert "规则和模型" in pieces["summary"]
    assert "开展区内社区电影放映" in pieces["goal"]
    assert "〔模型〕" in pieces["rows"]["1"]


def test_what_the_model_cannot_judge_is_said(recorded: tuple[Running, Project]) -> None:
    server, project = recorded
    pieces = send(server, "/write/ask", form_of(project, goal="另一个目标，放映99场。")).json()
    assert "模型未能判断" in pieces["goal"]
    assert "V101" in pieces["rows"]["1"]
    assert send(server, "/write/ask", form()).status == 422


@contextmanager
def asking(behave: Behave = good, **settings: Any) -> Iterator[tuple[Running, Server]]:
    """A server with a model, and the endpoint that it asks."""
    with in_a_thread(behave) as endpoint:
        llm = LLM(base_url=endpoint.url, model="desk", api_key=KEY, **settings)
        with running(Site(llm=llm)) as server:
            yield server, endpoint


def test_told_before_asked_and_paid_once(tmp_path: Path) -> None:
    draft = form(FILM, RATE)
    with asking(prices={"desk": Price(2.0, 8.0)}) as (server, endpoint):
        text = send(server, "/write/forecast", draft).json()["text"]
        for part in (f"模型 desk · {endpoint.url}", HEAD["project"], "1 个请求", "输入 token", " 元", "发给这个端点"):
            assert part in text
        assert KEY not in text
        assert endpoint.calls == []
        for _ in range(2):
            assert "规则和模型 desk" in send(server, "/write/ask", draft).json()["summary"]
        assert len(endpoint.calls) == 1
        assert "0 个请求（另有 1 个账本里有回答" in send(server, "/write/forecast", draft).json()["text"]
    with Ledger(tmp_path / "home" / "ledger.sqlite3") as ledger:
        assert [entry.outcome for entry in ledger.entries()] == ["answered"]


def test_endpoint_that_refuses() -> None:
    with asking(lambda call: error(401, f"bad key {KEY}")) as (server, _):
        answer = send(server, "/write/ask", form(FILM))
        assert answer.status == 502
        assert "密钥" in answer.message
        assert KEY not in answer.message
        assert server.goes_on()


def test_two_at_once_and_no_more() -> None:
    with asking(lambda call: good(call).but(delay=1.5)) as (server, endpoint):
        found: list[int] = []

        def ask(goal: str) -> None:
            found.append(send(server, "/write/ask", form(FILM, goal=goal)).status)

        waiting = [threading.Thread(target=ask, args=(f"放映{number}场。",)) for number in (1, 2)]
        for one in waiting:
            one.start()
        while len(endpoint.calls) < 2:
            waiting[0].join(0.01)
        refused = send(server, "/write/ask", form(FILM))
        assert refused.status == 503
        assert "过一会儿" in refused.message
        # Typing does not wait for a model.
        assert "V101" in send(server, "/write/check", form(FILM)).text
        assert found == []
        for one in waiting:
            one.join(20)
        assert found == [200, 200]
        assert send(server, "/write/ask", form(FILM)).status == 200


def test_caps_hold_for_as_long_as_the_server_runs() -> None:
    # Each answer counts 1,000 tokens; about 9,000 are put aside before it comes.
    with asking(max_tokens_total=12_000) as (server, endpoint):
        drafts = [form(FILM, goal=f"放映{number}场。") for number in range(12)]
        goals = [send(server, "/write/ask", draft).json()["goal"] for draft in drafts]
    assert "模型未能判断" not in goals[0]
    assert "上限" in goals[-1]
    assert len(endpoint.calls) < len(drafts)
