"""A request is asked until it is answered, or until it is clear that it will not be.

All asking again is decided here, and nowhere else: openai's retries are off, and the judge sees one exchange. tenacity
runs the attempts; what an attempt came to is a value, and :meth:`_Case.again` says what follows from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_random_exponential

from reviewer.judging.cost import Meter
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.outcomes import (
    NO_TOKENS,
    STRATEGIES,
    Answered,
    Capped,
    Fatal,
    Invalid,
    Outcome,
    RateLimited,
    Refused,
    Strategy,
    Tokens,
    Transient,
    Truncated,
    Unsupported,
    explained,
)
from reviewer.judging.pacing import LONGEST_PAUSE, Pacer, Turn
from reviewer.judging.requests import Request
from reviewer.judging.strategies import Strategies
from reviewer.judging.wire import Answer, AnswerError
from reviewer.ledger import ANSWERED, Entry, Ledger

TRIES = 8
"""Calls of one request that may fail in passing: with a quarter of all calls failing, one request in 65,000 does."""
_FIRST_TRIES = 4
"""The same for an endpoint that was never reached: its address is probably wrong, and the user is waiting."""
REASKS = 2
_FAULTS = 2
"""Faults of the server after which the output strategy is suspected, as long as it was never seen to work."""
LARGER = 2
_backed_off = wait_random_exponential(multiplier=0.5, max=30)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came of it: an ``answer``, or the ``outcome`` that is none.

    ``text`` is the last answer in the model's words, whether good or not. ``attempts`` and ``tokens`` are those of all
    calls together; ``counted`` is False when the endpoint did not count all of them. A ``cached`` answer was in the
    ledger and took no call. ``seconds`` include waiting.
    """

    request: Request
    answer: Answer | None
    text: str | None
    outcome: Outcome
    attempts: int
    tokens: Tokens
    counted: bool
    cached: bool
    strategy: Strategy
    seconds: float


class Asker:
    """Gets requests answered by one endpoint, at its pace, within what the meter allows, and never one that has been.

    *deadline* is how many seconds a request may take from its first call, however often it is asked.
    """

    def __init__(
        self, endpoint: Endpoint, pacer: Pacer, ledger: Ledger, meter: Meter, *, deadline: float = 600.0
    ) -> None:
        self.endpoint = endpoint
        self.pacer = pacer
        self.ledger = ledger
        self.meter = meter
        self.deadline = deadline
        self.strategies = Strategies(ledger)
        self.stopped: Fatal | Capped | None = None
        """Why no request is sent any more; from then on every exchange that is not in the ledger has this outcome."""
        self.reached = False

    async def ask(self, request: Request, check: Callable[[str], Answer]) -> Exchange:
        """Return the exchange about *request*; *check* reads the text of an answer or raises ``AnswerError``.

        An answer in the ledger that passes *check* is returned without a call. Anything else is recorded there. Raises
        ``LedgerError``, and what the endpoint's transport raises as ``ReviewerError``.
        """
        key = request.key
        strategy = self.strategies.current(request)
        if (stored := self.ledger.stored(key)) is not None:
            try:
                answer = check(stored)
            except AnswerError:
                pass  # what passes has become narrower since
            else:
                known = Answered(stored, None, NO_TOKENS, strategy)
                return Exchange(request, answer, stored, known, 0, NO_TOKENS, True, True, strategy, 0.0)
        loop = asyncio.get_running_loop()
        started = loop.time()
        case = _Case(self, request, check)
        outcome = await case.run()
        exchange = Exchange(
            request=request,
            answer=case.answer,
            text=case.text,
            outcome=outcome,
            attempts=case.attempts,
            tokens=case.tokens,
            counted=case.counted,
            cached=False,
            strategy=case.strategy,
            seconds=loop.time() - started,
        )
        if case.attempts:
            self.ledger.record(entry_of(key, exchange))
        return exchange


class _Case:
    """One request on its way to an answer: what was tried, and how it is asked next."""

    def __init__(self, asker: Asker, request: Request, check: Callable[[str], Answer]) -> None:
        self._asker = asker
        self._original = self._next = request
        self._check = check
        self.strategy = asker.strategies.current(request)
        self.answer: Answer | None = None
        self.text: str | None = None
        self.attempts = 0
        self.tokens = NO_TOKENS
        self.counted = True
        self._failures = self._faults = self._reasks = 0
        self._last: Outcome = Transient("timeout", f"{asker.deadline:g} 秒内没有得到答案")
        self._limit = asyncio.timeout(None)

    async def run(self) -> Outcome:
        """Return what the last call came to."""
        retrying = AsyncRetrying(sleep=asyncio.sleep, wait=self._pause, retry=retry_if_result(self._again))
        try:
            async with self._limit:
                await retrying(self._attempt)
        except TimeoutError:
            pass  # what the last call came to says more
        return self._last

    async def _attempt(self) -> Outcome:
        asker = self._asker
        characters = sum(len(message["content"]) for message in self._next.messages)
        async with asker.pacer.turn(characters) as turn:
            reserved = None if asker.stopped else asker.meter.reserve(self._next)
            if reserved is None:
                self._last = asker.stopped = asker.stopped or Capped(asker.meter.stopped or "")
                return self._last
            if not self.attempts:
                # The time that others make it wait does not count.
                self._limit.reschedule(turn.began + asker.deadline)
            self.attempts += 1
            used: Tokens | None = NO_TOKENS
            try:
                outcome = await asker.endpoint.send(self._next, self.strategy)
                used = used_by(outcome)
            finally:
                asker.meter.settle(reserved, used)
        self.tokens += used or NO_TOKENS
        self.counted &= used is not None
        self._report(turn, outcome, used)
        self._last = self._judged(outcome)
        return self._last

    def _report(self, turn: Turn, outcome: Outcome, used: Tokens | None) -> None:
        """Tell the others what this call showed about the endpoint."""
        asker = self._asker
        match outcome:
            case RateLimited():
                asker.pacer.refused(turn, outcome.after, outcome.allowance)
            case Answered():
                asker.pacer.answered(turn, used, outcome.allowance)
            case Truncated() | Refused():
                asker.pacer.answered(turn, used)
            case Fatal():
                asker.stopped = outcome
            case _:
                pass
        if not (isinstance(outcome, Transient) and outcome.kind in ("connection", "timeout")):
            asker.reached = True

    def _judged(self, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Answered):
            return outcome
        self.text = outcome.text
        try:
            self.answer = self._check(outcome.text)
        except AnswerError as error:
            return Invalid(outcome.text, tuple(error.errors))
        self._asker.strategies.worked(self._original, self.strategy)
        return outcome

    def _again(self, outcome: Outcome) -> bool:
        """Whether to ask again after *outcome*; if so, how has been settled."""
        match outcome:
            case RateLimited():
                return True  # the pacer holds everybody back, and the deadline ends it
            case Transient():
                return self._fails(outcome)
            case Invalid():
                self._reasks += 1
                # From the original each time: a history that grew would multiply the tokens.
                asked = self._original.again(outcome.errors, outcome.text)
                self._next = replace(asked, max_tokens=self._next.max_tokens)
                return self._reasks <= REASKS
            case Truncated(room="answer") if self._next.max_tokens == self._original.max_tokens:
                self._next = replace(self._next, max_tokens=LARGER * self._next.max_tokens)
                return True
            case Unsupported(parameter=None):
                return self._step_down()
            case Unsupported():
                return True
            case _:
                return False

    def _fails(self, outcome: Transient) -> bool:
        self._failures += 1
        asker = self._asker
        if outcome.kind == "server" and not asker.strategies.proven(self._original, self.strategy):
            self._faults += 1
            if self._faults >= _FAULTS:
                self._step_down()
        if outcome.kind == "connection" and not asker.reached and self._failures >= _FIRST_TRIES:
            self._last = asker.stopped = Fatal("unreachable", f"{outcome.message}。请检查地址、网络和代理设置")
            return False
        return self._failures < TRIES

    def _step_down(self) -> bool:
        self._faults = 0
        step = STRATEGIES.index(self.strategy) + 1
        if step == len(STRATEGIES):
            return False
        self.strategy = STRATEGIES[step]
        return True

    def _pause(self, state: RetryCallState) -> float:
        """Return how many seconds to wait before the next attempt."""
        if not isinstance(self._last, Transient):
            return 0.0
        return max(min(self._last.after or 0.0, LONGEST_PAUSE), _backed_off(state))


def used_by(outcome: Outcome) -> Tokens | None:
    """Return the tokens that a call took, None when the endpoint did not count them."""
    match outcome:
        case Answered() | Transient() | Truncated() | Refused():
            return outcome.usage
        case _:
            return NO_TOKENS


def entry_of(key: str, exchange: Exchange) -> Entry:
    """Return what the ledger keeps of *exchange*."""
    request = exchange.request
    kind, message = explained(exchange.outcome)
    return Entry(
        key=key,
        prompt=request.prompt,
        base_url=request.base_url,
        model=request.model,
        repeat=request.repeat,
        strategy=exchange.strategy,
        attempts=exchange.attempts,
        input_tokens=exchange.tokens.input if exchange.counted else None,
        output_tokens=exchange.tokens.output if exchange.counted else None,
        seconds=exchange.seconds,
        question=request.messages[-1]["content"],
        text=exchange.text,
        outcome=ANSWERED if exchange.answer else kind,
        message=message or None,
    )
