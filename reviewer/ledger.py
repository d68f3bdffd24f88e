"""The ledger: every exchange with a model, in one SQLite file. It is the cache, the way to resume, and the audit trail.

A request is known by its key, a hash of all that can change the answer. A good answer under that key is given out
again instead of asking anew; refusals and errors are kept for the record and never given out. Each exchange is one
transaction: a process that is killed leaves whole rows, and several processes may write at once (WAL).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from reviewer.database import PATIENCE, Database, storable
from reviewer.errors import LedgerError
from reviewer.home import home

ANSWERED = "answered"  # the one outcome that counts as an answer

# A ledger of version n has gone through the first n steps. Steps are only ever appended.
_STEPS = (
    """
    CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL, prompt TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL,
        repeat INTEGER NOT NULL, strategy TEXT, attempts INTEGER NOT NULL, input_tokens INTEGER, output_tokens INTEGER,
        seconds REAL NOT NULL, question TEXT NOT NULL, text TEXT, outcome TEXT NOT NULL, message TEXT, at TEXT NOT NULL
    );
    CREATE INDEX answers ON exchanges (key, id) WHERE outcome = 'answered';
    CREATE INDEX times ON exchanges (at);
    CREATE TABLE strategies (
        base_url TEXT, model TEXT, strategy TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (base_url, model)
    ) WITHOUT ROWID;
    """,
)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange with a model, from the first attempt to the last.

    ``prompt`` is ``id@version+sha``, ``question`` the last message (the text under review; the part before it is
    what ``prompt`` names), ``text`` the raw answer. ``outcome`` is :data:`ANSWERED` or the kind of error, which
    ``message`` explains. Tokens are those of all attempts together, None when the endpoint did not count them;
    ``seconds`` from first to last; ``at`` is UTC.
    """

    key: str
    prompt: str
    base_url: str
    model: str
    repeat: int
    strategy: str | None
    attempts: int
    input_tokens: int | None
    output_tokens: int | None
    seconds: float
    question: str
    text: str | None
    outcome: str
    message: str | None = None
    at: str = field(default_factory=_now)


@dataclass(frozen=True, slots=True)
class Use:
    """What one model at one endpoint was asked; ``outcomes`` counts exchanges, tokens are those that were counted."""

    base_url: str
    model: str
    outcomes: dict[str, int]
    attempts: int
    input_tokens: int
    output_tokens: int
    first: str
    last: str

    @property
    def answered(self) -> int:
        """How many exchanges ended with an answer."""
        return self.outcomes.get(ANSWERED, 0)

    @property
    def failures(self) -> dict[str, int]:
        """How many ended otherwise, by kind of error."""
        return {outcome: count for outcome, count in self.outcomes.items() if outcome != ANSWERED}


_COLUMNS = tuple(column.name for column in fields(Entry))
_INSERT = f"INSERT INTO exchanges ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM exchanges"


class Ledger:
    """The ledger in the file *path*, by default ``ledger.sqlite3`` in ``REVIEWER_HOME``; made when it does not exist.

    Use it as a context manager and in the thread that opened it. A *fresh* one records, but gives out no stored answer;
    *patience* is how many seconds to wait for another process. Every method raises ``LedgerError``, which says what to
    do, when the file cannot be read or written.

    >>> with Ledger(Path(":memory:")) as ledger:
    ...     ledger.remember_strategy("http://127.0.0.1:8000/v1", "qwen3", "json_object")
    ...     ledger.strategy("http://127.0.0.1:8000/v1", "qwen3")
    'json_object'
    """

    def __init__(self, path: Path | None = None, *, fresh: bool = False, patience: float = PATIENCE) -> None:
        self.path = home() / "ledger.sqlite3" if path is None else path
        self._fresh = fresh
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = "所在的文件夹建不了。请检查权限和磁盘，或用 REVIEWER_HOME 换一个位置"
            raise LedgerError(self.path, reason) from error
        self._db = Database(self.path, _STEPS, LedgerError, patience=patience)

    @classmethod
    def for_reading(cls, path: Path) -> Ledger:
        """Open a ledger that another process may be writing, or that may not be written, without changing it."""
        self = cls.__new__(cls)
        self.path, self._fresh = path, False
        self._db = Database.for_reading(path, _STEPS, LedgerError)
        return self

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def stored(self, key: str) -> str | None:
        """Return the raw text of the latest good answer to the request *key*, or None."""
        if self._fresh:
            return None
        query = "SELECT text FROM exchanges WHERE key = ? AND outcome = 'answered' ORDER BY id DESC LIMIT 1"
        row = self._db.execute(query, (key,)).fetchone()
        return None if row is None else row[0]

    def record(self, entry: Entry) -> None:
        """Add *entry*; it is on disk when this returns."""
        self._db.execute(_INSERT, [storable(getattr(entry, column)) for column in _COLUMNS])

    def strategy(self, base_url: str, model: str) -> str | None:
        """Return the output strategy that worked with this model at this endpoint, or None."""
        query = "SELECT strategy FROM strategies WHERE base_url = ? AND model = ?"
        row = self._db.execute(query, (base_url, model)).fetchone()
        return None if row is None else row[0]

    def remember_strategy(self, base_url: str, model: str, strategy: str) -> None:
        """Keep the output strategy that works with this model at this endpoint."""
        values = (base_url, model, strategy, _now())
        self._db.execute("INSERT OR REPLACE INTO strategies VALUES (?, ?, ?, ?)", values)

    def entries(self) -> Iterator[Entry]:
        """Yield all exchanges in the order in which they were recorded."""
        for row in self._db.rows(f"{_SELECT} ORDER BY id"):
            yield Entry(*row)

    def stats(self) -> list[Use]:
        """Return what each model was asked, the latest used first."""
        query = """
            SELECT base_url, model, outcome, count(*), sum(attempts), total(input_tokens), total(output_tokens),
                   min(at), max(at)
            FROM exchanges GROUP BY base_url, model, outcome ORDER BY base_url, model, outcome
        """
        uses: dict[tuple[str, str], Use] = {}
        for base_url, model, outcome, count, attempts, input_tokens, output_tokens, first, last in self._db.rows(query):
            use = uses.get((base_url, model)) or Use(base_url, model, {}, 0, 0, 0, first, last)
            uses[base_url, model] = Use(
                base_url,
                model,
                use.outcomes | {outcome: count},
                use.attempts + attempts,
                use.input_tokens + int(input_tokens),
                use.output_tokens + int(output_tokens),
                min(use.first, first),
                max(use.last, last),
            )
        return sorted(uses.values(), key=lambda use: use.last, reverse=True)

    def older_than(self, days: float) -> int:
        """Return how many exchanges are older than *days*: what :meth:`prune` would delete."""
        (count,) = self._db.execute("SELECT count(*) FROM exchanges WHERE at < ?", (_before(days),)).fetchone()
        return int(count)

    def prune(self, days: float) -> int:
        """Delete the exchanges older than *days*, give their space back to the disk, and return how many they were."""
        deleted = self._db.execute("DELETE FROM exchanges WHERE at < ?", (_before(days),)).rowcount
        self._db.execute("VACUUM")
        return deleted


def _before(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
