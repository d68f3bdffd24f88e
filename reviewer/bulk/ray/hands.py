"""What runs in the processes of the cluster: inputs are judged there, by the rules alone or with the desk's answers.

Inputs arrive as bytes, so nothing but the package itself, at the same version and with the same rules, has to be there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import reviewer
from reviewer.bulk.judged import Case, reviewed
from reviewer.bulk.ray.desk import unasked
from reviewer.bulk.rundir import RunSettings
from reviewer.bulk.sources import Fetched, Loaded
from reviewer.bulk.store import ProjectRow, row_of
from reviewer.bulk.work import Finished, Task, Worker, gave_up
from reviewer.errors import EndpointError
from reviewer.judging import workers
from reviewer.judging.asking import Exchange
from reviewer.judging.judge import Judge
from reviewer.judging.outcomes import Capped, Fatal
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request
from reviewer.judging.wire import Answer
from reviewer.models import Document
from reviewer.settings import LLM


class RulesHand:
    """Judges inputs by the rules, one after the other.

    >>> RulesHand(RunSettings.of({})).misfit() is None
    True
    """

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._worker = Worker(settings)

    def misfit(self) -> str | None:
        """Return in Chinese why results from this process would not fit the run, None when they will."""
        settings = self._settings
        if reviewer.__version__ != settings.reviewer_version:
            return f"reviewer 是 {reviewer.__version__}，批次用的是 {settings.reviewer_version}"
        if self._worker.assembly.review(Document(), []).ruleset != settings.ruleset:
            return "规则和批次用的不一样"
        return None

    def finish(self, task: Task, fetched: Fetched) -> Iterator[Finished]:
        """Yield what came of an input, in one piece."""
        yield self._worker.finish(task, fetched)


class ModelHand:
    """Judges inputs by rules and model; *slots* projects at once, whichever inputs they are from.

    *desk* is the actor of :class:`reviewer.bulk.ray.desk.Desk`; *llm* needs no key, because nothing is sent from here.
    """

    def __init__(self, settings: RunSettings, llm: LLM, desk: Any, slots: int) -> None:
        self._settings = settings
        self._worker = Worker(settings)
        self._prompts = load_prompts(llm.prompts_dir)
        self._llm = llm
        self._desk = desk
        self._slots = slots
        self._free = asyncio.Semaphore(slots)

    def misfit(self) -> str | None:
        """Return in Chinese why results from this process would not fit the run, None when they will."""
        model = self._settings.model
        if model is None or self._prompts.stamps != model.prompts:
            return "提示词和批次用的不一样"
        return RulesHand(self._settings).misfit()

    async def finish(self, task: Task, fetched: Fetched) -> AsyncIterator[Finished]:
        """Yield what became of an input, then each of its projects as soon as it is judged.

        Ends early, with what is under way finished, when the desk takes no further project.
        """
        loaded = await asyncio.to_thread(fetched.load)
        known = loaded.digest == task.digest and loaded.message is None
        try:
            yield Finished(task.source, None if known else self._worker.file_row(loaded))
            if loaded.document is not None:
                judged = workers.run(
                    self._cases(loaded, task.settled if known else frozenset()), self._judge, self._slots
                )
                async for row in judged:
                    if row is not None:
                        yield Finished(task.source, None, [row])
        except Exception as error:
            yield gave_up(task.source, f"审核时程序内部出错（{type(error).__name__}：{error}）", loaded.digest)

    def _cases(self, loaded: Loaded, settled: frozenset[int]) -> Iterator[Case]:
        assert loaded.document is not None
        for position, result in enumerate(self._worker.assembly.results(loaded.document)):
            if position not in settled:
                yield Case(0, position, self._worker.key(loaded.document, position), result)

    async def _judge(self, case: Case) -> ProjectRow | None:
        async with self._free:
            asks = _Asks(self._desk)
            if await asks.takes():
                with suppress(EndpointError):  # the desk has heard the same
                    review = await reviewed(case, Judge(asks, self._prompts, self._llm), self._worker.assembly)
                    if not asks.stopped:
                        return row_of(case.position, case.key, review)
            return None


class _Asks:
    """Has the desk ask about one project; ``stopped`` when it does not any more, or is no more."""

    def __init__(self, desk: Any) -> None:
        from ray.exceptions import RayError

        self.stopped = False
        self._desk = desk
        self._lost = RayError

    async def takes(self) -> bool:
        """Whether the desk wants the project to be begun."""
        try:
            return bool(await self._desk.takes.remote())
        except self._lost:
            return False

    async def ask(self, request: Request, check: Callable[[str], Answer]) -> Exchange:
        """Return the exchange about *request*; the desk makes the *check* that every judge makes."""
        try:
            exchange: Exchange = await self._desk.ask.remote(request)
        except self._lost:
            exchange = unasked(request, Capped(""))
        self.stopped |= isinstance(exchange.outcome, Capped | Fatal)
        return exchange
