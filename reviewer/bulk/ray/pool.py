"""The processes of a cluster that work on a run: as many as wished, replaced when they die, evenly busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from reviewer.errors import RunError

PATIENCE = 300.0
"""Seconds to wait for a process: a node that fell out may come back, or another be started."""
_NONE = f"Ray 集群里等了 {PATIENCE:.0f} 秒也没有能用的进程。请检查节点和空闲的 CPU，再运行同一条命令，做完的都在。"
_STARTS = 3
_PAUSE = 2.0


class Lease:
    """An actor that is lent for an input, and how much of its room that takes."""

    def __init__(self, actor: Any, weight: int, heavier: Callable[[int], None]) -> None:
        self.actor = actor
        self.weight = weight
        self._heavier = heavier

    def weigh(self, weight: int) -> None:
        """Say how much room the input takes from now on."""
        if weight != self.weight:
            self._heavier(weight - self.weight)
            self.weight = weight


class Pool:
    """*count* actors that *make* makes, given how many CPUs; use it as an async context.

    An actor is lent as long as the inputs that it has take less than its *room*; the last may go beyond, for nobody
    knows how much is in an input before it is read. *told* hears of what died. Raises ``RunError`` from :meth:`lend`
    when no process can be had.
    """

    def __init__(
        self, make: Callable[[int], Any], count: int, room: int, died: type[Exception], told: Callable[[str], None]
    ) -> None:
        self._make = make
        self._count = count
        self._room = room
        self._died = died
        self._told = told
        self._open: dict[Any, int] = {}  # actor: room that is taken
        self._joining: set[asyncio.Task[None]] = set()
        self._failed_starts = 0
        self._problem: str | None = None
        self._free_again = asyncio.Event()
        self._alone: Any = None
        self._alone_lock = asyncio.Lock()

    async def __aenter__(self) -> Pool:
        for _ in range(self._count):
            self._replace()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._joining:
            task.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)

    @asynccontextmanager
    async def lend(self, weight: int) -> AsyncIterator[Lease]:
        """Lend the actor that has least to do; when it dies meanwhile, that is raised, and another takes its place."""
        actor = await self._free(weight)

        def heavier(by: int) -> None:
            if actor in self._open:
                self._open[actor] += by
                self._free_again.set()

        lease = Lease(actor, weight, heavier)
        try:
            yield lease
        except self._died:
            if self._open.pop(actor, None) is not None:
                self._told("集群里有一个进程意外退出了，它手头的文件交给别的进程。")
                self._replace()
            raise
        finally:
            lease.weigh(0)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Lease]:
        """Lend an actor that has nothing else to do, for an input that others died of, or with."""
        async with self._alone_lock:
            if self._alone is None:
                self._alone = self._make(0)
            try:
                yield Lease(self._alone, 0, lambda by: None)
            except self._died:
                self._alone = None
                raise

    async def _free(self, weight: int) -> Any:
        while True:
            if self._problem is not None:
                raise RunError(self._problem)
            actor = min(self._open, key=self._open.__getitem__, default=None)
            if actor is not None and self._open[actor] < self._room:
                self._open[actor] += weight
                return actor
            self._free_again.clear()
            try:
                await asyncio.wait_for(self._free_again.wait(), PATIENCE)
            except TimeoutError:
                # While some work, one of them will be free; without any there is nobody to wait for.
                if not self._open:
                    raise RunError(_NONE) from None

    def _replace(self) -> None:
        task = asyncio.create_task(self._join())
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _join(self) -> None:
        while True:
            actor = self._make(1)
            try:
                misfit = await actor.misfit.remote()
            except self._died as error:
                self._failed_starts += 1
                if self._failed_starts >= _STARTS and not self._open:
                    self._give_up(f"Ray 集群里启动不了进程：{_last_line(error)}。请在每个节点上装好同一版 reviewer。")
                    return
                await asyncio.sleep(_PAUSE)
                continue
            if misfit is not None:
                self._give_up(f"Ray 集群里有节点和批次不一致：{misfit}。请在每个节点上装好同一版 reviewer 和规则。")
                return
            self._failed_starts = 0
            self._open[actor] = 0
            self._free_again.set()
            return

    def _give_up(self, problem: str) -> None:
        self._problem = problem
        self._free_again.set()


def _last_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1].strip()
