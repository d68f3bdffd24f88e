"""How what is finished comes into the store: whole inputs at once, several of them in one transaction."""

from __future__ import annotations

import time
from types import TracebackType

from reviewer.bulk.events import Events
from reviewer.bulk.sources import Source
from reviewer.bulk.store import FileRow, Store
from reviewer.bulk.work import Finished
from reviewer.errors import RunError

_PROJECTS = 200
_SECONDS = 1.0
_NAMED = 5


class Keeper:
    """Puts what an engine finishes into *store*, and tells *events*; use it as a context manager, in one thread.

    Two hundred projects, or what a second brings, share a transaction; a kill loses no more than that. With *retry*
    failed projects are to be judged once more, and do not count as finished. ``changed``
    counts inputs that were judged anew because they are not what they were, ``unreadable`` those that could not be read
    this time; ``complaints`` are the first few reasons.

    >>> from pathlib import Path
    >>> from reviewer.bulk.events import Silence
    >>> from reviewer.bulk.work import gave_up
    >>> with Store(Path(":memory:")) as store:
    ...     with Keeper(store, Silence()) as keeper:
    ...         keeper.put(gave_up(Source(Path("表.txt"), 0, "表.txt"), "出错"))
    ...     store.counts().unreadable
    1
    """

    def __init__(self, store: Store, events: Events, *, retry: bool = False) -> None:
        self.changed = 0
        self.unreadable = 0
        self.complaints: list[str] = []
        self._store = store
        self._events = events
        self._retry = retry
        self._waiting: list[Finished] = []
        self._projects = 0
        self._due = 0.0

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Also when the user interrupts; but a store that cannot be written has said so already.
        if not isinstance(error, RunError):
            self.flush()

    def put(self, finished: Finished) -> None:
        """Put an input with the projects that were judged of it."""
        if not self._waiting:
            self._due = time.monotonic() + _SECONDS
        self._waiting.append(finished)
        self._projects += len(finished.rows)
        if self._projects >= _PROJECTS or time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Write what has been put so far."""
        if not self._waiting:
            return
        waiting, self._waiting, self._projects = self._waiting, [], 0
        with self._store.transaction():
            for finished in waiting:
                file = self.begin(finished.source, finished.file)
                self._store.put_projects(file, finished.rows)
                for row in finished.rows:
                    self._events.project(row)

    def begin(self, source: Source, row: FileRow | None) -> int:
        """Put what became of an input, None when it is as it was, and return the id that its projects belong to.

        Results of an input that cannot be read any more stay, marked with the reason.
        """
        known = self._store.known(source.address, source.line)
        if row is None:
            assert known is not None
            finished = len(known.done) + (0 if self._retry else len(known.failed))
            self._events.kept(finished, known.projects - finished)
            if known.message is not None:
                self._store.mark(known.id, None)
            return known.id
        self._events.file(row)
        if row.message is not None:
            self.unreadable += 1
            self.complaints += [row.message] if self.unreadable <= _NAMED else []
            if known is not None and known.state == "read":
                self._store.mark(known.id, f"{row.message}这里是上次的结果。")
                return known.id
        if known is not None and known.digest not in (None, row.digest):
            self.changed += 1
        return self._store.put_file(row)
