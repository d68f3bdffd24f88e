"""Projects of many files before a model: all are judged, each is kept at once, none is asked about twice."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tenacity import wait_random

import reviewer
from reviewer.bulk import judged
from reviewer.bulk.events import Silence
from reviewer.bulk.judged import judge
from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import RunSettings, opened
from reviewer.bulk.store import Counts, FileRow, ProjectRow, Store, StoredProject
from reviewer.bulk.work import Task
from reviewer.errors import EndpointError
from reviewer.judging import asking
from reviewer.judging.cassettes import recorded_settings
from reviewer.judging.joining import Joined, join
from reviewer.judging.verdict import Verdict
from reviewer.models import Document, Usage
from reviewer.rules.engine import ProjectResult
from reviewer.settings import LLM, Price
from tests.faults.drill import project
from tests.faults.server import Behave, Call, Reply, Server, completion, error, good

from .runs import sources

PRICE = Price(input=1000.0, output=1000.0)  # an answer of the server has 1,000 tokens: 1 元


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_backed_off", wait_random(0, 0.02))


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Four files of five projects each."""
    folder = tmp_path / "申报"
    folder.mkdir()
    for number in range(4):
        write(folder / f"{number}.json", [f"{number}-{place}" for place in range(5)])
    return folder


def write(path: Path, names: Iterable[str]) -> None:
    document = Document(budget_year=2024, projects=[project(name) for name in names])
    path.write_text(document.model_dump_json(), encoding="utf-8")


class Heard(Silence):
    """Events, kept."""

    def __init__(self) -> None:
        self.files: list[FileRow] = []
        self.rows: list[ProjectRow] = []
        self.last = Usage()

    def file(self, row: FileRow) -> None:
        self.files.append(row)

    def project(self, row: ProjectRow) -> None:
        self.rows.append(row)

    def usage(self, usage: Usage) -> None:
        self.last = usage


class Done(NamedTuple):
    """What came of a command: why it stopped, what is stored by then, what was asked, and what was heard."""

    stopped: str | None
    stored: list[StoredProject]
    counts: Counts
    calls: list[Call]
    heard: Heard


class Desk:
    """Runs commands on one folder of tables, one run and one endpoint, which may behave differently each time."""

    def __init__(self, runner: asyncio.Runner, tables: Path, run: Path) -> None:
        self.tables, self.folder = tables, run
        self._runner = runner
        self._server = Server()
        runner.run(self._server.__aenter__())

    def close(self) -> None:
        self._runner.run(self._server.__aexit__())

    def __call__(
        self,
        behave: Behave = good,
        *,
        retry: bool = False,
        interrupted: Callable[[], bool] = lambda: False,
        max_failures: int | None = None,
        read: Callable[[Path], object] = lambda path: None,
        **options: Any,
    ) -> Done:
        self._server.behave, self._server.calls = behave, []
        llm = LLM(**({"base_url": self._server.url, "model": "m", "concurrency": 4, "timeout": 5.0} | options))
        heard = Heard()

        def tasks(store: Store) -> Iterator[Task]:
            for source in sources([self.tables]):
                read(source.path)
                known = store.known(source.address, source.line)
                if known is None:
                    yield Task(source)
                else:
                    yield Task(source, known.digest, known.done, known.failed, retry, known.projects)

        with opened(self.folder, RunSettings.of({}, llm)) as run, Keeper(run.store, heard) as keeper:
            judging = judge(
                tasks(run.store), run, llm, keeper, heard, interrupted=interrupted, max_failures=max_failures
            )
            stopped = self._runner.run(judging)
            return Done(stopped, list(run.store.projects()), run.store.counts(), self._server.calls, heard)


@pytest.fixture
def desk(tables: Path, tmp_path: Path) -> Iterator[Desk]:
    with asyncio.Runner() as runner:
        desk = Desk(runner, tables, tmp_path / "run")
        yield desk
        desk.close()


def names(rows: Iterable[ProjectRow]) -> list[str]:
    return sorted(row.name for row in rows)


ALL = sorted(f"{file}-{place}" for file in range(4) for place in range(5))


def test_all_projects_of_all_files_are_judged_once(desk: Desk) -> None:
    done = desk(prices={"m": PRICE})
    assert done.stopped is None
    assert names(done.stored) == names(done.heard.rows) == ALL
    assert len(done.calls) == 20
    assert [file.projects for file in done.heard.files] == [5, 5, 5, 5]
    assert done.heard.last == Usage(requests=20, input_tokens=18_000, output_tokens=2_000, cost=20.0)
    review = done.stored[0].review
    assert review.error is None
    assert [row.unchecked for row in review.indicators] == [[], []]  # the model judged what rules cannot


def test_what_is_done_is_neither_asked_nor_written_again(desk: Desk) -> None:
    desk()
    again = desk()
    assert again.calls == again.heard.rows == again.heard.files == []
    assert names(again.stored) == ALL


def test_a_changed_file_is_judged_anew_and_only_what_changed_in_it_is_asked(desk: Desk) -> None:
    desk()
    write(desk.tables / "2.json", ["2-0", "2-1", "新的"])
    done = desk()
    assert names(done.heard.rows) == ["2-0", "2-1", "新的"]
    assert len(done.calls) == 1  # the ledger knows the others
    assert (done.heard.last.requests, done.heard.last.cached) == (1, 2)
    assert done.counts.projects == done.counts.done == 18


def test_several_requests_are_out_at_once_over_the_borders_of_files(desk: Desk) -> None:
    times: list[float] = []

    def slow(call: Call) -> Reply:
        times.append(call.at)
        return good(call).but(delay=0.3)

    desk(slow, concurrency=20)
    assert len(times) == 20
    assert times[-1] - times[0] < 0.3 * 5  # one after the other it would be 5.7


def test_a_file_is_read_when_its_turn_comes(desk: Desk) -> None:
    for number in range(4, 40):
        write(desk.tables / f"{number}.json", [f"{number}-{place}" for place in range(5)])
    read: list[Path] = []
    ahead: list[int] = []

    def behave(call: Call) -> Reply:
        ahead.append(len(read) - call.number // 5)
        return good(call)

    desk(behave, read=read.append, concurrency=5)
    assert len(read) == 40
    # At most nine projects are taken at once: those of two files, of the next, and one that is being read.
    assert max(ahead) <= 4


def test_a_project_without_indicators_needs_no_model(desk: Desk) -> None:
    document = Document(projects=[project("空", rows=0), project("满")])
    (desk.tables / "0.json").write_text(document.model_dump_json(), encoding="utf-8")
    done = desk()
    assert {"空", "满"} < set(names(done.stored))
    assert len(done.calls) == 16


def test_a_file_that_cannot_be_read_is_a_row_and_the_others_are_judged(desk: Desk) -> None:
    (desk.tables / "1.json").write_bytes(b"{")
    done = desk()
    assert (done.counts.files, done.counts.unreadable, done.counts.done) == (3, 1, 15)
    (broken,) = [file for file in done.heard.files if file.state == "unreadable"]
    assert "1.json" in (broken.message or "")


# Failures -------------------------------------------------------------------------------------------------------------


def refuse(*wanted: str) -> Behave:
    """Refuse to answer about the projects of these names."""
    return lambda call: completion(None, refusal="内容不便讨论") if about(call) in wanted else good(call)


def about(call: Call) -> str:
    content = call.body["messages"][1]["content"]
    sent, _ = json.JSONDecoder().raw_decode(content, content.index("{"))
    return str(sent["project"])


def a_quarter_fails() -> Behave:
    """Fail every fourth call, in five ways in turn."""
    faults = itertools.cycle(
        (
            error(429, headers={"retry-after-ms": "20"}),
            error(500, "internal error"),
            Reply(cut="before"),
            completion("{}").but(cut="middle"),
            completion("不是 JSON"),
        )
    )
    return lambda call: next(faults) if call.number % 4 == 3 else good(call)


def test_with_a_quarter_of_calls_failing_in_five_ways_nothing_is_lost(desk: Desk) -> None:
    done = desk(a_quarter_fails())
    assert [row.error for row in done.stored] == [None] * 20
    assert names(done.stored) == ALL
    assert len(done.calls) >= 26


def test_a_failed_project_is_a_row_with_its_reason_and_asked_again_when_wanted(desk: Desk) -> None:
    done = desk(refuse("1-2", "3-0"))
    assert done.stopped is None
    failed = [row for row in done.stored if row.error]
    assert names(failed) == ["1-2", "3-0"]
    assert all(row.error.kind == "refused" and "内容不便讨论" in row.error.message for row in failed if row.error)
    assert failed[0].review.indicators[0].findings  # what the rules say stands
    assert desk().calls == []
    again = desk(retry=True)
    assert sorted(map(about, again.calls)) == names(again.heard.rows) == ["1-2", "3-0"]
    assert again.counts.done == 20


def test_too_many_failures_stop_the_run(desk: Desk) -> None:
    done = desk(refuse(*ALL), max_failures=3)
    assert done.stopped is not None
    assert "3 个项目" in done.stopped
    assert "内容不便讨论" in done.stopped
    # Those under way are finished: four at the endpoint, four that wait.
    assert 3 <= done.counts.failed <= 3 + 4 + 4
    assert desk(retry=True).counts.done == 20


def test_a_fault_of_the_program_is_a_row_and_the_others_are_judged(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(result: ProjectResult, verdict: Verdict) -> Joined:
        if result.facts.project.name == "2-3":
            raise ZeroDivisionError("division by zero")
        return join(result, verdict)

    monkeypatch.setattr(judged, "join", broken)
    done = desk()
    (failed,) = [row for row in done.stored if row.error]
    assert failed.name == "2-3"
    assert failed.error is not None
    assert failed.error.kind == "internal"
    assert done.counts.done == 19


def test_an_endpoint_that_refuses_everything_ends_the_run_and_all_is_kept(desk: Desk) -> None:
    def broke_at_ten(call: Call) -> Reply:
        return good(call).but(delay=0.05) if call.number < 10 else error(402, "Insufficient Balance")

    with pytest.raises(EndpointError, match="Insufficient Balance"):
        desk(broke_at_ten)
    rest = desk()
    # The answers to the ten were paid for, also those that came after the refusal.
    assert len(rest.calls) == 10
    assert rest.counts.done == 20


# Caps -----------------------------------------------------------------------------------------------------------------


def test_a_cap_stops_the_run_and_half_judged_projects_are_left_for_the_next(desk: Desk) -> None:
    done = desk(max_tokens_total=20_000)
    assert done.stopped is not None
    assert "20,000 个 token 的上限" in done.stopped
    assert 0 < done.counts.done == len(done.calls) < 20
    assert done.counts.failed == 0
    rest = desk()
    assert len(rest.calls) == 20 - len(done.calls)
    assert rest.counts.done == 20


def test_a_cap_holds_for_the_run_however_often_it_is_resumed(desk: Desk) -> None:
    calls = 0
    for _ in range(4):
        done = desk(max_cost=10.0, prices={"m": PRICE}, concurrency=1)
        assert done.stopped is not None
        assert "10 元的上限" in done.stopped
        calls += len(done.calls)
    assert calls <= 10
    assert done.counts.done == calls
    assert desk(max_cost=1000.0, prices={"m": PRICE}).counts.done == 20


def test_a_project_of_several_requests_is_kept_when_all_of_them_are_answered(desk: Desk) -> None:
    for path in desk.tables.iterdir():
        path.unlink()
    document = Document(budget_year=2024, projects=[project("大", rows=30)])
    (desk.tables / "大.json").write_text(document.model_dump_json(), encoding="utf-8")
    done = desk(max_tokens_total=15_000, concurrency=1)
    assert done.stopped is not None
    assert 0 < len(done.calls) < 3
    assert done.stored == []
    rest = desk()
    assert len(done.calls) + len(rest.calls) == 3
    assert rest.counts.done == 1


# Interruption ---------------------------------------------------------------------------------------------------------


def test_once_interrupted_what_is_under_way_is_finished_and_nothing_begun(desk: Desk) -> None:
    pressed = False

    def press_at_six(call: Call) -> Reply:
        nonlocal pressed
        pressed |= call.number == 6
        return good(call).but(delay=0.05)

    done = desk(press_at_six, interrupted=lambda: pressed)
    assert done.stopped is None
    assert 7 <= len(done.calls) <= 7 + 4 + 4
    assert done.counts.done == len(done.calls)  # all that was paid for is kept
    rest = desk()
    assert len(rest.calls) == 20 - len(done.calls)
    assert names(rest.stored) == ALL


# Recordings -----------------------------------------------------------------------------------------------------------


def test_a_recorded_sample_is_replayed_and_comes_to_what_a_review_of_it_comes_to(
    desk: Desk, sample: Path, root: Path
) -> None:
    recorded = root / "cassettes" / "huangpu-2023"
    known = recorded_settings(recorded)
    shutil.rmtree(desk.tables)
    desk.tables.mkdir()
    shutil.copy(sample, desk.tables)
    done = desk(replay=recorded, **known)
    assert done.calls == []
    single = reviewer.review(reviewer.read(sample), llm=LLM(replay=recorded, **known))
    assert [row.review for row in done.stored] == single.projects
    assert done.counts.done == 27


def test_what_is_recorded_is_resumed_from_the_recording(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "录音"
    for number in range(1, 4):
        (desk.tables / f"{number}.json").unlink()
    first = desk(record=folder, max_tokens_total=12_500, concurrency=1)
    assert first.stopped is not None
    rest = desk(record=folder)
    assert 0 < len(first.calls) < 5
    assert len(first.calls) + len(rest.calls) == 5
    assert len(list(folder.glob("*.yaml"))) == 5
