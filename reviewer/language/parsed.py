"""One text of a table, read once: folded, with its values, times and the way back to the source's code points."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from reviewer.language.text import fold
from reviewer.language.times import Time, find_times
from reviewer.language.values import BLANK, Value, find_values

_T = TypeVar("_T")


class Parsed:
    """A read text. Offsets of ``values`` and ``times`` count in ``text``; :meth:`span` leads back to ``source``.

    >>> parsed = Parsed("活 动不低于 90次/年")
    >>> parsed.values[0].low, parsed.span(2, 8)
    (90.0, (3, 10))
    """

    __slots__ = ("_index", "_said", "blanks", "source", "text", "times", "values")

    def __init__(self, source: str) -> None:
        self.source = source
        self.text, self._index = fold(source)
        self.times: list[Time] = find_times(self.text)
        self.values: list[Value] = find_values(self.text, self.times)
        self.blanks = "〔" in source and BLANK.search(source) is not None
        self._said: dict[Callable[[str], Any], Any] = {}

    def says(self, find: Callable[[str], _T]) -> _T:
        """Return what *find* finds in the text; it looks once, however many rules ask.

        >>> Parsed("活动 90次").says(str.isdigit)
        False
        """
        if find not in self._said:
            self._said[find] = find(self.text)
        found: _T = self._said[find]
        return found

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the source of a span in the folded text (an empty span stays empty)."""
        if self._index is None:
            return start, end
        if start >= end or start >= len(self._index):
            at = self._index[start] if start < len(self._index) else len(self.source)
            return at, at
        return self._index[start], self._index[end - 1] + 1


_SHORT = 80  # characters; a longer text hardly comes twice, and many of them would fill the memory


def read_again(source: str) -> Parsed:
    """Return *source* read, from memory if it was read lately: forms are full of ``≥95%`` and of names that return.

    >>> read_again("≥95%") is read_again("≥95%")
    True
    """
    return _remembered(source) if len(source) <= _SHORT else Parsed(source)


_remembered = lru_cache(maxsize=8192)(Parsed)
