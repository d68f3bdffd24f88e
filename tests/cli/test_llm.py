"""``reviewer review --llm``: what is asked, what it costs, how it ends; and that nothing of it happens without."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from reviewer.ledger import Ledger
from reviewer.models import Review

from ..faults.server import Behave, Call, Reply, Server, completion, error, good

Command = Callable[..., Any]
Serve = Callable[[Behave], AbstractContextManager[Server]]
KEY = "sk-marked-0123456789abcdef"


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("REVIEWER_MODEL", "qwen3")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


@pytest.fixture
def judged(run: Command, table: Path) -> Callable[..., tuple[Any, Review | None]]:
    """Review the table with a model and return what the command came to, and the review."""

    def judged(server: Server, *args: str | Path) -> tuple[Any, Review | None]:
        done = run("review", table, "--llm", "--base-url", server.url, "--format", "json", *args)
        assert KEY not in done.out + done.err
        return done, Review.model_validate_json(done.out) if done.out else None

    return judged


def sharing(call: Call) -> str:
    """The name of the project a call asks about."""
    return "图书采购" if "图书采购" in call.body["messages"][1]["content"] else "电影放映"


# Without it --------------------------------------------------------------------------------------------------------


def test_without_it_nothing_is_imported_and_no_socket_opened(table: Path) -> None:
    code = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("a socket was opened")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from reviewer.cli import main
code = main(["review", sys.argv[1], "--format", "json"])
roots = {name.split(".")[0] for name in sys.modules}
loaded = roots & {"openai", "httpx2", "vcr", "tenacity", "sqlite3", "tomllib", "asyncio", "ssl"}
print(code, sorted(loaded), [name for name in sys.modules if name.startswith(("reviewer.judging", "reviewer.ledger"))],
      file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code, str(table)], capture_output=True, encoding="utf-8")
    assert done.stderr == "0 [] []\n"
    assert json.loads(done.stdout)["mode"] == "rules"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "m"], "--model 要和 --llm 一起用"),
        (["--max-tokens", "9", "--rpm", "1", "--prompts", "p"], "--prompts、--max-tokens、--rpm 要和 --llm 一起用"),
        (["--record", "a"], "--record 要和 --llm 一起用"),
        (["--replay", "a"], "--replay 要和 --llm 一起用"),
        (["--dry-run"], "--dry-run 要和 --llm 一起用"),
        (["--llm", "--offline"], "--llm 和 --offline 只能写一个"),
        (["--llm", "--record", "a", "--replay", "b"], "不能和 --record 一起用"),
        (["--llm", "--dry-run", "--replay", "b"], "不能和 --dry-run 一起用"),
        (["--llm", "--replay", "b"], "没有录音可放"),
        (["--llm", "--repeat", "0"], "--repeat：要写 1 到 100 的整数，不能是 0"),
        (["--llm", "--concurrency", "x"], "--concurrency：要写"),
        (["--llm", "--max-cost", "5"], "不知道 qwen3 的单价"),
        (["--llm", "--base-url", "x"], "--base-url：要写"),
        (["--llm", "--prompts", "没有"], "找不到提示词文件夹"),
        (["--config", "没有.toml"], "没有这个文件"),
    ],
)
def test_what_does_not_go_together_is_named(run: Command, table: Path, words: list[str], said: str) -> None:
    done = run("review", table, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


HOUSE_RULE = """---
code: H901
name: house-contract
title: 本局不收的说法
severity: warning
dimension: specific
applies_to: indicator
basis: 本局编报要求
fields: [annual_value]
words: [合同]
message: 本局要求逐项列出，不写“{}”。
---
"""


def test_rules_of_ones_own_hold_without_a_model_too(run: Command, table: Path, tmp_path: Path) -> None:
    (tmp_path / "本局").mkdir()
    (tmp_path / "本局" / "H901-house-contract.md").write_text(HOUSE_RULE, encoding="utf-8")
    assert "H901" not in run("review", table).out
    (tmp_path / "reviewer.toml").write_text('[rules]\nfolders = ["本局"]', encoding="utf-8")
    assert "本局要求逐项列出，不写“合同”" in run("review", table).out


# With it -----------------------------------------------------------------------------------------------------------


def test_a_second_run_makes_no_call(serve: Serve, judged: Command) -> None:
    with serve(good) as server:
        done, first = judged(server)
        assert (done.code, done.err) == (0, "")
        assert (first.mode, first.model) == ("rules+llm", "qwen3")
        assert first.prompts["judge"].startswith("1+")
        assert first.usage.model_dump() == {
            "requests": 2,
            "cached": 0,
            "input_tokens": 1800,
            "output_tokens": 200,
            "cost": None,
        }
        again, second = judged(server)
        assert len(server.calls) == 2
    assert again.code == 0
    assert (second.usage.requests, second.usage.cached) == (0, 2)
    assert second.projects == first.projects


def test_the_cost_comes_from_the_prices_of_the_file(serve: Serve, judged: Command, tmp_path: Path) -> None:
    (tmp_path / "reviewer.toml").write_text("[prices.qwen3]\ninput = 100\noutput = 1000\n", encoding="utf-8")
    with serve(good) as server:
        _, found = judged(server)
    assert found.usage.cost == pytest.approx(0.38)


def test_a_project_that_cannot_be_judged_keeps_its_rules_and_the_code_is_3(serve: Serve, judged: Command) -> None:
    def choosy(call: Call) -> Reply:
        return good(call) if sharing(call) == "电影放映" else completion("", finish="content_filter")

    with serve(choosy) as server:
        done, found = judged(server)
    assert done.code == 3
    film, books = found.projects
    assert film.error is None
    assert books.error.kind == "refused"
    assert books.indicators[0].score > 0
    assert "1 个项目没有请模型判断" in done.err
    assert "内容过滤" in done.err


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (error(401, f"Incorrect API key provided: {KEY}"), "请检查 OPENAI_API_KEY"),
        (error(402, "Insufficient Balance"), "请充值"),
        (error(403, "not allowed"), "请检查密钥的权限"),
        (error(404, "The model `qwen3` does not exist"), "请检查模型的名称"),
    ],
)
def test_an_endpoint_that_refuses_ends_it_with_5_and_leaves_the_output_alone(
    serve: Serve, judged: Command, tmp_path: Path, reply: Reply, said: str
) -> None:
    before = tmp_path / "结果.json"
    before.write_text("上一次的结果", encoding="utf-8")
    with serve(lambda call: reply) as server:
        done, _ = judged(server, "--output", before)
    assert (done.code, done.out) == (5, "")
    assert said in done.err
    assert before.read_text(encoding="utf-8") == "上一次的结果"
    with Ledger() as ledger:
        assert all(entry.outcome != "answered" for entry in ledger.entries())


def test_nobody_at_the_address_ends_it_with_5(run: Command, table: Path) -> None:
    done = run("review", table, "--llm", "--base-url", "http://127.0.0.1:9/v1")
    assert (done.code, done.out) == (5, "")
    assert "连不上" in done.err


def test_a_killed_run_asks_again_only_what_was_not_answered(serve: Serve, run: Command, sample: Path) -> None:
    with serve(lambda call: good(call).but(delay=0.05)) as server:
        line = ["review", str(sample), "--llm", "--base-url", server.url, "--format", "json", "--concurrency", "2"]
        process = subprocess.Popen([sys.executable, "-m", "reviewer", *line], stdout=subprocess.DEVNULL)
        while len(server.calls) < 8:
            time.sleep(0.01)
        process.kill()
        process.wait()
        asked = len(server.calls)
        with Ledger() as ledger:
            answered = sum(use.answered for use in ledger.stats())
        found = Review.model_validate_json(run(*line).out)
        assert 0 < answered <= asked
        assert (found.usage.cached, found.usage.requests) == (answered, 28 - answered)
        assert len(server.calls) == asked + 28 - answered


# Caps --------------------------------------------------------------------------------------------------------------


def test_a_cap_stops_it_with_4_and_a_higher_one_goes_on_from_there(
    serve: Serve, judged: Command, run: Command, table: Path
) -> None:
    def counted(call: Call) -> Reply:
        return completion(json.loads(good(call).body)["choices"][0]["message"]["content"], usage=None)

    with serve(counted) as server:
        # Nobody counts, so each call counts as estimated: one fits, two do not.
        done, found = judged(server, "--max-tokens", "15000", "--concurrency", "1")
        assert done.code == 4
        assert [project.error and project.error.kind for project in found.projects] == [None, "capped"]
        assert "15,000 个 token 的上限" in done.err
        assert len(server.calls) == 1
        done, found = judged(server, "--max-tokens", "15000", "--concurrency", "1")
        assert done.code == 0
        assert len(server.calls) == 2
        assert found.usage.cached == 1


def test_a_cost_is_capped(serve: Serve, judged: Command, tmp_path: Path) -> None:
    (tmp_path / "reviewer.toml").write_text("[prices.qwen3]\ninput = 100\noutput = 100\n", encoding="utf-8")
    with serve(good) as server:
        done, _ = judged(server, "--max-cost", "0.1")
        assert (done.code, len(server.calls)) == (4, 0)
        assert "0.1 元的上限" in done.err


def test_a_cap_holds_for_all_files_together(serve: Serve, run: Command, table: Path, tmp_path: Path) -> None:
    other = tmp_path / "另一张.json"
    other.write_text(table.read_text(encoding="utf-8").replace("2024", "2025"), encoding="utf-8")
    line = ("review", table, other, "--llm", "--format", "jsonl", "--concurrency", "1")
    with serve(
        lambda call: completion(
            json.loads(good(call).body)["choices"][0]["message"]["content"],
            usage={"prompt_tokens": 9000, "completion_tokens": 1000},
        )
    ) as server:
        done = run(*line, "--base-url", server.url, "--max-tokens", "35000")
        assert (done.code, len(server.calls)) == (4, 3)
    errors = [[project["error"] for project in json.loads(text)["projects"]] for text in done.out.splitlines()]
    assert [[error and error["kind"] for error in one] for one in errors] == [[None, None], [None, "capped"]]


def test_a_dry_run_says_what_it_would_take_and_sends_nothing(serve: Serve, run: Command, table: Path) -> None:
    with serve(good) as server:
        line = ("review", table, "--llm", "--base-url", server.url, "--repeat", "2", "--dry-run")
        done = run(*line)
        assert (done.code, done.err, server.calls) == (0, "", [])
        assert "4 个请求" in done.out
        assert "费用未知" in done.out
        assert "token 是估计的" in done.out
        run("review", table, "--llm", "--base-url", server.url)
        assert "2 个请求（另有 2 个账本里有回答，不再问）" in run(*line).out
        assert len(server.calls) == 2


# Recordings --------------------------------------------------------------------------------------------------------


def test_a_recording_replays_to_the_same_bytes_without_key_model_or_network(
    serve: Serve, judged: Command, run: Command, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(good) as server:
        recorded, _ = judged(server, "--record", tmp_path / "录音")
    assert sorted(path.name for path in (tmp_path / "录音").iterdir()) == ["001-电影放映.yaml", "002-图书采购.yaml"]
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("REVIEWER_MODEL", "another")
    monkeypatch.setenv("REVIEWER_TEMPERATURE", "1")
    replayed = run("review", table, "--llm", "--format", "json", "--replay", tmp_path / "录音")
    assert (replayed.code, replayed.err) == (0, "")
    assert replayed.out == recorded.out


def test_a_recording_is_complete_even_when_the_ledger_knows_the_answers(
    serve: Serve, judged: Command, run: Command, tmp_path: Path
) -> None:
    with serve(good) as server:
        judged(server)
        judged(server, "--record", tmp_path / "录音")
        assert len(server.calls) == 4
        judged(server, "--record", tmp_path / "录音")
        assert len(server.calls) == 4
    assert len(list((tmp_path / "录音").iterdir())) == 2
    assert "6 次有回答" in run("ledger", "stats").out


def test_what_was_recorded_is_in_the_ledger_and_what_is_replayed_is_not(
    serve: Serve, judged: Command, run: Command, tmp_path: Path
) -> None:
    with serve(good) as server:
        judged(server, "--record", tmp_path / "录音")
        judged(server, "--replay", tmp_path / "录音")
        assert "2 次有回答" in run("ledger", "stats").out
        done, found = judged(server)
        assert (done.code, len(server.calls), found.usage.cached) == (0, 2, 2)


def test_what_was_not_recorded_is_that_projects_error(
    serve: Serve, judged: Command, run: Command, table: Path, tmp_path: Path
) -> None:
    with serve(good) as server:
        judged(server, "--record", tmp_path / "录音")
    table.write_text(table.read_text(encoding="utf-8").replace("≥5000册", "≥6000册"), encoding="utf-8")
    done = run("review", table, "--llm", "--format", "json", "--replay", tmp_path / "录音")
    assert done.code == 3
    film, books = Review.model_validate_json(done.out).projects
    assert film.error is None
    assert books.error.kind == "unrecorded"
    assert "002-图书采购.yaml" in books.error.message
    assert "--record" in done.err


# The key -----------------------------------------------------------------------------------------------------------


def test_the_key_reaches_no_file_no_message_and_no_log(
    serve: Serve, run: Command, program: Command, table: Path, tmp_path: Path
) -> None:
    def gossip(call: Call) -> Reply:
        # An endpoint that repeats the key wherever it can.
        assert call.headers["authorization"] == f"Bearer {KEY}"
        if call.number == 0:
            return error(400, f"bad response_format for {KEY}")
        if call.number == 1:
            return error(500, f"oops {KEY}")
        return good(call).but(headers={"content-type": "application/json", "x-account": KEY})

    with serve(gossip) as server:
        line = ("review", table, "--llm", "--base-url", server.url)
        done = run(*line, "--format", "json", "--output", "结果.json")
        assert (done.code, KEY in done.out + done.err) == (0, False)
        talkative = program(*line, "--record", "录音", env={"OPENAI_LOG": "debug"})
        assert talkative.returncode == 0
        assert b"DEBUG" in talkative.stderr
        assert KEY.encode() not in talkative.stdout + talkative.stderr
        done = run("ledger", "export")
        assert (done.code, KEY in done.out) == (0, False)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {"ledger.sqlite3", "001-电影放映.yaml", "结果.json"}
    for path in written:
        assert KEY.encode() not in path.read_bytes(), path


def test_a_progress_bar_counts_what_failed_and_what_the_ledger_knew(monkeypatch: pytest.MonkeyPatch) -> None:
    from reviewer.cli.progress import Progress

    progress = Progress("表.txt", 0.0)
    progress.total = 4
    progress.step(failed=True, cached=0)
    progress.step(failed=False, cached=3)
    assert "2/4 个项目 没能判断 1 账本里有 3 表.txt" in progress._line()
