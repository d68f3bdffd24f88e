"""Batch runs from the first file to the last project, through an endpoint that misbehaves: none lost or paid twice."""

from __future__ import annotations

import errno
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tenacity import wait_random

from reviewer.bulk.batch import parts, remote
from reviewer.bulk.events import Silence
from reviewer.bulk.run import Plan, conduct
from reviewer.bulk.rundir import opened_for_reading
from reviewer.errors import EndpointError, RunError
from reviewer.ledger import Ledger
from tests.bulk.batch_runs import Batch, serving
from tests.bulk.batch_server import BatchApi, Running, good, numbers_in
from tests.faults.drill import KEY
from tests.faults.server import Reply, answer, completion, error


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_backed_off", wait_random(0, 0.02))


@pytest.fixture
def api() -> BatchApi:
    api = BatchApi()
    api.statuses = ["completed"]
    return api


@pytest.fixture
def batch(api: BatchApi, tmp_path: Path) -> Iterator[Batch]:
    with serving(api) as url:
        yield Batch(tmp_path, url)


def texts(folder: Path) -> str:
    """Everything that a run wrote, as far as it is text."""
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file())


def test_all_answered(api: BatchApi, batch: Batch) -> None:
    api.statuses = ["validating", "in_progress", "finalizing", "completed"]
    summary, traffic = batch.submit()
    assert (traffic.sent, traffic.waiting, summary.counts.done, summary.counts.missing) == (4, 4, 0, 4)
    assert summary.exit_code == 0
    for _ in range(3):
        summary, traffic = batch.collect()
        assert (traffic.waiting, summary.exit_code) == (4, 4)
    summary, traffic = batch.collect()
    assert (summary.counts.done, summary.counts.missing, summary.exit_code) == (4, 0, 0)
    assert (traffic.usage.requests, traffic.usage.input_tokens, traffic.usage.output_tokens) == (4, 3600, 400)
    assert len(api.asked) == len(set(api.asked)) == 4
    with opened_for_reading(batch.folder) as run:
        reviews = [stored.review for stored in run.store.projects()]
    assert [review.audit["feasibility"].grade for review in reviews] == ["良"] * 4


def test_nothing_is_asked_again_and_nothing_is_told_twice(api: BatchApi, batch: Batch) -> None:
    batch.until_done()
    asked, routes = list(api.asked), len(api.routes)
    summary, traffic = batch.submit()
    assert (traffic.sent, traffic.waiting, summary.exit_code) == (0, 0, 0)
    summary, traffic = batch.collect()
    assert (summary.counts.done, traffic.usage.requests) == (4, 0)
    assert (api.asked, len(api.routes)) == (asked, routes)


def test_a_second_submit_while_waiting_sends_nothing(api: BatchApi, batch: Batch) -> None:
    batch.submit()
    _, traffic = batch.submit()
    assert (traffic.sent, traffic.waiting, len(api.batches)) == (0, 4, 1)


def test_files_that_came_later_are_a_batch_of_their_own(api: BatchApi, batch: Batch) -> None:
    batch.submit()
    (batch.given / "晚到.json").write_bytes(
        (batch.given / "表0.json").read_bytes().replace("放映0".encode(), "晚到".encode())
    )
    _, traffic = batch.submit()
    assert (traffic.sent, traffic.waiting) == (2, 6)
    assert batch.until_done().counts.done == 6
    assert len(api.asked) == len(set(api.asked)) == 6


def test_two_projects_that_are_the_same_are_asked_once(api: BatchApi, batch: Batch) -> None:
    (batch.given / "抄的.json").write_bytes((batch.given / "表0.json").read_bytes())
    assert batch.until_done().counts.done == 6
    assert len(api.asked) == 4


def test_a_run_may_be_finished_by_asking_directly(api: BatchApi, batch: Batch) -> None:
    api.statuses = ["in_progress", "expired"]
    batch.submit()
    for _ in range(2):
        batch.collect()
    api.routes.clear()
    summary = conduct([batch.given], batch.folder, batch.settings, batch.llm, Plan(), Silence())
    assert (summary.counts.done, api.routes) == (4, ["POST /chat/completions"] * 2)
    _, traffic = batch.submit()
    assert (traffic.sent, traffic.wanted) == (0, 0)


def test_a_run_may_be_begun_by_asking_directly(api: BatchApi, batch: Batch) -> None:
    api.respond = lambda body: error(400, "content_policy") if "放映0之0" in str(body) else good(body)
    conduct([batch.given], batch.folder, batch.settings, batch.llm, Plan(), Silence())
    late = batch.given / "晚到.json"
    late.write_text((batch.given / "表0.json").read_text(encoding="utf-8").replace("放映0", "晚到"), encoding="utf-8")
    summary, traffic = batch.submit()
    assert (traffic.sent, summary.counts.done, summary.counts.failed) == (2, 3, 1)  # what failed is not asked again
    assert batch.until_done().counts.done == 5


def test_many_parts(api: BatchApi, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_REQUESTS", 1)
    api.faults["POST /files"] = [lambda reply: reply] * 2 + [error(401, "the key was withdrawn")]
    with pytest.raises(EndpointError):
        batch.submit()
    assert len(api.batches) == 2  # each as soon as it is whole
    batch.submit()
    assert len(api.batches) == 4
    assert not list((batch.folder / "batch").glob("*.jsonl"))
    assert batch.until_done().counts.done == 4


# Results that are none, or not all -----------------------------------------------------------------------------------


def failing(*replies: Reply) -> BatchApi:
    """An endpoint that gives these first, and answers then."""
    given = iter(replies)
    api = BatchApi(lambda body: next(given, None) or good(body))
    api.statuses = ["completed"]
    return api


@pytest.mark.parametrize(
    "reply",
    [
        error(500, "oops"),
        error(429, "slow down"),
        error(402, "insufficient balance"),
        completion(None),
        completion("{"),
        completion(answer([1])),
        completion(answer([1, 2])[:50], finish="length"),
        error(400, "response_format json_schema is not supported"),
        error(400, "Unsupported value: 'temperature' does not support 0 with this model"),
    ],
)
def test_what_failed_is_asked_again_in_the_next_round(reply: Reply, tmp_path: Path) -> None:
    api = failing(reply, reply)
    with serving(api) as url:
        batch = Batch(tmp_path, url)
        batch.submit()
        summary, traffic = batch.collect()
        assert (summary.counts.done, traffic.waiting, traffic.wanted) == (2, 0, 2)
        assert sum(traffic.failures.values()) == 2
        assert summary.exit_code == 4
        assert batch.until_done().counts.done == 4
    assert sorted(map(api.asked.count, set(api.asked))) == [1, 1, 2, 2]
    with Ledger(batch.folder / "ledger.sqlite3") as ledger:
        assert [use.outcomes["answered"] for use in ledger.stats()] == [4]


def test_the_format_that_doctor_found_is_begun_with(api: BatchApi, batch: Batch) -> None:
    with Ledger() as ledger:
        ledger.remember_strategy(batch.llm.base_url, "m", "json_object")
    batch.submit()
    (requests,) = [content for name, content in api.files.values() if name.startswith("reviewer-")]
    formats = {json.loads(line)["body"]["response_format"]["type"] for line in requests.splitlines()}
    assert formats == {"json_object"}


def test_a_doubt_about_the_evidence_is_a_second_round(api: BatchApi, batch: Batch) -> None:
    invented = {"rule": "vague-adverb", "field": "annual_value", "quote": "表上没有的话", "why": "空泛"}

    def respond(body: object) -> Reply:
        (rows, again) = numbers_in(body), len(body["messages"]) > 2 or "表上没有的话" in body["messages"][-1]["content"]  # type: ignore[arg-type,index]
        row = {"no": 1, "reasoning": "空泛。", "vague": True, "findings": [] if again else [invented], "rewrite": None}
        row["smart"] = dict.fromkeys(("specific", "measurable", "achievable", "relevant", "time_bound"), 3)
        other = {**row, "no": 2, "vague": False, "findings": []}
        return completion(answer(rows, indicators=[row, other]))

    api.respond = respond
    summary = batch.until_done()
    assert summary.counts.done == 4
    assert len(set(api.asked)) == 8
    assert len(api.batches) == 2


def test_a_project_that_does_not_fit_is_asked_in_halves(api: BatchApi, batch: Batch) -> None:
    def respond(body: object) -> Reply:
        numbers = numbers_in(body)  # type: ignore[arg-type]
        return completion(answer(numbers)) if len(numbers) == 1 else completion("{", finish="length")

    api.respond = respond
    assert batch.until_done().counts.done == 4
    assert len(api.batches) == 3  # as planned, with more room, in halves


def test_what_is_refused_is_a_failed_project_with_the_reason(api: BatchApi, batch: Batch) -> None:
    api.respond = lambda body: error(400, "content_policy violation") if "放映0之1" in str(body) else good(body)
    summary = batch.until_done()
    assert (summary.counts.done, summary.counts.failed, summary.exit_code) == (3, 1, 3)
    (failure,) = summary.failures
    assert "content_policy" in failure.reason


@pytest.mark.parametrize("ending", ["expired", "cancelled", "failed"])
def test_a_batch_that_ends_early_is_finished_by_the_next(ending: str, api: BatchApi, batch: Batch) -> None:
    api.statuses = ["in_progress", ending]
    batch.submit()
    batch.collect()
    summary, traffic = batch.collect()
    run = 0 if ending == "failed" else 2
    assert (summary.counts.done, traffic.waiting, traffic.wanted) == (run, 0, 4 - run)
    api.statuses = ["completed"]
    assert batch.until_done().counts.done == 4
    assert len(api.asked) == len(set(api.asked)) == 4
    if ending == "failed":
        assert any("第 1 行：Line 1 is not valid" in note for note in batch.watch.notes)


def test_a_batch_that_never_works_is_given_up(api: BatchApi, batch: Batch) -> None:
    api.statuses = ["failed"]
    summary = batch.until_done()
    assert (summary.counts.failed, summary.exit_code) == (4, 3)
    assert len(api.batches) == 8


def test_an_error_file_that_is_missing_costs_nothing_but_a_round(api: BatchApi, batch: Batch) -> None:
    api.missing_error_file = True
    api.statuses = ["expired"]
    batch.submit()
    _, traffic = batch.collect()
    assert traffic.wanted == 2
    api.statuses = ["completed"]
    assert batch.until_done().counts.done == 4


def test_a_result_file_that_is_gone_is_said_and_asked_again(api: BatchApi, batch: Batch) -> None:
    batch.submit()
    api.batches["batch-1"].statuses = ["completed"]
    api.faults["GET /files/{id}/content"] = [error(404, "No such File object: file-2")]
    _, traffic = batch.collect()
    assert traffic.wanted == 4
    assert any("没能下载文件" in note for note in batch.watch.notes)
    assert batch.until_done().counts.done == 4


def test_a_batch_the_endpoint_does_not_know_stays_under_way(api: BatchApi, batch: Batch) -> None:
    batch.submit()
    kept, api.batches = api.batches, {}
    _, traffic = batch.collect()
    assert (traffic.waiting, traffic.wanted) == (4, 0)
    assert any("没能查询批次 batch-1" in note for note in batch.watch.notes)
    api.batches = kept
    assert batch.until_done().counts.done == 4
    assert len(api.asked) == 4


def test_lines_that_are_double_foreign_or_broken(api: BatchApi, batch: Batch) -> None:
    def edit(output: list[bytes], errors: list[bytes]) -> tuple[list[bytes], list[bytes]]:
        stranger = output[0].replace(output[0].split(b'"custom_id": "')[1][:64], b"f" * 64)
        return [*output, output[0], stranger, b"\xff\xfe{\n", output[1][:60]], errors

    api.edit = edit
    assert batch.until_done().counts.done == 4
    assert any("1 行读不出来" in note or "2 行读不出来" in note for note in batch.watch.notes)
    assert any("2 个结果不是在等的，或者重复" in note for note in batch.watch.notes)
    assert len(api.asked) == 4


def test_a_file_that_changed_meanwhile_is_judged_as_it_is_now(api: BatchApi, batch: Batch) -> None:
    batch.submit()
    path = batch.given / "表0.json"
    path.write_bytes(path.read_bytes().replace("放映0之1".encode(), "改过了".encode()))
    assert batch.until_done().counts.done == 4
    assert len(api.asked) == 5
    with opened_for_reading(batch.folder) as run:
        assert "改过了" in {stored.name for stored in run.store.projects()}


# Handing in -----------------------------------------------------------------------------------------------------------


CREATION = [
    error(429, "slow down", headers={"retry-after": "0.01"}),
    Reply(cut="before"),
    lambda reply: reply.but(cut="middle"),
    error(500, "oops"),
]


@pytest.mark.parametrize("fault", CREATION, ids=range(len(CREATION)))
@pytest.mark.parametrize("route", ["POST /files", "POST /batches"])
def test_a_call_that_fails_now_and_then(api: BatchApi, batch: Batch, route: str, fault: object) -> None:
    api.faults[route] = [fault, fault, fault]  # type: ignore[list-item]
    assert batch.until_done().counts.done == 4
    assert len(api.batches) == 1


@pytest.mark.parametrize("route", ["POST /files", "POST /batches"])
def test_a_call_that_keeps_failing_is_made_good_the_next_time(api: BatchApi, batch: Batch, route: str) -> None:
    api.faults[route] = [Reply(cut="before")] * 8
    with pytest.raises(EndpointError, match="请检查地址、网络和代理设置。记下的都在，再运行一次接着做"):
        batch.submit()
    assert api.routes.count(route) == 8
    api.faults.clear()
    assert batch.until_done().counts.done == 4
    assert len(api.batches) == 1


def test_an_answer_that_is_lost_for_good_does_not_cost_a_second_batch(api: BatchApi, batch: Batch) -> None:
    api.faults["POST /batches"] = [lambda reply: reply.but(cut="middle")]
    api.faults["GET /batches"] = [error(500)] * 8
    with pytest.raises(EndpointError, match="没能列出"):
        batch.submit()
    assert batch.until_done().counts.done == 4
    assert (len(api.batches), len(api.asked)) == (1, 4)


def test_a_batch_that_is_declined_is_written_anew(api: BatchApi, batch: Batch) -> None:
    api.faults["POST /batches"] = [error(400, "batches are not enabled for this model")]
    with pytest.raises(EndpointError, match="not enabled"):
        batch.submit()
    batch.submit()
    assert len(api.batches) == 1


def test_a_refused_key_is_said_and_kept_secret(api: BatchApi, batch: Batch) -> None:
    api.faults["POST /files"] = [error(401, f"Incorrect API key: {KEY}")]
    with pytest.raises(EndpointError, match="不接受密钥") as refused:
        batch.submit()
    batch.submit()
    api.respond = lambda body: error(400, f"content_policy: your key {KEY} is not allowed")
    batch.until_done()
    assert KEY not in str(refused.value)
    assert KEY not in texts(batch.folder)
    assert "\\u" not in texts(batch.folder / "batch")


def test_a_cap_stops_what_is_sent(api: BatchApi, tmp_path: Path) -> None:
    with serving(api) as url:
        batch = Batch(tmp_path, url, max_tokens_total=17_000)
        summary, traffic = batch.submit()
        assert 0 < traffic.sent < 4
        assert traffic.wanted == 4 - traffic.sent
        assert summary.exit_code == 4
        assert summary.stopped is not None
        assert "上限" in summary.stopped
        _, again = batch.submit()
        assert again.sent == 0


def test_ctrl_c_ends_after_what_is_under_way(api: BatchApi, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(reply: Reply) -> Reply:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return reply

    monkeypatch.setattr(parts, "MOST_REQUESTS", 1)
    api.faults["POST /files"] = [interrupt]
    summary, traffic = batch.submit()
    assert (summary.stopped, summary.exit_code) == ("按 Ctrl-C 停下了", 4)
    assert (len(api.batches), traffic.sent) == (1, 1)
    assert batch.until_done().counts.done == 4
    assert len(api.asked) == 4


def test_a_full_disk_is_said_and_nothing_is_lost(api: BatchApi, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for work, route in ((batch.submit, "POST /files"), (batch.collect, "DELETE /files")):
        with monkeypatch.context() as patch:
            patch.setattr("reviewer.bulk.batch.parts.os.fsync", full)
            api.statuses = ["completed"]
            with pytest.raises(RunError, match="磁盘已满"):
                work()
        assert route not in api.routes
        batch.submit()
    assert batch.until_done().counts.done == 4
    assert len(api.asked) == 4


# Files only ----------------------------------------------------------------------------------------------------------


def answer_files(api: BatchApi, requests: Path, results: Path) -> None:
    """Do what vllm run-batch does."""
    results.mkdir(exist_ok=True)
    for path in requests.glob("*.jsonl"):
        id_ = api._keep(path.name, path.read_bytes())
        running = Running("b", id_, {}, ["completed"])
        api._run(running)
        (results / path.name).write_bytes(b"".join(running.output + running.errors))


def test_files_are_written_and_results_taken_without_any_call(api: BatchApi, batch: Batch, tmp_path: Path) -> None:
    requests, results = tmp_path / "请求", tmp_path / "结果"
    _, traffic = batch.submit(requests)
    assert (traffic.sent, traffic.waiting) == (4, 4)
    _, traffic = batch.submit(requests)
    assert traffic.sent == 0
    answer_files(api, requests, results)
    summary, _ = batch.collect(results)
    assert (summary.counts.done, summary.exit_code) == (4, 0)
    summary, _ = batch.collect(results)
    assert summary.counts.done == 4
    assert any("已经收过了" in note for note in batch.watch.notes)
    assert not api.routes


def test_requests_and_results_in_one_folder(api: BatchApi, batch: Batch, tmp_path: Path) -> None:
    batch.submit(tmp_path / "请求")
    answer_files(api, tmp_path / "请求", tmp_path / "结果")
    for path in (tmp_path / "结果").glob("*"):
        path.rename(tmp_path / "请求" / f"{path.stem}-结果.jsonl")
    summary, _ = batch.collect(tmp_path / "请求")
    assert summary.counts.done == 4


def test_what_a_file_lacks_is_written_again_and_counts_when_it_comes_late(
    api: BatchApi, batch: Batch, tmp_path: Path
) -> None:
    requests, results = tmp_path / "请求", tmp_path / "结果"
    batch.submit(requests)
    answer_files(api, requests, results)
    whole = (results / "0001.jsonl").read_bytes().splitlines(keepends=True)
    (results / "0001.jsonl").write_bytes(whole[0])
    summary, traffic = batch.collect(results)
    assert (summary.counts.done, traffic.wanted) == (1, 3)
    (results / "0001.jsonl").write_bytes(b"".join(whole))
    summary, traffic = batch.collect(results)
    assert (summary.counts.done, traffic.wanted) == (4, 0)


def test_request_files_that_the_user_deleted_are_written_again(batch: Batch, tmp_path: Path) -> None:
    requests = tmp_path / "请求"
    batch.submit(requests)
    (requests / "0001.jsonl").unlink()
    _, traffic = batch.submit(requests)
    assert traffic.sent == 4
    assert [path.name for path in requests.glob("*")] == ["0002.jsonl"]


def test_files_of_others_are_not_overwritten(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "0001.jsonl").write_text("别人的", encoding="utf-8")
    with pytest.raises(RunError, match="已经有了"):
        batch.submit(tmp_path)
    assert (tmp_path / "0001.jsonl").read_text(encoding="utf-8") == "别人的"
    _, traffic = batch.submit(tmp_path / "请求")
    assert traffic.sent == 4
