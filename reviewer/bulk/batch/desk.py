"""Where a round is done: all that is left to judge goes by the judge, and what the ledger cannot answer is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.bulk.batch.asking import BatchAsker, Next
from reviewer.bulk.batch.book import UNSENT, Book
from reviewer.bulk.batch.fetching import fetch, take
from reviewer.bulk.batch.lines import request_line
from reviewer.bulk.batch.parts import Parts
from reviewer.bulk.batch.remote import Remote
from reviewer.bulk.batch.sending import export, hand_in, withdraw
from reviewer.bulk.events import Events
from reviewer.bulk.judged import cases, reviewed, spent
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import Run
from reviewer.bulk.store import row_of
from reviewer.bulk.work import Task, Worker
from reviewer.errors import LedgerError, RunError, reason_of
from reviewer.judging.cost import Meter
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.judge import Judge
from reviewer.judging.prompts import load_prompts
from reviewer.ledger import Ledger
from reviewer.models import Usage
from reviewer.settings import LLM

_FOLDER = "batch"


@dataclass(slots=True)
class Traffic:
    """How many requests went which way in a round.

    ``sent`` were handed in or written, ``waiting`` are under way at its end, ``wanted`` are left for the next
    ``submit``. ``failures`` are results that came and are no answers, by what happened; ``usage`` is that of all that
    came.
    """

    sent: int = 0
    waiting: int = 0
    wanted: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)


class Desk:
    """One round of the *run*, whose batches stand in *book*; what goes which way is counted in *traffic*."""

    def __init__(
        self,
        run: Run,
        book: Book,
        llm: LLM,
        keeper: Keeper,
        events: Events,
        interrupted: Callable[[], bool],
        traffic: Traffic,
    ) -> None:
        self.book = book
        self._run = run
        self._llm = llm
        self._keeper = keeper
        self._events = events
        self._interrupted = interrupted
        self._traffic = traffic
        self._folder = run.folder / _FOLDER
        self._endpoint = Endpoint(llm.base_url)  # for its words; it never connects
        self._meter = Meter(llm.price, max_cost=llm.max_cost, max_tokens=llm.max_tokens_total, spent=spent(run, llm))
        self._parts: Parts | None = None
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise RunError(f"{self._folder}：文件夹建不了，{reason_of(error)}。解决后再运行一次。") from error

    async def submit(self, tasks: Iterator[Task], target: Path | None) -> str | None:
        """Write what is to be asked and hand it in, or move it to *target*; return what stopped it."""
        self._withdraw()
        if target is None:
            await self._deliver(None)  # what a command that was killed had begun
        delivered = 0
        with Parts(self._folder, self.book) as self._parts:
            async with aclosing(self._judged(tasks)) as judged:
                async for _ in judged:
                    if self._parts.whole > delivered:
                        # At once, so that the disk need not hold all of them.
                        delivered = self._parts.whole
                        await self._deliver(target)
        await self._deliver(target)
        self._traffic.waiting = self.book.under_way()
        return self._meter.stopped

    async def collect(self, tasks: Iterator[Task], given: Path | None) -> str | None:
        """Take results, from *given* or from the endpoint, and judge by them; return what is missing."""
        if given is not None:
            take(self.book, self._folder, given, self._events.note)
        elif self.book.parts("submitted"):
            async with connected(self._llm) as remote:
                await fetch(self.book, self._folder, remote, self._events.note, self._interrupted)
        self._withdraw()
        async for _ in self._judged(tasks):
            pass
        traffic = self._traffic
        traffic.waiting = self.book.under_way()
        if traffic.waiting:
            return f"还有 {traffic.waiting:,} 个请求在等结果"
        return f"还有 {traffic.wanted:,} 个请求要交" if traffic.wanted else None

    def _withdraw(self) -> None:
        withdraw(self.book, self._folder, self._events.note)

    async def _deliver(self, target: Path | None) -> None:
        note = self._events.note
        if target is not None:
            self._traffic.sent += export(self.book, self._folder, target, note)
        elif self.book.parts(*UNSENT):
            async with connected(self._llm) as remote:
                self._traffic.sent += await hand_in(self.book, self._folder, remote, note, self._interrupted)

    async def _judged(self, tasks: Iterator[Task]) -> AsyncGenerator[None, None]:
        """Have judged what is left of *tasks*, one project after the other; keep those with every request answered."""
        llm, run = self._llm, self._run
        worker = Worker(run.settings)
        prompts = load_prompts(llm.prompts_dir)
        cached = 0
        with Ledger(run.ledger) as ledger:
            _begin_with_what_works(ledger, llm)
            asker = BatchAsker(ledger, self.book, self._folder, self._endpoint, self._pending)
            async with aclosing(cases(tasks, worker, self._keeper)) as waiting:
                async for case in waiting:
                    before = asker.waiting
                    judge = Judge(asker, prompts, llm)
                    review = await reviewed(case, judge, worker.assembly)
                    cached += judge.cached
                    if asker.waiting == before:
                        row = row_of(case.position, case.key, review)
                        run.store.put_projects(case.file, [row])
                        self._events.project(row)
                    yield
        tokens = asker.tokens
        self._traffic.failures = asker.failures
        self._traffic.usage = Usage(
            requests=asker.answered + asker.failures.total(),
            cached=cached,
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cost=llm.price.of(tokens.input, tokens.output) if llm.price and asker.counted else None,
        )

    def _pending(self, key: str, step: Next, under_way: bool) -> None:
        """Write a request that nobody answered yet, unless it is under way or would go beyond a cap."""
        if self._parts is not None and key in self._parts:
            return  # two projects that are the same
        reserved = self._meter.reserve(step.request)
        if under_way:
            return
        if self._parts is None or reserved is None:
            self._traffic.wanted += 1
        else:
            self._parts.add(key, request_line(key, self._endpoint.body(*step)), step.strategy)


def _begin_with_what_works(ledger: Ledger, llm: LLM) -> None:
    """Take over the output strategy that ``doctor``, for one, found to work: to find it here costs a round."""
    if ledger.strategy(llm.base_url, llm.model) is None:
        with suppress(LedgerError), Ledger() as others:
            if known := others.strategy(llm.base_url, llm.model):
                ledger.remember_strategy(llm.base_url, llm.model, known)


@asynccontextmanager
async def connected(llm: LLM) -> AsyncGenerator[Remote, None]:
    """Open the Batch API of the endpoint of *llm*."""
    remote = Remote(llm.base_url, llm.api_key, timeout=llm.timeout)
    try:
        yield remote
    finally:
        await remote.aclose()
