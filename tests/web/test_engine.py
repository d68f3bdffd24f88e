"""Work in processes of their own: one that hangs or dies is told to whom it concerns, and nobody else notices."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
import pytest

from reviewer.errors import InputError
from reviewer.web.engine import Engine, reviewed

T = TypeVar("T")


def tried(attempt: Callable[[Engine], Awaitable[T]], seconds: float = 20) -> T:
    async def trying() -> T:
        return await attempt(Engine({}, seconds))

    return anyio.run(trying)


def test_work_is_done_in_another_process() -> None:
    assert tried(lambda engine: engine.run(os.getpid)) != os.getpid()


def test_work_that_hangs_is_stopped_and_the_next_is_done() -> None:
    async def attempt(engine: Engine) -> int:
        began = time.monotonic()
        with pytest.raises(InputError, match="处理得太久"):
            await engine.run(time.sleep, 60)
        assert time.monotonic() - began < 30
        return await Engine({}, 20).run(abs, -7)

    assert tried(attempt, seconds=1) == 7


def test_process_that_dies_is_told_and_replaced() -> None:
    async def attempt(engine: Engine) -> int:
        with pytest.raises(InputError, match="意外停止"):
            await engine.run(os._exit, 9)
        return await engine.run(abs, -7)

    assert tried(attempt) == 7


def test_error_for_the_user_arrives_with_its_words() -> None:
    with pytest.raises(InputError, match=r"表\.json：.*JSON"):
        tried(lambda engine: engine.run(reviewed, b"[]", "表.json", {}))


def test_typing_does_not_wait_for_files() -> None:
    async def attempt(engine: Engine) -> float:
        waited = 0.0

        async def typing() -> None:
            nonlocal waited
            began = time.monotonic()
            await engine.run(abs, -7)
            waited = time.monotonic() - began

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(engine.run_on_file, time.sleep, 30)
            await anyio.sleep(0.1)
            await typing()
            group.cancel_scope.cancel()
        return waited

    assert tried(attempt, seconds=60) < 15
