"""Killed at any moment and run again: the results are those of a run that nobody disturbed."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from reviewer.bulk.rundir import opened_for_reading
from reviewer.errors import RunError

from .inputs import bulk, command, results, write_folder, write_lines


def rows(run: Path) -> int:
    """How many projects the store holds, while somebody writes it."""
    try:
        with opened_for_reading(run) as opened:
            return opened.store.counts().done
    except RunError:
        return 0


def killed(run: Path, *args: str | Path, after: int, pause: float, by: int = signal.SIGKILL) -> tuple[int, str]:
    """Start a run, kill it *pause* seconds after it has so many rows, and return its exit code and what it printed."""
    process = subprocess.Popen(command(*args, "--run", run), stdout=subprocess.PIPE, encoding="utf-8")
    while process.poll() is None and rows(run) < after:
        time.sleep(0.02)
    time.sleep(pause)
    process.send_signal(by)
    printed, _ = process.communicate(timeout=60)
    return process.returncode, printed


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_runs_come_to_the_same_results(tmp_path: Path, workers: int) -> None:
    chance = random.Random(workers)
    folder = write_folder(tmp_path / "各单位", 60)
    lines = write_lines(tmp_path / "项目.jsonl", 500)
    args = [folder, lines, "--workers", str(workers)]
    kept = 0
    for _ in range(4 - workers):
        killed(tmp_path / "杀", *args, after=kept + 1, pause=chance.uniform(0, 0.2))
        now = rows(tmp_path / "杀")
        assert now >= kept, "nothing that was kept is lost"
        kept = now
    done = bulk(*args, "--run", tmp_path / "杀")
    assert (done.returncode, done.stderr.count("100%")) == (0, 1), done.stderr
    assert bulk(*args, "--run", tmp_path / "好").returncode == 0
    assert results(tmp_path / "杀") == results(tmp_path / "好")
    assert len(results(tmp_path / "好")) == 620


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "项目.jsonl", 1_600)
    process = subprocess.Popen(command(lines, "--run", tmp_path / "批次", "--workers", "2"))
    while process.poll() is None and not rows(tmp_path / "批次"):
        time.sleep(0.02)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    assert children
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(Path("/proc", child).exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path("/proc", child).exists() for child in children)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_says_how_to_go_on(tmp_path: Path, workers: int) -> None:
    lines = write_lines(tmp_path / "项目.jsonl", 1_600)
    args = [lines, "--workers", str(workers)]
    code, printed = killed(tmp_path / "批次", *args, after=1, pause=0.0, by=signal.SIGINT)
    assert code == 4
    assert "没有做完：按 Ctrl-C 停下了。再运行一次接着做" in printed
    kept = rows(tmp_path / "批次")
    assert 0 < kept < 1_600
    assert kept % 200 == 0, "whole inputs"
