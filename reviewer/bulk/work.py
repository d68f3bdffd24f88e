"""The piece of work that every engine hands out: one input, judged by the rules.

An engine takes an iterator of tasks, lets them be worked on wherever it likes, and gives what is finished to a
:class:`reviewer.bulk.keeping.Keeper`. The iterator ends when there is nothing left, and also when the user interrupts
the run: an engine that takes tasks only as fast as it works on them then finishes what is under way and returns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.bulk.rundir import RunSettings
from reviewer.bulk.sources import Fetched, Loaded, Source, fetch
from reviewer.bulk.store import FileRow, ProjectRow, key_of, row_of
from reviewer.models import Document
from reviewer.pipeline import Assembly, head_of


@dataclass(frozen=True, slots=True)
class Task:
    """An input, and what the store knows of it: its digest, how many projects it has, and which are done or failed.

    Places count from 0. With ``retry`` the failed ones are to be judged once more.
    """

    source: Source
    digest: str | None = None
    done: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    retry: bool = False
    projects: int = 0

    @property
    def settled(self) -> frozenset[int]:
        """The places that need nothing more, provided that the input is as it was."""
        return self.done if self.retry else self.done | self.failed

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do, provided that the input is as it was."""
        return self.digest is not None and len(self.settled) == self.projects

    def fetch(self) -> Fetched:
        """Read the input; neither bytes nor message when it is as it was and complete."""
        return fetch(self.source, unless=self.digest if self.complete else None)

    def load(self) -> Loaded:
        """Read the input and make a document of it; neither document nor message when it is as it was and complete."""
        return self.fetch().load()


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a task: ``file`` is None when the input is as it was; ``rows`` are the projects judged now."""

    source: Source
    file: FileRow | None
    rows: list[ProjectRow] = field(default_factory=list)


class Worker:
    """Judges inputs by the rules; a process needs one.

    >>> from pathlib import Path
    >>> worker = Worker(RunSettings.of({"select": ["V"]}))
    >>> finished = worker.finish(Task(Source(Path("data/samples/huangpu-2023.txt"), 0, "表.txt")))
    >>> finished.file.projects, len(finished.rows)
    (27, 27)
    """

    def __init__(self, settings: RunSettings) -> None:
        self.assembly = Assembly(**settings.review_options())
        self._year = settings.year

    def finish(self, task: Task, fetched: Fetched | None = None) -> Finished:
        """Judge an input, as it was *fetched* or read now; nothing is raised, whatever it holds."""
        loaded = (fetched or task.fetch()).load()
        try:
            return self._finished(task, loaded)
        except Exception as error:
            return gave_up(task.source, f"审核时程序内部出错（{type(error).__name__}：{error}）", loaded.digest)

    def _finished(self, task: Task, loaded: Loaded) -> Finished:
        document = loaded.document
        if document is None:
            return Finished(task.source, None if loaded.message is None else self.file_row(loaded))
        same = loaded.digest == task.digest
        settled = task.settled if same else frozenset()
        rows = [
            row_of(position, self.key(document, position), self.assembly.project(result))
            for position, result in enumerate(self.assembly.results(document))
            if position not in settled
        ]
        return Finished(task.source, None if same else self.file_row(loaded), rows)

    def key(self, document: Document, position: int) -> str:
        """Return the key of what is judged at *position* in *document*."""
        year = document.budget_year if self._year is None else self._year
        return key_of(document.projects[position], year)

    def file_row(self, loaded: Loaded) -> FileRow:
        """Return the row for an input that was read, or could not be."""
        source, document = loaded.source, loaded.document
        if document is None:
            return FileRow(source.address, source.line, source.name, loaded.digest, "unreadable", loaded.message)
        return FileRow(
            source.address,
            source.line,
            source.name,
            loaded.digest,
            head=head_of(document),
            diagnostics=self.assembly.diagnostics(document),
            projects=len(document.projects),
        )


def gave_up(source: Source, reason: str, digest: str | None = None) -> Finished:
    """Return what is kept of an input that a fault of the program made impossible to judge."""
    message = f"{source.name}：{reason}。这是程序的缺陷，请连同文件一起报告；其余的文件不受影响。"
    return Finished(source, FileRow(source.address, source.line, source.name, digest, "unreadable", message))
