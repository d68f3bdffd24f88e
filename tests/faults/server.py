"""A real HTTP server on 127.0.0.1 that answers like an OpenAI-compatible endpoint and misbehaves on command.

What it does is decided call by call: *behave* takes a :class:`Call` and returns a :class:`Reply`. As a program it
answers well and slowly, for benchmarks: ``python tests/faults/server.py LATENCY JITTER``.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any, Literal

_NUMBER = re.compile(r'"no": (\d+)')
_HEADER = re.compile(rb"([^:\r\n]+): ?([^\r\n]*)\r\n")


@dataclass(frozen=True)
class Call:
    """One request as it came over the wire; ``number`` counts from 0, ``target`` is method and path."""

    number: int
    at: float
    headers: Mapping[str, str]
    raw: bytes
    target: str = ""

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def strategy(self) -> str:
        return str(self.body.get("response_format", {"type": "plain"})["type"])

    @property
    def numbers(self) -> list[int]:
        """The numbers of the indicators that are asked about."""
        return [int(number) for number in _NUMBER.findall(self.body["messages"][1]["content"])]


@dataclass(frozen=True)
class Reply:
    """What is sent back: whole and at once, or after a *delay*, in a *drip* of bytes, or with the connection *cut*."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    cut: Literal["before", "middle"] | None = None

    def but(self, **changes: Any) -> Reply:
        return replace(self, **changes)


Behave = Callable[[Call], Reply]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def completion(content: object, *, finish: str | None = "stop", usage: object = ..., **message: object) -> Reply:
    """A chat completion with this content."""
    counts = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    data: dict[str, object] = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]}
    if usage is not None:
        data["usage"] = counts if usage is ... else usage
    return Reply(_json(data), headers={"content-type": "application/json"})


def error(status: int, message: str = "", *, headers: Mapping[str, str] | None = None, **details: object) -> Reply:
    """An error as OpenAI reports it."""
    return Reply(_json({"error": {"message": message, **details}}), status, headers or {})


def answer(numbers: Iterable[int], **changes: object) -> str:
    """A good answer about the indicators *numbers*, as text."""
    numbers = list(numbers)
    audit = {"reason": "任务和指标对得上。", "grade": "良"}
    indicators = [
        {
            "no": number,
            "reasoning": "写明了数量和单位，年内可以核对。",
            "smart": dict.fromkeys(("specific", "measurable", "achievable", "relevant", "time_bound"), 4),
            "vague": False,
            "findings": [],
            "rewrite": None,
        }
        for number in numbers
    ]
    audits = dict.fromkeys(("completeness", "relevance", "appropriateness", "feasibility"), audit)
    goal = {"elements": [], "comment": "目标写明了要做的事。"}
    return json.dumps({"indicators": indicators, "goal": goal, "audit": audits} | changes, ensure_ascii=False)


def good(call: Call) -> Reply:
    """Answer what was asked."""
    return completion(answer(call.numbers))


def script(*replies: Reply | Behave, then: Behave = good) -> Behave:
    """Give the replies in this order, whoever calls, and *then* that."""

    def behave(call: Call) -> Reply:
        step = replies[call.number] if call.number < len(replies) else then
        return step if isinstance(step, Reply) else step(call)

    return behave


class Server:
    """The server, for as long as it is entered; ``calls`` is what it was asked so far."""

    def __init__(self, behave: Behave = good) -> None:
        self.behave = behave
        self.calls: list[Call] = []
        self.url = ""

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**22)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._served(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            writer.close()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        headers = {name.decode().lower(): value.decode() for name, value in _HEADER.findall(head)}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        target = head.partition(b" HTTP/")[0].decode()
        call = Call(len(self.calls), asyncio.get_running_loop().time(), headers, raw, target)
        self.calls.append(call)
        reply = self.behave(call)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.cut == "before":
            return _reset(writer)
        given = {"content-length": str(len(reply.body))} | dict(reply.headers)
        lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in given.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        if reply.cut == "middle":
            writer.write(reply.body[: len(reply.body) // 2])
            await writer.drain()
            await asyncio.sleep(0.02)
            return _reset(writer)
        if reply.drip:
            for byte in reply.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(reply.drip)
        else:
            writer.write(reply.body)
        await writer.drain()
        return True


@contextmanager
def in_a_thread(behave: Behave = good) -> Iterator[Server]:
    """The server in a thread of its own, for as long as the context lasts."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = Server(behave)
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _reset(writer: asyncio.StreamWriter) -> bool:
    """End the connection as a crash would, not as a goodbye."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


async def _serve(latency: float, jitter: float) -> None:
    chance = random.Random(1)

    def slowly(call: Call) -> Reply:
        return good(call).but(delay=latency * chance.uniform(1 - jitter, 1 + jitter))

    async with Server(slowly) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)  # until whoever started it is gone


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), float(sys.argv[2])))
