"""What a project takes, for planning runs of very many: ``python benchmarks/sizing.py [ROUNDS]``.

The sample is judged with its recorded answers and kept as ``reviewer bulk`` keeps it, so requests, tokens (by the
weights of the forecast) and bytes on disk are those of real declarations and real answers. Then the CPU time of what a
cluster has one process for is measured: asking, and keeping. docs/ray.md derives a province from these figures.
"""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration import ROOT, requests

import reviewer
from reviewer.bulk.events import Silence
from reviewer.bulk.export import export_tables
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import Run, RunSettings, opened
from reviewer.bulk.sources import Source
from reviewer.bulk.store import FileRow, ProjectRow, key_of, row_of
from reviewer.bulk.work import Finished
from reviewer.judging.asking import Asker, Exchange
from reviewer.judging.cassettes import Cassettes, recorded_settings
from reviewer.judging.cost import Meter, estimate
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.joining import join
from reviewer.judging.judge import Judge
from reviewer.judging.pacing import Pacer
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request
from reviewer.judging.wire import parse_answer
from reviewer.judging.workers import run
from reviewer.ledger import Ledger
from reviewer.models import ProjectError
from reviewer.pipeline import Assembly, head_of
from reviewer.settings import LLM

SAMPLE = ROOT / "data" / "samples" / "huangpu-2023.txt"
RECORDED = ROOT / "cassettes" / "huangpu-2023"
CHINESE, OTHER = 0.7, 0.3  # tokens a character, as reviewer.judging.cost counts them
AT_ONCE = 64
REQUESTS = 1_000


class Counting:
    """Asks, and counts what each request takes."""

    def __init__(self, asker: Asker) -> None:
        self.requests = self.input = self.output = 0.0
        self._asker = asker

    async def ask(self, request: Request, check: object) -> Exchange:
        """Return the exchange about *request*."""
        exchange = await self._asker.ask(request, lambda text: parse_answer(text, request.numbers))
        answer = exchange.text or ""
        wide = (len(answer.encode()) - len(answer)) / 2
        self.requests += 1
        self.input += estimate([request]).tokens.input
        self.output += CHINESE * wide + OTHER * (len(answer) - wide)
        return exchange


async def judged(ledger: Path, settings: RunSettings, llm: LLM) -> tuple[Counting, list[ProjectRow]]:
    """Return what the sample took, and its projects as they are kept."""
    document = reviewer.read(SAMPLE)
    cassettes = Cassettes(RECORDED, record=False)
    assembly = Assembly(**settings.review_options())
    rows = []
    with Ledger(ledger) as kept:
        endpoint = Endpoint(llm.base_url, transport=cassettes.transport())
        counting = Counting(Asker(endpoint, Pacer(1), kept, Meter()))
        judge = Judge(counting, load_prompts(), llm)
        for place, result in enumerate(assembly.results(document)):
            with cassettes.project(place + 1, result.facts.project.name):
                verdict = await judge.judge(result)
            outcome = verdict if isinstance(verdict, ProjectError) else join(result, verdict)
            key = key_of(document.projects[place], document.budget_year)
            rows.append(row_of(place, key, assembly.project(result, outcome)))
        await endpoint.aclose()
    return counting, rows


def kept(run: Run, rows: list[ProjectRow], rounds: int) -> float:
    """Put *rows* so many times, each time as another file, and return the CPU seconds a project."""
    head = head_of(reviewer.read(SAMPLE))
    started = time.process_time()
    with Keeper(run.store, Silence()) as keeper:
        for number in range(rounds):
            name = f"{number}.txt"
            file = FileRow(f"/declarations/{name}", 0, name, "0" * 64, head=head, projects=len(rows))
            keeper.put(Finished(Source(Path(file.path), 0, name), file, rows))
    return (time.process_time() - started) / rounds / len(rows)


@contextmanager
def server() -> Iterator[str]:
    """Run a server that answers well in about half a second, in a process of its own; its address."""
    command = [sys.executable, str(ROOT / "tests" / "faults" / "server.py"), "0.5", "0.2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def asking(url: str, folder: Path, count: int) -> float:
    """Return the CPU seconds a request of one process that asks for others."""
    sent = [pickle.dumps(request) for request in requests(url, count)]
    with Ledger(folder / "asking.sqlite3") as ledger:
        endpoint = Endpoint(url, "sk-none")
        asker = Asker(endpoint, Pacer(AT_ONCE, rpm=10_000_000), ledger, Meter())

        async def ask(packed: bytes) -> bytes:
            request: Request = pickle.loads(packed)
            return pickle.dumps(await asker.ask(request, lambda text: parse_answer(text, request.numbers)))

        began = time.process_time()
        async for _ in run(sent, ask, AT_ONCE):
            pass
        taken = time.process_time() - began
        await endpoint.aclose()
    return taken / count


def size(*paths: Path) -> int:
    """Return the bytes of files."""
    return sum(path.stat().st_size for path in paths)


def main() -> None:
    """Print all figures by project."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    llm = LLM(**recorded_settings(RECORDED))
    settings = RunSettings.of({}, llm)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger = folder / "ledger.sqlite3"
        counting, rows = asyncio.run(judged(ledger, settings, llm))
        projects, indicators = len(rows), sum(row.indicators for row in rows)
        with opened(folder / "run", settings) as opened_run:
            keeping = kept(opened_run, rows, rounds)
            tables = {kind: size(*export_tables(opened_run, folder / kind, kind)) for kind in ("jsonl", "parquet")}
        stored = folder / "run" / "run.sqlite3"
        print(f"{projects} projects with {indicators} indicators, judged with recorded answers")
        print(f"requests a project        {counting.requests / projects:>10.2f}")
        print(f"input tokens a request    {counting.input / counting.requests:>10,.0f}")
        print(f"output tokens a request   {counting.output / counting.requests:>10,.0f}")
        print(f"ledger, bytes a project   {size(ledger) / projects:>10,.0f}")
        print(f"store, bytes a project    {size(stored) / projects / rounds:>10,.0f}")
        print(f"JSONL tables, bytes       {tables['jsonl'] / projects / rounds:>10,.0f}")
        print(f"Parquet tables, bytes     {tables['parquet'] / projects / rounds:>10,.0f}")
        print(f"keeping, CPU ms a project {keeping * 1e3:>10.2f}")
        with server() as url:
            cpu = asyncio.run(asking(url, folder, REQUESTS))
        print(f"asking, CPU ms a request  {cpu * 1e3:>10.2f}")


if __name__ == "__main__":
    main()
