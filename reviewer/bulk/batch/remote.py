"""The files and batches of an OpenAI-compatible endpoint, asked for as often as it takes.

openai's client does the talking and its own retries are off: every call to the Batch API is made again here, and only
here. What a call came to is read as that of any other call to the endpoint (:mod:`reviewer.judging.replies`).
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from reviewer.bulk.batch.description import Batch, text_of
from reviewer.bulk.batch.lines import URL
from reviewer.errors import EndpointError
from reviewer.judging.endpoint import connect, disconnected, masked
from reviewer.judging.outcomes import Fatal, Outcome, RateLimited, Transient, explained
from reviewer.judging.pacing import LONGEST_PAUSE
from reviewer.judging.replies import outcome_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

T = TypeVar("T")

_WINDOW: Final = "24h"  # the one that every endpoint knows
_TRIES = 8
_FIRST_TRIES = 4  # of an endpoint that was never reached: its address is probably wrong, and the user is waiting
_LONGEST_TRANSFER = 3600.0  # seconds; a file may have 200 MB, and the line may be slow
_PAGE, _MOST_PAGES = 100, 100
_SHORTEST_SECRET = 12  # characters; what local servers take for a key (EMPTY, ollama) is none, and may be a word
_backed_off = wait_random_exponential(multiplier=0.5, max=30)


class Declined(EndpointError):
    """The endpoint heard a call and does not do what was asked; making it again would change nothing."""


class Gone(Declined):
    """The endpoint does not know the file or batch (any more)."""


class Remote:
    """The Batch API at *base_url*. *timeout* is how many seconds a call may take that moves no file.

    Every method raises ``EndpointError`` when the endpoint keeps failing for many tries, ``Declined`` when it refuses,
    and ``Gone`` when it does not know what is asked for.
    """

    def __init__(self, base_url: str, api_key: str | None, *, timeout: float) -> None:
        self._key = api_key or ""
        self._timeout = timeout
        client = connect(base_url, self._key, timeout=timeout)
        if isinstance(client, Fatal):
            raise EndpointError(client.message)
        self._client: AsyncOpenAI = client
        self._reached = False

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def upload(self, path: Path, name: str, *, look: bool) -> str:
        """Upload the file at *path* under *name* and return its id; *look* first for one that was uploaded before."""
        size = path.stat().st_size

        async def attempt() -> Any:
            nonlocal look
            if look and (found := await self._uploaded(name, size)):
                return {"id": found}
            look = True
            with path.open("rb") as file:
                create = self._client.files.with_raw_response.create
                sent = create(file=(name, file, "application/jsonl"), purpose="batch")
                return await self._once(sent, _LONGEST_TRANSFER)

        return str((await self._object(attempt, "上传文件"))["id"])

    async def create(self, file_id: str, token: str, *, look: bool) -> Batch:
        """Create the batch of the requests in a file; *look* first for one that was created before.

        A call that broke off may have been heard, so before it is made again the batch is looked for as well: by its
        *token*, which it carries as metadata, or its file. ``Declined`` means that there is none.
        """

        async def attempt() -> Any:
            nonlocal look
            if look and (found := await self._created(file_id, token)):
                return found
            look = True
            create = self._client.batches.with_raw_response.create
            sent = create(input_file_id=file_id, endpoint=URL, completion_window=_WINDOW, metadata={"reviewer": token})
            return await self._once(sent)

        return Batch.read(await self._object(attempt, "创建批次"))

    async def retrieve(self, batch_id: str) -> Batch:
        """Return how a batch stands."""
        read = self._client.batches.with_raw_response.retrieve
        return Batch.read(await self._object(lambda: self._once(read(batch_id)), f"查询批次 {batch_id}"))

    async def download(self, file_id: str, path: Path, *, lines: int | None = None) -> None:
        """Write a file of the endpoint to *path*, whole or not at all, and without the key.

        With fewer than *lines* it is fetched again; if it stays so, what there is is taken.
        """
        part = path.with_name(f".{path.name}.{os.getpid()}.tmp")

        async def attempt() -> Any:
            try:
                async with asyncio.timeout(_LONGEST_TRANSFER):
                    return await self._fetched(file_id, part, lines)
            except TimeoutError:
                return Transient("timeout", f"{_LONGEST_TRANSFER:g} 秒没有下载完")

        try:
            found = await self._tried(attempt)
            if not (isinstance(found, int) or _short(found)):
                _json_object(found, f"下载文件 {file_id}")
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    async def _fetched(self, file_id: str, part: Path, lines: int | None) -> int | Outcome:
        import openai

        count, rest = 0, b""
        try:
            async with self._client.files.with_streaming_response.content(file_id) as response:
                with part.open("wb") as file:
                    async for chunk in response.iter_bytes():
                        *whole, rest = (rest + chunk).split(b"\n")
                        for line in whole:
                            file.write(self._bare(line) + b"\n")
                            count += bool(line.strip())
                    file.write(self._bare(rest))
                    count += bool(rest.strip())
                    file.flush()
                    os.fsync(file.fileno())
        except openai.APIStatusError as error:
            return self._failed(error.response, await error.response.aread())
        except openai.APIConnectionError as error:
            return masked(disconnected(error.__cause__ or error), self._key)
        except httpx2.HTTPError as error:
            return masked(disconnected(error), self._key)
        return count if lines is None or count >= lines else Transient("malformed", _SHORT)

    async def _uploaded(self, name: str, size: int) -> str | None:
        pages = self._pages(lambda after: self._client.files.with_raw_response.list(purpose="batch", **after))
        try:
            async for file in pages:
                if file.get("filename") == name and file.get("bytes") == size:
                    return text_of(file.get("id"))
        except EndpointError:
            pass  # it cannot list files; a second copy of one costs nothing
        return None

    async def _created(self, file_id: str, token: str) -> Mapping[str, Any] | None:
        try:
            async for batch in self._pages(lambda after: self._client.batches.with_raw_response.list(**after)):
                read = Batch.read(batch)
                if read.token == token or read.input_file == file_id:
                    return batch
        except Declined as error:
            raise EndpointError(str(error)) from None  # the batch may well be there
        return None

    async def _pages(self, page: Callable[[dict[str, Any]], Awaitable[Any]]) -> AsyncIterator[Mapping[str, Any]]:
        """Yield all objects of a list, the latest first."""
        after: dict[str, Any] = {"limit": _PAGE}
        for _ in range(_MOST_PAGES):
            data = await self._object(partial(self._page, page, after), "列出已有的文件和批次", wanted="data")
            found = [one for one in data["data"] if isinstance(one, Mapping) and one.get("id")]
            for one in found:
                yield one
            if not (found and data.get("has_more")):
                return
            after = {"limit": _PAGE, "after": found[-1]["id"]}

    async def _page(self, page: Callable[[dict[str, Any]], Awaitable[Any]], after: dict[str, Any]) -> Any:
        return await self._once(page(after))

    async def _object(self, attempt: Callable[[], Awaitable[Any]], what: str, wanted: str = "id") -> Any:
        """Return the JSON object that an *attempt* at *what* came to at last."""

        async def read() -> Any:
            found = await attempt()
            if isinstance(found, Mapping) and wanted not in found:
                return Transient("malformed", f"回复里没有 {wanted}")
            return found

        return _json_object(await self._tried(read), what)

    async def _tried(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what *attempt* came to, made again as long as it fails in passing, and not too often."""
        found: T = await AsyncRetrying(sleep=asyncio.sleep, wait=_pause, retry=self._again)(attempt)
        return found

    def _again(self, state: RetryCallState) -> bool:
        most = _TRIES if self._reached else _FIRST_TRIES
        found = state.outcome.result() if state.outcome else None
        return isinstance(found, Transient | RateLimited) and state.attempt_number < most

    async def _once(self, call: Awaitable[Any], timeout: float | None = None) -> Any:
        """Return the JSON object that one *call* brought, or else its outcome."""
        import openai

        timeout = timeout or self._timeout
        try:
            async with asyncio.timeout(timeout):
                response = (await call).http_response
        except openai.APIStatusError as error:
            return self._failed(error.response, error.response.content)
        except TimeoutError:
            return Transient("timeout", f"{timeout:g} 秒内没有等到完整的回复")
        except openai.APIConnectionError as error:
            return masked(disconnected(error.__cause__ or error), self._key)
        try:
            data = json.loads(response.content)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict) and not data.get("error"):
            self._reached = True
            return data
        return self._failed(response, response.content)

    def _failed(self, response: httpx2.Response, content: bytes) -> Outcome:
        self._reached = True
        return masked(outcome_of(response.status_code, response.headers, content, "plain", time.time()), self._key)

    def _bare(self, line: bytes) -> bytes:
        # Some endpoints repeat the key when they refuse it.
        return line.replace(self._key.encode(), b"***") if len(self._key) >= _SHORTEST_SECRET else line


_SHORT = "结果文件比端点说的短"


def _short(outcome: object) -> bool:
    return isinstance(outcome, Transient) and outcome.message == _SHORT


def _pause(state: RetryCallState) -> float:
    """Return how many seconds to wait before the next attempt."""
    outcome = state.outcome.result() if state.outcome else None
    after = outcome.after if isinstance(outcome, Transient | RateLimited) else None
    return max(min(after or 0.0, LONGEST_PAUSE), _backed_off(state))


def _json_object(found: Any, what: str) -> Any:
    """Return *found* when it is a JSON object. Raises ``EndpointError`` with what stood in the way of *what*."""
    if isinstance(found, Mapping):
        return found
    _, message = explained(found)
    if isinstance(found, Transient | RateLimited):
        hint = "请检查地址、网络和代理设置。" if isinstance(found, Transient) and found.kind == "connection" else ""
        raise EndpointError(f"没能{what}：{message}。{hint}记下的都在，再运行一次接着做。")
    if isinstance(found, Fatal) and found.kind == "address":
        raise Gone(f"没能{what}：{message}。也可能这个端点没有批量接口（files 和 batches），或者要的东西已经过期。")
    raise Declined(f"没能{what}：{message}。")
