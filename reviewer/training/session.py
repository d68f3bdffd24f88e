"""A session: questions one after the other, with hints, tries and a place to go on from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random

from reviewer.training.exercises import paper
from reviewer.training.grading import Graded, grade
from reviewer.training.hints import hints
from reviewer.training.models import TYPED, Exercise, Kind
from reviewer.training.progress import Place, Progress


def assigned(
    exercises: Iterable[Exercise],
    seed: int,
    count: int,
    kinds: Collection[Kind] = (),
    *,
    due: Sequence[str] = (),
    asked: dict[str, bool] | None = None,
) -> list[Exercise]:
    """Return *count* exercises: of each rule that is *due* one, then a paper of those never *asked* or got wrong.

    *due* are codes, the most urgent first; *asked* says by id whether the last answer was right.

    >>> assigned([], 1, 10)
    []
    """
    asked = asked or {}
    fresh = [one for one in exercises if (not kinds or one.kind in kinds) and not asked.get(one.id)]
    back: list[Exercise] = []
    for code in due[:count]:
        back += paper([one for one in fresh if one.code == code], seed, 1)
    chosen = {one.id for one in back}
    return back + paper([one for one in fresh if one.id not in chosen], seed, count - len(back))


class Session:
    """Exercises that *learner* goes through; every step is kept, so that it can be gone on with.

    A choice is answered once. An indicator may be tried again until it is right, or given up.
    """

    def __init__(
        self, exercises: Sequence[Exercise], progress: Progress, learner: str, activity: str, source: str, place: Place
    ) -> None:
        self.exercises = exercises
        self.learner = learner
        self._progress, self._activity, self._source, self._place = progress, activity, source, place
        self._waiting = [one for one in exercises if place.answers.get(one.id) is None]
        self._helped = 0
        self._tries = 0

    @property
    def current(self) -> Exercise | None:
        """The question to answer now; None when all are."""
        return self._waiting[0] if self._waiting else None

    @property
    def number(self) -> int:
        """The number of the current question on the paper, from 1."""
        return self.exercises.index(self._waiting[0]) + 1 if self._waiting else len(self.exercises)

    def state_of(self, exercise: Exercise) -> bool | None:
        """Whether *exercise* was answered right; None when it was not answered."""
        return self._place.answers.get(exercise.id)

    @property
    def answered(self) -> int:
        """How many questions are behind."""
        return len(self.exercises) - len(self._waiting)

    @property
    def right(self) -> int:
        """How many of them were answered right."""
        return sum(self.state_of(one) is True for one in self.exercises)

    def answer(self, text: str) -> Graded:
        """Grade an answer to the current question, which stays when it can be answered again."""
        graded = grade(self._now(), text)
        if graded.understood:
            if graded.right or graded.exercise.kind not in TYPED:
                self._settle(graded.right)
            else:
                self._tries += 1
        return graded

    def hint(self) -> tuple[int, str]:
        """Return the next hint and its number, 1 to 3; the last one again when there is none left."""
        self._helped = min(self._helped + 1, 3)
        return self._helped, hints(self._now())[self._helped - 1]

    def skip(self) -> None:
        """Put the current question at the end; it does not count."""
        self._waiting.append(self._waiting.pop(0))
        self._helped = self._tries = 0

    def give_up(self) -> Exercise:
        """Go on without an answer, which counts as not known; return the question that was given up."""
        exercise = self._now()
        self._settle(False)
        return exercise

    def _now(self) -> Exercise:
        if not self._waiting:
            raise IndexError("no question is left")
        return self._waiting[0]

    def _settle(self, right: bool) -> None:
        exercise = self._waiting.pop(0)
        self._place.answers[exercise.id] = right
        helped = bool(self._helped or self._tries)
        self._helped = self._tries = 0
        self._progress.record(self.learner, exercise, right=right, helped=helped)
        self._progress.keep(self.learner, self._activity, self._source, self._place if self._waiting else None)


def new_seed() -> int:
    """Return a seed for a paper of one's own."""
    return Random().randrange(1, 1_000_000)
