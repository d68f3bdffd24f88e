"""Requests on their way out, split as endpoints want them, and results on their way back, whatever is with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from reviewer.bulk.batch import parts
from reviewer.bulk.batch.book import MISSING, Book, Line
from reviewer.bulk.batch.description import Batch
from reviewer.bulk.batch.lines import Place, places, request_line, result_at
from reviewer.bulk.batch.parts import Parts
from reviewer.errors import InputError, RunError
from reviewer.judging.outcomes import Answered, Fatal, RateLimited, Refused, Transient, Truncated, Unsupported
from tests.faults.server import Reply, answer, completion, error


def key(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book(tmp_path / "book.sqlite3") as book:
        yield book


def result(number: int, reply: Reply | None, reason: object = None) -> bytes:
    response = reply and {"status_code": reply.status, "request_id": "r", "body": json.loads(reply.body)}
    line = {"id": "b", "custom_id": key(number), "response": response, "error": reason}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


# Out ------------------------------------------------------------------------------------------------------------------


def write(folder: Path, book: Book, bodies: list[str]) -> list[Path]:
    with Parts(folder, book) as files:
        for number, body in enumerate(bodies):
            files.add(key(number), request_line(key(number), {"messages": body}), "plain")
    return sorted(folder.glob("*.jsonl"))


def test_sixty_thousand_requests_are_two_files(tmp_path: Path, book: Book) -> None:
    first, second = write(tmp_path, book, ["放映场次"] * 60_000)
    assert [len(path.read_bytes().splitlines()) for path in (first, second)] == [50_000, 10_000]
    assert [(part.name, part.requests, part.bytes) for part in book.parts()] == [
        ("0001.jsonl", 50_000, first.stat().st_size),
        ("0002.jsonl", 10_000, second.stat().st_size),
    ]
    assert all(book.waiting(key(number)) for number in range(0, 60_000, 1999))
    keys = [json.loads(line)["custom_id"] for path in (first, second) for line in path.read_bytes().splitlines()]
    assert keys == [key(number) for number in range(60_000)]


def test_no_file_is_larger_than_the_limit(tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_BYTES", 1000)
    files = write(tmp_path, book, ["放映" * 50] * 7)
    assert [path.stat().st_size <= 1000 for path in files] == [True] * len(files)
    assert sum(len(path.read_bytes().splitlines()) for path in files) == 7


def test_the_text_travels_as_it_is(tmp_path: Path, book: Book) -> None:
    (path,) = write(tmp_path, book, ["按合同约定完成"])
    assert "按合同约定完成" in path.read_text(encoding="utf-8")


def test_nothing_to_ask_is_no_file(tmp_path: Path, book: Book) -> None:
    assert not write(tmp_path, book, [])
    assert not book.parts()


def test_what_is_broken_off_leaves_no_file_and_no_entry(tmp_path: Path, book: Book) -> None:
    with suppress(KeyboardInterrupt), Parts(tmp_path, book) as files:
        files.add(key(1), b"{}\n", "plain")
        raise KeyboardInterrupt
    assert not book.parts()
    assert [path.name for path in write(tmp_path, book, ["一"])] == ["0001.jsonl"]
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, book: Book) -> None:
    with pytest.raises(RunError, match="请求文件写不进去"):
        write(tmp_path / "没有", book, ["一"])


# Back -----------------------------------------------------------------------------------------------------------------

OUTCOMES = [
    (result(1, completion(answer([1]))), Answered, 200),
    (result(1, completion("{", finish="length")), Truncated, 200),
    (result(1, error(429, "slow down")), RateLimited, 429),
    (result(1, error(400, "response_format is not supported")), Unsupported, 400),
    (result(1, error(400, "content_policy")), Refused, 400),
    (result(1, error(404, "model_not_found")), Fatal, 404),
    (result(1, None, {"code": "batch_expired", "message": "not executed in time"}), Transient, 503),
    (result(1, None, None), Transient, 503),
    # vLLM: no body, and the reply stands where the reason does.
    (
        result(1, Reply(b"null", 400), {"error": {"message": "maximum context length is 4096 tokens", "code": 400}}),
        Truncated,
        400,
    ),
    (result(1, Reply(b'"what"', 200)), Transient, 503),
]


@pytest.mark.parametrize(("line", "kind", "status"), OUTCOMES)
def test_a_result_is_read_as_a_reply_would_be(line: bytes, kind: type, status: int, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"\n" + line)
    assert list(places(path)) == [Place(key(1), 1, status)]
    assert isinstance(result_at(path, 1, "json_schema"), kind)


def test_what_is_no_result_is_noticed_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    good = result(1, completion("{}"))
    junk = [
        b"\xff\xfe\n",
        b"[]\n",
        b'{"custom_id": 7, "response": {}}\n',
        b'{"custom_id": "mine"}\n',
        b"[" * 9000 + b"\n",
    ]
    path.write_bytes(b"".join(junk) + good + request_line(key(2), {}) + good[:40])
    found = list(places(path))
    assert [place and place.key for place in found] == [None] * 5 + [key(1), None]


def test_a_file_that_is_gone_or_was_changed_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="读不了"):
        list(places(tmp_path / "没有.jsonl"))
    assert isinstance(result_at(tmp_path / "没有.jsonl", 0, "plain"), Transient)
    (tmp_path / "out.jsonl").write_bytes(b"[]")
    assert isinstance(result_at(tmp_path / "out.jsonl", 0, "plain"), Transient)


# The book -------------------------------------------------------------------------------------------------------------


def test_of_several_results_for_one_request_the_good_one_counts(book: Book) -> None:
    book.add(1, 10, [Line(key(1), "json_schema"), Line(key(2), "plain")])
    given = [Place(key(1), 5, 503), Place(key(1), 7, 200), Place(key(1), 9, 200), Place(key(3), 0, 200), None]
    read = book.read("out", 1, given)
    assert (read.found, read.broken, read.other) == (2, 1, 2)
    found = book.result(key(1))
    assert found is not None
    assert (found.name, found.offset, found.strategy) == ("out", 7, "json_schema")
    assert book.close(1) == 1
    assert [tried.outcome for tried in book.tries(key(2))] == [MISSING]
    assert not book.waiting(key(2))
    assert book.waiting(key(1))


def test_results_of_another_part_are_not_taken_for_its_own(book: Book) -> None:
    book.add(1, 10, [Line(key(1), "plain")])
    book.settle(key(1), 1, "invalid", "缺指标 1", "{}")
    book.add(2, 10, [Line(key(1), "plain")])
    assert book.read("first", 1, [Place(key(1), 0, 200)]).found == 0
    assert book.read("somewhere", None, [Place(key(1), 0, 200)]).found == 1
    book.settle(key(1), 2, "answered", None, None)
    assert [(tried.outcome, tried.text) for tried in book.tries(key(1))] == [("invalid", "{}"), ("answered", None)]


def test_a_part_goes_its_way_and_is_still_there_when_the_book_is_opened_again(tmp_path: Path) -> None:
    described = Batch.read(
        {"id": "batch_1", "status": "in_progress", "errors": {"data": [{"message": "坏", "line": 3}]}}
    )
    with Book(tmp_path / "book") as book:
        id_ = book.id
        book.add(1, 10, [Line(key(1), "plain")])
        book.uploading(1)
        book.creating(1, "file-1")
        book.seen(1, described)
    with Book(tmp_path / "book") as book:
        (part,) = book.parts()
        assert (book.id, part.state, part.file, part.batch) == (id_, "submitted", "file-1", described)
        assert described.errors == ("第 3 行：坏",)
        book.forget(1)
        assert not book.parts()
        assert not book.waiting(key(1))
