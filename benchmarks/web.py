"""People typing at once before one server on this machine: how long they wait, what fails, what memory it takes.

    python benchmarks/web.py                       # 50 people, 30 seconds
    python benchmarks/web.py --people 10 --seconds 5

Each has a table of 40 indicators open and changes one every half second, as the page does while somebody types; the
table goes to ``POST /api/v1/review`` whole. The server and its workers are processes of their own; the people share the
machine with them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
from tables import projects

PAUSE = 0.5
ROWS = 40
MIB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    command = [sys.executable, "-m", "reviewer", "serve", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            assert server.stderr
            address = re.search(r"http://\S+", server.stderr.readline())
            assert address, "the server did not start"
            asyncio.run(typing(address[0], server.pid, asked.people, asked.seconds))
        finally:
            server.terminate()


async def typing(address: str, pid: int, people: int, seconds: float) -> None:
    """Let *people* type for *seconds* and print what they met."""
    waits: list[float] = []
    failures: list[str] = []
    memory: list[int] = []
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        await asyncio.sleep(1)
        end = time.monotonic() + seconds
        before = [spent(pid), sum(map(spent, children(pid)))]
        watching = asyncio.create_task(watch(pid, memory, end))
        await asyncio.gather(*(person(client, number, end, waits, failures) for number in range(people)))
        await watching
        after = [spent(pid), sum(map(spent, children(pid)))]
    waits.sort()
    middle, late = statistics.median(waits), waits[int(len(waits) * 0.95)]
    print(
        f"{people} people, {ROWS} rows each, {len(waits)} answers in {seconds:g} s: {len(waits) / seconds:.0f} a second"
    )
    print(f"wait: median {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms")
    server, workers = ((now - then) / len(waits) * 1000 for then, now in zip(before, after, strict=True))
    print(f"processor: {server:.1f} ms an answer in the server, {workers:.1f} ms in its workers")
    print(f"failures: {len(failures)} {sorted(set(failures)) if failures else ''}")
    third = max(1, len(memory) // 3)
    early, last = max(memory[third : 2 * third]), max(memory[-third:])
    print(
        f"memory of the server and its workers: {early / MIB:.0f} MiB in the middle third, {last / MIB:.0f} in the last"
    )


async def person(client: httpx2.AsyncClient, number: int, end: float, waits: list[float], failures: list[str]) -> None:
    """Change one indicator after another until *end*."""
    chance = random.Random(number)
    draft = draft_of(number)
    rows = draft["projects"][0]["indicators"]
    await asyncio.sleep(chance.uniform(0, PAUSE))
    while time.monotonic() < end:
        row = chance.choice(rows)
        row["annual_value"] = f"≥{chance.randrange(10_000)}{chance.choice('场个次人')}"
        began = time.monotonic()
        try:
            answer = await client.post("/api/v1/review", content=json.dumps(draft, ensure_ascii=False).encode())
            if answer.status_code != 200 or len(answer.json()["projects"][0]["indicators"]) != ROWS:
                failures.append(str(answer.status_code))
        except httpx2.HTTPError as error:
            failures.append(type(error).__name__)
        waits.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, PAUSE * chance.uniform(0.7, 1.3) - waits[-1]))


async def watch(pid: int, memory: list[int], end: float) -> None:
    """Note the memory of *pid* and its children four times a second."""
    while time.monotonic() < end:
        memory.append(sum(map(resident, [pid, *children(pid)])))
        await asyncio.sleep(0.25)


def children(pid: int) -> list[int]:
    """Return the processes that *pid* started, and theirs."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    own = [int(child) for task in tasks for child in task.read_text().split()]
    return own + [later for child in own for later in children(child)]


def resident(pid: int) -> int:
    """Return the bytes of memory that *pid* holds; none when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


def spent(pid: int) -> float:
    """Return the seconds of processor time that *pid* has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def draft_of(number: int) -> dict[str, Any]:
    """Return the Document of one person: a project of many rows."""
    rows = [row for project in projects(ROWS * (number + 1)) for row in project["indicators"]][-ROWS:]
    goal = "在28个行政村开展公益电影放映，每村每月放映2场，12月底前完成。"
    indicators = [row | {"no": no} for no, row in enumerate(rows, 1)]
    return {"projects": [{"name": f"项目{number}", "amount": 70.0, "goal": goal, "indicators": indicators}]}


if __name__ == "__main__":
    main()
