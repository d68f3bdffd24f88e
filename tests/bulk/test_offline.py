"""The engine of a run by the rules: the same rows from any number of processes, whatever happens to these."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.bulk import offline
from reviewer.bulk.events import Silence
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import RunSettings
from reviewer.bulk.sources import Source
from reviewer.bulk.store import Store
from reviewer.bulk.work import Finished, Task
from reviewer.errors import RunError

from .inputs import write_folder, write_lines
from .runs import sources


class Listener(Keeper):
    """Keeps nothing, and remembers what it was given."""

    def __init__(self) -> None:
        self.finished: dict[str, Finished] = {}

    def put(self, finished: Finished) -> None:
        assert finished.source.name not in self.finished
        self.finished[finished.source.name] = finished


class Killer(Listener):
    """Kills every process once, when the third input is finished."""

    def put(self, finished: Finished) -> None:
        super().put(finished)
        if len(self.finished) == 3:
            for process in multiprocessing.active_children():
                process.kill()


class Poison:
    """A path that ends the process to which it is given."""

    def __fspath__(self) -> str:
        return "/毒.json"

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return os._exit, (9,)


def finish(paths: list[Path], workers: int, listener: Listener, *more: Source) -> dict[str, Finished]:
    tasks = (Task(source) for source in [*more, *sources(paths)])
    offline.run(tasks, RunSettings.of({}), listener, workers)
    return listener.finished


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "各单位", 12)


def test_processes_change_nothing(folder: Path) -> None:
    alone = finish([folder], 1, Listener())
    assert len(alone) == 12
    assert finish([folder], 3, Listener()) == alone
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_is_replaced(folder: Path) -> None:
    assert finish([folder], 2, Killer()) == finish([folder], 1, Listener())


def test_processes_that_cannot_start_end_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "_serve", os._exit)  # what takes two arguments dies of them
    with pytest.raises(RunError, match="起不来"):
        finish([folder], 2, Listener())


def test_an_input_that_ends_two_processes_is_given_up_and_the_others_are_not(folder: Path) -> None:
    poison: Any = Poison()
    done = finish([folder], 2, Listener(), Source(poison, 0, "毒.json"))
    assert len(done) == 13
    bad = done.pop("毒.json").file
    assert bad is not None
    assert (bad.state, bad.path) == ("unreadable", "/毒.json")
    assert "两次意外退出" in (bad.message or "")
    assert all(one.file and one.file.state == "read" for one in done.values())


def test_tasks_are_taken_only_as_fast_as_they_are_worked_on(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "项目.jsonl", 1_600)
    taken = 0

    def tasks() -> Iterator[Task]:
        nonlocal taken
        for source in sources([path]):
            taken += 1
            yield Task(source)

    class Slow(Listener):
        def put(self, finished: Finished) -> None:
            super().put(finished)
            assert taken - len(self.finished) <= 4

    offline.run(tasks(), RunSettings.of({}), Slow(), 2)
    assert taken == 8


def test_no_process_is_left_when_the_results_cannot_be_kept(folder: Path) -> None:
    class Full(Listener):
        def put(self, finished: Finished) -> None:
            raise RunError("磁盘已满")

    with pytest.raises(RunError, match="磁盘已满"):
        finish([folder], 2, Full())
    assert multiprocessing.active_children() == []


def test_an_interrupt_in_the_terminal_does_not_end_the_processes(folder: Path) -> None:
    class Terminal(Listener):
        def put(self, finished: Finished) -> None:
            super().put(finished)
            for process in multiprocessing.active_children():
                assert process.pid
                os.kill(process.pid, signal.SIGINT)

    assert len(finish([folder], 2, Terminal())) == 12


def test_rows_are_written_together(folder: Path) -> None:
    with Store(Path(":memory:")) as store:
        with Keeper(store, Silence()) as keeper:
            for finished in finish([folder], 1, Listener()).values():
                keeper.put(finished)
            assert store.counts().files == 0
        assert store.counts().files == 12
