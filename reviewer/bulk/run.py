"""The conductor of a bulk run: inputs become tasks, an engine works on them, and the store keeps what comes of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.bulk.events import Events
from reviewer.bulk.interrupt import Interrupt
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import Run, RunSettings, opened
from reviewer.bulk.sources import Source, address, files, is_parted, left, parts, shown
from reviewer.bulk.store import Counts, Store, StoredProject
from reviewer.bulk.work import Task
from reviewer.models import Grade

if TYPE_CHECKING:
    from reviewer.settings import LLM

_GONE = "文件已经不在了，这里是它还在时的结果。"
_INTERRUPTED = "正在做完手头的，然后停下；再按一次 Ctrl-C 马上退出。"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """How the work of a run is done, which does not change what comes of it.

    ``workers`` are processes of the rules on this machine; with ``ray`` the work is done by the cluster at ``address``,
    None for one that is started here. With ``retry_failed`` a model is asked once more about projects that it could not
    judge; after ``max_failures`` such projects the run stops.
    """

    workers: int = 1
    ray: bool = False
    address: str | None = None
    retry_failed: bool = False
    max_failures: int | None = None


class Failure(NamedTuple):
    """A reason, how many projects it holds for, and the name and file of one of them."""

    reason: str
    projects: int
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the store of a run holds, and what happened this time.

    ``grades`` are projects and their money (万元) by grade; ``failures`` the most frequent reasons for which a model
    could not judge projects, with how many these are and one of them. ``changed`` inputs were judged anew,
    ``unreadable`` ones could not be read this time, for reasons of which ``complaints`` holds the first; of ``gone``
    files the earlier results are left. ``stopped`` says in Chinese why the run ended before everything was judged.
    """

    counts: Counts
    grades: dict[Grade, tuple[int, float]]
    failures: list[Failure]
    changed: int
    unreadable: int
    complaints: list[str]
    gone: int
    stopped: str | None

    @property
    def exit_code(self) -> int:
        """The gravest that happened, of those of :mod:`reviewer.cli`."""
        codes = {2: self.unreadable > 0, 4: self.stopped is not None, 3: self.counts.failed > 0}
        return next((code for code, holds in codes.items() if holds), 0)


Work = Callable[[Iterator[Task], Run, Keeper, Callable[[], bool]], str | None]
"""What finishes tasks, until it is told that the user interrupts; it returns what stopped it early."""


def conduct(
    paths: Iterable[Path], folder: Path, settings: RunSettings, llm: LLM | None, plan: Plan, events: Events
) -> Summary:
    """Judge what is behind *paths* in the run of *folder*, as far as that is not done yet; with *llm* by a model too.

    The first Ctrl-C stops it once what is under way is finished. Raises ``RunError`` for a folder of a run that cannot
    be used, ``InputError`` for a folder of declarations that cannot, and what the model part raises when an endpoint
    refuses.
    """
    work = partial(_work, llm=llm, plan=plan, events=events)
    return carry_out(work, paths, folder, settings, events, retry_failed=plan.retry_failed)


def carry_out(
    work: Work,
    paths: Iterable[Path],
    folder: Path,
    settings: RunSettings,
    events: Events,
    *,
    retry_failed: bool = False,
) -> Summary:
    """Let *work* finish what is left to do behind *paths* in the run of *folder*; raises as :func:`conduct` does."""
    with opened(folder, settings) as run, Interrupt(lambda: events.note(_INTERRUPTED)) as interrupt:
        listed, skipped = files(paths)
        if skipped:
            names = "、".join(shown(path.name) for path in skipped[:_NAMED])
            more = "等" if len(skipped) > _NAMED else ""
            events.note(f"跳过 {len(skipped)} 个读不了的文件：{names}{more}。")
        gone = run.store.forget_gone(_is_gone, _GONE)
        tasks = _tasks(listed, run.store, retry_failed, events, interrupt)
        with Keeper(run.store, events, retry=retry_failed) as keeper:
            stopped = work(tasks, run, keeper, lambda: interrupt.asked)
        if interrupt.asked:
            stopped = "按 Ctrl-C 停下了"
        if stopped is None:
            run.complete()
        return Summary(
            run.store.counts(),
            run.store.grades(),
            _failures(run.store),
            keeper.changed,
            keeper.unreadable,
            keeper.complaints,
            gone,
            stopped,
        )


def _failures(store: Store) -> list[Failure]:
    count: Counter[str] = Counter()
    examples: dict[str, StoredProject] = {}
    for project in store.projects("failed"):
        assert project.error is not None
        count[project.error.message] += 1
        examples.setdefault(project.error.message, project)
    return [
        Failure(reason, projects, examples[reason].name, examples[reason].file_name)
        for reason, projects in count.most_common(_NAMED)
    ]


def _work(
    tasks: Iterator[Task],
    run: Run,
    keeper: Keeper,
    interrupted: Callable[[], bool],
    llm: LLM | None,
    plan: Plan,
    events: Events,
) -> str | None:
    if plan.ray:
        from reviewer.bulk import ray

        return ray.run(
            tasks,
            run,
            llm,
            keeper,
            events,
            address=plan.address,
            interrupted=interrupted,
            max_failures=plan.max_failures,
        )
    if llm is None:
        from reviewer.bulk import offline

        offline.run(tasks, run.settings, keeper, plan.workers)
        return None
    import asyncio

    from reviewer.bulk.judged import judge

    judging = judge(tasks, run, llm, keeper, events, interrupted=interrupted, max_failures=plan.max_failures)
    return asyncio.run(judging)


def _tasks(listed: list[Path], store: Store, retry: bool, events: Events, interrupt: Interrupt) -> Iterator[Task]:
    """Yield a task for each input; parts that a file no longer has are forgotten on the way."""
    found = len(listed)
    events.found(found)
    for path in listed:
        before, count = -1, 0
        for count, source in enumerate(parts(path), 1):
            if interrupt.asked:
                return
            events.found(found + count - 1 + left(source, count))
            if is_parted(path):
                store.forget_parts(source.address, before, source.line)
                before = source.line
            yield _task(source, store, retry)
        found += count - 1
        if is_parted(path):
            store.forget_parts(address(path), before)


def _task(source: Source, store: Store, retry: bool) -> Task:
    known = store.known(source.address, source.line)
    if known is None or known.state == "unreadable":
        return Task(source, retry=retry)
    return Task(source, known.digest, known.done, known.failed, retry, known.projects)


def _is_gone(path: str) -> bool:
    # A name that is no text is kept with its bytes spelt out, and not to be found under it.
    return "\\udc" not in path and not os.path.exists(path)
