"""Calls against endpoints that limit them in many ways, in a time of their own: used fully, hardly ever refused."""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol

import pytest

from reviewer.judging.outcomes import NOTHING_SAID, Allowance, Tokens
from reviewer.judging.pacing import LONGEST_PAUSE, Pacer
from tests.faults import clock


class Limiter(Protocol):
    """What an endpoint does to hold its callers back."""

    def take(self, now: float) -> float | None:
        """Return None to take a call, or else in how many seconds one would be taken."""


class Bucket:
    """So many calls a second, and *burst* at once after a quiet time."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.level, self.at = rate, burst, burst, 0.0

    def take(self, now: float) -> float | None:
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1 - 1e-9:
            return (1 - self.level) / self.rate
        self.level -= 1
        return None


class Window:
    """So many calls in each window of so many seconds, or in the last so many seconds when it is *sliding*."""

    def __init__(self, calls: int, seconds: float, *, sliding: bool = False) -> None:
        self.calls, self.seconds, self.sliding = calls, seconds, sliding
        self.taken: deque[float] = deque()

    def take(self, now: float) -> float | None:
        begin = now - self.seconds if self.sliding else math.floor(now / self.seconds) * self.seconds
        while self.taken and self.taken[0] < begin + (1e-9 if self.sliding else 0):
            self.taken.popleft()
        if len(self.taken) < self.calls:
            self.taken.append(now)
            return None
        return (self.taken[0] if self.sliding else begin) + self.seconds - now


@dataclass(frozen=True)
class Run:
    """How long a run took and how many of its calls were refused."""

    seconds: float
    calls: int
    refused: int

    @property
    def share(self) -> float:
        return self.refused / self.calls


def exact(wait: float) -> float | None:
    return wait


def whole(wait: float) -> float | None:
    return math.ceil(wait)


class Sporadic:
    """Refuses one call in so many, whatever their rate: an endpoint that is overloaded now and then."""

    def __init__(self, one_in: int) -> None:
        self.chance, self.one_in = random.Random(1), one_in

    def take(self, now: float) -> float | None:
        return 1.0 if self.chance.randrange(self.one_in) == 0 else None


class Shrinking(Bucket):
    """A bucket that others come to share after a minute: three calls a second are left of ten."""

    def take(self, now: float) -> float | None:
        self.rate = 10 if now < 60 else 3
        return super().take(now)


def silent(wait: float) -> float | None:
    return None


def simulate(
    limiter: Limiter,
    requests: int,
    *,
    workers: int = 32,
    latency: float = 0.5,
    says: Callable[[float], float | None] = whole,
    allowance: Allowance = NOTHING_SAID,
    rpm: float | None = None,
    seed: int = 0,
) -> Run:
    """Make *requests* by *workers*; what is refused is tried again until it is taken."""
    chance = random.Random(seed)
    random.seed(seed)

    async def main() -> Run:
        loop = asyncio.get_running_loop()
        pacer = Pacer(workers, rpm=rpm)
        left = iter(range(requests))
        refused = 0

        async def work() -> None:
            nonlocal refused
            for _ in left:
                while True:
                    async with pacer.turn(1000) as turn:
                        await asyncio.sleep(0.004 * chance.random())
                        wait = limiter.take(loop.time())
                        if wait is None:
                            await asyncio.sleep(latency * chance.uniform(0.8, 1.2))
                    if wait is None:
                        pacer.answered(turn, Tokens(700, 300), allowance)
                        break
                    refused += 1
                    pacer.refused(turn, says(wait), allowance)

        await asyncio.gather(*(work() for _ in range(workers)))
        return Run(loop.time(), requests + refused, refused)

    return clock.run(main())


# 600 a minute, which nobody told us -----------------------------------------------------------------------------------

ENDPOINTS: dict[str, Callable[[], Limiter]] = {
    "bucket": lambda: Bucket(10, 10),
    "large bucket": lambda: Bucket(10, 60),
    "window of a second": lambda: Window(10, 1),
    "window of ten seconds": lambda: Window(100, 10),
    "window of a minute": lambda: Window(600, 60),
    "sliding second": lambda: Window(10, 1, sliding=True),
    "sliding minute": lambda: Window(600, 60, sliding=True),
}


@pytest.mark.parametrize("says", [exact, whole])
@pytest.mark.parametrize("kind", ENDPOINTS)
def test_an_endpoint_is_used_fully_and_refuses_few_calls(kind: str, says: Callable[[float], float]) -> None:
    run = simulate(ENDPOINTS[kind](), 1200, says=says)
    assert run.seconds <= 1.10 * 120
    assert run.share <= 0.10


@pytest.mark.parametrize("latency", [0.05, 2.0])
def test_it_is_so_whatever_the_latency(latency: float) -> None:
    run = simulate(Bucket(10, 10), 1200, latency=latency)
    assert run.seconds <= 1.10 * 120
    assert run.share <= 0.10


def test_a_slow_endpoint_with_a_low_rate_keeps_all_its_workers() -> None:
    run = simulate(Bucket(1, 1), 300, latency=20.0)
    assert run.seconds <= 1.10 * 320
    assert run.share <= 0.10


@pytest.mark.parametrize("kind", ENDPOINTS)
def test_an_endpoint_that_names_no_time_is_still_used(kind: str) -> None:
    # How long its window is can only be found by trying.
    run = simulate(ENDPOINTS[kind](), 1200, says=silent)
    assert run.seconds <= 1.4 * 120
    assert run.share <= 0.10


def test_refusals_that_have_nothing_to_do_with_the_rate_do_not_slow_it_down_for_good() -> None:
    run = simulate(Sporadic(20), 2400)
    # At full speed it is 38 s, and each refusal asks for a pause of one.
    assert run.seconds <= 2 * (38 + run.refused)
    assert run.share <= 0.08


def test_an_endpoint_that_comes_to_take_less_is_followed_down() -> None:
    run = simulate(Shrinking(10, 10), 1200, says=exact)
    assert run.seconds <= 1.10 * (60 + 200)
    assert run.share <= 0.10


# 600 a minute, which is known -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("burst", [2, 10, 600])
def test_a_rate_that_is_given_is_kept_and_nothing_is_refused(burst: int) -> None:
    run = simulate(Bucket(10, burst), 600, rpm=600)
    assert run.seconds <= 1.05 * 60
    assert run.refused == 0


@pytest.mark.parametrize("burst", [2, 10, 600])
def test_a_rate_is_read_off_the_headers(burst: int) -> None:
    run = simulate(Bucket(10, burst), 600, allowance=Allowance(requests=600))
    assert run.seconds <= 1.10 * 60
    assert run.refused <= 3


def test_a_given_rate_is_not_raised_by_what_headers_say() -> None:
    run = simulate(Bucket(1000, 1000), 100, rpm=600, allowance=Allowance(requests=60_000))
    assert run.seconds >= 10


def test_without_a_limit_workers_are_hardly_held_back() -> None:
    run = simulate(Bucket(1e9, 1e9), 640)
    assert run.seconds <= 1.08 * 10
    assert run.refused == 0


def test_tokens_are_paced_as_they_are_counted() -> None:
    async def main() -> float:
        pacer = Pacer(8, tpm=60_000)
        left = iter(range(120))

        async def work() -> None:
            for _ in left:
                async with pacer.turn(4000) as turn:
                    await asyncio.sleep(0.5)
                pacer.answered(turn, Tokens(1500, 500))

        await asyncio.gather(*(work() for _ in range(8)))
        return asyncio.get_running_loop().time()

    # 2,000 tokens each, 1,000 a second: two seconds each, whatever was reckoned at first.
    assert 230 <= clock.run(main()) <= 260


# Pauses and cuts ------------------------------------------------------------------------------------------------------


async def burst(pacer: Pacer, calls: int, after: float | None) -> float:
    """Have so many calls under way at once and all of them refused; return when the last was."""
    async with AsyncExitStack() as stack:
        turns = [await stack.enter_async_context(pacer.turn()) for _ in range(calls)]
        for turn in turns:
            pacer.refused(turn, after)
    return asyncio.get_running_loop().time()


async def next_call(pacer: Pacer) -> float:
    async with pacer.turn() as turn:
        return turn.began


def test_a_burst_of_refusals_is_one_piece_of_news() -> None:
    async def main() -> list[float]:
        pacer = Pacer(32)
        limits = []
        for calls in (32, 24, 18):
            await burst(pacer, calls, 1.0)
            limits.append(pacer.limit)
        return limits

    assert clock.run(main()) == [24.0, 18.0, 13.5]


def test_the_limit_recovers_with_every_answer() -> None:
    async def main() -> list[float]:
        pacer = Pacer(8)
        limits = []
        for _ in range(4):
            await burst(pacer, int(pacer.limit), 0.0)
        for _ in range(60):
            async with pacer.turn() as turn:
                pass
            pacer.answered(turn)
            limits.append(pacer.limit)
        return limits

    limits = clock.run(main())
    assert limits[0] < 4
    assert limits == sorted(limits)
    assert limits[-1] == 8


def test_no_more_run_at_once_than_the_limit_allows() -> None:
    async def main() -> int:
        pacer = Pacer(8)
        await burst(pacer, 8, 0.0)
        active = most = 0

        async def work() -> None:
            nonlocal active, most
            async with pacer.turn():
                active += 1
                most = max(most, active)
                await asyncio.sleep(10)
                active -= 1

        await asyncio.gather(*(work() for _ in range(20)))
        return most

    assert clock.run(main()) == 6


@pytest.mark.parametrize(("asked", "waited"), [(2.0, 2.0), (3600.0, LONGEST_PAUSE), (0.0, 0.25)])
def test_a_pause_is_as_long_as_asked_but_neither_endless_nor_nothing(asked: float, waited: float) -> None:
    # Not the sum of what all calls of a burst were told: that has frozen pools for good.
    async def main() -> float:
        pacer = Pacer(8)
        return -await burst(pacer, 8, asked) + await next_call(pacer)

    assert clock.run(main()) == pytest.approx(waited)


def test_where_no_time_is_named_pauses_double_until_an_answer_comes() -> None:
    async def main() -> list[float]:
        pacer = Pacer(8)
        pauses = []
        for _ in range(4):
            refused = await burst(pacer, 1, None)
            pauses.append(await next_call(pacer) - refused)
        async with pacer.turn() as turn:
            pass
        pacer.answered(turn)
        refused = await burst(pacer, 1, None)
        return [*pauses, await next_call(pacer) - refused]

    *pauses, last = clock.run(main())
    for pause, expected in zip(pauses, (1, 2, 4, 8), strict=True):
        assert 0.75 * expected <= pause <= 1.25 * expected
    assert last < 3


def test_a_call_that_is_cancelled_while_it_waits_lets_the_next_go() -> None:
    async def main() -> float:
        pacer = Pacer(1)
        async with pacer.turn():
            waiting = asyncio.create_task(next_call(pacer))
            behind = asyncio.create_task(next_call(pacer))
            await asyncio.sleep(1)
            waiting.cancel()
            await asyncio.sleep(1)
        return await behind

    assert clock.run(main()) == 2
