"""Lines read as one text, so that what a page break cut stands in one piece."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from reviewer.reading.lines import Line
from reviewer.reading.seams import repeated


class Stream:
    """Lines as one text with line ends kept, and the way back to their numbers.

    What a page edge printed twice is left out and kept in ``repeats``, by the offset where it stood.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._starts: list[int] = []
        self._lines: list[Line] = []
        self.repeats: dict[int, str] = {}
        pieces: list[str] = []
        at = 0
        for line in lines:
            text = line.text
            twice = repeated(pieces[-1], text) if pieces and line.seam else 0
            if twice:
                self.repeats[at] = text[:twice]
            self._starts.append(at)
            self._lines.append(line)
            pieces.append(text[twice:])
            at += len(text) - twice + 1
        self.text = "\n".join(pieces)

    def line_at(self, at: int) -> int:
        """Return the number of the line that offset *at* lies in."""
        return self._lines[bisect_right(self._starts, at) - 1].no

    def breaks(self, start: int, end: int) -> Iterator[tuple[int, Line]]:
        """Yield offset and line of the lines that begin between *start* and *end*."""
        for index in range(bisect_right(self._starts, start), bisect_left(self._starts, end)):
            yield self._starts[index], self._lines[index]

    def pieces_until(self, end: int) -> Iterator[tuple[int, str]]:
        """Yield line number and text of what stands before offset *end*."""
        for start, line in zip(self._starts, self._lines, strict=True):
            if start >= end:
                return
            text = self.text[start : min(start + len(line.text), end)].split("\n")[0].strip()
            if text:
                yield line.no, text
