"""Which project, and which indicator in it, of an earlier review is which of a later one.

What is unchanged is paired by its text alone; only the rest, renamed or rewritten, is compared for likeness, and of
that each with its few nearest. So a table of thousands of rows takes no more than a moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from rapidfuzz import fuzz, process

from reviewer.comparison.assignment import best_pairs
from reviewer.language.text import fold
from reviewer.models import IndicatorReview, ProjectReview

T = TypeVar("T")

LEAST_ALIKE = 0.5
"""Likeness, of 1, from which two that differ are one and the same."""
_NEAREST = 8  # of each, looked at closely
_LEAST_NAME = 30  # per cent of likeness in name from which a pair is looked at
_GOAL = 400  # code points of a goal that are compared


class Pairs(NamedTuple):
    """Positions in the earlier and the later list: what belongs together, what is gone, what is new."""

    both: list[tuple[int, int]]
    gone: list[int]
    added: list[int]


def match_projects(before: Sequence[ProjectReview], after: Sequence[ProjectReview]) -> Pairs:
    """Pair projects: of one name, else by likeness of name, goal and indicators and by the amount."""
    keys: list[Callable[[ProjectReview], Hashable]] = [
        lambda one: (_text(one.name), one.unit, one.amount, _text(one.goal)),
        lambda one: (_text(one.name), one.unit, one.amount),
        lambda one: (_text(one.name), one.unit),
        lambda one: (_text(one.name), one.amount),
        lambda one: _text(one.name),
    ]
    return _match(before, after, keys, lambda one: [_text(one.name)], _project_likeness, lambda one: one.amount)


def match_indicators(before: Sequence[IndicatorReview], after: Sequence[IndicatorReview]) -> Pairs:
    """Pair the indicators of one project: the same, of one name, or alike; a rewrite that was taken over counts too."""
    keys: list[Callable[[IndicatorReview], Hashable]] = [
        lambda one: (one.level2, _text(one.name), _text(one.annual_value), _text(one.cycle_value or "")),
        lambda one: (one.level2, _text(one.name)),
        lambda one: _text(one.name),
    ]
    return _match(before, after, keys, _indicator_names, _indicator_likeness, lambda one: None)


def _match(
    before: Sequence[T],
    after: Sequence[T],
    keys: Sequence[Callable[[T], Hashable]],
    names: Callable[[T], list[str]],
    likeness: Callable[[T, T], float],
    mark: Callable[[T], Hashable],
) -> Pairs:
    """Pair by each of the *keys* in turn, the strictest first, then by *likeness*.

    Looked at are those whose *names* are near (the first is what it is called, others it may have got), or that share
    a *mark* which few have.
    """
    both: list[tuple[int, int]] = []
    old, new = list(range(len(before))), list(range(len(after)))
    for number, key in enumerate(keys):
        ours, theirs = _grouped(old, before, key), _grouped(new, after, key)
        for same, olds in ours.items():
            news = theirs.get(same, [])
            # Equal in everything, any may be any; equal in name only, likeness has to tell them apart.
            if number == 0 or len(olds) == len(news) == 1:
                both += zip(olds, news, strict=False)
        old, new = _left(old, (pair[0] for pair in both)), _left(new, (pair[1] for pair in both))
    alike = _candidates(old, new, before, after, names, mark)
    weights = [
        {column: weight for column in columns if (weight := likeness(before[row], after[new[column]])) >= LEAST_ALIKE}
        for row, columns in zip(old, alike, strict=True)
    ]
    both += [(old[row], new[column]) for row, column in best_pairs(weights).items()]
    both.sort(key=lambda pair: pair[1])
    return Pairs(both, _left(old, (pair[0] for pair in both)), _left(new, (pair[1] for pair in both)))


def _candidates(
    old: Sequence[int],
    new: Sequence[int],
    before: Sequence[T],
    after: Sequence[T],
    names: Callable[[T], list[str]],
    mark: Callable[[T], Hashable],
) -> list[set[int]]:
    called = [names(after[at])[0] for at in new]
    marked: defaultdict[Hashable, list[int]] = defaultdict(list)
    for column, at in enumerate(new):
        marked[mark(after[at])].append(column)
    found = []
    for at in old:
        columns: set[int] = set()
        for name in names(before[at]):
            near = process.extract(name, called, scorer=fuzz.ratio, score_cutoff=_LEAST_NAME, limit=_NEAREST)
            columns.update(column for _, _, column in near)
        sharing = marked.get(mark(before[at]), []) if mark(before[at]) is not None else []
        found.append(columns.union(sharing if len(sharing) <= _NEAREST else ()))
    return found


def _grouped(places: Iterable[int], items: Sequence[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for at in places:
        groups.setdefault(key(items[at]), []).append(at)
    return groups


def _left(places: Sequence[int], taken: Iterable[int]) -> list[int]:
    gone = set(taken)
    return [at for at in places if at not in gone]


def _text(text: str) -> str:
    return fold(text)[0]


def _ratio(one: str, other: str) -> float:
    return fuzz.ratio(_text(one), _text(other)) / 100


def _project_likeness(before: ProjectReview, after: ProjectReview) -> float:
    same_amount = before.amount is not None and before.amount == after.amount
    ours, theirs = ({_text(row.name) for row in project.indicators} for project in (before, after))
    shared = len(ours & theirs) / (len(ours | theirs) or 1)
    goal = _ratio(before.goal[:_GOAL], after.goal[:_GOAL]) if before.goal and after.goal else 0.0
    return 0.5 * _ratio(before.name, after.name) + 0.2 * same_amount + 0.2 * goal + 0.1 * shared


def _indicator_names(indicator: IndicatorReview) -> list[str]:
    names = [_text(indicator.name)]
    return [*names, _text(indicator.rewrite.name)] if indicator.rewrite else names


def _indicator_likeness(before: IndicatorReview, after: IndicatorReview) -> float:
    rewrite = before.rewrite
    name = _ratio(before.name, after.name)
    value = _ratio(before.annual_value, after.annual_value)
    if rewrite:
        name = max(name, _ratio(rewrite.name, after.name))
        value = max(value, _ratio(rewrite.annual_value, after.annual_value))
    return 0.55 * name + 0.15 * (before.level2 == after.level2) + 0.2 * value + 0.1 * (before.no == after.no)
