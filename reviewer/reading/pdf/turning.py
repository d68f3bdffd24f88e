"""Pages whose text runs up, down or upside down, turned so that it runs from left to right."""

from __future__ import annotations

from collections import Counter
from typing import Any

Item = dict[str, Any]


def direction(letters: list[Item]) -> int:
    """Return where most of *letters* run, in quarter turns: 0 to the right, 1 upwards, 2 upside down, 3 downwards."""
    if not letters:
        return 0
    [(to, count)] = Counter(map(_runs, letters)).most_common(1)
    return to if 2 * count > len(letters) else 0


def turned(items: list[Item], to: int) -> list[Item]:
    """Return letters or lines that run to *direction* as they stand when the paper is turned to read them."""
    for _ in range(to):
        items = list(map(_turned, items))
    return items


def _runs(letter: Item) -> int:
    across, up = letter["matrix"][:2]
    if abs(up) > abs(across):
        return 1 if up > 0 else 3
    return 2 if across < 0 else 0


def _turned(item: Item) -> Item:
    """Return *item* as it stands when the paper is turned to the right by a quarter."""
    left, top, right, bottom = -item["bottom"], item["x0"], -item["top"], item["x1"]
    moved = {**item, "x0": left, "top": top, "x1": right, "bottom": bottom}
    if "pts" in item:
        moved["pts"] = [(-y, x) for x, y in item["pts"]]
    return moved
