"""The bar: only where a person watches, only after a second, gone without a trace."""

from __future__ import annotations

import io
import sys
import time

import pytest

from reviewer.cli.progress import Progress
from reviewer.reporting.layout import width_of


class Terminal(io.StringIO):
    """A standard error that a person looks at."""

    def isatty(self) -> bool:
        return True


def watch(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of standard error; in the test itself, for pytest's capture resets it before."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def drawn(screen: Terminal, awaited: str = "表") -> str:
    """Wait for *awaited* to be drawn, and return all that was."""
    deadline = time.monotonic() + 5
    while awaited not in screen.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    return screen.getvalue()


def test_bar_shows_how_far_the_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watch(monkeypatch)
    with Progress("表.txt", time.monotonic() - 10) as progress:
        assert "正在读取 表.txt" in drawn(screen, "正在读取")
        progress.total = 8
        for _ in range(6):
            progress.step()
        assert "6/8 个项目 表.txt" in drawn(screen, "6/8")
    assert screen.getvalue().endswith("\r\x1b[K")


def test_bar_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watch(monkeypatch)
    monkeypatch.setenv("COLUMNS", "40")
    with Progress("很长的文件名" * 20, time.monotonic() - 10):
        line = drawn(screen, "很").split("\r")[1].removesuffix("\x1b[K")
    assert width_of(line) < 40


def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watch(monkeypatch)
    with Progress("表.txt", time.monotonic()) as progress:
        progress.step()
    assert screen.getvalue() == ""


def test_no_bar_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with Progress("表.txt", time.monotonic() - 10):
        time.sleep(0.15)
    assert log.getvalue() == ""


def test_bar_goes_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = watch(monkeypatch)

    def work() -> None:
        with Progress("表.txt", time.monotonic() - 10):
            drawn(screen)
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert screen.getvalue().endswith("\r\x1b[K")
