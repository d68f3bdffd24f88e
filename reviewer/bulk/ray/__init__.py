"""The engine of a run on a Ray cluster, or on one that is started for it on this machine.

The driver reads inputs and sends their bytes, hears what became of them, and writes the store; processes of the cluster
judge (:mod:`reviewer.bulk.ray.hands`); with a model, one desk asks for all of them (:mod:`reviewer.bulk.ray.desk`).
Plain actors with a bounded window, and not Ray Data: docs/ray.md says why.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from reviewer.bulk.events import Events
from reviewer.bulk.judged import Failures, spent
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.ray.hands import ModelHand, RulesHand
from reviewer.bulk.ray.pool import Lease, Pool
from reviewer.bulk.rundir import Run
from reviewer.bulk.sources import Fetched
from reviewer.bulk.work import Finished, Task, gave_up
from reviewer.errors import EndpointError, RunError, UsageError
from reviewer.judging import workers
from reviewer.judging.outcomes import Fatal

if TYPE_CHECKING:
    from reviewer.bulk.ray.desk import State
    from reviewer.settings import LLM

_AHEAD = 2
"""Inputs of a process that works by the rules: one under way and one that waits, so that it need not."""
_WAITING = 4
"""Projects of a process beyond twice its share of the concurrency: others may have less to do, and the desk never."""
_OPENING = 4
"""Whole files that a process may be reading at once: what is in them will be known then."""
_TRIES = 2
_TICK = 0.5  # seconds
_PATIENCE = 10.0  # seconds to wait for a cluster
_NO_DESK = "向模型提问的进程意外退出了。得到的回答都在，请再运行同一条命令。"
_DIED = "审核它的进程几次意外退出，最后一次只审核它（内存不够、被系统结束，或者文件让程序崩溃）"


def run(
    tasks: Iterator[Task],
    run: Run,
    llm: LLM | None,
    keeper: Keeper,
    events: Events,
    *,
    address: str | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    max_failures: int | None = None,
) -> str | None:
    """Finish *tasks* on the cluster at *address*, by default one on this machine; return what stopped it early.

    With *llm* the model judges too: caps, failures and an interruption are those of :func:`reviewer.bulk.judged.judge`.
    Raises ``UsageError`` without Ray or for an address that cannot be used, ``EndpointError`` when the endpoint refuses
    everything, ``RunError`` when results cannot be kept or the cluster has no process that fits.
    """
    with _cluster(address) as ray:
        return asyncio.run(_drive(ray, tasks, run, llm, keeper, events, interrupted, max_failures))


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    _check_address(address)
    # Before it is imported: nothing is reported to anybody.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError as error:
        raise UsageError("--engine ray 要用 Ray，没有装。请运行 pip install 'reviewer[ray]'。") from error
    local: dict[str, Any] = {} if address else {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    try:
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **local)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise _unreachable(address, error) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_address(address: str | None) -> None:
    """Raise ``UsageError`` for a cluster that is not there, which Ray itself would look for over a minute."""
    if address is None or address == "auto":
        return
    host, _, port = address.rpartition(":")
    if "/" in host or not host or not port.isdecimal():
        raise UsageError(f"--ray-address 不能是 {address}：请在集群的一个节点上运行，写 主机:端口 或 auto。")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise _unreachable(address, error) from error


def _unreachable(address: str | None, error: Exception) -> UsageError:
    where = f"连不上 {address} 的 Ray 集群" if address else "在本机启动不了 Ray"
    said = str(error).strip().partition("\n")[0] or type(error).__name__
    return UsageError(f"{where}（{said}）。请用 ray status 检查，或改用 --engine local。")


async def _drive(
    ray: Any,
    tasks: Iterator[Task],
    run: Run,
    llm: LLM | None,
    keeper: Keeper,
    events: Events,
    interrupted: Callable[[], bool],
    max_failures: int | None,
) -> str | None:
    processes = max(1, int(ray.cluster_resources().get("CPU", 1)))
    died = ray.exceptions.RayError
    if llm is None:
        make = _maker(ray.remote(RulesHand), run.settings)
        async with Pool(make, processes, _AHEAD, died, events.note) as pool:
            offline = _Rules(pool, died, keeper)
            async for _ in workers.run(tasks, offline.finish, processes * _AHEAD):
                pass
        return None
    processes = min(processes, llm.concurrency)
    slots = 2 * ceil(llm.concurrency / processes) + _WAITING
    async with _desk(ray, run, llm) as desk:
        make = _maker(ray.remote(ModelHand), run.settings, replace(llm, api_key=None), desk, slots)
        async with Pool(make, processes, slots, died, events.note) as pool:
            judging = _Model(pool, died, keeper, run, events, desk, slots, max_failures)
            watch = asyncio.create_task(judging.watch(interrupted))
            try:
                async for _ in workers.run(judging.until_over(tasks), judging.finish, processes * slots):
                    pass
                return judging.verdict(await desk.state.remote())
            except died as error:
                raise RunError(_NO_DESK) from error
            finally:
                watch.cancel()


def _maker(kind: Any, *arguments: Any) -> Callable[[int], Any]:
    # Dead ones are replaced by the pool, and their inputs go elsewhere: Ray would repeat a call from its beginning.
    return lambda cpus: kind.options(num_cpus=cpus, max_restarts=0).remote(*arguments)


@asynccontextmanager
async def _desk(ray: Any, run: Run, llm: LLM) -> AsyncIterator[Any]:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    from reviewer.bulk.ray.desk import Desk

    if llm.record or llm.replay:
        raise UsageError("--record 和 --replay 不能和 --engine ray 一起用。")
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    desk = ray.remote(Desk).options(num_cpus=0, scheduling_strategy=here, max_concurrency=100_000).remote()
    await desk.open.remote(llm, run.ledger.absolute(), spent(run, llm))
    try:
        yield desk
    finally:
        with suppress(ray.exceptions.RayError):
            await desk.leave.remote()


@dataclass
class _Input:
    """A task that is worked on, the bytes it is about, and the id of its file once that is in the store.

    ``judged`` are the places whose rows came since the task was made: should a process die, another goes on from there.
    """

    task: Task
    fetched: Fetched
    file: int | None = None
    judged: set[int] = field(default_factory=set)


def _left(given: _Input) -> Task:
    return replace(given.task, done=given.task.done | given.judged)


class _Rules:
    """Has tasks finished by the rules, and keeps what comes of them."""

    def __init__(self, pool: Pool, died: type[Exception], keeper: Keeper) -> None:
        self._pool = pool
        self._died = died
        self._keeper = keeper

    async def finish(self, task: Task) -> None:
        """Have a task finished by whoever lives."""
        fetched = await asyncio.to_thread(task.fetch)
        if fetched.raw is None and fetched.message is None:
            self._keeper.put(Finished(task.source, None))
            return None
        given = _Input(task, fetched)
        for _ in range(_TRIES):
            with suppress(self._died):
                async with self._pool.lend(self._weight(given)) as lease:
                    return await self._hear(lease, given)
        # Perhaps another input killed the process that had them both.
        for _ in range(_TRIES):
            with suppress(self._died):
                async with self._pool.alone() as lease:
                    return await self._hear(lease, given)
        self._keeper.put(gave_up(task.source, _DIED, fetched.digest))
        return None

    async def _hear(self, lease: Lease, given: _Input) -> None:
        async for piece in lease.actor.finish.options(num_returns="streaming").remote(_left(given), given.fetched):
            self._keep(given, await piece)
            lease.weigh(self._weight(given))

    def _weight(self, given: _Input) -> int:
        return 1

    def _keep(self, given: _Input, piece: Finished) -> None:
        self._keeper.put(piece)


class _Model(_Rules):
    """The same with a model, where projects come one by one; ``over`` when no further input is to be begun."""

    def __init__(
        self,
        pool: Pool,
        died: type[Exception],
        keeper: Keeper,
        run: Run,
        events: Events,
        desk: Any,
        slots: int,
        max_failures: int | None,
    ) -> None:
        super().__init__(pool, died, keeper)
        self._slots = slots
        self.over = False
        self._store = run.store
        self._events = events
        self._desk = desk
        self._failures = Failures(max_failures)

    def until_over(self, tasks: Iterator[Task]) -> Iterator[Task]:
        """Yield *tasks* as long as inputs are to be begun."""
        for task in tasks:
            if self.over:
                return
            yield task

    async def watch(self, interrupted: Callable[[], bool]) -> None:
        """Tell whoever watches what is used, and the desk when it is enough; until cancelled."""
        while True:
            await asyncio.sleep(_TICK)
            try:
                state: State = await self._desk.state.remote()
            except self._died:
                self.over = True  # the hands have noticed as well
                return
            self._events.usage(state.usage)
            self.over |= interrupted() or state.stopped is not None
            if self.over:
                await self._desk.close.remote()

    def verdict(self, state: State) -> str | None:
        """Return what stopped the run early, or raise what nobody can go on after."""
        self._events.usage(state.usage)
        if state.fault is not None:
            raise RunError(state.fault)
        if isinstance(state.stopped, Fatal):
            raise EndpointError(state.stopped.message)
        return state.stopped.message if state.stopped else self._failures.message

    def _weight(self, given: _Input) -> int:
        """Return how many projects of an input are under way; of a part there are many before anybody has looked."""
        if given.file is not None:
            return min(given.task.projects - len(given.task.settled) - len(given.judged), self._slots)
        return self._slots if given.task.source.line else ceil(self._slots / _OPENING)

    def _keep(self, given: _Input, piece: Finished) -> None:
        file = piece.file
        if file is not None or given.file is None:
            given.file = self._keeper.begin(piece.source, file)
        if file is not None and file.digest is not None:
            given.task = replace(
                given.task, digest=file.digest, projects=file.projects, done=frozenset(), failed=frozenset()
            )
        for row in piece.rows:
            self._store.put_projects(given.file, [row])
            self._events.project(row)
            given.judged.add(row.position)
            if self._failures.too_many(row):
                self.over = True
                self._desk.close.remote()
