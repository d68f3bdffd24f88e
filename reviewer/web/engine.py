"""Reviews for the page, made in processes of their own: typing is answered while a large file is read.

A process that takes longer than the limit is killed, and the next request gets a new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_process

from reviewer.errors import InputError

T = TypeVar("T")

_BUSY = "这份内容处理得太久，已经停下。请拆小一些再试。"


class Engine:
    """Runs functions in worker processes, each at most *seconds* long, as many at once as there are processors.

    *options* are those of :func:`reviewer.review`, the same for every review of a server.
    """

    def __init__(self, options: Mapping[str, Any], seconds: float) -> None:
        self._options = dict(options)
        self._seconds = seconds
        self._typing = anyio.CapacityLimiter(os.cpu_count() or 1)
        self._files = anyio.CapacityLimiter(max(1, (os.cpu_count() or 1) // 2))

    async def review_json(self, document: bytes) -> bytes:
        """Review a Document given as JSON; return the Review as JSON. Raises ``InputError`` for another JSON."""
        return await self._run(self._typing, _review_json, document, self._options)

    async def run_on_file(self, function: Callable[..., T], *args: Any) -> T:
        """Run *function*, which must be importable by name, where files are read: slower work than typing."""
        return await self._run(self._files, function, *args)

    async def _run(self, limiter: anyio.CapacityLimiter, function: Callable[..., T], *args: Any) -> T:
        try:
            with anyio.fail_after(self._seconds):
                return await anyio.to_process.run_sync(function, *args, cancellable=True, limiter=limiter)
        except TimeoutError:
            raise InputError(_BUSY) from None
        except (anyio.BrokenWorkerProcess, anyio.BrokenResourceError):
            raise InputError("处理这份内容的进程意外停止了。请检查内容，或稍后再试。") from None

    async def warm(self) -> None:
        """Start a process and load the rules, so that the first request does not wait for that."""
        await self.review_json(b'{"projects": [{"name": "-", "indicators": []}]}')


def _review_json(raw: bytes, options: Mapping[str, Any]) -> bytes:
    from reviewer import pipeline
    from reviewer.reading import read_bytes

    document = read_bytes(raw, Path("内容.json"))
    return pipeline.review(document, **options).model_dump_json().encode()
