"""The book of a run's batches: which files were written and handed in, and what became of each request in them.

It lies beside the run in one SQLite file. What is about to be done is written down before it is done, so a process that
is killed in between knows the next time what to look for. A request stands in it once for each file it was sent in; as
long as it has no outcome there it is under way, and is not sent again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple

from reviewer.bulk.batch.description import Batch
from reviewer.bulk.batch.lines import Place
from reviewer.database import Database, storable
from reviewer.errors import ReviewerError, RunError
from reviewer.judging.outcomes import Parameter, Strategy

State = Literal["planned", "uploading", "creating", "submitted", "exported", "closed"]
"""``planned``: written, nothing sent; ``uploading`` and ``creating``: that may have happened or not; ``submitted``: the
endpoint has it; ``exported``: in the user's hands; ``closed``: nothing more is expected of it."""

UNSENT: tuple[State, ...] = ("planned", "uploading", "creating")
"""States of a part that has no batch yet, as far as is known."""

MISSING = "missing"
"""The outcome of a request whose file is closed and holds no result for it."""

_STEPS = (
    """
    CREATE TABLE book (id TEXT NOT NULL);
    INSERT INTO book VALUES (lower(hex(randomblob(8))));
    CREATE TABLE inputs (path TEXT PRIMARY KEY);
    CREATE TABLE parts (
        number INTEGER PRIMARY KEY, state TEXT NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
        file TEXT, batch TEXT
    );
    CREATE TABLE results (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, part INTEGER, found INTEGER NOT NULL, broken INTEGER NOT NULL
    );
    CREATE TABLE refused (parameter TEXT PRIMARY KEY, message TEXT NOT NULL);
    CREATE TABLE lines (
        key BLOB NOT NULL, part INTEGER NOT NULL, strategy TEXT NOT NULL,
        result INTEGER, offset INTEGER, status INTEGER, outcome TEXT, message TEXT, text TEXT,
        PRIMARY KEY (key, part)
    ) WITHOUT ROWID;
    CREATE INDEX lines_of_part ON lines (part, outcome)
    """,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of requests.

    ``file`` is its id at the endpoint, or its path where it was exported; ``batch`` is what the endpoint last said.
    """

    number: int
    state: State
    requests: int
    bytes: int
    file: str | None
    batch: Batch | None

    @property
    def name(self) -> str:
        """Its file in the folder of batches."""
        return f"{self.number:04}.jsonl"


class Line(NamedTuple):
    """A request in a file: its key in the ledger, and how JSON is asked for."""

    key: str
    strategy: Strategy


class Result(NamedTuple):
    """Where a result lies that nobody has looked at yet, and in which part it was asked for."""

    part: int
    name: str
    offset: int
    strategy: Strategy


class Try(NamedTuple):
    """What became of a request in one part, asked by ``strategy``; ``text`` is the model's where that is no answer."""

    strategy: Strategy
    outcome: str
    message: str | None
    text: str | None


class Reading(NamedTuple):
    """What a file of results held: ``found`` for requests that were waiting, ``broken`` lines, ``other`` ones."""

    found: int
    broken: int
    other: int


class Book:
    """The book in the file *path*; made when it does not exist. Methods raise ``RunError`` when it cannot be used."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _STEPS, _unusable)
        (self.id,) = self._db.execute("SELECT id FROM book").fetchone()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def inputs(self) -> list[Path]:
        """Return what was handed to ``submit`` so far."""
        return [Path(path) for (path,) in self._db.rows("SELECT path FROM inputs ORDER BY rowid")]

    def add_inputs(self, paths: Iterable[Path]) -> None:
        """Keep *paths*, so that later commands need not be told again."""
        with self._db.transaction():
            for path in paths:
                self._db.execute("INSERT OR IGNORE INTO inputs VALUES (?)", (str(path.absolute()),))

    # Parts ------------------------------------------------------------------------------------------------------------

    def parts(self, *states: State) -> list[Part]:
        """Return all parts, or those in one of these *states*, the first first."""
        rows = self._db.rows("SELECT number, state, requests, bytes, file, batch FROM parts ORDER BY number")
        return [
            Part(number, state, requests, size, file, Batch.load(batch) if batch else None)
            for number, state, requests, size, file, batch in rows
            if not states or state in states
        ]

    def next_number(self) -> int:
        """Return the number of the part that is written next."""
        (last,) = self._db.execute("SELECT max(number) FROM parts").fetchone()
        return (last or 0) + 1

    def add(self, number: int, size: int, lines: Iterable[Line]) -> None:
        """Enter a file of *size* bytes that was written, and of which nothing was sent."""
        values = [(bytes.fromhex(key), number, strategy) for key, strategy in lines]
        with self._db.transaction():
            self._db.execute(
                "INSERT INTO parts (number, state, requests, bytes) VALUES (?, 'planned', ?, ?)",
                (number, len(values), size),
            )
            for value in values:
                self._db.execute("INSERT INTO lines (key, part, strategy) VALUES (?, ?, ?)", value)

    def plan(self, number: int) -> None:
        """Note that nothing was sent of a part after all."""
        self._db.execute("UPDATE parts SET state = 'planned', file = NULL WHERE number = ?", (number,))

    def forget(self, number: int) -> None:
        """Take out a part of which nothing was sent; its requests are as if they had never been asked."""
        with self._db.transaction():
            self._db.execute("DELETE FROM lines WHERE part = ?", (number,))
            self._db.execute("DELETE FROM parts WHERE number = ?", (number,))

    def uploading(self, number: int) -> None:
        """Note that the file is about to be uploaded."""
        self._db.execute("UPDATE parts SET state = 'uploading' WHERE number = ?", (number,))

    def creating(self, number: int, file: str) -> None:
        """Note that the file was uploaded and its batch is about to be created."""
        self._db.execute("UPDATE parts SET state = 'creating', file = ? WHERE number = ?", (file, number))

    def seen(self, number: int, batch: Batch) -> None:
        """Note what the endpoint says about the batch."""
        self._db.execute("UPDATE parts SET state = 'submitted', batch = ? WHERE number = ?", (batch.dump(), number))

    def exported(self, number: int, path: Path) -> None:
        """Note that the file is in the user's hands, at *path*."""
        self._db.execute("UPDATE parts SET state = 'exported', file = ? WHERE number = ?", (str(path), number))

    def close(self, number: int) -> int:
        """Expect nothing more of a part; return how many of its requests have no result."""
        with self._db.transaction():
            self._db.execute("UPDATE parts SET state = 'closed' WHERE number = ?", (number,))
            missing = self._db.execute(
                "UPDATE lines SET outcome = ? WHERE part = ? AND outcome IS NULL AND offset IS NULL", (MISSING, number)
            )
        return missing.rowcount

    # Results ----------------------------------------------------------------------------------------------------------

    def known_results(self) -> set[str]:
        """Return the names of the files of results that were read."""
        return {name for (name,) in self._db.rows("SELECT name FROM results")}

    def read(self, name: str, part: int | None, places: Iterable[Place | None]) -> Reading:
        """Note where in the file of results *name* each result lies; of several for one request the good one counts.

        *part* is whose results it holds, or None when that is not known: then requests that were given up count too.
        """
        found = broken = other = 0
        with self._db.transaction():
            values = (name, part)
            id_ = self._db.execute(
                "INSERT INTO results (name, part, found, broken) VALUES (?, ?, 0, 0)", values
            ).lastrowid
            for place in places:
                if place is None:
                    broken += 1
                    continue
                changed = self._db.execute(
                    "UPDATE lines SET result = ?, offset = ?, status = ?, outcome = NULL WHERE key = ?"
                    " AND CASE WHEN ? IS NULL THEN coalesce(outcome, 'missing') = 'missing'"
                    " ELSE outcome IS NULL AND part = ? END AND (offset IS NULL OR (status >= 300 AND ? < 300))",
                    (id_, place.offset, place.status, bytes.fromhex(place.key), part, part, place.status),
                ).rowcount
                found += changed > 0
                other += changed == 0
            self._db.execute("UPDATE results SET found = ?, broken = ? WHERE id = ?", (found, broken, id_))
        return Reading(found, broken, other)

    def result(self, key: str) -> Result | None:
        """Return a result of the request *key* that nobody has looked at."""
        row = self._db.execute(
            "SELECT lines.part, name, offset, strategy FROM lines JOIN results ON id = result"
            " WHERE key = ? AND outcome IS NULL AND offset IS NOT NULL",
            (bytes.fromhex(key),),
        ).fetchone()
        return Result(*row) if row else None

    def settle(self, key: str, part: int, outcome: str, message: str | None, text: str | None) -> None:
        """Note what a result came to."""
        self._db.execute(
            "UPDATE lines SET outcome = ?, message = ?, text = ? WHERE key = ? AND part = ?",
            (outcome, storable(message), storable(text), bytes.fromhex(key), part),
        )

    def waiting(self, key: str) -> bool:
        """Whether the request *key* is under way."""
        query = "SELECT 1 FROM lines WHERE key = ? AND outcome IS NULL"
        return self._db.execute(query, (bytes.fromhex(key),)).fetchone() is not None

    def tries(self, key: str) -> list[Try]:
        """Return what became of the request *key* so far, the latest last."""
        query = "SELECT strategy, outcome, message, text FROM lines WHERE key = ? AND outcome IS NOT NULL ORDER BY part"
        return [Try(*row) for row in self._db.rows(query, (bytes.fromhex(key),))]

    def refuse(self, parameter: Parameter, message: str) -> None:
        """Keep that the endpoint does not take a *parameter*, in its own words."""
        self._db.execute("INSERT OR REPLACE INTO refused VALUES (?, ?)", (parameter, storable(message)))

    def refused(self) -> list[tuple[Parameter, str]]:
        """Return the parameters that the endpoint does not take, and what it said of each."""
        return list(self._db.rows("SELECT parameter, message FROM refused"))

    def under_way(self) -> int:
        """Return how many requests have no result yet, in files that are not closed."""
        (count,) = self._db.execute("SELECT count(*) FROM lines WHERE outcome IS NULL AND offset IS NULL").fetchone()
        return int(count)

    def has_results(self, number: int) -> bool:
        """Whether any request of a part has a result."""
        query = "SELECT 1 FROM lines WHERE part = ? AND offset IS NOT NULL"
        return self._db.execute(query, (number,)).fetchone() is not None


def _unusable(path: Path, reason: str) -> ReviewerError:
    return RunError(f"批次的记录 {path} {reason}。")
