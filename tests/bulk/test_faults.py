"""A run in trouble: a full or read-only disk, files that others hold, a clock that jumps. It says what to do."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .inputs import bulk, command, document, results, write, write_folder, write_lines

ROOT = os.geteuid() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "各单位", 5)


def test_a_full_disk_says_so_and_the_run_goes_on_later(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "项目.jsonl", 1_000)
    run = tmp_path / "批次"

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    full = bulk(lines, "--run", run, "--workers", "1", preexec_fn=small_files)
    assert full.returncode == 2
    assert "结果库" in full.stderr
    assert "磁盘" in full.stderr
    assert "Traceback" not in full.stderr
    kept = results(run)
    assert 0 < len(kept) < 1_000
    done = bulk(lines, "--run", run, "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert len(results(run)) == 1_000
    assert results(run)[: len(kept)] == kept


@pytest.mark.skipif(ROOT, reason="root may write anywhere")
def test_a_read_only_folder_says_so(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "封").mkdir(mode=0o500)
    done = bulk(folder, "--run", tmp_path / "封" / "批次")
    assert (done.returncode, "没有写入权限" in done.stderr) == (2, True)


def test_a_run_that_cannot_be_a_folder_says_so(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    for run, reason in (
        (tmp_path / "文件", "这是一个文件"),
        (tmp_path / "文件" / "批次", "不是文件夹"),
        (tmp_path / ("长" * 300), "文件名太长"),
        (Path("/proc/批次"), "写不进去"),
        (folder, "里有别的文件"),
    ):
        done = bulk(folder, "--run", run)
        assert (done.returncode, done.stdout) == (2, "")
        assert reason in done.stderr, done.stderr


def test_two_processes_on_one_run_are_one_too_many(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "项目.jsonl", 1_200)
    run = tmp_path / "批次"
    first = subprocess.Popen(command(lines, "--run", run, "--workers", "1"), stdout=subprocess.PIPE, encoding="utf-8")
    while not (run / "run.sqlite3").exists():
        time.sleep(0.02)
    second = bulk(lines, "--run", run)
    assert second.returncode == 2
    assert f"进程 {first.pid}）正在做" in second.stderr
    printed, _ = first.communicate(timeout=60)
    assert (first.returncode, "1,200 个项目" in printed) == (0, True)


HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_store_that_another_program_holds_is_waited_for(tmp_path: Path, folder: Path) -> None:
    run = tmp_path / "批次"
    assert bulk(folder, "--run", run).returncode == 0
    write(folder / "新.json", document(99))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(run / "run.sqlite3")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    waiting = subprocess.Popen(command(folder, "--run", run), stdout=subprocess.PIPE, encoding="utf-8")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(timeout=4)
    holder.communicate()
    printed, _ = waiting.communicate(timeout=60)
    assert (waiting.returncode, "11 个项目" in printed) == (0, True)


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, folder: Path) -> None:
    run = tmp_path / "批次"
    assert bulk(folder, "--run", run).returncode == 0
    before = results(run)
    settings = json.loads((run / "run.json").read_text(encoding="utf-8"))
    for day in ("1970-01-01", "2099-12-31"):
        (run / "run.json").write_text(json.dumps(settings | {"begun": day}), encoding="utf-8")
        for path in run.iterdir():
            os.utime(path, (0, 4e9))
        done = bulk(folder, "--run", run)
        assert done.returncode == 0, done.stderr
        assert results(run) == before


def test_a_store_that_is_damaged_says_so(tmp_path: Path, folder: Path) -> None:
    run = tmp_path / "批次"
    assert bulk(folder, "--run", run).returncode == 0
    with sqlite3.connect(run / "run.sqlite3") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray((run / "run.sqlite3").read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    (run / "run.sqlite3").write_bytes(raw)
    done = bulk(folder, "--run", run)
    assert done.returncode == 2
    assert "已经损坏" in done.stderr
    assert "Traceback" not in done.stderr


def test_files_that_change_and_vanish_during_the_run_are_mended_by_the_next(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 150)
    run = tmp_path / "批次"
    process = subprocess.Popen(command(folder, "--run", run, "--workers", "1"))
    while process.poll() is None and not (run / "run.sqlite3").exists():
        time.sleep(0.01)
    changed = sorted(folder.glob("*/*.json"))[::5]
    for number, path in enumerate(changed):
        if number % 2:
            path.unlink()
        else:
            write(path, document(1_000 + number))
    process.wait(timeout=60)
    assert process.returncode in (0, 2)
    left = sorted(folder.glob("*/*.json"))
    done = bulk(folder, "--run", run)
    assert done.returncode == 0, done.stderr
    fresh = bulk(*left, "--run", tmp_path / "新")
    assert fresh.returncode == 0
    there = {str(path) for path in left}
    assert [row for row in results(run) if row[0] in there] == results(tmp_path / "新")
