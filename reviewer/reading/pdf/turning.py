"""Pages and cells whose text runs up or down, turned so that it runs from left to right."""

from __future__ import annotations

from typing import Any

Item = dict[str, Any]


def direction(letters: list[Item]) -> int:
    """Return where most of *letters* run: 0 to the right, 1 upwards, -1 downwards."""
    up = sum(_runs(letter) > 0 for letter in letters)
    down = sum(_runs(letter) < 0 for letter in letters)
    return 0 if 2 * max(up, down) <= len(letters) else 1 if up >= down else -1


def turned(items: list[Item], to: int) -> list[Item]:
    """Return letters or lines that run to *direction* as they stand when the paper is turned to read them."""
    return [_turned(item, to) for item in items] if to else items


def _runs(letter: Item) -> float:
    across, up = letter["matrix"][:2]
    return float(up) if abs(up) > abs(across) else 0.0


def _turned(item: Item, to: int) -> Item:
    left, top, right, bottom = item["x0"], item["top"], item["x1"], item["bottom"]
    left, top, right, bottom = (-bottom, left, -top, right) if to > 0 else (top, -right, bottom, -left)
    moved = {**item, "x0": left, "top": top, "x1": right, "bottom": bottom}
    if "pts" in item:
        moved["pts"] = [(-y, x) if to > 0 else (y, -x) for x, y in item["pts"]]
    if "matrix" in item:
        moved["matrix"] = (1.0, 0.0, 0.0, 1.0, left, bottom)
    return moved
