"""Many jobs, few at once: workers that share one iterator, so that memory holds what is under way and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def run(
    items: Iterable[Item], worker: Callable[[Item], Awaitable[Result]], concurrency: int
) -> AsyncGenerator[Result, None]:
    """Yield the results of *worker* for *items*, each as it is finished, with *concurrency* workers at once.

    *items* is read only as fast as results are taken, so it may be endless. What *items* or *worker* raises comes out
    here, and then the other workers are cancelled. To stop early and have them cancelled at once, close the generator
    (``contextlib.aclosing``).

    >>> async def double(number: int) -> int:
    ...     return 2 * number
    >>> async def doubled() -> list[int]:
    ...     return sorted([number async for number in run(range(4), double, 2)])
    >>> asyncio.run(doubled())
    [0, 2, 4, 6]
    """
    source = iter(items)
    results: asyncio.Queue[Result | asyncio.Task[None]] = asyncio.Queue()
    # A result that waits to be taken holds a place, so that workers do not run ahead of whoever takes them.
    places = asyncio.Semaphore(2 * concurrency)

    async def work() -> None:
        await places.acquire()
        for item in source:
            results.put_nowait(await worker(item))
            await places.acquire()
        places.release()

    workers = [asyncio.create_task(work()) for _ in range(concurrency)]
    for task in workers:
        task.add_done_callback(results.put_nowait)
    running = concurrency
    try:
        while running:
            result = await results.get()
            if isinstance(result, asyncio.Task):
                result.result()
                running -= 1
            else:
                yield result
                places.release()
    finally:
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
