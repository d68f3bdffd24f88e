"""An SQLite file that several processes may use, whose format is versioned, and whose errors say what to do.

Each statement is its own transaction unless one is begun: a process that is killed leaves whole rows.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reviewer.errors import ReviewerError

PATIENCE = 30.0
"""Seconds to wait for another process."""

_BUSY = "被另一个程序占用，等了很久也没有让出来。请等它结束再运行"
_REASONS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: "只能读、不能写。请改文件权限",
    sqlite3.SQLITE_PERM: "没有权限读写。请改文件权限",
    sqlite3.SQLITE_CANTOPEN: "打不开。请检查所在的文件夹是否可写",
    sqlite3.SQLITE_FULL: "写不进去，磁盘已满。请腾出空间后再运行，已经记下的都还在，不会重做",
    sqlite3.SQLITE_IOERR: "读写出错，磁盘可能已满或有故障。请检查磁盘",
    sqlite3.SQLITE_CORRUPT: "已经损坏。请把它移走，程序会新建一个",
    sqlite3.SQLITE_NOTADB: "不是 reviewer 的数据文件。请把它移走，程序会新建一个",
}

Failure = Callable[[Path, str], ReviewerError]


class Database:
    """The SQLite file *path*, which exists or is made, of the format to which *steps* lead.

    A file of version n has gone through the first n steps; steps are only ever appended. Whatever goes wrong is raised
    as *failure*, made of the path and a Chinese reason without a full stop. Use it in the thread that opened it.

    >>> from reviewer.errors import LedgerError
    >>> database = Database(Path(":memory:"), ("CREATE TABLE words (word TEXT)",), LedgerError)
    >>> database.execute("INSERT INTO words VALUES (?)", ("指标",)).rowcount
    1
    """

    def __init__(self, path: Path, steps: Sequence[str], failure: Failure, *, patience: float = PATIENCE) -> None:
        self._path = path
        self._steps = steps
        self._failure = failure
        with self.explained():
            self._db = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            with self.explained():
                self._prepare(time.monotonic() + patience)
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def for_reading(cls, path: Path, steps: Sequence[str], failure: Failure) -> Database:
        """Open a file that another process may be writing, or that may not be written at all, without changing it."""
        self = cls.__new__(cls)
        self._path, self._steps, self._failure = path, steps, failure
        address = f"{path.absolute().as_uri()}?mode=ro"
        with self.explained():
            try:
                self._db = _read_only(address)
            except sqlite3.OperationalError:
                if path.with_name(f"{path.name}-wal").exists():
                    raise
                # In a folder that cannot be written, where nobody is writing the file either.
                self._db = _read_only(f"{address}&immutable=1")
        try:
            with self.explained():
                if self._version() < len(steps):
                    raise failure(path, "是较旧的 reviewer 写的，或者没有写完。请先用原来的命令接着做完")
        except BaseException:
            self._db.close()
            raise
        return self

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        with self.explained():
            return self._db.execute(statement, values)

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows of a query as they are read."""
        with self.explained():
            yield from self._db.execute(query, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # After a full disk SQLite may have rolled back by itself.
            if self._db.in_transaction:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise errors of SQLite as what the user can do about them."""
        try:
            yield
        except sqlite3.Error as error:
            # The low byte is the error, the rest its variety.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            reason = _REASONS.get(code, f"出错（{error}）。请把它移走，程序会新建一个")
            raise self._failure(self._path, reason) from error

    def _version(self) -> int:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > len(self._steps):
            raise self._failure(
                self._path,
                f"是更新的 reviewer 写的（格式 {version}，本程序只认识到 {len(self._steps)}）。"
                "请升级 reviewer，或者换一个文件夹",
            )
        return int(version)

    def _prepare(self, deadline: float) -> None:
        version = self._version()
        while True:
            try:
                # WAL lets others read while one writes. With it, NORMAL loses no committed row when the process is
                # killed; a power failure may lose the last ones, never the file.
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                if version < len(self._steps):
                    self._migrate()
                return
            except sqlite3.OperationalError as error:
                # SQLite waits for its turn to write, but not for its turn to change the mode of a new file.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _migrate(self) -> None:
        # The write lock first, then the version again: another process may just have done this.
        with self.transaction():
            for step in self._steps[self._version() :]:
                for statement in step.split(";"):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {len(self._steps)}")


def _read_only(address: str) -> sqlite3.Connection:
    db = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA user_version")  # nothing is opened before something is read
    except BaseException:
        db.close()
        raise
    return db


def storable(value: Any) -> Any:
    """Return *value* as SQLite takes it: half of a surrogate pair, which JSON can spell, must not lose the rest."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
