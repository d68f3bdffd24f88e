"""Exercises: from the rules' own examples and the library, from a review, and as a paper that can be printed again."""

from __future__ import annotations

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

    Kinds and rules take turns, so that a short paper is a mixed one.

    >>> paper([], 1, 10)
    []
    """
    pool: dict[tuple[Kind, str], list[Exercise]] = {}
    for exercise in sorted(exercises, key=lambda one: one.id):
        if not kinds or exercise.kind in kinds:
            pool.setdefault((exercise.kind, exercise.code), []).append(exercise)
    chance = Random(seed)
    for group in pool.values():
        chance.shuffle(group)
    drawn: list[Exercise] = []
    used: dict[object, int] = {}
    while pool and len(drawn) < count:
        keys = list(pool)
        chance.shuffle(keys)
        kind, code = min(keys, key=lambda key: (used.get(key[0], 0), used.get(key[1], 0)))
        group = pool[kind, code]
        drawn.append(group.pop())
        used[kind], used[code] = used.get(kind, 0) + 1, used.get(code, 0) + 1
        if not group:
            del pool[kind, code]
    return drawn
