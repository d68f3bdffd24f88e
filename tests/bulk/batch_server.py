"""The files and batches of an OpenAI-compatible endpoint, on 127.0.0.1, that misbehave on command.

:class:`BatchApi` is what a :class:`tests.faults.server.Server` is told to do: it keeps files, runs batches when their
state is asked for, and answers single requests as well. What it gets wrong is set on it beforehand.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.server import Call, Reply, answer, completion, error

_NUMBER = re.compile(r'"no": (\d+)')
_FILENAME = re.compile(rb'name="file"; filename="([^"]*)"')

Respond = Callable[[Mapping[str, Any]], Reply]
Fault = Reply | Callable[[Reply], Reply]
"""A reply in the place of the right one, or what is made of the right one after it was earned."""


def good(body: Mapping[str, Any]) -> Reply:
    """Answer what was asked."""
    return completion(answer(numbers_in(body)))


def numbers_in(body: Mapping[str, Any]) -> list[int]:
    """The numbers of the indicators that a request asks about."""
    return [int(number) for number in _NUMBER.findall(body["messages"][1]["content"])]


def _json(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode(), status, {"content-type": "application/json"})


@dataclass
class Running:
    """A batch at the endpoint, and what it will come to."""

    id: str
    file: str
    metadata: dict[str, str]
    statuses: list[str]
    output: list[bytes] = field(default_factory=list)
    errors: list[bytes] = field(default_factory=list)
    total: int = 0
    asked: int = 0


class BatchApi:
    """Give it to a Server.

    ``statuses`` are what a batch goes through, one each time it is asked about; ``share`` is how much of a batch is run
    when it ends otherwise than completed. ``edit`` changes the lines of output and errors before they become files.
    ``faults`` are used up, in order, by the calls of a route such as ``POST /files``.
    """

    def __init__(self, respond: Respond = good) -> None:
        self.respond = respond
        self.statuses = ["validating", "in_progress", "finalizing", "completed"]
        self.share = 0.5
        self.edit: Callable[[list[bytes], list[bytes]], tuple[list[bytes], list[bytes]]] = lambda out, err: (out, err)
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.keeps_metadata = True
        self.missing_error_file = False
        self.files: dict[str, tuple[str, bytes]] = {}
        self.batches: dict[str, Running] = {}
        self.asked: list[str] = []
        """The custom_id of every request that was run, in order: what is paid for."""
        self.routes: list[str] = []

    def __call__(self, call: Call) -> Reply:
        method, _, target = call.target.partition(" ")
        url = urlsplit(target)
        path = url.path.removeprefix("/v1")
        route = f"{method} {re.sub(r'(file|batch)-[0-9]+', '{id}', path)}"
        self.routes.append(route)
        fault = self.faults[route].pop(0) if self.faults[route] else None
        if isinstance(fault, Reply):
            return fault
        reply = self._handled(method, path, parse_qs(url.query), call)
        return fault(reply) if fault else reply

    def _handled(self, method: str, path: str, query: Mapping[str, list[str]], call: Call) -> Reply:
        match method, path.strip("/").split("/"):
            case "POST", ["chat", "completions"]:
                return self.respond(call.body)
            case "POST", ["files"]:
                return self._upload(call)
            case "GET", ["files"]:
                return self._page([self._file(id_) for id_ in self.files], query)
            case "GET", ["files", id_, "content"] if id_ in self.files:
                return Reply(self.files[id_][1], headers={"content-type": "application/octet-stream"})
            case "POST", ["batches"]:
                return self._create(call.body)
            case "GET", ["batches"]:
                return self._page([self._described(batch) for batch in self.batches.values()], query)
            case "GET", ["batches", id_] if id_ in self.batches:
                return _json(self._advanced(self.batches[id_]))
        return error(404, f"no such thing: {method} {path}")

    def _upload(self, call: Call) -> Reply:
        name = _FILENAME.search(call.raw)
        assert name is not None
        boundary = b"--" + call.headers["content-type"].partition("boundary=")[2].encode()
        (part,) = [part for part in call.raw.split(boundary) if _FILENAME.search(part)]
        content = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        assert b'name="purpose"\r\n\r\nbatch' in call.raw
        return _json(self._file(self._keep(name[1].decode(), content)))

    def _keep(self, name: str, content: bytes) -> str:
        id_ = f"file-{len(self.files) + 1}"
        self.files[id_] = (name, content)
        return id_

    def _file(self, id_: str) -> dict[str, Any]:
        name, content = self.files[id_]
        return {"id": id_, "object": "file", "filename": name, "bytes": len(content), "purpose": "batch"}

    def _create(self, body: Mapping[str, Any]) -> Reply:
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        if body["input_file_id"] not in self.files:
            return error(400, "no such file")
        metadata = dict(body.get("metadata") or {}) if self.keeps_metadata else {}
        batch = Running(f"batch-{len(self.batches) + 1}", body["input_file_id"], metadata, list(self.statuses))
        self.batches[batch.id] = batch
        self._run(batch)
        return _json(self._described(batch))

    def _run(self, batch: Running) -> None:
        """Find out at once what will come of it; it is shown when the batch is over."""
        requests = [json.loads(line) for line in self.files[batch.file][1].splitlines()]
        batch.total = len(requests)
        ids = [request["custom_id"] for request in requests]
        assert len(set(ids)) == len(ids), "a custom_id must be unique in a batch"
        ending = batch.statuses[-1]
        run = {"failed": 0, "completed": len(requests)}.get(ending, round(self.share * len(requests)))
        for at, request in enumerate(requests):
            assert (request["method"], request["url"]) == ("POST", "/v1/chat/completions")
            if at >= run:
                reason = {"code": f"batch_{ending}", "message": "This request could not be executed in time."}
                batch.errors.append(self._line(request["custom_id"], None, reason))
                continue
            self.asked.append(request["custom_id"])
            reply = self.respond(request["body"])
            response = {"status_code": reply.status, "request_id": f"req-{at}", "body": json.loads(reply.body)}
            lines = batch.output if reply.status == 200 else batch.errors
            lines.append(self._line(request["custom_id"], response, None))
        random.Random(len(self.batches)).shuffle(batch.output)

    def _line(self, custom_id: str, response: object, reason: object) -> bytes:
        line = {"id": "batch_req_1", "custom_id": custom_id, "response": response, "error": reason}
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def _advanced(self, batch: Running) -> dict[str, Any]:
        batch.asked += 1
        if batch.asked > 1 and len(batch.statuses) > 1:
            batch.statuses.pop(0)
        return self._described(batch)

    def _described(self, batch: Running) -> dict[str, Any]:
        status = batch.statuses[0]
        described: dict[str, Any] = {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": batch.file,
            "completion_window": "24h",
            "status": status,
            "created_at": 1_767_200_000,
            "expires_at": 1_767_286_400,
            "metadata": batch.metadata,
            "request_counts": {"total": batch.total, "completed": 0, "failed": 0},
        }
        if status == "failed":
            problem = {"code": "invalid_json", "message": "Line 1 is not valid", "line": 1}
            described |= {"errors": {"data": [problem]}, "failed_at": 1_767_200_060}
        elif status in ("completed", "expired", "cancelled"):
            counts = {"total": batch.total, "completed": len(batch.output), "failed": len(batch.errors)}
            output, errors = self.edit(list(batch.output), list(batch.errors))
            described |= {"request_counts": counts, f"{status}_at": 1_767_203_600}
            described["output_file_id"] = self._once(f"{batch.id}-out", output)
            described["error_file_id"] = None if self.missing_error_file else self._once(f"{batch.id}-err", errors)
        return described

    def _once(self, name: str, lines: list[bytes]) -> str | None:
        known = next((id_ for id_, (kept, _) in self.files.items() if kept == name), None)
        return known or (self._keep(name, b"".join(lines)) if lines else None)

    def _page(self, objects: list[dict[str, Any]], query: Mapping[str, list[str]]) -> Reply:
        latest = objects[::-1]
        after, limit = query.get("after", [""])[0], int(query.get("limit", ["20"])[0])
        start = next((at + 1 for at, one in enumerate(latest) if one["id"] == after), 0)
        page = latest[start : start + limit]
        return _json({"object": "list", "data": page, "has_more": start + limit < len(latest)})
