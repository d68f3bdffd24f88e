"""The ruling lines of a page, whatever they were drawn as: strokes, thin rectangles, frames."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

SNAP = 2.0
"""Points within which two lines are one, as the two of a double line."""

MAX_RULES = 4_000
"""A page of 200 rows and 60 columns has some 1,000; more are a drawing."""

_THIN = 3.0  # points up to which a rectangle is a line
_SHORTEST = 4.0  # points of a line that may part cells
_REACH = 3.0  # points by which a line may miss the one it should meet


class TooManyLines(Exception):
    """The lines of the page are more than those of any table."""


class Rule(NamedTuple):
    """A line ``at`` a distance from the top (or left) that goes from ``start`` to ``end``, in points."""

    at: float
    start: float
    end: float


def rulings(drawn: list[dict[str, Any]]) -> tuple[list[Rule], list[Rule]]:
    """Return the lines across and those down that were *drawn* on a page, pieces joined, open sides of tables closed.

    White lines are not seen and so no lines, unless there are no others. Raises ``TooManyLines``.
    """
    seen = [item for item in drawn if not _is_white(item)]
    pieces = list(_pieces(seen)) or list(_pieces(drawn))
    across = _joined(Rule(top, left, right) for left, top, right, bottom in pieces if bottom - top < right - left)
    down = _joined(Rule(left, top, bottom) for left, top, right, bottom in pieces if bottom - top > right - left)
    if len(across) + len(down) > MAX_RULES:
        raise TooManyLines
    sides = _closing(across, down)
    # A cell that fills the page is closed below when it has been closed above.
    for _ in range(2):
        across += _closing(down, across)
    return across, down + sides


def positions(rules: Iterable[Rule]) -> list[float]:
    """Return where *rules* lie, each position once."""
    return sorted({rule.at for rule in rules})


def covered(rule: Rule, edges: list[float]) -> range:
    """Return the numbers of the gaps between *edges* along which *rule* goes all the way."""
    first = bisect_left(edges, rule.start - _REACH)
    last = bisect_left(edges, rule.end + _REACH) - 1
    return range(first, last)


def _pieces(items: Iterable[dict[str, Any]]) -> Iterator[tuple[float, float, float, float]]:
    """Yield left, top, right and bottom of each line, which has hardly any height, or hardly any width."""
    for item in items:
        left, top, right, bottom = item["x0"], item["top"], item["x1"], item["bottom"]
        if bottom - top <= _THIN:
            yield left, (top + bottom) / 2, right, (top + bottom) / 2
        elif right - left <= _THIN:
            yield (left + right) / 2, top, (left + right) / 2, bottom
        elif item["object_type"] == "rect" and item["stroke"]:
            yield from ((left, top, right, top), (left, bottom, right, bottom))
            yield from ((left, top, left, bottom), (right, top, right, bottom))
        elif item["object_type"] == "curve" and item["stroke"]:
            for (x, y), (to_x, to_y) in pairwise(item["pts"]):
                if abs(x - to_x) < 1 or abs(y - to_y) < 1:
                    yield min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)


def _is_white(item: dict[str, Any]) -> bool:
    colour = item.get("stroking_color" if item.get("stroke") else "non_stroking_color")
    if not isinstance(colour, tuple) or not all(isinstance(part, int | float) for part in colour):
        return False
    return all(part == 0 for part in colour) if len(colour) == 4 else all(part >= 1 for part in colour)


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Return *rules* with those at almost one place put there, and pieces of one line joined."""
    joined: list[Rule] = []
    for group in _groups(rules):
        at = sum(rule.at for rule in group) / len(group)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start <= end + SNAP:
                end = max(end, rule.end)
            else:
                joined.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        joined.append(Rule(at, start, end))
    return [rule for rule in joined if rule.end - rule.start >= _SHORTEST]


def _groups(rules: Iterable[Rule]) -> Iterator[list[Rule]]:
    """Yield the rules at almost one place, in the order of their starts."""
    group: list[Rule] = []
    for rule in sorted(rules):
        if group and rule.at - group[0].at > SNAP:
            yield sorted(group, key=lambda rule: rule.start)
            group = []
        group.append(rule)
    if group:
        yield sorted(group, key=lambda rule: rule.start)


def _closing(rules: list[Rule], crossing: list[Rule]) -> list[Rule]:
    """Return lines that join the ends of *rules* which no *crossing* one meets: a table without sides, or a page's cut.

    Two loose ends at the same height are enough, if one is of a rule that crosses another: others may underline.
    """
    loose: list[Rule] = []
    in_tables: set[Rule] = set()
    for rule in rules:
        met = [other.at for other in crossing if _reaches(other, rule.at)]
        ends = [end for end in (rule.start, rule.end) if not any(abs(at - end) <= _REACH for at in met)]
        loose += [Rule(end, rule.at, rule.at) for end in ends]
        if any(_reaches(rule, at) for at in met):
            in_tables.update(loose[-len(ends) :] if ends else ())
    closing = []
    for group in _groups(loose):
        height, open_at = group[0].at, {rule.start for rule in group}
        if len(open_at) > 1 and not in_tables.isdisjoint(group):
            # Where a cell is cut beside one that is whole, only one of its two corners is loose.
            standing = sorted({rule.at for rule in rules if _reaches(rule, height)})
            there = [rule for rule in crossing if abs(rule.at - height) <= _REACH]
            closing += [
                Rule(height, left, right)
                for left, right in pairwise(standing)
                if not open_at.isdisjoint((left, right)) and not any(_reaches(it, (left + right) / 2) for it in there)
            ]
    return closing


def _reaches(rule: Rule, position: float) -> bool:
    return rule.start - _REACH <= position <= rule.end + _REACH
