"""Bulk runs in good and bad conditions: ``python benchmarks/bulk.py [PART ...] [--projects N] [--sizes N ...]``.

Parts are `capped`, `failing`, `killed` and `offline`; by default all of them. The first two put `reviewer bulk` beside
openai's `parse` at its defaults, all requests at once and 32 at once, and beside instructor: each is a fresh process
before the same server on this machine. A request is lost when no answer to it came back; seconds are those from the
first call to the last answer. `killed` ends `reviewer bulk` three times in the middle with SIGKILL. `offline` is
`reviewer bulk` by the rules alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import orchestration
import rules
import tables

import reviewer
from reviewer.bulk.rundir import opened_for_reading
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request, plan

sys.path.insert(0, str(orchestration.ROOT))
from tests.faults.server import Call, Reply, Server, completion, error, good

PROJECTS, SIZES, AT_ONCE = 300, (1_000, 20_000), 32
PER_MINUTE, BURST = 600, 10
LATENCY, JITTER = 0.5, 0.2
KILLS = 3
YEAR = 2023


def write(folder: Path, projects: int, in_a_file: int) -> int:
    """Write so many projects, no two alike, and return how many indicators they have."""
    folder.mkdir()
    source = tables.projects(10**9)
    indicators = 0
    for number in range(0, projects, in_a_file):
        some = list(islice(source, min(in_a_file, projects - number)))
        indicators += sum(len(project["indicators"]) for project in some)
        text = json.dumps({"budget_year": YEAR, "projects": some}, ensure_ascii=False)
        (folder / f"{number:06}.json").write_text(text, encoding="utf-8")
    return indicators


# Contenders, each in a process of its own -----------------------------------------------------------------------------

Asks = Callable[[str], AbstractAsyncContextManager[orchestration.Ask]]
OTHERS: dict[str, tuple[Asks, int]] = {
    "openai, all at once": (orchestration.parse, 10**6),
    f"openai, {AT_ONCE} at once": (orchestration.parse, AT_ONCE),
    f"instructor, {AT_ONCE} at once": (orchestration.instructor, AT_ONCE),
}


async def contend(name: str, url: str, folder: Path) -> int:
    """Ask about all projects in *folder*; return how many requests got no answer."""
    asks, at_once = OTHERS[name]
    places = asyncio.Semaphore(at_once)
    async with asks(url) as ask:

        async def one(request: Request) -> bool:
            async with places:
                return await ask(request)

        answers = await asyncio.gather(*map(one, requests(url, folder)), return_exceptions=True)
    return sum(answer is not True for answer in answers)


def requests(url: str, folder: Path) -> Iterator[Request]:
    """Yield what there is to ask about the projects in *folder*."""
    prompts = load_prompts()
    for path in sorted(folder.iterdir()):
        for project in reviewer.read(path).projects:
            yield from plan(project, YEAR, prompts, base_url=url, model="m", temperature=0.0, max_tokens=8192)


def bulk(folder: Path, run: Path, *options: str) -> list[str]:
    """Return the command that judges *folder*."""
    return [sys.executable, "-m", "reviewer", "bulk", str(folder), "--run", str(run), *options]


def with_model(folder: Path, run: Path, url: str) -> list[str]:
    """Return the command that has *folder* judged by the model at *url*."""
    return bulk(folder, run, "--llm", "--model", "m", "--base-url", url, "--concurrency", str(AT_ONCE))


def lost(run: Path) -> int:
    """Return how many projects of a run were not judged by the model."""
    with opened_for_reading(run) as opened:
        counts = opened.store.counts()
    return counts.failed + counts.missing


# Endpoints ------------------------------------------------------------------------------------------------------------


class Endpoint:
    """Behaves as *troubles* says (None is no trouble), takes its time, and keeps count."""

    def __init__(self, troubles: Callable[[Call], Reply | None]) -> None:
        self.calls = self.refused = self.answered = 0
        self._troubles = troubles
        self._chance = random.Random(1)
        self._due: list[float] = []
        self._first = 0.0

    def __call__(self, call: Call) -> Reply:
        """Return what is answered to *call*."""
        self._first = self._first or call.at
        self.calls += 1
        reply = self._troubles(call)
        if reply is None:
            self.answered += 1
            delay = LATENCY * self._chance.uniform(1 - JITTER, 1 + JITTER)
            self._due.append(call.at + delay)
            return good(call).but(delay=delay)
        self.refused += reply.status == 429
        return reply

    @property
    def seconds(self) -> float:
        """From the first call to the last answer."""
        return max(self._due) - self._first

    def under_way(self) -> int:
        """Return how many calls will be answered that have not been."""
        now = asyncio.get_running_loop().time()
        return sum(due > now for due in self._due)


def capped() -> Endpoint:
    """Take ten calls a second, refuse the others and ask for a second's patience, as one that counts by the second."""
    level, at = float(BURST), 0.0

    def troubles(call: Call) -> Reply | None:
        nonlocal level, at
        level, at = min(BURST, level + (call.at - at) * PER_MINUTE / 60), call.at
        if level < 1:
            return error(429, "Rate limit reached", headers={"retry-after": "1"})
        level -= 1
        return None

    return Endpoint(troubles)


def failing() -> Endpoint:
    """Fail a quarter of all calls, in five ways."""
    chance = random.Random(1)
    ways = cycle(
        (
            error(429, "Rate limit reached", headers={"retry-after": "1"}),
            error(500, "Internal server error"),
            Reply(cut="before"),
            completion("{}").but(cut="middle"),
            completion("对不起，我不能按这个格式回答。"),
        )
    )
    return Endpoint(lambda call: next(ways) if chance.random() < 0.25 else None)


# Parts ----------------------------------------------------------------------------------------------------------------


class Contest(NamedTuple):
    """How one contender did: what it lost, and what the endpoint saw of it."""

    lost: int
    endpoint: Endpoint


@asynccontextmanager
async def process(command: list[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run *command*; it is gone afterwards."""
    quiet = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def run(command: list[str]) -> bytes:
    """Run *command* to its end and return what it prints."""
    async with process(command) as started:
        out, said = await started.communicate()
    if started.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}\n{said.decode()}")
    return out


async def contest(make: Callable[[], Endpoint], folder: Path) -> dict[str, Contest]:
    """Let all contenders have *folder* judged, one after the other, before an endpoint of their own each."""
    contests = {}
    with tempfile.TemporaryDirectory() as runs:
        for name in ("reviewer bulk", *OTHERS):
            endpoint = make()
            async with Server(endpoint) as server:
                if name in OTHERS:
                    command = [sys.executable, __file__, "--contender", name, server.url, str(folder)]
                    missing = int(await run(command))
                else:
                    await run(with_model(folder, Path(runs, "run"), server.url))
                    missing = lost(Path(runs, "run"))
            contests[name] = Contest(missing, endpoint)
    return contests


def compare(title: str, contests: dict[str, Contest], ideal: float) -> None:
    """Print how the contenders did."""
    print(f"\n{title}; ideal {ideal:.1f} s")
    print(f"{'':<24}{'lost':>6}{'calls':>8}{'refused':>9}{'seconds':>9}{'to ideal':>10}")
    for name, (missing, endpoint) in contests.items():
        refused, seconds = endpoint.refused / endpoint.calls, endpoint.seconds
        print(f"{name:<24}{missing:>6}{endpoint.calls:>8}{refused:>9.1%}{seconds:>9.1f}{seconds / ideal:>9.2f}x")


async def killed(folder: Path, projects: int) -> None:
    """Kill a run three times, let it end, and print what that cost."""
    endpoint = Endpoint(lambda call: None)
    allowance = asked = sum(1 for _ in requests("", folder))
    async with Server(endpoint) as server:
        with tempfile.TemporaryDirectory() as runs:
            command = with_model(folder, Path(runs, "run"), server.url)
            for kill in range(1, KILLS + 1):
                async with process(command) as started:
                    while endpoint.answered < kill * asked / (KILLS + 1):
                        if started.returncode is not None:
                            raise SystemExit(f"it ended before it was killed: {started.returncode}")
                        await asyncio.sleep(0.01)
                    started.kill()
                    allowance += endpoint.under_way()
            await run(command)
            missing = lost(Path(runs, "run"))
    print(f"\n{projects} projects, killed {KILLS} times: {missing} lost")
    print(f"{asked} requests + {allowance - asked} under way when killed; answered {endpoint.answered}")


def offline(sizes: list[int]) -> None:
    """Print what runs by the rules alone cost, with one worker and with two."""
    print(f"\n{'projects':>9}{'workers':>9}{'seconds':>9}{'CPU s':>8}{'indicators/s':>14}{'peak MB':>9}", end="")
    print(f"{'CPU a project':>15}{'to 1 worker':>13}")
    smallest = 0.0
    for size in sizes:
        alone = None
        for workers in (1, 2):
            with tempfile.TemporaryDirectory() as root:
                indicators = write(Path(root, "tables"), size, 50)
                command = bulk(Path(root, "tables"), Path(root, "run"), "--offline", "--workers", str(workers))
                taken = rules.cost(command)
            alone = alone or taken
            smallest = smallest or taken.cpu / size
            print(
                f"{size:>9,}{workers:>9}{taken.wall:>9.1f}{taken.cpu:>8.1f}{indicators / taken.wall:>14,.0f}"
                f"{taken.peak:>9.0f}{taken.cpu / size / smallest:>14.2f}x{alone.wall / taken.wall:>12.2f}x",
                flush=True,
            )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="capped, failing, killed, offline")
    parser.add_argument("--projects", type=int, default=PROJECTS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--contender", nargs=3, metavar=("NAME", "URL", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contender:
        name, url, folder = given.contender
        print(asyncio.run(contend(name, url, Path(folder))))
        return
    parts = given.parts or ["capped", "failing", "killed", "offline"]
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "tables")
        write(folder, given.projects, 10)
        asked = sum(1 for _ in requests("", folder))
        if "capped" in parts:
            contests = asyncio.run(contest(capped, folder))
            compare(f"{asked} requests, {PER_MINUTE} a minute", contests, asked * 60 / PER_MINUTE)
        if "failing" in parts:
            contests = asyncio.run(contest(failing, folder))
            compare(f"{asked} requests, a quarter of calls fail", contests, asked * LATENCY / AT_ONCE / 0.75)
        if "killed" in parts:
            asyncio.run(killed(folder, given.projects))
    if "offline" in parts:
        offline(given.sizes)


if __name__ == "__main__":
    main()
