"""Recorded exchanges: one readable YAML file a project, written and played by vcrpy.

vcrpy usually patches the HTTP library of the whole process and knows one cassette at a time. Here many projects are
judged at once, so its handler runs inside a transport of ours instead, with the cassette of the project on whose behalf
the request is sent. Nothing is patched, and other connections of the process are none of its business.

What is kept is what was asked and answered. A recording knows no key, account, host's headers or date; a reply that is
an error (a busy endpoint, a refused output format) is no part of it, so a replay does not wait and does not stumble.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.filters import decode_response
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.serialize import deserialize, serialize
from vcr.stubs.httpx_stubs import vcr_handle_async_request

from reviewer.errors import InputError, UnrecordedError, UsageError
from reviewer.judging import readable
from reviewer.judging.endpoint import IN_WORDS

_PARAMETERS = {"temperature": "temperature", "max_tokens": "max_tokens", "max_completion_tokens": "max_tokens"}
_SHORTEST_SECRET = 12  # characters; what local servers take for a key (EMPTY, ollama) is none, and may be a word
_LONGEST_NAME = 200  # bytes of UTF-8; file systems allow 255 for the whole name


class Cassettes:
    """The cassettes in a folder: all that a run records, or all that it may answer from.

    Recording adds to what is there: a request that a cassette holds is answered from it, so a broken recording can be
    resumed, and a cassette is recorded anew by deleting it. Where *secret* occurs in what is recorded, ``***`` is
    written. Raises ``UsageError`` when there is nothing to replay, or no place to record to.
    """

    def __init__(self, folder: Path, *, record: bool, secret: str | None = None) -> None:
        if record:
            _make(folder)
        elif not any(folder.glob("*.yaml")):
            raise _nothing(folder)
        self.folder = folder
        self._mode = RecordMode.NEW_EPISODES if record else RecordMode.NONE
        self._persister = _Persister(secret)
        self._open: dict[Path, Any] = {}
        self._current: ContextVar[Any] = ContextVar("cassette")

    @contextmanager
    def project(self, number: int, name: str) -> Iterator[None]:
        """Let requests that are sent from within belong to the project with this place in the document, from 1.

        Tasks that are started from within inherit it. A replay also finds the project by its name alone: it may stand
        elsewhere by now, or be the only one that is asked about. Raises ``InputError`` for a cassette that is no such
        file.
        """
        path = self._path(file_name(number, name))
        if path not in self._open:
            self._open[path] = self._load(path)
        token = self._current.set(self._open[path])
        try:
            yield
        finally:
            self._current.reset(token)

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if self._mode is RecordMode.NONE and not path.exists():
            ending = name.partition("-")[2]
            others = (other for other in sorted(self.folder.glob("*.yaml")) if other.name.partition("-")[2] == ending)
            path = next(others, path)
        return path

    def transport(self) -> httpx2.AsyncBaseTransport:
        """Return the transport to give to a client; it opens no connection before something has to be recorded."""
        return _Transport(self)

    async def handle(self, request: httpx2.Request, network: _Network) -> httpx2.Response:
        """Return the reply to *request*: a recorded one, or that of the *network*, recorded from now on.

        Raises ``UnrecordedError`` in a replay when the cassette does not hold the request.
        """
        cassette = self._current.get()
        # vcrpy keeps the bytes of the body, and knows how to undo this encoding.
        request.headers["accept-encoding"] = "gzip"
        before = len(cassette)
        try:
            response: httpx2.Response = await vcr_handle_async_request(cassette, _Network.send, httpx2)(
                network, request
            )
        except CannotOverwriteExistingCassetteException as error:
            raise UnrecordedError(_unrecorded(cassette, error)) from None
        for index in range(before, len(cassette)):
            # Recorded is played: asked once more, the same question must get an answer of its own.
            cassette.play_counts[index] += 1
        if len(cassette) > before:
            # At once and not at the end, so that what was paid for is kept whatever happens next.
            self._persister.save_cassette(
                cassette.path, {"requests": cassette.requests, "responses": cassette.responses}
            )
        return response

    def unplayed(self) -> list[str]:
        """Return the names of the files in the folder of which something, or everything, was not played."""
        played = {path for path, cassette in self._open.items() if cassette.all_played}
        return [path.name for path in sorted(self.folder.glob("*.yaml")) if path not in played]

    def _load(self, path: Path) -> Any:
        return Cassette.load(
            path=path,
            persister=self._persister,
            record_mode=self._mode,
            match_on=(_same_content,),
            before_record_request=_bare_request,
            before_record_response=_bare_response,
        )


class _Transport(httpx2.AsyncBaseTransport):
    def __init__(self, cassettes: Cassettes) -> None:
        self._cassettes = cassettes
        self._network = _Network()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._cassettes.handle(request, self._network)

    async def aclose(self) -> None:
        await self._network.aclose()


class _Network:
    """Sends what has to be recorded: through a client of its own, which knows the proxies of the environment."""

    def __init__(self) -> None:
        self._client: httpx2.AsyncClient | None = None

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        self._client = self._client or httpx2.AsyncClient()
        return await self._client.send(request, stream=True)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()


class _Persister:
    """Reads and writes cassettes for vcrpy: UTF-8, whole or not at all, and never with the key."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    def load_cassette(self, path: Path, serializer: Any = readable) -> Any:
        try:
            return deserialize(path.read_text(encoding="utf-8"), readable)
        except FileNotFoundError:
            raise CassetteNotFoundError from None
        except OSError as error:
            raise InputError(f"录音读不了（{error.strerror}）。", where=str(path), hint="请检查权限。") from error
        except Exception as error:  # vcrpy and YAML raise what they please about a file that somebody edited
            raise InputError(f"不是正确的录音（{error}）。", where=str(path), hint="请删掉它重新录制。") from error

    def save_cassette(self, path: Path, cassette: Any, serializer: Any = readable) -> None:
        # A copy, because vcrpy turns the bytes it is given into text, and they may be played yet.
        text: str = serialize(copy.deepcopy(cassette), readable)
        if self._secret and len(self._secret) >= _SHORTEST_SECRET:
            text = text.replace(self._secret, "***")
        part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            part.write_text(text, encoding="utf-8", newline="\n")
            os.replace(part, path)
        except OSError as error:
            raise UsageError(f"{path}：录音写不进去（{error.strerror}）。请检查磁盘和权限。") from error
        finally:
            part.unlink(missing_ok=True)


def recorded_settings(folder: Path) -> dict[str, Any]:
    """Return what the cassettes in *folder* were recorded with, by field of ``LLM``.

    It is read off the first request, so nothing is stored twice. Raises ``UsageError`` without a cassette.
    """
    for path in sorted(folder.glob("*.yaml")):
        requests, *_ = _Persister(None).load_cassette(path)
        if requests:
            said, how = _content(requests[0])
            return how | {
                "base_url": requests[0].uri.removesuffix("/chat/completions"),
                "model": said["model"],
            }
    raise _nothing(folder)


def file_name(number: int, name: str) -> str:
    """Return the name of a project's cassette, which any file system takes.

    >>> file_name(7, "电影/放映 工作经费")
    '007-电影_放映 工作经费.yaml'
    """
    safe = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", name).encode("utf-8", "replace")[:_LONGEST_NAME]
    return f"{number:03}-{safe.decode('utf-8', 'ignore').strip(' .') or '未命名'}.yaml"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}：录音的文件夹建不了（{error.strerror}）。请换一个 --record 的位置。") from error


def _nothing(folder: Path) -> UsageError:
    return UsageError(f"{folder}：没有录音可放（要有 .yaml 文件）。请检查 --replay 的路径，或先用 --record 录制。")


def _same_content(first: Request, second: Request) -> bool:
    """Whether two requests say the same: model, messages, schema, and the parameters that both have.

    Not in which way: the order of keys, the host, and what was found out while recording about an endpoint, namely how
    it takes a schema and which parameters it does not take, are no difference.
    """
    (said, how), (also_said, also_how) = _content(first), _content(second)
    return bool(said == also_said and all(how[name] == also_how[name] for name in how.keys() & also_how.keys()))


def _content(request: Request) -> tuple[Any, dict[str, Any]]:
    """Return what *request* says, and the parameters that not every endpoint takes, named as fields of ``LLM``."""
    try:
        body = json.loads(request.body)
        form = body.pop("response_format", {})
        first, *others = body.pop("messages")
        said, words, schema = first["content"].partition(IN_WORDS)
        body["schema"] = json.loads(schema) if words else form.get("json_schema", {}).get("schema")
        body["messages"] = [{**first, "content": said}, *others]
    except (ValueError, TypeError, KeyError, AttributeError):
        return request.body, {}  # somebody edited it; it may still be the same, byte for byte
    body.pop("enable_thinking", None)
    how = {field: body.pop(name) for name, field in _PARAMETERS.items() if name in body}
    return body, how


def _bare_request(request: Request) -> Request:
    parts = urlsplit(request.uri)
    host = parts.hostname or ""
    place = f"{host}:{parts.port}" if parts.port else host
    return Request(request.method, urlunsplit((parts.scheme, place, parts.path, "", "")), request.body, {})


def _bare_response(response: dict[str, Any]) -> dict[str, Any] | None:
    if response["status"]["code"] >= 400:
        return None
    response = decode_response(response)
    kept = {name: value for name, value in response["headers"].items() if name.lower() == "content-type"}
    return response | {"headers": kept}


def _unrecorded(cassette: Any, error: CannotOverwriteExistingCassetteException) -> str:
    match error.reason:
        case "cassette_not_found":
            what = "没有这个项目的录音"
        case "already_played":
            what = "录音里的回答已经放完，这里还要再问一次"
        case _:
            what = "录音里没有这个问题：表格、提示词或参数和录制时不一样"
    return f"{what}（{cassette.path}）。请用 --record 补录，或换回录制时的表格、提示词和参数。"
