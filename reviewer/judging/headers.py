"""What the headers of a reply say about time: how long to wait, and how much may be sent per minute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from reviewer.judging.outcomes import Allowance

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_PIECES = re.compile(rf"(?:{_PIECE.pattern})+")
_NUMBER = re.compile(r"\d{1,15}(?:\.\d+)?")
# A number this large is no duration but a point in time, in seconds or milliseconds since 1970.
_EPOCH, _EPOCH_MS = 1e9, 1e12
_RESOURCES = ("requests", "tokens")


def wait_asked(headers: Mapping[str, str], now: float) -> float | None:
    """Return how many seconds the endpoint asks to wait, or None when it does not say.

    Read in this order: ``retry-after-ms``; ``retry-after`` in seconds or as a date; ``x-ratelimit-reset-requests`` and
    ``-tokens`` (``6m0s``, ``20ms``, seconds, a date), of which those count whose ``remaining`` is 0, or else the
    longer. *headers* find names in any case (or hold lower case); *now*, in seconds since 1970, is used for dates
    where the reply has none of its own, since the clocks of two machines may differ.

    >>> wait_asked({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0)
    30.0
    >>> wait_asked({"x-ratelimit-reset-requests": "1m30s", "x-ratelimit-reset-tokens": "20ms"}, 0)
    90.0
    """
    now = _date(headers.get("date", "")) or now
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    if (asked := _seconds(headers.get("retry-after", ""), now)) is not None:
        return asked
    resets = {name: _seconds(headers.get(f"x-ratelimit-reset-{name}", ""), now) for name in _RESOURCES}
    waits = {name: wait for name, wait in resets.items() if wait is not None}
    spent = [wait for name, wait in waits.items() if headers.get(f"x-ratelimit-remaining-{name}") == "0"]
    return max(spent or waits.values(), default=None)


def allowance(headers: Mapping[str, str]) -> Allowance:
    """Return what ``x-ratelimit-limit-requests`` and ``-tokens`` allow per minute.

    >>> allowance({"x-ratelimit-limit-requests": "600", "x-ratelimit-limit-tokens": "-1"})
    Allowance(requests=600, tokens=None)
    """
    requests, tokens = (_limit(headers.get(f"x-ratelimit-limit-{name}", "")) for name in _RESOURCES)
    return Allowance(requests, tokens)


def _limit(text: str) -> int | None:
    # Some endpoints send 0 or -1 for "not limited".
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 16 else None


def _seconds(text: str, now: float) -> float | None:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number >= _EPOCH:
            return max(0.0, number / (1000 if number >= _EPOCH_MS else 1) - now)
        return number
    if _PIECES.fullmatch(text):
        return sum(float(amount) * _UNITS[unit] for amount, unit in _PIECE.findall(text))
    moment = _date(text)
    return None if moment is None else max(0.0, moment - now)


def _date(text: str) -> float | None:
    """Return a date as HTTP or ISO 8601 writes it in seconds since 1970; without a zone it is UTC."""
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None
