"""The commands of a batch run, each a round over all inputs with the judge that asks a model directly elsewhere.

``submit`` judges what the ledger and the results so far answer and hands in what they do not; ``collect`` takes results
and judges again. What has to be asked once more is found by either, and sent by the next ``submit``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from reviewer.bulk.batch.book import Book, Part
from reviewer.bulk.batch.desk import Desk, Traffic, connected
from reviewer.bulk.events import Events
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.run import Summary, carry_out
from reviewer.bulk.rundir import Run, RunSettings, opened_for_reading
from reviewer.bulk.store import Counts
from reviewer.bulk.work import Task
from reviewer.errors import RunError, UsageError
from reviewer.settings import LLM

_BOOK = "batch.sqlite3"


def inputs(folder: Path) -> list[Path]:
    """Return what was handed to ``submit`` for the run in *folder* so far; nothing when there was no such command."""
    if not (folder / _BOOK).exists():
        return []
    with Book(folder / _BOOK) as book:
        return book.inputs()


def begun(folder: Path) -> RunSettings:
    """Return the settings with which something was handed in for the run in *folder*.

    Raises ``RunError`` when nothing was.
    """
    _submitted(folder)
    with opened_for_reading(folder) as run:
        return run.settings


def submit(
    paths: Iterable[Path], folder: Path, settings: RunSettings, llm: LLM, events: Events, target: Path | None = None
) -> tuple[Summary, Traffic]:
    """Hand in all requests about *paths*, and about what was handed in before, that are not answered or under way.

    With *target* the files are only written, to that folder, and nothing is sent. Raises ``RunError``,
    ``EndpointError``, ``LedgerError`` and ``InputError``; the same command goes on where it ended.
    """
    given = list(dict.fromkeys([*inputs(folder), *(path.absolute() for path in paths)]))
    if not given:
        raise UsageError("没有写要审核的文件或文件夹。")
    if target is not None and any(target.absolute().is_relative_to(path) for path in given):
        raise UsageError(f"{target} 在要审核的文件夹里，写进去的请求下次会当作申报表来读。请换一个文件夹。")

    async def work(desk: Desk, tasks: Iterator[Task]) -> str | None:
        desk.book.add_inputs(path for path in given if path.exists())  # a slip is said once, not for ever
        return await desk.submit(tasks, target)

    return _round(work, given, folder, settings, llm, events)


def collect(
    folder: Path, settings: RunSettings, llm: LLM, events: Events, given: Path | None = None
) -> tuple[Summary, Traffic]:
    """Take the results that are there, judge by them, and keep what is judged.

    With *given*, a file or folder of results, they are taken from there, and the endpoint is not asked. Raises as
    :func:`submit` does.
    """

    async def work(desk: Desk, tasks: Iterator[Task]) -> str | None:
        return await desk.collect(tasks, given)

    return _round(work, _submitted(folder), folder, settings, llm, events)


def status(folder: Path, llm: LLM) -> tuple[list[Part], Counts]:
    """Return how all files of the run in *folder* stand, those at the endpoint as it says, and what is judged so far.

    Nothing is changed. Raises ``RunError`` when nothing was handed in, ``EndpointError`` when the endpoint cannot be
    asked.
    """
    _submitted(folder)
    with Book(folder / _BOOK) as book:
        parts = book.parts()
    with opened_for_reading(folder) as run:
        counts = run.store.counts()
    if any(part.state == "submitted" for part in parts):
        parts = asyncio.run(_seen(parts, llm))
    return parts, counts


async def _seen(parts: list[Part], llm: LLM) -> list[Part]:
    seen = []
    async with connected(llm) as remote:
        for part in parts:
            if part.state == "submitted" and part.batch is not None:
                seen.append(replace(part, batch=await remote.retrieve(part.batch.id)))
            else:
                seen.append(part)
    return seen


def _submitted(folder: Path) -> list[Path]:
    given = inputs(folder)
    if not given:
        raise RunError(f"{folder} 里还没有提交过。请先运行 reviewer batch submit，--run 写同一个文件夹。")
    return given


def _round(
    work: Callable[[Desk, Iterator[Task]], Coroutine[None, None, str | None]],
    paths: Iterable[Path],
    folder: Path,
    settings: RunSettings,
    llm: LLM,
    events: Events,
) -> tuple[Summary, Traffic]:
    traffic = Traffic()

    def carried(tasks: Iterator[Task], run: Run, keeper: Keeper, interrupted: Callable[[], bool]) -> str | None:
        with Book(run.folder / _BOOK) as book:
            desk = Desk(run, book, llm, keeper, events, interrupted, traffic)
            return asyncio.run(work(desk, tasks))

    return carry_out(carried, paths, folder, settings, events), traffic
