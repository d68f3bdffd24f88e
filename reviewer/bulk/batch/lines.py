"""The lines of batch files: one request each on the way out, one result each on the way back.

The format is OpenAI's, and vLLM's ``run-batch`` reads and writes the same. Results come in any order, and what a file
may hold besides them (half a line, a line of another batch) is no reason to lose the others.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from reviewer.errors import InputError
from reviewer.judging.outcomes import Outcome, Strategy, Transient
from reviewer.judging.replies import outcome_of

URL: Final = "/v1/chat/completions"
_LONGEST = 16 * 2**20  # bytes of a line; an answer has some ten thousand
_KEY = re.compile(r"[0-9a-f]{64}")
_NOT_RUN = 503


def request_line(key: str, body: Mapping[str, Any]) -> bytes:
    """Return the line that asks for *body*, with its line feed.

    >>> print(request_line("a1f0", {"messages": "电影"}).decode(), end="")
    {"custom_id": "a1f0", "method": "POST", "url": "/v1/chat/completions", "body": {"messages": "电影"}}
    """
    line = {"custom_id": key, "method": "POST", "url": URL, "body": body}
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class Place(NamedTuple):
    """Where the result of a request lies in a file, in bytes, and the HTTP status it bears."""

    key: str
    offset: int
    status: int


def places(path: Path) -> Iterator[Place | None]:
    """Yield the place of each result in the file at *path*, and None for a line that is none and asks for none.

    Raises ``InputError`` when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            offset = 0
            while line := file.readline(_LONGEST):
                if line.strip():
                    yield from _place(line, offset)
                offset += len(line)
    except OSError as error:
        raise InputError("结果文件读不了。", where=str(path), hint="请检查路径和读取权限。") from error


def result_at(path: Path, offset: int, strategy: Strategy) -> Outcome:
    """Return the outcome of the request whose result begins at *offset*; it was asked by *strategy*."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = json.loads(file.readline(_LONGEST))
    except (OSError, ValueError):
        data = None
    if not isinstance(data, dict):
        return Transient("malformed", f"{path.name} 里的结果读不出来了")  # somebody changed the file
    response, error = data.get("response"), data.get("error")
    body = response.get("body") if isinstance(response, Mapping) else None
    if not isinstance(body, Mapping):
        # vLLM puts the whole body of the error here; for a request that never ran there is a code and a sentence.
        body = error if isinstance(error, Mapping) and "error" in error else {"error": error or "没有说明"}
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return outcome_of(_status(data), {}, raw, strategy, time.time())


def _place(line: bytes, offset: int) -> Iterator[Place | None]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    key = data.get("custom_id") if isinstance(data, dict) else None
    if not (isinstance(key, str) and _KEY.fullmatch(key)):
        yield None
    elif "response" in data or "error" in data:  # otherwise it is the request: people put both in one folder
        yield Place(key, offset, _status(data))


def _status(data: Mapping[str, Any]) -> int:
    response = data.get("response")
    if not isinstance(response, Mapping):
        return _NOT_RUN  # expired, cancelled: it can be asked again
    status = response.get("status_code", 200)
    if not isinstance(status, int) or isinstance(status, bool):
        return _NOT_RUN
    # A good status that bears no reply says nothing.
    return _NOT_RUN if 200 <= status < 300 and not isinstance(response.get("body"), Mapping) else status
