"""640 requests to a model, 32 at once: ``python benchmarks/orchestration.py [ROUNDS]``.

A server on this machine answers each in 0.5 s, more or less a fifth; it runs in a process of its own, so the CPU time
is that of the client alone. `reviewer` does what it does in earnest: it paces, checks every answer and keeps it in a
ledger. Beside it stands openai's own `parse` under a semaphore, which does none of that, and instructor where it is
installed. Every contender is a fresh process, warmed up by one request; they run in turns, so that a busy moment hits
all of them.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import reviewer
from reviewer.judging.asking import Asker, Exchange
from reviewer.judging.cost import Meter
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.pacing import Pacer
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request, plan
from reviewer.judging.wire import Answer, parse_answer
from reviewer.judging.workers import run
from reviewer.ledger import Ledger

ROOT = Path(__file__).resolve().parent.parent
REQUESTS, AT_ONCE, LATENCY, JITTER = 640, 32, 0.5, 0.2
IDEAL = REQUESTS * LATENCY / AT_ONCE

Contender = Callable[[str, list[Request]], Awaitable[None]]


def requests(url: str, count: int) -> list[Request]:
    """Return so many requests about the projects of the sample, no two alike."""
    projects = reviewer.read(ROOT / "data" / "samples" / "huangpu-2023.txt").projects
    found: list[Request] = []
    number = 0
    while len(found) < count:
        project = projects[number % len(projects)]
        project = project.model_copy(update={"name": f"{project.name}（{number}）"})
        found += plan(project, 2023, load_prompts(), base_url=url, model="m", temperature=0.0, max_tokens=8192)
        number += 1
    return found[:count]


async def by_reviewer(url: str, asked: list[Request]) -> None:
    """Ask as `reviewer review --llm` does."""
    endpoint = Endpoint(url, "sk-none")
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.sqlite3") as ledger:
        asker = Asker(endpoint, Pacer(AT_ONCE), ledger, Meter())

        async def ask(request: Request) -> Exchange:
            return await asker.ask(request, lambda text: parse_answer(text, request.numbers))

        async for exchange in run(asked, ask, AT_ONCE):
            assert exchange.answer
    await endpoint.aclose()


Ask = Callable[[Request], Awaitable[bool]]


@asynccontextmanager
async def parse(url: str) -> AsyncIterator[Ask]:
    """openai's `parse` at its defaults: whether a request was answered in the form that was asked for."""
    from openai import AsyncOpenAI

    async with AsyncOpenAI(base_url=url, api_key="sk-none") as client:

        async def ask(request: Request) -> bool:
            completion = await client.chat.completions.parse(
                model=request.model,
                messages=list(request.messages),  # type: ignore[arg-type]
                response_format=Answer,
                temperature=request.temperature,
                max_tokens=request.max_tokens,
            )
            return completion.choices[0].message.parsed is not None

        yield ask


@asynccontextmanager
async def instructor(url: str) -> AsyncIterator[Ask]:
    """The same by instructor at its defaults."""
    from instructor import Mode, from_openai
    from openai import AsyncOpenAI

    async with AsyncOpenAI(base_url=url, api_key="sk-none") as openai:
        client: Any = from_openai(openai, mode=Mode.JSON_SCHEMA)

        async def ask(request: Request) -> bool:
            answer = await client.chat.completions.create(
                model=request.model,
                messages=list(request.messages),
                response_model=Answer,
                temperature=request.temperature,
                max_tokens=request.max_tokens,
            )
            return isinstance(answer, Answer)

        yield ask


def under_semaphore(asks: Callable[[str], AbstractAsyncContextManager[Ask]]) -> Contender:
    """Return the contender that asks so, with a semaphore."""

    async def contend(url: str, asked: list[Request]) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        async with asks(url) as ask:

            async def one(request: Request) -> bool:
                async with places:
                    return await ask(request)

            assert all(await asyncio.gather(*map(one, asked)))

    return contend


CONTENDERS: dict[str, Contender] = {
    "reviewer": by_reviewer,
    "openai parse": under_semaphore(parse),
    "instructor": under_semaphore(instructor),
}


async def measure(name: str, url: str) -> tuple[float, float]:
    """Return wall time and CPU time of one contender, in seconds."""
    first, *asked = requests(url, REQUESTS + 1)
    await CONTENDERS[name](url, [first])
    wall, cpu = time.perf_counter(), time.process_time()
    await CONTENDERS[name](url, asked)
    return time.perf_counter() - wall, time.process_time() - cpu


def main(rounds: int) -> None:
    """Print wall and CPU times of all contenders and their ratios."""
    names = [name for name in CONTENDERS if name != "instructor" or find_spec("instructor")]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    serve = [sys.executable, str(ROOT / "tests" / "faults" / "server.py"), str(LATENCY), str(JITTER)]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout
        url = server.stdout.readline().strip()
        for _ in range(rounds):
            for name in names:
                done = subprocess.run([sys.executable, __file__, name, url], check=True, stdout=subprocess.PIPE)
                times[name].append(json.loads(done.stdout))
        server.communicate("")
    print(f"{REQUESTS} requests, {AT_ONCE} at once, {LATENCY:g} s each; ideal {IDEAL:g} s")
    base = median(cpu for _, cpu in times["openai parse"])
    for name, taken in times.items():
        wall, cpu = (median(values) for values in zip(*taken, strict=True))
        each = 1000 * cpu / REQUESTS
        print(f"{name:<14}{wall:>7.2f} s {wall / IDEAL:>6.2f}x ideal {each:>8.2f} ms CPU {cpu / base:>6.2f}x parse")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(asyncio.run(measure(*sys.argv[1:]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
