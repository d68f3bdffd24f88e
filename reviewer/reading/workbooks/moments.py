"""Dates, times and elapsed time by the date tokens of a number format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from reviewer.reading.workbooks.codes import Token

_DAY_ZERO = datetime(1899, 12, 30)
_DAYS_TO_1904 = 1462
_NEVER_WAS = 60  # 29 February 1900, which Excel counts; days before it are one later than they seem
_TOO_LATE = 2_958_466  # 1 January 10000
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def moment(serial: float, tokens: Sequence[Token], from_1904: bool) -> str | None:
    """Return the moment *serial* days after the beginning of the count as *tokens* show it; None when there is no such.

    A moment is rounded to the smallest unit that is shown of it, at least to seconds.
    """
    if not 0 <= serial < _TOO_LATE:
        return None
    places = sum(token.kind == "digit" for token in tokens)
    seconds = round(serial * 86_400, places)
    days = int(seconds // 86_400) + (_DAYS_TO_1904 if from_1904 else 0)
    if days >= _TOO_LATE:
        return None
    since_midnight = seconds % 86_400
    when = _DAY_ZERO + timedelta(days=days + (days < _NEVER_WAS), seconds=int(since_midnight))
    fraction = f"{since_midnight % 1:.{places}f}"[1:] if places else ""
    halves = any(token.kind == "half" for token in tokens)
    units = [token.text[0].lower() if token.kind in ("date", "elapsed") else "" for token in tokens]
    shown = []
    for at, token in enumerate(tokens):
        if token.kind == "elapsed":
            shown.append(f"{int(seconds) // {'h': 3600, 'm': 60, 's': 1}[units[at]]:0{len(token.text)}d}")
        elif token.kind == "half":
            morning, afternoon = token.text.split("/")
            shown.append(morning if when.hour < 12 else afternoon)
        elif token.kind == "date":
            minutes = units[at] == "m" and _are_minutes(units, at)
            shown.append(_unit("n" if minutes else units[at], len(token.text), when, halves))
        elif token.kind == ".":
            shown.append(fraction or ".")
        elif token.kind != "digit":
            shown.append(token.text)
    return "".join(shown)


def _are_minutes(units: list[str], at: int) -> bool:
    """Whether the ``m`` at *at* follows an hour or precedes a second."""
    before = next((unit for unit in reversed(units[:at]) if unit), "")
    after = next((unit for unit in units[at + 1 :] if unit), "")
    return before == "h" or after == "s"


def _unit(unit: str, width: int, when: datetime, halves: bool) -> str:
    """Return one unit of *when*; ``n`` stands for minutes, for ``m`` are months."""
    if unit == "y":
        return f"{when.year:04d}" if width > 2 else f"{when.year % 100:02d}"
    if unit == "e":
        return f"{when.year:04d}"
    if unit == "a":
        return ("" if width == 3 else "星期") + "一二三四五六日"[when.weekday()]
    if unit in "md" and width > 2:
        name = _MONTHS[when.month - 1] if unit == "m" else _WEEKDAYS[when.weekday()]
        return name[:1] if width == 5 else name[:3] if width == 3 else name
    hour = (when.hour - 1) % 12 + 1 if halves else when.hour
    number = {"m": when.month, "d": when.day, "h": hour, "n": when.minute, "s": when.second}[unit]
    return f"{number:0{min(width, 2)}d}"
