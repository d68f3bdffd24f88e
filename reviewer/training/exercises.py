"""Exercises: from the rules' own examples and the library, from a review, and as a paper that can be printed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from random import Random

from reviewer.models import Review
from reviewer.training.choices import classify, find, orders, rule, sound_rows
from reviewer.training.composing import library_exercises, mend, writes
from reviewer.training.material import samples, specimens
from reviewer.training.models import Exercise, Kind
from reviewer.training.reviewing import of_review

__all__ = ["Exercise", "Kind", "catalogue_exercises", "paper", "review_exercises"]


def catalogue_exercises(seed: int) -> list[Exercise]:
    """Return every exercise that the rules' examples and the library yield; *seed* decides the order of options.

    >>> len(catalogue_exercises(1)) > 200
    True
    """
    return list(_catalogue_exercises(seed))


@lru_cache(maxsize=4)
def _catalogue_exercises(seed: int) -> tuple[Exercise, ...]:
    everything = (*specimens(), *samples())
    beside = sound_rows(everything)
    made: list[Exercise | None] = []
    for specimen in everything:
        made += [find(specimen, beside, seed), rule(specimen, seed), classify(specimen, seed), mend(specimen)]
        made += writes(specimen)
    made += orders(everything, seed)
    made += library_exercises()
    return tuple({exercise.id: exercise for exercise in made if exercise is not None}.values())


def review_exercises(review: Review, seed: int, *, masked: bool = False) -> list[Exercise]:
    """Return exercises about the weak rows of *review*, the worst first, then about its projects.

    *masked* leaves out the names of units, projects and places (see :class:`~reviewer.training.masking.Mask`). Each row
    is judged anew as it is shown, by the rules alone.
    """
    made = of_review(review, sound_rows(specimens()), seed, masked=masked)
    return list({exercise.id: exercise for exercise in made}.values())


def paper(exercises: Iterable[Exercise], seed: int, count: int, kinds: Collection[Kind] = ()) -> list[Exercise]:
    """Return up to *count* of *exercises* of the *kinds* (all by default): for the same seed the same paper again.

    Kinds and rules take turns, so that a short paper is a mixed one. A question more or less in the catalogue changes a
    paper only where that question would stand.

    >>> paper([], 1, 10)
    []
    """
    pool: dict[tuple[Kind, str], list[Exercise]] = {}
    for exercise in sorted(exercises, key=lambda one: _lot(seed, one.id), reverse=True):
        if not kinds or exercise.kind in kinds:
            pool.setdefault((exercise.kind, exercise.code), []).append(exercise)
    lots = {key: _lot(seed, *key) for key in pool}
    drawn: list[Exercise] = []
    used: Counter[str] = Counter()
    while pool and len(drawn) < count:
        key = min(pool, key=lambda key: (used[key[0]], used[key[1]], lots[key]))
        drawn.append(pool[key].pop())
        used.update(key)
        if not pool[key]:
            del pool[key]
    return drawn


def _lot(seed: int, *about: str) -> float:
    return Random("·".join([str(seed), *about])).random()
