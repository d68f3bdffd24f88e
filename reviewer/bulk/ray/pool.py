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


class Pool:
    """*count* actors that *make* makes, given (CPUs), each with *slots* inputs at once; use it as an async context.

    Raises ``RunError`` from :meth:`hand` when no process can be had.
    """

    def __init__(self, make: Callable[[int], Any], count: int, slots: int, died: type[Exception]) -> None:
        self._make = make
        self._count = count
        self._slots = slots
        self._died = died
        self._open: dict[Any, int] = {}  # actor: inputs it has
        self._joining: set[asyncio.Task[None]] = set()
        self._failed_starts = 0
        self._problem: str | None = None
        self._changed = asyncio.Condition()
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
    async def hand(self) -> AsyncIterator[Any]:
        """Lend the actor that has least to do; when it dies meanwhile, that is raised, and another takes its place."""
        actor = await self._free()
        try:
            yield actor
        except self._died:
            if self._open.pop(actor, None) is not None:
                self._replace()
            raise
        finally:
            async with self._changed:
                if actor in self._open:
                    self._open[actor] -= 1
                self._changed.notify()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Any]:
        """Lend an actor that has nothing else to do, for an input that others died of, or with."""
        async with self._alone_lock:
            if self._alone is None:
                self._alone = self._make(0)
            try:
                yield self._alone
            except self._died:
                self._alone = None
                raise

    async def _free(self) -> Any:
        def found() -> Any:
            if self._problem is not None:
                raise RunError(self._problem)
            return min(
                (actor for actor, count in self._open.items() if count < self._slots),
                key=self._open.__getitem__,
                default=None,
            )

        async with self._changed:
            while (actor := found()) is None:
                try:
                    await asyncio.wait_for(self._changed.wait(), PATIENCE)
                except TimeoutError:
                    if not self._open:
                        raise RunError(_NONE) from None
            self._open[actor] += 1
            return actor

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
                    await self._give_up(
                        f"Ray 集群里启动不了进程：{_last_line(error)}。请在每个节点上装好同一版 reviewer。"
                    )
                    return
                await asyncio.sleep(_PAUSE)
                continue
            if misfit is not None:
                await self._give_up(
                    f"Ray 集群里有节点和批次不一致：{misfit}。请在每个节点上装好同一版 reviewer 和规则。"
                )
                return
            self._failed_starts = 0
            async with self._changed:
                self._open[actor] = 0
                self._changed.notify_all()
            return

    async def _give_up(self, problem: str) -> None:
        async with self._changed:
            self._problem = problem
            self._changed.notify_all()


def _last_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1].strip()
