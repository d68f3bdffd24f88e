"""The Batch API of an endpoint that misbehaves: what is asked again, what is looked for first, and what is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tenacity import wait_random

from reviewer.bulk.batch import remote
from reviewer.bulk.batch.remote import Remote
from reviewer.errors import EndpointError
from tests.bulk.batch_server import BatchApi
from tests.faults.server import Reply, Server, error

T = TypeVar("T")
KEY = "sk-marked-0123456789abcdef"
LINES = b'{"custom_id": "\xe4\xb8\x80"}\n' * 3
RESET = Reply(cut="before")
LOST: Callable[[Reply], Reply] = lambda reply: reply.but(cut="middle")  # noqa: E731 - heard, and the answer was lost


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_backed_off", wait_random(0, 0.02))


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    path = tmp_path / "0001.jsonl"
    path.write_bytes(LINES)
    return path


def with_remote(api: BatchApi, use: Callable[[Remote], Awaitable[T]], *, timeout: float = 5.0) -> T:
    async def main() -> T:
        async with Server(api) as server:
            there = Remote(server.url, KEY, timeout=timeout)
            try:
                return await use(there)
            finally:
                await there.aclose()

    return asyncio.run(main())


def test_a_file_becomes_a_batch(requests: Path) -> None:
    api = BatchApi()
    api.edit = lambda output, errors: ([LINES], [])
    api._run = lambda batch: None  # type: ignore[method-assign]

    async def use(there: Remote) -> Any:
        file = await there.upload(requests, "reviewer-1.jsonl", look=False)
        created = await there.create(file, "token", look=False)
        states = [(await there.retrieve(created.id)).status for _ in range(5)]
        return created, states

    created, states = with_remote(api, use)
    assert states == ["validating", "in_progress", "finalizing", "completed", "completed"]
    assert api.files["file-1"] == ("reviewer-1.jsonl", LINES)
    assert (created.token, created.input_file, created.over) == ("token", "file-1", False)


FAULTS = [
    RESET,
    LOST,
    error(500, "oops"),
    error(503, "busy", headers={"retry-after": "0.01"}),
    error(429, "slow down", headers={"retry-after": "0.01"}),
    Reply(b"<html><title>Bad gateway</title></html>", 502),
    Reply(b"<html>welcome</html>", 200),
    Reply(b"{}", 200),
]


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_whatever_breaks_off_nothing_is_handed_in_twice(fault: Any, requests: Path) -> None:
    api = BatchApi()
    api._run = lambda batch: None  # type: ignore[method-assign]
    for route in ("POST /files", "GET /files", "POST /batches", "GET /batches", "GET /batches/{id}"):
        api.faults[route] = [fault, fault]

    async def use(there: Remote) -> Any:
        file = await there.upload(requests, "reviewer-1.jsonl", look=False)
        created = await there.create(file, "token", look=False)
        return await there.retrieve(created.id)

    assert with_remote(api, use).id == "batch-1"
    assert (len(api.files), len(api.batches)) == (1, 1)


@pytest.mark.parametrize("keeps_metadata", [True, False])
def test_what_was_handed_in_before_is_found(requests: Path, keeps_metadata: bool) -> None:
    api = BatchApi()
    api.keeps_metadata = keeps_metadata
    api._run = lambda batch: None  # type: ignore[method-assign]

    async def use(there: Remote) -> Any:
        file = await there.upload(requests, "reviewer-1.jsonl", look=False)
        created = await there.create(file, "token", look=False)
        for number in range(230):  # what others handed in since then
            await there.create(await there.upload(requests, "theirs", look=False), f"theirs-{number}", look=False)
        again = await there.upload(requests, "reviewer-1.jsonl", look=True)
        return (file, created.id), (again, (await there.create(file, "token", look=True)).id)

    first, second = with_remote(api, use)
    assert first == second


def test_where_batches_cannot_be_listed_none_is_created_a_second_time(requests: Path) -> None:
    api = BatchApi()
    api.faults["GET /batches"] = [error(404, "Not found")]

    async def use(there: Remote) -> Any:
        file = await there.upload(requests, "reviewer-1.jsonl", look=False)
        await there.create(file, "token", look=True)

    with pytest.raises(EndpointError, match="没能列出已有的文件和批次"):
        with_remote(api, use)
    assert not api.batches


def test_the_key_and_the_way_on_are_in_the_error_but_never_the_key_itself(requests: Path) -> None:
    api = BatchApi()
    api.faults["POST /files"] = [error(401, f"Incorrect API key provided: {KEY}")]
    with pytest.raises(EndpointError) as refused:
        with_remote(api, lambda there: there.upload(requests, "a", look=False))
    assert "密钥" in str(refused.value)
    assert KEY not in str(refused.value)
    assert api.routes == ["POST /files"]

    api.faults["POST /files"] = [error(500)] * 20
    with pytest.raises(EndpointError, match="再运行一次接着做"):
        with_remote(api, lambda there: there.upload(requests, "a", look=False))


def test_an_endpoint_that_is_not_there_is_not_called_for_long(requests: Path) -> None:
    api = BatchApi()
    api.faults["GET /batches/{id}"] = [RESET] * 20
    with pytest.raises(EndpointError, match="请检查地址、网络和代理设置"):
        with_remote(api, lambda there: there.retrieve("batch-7"))
    assert len(api.routes) == 4


def test_a_slow_endpoint_is_not_waited_for_for_ever(requests: Path) -> None:
    api = BatchApi()
    api.faults["GET /batches/{id}"] = [Reply(b"{}", delay=5), Reply(b"{}" * 50, drip=0.2)]
    api._run = lambda batch: None  # type: ignore[method-assign]

    async def use(there: Remote) -> Any:
        file = await there.upload(requests, "a", look=False)
        return await there.retrieve((await there.create(file, "token", look=False)).id)

    assert with_remote(api, use, timeout=0.3).id == "batch-1"


# Downloads ------------------------------------------------------------------------------------------------------------


def fetched(api: BatchApi, path: Path, lines: int | None = None) -> bytes:
    with_remote(api, lambda there: there.download("file-1", path, lines=lines))
    return path.read_bytes()


def cut_to(lines: int) -> Callable[[Reply], Reply]:
    def cut(reply: Reply) -> Reply:
        return reply.but(body=b"".join(reply.body.splitlines(keepends=True)[:lines]))

    return cut


@pytest.mark.parametrize("fault", [RESET, LOST, error(500), error(429, headers={"retry-after": "0.01"}), cut_to(1)])
def test_a_download_is_whole_whatever_comes_between(fault: Any, tmp_path: Path) -> None:
    api = BatchApi()
    api._keep("out", LINES)
    api.faults["GET /files/{id}/content"] = [fault, fault]
    assert fetched(api, tmp_path / "out.jsonl", 3) == LINES
    assert [path.name for path in tmp_path.glob("*") if path.name != "home"] == ["out.jsonl"]


def test_a_file_that_stays_short_is_taken_as_it_is(tmp_path: Path) -> None:
    api = BatchApi()
    api._keep("out", LINES)
    assert fetched(api, tmp_path / "out.jsonl", 4) == LINES
    assert len(api.routes) > 1


def test_a_file_that_is_gone_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="没能下载文件 file-1"):
        fetched(BatchApi(), tmp_path / "out.jsonl")
    assert not [path for path in tmp_path.glob("*") if path.name != "home"]


def test_the_key_does_not_come_down_with_a_file(tmp_path: Path) -> None:
    api = BatchApi()
    padding = b"x" * (2**16 - 20)  # so that the key lies across two pieces of the transfer
    api._keep("out", padding + KEY.encode() + b"\n" + KEY.encode())
    assert fetched(api, tmp_path / "out.jsonl") == padding + b"***\n***"
