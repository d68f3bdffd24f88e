"""How fast an endpoint may be called: so fast that it is used fully, so slow that it hardly ever refuses.

Three things hold calls back, each for its own reason. The *pause* is what the endpoint asks for when it refuses a call:
nobody calls until it is over. The *rate* is how many calls and tokens a minute it takes: given, read off its headers,
or found by trying. The *limit* is how many calls may run at once: it shrinks with a refusal and recovers with every
answer. A refusal lowers rate and limit only if its call began after they were last lowered, whatever the pause: a burst
that is refused is one piece of news, not many.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf, sqrt

from reviewer.judging.outcomes import NOTHING_SAID, Allowance, Tokens

LONGEST_PAUSE = 120.0
"""Seconds. An endpoint that asks for more is asked again after this: it may have been wrong."""
_SHORTEST_PAUSE = 0.25
_FIRST_PAUSE = 1.0  # seconds, where the endpoint does not say; doubled with every refusal that follows
_LIMIT_CUT = 0.75
_GIVEN_CUT = 0.98  # of a rate that is known: clocks and distances differ
_LATE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A call under way: when it began, in seconds of the event loop, and what it sends."""

    began: float
    characters: int
    tokens: float


class Pacer:
    """Lets calls begin when the endpoint can take them, at most *concurrency* at once.

    *rpm* and *tpm* are calls and tokens per minute, where they are known. One pacer serves all workers of an
    endpoint; times are those of the event loop.

    >>> async def began(pacer: Pacer) -> float:
    ...     async with pacer.turn(characters=3000) as turn:
    ...         pass  # here the call is made
    ...     pacer.answered(turn)
    ...     return turn.began
    >>> async def apart() -> float:
    ...     pacer = Pacer(8, rpm=6000)
    ...     return -await began(pacer) + await began(pacer)
    >>> asyncio.run(apart()) >= 0.01
    True
    """

    def __init__(self, concurrency: int, *, rpm: float | None = None, tpm: float | None = None) -> None:
        self.limit = float(concurrency)
        self._concurrency = concurrency
        self._active = 0
        self._calls = _Rate(rpm)
        self._tokens = _Rate(tpm)
        self._pace = _Pace()
        self._weight = _Weight()
        self._paused_until = -inf
        self._cut_at = -inf
        self._refusals = 0
        # First come, first served: the one at the gate waits, the others queue behind it.
        self._gate = asyncio.Lock()
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def turn(self, characters: int = 0) -> AsyncIterator[Turn]:
        """Wait until a call that sends so many *characters* may begin; inside, it is one of those under way."""
        async with self._gate:
            tokens = self._weight.tokens(characters)
            began = await self._opened()
            self._pace.spend(began)
            self._calls.spend(began, 1)
            self._tokens.spend(began, tokens)
            self._active += 1
        try:
            yield Turn(began, characters, tokens)
        finally:
            self._active -= 1
            self._changed.set()

    def answered(self, turn: Turn, usage: Tokens | None = None, allowance: Allowance = NOTHING_SAID) -> None:
        """Take note that the endpoint took the call of *turn*, and of the tokens it counted."""
        self._refusals = 0
        self.limit = min(self._concurrency, self.limit + 1 / self.limit)
        self._changed.set()
        if usage:
            self._tokens.spend_more(usage.input + usage.output - turn.tokens)
            self._weight.learn(turn.characters, usage.input + usage.output)
        self._learn(allowance)

    def refused(self, turn: Turn, after: float | None = None, allowance: Allowance = NOTHING_SAID) -> None:
        """Take note that the call of *turn* was one too many; *after* is how many seconds the endpoint asks to wait."""
        now = asyncio.get_running_loop().time()
        self._pace.was_refused(turn.began)
        self._tokens.spend_more(-turn.tokens)
        if self._learn(allowance):
            # What the endpoint says of itself is better than what a refusal lets one guess.
            self._cut_at = now
        elif turn.began > self._cut_at:
            self._cut_at = now
            self._refusals += 1
            self._pace.cut(now)
            # The limit is to blame only if it was nearly reached.
            if self._active + 1 >= self.limit * _LIMIT_CUT:
                self.limit = max(1.0, self.limit * _LIMIT_CUT)
        if after is None:
            # Several programs that share an endpoint should not all come back at the same moment.
            after = _FIRST_PAUSE * 2 ** min(self._refusals - 1, 10) * random.uniform(0.75, 1.25)
        self._paused_until = max(self._paused_until, now + min(max(after, _SHORTEST_PAUSE), LONGEST_PAUSE))

    async def _opened(self) -> float:
        """Return the time at which the next call may begin, once it has come."""
        loop = asyncio.get_running_loop()
        while True:
            if self._active >= int(self.limit):
                self._changed.clear()
                await self._changed.wait()
                continue
            now = loop.time()
            wait = max(self._paused_until, self._pace.next, self._calls.next, self._tokens.next) - now
            if wait <= 0:
                return now
            await asyncio.sleep(wait)

    def _learn(self, allowance: Allowance) -> bool:
        calls, tokens = self._calls.learn(allowance.requests), self._tokens.learn(allowance.tokens)
        if calls:
            self._pace = _Pace()
        return calls or tokens


def _due(due: float, now: float) -> float:
    """When a call that begins *now* was due. A timer is a little late, and the next call should not be late for it."""
    return due if now - due < _LATE else now


class _Rate:
    """A rate per minute, once it is known: what is spent moves the time at which the next may begin."""

    def __init__(self, given: float | None) -> None:
        self.next = -inf
        self._given = given is not None
        self._seconds = 60 / (given * _GIVEN_CUT) if given else 0.0

    def learn(self, per_minute: int | None) -> bool:
        """Whether *per_minute* says for the first time what the rate is; one that the user gave stays."""
        if self._given or not per_minute:
            return False
        known, self._seconds = self._seconds, 60 / (per_minute * _GIVEN_CUT)
        return not known

    def spend(self, now: float, amount: float) -> None:
        self.next = _due(self.next, now) + amount * self._seconds

    def spend_more(self, amount: float) -> None:
        self.next += amount * self._seconds


class _Pace:
    """The rate that nobody gave, in calls a second, found by trying.

    What an endpoint takes lies between what it took so far, pauses and all, and the rate at which it refused. A refusal
    halves that interval; while none comes, the rate nears its upper end and then goes slowly beyond. An endpoint that
    takes less the more slowly it is asked refuses for another reason (it is overloaded now and then): the search begins
    anew. The numbers are those that did best against buckets and windows of many sizes (tests/faults/test_pacing.py).
    """

    FIRST = 100.0  # so that the first refusal is heard before everything is sent
    LOWEST = 0.1
    CUT = 0.97  # at least by so much
    NEARING = 0.02  # of the way to where it refused, with each call
    GROWTH = 0.0003  # beyond, with each call; faster when there have been more than CALM
    CALM = 100
    WINDOW = 20.0  # seconds over which is counted what it took
    REFUSALS = 2  # over which is counted what it took between them
    IN_VAIN = 0.6  # of the most that it took so
    LEAP = 8  # times the rate, to begin anew

    def __init__(self) -> None:
        self.next = -inf
        self._rate = self.FIRST
        self._too_fast: float | None = None
        self._calls = 0
        self._first: float | None = None
        self._taken: deque[float] = deque()
        self._total = 0
        self._cuts: deque[tuple[float, int]] = deque(maxlen=self.REFUSALS + 1)
        self._most = 0.0

    def spend(self, now: float) -> None:
        if self._first is None:
            self._first = now
        self._taken.append(now)
        self._forget(now)
        self._calls += 1
        self._total += 1
        if self._too_fast is None:
            self._rate += 1
        elif self._rate < (near := self._too_fast * self.CUT):
            self._rate += (near - self._rate) * self.NEARING
        else:
            self._rate *= 1 + self.GROWTH * (1 + (self._calls / self.CALM) ** 2)
        self.next = _due(self.next, now) + 1 / self._rate

    def was_refused(self, began: float) -> None:
        self._total -= 1
        if began in self._taken:
            self._taken.remove(began)

    def cut(self, now: float) -> None:
        self._forget(now)
        seconds = 1.0 if self._first is None else min(max(1.0, now - self._first), self.WINDOW)
        taken = len(self._taken) / seconds
        self._calls = 0
        if self._in_vain(now):
            self._too_fast = None
            self._rate = max(self._rate, min(self._rate * self.LEAP, self.FIRST))
        else:
            self._too_fast = self._rate
            self._rate = max(self.LOWEST, min(self._rate * self.CUT, sqrt(taken * self._rate)))

    def _in_vain(self, now: float) -> bool:
        """Whether the last cuts made the endpoint take much less, which they do not where its rate is the reason."""
        self._cuts.append((now, self._total))
        if len(self._cuts) <= self.REFUSALS:
            return False
        (since, before), *_ = self._cuts
        took = (self._total - before) / (now - since)
        self._most = max(self._most, took)
        if took >= self.IN_VAIN * self._most:
            return False
        # Where others have come to share it, it is so once and not again and again.
        self._most = took
        self._cuts.clear()
        return True

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] < now - self.WINDOW:
            self._taken.popleft()


class _Weight:
    """How many tokens, of question and answer, stand for one character of a question; learnt from what is counted."""

    def __init__(self) -> None:
        # As if one request had been counted: a token a character is on the safe side for Chinese.
        self._characters = self._tokens = 1000

    def tokens(self, characters: int) -> float:
        return characters * self._tokens / self._characters

    def learn(self, characters: int, tokens: int) -> None:
        self._characters += characters
        self._tokens += tokens
