"""What a bulk run has found out so far, in one SQLite file: a row for each file and a row for each project.

A row is written when it is finished and never half, so a run that was killed goes on where the rows end. Files are
parts of inputs: a workbook is one, and so are every two hundred lines of a JSONL file; ``line`` tells them apart.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal

from reviewer.database import PATIENCE, Database, storable
from reviewer.errors import RunError
from reviewer.models import Diagnostic, DocumentHead, Grade, Project, ProjectError, ProjectReview

RESULTS = "run.sqlite3"
"""The name of the file in the folder of a run."""

FileState = Literal["read", "unreadable"]
ProjectState = Literal["done", "failed"]

_STEPS = (
    """
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL, line INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT,
        state TEXT NOT NULL, message TEXT, head TEXT, diagnostics TEXT NOT NULL, projects INTEGER NOT NULL,
        UNIQUE (path, line)
    );
    CREATE TABLE projects (
        id INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES files (id), position INTEGER NOT NULL,
        key TEXT NOT NULL, name TEXT NOT NULL, unit TEXT, amount REAL, score REAL NOT NULL, grade TEXT NOT NULL,
        vague INTEGER NOT NULL, indicators INTEGER NOT NULL, state TEXT NOT NULL, kind TEXT, message TEXT,
        review BLOB NOT NULL, UNIQUE (file, position)
    );
    CREATE INDEX failures ON projects (state) WHERE state = 'failed';
    CREATE INDEX unreadable ON files (state) WHERE state = 'unreadable';
    """,
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """An input as it was read, or why it could not be.

    ``path`` is absolute, ``line`` 0 for a whole file and otherwise the line at which a part of a JSONL file begins,
    ``name`` what people are shown; ``digest`` is the sha256 of its bytes, None when they could not be read. A message
    with one that was read says why its results are those of an earlier time.
    """

    path: str
    line: int
    name: str
    digest: str | None
    state: FileState = "read"
    message: str | None = None
    head: DocumentHead | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    projects: int = 0


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A judged project at its place (from 0) in its file; ``packed`` is its :class:`ProjectReview`.

    ``key`` is the sha256 of what was judged, ``amount`` in 万元, ``vague`` and ``indicators`` counts. A failed one
    could not be judged by the model, for the reason in ``error``; its review holds what the rules say.
    """

    position: int
    key: str
    name: str
    unit: str | None
    amount: float | None
    score: float
    grade: Grade
    vague: int
    indicators: int
    packed: bytes
    error: ProjectError | None = None

    @property
    def state(self) -> ProjectState:
        """``failed`` when there is an error."""
        return "done" if self.error is None else "failed"

    @property
    def review_json(self) -> bytes:
        """The ProjectReview as JSON in UTF-8."""
        return zlib.decompress(self.packed)

    @property
    def review(self) -> ProjectReview:
        """The whole review; read anew each time."""
        return ProjectReview.model_validate_json(self.review_json)


@dataclass(frozen=True, slots=True)
class StoredProject(ProjectRow):
    """A project as it lies in the store, with the id and the shown name of the file it is from."""

    file: int = 0
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of an input: its row and the places (from 0) of its projects that are done or failed."""

    id: int
    digest: str | None
    state: FileState
    projects: int
    done: frozenset[int]
    failed: frozenset[int]
    message: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing of it is left to do, failures aside."""
        return self.state == "read" and len(self.done) + len(self.failed) == self.projects


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: files (whole ones) read and unreadable, projects in those read, and those done and failed."""

    files: int
    unreadable: int
    projects: int
    done: int
    failed: int
    indicators: int

    @property
    def missing(self) -> int:
        """Projects that were read and not judged yet."""
        return self.projects - self.done - self.failed


def key_of(project: Project, year: int | None) -> str:
    """Return the sha256 of what is judged of *project* in the budget year *year*: equal texts, equal key.

    >>> key_of(Project(name="电影放映"), 2024) == key_of(Project(name="电影放映"), 2024)
    True
    """
    return hashlib.sha256(f"{year}\n{project.model_dump_json()}".encode("utf-8", "surrogatepass")).hexdigest()


def row_of(position: int, key: str, review: ProjectReview) -> ProjectRow:
    """Return the row for the *review* of the project at *position* in its file."""
    return ProjectRow(
        position,
        key,
        review.name,
        review.unit,
        review.amount,
        review.score,
        review.grade,
        sum(indicator.vague for indicator in review.indicators),
        len(review.indicators),
        # Level 1: three times as fast as the default, and a tenth larger.
        zlib.compress(review.model_dump_json().encode(), 1),
        review.error,
    )


_FILE = "id, path, line, name, digest, state, message, head, diagnostics, projects"
_PROJECT = "position, key, name, unit, amount, score, grade, vague, indicators, review, kind, message"


class Store:
    """The results in the file *path*, which is made when it does not exist; use it as a context manager.

    Use it in the thread that opened it; *patience* is how many seconds to wait for another process. Every method raises
    ``RunError``, which says what to do, when the file cannot be read or written.

    >>> with Store(Path(":memory:")) as store:
    ...     file = store.put_file(FileRow("/表.txt", 0, "表.txt", "ab12", projects=3))
    ...     store.known("/表.txt", 0).complete, store.counts().missing
    (False, 3)
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self._db = Database(path, _STEPS, _failure, patience=patience)

    @classmethod
    def for_reading(cls, path: Path) -> Store:
        """Open a store of a run that is over, broken or still going on, without changing it."""
        self = cls.__new__(cls)
        self._db = Database.for_reading(path, _STEPS, _failure)
        return self

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Write all that is put inside at once, or nothing of it."""
        return self._db.transaction()

    def known(self, path: str, line: int) -> Known | None:
        """Return what is held of the input *path* from *line* on, or None."""
        query = "SELECT id, digest, state, projects, message FROM files WHERE path = ? AND line = ?"
        row = self._db.execute(query, (path, line)).fetchone()
        if row is None:
            return None
        places: dict[str, list[int]] = {"done": [], "failed": []}
        for position, state in self._db.rows("SELECT position, state FROM projects WHERE file = ?", (row[0],)):
            places[state].append(position)
        id_, digest, kept, projects, message = row
        return Known(id_, digest, kept, projects, frozenset(places["done"]), frozenset(places["failed"]), message)

    def put_file(self, row: FileRow) -> int:
        """Put a file, in the place of what was held of it and all its projects, and return its id."""
        values = (
            row.path,
            row.line,
            row.name,
            row.digest,
            row.state,
            storable(row.message),
            row.head and row.head.model_dump_json(),
            json.dumps([diagnostic.model_dump() for diagnostic in row.diagnostics], ensure_ascii=False),
            row.projects,
        )
        found = self._db.execute("SELECT id FROM files WHERE path = ? AND line = ?", values[:2]).fetchone()
        if found is None:
            columns = _FILE.removeprefix("id, ")
            marks = ", ".join("?" * len(values))
            return int(self._db.execute(f"INSERT INTO files ({columns}) VALUES ({marks})", values).lastrowid or 0)
        self._db.execute("DELETE FROM projects WHERE file = ?", found)
        columns = ", ".join(f"{name} = ?" for name in _FILE.split(", ")[1:])
        self._db.execute(f"UPDATE files SET {columns} WHERE id = ?", (*values, *found))
        return int(found[0])

    def put_projects(self, file: int, rows: Iterable[ProjectRow]) -> None:
        """Put projects of the file with the id *file*, in the place of what was held of them."""
        for row in rows:
            error = row.error
            self._db.execute(
                f"INSERT OR REPLACE INTO projects (file, state, {_PROJECT}) VALUES ({', '.join('?' * 14)})",
                (
                    file,
                    row.state,
                    row.position,
                    row.key,
                    storable(row.name),
                    storable(row.unit),
                    row.amount,
                    row.score,
                    row.grade,
                    row.vague,
                    row.indicators,
                    row.packed,
                    error and error.kind,
                    storable(error.message) if error else None,
                ),
            )

    def mark(self, file: int, message: str | None) -> None:
        """Say of a file that was read why its results are those of an earlier time, or that they no longer are."""
        self._db.execute("UPDATE files SET message = ? WHERE id = ?", (storable(message), file))

    def forget_parts(self, path: str, after: int, before: int = 2**62) -> None:
        """Drop what begins between the lines *after* and *before* of *path*, which is divided otherwise now."""
        between = "path = ? AND line > ? AND line < ?"
        values = (path, after, before)
        self._db.execute(f"DELETE FROM projects WHERE file IN (SELECT id FROM files WHERE {between})", values)
        self._db.execute(f"DELETE FROM files WHERE {between}", values)

    def forget_gone(self, gone: Callable[[str], bool], message: str) -> int:
        """Mark with *message* the results of every file that is *gone*, and drop those that were never read.

        Returns how many were marked.
        """
        paths = [path for (path,) in self._db.rows("SELECT DISTINCT path FROM files") if gone(path)]
        marked = 0
        with self.transaction():
            for path in paths:
                self._db.execute("DELETE FROM files WHERE path = ? AND state = 'unreadable'", (path,))
                query = "UPDATE files SET message = ? WHERE path = ?"
                marked += self._db.execute(query, (message, path)).rowcount > 0
        return marked

    def files(self, state: FileState | None = None) -> Iterator[tuple[int, FileRow]]:
        """Yield id and row of all files, or of those in *state*, in the order of their paths."""
        condition = "" if state is None else "WHERE state = ?"
        query = f"SELECT {_FILE} FROM files {condition} ORDER BY path, line"
        for id_, path, line, name, digest, kept, message, head, diagnostics, projects in self._db.rows(
            query, () if state is None else (state,)
        ):
            yield (
                id_,
                FileRow(
                    path,
                    line,
                    name,
                    digest,
                    kept,
                    message,
                    DocumentHead.model_validate_json(head) if head else None,
                    [Diagnostic(**diagnostic) for diagnostic in json.loads(diagnostics)],
                    projects,
                ),
            )

    def projects(self, state: ProjectState | None = None) -> Iterator[StoredProject]:
        """Yield all projects, or those in *state*, in the order of paths and of places in them; one at a time."""
        columns = ", ".join(f"projects.{name}" for name in _PROJECT.split(", "))
        condition = "" if state is None else "WHERE projects.state = ?"
        query = f"""
            SELECT {columns}, files.id, files.name FROM files JOIN projects ON projects.file = files.id {condition}
            ORDER BY files.path, files.line, projects.position
        """
        for *values, kind, message, file, file_name in self._db.rows(query, () if state is None else (state,)):
            error = None if kind is None else ProjectError(kind=kind, message=message)
            yield StoredProject(*(*values, error, file, file_name))

    def grades(self) -> dict[Grade, tuple[int, float]]:
        """Return how many projects have each grade, and what they cost together (万元)."""
        query = "SELECT grade, count(*), total(amount) FROM projects GROUP BY grade"
        return {grade: (count, amount) for grade, count, amount in self._db.rows(query)}

    def counts(self) -> Counts:
        """Return how much there is of everything."""
        files: dict[str, tuple[int, int]] = {}
        query = "SELECT state, count(DISTINCT path), sum(projects) FROM files GROUP BY state"
        for state, count, projects in self._db.rows(query):
            files[state] = (count, projects)
        judged: dict[str, tuple[int, int]] = {}
        query = "SELECT state, count(*), sum(indicators) FROM projects GROUP BY state"
        for state, count, indicators in self._db.rows(query):
            judged[state] = (count, indicators)
        read, unreadable = files.get("read", (0, 0)), files.get("unreadable", (0, 0))
        done, failed = judged.get("done", (0, 0)), judged.get("failed", (0, 0))
        return Counts(read[0], unreadable[0], read[1], done[0], failed[0], done[1] + failed[1])


def _failure(path: Path, reason: str) -> RunError:
    return RunError(f"结果库 {path} {reason}。")
