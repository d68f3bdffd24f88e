"""Processes that die, one input that kills them all, and clusters that have none: on stand-ins, without a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.bulk.events import Silence
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.ray import _Rules
from reviewer.bulk.ray import pool as pools
from reviewer.bulk.ray.pool import Pool
from reviewer.bulk.rundir import RunSettings
from reviewer.bulk.sources import Fetched
from reviewer.bulk.store import FileRow, Store
from reviewer.bulk.work import Finished, Task, Worker
from reviewer.errors import RunError
from reviewer.judging import workers
from tests.bulk.inputs import write_folder

from .runs import sources


class Died(Exception):
    pass


class Remote:
    """Calls a function as an actor would be called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.remote = function

    def options(self, **_: Any) -> Remote:
        return self


class Actor:
    """A process: it takes its time, and is dead once an input in *deadly* has been in it, with all that it had."""

    def __init__(self, deadly: set[str], misfit: str | None = None) -> None:
        self._deadly = deadly
        self._misfit = misfit
        self._dead = asyncio.Event()
        self._worker = Worker(RunSettings.of({}))
        self.misfit = Remote(self._says)
        self.finish = Remote(self._finish)

    async def _says(self) -> str | None:
        return self._misfit

    async def _finish(self, task: Task, fetched: Fetched) -> AsyncIterator[Any]:
        if Path(task.source.name).name in self._deadly:
            self._dead.set()
        try:
            await asyncio.wait_for(self._dead.wait(), 0.01)
        except TimeoutError:
            yield asyncio.sleep(0, self._worker.finish(task, fetched))
        else:
            raise Died


def conduct(folder: Path, make: Callable[[int], Actor], said: list[str]) -> list[FileRow]:
    """Return the files as they were kept."""

    async def main() -> None:
        async with Pool(make, 2, 4, Died, said.append) as pool:
            rules = _Rules(pool, Died, keeper)
            async for _ in workers.run(map(Task, sources([folder])), rules.finish, 8):
                pass

    with Store(Path(":memory:")) as store:
        with Keeper(store, Silence()) as keeper:
            asyncio.run(main())
        return [row for _, row in store.files()]


@pytest.fixture
def said() -> list[str]:
    """What the user is told."""
    return []


def test_one_input_that_kills_every_process_harms_no_other(tmp_path: Path, said: list[str]) -> None:
    folder = write_folder(tmp_path / "申报", 24)
    files = conduct(folder, lambda _: Actor({"表0007.json"}), said)
    assert len(files) == 24
    assert said[0] == "集群里有一个进程意外退出了，它手头的文件交给别的进程。"
    (lost,) = [file for file in files if file.state == "unreadable"]
    assert lost.name.endswith("表0007.json")
    assert "几次意外退出，最后一次只审核它" in (lost.message or "")
    assert sum(file.projects for file in files) == 46


def test_a_cluster_of_another_version_is_refused(tmp_path: Path, said: list[str]) -> None:
    folder = write_folder(tmp_path / "申报", 3)
    with pytest.raises(RunError, match="节点和批次不一致：规则和批次用的不一样"):
        conduct(folder, lambda _: Actor(set(), "规则和批次用的不一样"), said)


def test_processes_that_never_start(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_PAUSE", 0.01)
    folder = write_folder(tmp_path / "申报", 3)

    class Stillborn(Actor):
        async def _says(self) -> str | None:
            raise Died("boom\nModuleNotFoundError: No module named 'reviewer'")

    with pytest.raises(RunError, match="启动不了进程：ModuleNotFoundError: No module named 'reviewer'"):
        conduct(folder, lambda _: Stillborn(set()), said)


def test_a_cluster_without_room(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "PATIENCE", 0.05)
    folder = write_folder(tmp_path / "申报", 3)

    class Pending(Actor):
        async def _says(self) -> str | None:
            await asyncio.sleep(60)
            return None

    with pytest.raises(RunError, match="没有能用的进程"):
        conduct(folder, lambda _: Pending(set()), said)


def test_results_of_two_processes_are_those_of_one(tmp_path: Path, said: list[str]) -> None:
    folder = write_folder(tmp_path / "申报", 10)
    worker = Worker(RunSettings.of({}))
    wanted = [worker.finish(Task(source)) for source in sources([folder])]
    files = conduct(folder, lambda _: Actor(set()), said)
    assert files == [one.file for one in wanted if isinstance(one, Finished)]
