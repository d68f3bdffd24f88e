"""``reviewer bulk --llm`` as a user meets it: killed, interrupted, at its caps, before an endpoint that refuses."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reviewer.bulk.rundir import opened_for_reading
from reviewer.bulk.store import Counts
from reviewer.models import Document
from tests.faults.drill import KEY, project
from tests.faults.server import Behave, Call, Reply, Server, completion, error, good

PROJECTS = 60
SIX_AT_ONCE = ("--concurrency", "6")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Sixty projects in six files."""
    folder = tmp_path / "申报"
    folder.mkdir()
    for number in range(6):
        projects = [project(f"{number}-{place}") for place in range(PROJECTS // 6)]
        text = Document(budget_year=2024, projects=projects).model_dump_json()
        (folder / f"{number}.json").write_text(text, encoding="utf-8")
    return folder


class Desk:
    """An endpoint in a thread, and commands that ask it about the same tables in the same run."""

    def __init__(self, server: Server, tables: Path, folder: Path) -> None:
        self.server, self.tables, self.folder = server, tables, folder

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "reviewer", "bulk", str(self.tables), "--run", str(self.folder), "--llm"]
        command += ["--model", "m", "--base-url", self.server.url, *options]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
        return subprocess.Popen(command, env=os.environ | {"OPENAI_API_KEY": KEY}, **streams)

    def run(self, *options: str) -> tuple[int, str]:
        """Return exit code and everything that is printed."""
        process = self.start(*options)
        out, err = process.communicate(timeout=100)
        return process.returncode, out + err

    def wait_for(self, calls: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.server.calls) < calls:
            assert time.monotonic() < deadline, "the endpoint is not asked"
            time.sleep(0.005)

    @property
    def counts(self) -> Counts:
        with opened_for_reading(self.folder) as run:
            return run.store.counts()


Serving = Callable[[Behave], AbstractContextManager[Desk]]


@pytest.fixture
def desk(tables: Path, tmp_path: Path) -> Serving:
    @contextmanager
    def serving(behave: Behave) -> Iterator[Desk]:
        started: Future[tuple[Server, Callable[[], object]]] = Future()

        async def serve() -> None:
            async with Server(behave) as server:
                over = asyncio.Event()
                started.set_result((server, partial(asyncio.get_running_loop().call_soon_threadsafe, over.set)))
                await over.wait()

        thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        thread.start()
        server, end = started.result(timeout=10)
        try:
            yield Desk(server, tables, tmp_path / "run")
        finally:
            end()
            thread.join()

    return serving


def slowly(call: Call) -> Reply:
    return good(call).but(delay=0.1)


def test_a_run_that_is_killed_three_times_loses_nothing_and_asks_hardly_anything_twice(desk: Serving) -> None:
    with desk(slowly) as at:
        for kill in range(1, 4):
            process = at.start(*SIX_AT_ONCE)
            at.wait_for(kill * PROJECTS // 4)
            process.kill()
            process.communicate()
        code, said = at.run(*SIX_AT_ONCE)
        assert code == 0, said
        assert at.counts.done == PROJECTS
        # What was under way at a kill is asked again; nothing else is.
        assert len(at.server.calls) <= PROJECTS + 3 * 6


def test_one_ctrl_c_finishes_what_is_under_way(desk: Serving) -> None:
    with desk(slowly) as at:
        process = at.start(*SIX_AT_ONCE)
        at.wait_for(12)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 4, err
        assert "Ctrl-C" in out + err
        done = at.counts.done
        assert done == len(at.server.calls) < PROJECTS
        code, _ = at.run(*SIX_AT_ONCE)
        assert (code, at.counts.done, len(at.server.calls)) == (0, PROJECTS, PROJECTS)


def test_two_ctrl_c_stop_at_once_and_what_was_answered_is_kept(desk: Serving) -> None:
    def one_hangs(call: Call) -> Reply:
        return good(call).but(delay=60.0 if call.number == 8 else 0.05)

    with desk(one_hangs) as at:
        process = at.start(*SIX_AT_ONCE)
        at.wait_for(15)
        process.send_signal(signal.SIGINT)
        time.sleep(1.0)
        assert process.poll() is None  # it waits for the one that hangs
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert time.monotonic() - begun < 10
        assert process.returncode == 130
        assert "Traceback" not in err
        kept = at.counts.done
        assert kept >= 13
        at.server.behave = good
        calls = len(at.server.calls)
        assert at.run()[0] == 0
        assert at.counts.done == PROJECTS
        assert len(at.server.calls) - calls <= PROJECTS - kept


def test_a_cap_stops_it_and_the_same_command_with_more_goes_on(desk: Serving) -> None:
    with desk(good) as at:
        code, said = at.run("--max-tokens", "40000")
        assert code == 4, said
        assert "40,000 个 token 的上限" in said
        assert 0 < len(at.server.calls) <= 40  # a thousand tokens each
        code, said = at.run("--max-tokens", "1000000")
        assert code == 0, said
        assert len(at.server.calls) == PROJECTS


def test_too_many_failures_stop_it_and_they_are_asked_again_when_wanted(desk: Serving) -> None:
    with desk(lambda call: completion(None, refusal="内容不便讨论")) as at:
        code, said = at.run("--max-failures", "5", *SIX_AT_ONCE)
        assert code == 4, said
        assert "5 个项目没能请模型判断" in said
        assert "内容不便讨论" in said
        assert 5 <= at.counts.failed < 5 + 6 + 4
        at.server.behave = good
        assert at.run("--retry-failed")[0] == 0
        assert at.counts.done == PROJECTS


def test_an_endpoint_that_refuses_the_key_ends_it_with_all_kept(desk: Serving) -> None:
    def expires(call: Call) -> Reply:
        return good(call) if call.number < 20 else error(401, f"Incorrect API key provided: {KEY}")

    with desk(expires) as at:
        code, said = at.run(*SIX_AT_ONCE)
        assert code == 5
        assert "密钥" in said
        assert KEY not in said
        assert at.counts.done == 20
        at.server.behave = good
        assert at.run()[0] == 0
        assert at.counts.done == PROJECTS


def test_a_recording_is_replayed_without_key_or_network(root: Path, sample: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reviewer", "bulk", str(sample), "--run", str(tmp_path / "run")]
    command += ["--llm", "--replay", str(root / "cassettes" / "huangpu-2023")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=100)
    assert done.returncode == 0, done.stderr
    with opened_for_reading(tmp_path / "run") as run:
        assert run.store.counts().done == 27
