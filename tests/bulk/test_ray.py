"""A run on a cluster of which a node, the driver, or the endpoint's patience ends: nothing is lost or asked twice.

The driver is ``reviewer bulk`` itself, in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reviewer.models import Document
from tests.faults.drill import KEY, project
from tests.faults.server import Behave, Call, Reply, Server, error, good

pytest.importorskip("ray", reason="ray (extra ray) is not installed")

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "samples" / "huangpu-2023.txt"
CONCURRENCY = 6
SECONDS = 50


class Endpoint:
    """The misbehaving server, in a thread."""

    def __init__(self) -> None:
        self.server = Server()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.__aenter__(), self._loop).result()

    def behave(self, behave: Behave) -> None:
        self.server.behave, self.server.calls = behave, []

    @property
    def calls(self) -> list[Call]:
        return list(self.server.calls)

    def asked(self) -> Counter[bytes]:
        """How often each question was asked."""
        return Counter(call.raw for call in self.calls)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.__aexit__(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    # Sockets of Ray lie under TMPDIR, and the path of one may have no more than 107 bytes.
    return os.environ | {
        "HOME": str(home),
        "REVIEWER_HOME": str(home),
        "OPENAI_API_KEY": KEY,
        "RAY_AUTH_MODE": "disabled",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
    }


class Cluster:
    """The cluster of ray_cluster.py."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, str(Path(__file__).with_name("ray_cluster.py"))]
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address = self._line()

    def tell(self, what: str) -> None:
        assert self._process.stdin
        print(what, file=self._process.stdin, flush=True)
        assert self._line() == "done"

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def cluster(environment: dict[str, str]) -> Iterator[Cluster]:
    cluster = Cluster(environment)
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.close()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Four files of ten projects each, and one that cannot be read."""
    folder = tmp_path / "申报"
    folder.mkdir()
    for number in range(4):
        document = Document(budget_year=2024, projects=[project(f"{number}-{place}") for place in range(10)])
        (folder / f"{number}.json").write_text(document.model_dump_json(), encoding="utf-8")
    return folder


class Command:
    """``reviewer bulk --engine ray`` on one run; it can be called again and again."""

    def __init__(self, environment: dict[str, str], cluster: Cluster, endpoint: Endpoint, tables: Path) -> None:
        self.run = tables.parent / "批次"
        self._environment = environment
        self._arguments = [str(tables), "--run", str(self.run), "--engine", "ray", "--ray-address", cluster.address]
        self._arguments += ["--llm", "--model", "m", "--base-url", endpoint.server.url]
        self._arguments += ["--concurrency", str(CONCURRENCY)]

    def start(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "reviewer", "bulk", *self._arguments, *options],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __call__(self, *options: str, code: int = 0) -> str:
        return ended(self.start(*options), code)

    def judged(self) -> int:
        """How many projects lie in the store, all of them by the model."""
        with sqlite3.connect(self.run / "run.sqlite3") as db:
            ((count, failed),) = db.execute("SELECT count(*), count(kind) FROM projects")
        assert failed == 0
        return int(count)


def ended(process: subprocess.Popen[str], code: int) -> str:
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == code, output
    assert "Traceback" not in output
    assert KEY not in output
    return output


@pytest.fixture
def bulk(environment: dict[str, str], cluster: Cluster, endpoint: Endpoint, tables: Path) -> Command:
    return Command(environment, cluster, endpoint, tables)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def slow(call: Call) -> Reply:
    return good(call).but(delay=0.3)


def test_a_node_dies_and_the_others_go_on(bulk: Command, endpoint: Endpoint, cluster: Cluster) -> None:
    endpoint.behave(slow)
    process = bulk.start()
    until(lambda: len(endpoint.calls) >= 12)
    cluster.tell("kill")
    ended(process, 0)
    cluster.tell("add")
    assert bulk.judged() == 40
    # The desk asked; what the dead node was told is told to the other without asking again.
    assert len(endpoint.calls) == len(endpoint.asked()) == 40


def test_whatever_ends_the_driver_it_goes_on(bulk: Command, endpoint: Endpoint) -> None:
    endpoint.behave(slow)
    process = bulk.start()
    until(lambda: len(endpoint.calls) >= 10)
    process.kill()
    process.communicate()
    process = bulk.start()
    until(lambda: len(endpoint.calls) >= 22)
    process.send_signal(signal.SIGINT)
    assert "Ctrl-C" in ended(process, 4)
    so_far = len(endpoint.calls)
    assert bulk.judged() <= so_far <= 22 + 2 * CONCURRENCY
    bulk()
    assert bulk.judged() == len(endpoint.asked()) == 40
    # Nothing but what was under way when it was killed is asked again; Ctrl-C lets that finish.
    assert len(endpoint.calls) <= 40 + CONCURRENCY


def test_one_pace_one_cap_and_one_patience_for_all(bulk: Command, endpoint: Endpoint) -> None:
    endpoint.behave(lambda call: error(401, f"wrong key {KEY}"))
    bulk(code=5)
    assert len(endpoint.calls) <= CONCURRENCY
    assert bulk.judged() == 0
    endpoint.behave(good)
    # 1,000 tokens an answer; each of those under way counts with some 10,000.
    assert "30,000 个 token 的上限" in bulk("--rpm", "600", "--max-tokens", "30000", code=4)
    calls = endpoint.calls
    assert 15 <= bulk.judged() == len(calls) < 40
    assert calls[-1].at - calls[0].at >= (len(calls) - 1) * 0.1 * 0.9
    endpoint.behave(lambda call: error(400, "content management policy", code="content_filter"))
    assert "已有 2 个项目没能请模型判断" in bulk("--rpm", "600", "--max-failures", "2", code=4)
    # Twice the concurrency and four a process may have been begun, and are finished.
    assert len(endpoint.calls) <= 2 + 2 * CONCURRENCY + 8


def test_the_rules_alone_say_the_same_as_here(environment: dict[str, str], tables: Path, tmp_path: Path) -> None:
    """On a Ray that is started for the run; and a file that cannot be read is a row with the reason."""
    (tables / "坏.json").write_text("{", encoding="utf-8")
    (tables / "全省.jsonl").write_text(f"{project('甲').model_dump_json()}\n" * 450, encoding="utf-8")
    held = []
    for engine in ("ray", "local"):
        run = tmp_path / engine
        command = [sys.executable, "-m", "reviewer", "bulk", str(tables), "--offline", "--run", str(run)]
        subprocess.run(
            [*command, "--engine", engine], env=environment, check=False, timeout=SECONDS, capture_output=True
        )
        with sqlite3.connect(run / "run.sqlite3") as db:
            files = db.execute("SELECT path, line, digest, state, message, projects FROM files ORDER BY path, line")
            projects = db.execute("SELECT key, review FROM projects ORDER BY key, review")
            held.append((files.fetchall(), projects.fetchall()))
    assert held[0] == held[1]
    assert len(held[0][1]) == 490


ADDRESSES = {
    "ray://127.0.0.1:10001": "请在集群的一个节点上运行",
    "127.0.0.1": "请在集群的一个节点上运行",
    "127.0.0.1:1": "连不上 127.0.0.1:1 的 Ray 集群",
}


@pytest.mark.parametrize(("address", "said"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_without_a_cluster(
    environment: dict[str, str], tables: Path, tmp_path: Path, address: str, said: str
) -> None:
    command = [sys.executable, "-m", "reviewer", "bulk", str(tables), "--offline", "--run", str(tmp_path / "r")]
    done = subprocess.run(
        [*command, "--engine", "ray", "--ray-address", address],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
