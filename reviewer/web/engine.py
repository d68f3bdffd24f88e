"""Work for the pages, done in processes of their own: typing is answered while a large file is read.

A process that takes longer than the limit is killed, and the next request gets a new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_process

from reviewer.errors import InputError, ReviewerError

T = TypeVar("T")


class Engine:
    """Runs functions in worker processes, each at most *seconds* long, as many at once as there are processors.

    *options* are those of :func:`reviewer.review`, the same for every review of a server. A function must be importable
    by its name, and what it takes and returns must be picklable.
    """

    def __init__(self, options: Mapping[str, Any], seconds: float) -> None:
        self.options = dict(options)
        self._seconds = seconds
        processors = os.cpu_count() or 1
        self._short = anyio.CapacityLimiter(processors)
        # Files never take all processors: somebody may be typing.
        self._long = anyio.CapacityLimiter(max(1, processors // 2))

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Run *function* for somebody who is waiting; ``InputError`` when it takes too long or breaks its process."""
        return await self._run(self._short, function, *args)

    async def run_on_file(self, function: Callable[..., T], *args: Any) -> T:
        """Run *function* where files are read: slower work, which leaves room for typing."""
        return await self._run(self._long, function, *args)

    async def review_json(self, document: bytes) -> bytes:
        """Review a Document given as JSON; return the Review as JSON. Raises ``InputError`` for another JSON."""
        return await self.run(reviewed, document, "内容.json", self.options)

    async def warm(self) -> None:
        """Start a process and load the rules, so that the first request does not wait for that."""
        await self.review_json(b'{"projects": [{"name": "-", "indicators": []}]}')

    async def _run(self, limiter: anyio.CapacityLimiter, function: Callable[..., T], *args: Any) -> T:
        try:
            with anyio.fail_after(self._seconds):
                return await anyio.to_process.run_sync(_plainly, function, *args, cancellable=True, limiter=limiter)
        except TimeoutError:
            raise InputError("这份内容处理得太久，已经停下。请拆小一些再试。") from None
        except (anyio.BrokenWorkerProcess, anyio.BrokenResourceError):
            raise InputError("处理这份内容的进程意外停止了。请检查内容，或稍后再试。") from None


def _plainly(function: Callable[..., T], *args: Any) -> T:
    """Run *function*; its error must survive the way between processes."""
    try:
        return function(*args)
    except ReviewerError as error:
        raise InputError(str(error)) from None


def reviewed(raw: bytes, name: str, options: Mapping[str, Any]) -> bytes:
    """Return the review of the file *raw*, called *name*, as JSON. The name is only shown: no file is opened.

    Raises ``InputError`` when nothing can be read from it.

    >>> row = '{"no": 1, "name": "放映场次", "annual_value": "按合同约定完成"}'
    >>> found = reviewed(b'{"projects": [{"name": "A", "indicators": [%s]}]}' % row.encode(), "A.json", {})
    >>> b'"code":"V101"' in found
    True
    """
    from reviewer import pipeline
    from reviewer.reading import read_bytes

    return pipeline.review(read_bytes(raw, Path(name)), **options).model_dump_json().encode()
