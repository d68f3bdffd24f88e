"""The engine of a run with a model: the projects of all inputs before one endpoint, each kept as soon as it is judged.

Inputs are read in a thread, one after the other, only as fast as their projects are asked about; memory holds those
under way and a few that wait. Whatever stops a run (a cap, failures, the endpoint, the user), the projects under way
are finished first: their answers are paid for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractContextManager, aclosing, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice

from reviewer.bulk.events import Events
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import Run
from reviewer.bulk.store import ProjectRow, row_of
from reviewer.bulk.work import Task, Worker, gave_up
from reviewer.errors import EndpointError, ReviewerError
from reviewer.judging import workers
from reviewer.judging.asking import Asker, Exchange
from reviewer.judging.cassettes import Cassettes
from reviewer.judging.cost import Meter
from reviewer.judging.joining import join
from reviewer.judging.judge import Judge
from reviewer.judging.outcomes import NO_TOKENS, Capped, Fatal, Tokens
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request
from reviewer.judging.run import opened
from reviewer.judging.wire import Answer
from reviewer.ledger import Ledger
from reviewer.models import ProjectError, ProjectReview
from reviewer.pipeline import Assembly
from reviewer.rules.engine import ProjectResult
from reviewer.settings import LLM

_WAITING = 4
"""Projects that are read and wait for their turn, so that the endpoint need not wait for a file."""
_SLICE = 16
"""Projects of an input that are judged by the rules at a time, so that a long one does not lie in memory whole."""


async def judge(
    tasks: Iterator[Task],
    run: Run,
    llm: LLM,
    keeper: Keeper,
    events: Events,
    *,
    interrupted: Callable[[], bool] = lambda: False,
    max_failures: int | None = None,
) -> str | None:
    """Have what is left of *tasks* judged by rules and model; return in Chinese what stopped it early, else None.

    The caps of *llm* hold for all that the run has taken, in earlier commands as well. Once *interrupted*, or after
    *max_failures* projects that could not be judged, no further one is begun. Raises ``EndpointError`` when the
    endpoint refuses everything, ``LedgerError`` and ``RunError`` when an answer cannot be kept, ``InputError`` and
    ``UsageError`` for cassettes that cannot be used.
    """
    meter = Meter(llm.price, max_cost=llm.max_cost, max_tokens=llm.max_tokens_total, spent=spent(run, llm))
    async with opened(llm, meter, run.ledger) as (asker, cassettes):
        worker = Worker(run.settings)
        desk = _Desk(run, llm, worker, asker, cassettes, events, max_failures)
        taking = asyncio.Lock()

        def turns() -> Iterator[None]:
            while not (desk.over or interrupted()):
                yield None

        async def work(_: None) -> None:
            async with taking:
                # Others may have brought it to an end while this one waited for a file to be read.
                case = None if desk.over or interrupted() else await anext(waiting, None)
            if case is None:
                desk.over = True
            else:
                await desk.judge(case)

        async with aclosing(cases(tasks, worker, keeper)) as waiting:
            async for _ in workers.run(turns(), work, llm.concurrency + _WAITING):
                events.usage(meter.usage(desk.cached))
    if desk.refused is not None:
        raise EndpointError(desk.refused)
    return desk.stopped


def spent(run: Run, llm: LLM) -> Tokens:
    """Return the tokens that earlier commands took, as far as somebody wants to know."""
    if llm.max_cost is None and llm.max_tokens_total is None:
        return NO_TOKENS
    with Ledger(run.ledger) as ledger:
        uses = ledger.stats()
    return Tokens(sum(use.input_tokens for use in uses), sum(use.output_tokens for use in uses))


@dataclass(frozen=True, slots=True)
class Case:
    """A project that is to be judged: the id of its file, its place and key, and what the rules say about it."""

    file: int
    position: int
    key: str
    result: ProjectResult


async def cases(tasks: Iterator[Task], worker: Worker, keeper: Keeper) -> AsyncGenerator[Case, None]:
    """Yield what is left to judge, input by input; what the inputs themselves came to is kept on the way."""
    for task in tasks:
        loaded = await asyncio.to_thread(task.load)
        known = loaded.digest == task.digest and loaded.message is None
        try:
            file = keeper.begin(task.source, None if known else worker.file_row(loaded))
            if loaded.document is None:
                continue
            settled = task.settled if known else frozenset()
            results = enumerate(worker.assembly.results(loaded.document))
            while some := await asyncio.to_thread(list, islice(results, _SLICE)):
                for position, result in some:
                    if position not in settled:
                        yield Case(file, position, worker.key(loaded.document, position), result)
        except ReviewerError:
            raise
        except Exception as error:
            reason = f"审核时程序内部出错（{type(error).__name__}：{error}）"
            keeper.put(gave_up(task.source, reason, loaded.digest))


class _Desk:
    """Where cases are judged and kept; ``over`` when no further one is to be begun, and then why."""

    def __init__(
        self,
        run: Run,
        llm: LLM,
        worker: Worker,
        asker: Asker,
        cassettes: Cassettes | None,
        events: Events,
        max_failures: int | None,
    ) -> None:
        self.over = False
        self.stopped: str | None = None
        self.refused: str | None = None
        self.cached = 0
        self._store = run.store
        self._llm = llm
        self._assembly = worker.assembly
        self._asker = asker
        self._prompts = load_prompts(llm.prompts_dir)
        self._cassettes = cassettes
        self._events = events
        self._failures = Failures(max_failures)

    async def judge(self, case: Case) -> None:
        """Have *case* judged and keep its row, unless the run was stopped before it was asked about fully."""
        asks = _Asks(self._asker)
        judge = Judge(asks, self._prompts, self._llm)
        with suppress(EndpointError):  # asks has heard the same
            with self._recorded(case):
                review = await reviewed(case, judge, self._assembly)
            if asks.stopped is None:
                self._keep(case, review)
        self.cached += judge.cached
        match asks.stopped:
            case Capped(message):
                self.over, self.stopped = True, f"{message}，上限管这个批次前后各次的总和，要提高才能接着做"
            case Fatal(message=message):
                self.over, self.refused = True, message

    def _keep(self, case: Case, review: ProjectReview) -> None:
        row = row_of(case.position, case.key, review)
        self._store.put_projects(case.file, [row])
        self._events.project(row)
        if self._failures.too_many(row):
            self.over = True
            self.stopped = self._failures.message

    def _recorded(self, case: Case) -> AbstractContextManager[None]:
        if self._cassettes is None or not case.result.rows:
            return nullcontext()
        return self._cassettes.project(case.position + 1, case.result.facts.project.name)


class Failures:
    """Counts projects that could not be judged; ``message`` says in Chinese that there are *most* of them."""

    def __init__(self, most: int | None) -> None:
        self.message: str | None = None
        self._most = most
        self._count = 0

    def too_many(self, row: ProjectRow) -> bool:
        """Count *row* if it failed, and return whether it is the last that is borne."""
        if row.error is None:
            return False
        self._count += 1
        if self._count != self._most:
            return False
        self.message = f"已有 {self._count} 个项目没能请模型判断，最后一个的原因：{row.error.message}"
        return True


async def reviewed(case: Case, judge: Judge, assembly: Assembly) -> ProjectReview:
    """Return the review of *case* by rules and model; by the rules alone, with the reason, where there is none."""
    try:
        outcome = None
        if case.result.rows:
            verdict = await judge.judge(case.result)
            outcome = verdict if isinstance(verdict, ProjectError) else join(case.result, verdict)
        return assembly.project(case.result, outcome)
    except ReviewerError:
        raise
    except Exception as error:
        # Whatever a model's answer does to the program, the other projects are judged all the same.
        message = f"程序内部出错（{type(error).__name__}：{error}）。这是程序的缺陷，请报告"
        return assembly.project(case.result, ProjectError(kind="internal", message=message))


class _Asks:
    """Asks about one project, and notes in ``stopped`` when it could not be asked about because the run has to stop."""

    def __init__(self, asker: Asker) -> None:
        self.stopped: Capped | Fatal | None = None
        self._asker = asker

    async def ask(self, request: Request, check: Callable[[str], Answer]) -> Exchange:
        """Return the exchange about *request*."""
        exchange = await self._asker.ask(request, check)
        if isinstance(exchange.outcome, Capped | Fatal):
            self.stopped = exchange.outcome
        return exchange
