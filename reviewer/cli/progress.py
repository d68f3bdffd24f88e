"""A bar on standard error for work that takes longer than a second."""

from __future__ import annotations

import sys
import time
from threading import Event, Thread
from types import TracebackType

from reviewer.cli.output import is_terminal, width
from reviewer.reporting.layout import clean, clip

_PATIENCE = 1.0  # seconds before the bar appears
_PERIOD = 0.1
_BAR = 24


class Progress:
    """Shows what is being done and how much of it, from a second after *since* on; nothing unless a person watches.

    The bar is drawn by a thread, for the work may not come up for air. ``total`` is 0 while it is unknown. Of what is
    ``done``, ``failed`` could not be judged by a model; ``cached`` counts requests that were answered before.
    """

    def __init__(self, label: str, since: float) -> None:
        self.label = label
        self.total = 0
        self.done = 0
        self.failed = 0
        self.cached = 0
        self._since = since
        self._over = Event()
        self._thread = Thread(target=self._draw, daemon=True) if is_terminal(sys.stderr) else None

    def step(self, *, failed: bool = False, cached: int = 0) -> None:
        """Count one more as done; a model may have *failed* to judge it, and *cached* requests took no call so far."""
        self.done += 1
        self.failed += failed
        self.cached = cached

    def __enter__(self) -> Progress:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()

    def _draw(self) -> None:
        drawn = False
        pause = max(_PATIENCE - (time.monotonic() - self._since), 0)
        while not self._over.wait(pause):
            sys.stderr.write(f"\r{clip(self._line(), width() - 1)}\x1b[K")
            sys.stderr.flush()
            drawn, pause = True, _PERIOD
        if drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _line(self) -> str:
        label = clean(self.label)
        if not self.total:
            return f"正在读取 {label} …"
        full = _BAR * self.done // self.total
        notes = f" 没能判断 {self.failed}" if self.failed else ""
        notes += f" 账本里有 {self.cached}" if self.cached else ""
        return f"{'█' * full}{'░' * (_BAR - full)} {self.done}/{self.total} 个项目{notes} {label}"
