"""Statistics of agreement between two judges of the same rows. An undefined statistic is None, never 0.

Everything is built from counts that add up over rows (hits and misses, sums of ranks). A bootstrap by project then only
has to add up the counts of the projects it drew, and rows of one project, which resemble each other, stay together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from math import sqrt
from random import Random

from pydantic import BaseModel

Interval = tuple[float, float]
Counts = tuple[int, ...]

DRAWS = 1000
SEED = 20230101
_Z95 = 1.959963984540054  # two-sided 95 % point of the normal distribution


def ratio(part: int, whole: int) -> float | None:
    """Return part / whole, or None when there is nothing to take a part of.

    >>> ratio(3, 4), ratio(0, 4), ratio(0, 0)
    (0.75, 0.0, None)
    """
    return part / whole if whole else None


def wilson(part: int, whole: int) -> Interval | None:
    """Return the Wilson 95 % interval of a proportion; None when *whole* is 0.

    It stays inside 0–1 and keeps its width at 0 of n and n of n, where the textbook interval shrinks to a point. It
    takes the rows as independent; rows of one project are not quite that, so read it as the narrowest honest interval.

    >>> tuple(round(bound, 3) for bound in wilson(9, 10))
    (0.596, 0.982)
    """
    if not whole:
        return None
    p, z2 = part / whole, _Z95**2
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z95 * sqrt(p * (1 - p) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    # Rounding may leave -1e-17 at 0 of n: clamp to what a proportion can be.
    return max(0.0, centre - half), min(1.0, centre + half)


def f1(counts: Counts) -> float | None:
    """Return the harmonic mean of precision and recall from (true positives, false positives, false negatives).

    1: exactly the labelled ones were found. 0: none of the found was labelled. It cannot be negative. Undefined (None)
    when nothing was labelled and nothing found: agreement on absence says nothing about finding.

    >>> f1((6, 2, 2)), f1((0, 1, 0)), f1((0, 0, 0))
    (0.75, 0.0, None)
    """
    hits, false_alarms, misses = counts
    return ratio(2 * hits, 2 * hits + false_alarms + misses)


def rank_sums(pairs: Iterable[tuple[int, int]]) -> Counts:
    """Return the additive sums that quadratic-weighted kappa needs: n, Σa, Σb, Σa², Σb², Σ(a−b)².

    >>> rank_sums([(1, 2), (3, 3)])
    (2, 4, 5, 10, 13, 1)
    """
    rows = list(pairs)
    return (
        len(rows),
        sum(a for a, _ in rows),
        sum(b for _, b in rows),
        sum(a * a for a, _ in rows),
        sum(b * b for _, b in rows),
        sum((a - b) ** 2 for a, b in rows),
    )


def kappa(sums: Counts) -> float | None:
    """Return Cohen's kappa with quadratic weights from :func:`rank_sums`.

    1: the same rank on every row. 0: no better than drawing from each judge's own distribution; also when one judge
    gives every row the same rank. Negative: the judges disagree more than that. A miss by two ranks weighs four times a
    miss by one. Undefined (None) without rows, or when both judges give one and the same rank to all.

    >>> kappa(rank_sums([(0, 0), (3, 3)])), kappa(rank_sums([(0, 3), (3, 0)])), kappa(rank_sums([(2, 2), (2, 2)]))
    (1.0, -1.0, None)
    """
    n, a, b, a2, b2, difference2 = sums
    expected = n * (a2 + b2) - 2 * a * b
    return 1 - n * difference2 / expected if expected else None


def bootstrap(clusters: Sequence[Counts], statistic: Callable[[Counts], float | None]) -> Interval | None:
    """Return the 95 % percentile interval of *statistic* over resampled clusters (projects), each a tuple of sums.

    The draws come from a fixed seed: same rows, same interval. Draws where the statistic is undefined are left out.
    None when there are fewer than two clusters or when it is undefined in more than half of the draws. When all
    clusters agree perfectly the interval has no width; that is a limit of the method and no proof of perfection.

    >>> bootstrap([(1, 0, 0), (0, 1, 1), (2, 0, 1)], f1)
    (0.0, 1.0)
    """
    if len(clusters) < 2:
        return None
    random = Random(SEED)
    values = []
    for _ in range(DRAWS):
        drawn = random.choices(clusters, k=len(clusters))
        value = statistic(tuple(map(sum, zip(*drawn, strict=True))))
        if value is not None:
            values.append(value)
    if 2 * len(values) < DRAWS:
        return None
    values.sort()
    return values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]


class Detection(BaseModel):
    """What was found against what was labelled. Undefined figures are None; intervals are 95 %.

    ``precision`` is the share of the found that was labelled (None: nothing found), ``recall`` the share of the
    labelled that was found (None: nothing labelled), both with Wilson intervals; ``f1`` as in :func:`f1`, with a
    bootstrap interval over projects.
    """

    labelled: int
    found: int
    both: int
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    f1: float | None
    f1_interval: Interval | None

    @classmethod
    def of(cls, projects: Iterable[Iterable[tuple[AbstractSet[str], AbstractSet[str]]]]) -> Detection:
        """Count over projects, each a series of rows (names labelled, names found).

        >>> Detection.of([[({"a"}, {"a", "b"})], [({"a"}, set())]]).precision
        0.5
        """
        clusters = [
            (
                sum(len(labelled & found) for labelled, found in rows),
                sum(len(found - labelled) for labelled, found in rows),
                sum(len(labelled - found) for labelled, found in rows),
            )
            for rows in map(list, projects)
        ]
        hits, false_alarms, misses = (sum(column) for column in zip((0, 0, 0), *clusters, strict=True))
        return cls(
            labelled=hits + misses,
            found=hits + false_alarms,
            both=hits,
            precision=ratio(hits, hits + false_alarms),
            precision_interval=wilson(hits, hits + false_alarms),
            recall=ratio(hits, hits + misses),
            recall_interval=wilson(hits, hits + misses),
            f1=f1((hits, false_alarms, misses)),
            f1_interval=bootstrap(clusters, f1),
        )


class Kappa(BaseModel):
    """Quadratic-weighted kappa (:func:`kappa` says what its values mean), bootstrap 95 % interval over projects."""

    value: float | None
    interval: Interval | None

    @classmethod
    def of(cls, projects: Iterable[Iterable[tuple[int, int]]]) -> Kappa:
        """Compute over projects, each a series of rows (rank labelled, rank found).

        >>> Kappa.of([[(1, 1), (4, 4)], [(2, 2)]]).value
        1.0
        """
        clusters = [rank_sums(rows) for rows in projects]
        totals = tuple(map(sum, zip(*clusters, strict=True))) or rank_sums([])
        return cls(value=kappa(totals), interval=bootstrap(clusters, kappa))
