"""The engine of a run by the rules alone: in this process, or in several on this machine.

A process takes one input at a time. One that dies (out of memory, killed, a fault in a library) is replaced and its
input tried once more; an input that ends two processes becomes a row that says so, and the run goes on.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import RunSettings
from reviewer.bulk.work import Finished, Task, Worker, gave_up
from reviewer.errors import RunError

_COLLECT = 1_000  # projects
_FILE = 50  # what a file counts as: a workbook leaves more behind than it has projects
_SETTLE = 5.0  # seconds for a process to end by itself
_STILLBORN = 5  # processes in a row that die before they are ready
_DIED = "审核它的进程两次意外退出（内存不够、被系统结束，或者文件让程序崩溃）"


def run(tasks: Iterator[Task], settings: RunSettings, keeper: Keeper, workers: int) -> None:
    """Finish *tasks* with that many *workers*, or fewer tasks with fewer.

    Raises ``RunError`` when results cannot be kept.
    """
    first = list(islice(tasks, workers))
    tasks = chain(first, tasks)
    # A process takes longer to start than most inputs take to judge.
    alone = workers == 1 or len(first) < 2
    for finished in _here(tasks, settings) if alone else _elsewhere(tasks, settings, len(first)):
        keeper.put(finished)


def _here(tasks: Iterator[Task], settings: RunSettings) -> Iterator[Finished]:
    worker = Worker(settings)
    with _collecting_seldom() as count:
        for task in tasks:
            finished = worker.finish(task)
            count(finished)
            yield finished


class _Collector:
    """Collects garbage now and then: a review holds no cycles, and walking it time and again doubles the work."""

    def __init__(self) -> None:
        self._projects = 0

    def __call__(self, finished: Finished) -> None:
        self._projects += len(finished.rows) + _FILE
        if self._projects >= _COLLECT:
            self._projects = 0
            gc.collect()


@contextmanager
def _collecting_seldom() -> Iterator[_Collector]:
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield _Collector()
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()


class _Hand:
    """A process that works, the line to it, and the task it has; it says once that it is ready."""

    def __init__(self, settings: RunSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.ready = False
        self.task: Task | None = None
        self._process: BaseProcess = context.Process(target=_serve, args=(theirs, settings), daemon=True)
        with _deaf():
            self._process.start()
        theirs.close()

    def give(self, task: Task) -> None:
        self.task = task
        with suppress(OSError):  # it is dead, which taking from it will show
            self.connection.send(task)

    def take(self) -> Finished | None:
        """Return what it has finished, None when it says that it is ready; it has no task then.

        Raises ``EOFError`` when it is dead.
        """
        try:
            finished: Finished | None = self.connection.recv()
        except OSError as error:
            raise EOFError from error
        self.ready, self.task = True, None
        return finished

    def end(self) -> None:
        self.connection.close()
        if self.task is not None:
            self._process.terminate()
        self._process.join(_SETTLE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(connection: Connection, settings: RunSettings) -> None:
    """Work until the line is closed: what a process does."""
    worker = Worker(settings)
    with _collecting_seldom() as count, suppress(EOFError, OSError):
        connection.send(None)
        while True:
            finished = worker.finish(connection.recv())
            connection.send(finished)
            count(finished)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let a process that is started here ignore Ctrl-C, which a terminal sends to all: this one tells it what to do."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _elsewhere(tasks: Iterator[Task], settings: RunSettings, workers: int) -> Iterator[Finished]:
    waiting = deque(islice(tasks, 1))
    second: set[tuple[str, int]] = set()
    stillborn = 0
    hands: list[_Hand] = []
    try:
        while waiting or any(hand.task for hand in hands):
            hands += [_Hand(settings) for _ in range(workers - len(hands))]
            for hand in _wait_for(hands):
                finished = None
                try:
                    finished = hand.take()
                except EOFError:
                    hands.remove(hand)
                    hand.end()
                    stillborn += not hand.ready
                    if stillborn == _STILLBORN:
                        raise RunError("审核的进程起不来，可能是内存不够。请减少 --workers 再运行。") from None
                    if hand.task is not None:
                        place = (hand.task.source.address, hand.task.source.line)
                        if place in second:
                            finished = gave_up(hand.task.source, _DIED)
                        else:
                            waiting.append(hand.task)
                        second.add(place)
                else:
                    stillborn = 0
                    if waiting:
                        hand.give(waiting.popleft())
                if not waiting:
                    waiting.extend(islice(tasks, 1))
                if finished is not None:
                    yield finished
    finally:
        for hand in hands:
            hand.end()


def _wait_for(hands: list[_Hand]) -> list[_Hand]:
    """Return those of *hands* that have something to say, when there are any."""
    ready = wait([hand.connection for hand in hands])
    return [hand for hand in hands if hand.connection in ready]
