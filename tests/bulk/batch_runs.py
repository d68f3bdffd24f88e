"""Runs through a Batch API on 127.0.0.1 that lives in a thread, as long as the test does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.bulk.batch import rounds
from reviewer.bulk.batch.desk import Traffic
from reviewer.bulk.events import Silence
from reviewer.bulk.run import Summary
from reviewer.bulk.rundir import RunSettings
from reviewer.models import Document
from reviewer.settings import LLM
from tests.bulk.batch_server import BatchApi
from tests.faults.drill import KEY, project
from tests.faults.server import Server


@contextmanager
def serving(api: BatchApi) -> Iterator[str]:
    """Serve *api* and give its address."""
    loop = asyncio.new_event_loop()
    server = Server(api)

    async def begin() -> None:
        await server.__aenter__()

    async def end() -> None:
        await server.__aexit__()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(begin(), loop).result()
    try:
        yield server.url
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def declarations(folder: Path, files: int, projects: int = 2, rows: int = 2) -> Path:
    """Write so many files into *folder*, with so many projects each, which are all different."""
    folder.mkdir(exist_ok=True)
    for file in range(files):
        document = Document(projects=[project(f"放映{file}之{at}", rows) for at in range(projects)])
        (folder / f"表{file}.json").write_text(document.model_dump_json(), encoding="utf-8")
    return folder


class Watch(Silence):
    """Events that keep what was noted."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep *text*."""
        self.notes.append(text)


class Batch:
    """A batch run as the commands do it: the declarations, the folder, and the endpoint."""

    def __init__(self, root: Path, url: str, files: int = 2, **llm: object) -> None:
        self.given = declarations(root / "各单位", files)
        self.folder = root / "批次"
        self.llm = LLM(base_url=url, model="m", api_key=KEY, timeout=5.0, **llm)  # type: ignore[arg-type]
        self.settings = RunSettings.of({}, self.llm)
        self.watch = Watch()

    def submit(self, target: Path | None = None) -> tuple[Summary, Traffic]:
        return rounds.submit([self.given], self.folder, self.settings, self.llm, self.watch, target)

    def collect(self, given: Path | None = None) -> tuple[Summary, Traffic]:
        return rounds.collect(self.folder, self.settings, self.llm, self.watch, given)

    def until_done(self, most: int = 12) -> Summary:
        """Collect until nothing more comes, submit again, and so on; return what there is in the end."""
        for _ in range(most):
            self.submit()
            for _ in range(6):
                summary, traffic = self.collect()
                if not traffic.waiting:
                    break
            if not (traffic.waiting or traffic.wanted):
                return summary
        raise AssertionError(f"not done after {most} rounds: {summary}, {traffic}")
