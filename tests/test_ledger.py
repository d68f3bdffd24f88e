"""The ledger: what counts as an answer, what survives a killed process and two at once, and what its errors say."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import reviewer.ledger
from reviewer.errors import LedgerError
from reviewer.ledger import ANSWERED, Entry, Ledger

ENTRY = Entry(
    key="k1",
    prompt="judge@1+0123456789ab",
    base_url="http://127.0.0.1:8000/v1",
    model="qwen3",
    repeat=0,
    strategy="json_object",
    attempts=1,
    input_tokens=1200,
    output_tokens=300,
    seconds=2.5,
    question="放映场次 ≥672场",
    text='{"indicators": []}',
    outcome=ANSWERED,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "账本" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path) as opened:
        yield opened


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")


def test_an_answer_is_given_out_again(ledger: Ledger, path: Path) -> None:
    assert ledger.stored("k1") is None
    ledger.record(ENTRY)
    assert ledger.stored("k1") == ENTRY.text
    with Ledger(path) as another:
        assert another.stored("k1") == ENTRY.text


def test_errors_and_refusals_are_kept_but_are_no_answers(ledger: Ledger) -> None:
    for outcome in ("refused", "invalid", "truncated", "timeout"):
        ledger.record(replace(ENTRY, outcome=outcome, text="对不起，我不能", message="没有回答"))
    assert ledger.stored("k1") is None
    assert [entry.outcome for entry in ledger.entries()] == ["refused", "invalid", "truncated", "timeout"]


def test_the_latest_answer_counts_and_an_error_after_it_takes_nothing_away(ledger: Ledger) -> None:
    ledger.record(ENTRY)
    ledger.record(replace(ENTRY, text="新的回答"))
    ledger.record(replace(ENTRY, text=None, outcome="timeout"))
    assert ledger.stored("k1") == "新的回答"


def test_a_fresh_ledger_records_and_gives_out_nothing(ledger: Ledger, path: Path) -> None:
    with Ledger(path, fresh=True) as fresh:
        fresh.record(ENTRY)
        assert fresh.stored("k1") is None
    assert ledger.stored("k1") == ENTRY.text


def test_an_exchange_comes_back_as_it_was(ledger: Ledger) -> None:
    bare = replace(
        ENTRY, strategy=None, input_tokens=None, output_tokens=None, text=None, outcome="timeout", message="久"
    )
    for entry in (ENTRY, bare):
        ledger.record(entry)
    assert list(ledger.entries()) == [ENTRY, bare]


@pytest.mark.parametrize("text", ["生僻字𠮷", "换行\n\r\n制表\t", "空\0字", "’引“号\"'", ""])
def test_any_text_comes_back(ledger: Ledger, text: str) -> None:
    ledger.record(replace(ENTRY, text=text, question=text))
    assert ledger.stored("k1") == text


def test_half_a_character_does_not_lose_the_answer(ledger: Ledger) -> None:
    ledger.record(replace(ENTRY, text="好\ud800的"))
    assert ledger.stored("k1") == "好?的"


def test_chinese_lies_in_the_file_as_chinese(ledger: Ledger, path: Path) -> None:
    ledger.record(ENTRY)
    ledger.close()
    assert "放映场次 ≥672场".encode() in path.read_bytes()


def test_strategies_are_remembered_by_endpoint_and_model(ledger: Ledger) -> None:
    ledger.remember_strategy("http://a/v1", "m", "json_schema")
    ledger.remember_strategy("http://a/v1", "m", "plain")
    assert ledger.strategy("http://a/v1", "m") == "plain"
    assert ledger.strategy("http://b/v1", "m") is None
    assert ledger.strategy("http://a/v1", "n") is None


def test_stats_count_by_model_and_outcome(ledger: Ledger) -> None:
    ledger.record(replace(ENTRY, at=days_ago(2)))
    ledger.record(replace(ENTRY, attempts=3, outcome="timeout", text=None, at=days_ago(1)))
    ledger.record(replace(ENTRY, model="local", input_tokens=None, output_tokens=None))
    latest, earlier = ledger.stats()
    assert (latest.model, latest.input_tokens, latest.output_tokens) == ("local", 0, 0)
    assert (earlier.model, earlier.outcomes, earlier.attempts) == ("qwen3", {ANSWERED: 1, "timeout": 1}, 4)
    assert (earlier.input_tokens, earlier.output_tokens) == (2400, 600)
    assert earlier.first < earlier.last < latest.first


def test_prune_deletes_by_age_and_gives_the_space_back(ledger: Ledger, path: Path) -> None:
    for number in range(50):
        ledger.record(replace(ENTRY, key=str(number), text="很长的回答" * 2000, at=days_ago(40)))
    ledger.record(ENTRY)
    assert ledger.older_than(30) == 50
    assert ledger.prune(30) == 50
    assert ledger.stored("0") is None
    assert ledger.stored("k1") == ENTRY.text
    ledger.close()
    assert path.stat().st_size < 100_000


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_ledger import ENTRY
from reviewer.ledger import Ledger
with Ledger(Path(sys.argv[2])) as ledger:
    for number in range(int(sys.argv[4])):
        ledger.record(replace(ENTRY, key=f"{sys.argv[3]}{number}", text="回答" * 500))
        print(number, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(Path(__file__).parent), str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX")
def test_a_killed_process_leaves_whole_rows(path: Path) -> None:
    process = writer(path, "a", 1_000_000)
    assert process.stdout
    while int(process.stdout.readline()) < 200:
        pass
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read().split()
    process.wait()
    last = int(said[-1]) if said else 200
    with Ledger(path) as ledger:
        entries = list(ledger.entries())
        # Everything that was reported as written is there, in order and whole; at most one more had just been written.
        assert last + 1 <= len(entries) <= last + 2
        assert [entry.key for entry in entries] == [f"a{number}" for number in range(len(entries))]
        assert {entry.text for entry in entries} == {"回答" * 500}
        ledger.record(ENTRY)
        assert ledger.stored("k1")


def test_processes_write_at_once(path: Path) -> None:
    # None of them finds a ledger, so all try to make it.
    processes = [writer(path, name, 150) for name in "abc"]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    with Ledger(path) as ledger:
        keys = [entry.key for entry in ledger.entries()]
    assert sorted(keys) == sorted(f"{name}{number}" for name in "abc" for number in range(150))


def test_a_newer_ledger_is_left_alone(ledger: Ledger, path: Path) -> None:
    ledger.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match=r"更新的 reviewer.*格式 99.*请升级 reviewer"):
        Ledger(path)


def test_an_older_ledger_is_brought_up_to_date_with_its_rows(
    ledger: Ledger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record(ENTRY)
    ledger.close()
    steps = (*reviewer.ledger._STEPS, "CREATE TABLE people (name TEXT)")
    monkeypatch.setattr(reviewer.ledger, "_STEPS", steps)
    with Ledger(path) as newer:
        assert newer.stored("k1") == ENTRY.text
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(steps),)
        assert db.execute("SELECT * FROM people").fetchall() == []


def test_a_failed_update_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(reviewer.ledger, "_STEPS", (*reviewer.ledger._STEPS, "CREATE TABLE exchanges (id)"))
        with pytest.raises(LedgerError):
            Ledger(path)
    with Ledger(path) as ledger:
        ledger.record(ENTRY)


def test_a_full_disk_says_so_and_loses_nothing_that_was_written(ledger: Ledger) -> None:
    ledger._db.execute("PRAGMA max_page_count = 20")  # SQLite's own way to run out of space
    ledger.record(ENTRY)
    with pytest.raises(LedgerError, match=r"磁盘已满.*已经记下的都还在"):
        ledger.record(replace(ENTRY, key="k2", text="回答" * 50_000))
    assert ledger.stored("k1") == ENTRY.text


def test_a_ledger_in_use_says_so(ledger: Ledger, path: Path) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with Ledger(path, patience=0.1) as waiting, pytest.raises(LedgerError, match="被另一个程序占用"):
        waiting.record(ENTRY)
    assert time.monotonic() - started < 5
    assert ledger.stored("k1") is None  # reading goes on
    holder.close()


def test_a_read_only_ledger_says_so(ledger: Ledger) -> None:
    ledger._db.execute("PRAGMA query_only = ON")  # file permissions do not bind the superuser
    with pytest.raises(LedgerError, match="只能读、不能写"):
        ledger.record(ENTRY)


@pytest.mark.parametrize("content", ["不是数据库" * 500, "SQLite format 3\0" + "x" * 5000], ids=["text", "header"])
def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LedgerError, match="请把它移走"):
        Ledger(path)
    assert path.read_text(encoding="utf-8") == content


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"文件夹建不了.*REVIEWER_HOME"):
        Ledger(tmp_path / "file" / "ledger.sqlite3")
    with pytest.raises(LedgerError, match="打不开"):
        Ledger(tmp_path)


def test_it_lies_under_reviewer_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "家"))
    with Ledger() as ledger:
        assert ledger.path == tmp_path / "家" / "ledger.sqlite3"
    monkeypatch.delenv("REVIEWER_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert tmp_path in reviewer.ledger.home().parents
