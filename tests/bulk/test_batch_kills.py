"""Batch commands that are killed, at any moment: what was handed in is found again, and nothing is paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewer.bulk.batch import remote
from reviewer.database import Database
from reviewer.errors import RunError
from tests.bulk.batch_runs import Batch, serving
from tests.bulk.batch_server import BatchApi
from tests.faults.drill import KEY
from tests.faults.server import Reply


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import here what each process that is killed would otherwise import."""
    with serving(BatchApi()) as url:
        Batch(tmp_path_factory.mktemp("warm"), url).until_done()


@pytest.fixture
def api() -> BatchApi:
    api = BatchApi()
    api.statuses = ["completed"]
    return api


@pytest.fixture
def batch(api: BatchApi, tmp_path: Path) -> Iterator[Batch]:
    with serving(api) as url:
        yield Batch(tmp_path, url)


def finished(api: BatchApi, batch: Batch) -> None:
    """Go on to the end, and see that all is judged and each request was asked once."""
    assert batch.until_done().counts.done == 4
    assert len(api.asked) == len(set(api.asked)) == 4
    assert len(api.batches) == 1


class Fuse:
    """Kills the process at the step with this number; steps are statements of databases, calls and renamed files."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def burn(self, owner: Any, name: str) -> None:
        """Make each call of a function a step."""
        function = getattr(owner, name)

        def burning(*args: Any, **named: Any) -> Any:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.left -= 1
            return function(*args, **named)

        setattr(owner, name, burning)


def killed(work: Callable[[], object], steps: int) -> bool:
    """Do *work* in a process of its own that is killed after so many steps; whether it came to that."""
    child = os.fork()
    if child == 0:
        fuse = Fuse(steps)
        fuse.burn(Database, "execute")
        fuse.burn(remote.Remote, "_once")
        fuse.burn(os, "replace")
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_submit_and_collect_that_are_killed_at_every_step(api: BatchApi, batch: Batch) -> None:
    for work in (batch.submit, batch.collect):
        steps = 0
        while killed(work, steps):
            steps += 1
        assert steps > 10
    finished(api, batch)


@pytest.mark.parametrize("steps", range(23, 60, 4))
def test_submit_that_is_killed_once(api: BatchApi, batch: Batch, steps: int) -> None:
    killed(batch.submit, steps)
    finished(api, batch)


@pytest.mark.parametrize("steps", range(24, 70, 5))
def test_collect_that_is_killed_once(api: BatchApi, batch: Batch, steps: int) -> None:
    batch.submit()
    killed(batch.collect, steps)
    finished(api, batch)


# As a user meets it --------------------------------------------------------------------------------------------------


def command(batch: Batch, *words: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "reviewer", "batch", *words, "--run", str(batch.folder)]
    environment = os.environ | {"OPENAI_API_KEY": KEY}
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment)


def submitting(batch: Batch) -> Sequence[str]:
    return ("submit", str(batch.given), "--model", "m", "--base-url", batch.llm.base_url)


@pytest.mark.parametrize(
    ("words", "route"), [("submit", "POST /files"), ("submit", "POST /batches"), ("collect", "GET /files/{id}/content")]
)
def test_the_endpoint_heard_it_and_the_command_was_killed(api: BatchApi, batch: Batch, words: str, route: str) -> None:
    running: list[subprocess.Popen[str]] = []

    def kill(reply: Reply) -> Reply:
        running[0].kill()
        return reply

    if words == "collect":
        batch.submit()
    api.faults[route] = [kill]
    running.append(command(batch, *(submitting(batch) if words == "submit" else [words])))
    running[0].communicate()
    assert running[0].returncode == -signal.SIGKILL
    assert len([name for name, _ in api.files.values() if name.startswith("reviewer-")]) == 1
    finished(api, batch)


def test_two_commands_at_once(api: BatchApi, batch: Batch) -> None:
    heard, go = threading.Event(), threading.Event()

    def wait(reply: Reply) -> Reply:
        heard.set()
        assert go.wait(20)
        return reply

    api.faults["POST /files"] = [wait]
    first = threading.Thread(target=batch.submit)
    first.start()
    assert heard.wait(20)
    for work in (batch.submit, batch.collect):
        with pytest.raises(RunError, match="另一个 reviewer"):
            work()
    go.set()
    first.join()
    finished(api, batch)
