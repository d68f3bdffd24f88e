"""How far a bulk run is, on standard error: a bar where a person watches, and a line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator
from threading import Event, Thread
from types import TracebackType

from reviewer.bulk.store import FileRow, ProjectRow
from reviewer.cli.output import complain, is_terminal, width
from reviewer.models import Usage
from reviewer.reporting.layout import clip

_PERIOD = 0.2
_PATIENCE = 1.0  # seconds before the bar appears
_LINES = 10.0  # seconds between lines where nobody watches
_BAR = 20


class Watch:
    """Hears the events of a run and says how far it is; ``taken`` is what a model took, as it was heard last.

    A thread writes, for the work may not come up for air. *currency* is that of the price of a model, None without one.
    """

    def __init__(self, currency: str | None = None) -> None:
        self.taken: Usage | None = None
        self._currency = currency or ""
        self._started = time.monotonic()
        self._found = self._seen = 0
        self._known = self._kept = self._done = self._failed = 0
        self._notes: deque[str] = deque()
        self._over = Event()
        self._bar = is_terminal(sys.stderr)
        self._drawn = False
        self._thread = Thread(target=self._write, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def found(self, files: int) -> None:
        """Note how many inputs are known."""
        self._found = files

    def kept(self, projects: int, left: int) -> None:
        """Count an input that is as it was."""
        self._seen += 1
        self._known += projects + left
        self._kept += projects

    def file(self, row: FileRow) -> None:
        """Count an input that was read or could not be."""
        self._seen += 1
        self._known += row.projects

    def project(self, row: ProjectRow) -> None:
        """Count a project."""
        self._done += 1
        self._failed += row.error is not None

    def usage(self, usage: Usage) -> None:
        """Keep what the model took."""
        self.taken = usage

    def note(self, text: str) -> None:
        """Say *text* between the lines; called in the middle of anything, so the thread says it."""
        self._notes.append(text)

    def _write(self) -> None:
        due = self._started + (_PATIENCE if self._bar else _LINES)
        while not self._over.wait(_PERIOD):
            self._say_notes()
            if time.monotonic() < due:
                continue
            if self._bar:
                sys.stderr.write(f"\r{clip(self.line(), width() - 1)}\x1b[K")
                sys.stderr.flush()
                self._drawn = True
            else:
                complain(self.line())
                due += _LINES
        self._say_notes()
        self._clear()
        if self._seen and not self._bar:
            complain(self.line())

    def _say_notes(self) -> None:
        while self._notes:
            self._clear()
            complain(self._notes.popleft())

    def _clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False

    def line(self) -> str:
        """Return how far the run is, what matters most first."""
        return " · ".join(self._pieces())

    def _pieces(self) -> Iterator[str]:
        finished = self._kept + self._done
        total = max(round(self._known / self._seen * self._found) if self._seen else 0, finished)
        seconds = max(time.monotonic() - self._started, _PERIOD)
        share = finished / total if total else 0.0
        bar = int(share * _BAR)
        yield f"{'█' * bar}{'░' * (_BAR - bar)} {share:.0%}" if self._bar else f"{share:.0%}"
        yield f"{self._seen:,}/{self._found:,} 份文件"
        yield f"{finished:,} 个项目"
        if self._failed:
            yield f"没能判断 {self._failed:,}"
        if self._done:
            yield f"还要 {_duration((total - finished) * seconds / self._done)}"
        if self.taken is None:
            if self._done:
                yield f"{self._done / seconds:,.0f} 个/秒"
            return
        usage = self.taken
        yield f"{usage.requests / seconds:.1f} 请求/秒"
        if usage.cached:
            yield f"账本里有 {usage.cached:,}"
        yield f"{usage.input_tokens + usage.output_tokens:,} token"
        if usage.cost is not None:
            whole = usage.cost * (total - self._kept) / self._done if self._done else usage.cost
            yield f"{usage.cost:.2f} {self._currency}，全部约 {whole:.2f} {self._currency}"


def _duration(seconds: float) -> str:
    """Return a time for reading.

    >>> _duration(8), _duration(200), _duration(7300)
    ('8 秒', '3 分 20 秒', '2 小时 1 分')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} 秒"
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60} 秒"
    return f"{whole // 3600} 小时 {whole % 3600 // 60} 分"
