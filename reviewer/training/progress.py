"""What learners know: each answer, when each rule comes back, and where a session stopped; one SQLite file.

A learner is a chosen name and nothing else. A rule is remembered as a card of FSRS: wrong answers bring it back soon,
right ones later. Clocks are not trusted: a card that was answered "in the future" is taken as answered now.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from fsrs import Card, Rating, Scheduler, State

from reviewer.database import Database, storable
from reviewer.errors import TrainingError
from reviewer.home import home
from reviewer.training.models import Exercise

LONGEST_NAME = 40

_STEPS = (
    """
    CREATE TABLE answers (
        id INTEGER PRIMARY KEY, learner TEXT NOT NULL, exercise TEXT NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL,
        right INTEGER NOT NULL, helped INTEGER NOT NULL, at TEXT NOT NULL
    );
    CREATE INDEX answers_of ON answers (learner, code, id);
    CREATE TABLE cards (
        learner TEXT NOT NULL, code TEXT NOT NULL, state INTEGER NOT NULL, step INTEGER, stability REAL,
        difficulty REAL, due TEXT NOT NULL, last_review TEXT NOT NULL, PRIMARY KEY (learner, code)
    ) WITHOUT ROWID;
    CREATE TABLE sessions (
        learner TEXT NOT NULL, activity TEXT NOT NULL, source TEXT NOT NULL, seed INTEGER NOT NULL,
        questions TEXT NOT NULL, PRIMARY KEY (learner, activity, source)
    ) WITHOUT ROWID;
    """,
)
_RECENT = 10  # answers that mastery is measured by
# A year at most: a rule that nobody broke for a year is worth a look, and no date runs out of the calendar.
_SCHEDULER = Scheduler(maximum_interval=365, enable_fuzzing=False)
_LAST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands with one rule: ``mastery`` is the share of the last ten answers that were right, 0 to 1.

    ``due`` is when the rule comes back, ``last`` when it was last answered, both UTC.
    """

    learner: str
    code: str
    answered: int
    right: int
    mastery: float
    due: datetime
    last: datetime


@dataclass(slots=True)
class Place:
    """Where a session is: its seed, and for each exercise, by id, whether it was right (None: not answered yet)."""

    seed: int
    answers: dict[str, bool | None]


class Progress:
    """The progress in the file *path*, by default ``training.sqlite3`` in ``REVIEWER_HOME``; made when there is none.

    Raises ``TrainingError``, which says what to do, when the file cannot be read or written.

    >>> with Progress(Path(":memory:")) as progress:
    ...     progress.standings("小李")
    []
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "training.sqlite3" if path is None else path
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = "所在的文件夹建不了。请检查权限和磁盘，或用 REVIEWER_HOME 换一个位置"
            raise TrainingError(self.path, reason) from error
        self._db = Database(self.path, _STEPS, TrainingError)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def record(
        self, learner: str, exercise: Exercise, *, right: bool, helped: bool, now: datetime | None = None
    ) -> None:
        """Keep an answer, and set when its rule comes back; *helped* says that it took hints or more than one try."""
        now = _moment(now)
        with self._db.transaction():
            card = self._card(learner, exercise.code, now)
            rating = (Rating.Hard if helped else Rating.Good) if right else Rating.Again
            card, _ = _SCHEDULER.review_card(card, rating, now)
            self._db.execute(
                "INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    storable(learner),
                    exercise.code,
                    card.state.value,
                    card.step,
                    card.stability,
                    card.difficulty,
                    card.due.isoformat(),
                    now.isoformat(),
                ),
            )
            self._db.execute(
                "INSERT INTO answers (learner, exercise, code, kind, right, helped, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (storable(learner), exercise.id, exercise.code, exercise.kind, right, helped, now.isoformat()),
            )

    def due(self, learner: str, now: datetime | None = None) -> list[str]:
        """Return the codes of the rules that are to be asked again by now, the longest overdue first."""
        now = _moment(now)
        waiting = [(standing.due, standing.code) for standing in self.standings(learner, now) if standing.due <= now]
        return [code for _, code in sorted(waiting)]

    def standings(self, learner: str | None = None, now: datetime | None = None) -> list[Standing]:
        """Return how *learner*, or every learner, stands with each rule that was asked, by name and code."""
        now = _moment(now)
        query = "SELECT learner, code FROM cards WHERE ?1 IS NULL OR learner = ?1 ORDER BY learner, code"
        pairs = list(self._db.rows(query, (None if learner is None else storable(learner),)))
        return [self._standing(name, code, now) for name, code in pairs]

    def asked(self, learner: str) -> dict[str, bool]:
        """Return the exercises that *learner* has answered, by id: whether the last answer was right."""
        query = "SELECT exercise, right FROM answers WHERE learner = ? ORDER BY id"
        return {exercise: bool(right) for exercise, right in self._db.rows(query, (storable(learner),))}

    def place(self, learner: str, activity: str, source: str) -> Place | None:
        """Return where the session *activity* about *source* stopped, or None."""
        query = "SELECT seed, questions FROM sessions WHERE learner = ? AND activity = ? AND source = ?"
        row = self._db.execute(query, (storable(learner), activity, source)).fetchone()
        return None if row is None else Place(row[0], _answers(row[1]))

    def keep(self, learner: str, activity: str, source: str, place: Place | None) -> None:
        """Remember where a session is, or (None) that it is over."""
        key = (storable(learner), activity, source)
        if place is None:
            self._db.execute("DELETE FROM sessions WHERE learner = ? AND activity = ? AND source = ?", key)
        else:
            values = (*key, place.seed, json.dumps(place.answers))
            self._db.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)", values)

    def _standing(self, learner: str, code: str, now: datetime) -> Standing:
        rows = self._db.rows("SELECT right FROM answers WHERE learner = ? AND code = ? ORDER BY id", (learner, code))
        rights = [bool(right) for (right,) in rows]
        recent: Sequence[bool] = rights[-_RECENT:]
        card = self._card(learner, code, now)
        mastery = sum(recent) / len(recent) if recent else 0.0
        return Standing(learner, code, len(rights), sum(rights), mastery, card.due, card.last_review or now)

    def _card(self, learner: str, code: str, now: datetime) -> Card:
        query = "SELECT state, step, stability, difficulty, due, last_review FROM cards WHERE learner = ? AND code = ?"
        row = self._db.execute(query, (storable(learner), code)).fetchone()
        if row is None:
            return Card(card_id=0, due=now)
        state, step, stability, difficulty, due, last = row
        due, last = _read(due, now), _read(last, now)
        if last > now:  # the clock went back: what was to come in three days comes in three days
            due, last = now + max(due - last, timedelta()), now
        return Card(0, State(state), step, stability, difficulty, due, last)


def learner_of(name: str) -> str:
    """Return a learner's name as it is kept: in one line, without control characters, at most 40 of them.

    >>> learner_of(" 小 李\\x1b ")
    '小 李'
    """
    return " ".join("".join(char for char in name if char.isprintable()).split())[:LONGEST_NAME]


def _moment(now: datetime | None) -> datetime:
    return min(now or datetime.now(UTC), _LAST_MOMENT)


def _read(text: str, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return now


def _answers(text: str) -> dict[str, bool | None]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}
