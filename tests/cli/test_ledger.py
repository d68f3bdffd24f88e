"""``reviewer ledger``: sum up, export, and prune only when it is confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from reviewer.ledger import ANSWERED, Entry, Ledger

Command = Callable[..., Any]


def entry(key: str, age: float = 0, **changes: Any) -> Entry:
    fields: dict[str, Any] = {
        "key": key,
        "prompt": "judge@1+0123456789ab",
        "base_url": "http://127.0.0.1:8000/v1",
        "model": "qwen3",
        "repeat": 0,
        "strategy": "json_object",
        "attempts": 2,
        "input_tokens": 1200,
        "output_tokens": 300,
        "seconds": 2.5,
        "question": "放映场次 ≥672场",
        "text": "放映场次可以衡量",
        "outcome": ANSWERED,
        "at": (datetime.now(UTC) - timedelta(days=age)).isoformat(timespec="milliseconds"),
    }
    return Entry(**(fields | changes))


@pytest.fixture
def entries() -> list[Entry]:
    """A ledger with two old exchanges and a new one that failed."""
    kept = [entry("a", 100), entry("b", 99), entry("c", outcome="timeout", text=None, message="等了 180 秒")]
    with Ledger() as ledger:
        for one in kept:
            ledger.record(one)
    return kept


def test_stats_sum_up_by_model(run: Command, entries: list[Entry]) -> None:
    done = run("ledger", "stats")
    assert done.code == 0
    assert "qwen3  http://127.0.0.1:8000/v1" in done.out
    assert "2 次有回答 · 发出 6 次" in done.out
    assert "输入 3,600 token · 输出 900 token" in done.out
    assert "没有回答：超时 1 次" in done.out


def test_every_kind_of_failure_has_a_name() -> None:
    from reviewer.cli.ledger import _KINDS
    from reviewer.judging.outcomes import FatalKind, TransientKind

    others = {"rate_limited", "invalid", "truncated", "refused", "unsupported", "capped"}
    assert _KINDS.keys() == {*get_args(FatalKind), *get_args(TransientKind), *others}


def test_export_is_readable_and_complete(run: Command, entries: list[Entry], tmp_path: Path) -> None:
    done = run("ledger", "export")
    assert [json.loads(line) for line in done.out.splitlines()] == [asdict(one) for one in entries]
    assert "放映场次 ≥672场" in done.out
    assert "\\u" not in done.out
    assert run("ledger", "export", "--output", tmp_path / "账本.jsonl").code == 0
    assert (tmp_path / "账本.jsonl").read_text(encoding="utf-8") == done.out


def test_prune_deletes_only_when_confirmed(run: Command, entries: list[Entry]) -> None:
    asked = run("ledger", "prune", "--days", "90")
    assert (asked.code, "有 2 次" in asked.out, "--yes" in asked.out) == (0, True, True)
    assert len(run("ledger", "export").out.splitlines()) == 3
    assert "删掉了 2 次" in run("ledger", "prune", "--days", "90", "--yes").out
    assert [json.loads(line)["key"] for line in run("ledger", "export").out.splitlines()] == ["c"]


def test_an_empty_ledger_is_no_error(run: Command) -> None:
    assert "还没有问过模型" in run("ledger", "stats").out
    assert run("ledger", "export") == (0, "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prune"], "prune 要写 --days"),
        (["stats", "--days", "3"], "--days 只用于 prune"),
        (["prune", "--days", "三"], "--days 要写天数"),
        (["delete"], "可以写：stats、export、prune"),
    ],
)
def test_wrong_usage_is_named(run: Command, words: list[str], said: str) -> None:
    done = run("ledger", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_damaged_ledger_is_a_sentence(run: Command, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "ledger.sqlite3").write_text("不是数据库" * 500, encoding="utf-8")
    done = run("ledger", "stats")
    assert done.code == 2
    assert "不是 reviewer 的数据文件" in done.err
    assert "Traceback" not in done.err
