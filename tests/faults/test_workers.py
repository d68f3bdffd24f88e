"""Workers over one iterator: bounded, in no particular order, and gone when they should be."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from reviewer.judging.workers import run
from tests.faults import clock


class Work:
    """A worker that takes as many seconds as its item says, and keeps count."""

    def __init__(self) -> None:
        self.active = self.most = self.done = self.cancelled = 0

    async def __call__(self, seconds: float) -> float:
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.active -= 1
        self.done += 1
        return seconds


def test_results_come_as_they_are_finished_with_so_many_at_once() -> None:
    async def main() -> tuple[list[float], float]:
        results = [result async for result in run([3, 1, 2, 5, 4], work, 2)]
        return results, asyncio.get_running_loop().time()

    work = Work()
    assert clock.run(main()) == ([1, 3, 2, 4, 5], 8)
    assert work.most == 2


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_every_item_is_worked_on_once(count: int) -> None:
    async def main() -> list[float]:
        return [result async for result in run(range(count), Work(), 3)]

    assert sorted(clock.run(main())) == list(range(count))


def test_items_are_read_no_faster_than_results_are_taken() -> None:
    read = itertools.count(1)

    def endless() -> Iterator[float]:
        while True:
            next(read)
            yield 1.0

    async def main() -> None:
        async with aclosing(run(endless(), Work(), 4)) as results:
            await anext(results)
            await asyncio.sleep(1000)

    clock.run(main())
    assert next(read) <= 2 * 4 + 4


def test_stopping_early_cancels_what_is_under_way() -> None:
    async def main() -> int:
        async with aclosing(run([1.0, 50.0, 50.0, 50.0], work, 3)) as results:
            async for _ in results:
                break
        return len(asyncio.all_tasks())

    work = Work()
    assert clock.run(main()) == 1
    assert (work.done, work.cancelled, work.active) == (1, 3, 0)


def test_cancelling_whoever_waits_cancels_what_is_under_way() -> None:
    async def consume() -> None:
        async for _ in run([50.0] * 9, work, 3):
            pass

    async def main() -> int:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(consume(), 5)
        await asyncio.sleep(0)
        return len(asyncio.all_tasks())

    work = Work()
    assert clock.run(main()) == 1
    assert (work.done, work.active) == (0, 0)


def test_what_a_worker_raises_comes_out_and_ends_the_others() -> None:
    async def fails(seconds: float) -> float:
        if seconds == 2:
            await asyncio.sleep(2)
            raise LookupError("2")
        return await work(seconds)

    async def main() -> list[float]:
        return [result async for result in run([1, 2, 9, 9], fails, 2)]

    work = Work()
    with pytest.raises(LookupError):
        clock.run(main())
    assert (work.done, work.active) == (1, 0)


def test_what_the_items_raise_comes_out() -> None:
    def items() -> Iterator[float]:
        yield 1
        raise OSError("disk")

    async def main() -> list[float]:
        return [result async for result in run(items(), Work(), 2)]

    with pytest.raises(OSError, match="disk"):
        clock.run(main())
