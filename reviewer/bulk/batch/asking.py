"""Answers requests from the ledger and from the results of batches, and says which are still to be asked.

It stands where :class:`reviewer.judging.asking.Asker` stands when a model is asked directly, so the same judge decides
what is asked: what a project needs, what must be asked once more because it does not hold against the text, and what in
smaller parts because it did not fit. All of that becomes the next batch. The ledger is the same, so a project may be
begun on one way and finished on the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reviewer.bulk.batch.book import Book, Result, Try
from reviewer.bulk.batch.lines import result_at
from reviewer.judging.asking import LARGER, REASKS, TRIES, Exchange, entry_of, used_by
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.outcomes import (
    NO_TOKENS,
    STRATEGIES,
    Answered,
    Capped,
    Invalid,
    Outcome,
    Refused,
    Strategy,
    Transient,
    Truncated,
    Unsupported,
)
from reviewer.judging.requests import Request
from reviewer.judging.strategies import Strategies
from reviewer.judging.wire import Answer, AnswerError
from reviewer.ledger import Ledger

_WAITING = Capped("还在等批次的结果")
_CONTEXT, _PARAMETER = "context", "parameter"
"""Outcomes that the book tells from their kin: too long for the model, and said with a parameter it does not take."""
_COUNTED_APART = ("answered", "invalid", "truncated", "unsupported", _PARAMETER)
_PARAMETERS = 3


class Next(NamedTuple):
    """What is sent for a request that has no answer yet, and how JSON is asked for."""

    request: Request
    strategy: Strategy


class BatchAsker:
    """Gets requests answered by the *ledger* and by results that lie in *folder*; nothing is sent.

    *pending* is called with each request that has no answer yet, as its key, what is sent next, and whether that is
    under way already; *endpoint* is told what results show about its parameters. ``waiting`` counts those requests: a
    project with one of them cannot be judged. ``answered`` counts results that are answers, ``failures`` those that
    are none by what happened, and ``tokens`` are those that both took, as far as they were ``counted``.
    """

    def __init__(
        self, ledger: Ledger, book: Book, folder: Path, endpoint: Endpoint, pending: Callable[[str, Next, bool], object]
    ) -> None:
        self.waiting = 0
        self.answered = 0
        self.tokens = NO_TOKENS
        self.counted = True
        self.failures: Counter[str] = Counter()
        self._ledger = ledger
        self._book = book
        self._folder = folder
        self._endpoint = endpoint
        self._pending = pending
        self._strategies = Strategies(ledger)
        self._refused = book.refused()

    async def ask(self, request: Request, check: Callable[[str], Answer]) -> Exchange:
        """Return the exchange about *request* as far as it got; *check* is as for the direct way."""
        while self._refused:
            parameter, message = self._refused.pop()
            self._endpoint.learn(Unsupported("plain", message, parameter), request)
        key = request.key
        while (result := self._book.result(key)) is not None:
            self._settle(key, request, result, check)
        strategy = self._strategies.current(request)
        if (text := self._ledger.stored(key)) is not None:
            try:
                answer = check(text)
            except AnswerError:
                pass  # what passes has become narrower since
            else:
                return _exchange(request, Answered(text, None, NO_TOKENS, strategy), strategy, answer, cached=True)
        step = following(request, strategy, self._book.tries(key), check)
        if not isinstance(step, Next):
            return _exchange(request, step, strategy)
        self.waiting += 1
        self._pending(key, step, self._book.waiting(key))
        return _exchange(request, _WAITING, step.strategy)

    def _settle(self, key: str, request: Request, result: Result, check: Callable[[str], Answer]) -> None:
        """Look at a result, and write down what it comes to: in the ledger first, for that is what was paid for."""
        outcome = result_at(self._folder / result.name, result.offset, result.strategy)
        answer = None
        if isinstance(outcome, Answered):
            try:
                answer = check(outcome.text)
            except AnswerError as error:
                outcome = Invalid(outcome.text, tuple(error.errors))
        exchange = _exchange(request, outcome, result.strategy, answer)
        entry = entry_of(key, exchange)
        self.tokens += exchange.tokens
        self.counted &= exchange.counted
        if answer is None:
            self.failures[entry.message or entry.outcome] += 1
        else:
            self.answered += 1
            self._strategies.worked(request, result.strategy)
        if answer is None or self._ledger.stored(key) != entry.text:  # it is there when a kill came in between
            self._ledger.record(entry)
        if isinstance(outcome, Unsupported) and outcome.parameter:
            self._endpoint.learn(outcome, request)
            self._book.refuse(outcome.parameter, outcome.message)
        text = outcome.text if isinstance(outcome, Invalid | Truncated) else None
        self._book.settle(key, result.part, _name(outcome) or entry.outcome, entry.message, text)


def following(
    request: Request, strategy: Strategy, tries: Sequence[Try], check: Callable[[str], Answer]
) -> Next | Outcome:
    """Return how *request* is asked after *tries* that brought no answer, or the outcome with which it ends.

    The rules are those of the direct way: an invalid answer is named and asked again twice, one that was cut off is
    given more room once, a refused format is followed by the next, and what failed in passing is asked as it was.
    """
    counts = Counter(tried.outcome for tried in tries)
    last = {tried.outcome: tried for tried in tries}
    if refused := last.get("refused"):
        return Refused(refused.message or "", NO_TOKENS)
    if _CONTEXT in last:
        return Truncated("", NO_TOKENS, room="context")
    asked = request
    if cut := last.get("truncated"):
        if counts["truncated"] > 1:
            return Truncated(cut.text or "", NO_TOKENS)
        asked = replace(asked, max_tokens=LARGER * request.max_tokens)
    if invalid := last.get("invalid"):
        text = invalid.text or ""
        errors = _errors(text, check)
        if counts["invalid"] > REASKS:
            return Invalid(text, errors)
        asked = replace(request.again(errors, text), max_tokens=asked.max_tokens)
    if counts[_PARAMETER] > _PARAMETERS:
        return Refused(last[_PARAMETER].message or "", NO_TOKENS)
    if counts.total() - sum(counts[name] for name in _COUNTED_APART) >= TRIES:
        return Transient("overloaded", tries[-1].message or f"交了 {TRIES} 次都没有结果")
    unable = {tried.strategy for tried in tries if tried.outcome == "unsupported"}
    able = [step for step in STRATEGIES[STRATEGIES.index(strategy) :] if step not in unable]
    if not able:
        return Unsupported(strategy, last["unsupported"].message or "")
    return Next(asked, able[0])


def _errors(text: str, check: Callable[[str], Answer]) -> tuple[str, ...]:
    try:
        check(text)
    except AnswerError as error:
        return tuple(error.errors)
    return ()


def _name(outcome: Outcome) -> str | None:
    match outcome:
        case Truncated(room="context"):
            return _CONTEXT
        case Unsupported(parameter=str()):
            return _PARAMETER
    return None


def _exchange(
    request: Request, outcome: Outcome, strategy: Strategy, answer: Answer | None = None, *, cached: bool = False
) -> Exchange:
    used = used_by(outcome)
    return Exchange(
        request=request,
        answer=answer,
        text=outcome.text if isinstance(outcome, Answered | Invalid | Truncated) else None,
        outcome=outcome,
        attempts=0 if cached else 1,
        tokens=used or NO_TOKENS,
        counted=used is not None,
        cached=cached,
        strategy=strategy,
        seconds=0.0,
    )
