"""A run over the projects of a document: what it takes to ask a model, opened, used by all of them, and closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from reviewer.judging import workers
from reviewer.judging.asking import Asker
from reviewer.judging.cassettes import Cassettes
from reviewer.judging.cost import Meter
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.joining import Joined, join
from reviewer.judging.judge import Judge
from reviewer.judging.pacing import Pacer
from reviewer.judging.prompts import load_prompts
from reviewer.ledger import Ledger
from reviewer.models import ProjectError, Usage
from reviewer.rules.engine import ProjectResult
from reviewer.settings import LLM

_PROMPTS = ("judge", "project", "reask")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a run, by project in the order of the document; None where there was nothing to judge.

    ``prompts`` are version and sha256 of what was asked with, by id.
    """

    outcomes: list[Joined | ProjectError | None]
    model: str
    prompts: dict[str, str]
    usage: Usage


async def judge_projects(
    results: Sequence[ProjectResult], llm: LLM, on_project: Callable[..., object] | None = None
) -> Judged:
    """Have the projects of one document judged, several at once, and join each verdict with what the rules say.

    *on_project* is called after each, with whether it ``failed`` and how many requests of the run were ``cached`` so
    far. Raises ``EndpointError`` when the endpoint refuses everything, ``LedgerError``, ``UsageError`` and
    ``InputError`` for what cannot be read or written. A project that could not be judged for another reason has that as
    its outcome.
    """
    prompts = load_prompts(llm.prompts_dir)
    meter = Meter(llm.price, max_cost=llm.max_cost, max_tokens=llm.max_tokens_total)
    outcomes: list[Joined | ProjectError | None] = [None] * len(results)
    async with opened(llm, meter) as (asker, cassettes):
        judge = Judge(asker, prompts, llm)

        async def work(place: int) -> None:
            result = results[place]
            if result.rows:
                with cassettes.project(place + 1, result.facts.project.name) if cassettes else nullcontext():
                    verdict = await judge.judge(result)
                outcomes[place] = verdict if isinstance(verdict, ProjectError) else join(result, verdict)
            if on_project is not None:
                on_project(failed=isinstance(outcomes[place], ProjectError), cached=judge.cached)

        async for _ in workers.run(range(len(results)), work, llm.concurrency):
            pass
    stamps = {id_: prompts[id_].stamp for id_ in _PROMPTS}
    return Judged(outcomes, llm.model, stamps, meter.usage(judge.cached))


@asynccontextmanager
async def opened(llm: LLM, meter: Meter, path: Path | None = None) -> AsyncIterator[tuple[Asker, Cassettes | None]]:
    """Open the ledger in *path*, endpoint and cassettes for a run that *meter* counts; nothing is sent yet.

    While recording, the ledger gives out no answer: it would be missing in the recording. A replay is no exchange with
    a model, so it goes by no ledger at all.
    """
    cassettes = _cassettes(llm)
    transport = cassettes.transport() if cassettes else None
    with Ledger(Path(":memory:") if llm.replay else path, fresh=llm.record is not None) as ledger:
        endpoint = Endpoint(llm.base_url, llm.api_key, timeout=llm.timeout, transport=transport)
        pacer = Pacer(llm.concurrency, rpm=llm.rpm, tpm=llm.tpm)
        try:
            yield Asker(endpoint, pacer, ledger, meter, deadline=llm.deadline), cassettes
        finally:
            await endpoint.aclose()


def _cassettes(llm: LLM) -> Cassettes | None:
    folder = llm.record or llm.replay
    return None if folder is None else Cassettes(folder, record=llm.record is not None, secret=llm.api_key)
