"""A model's verdict on a project: asked, held against the text, asked once more about what failed, and decided.

A project whose answer is cut off is asked about in smaller parts. A project that cannot be judged gets a reason, and
keeps its review by the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

from reviewer.errors import EndpointError, UnrecordedError
from reviewer.judging.asking import Exchange
from reviewer.judging.evidence import Doubt, Examined, Examiner
from reviewer.judging.outcomes import Fatal, Outcome, Truncated, explained
from reviewer.judging.prompts import Prompts
from reviewer.judging.requests import MOST_INDICATORS, Request, plan
from reviewer.judging.verdict import Verdict, corrected, decided, together
from reviewer.judging.wire import Answer, parse_answer
from reviewer.models import ProjectError
from reviewer.rules.engine import ProjectResult
from reviewer.settings import LLM

T = TypeVar("T")

_MOST_DOUBTS = 20
"""So many are named when a model is asked again; one that errs more often is not helped by a longer list."""


class Asks(Protocol):
    """Whoever gets a request answered; *check* reads the text of an answer or raises ``AnswerError``."""

    async def ask(self, request: Request, check: Callable[[str], Answer]) -> Exchange:
        """Return the exchange, with the answer or with the outcome that is none."""


class Judge:
    """Judges projects with the model, prompts and repeats of one run; ``cached`` counts answers that took no call."""

    def __init__(self, asker: Asks, prompts: Prompts, llm: LLM) -> None:
        self.cached = 0
        self._asker = asker
        self._prompts = prompts
        self._llm = llm

    async def judge(self, result: ProjectResult) -> Verdict | ProjectError:
        """Return the verdict on a project that has indicators, or why there is none.

        Raises ``EndpointError`` when the endpoint refuses everything.
        """
        case = _Case(result, self._ask, partial(self._plan, result))
        judged = await _all([case.judgement(repeat) for repeat in range(self._llm.repeat)])
        good = [one for one in judged if isinstance(one, Examined)]
        failed = [one for one in judged if isinstance(one, ProjectError)]
        if not good:
            return failed[0]
        verdict = decided(good)
        missing = tuple(Doubt(None, "重复判断中的一遍", error.message) for error in failed)
        return replace(verdict, dropped=verdict.dropped + missing)

    async def _ask(self, request: Request) -> Exchange:
        exchange = await self._asker.ask(request, lambda text: parse_answer(text, request.numbers))
        self.cached += exchange.cached
        return exchange

    def _plan(self, result: ProjectResult, repeat: int, most: int) -> list[Request]:
        llm = self._llm
        return plan(
            result.facts.project,
            result.facts.year,
            self._prompts,
            base_url=llm.base_url,
            model=llm.model,
            temperature=llm.temperature,
            max_tokens=llm.max_tokens,
            repeat=repeat,
            most=most,
        )


class _Case:
    """One project before the judge."""

    def __init__(
        self,
        result: ProjectResult,
        ask: Callable[[Request], Awaitable[Exchange]],
        requests: Callable[[int, int], list[Request]],
    ) -> None:
        self._examiner = Examiner(result)
        self._ask = ask
        self._requests = requests

    async def judgement(self, repeat: int) -> Examined | ProjectError:
        """One judgement of the whole project."""
        return await self._whole(self._requests(repeat, MOST_INDICATORS))

    async def _whole(self, requests: Iterable[Request]) -> Examined | ProjectError:
        parts = await _all(map(self._part, requests))
        failed = next((part for part in parts if isinstance(part, ProjectError)), None)
        return failed or together([part for part in parts if isinstance(part, Examined)])

    async def _part(self, request: Request) -> Examined | ProjectError:
        try:
            exchange = await self._ask(request)
        except UnrecordedError as error:
            return ProjectError(kind="unrecorded", message=str(error))
        if exchange.answer is None:
            if isinstance(exchange.outcome, Truncated) and len(request.numbers) > 1:
                return await self._smaller(request)
            return _error(exchange.outcome)
        first = self._examiner.examine(exchange.answer)
        if not first.doubts:
            return first
        errors = [self._examiner.sentence(doubt) for doubt in first.doubts[:_MOST_DOUBTS]]
        try:
            again = await self._ask(request.again(errors, exchange.text or ""))
        except UnrecordedError:
            # What was recorded before a check was sharpened is still judged, less what fails.
            return first
        return first if again.answer is None else corrected(first, self._examiner.examine(again.answer))

    async def _smaller(self, request: Request) -> Examined | ProjectError:
        """The same indicators in halves; a project is divided evenly, so its parts may hold neighbours as well."""
        most = -(-len(request.numbers) // 2)
        wanted = set(request.numbers)
        return await self._whole([part for part in self._requests(request.repeat, most) if wanted & set(part.numbers)])


async def _all(jobs: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results of all jobs in their order; if one raises, the others are cancelled."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _error(outcome: Outcome) -> ProjectError:
    kind, message = explained(outcome)
    if isinstance(outcome, Fatal):
        raise EndpointError(message)
    return ProjectError(kind=kind, message=message)
