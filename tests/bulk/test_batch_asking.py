"""What is asked next, after tries that brought no answer: as the direct way would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reviewer.bulk.batch.asking import BatchAsker, Next, following
from reviewer.bulk.batch.book import Book, Line, Try
from reviewer.bulk.batch.lines import Place
from reviewer.judging.asking import Exchange
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.outcomes import NO_TOKENS, Capped, Invalid, Outcome, Refused, Transient, Truncated, Unsupported
from reviewer.judging.requests import Request
from reviewer.ledger import ANSWERED, Ledger
from tests.faults.drill import checked, project, requests_for
from tests.faults.server import Reply, answer, completion, error

URL = "http://model.example/v1"
(REQUEST,) = requests_for([project()], URL)
BAD = answer([1])  # the second indicator is missing


def tried(*outcomes: str, strategy: Any = "json_schema", text: str | None = None) -> list[Try]:
    return [Try(strategy, outcome, f"{outcome}。", text) for outcome in outcomes]


def after(*tries: Try, strategy: Any = "json_schema") -> Next | Outcome:
    return following(REQUEST, strategy, tries, lambda text: checked(text, REQUEST))


def asked(*tries: Try, strategy: Any = "json_schema") -> Next:
    step = after(*tries, strategy=strategy)
    assert isinstance(step, Next)
    return step


def test_at_first_it_is_asked_as_planned() -> None:
    assert after() == Next(REQUEST, "json_schema")


def test_an_invalid_answer_is_named_and_asked_again_twice() -> None:
    invalid = tried("invalid", text=BAD)
    again = asked(*invalid)
    assert again.request.corrects
    assert "2" in again.request.messages[-1]["content"]
    assert asked(*invalid, *invalid).request.messages == again.request.messages  # it does not grow
    assert isinstance(after(*invalid * 3), Invalid)


def test_an_answer_that_is_cut_off_gets_more_room_once_and_keeps_it() -> None:
    cut = tried("truncated", text="{")
    assert asked(*cut).request.max_tokens == 2 * REQUEST.max_tokens
    assert asked(*cut, *tried("invalid", text=BAD)).request.max_tokens == 2 * REQUEST.max_tokens
    assert after(*cut, *cut) == Truncated("{", NO_TOKENS)
    step = after(*tried("context"))
    assert isinstance(step, Truncated)
    assert step.room == "context"


def test_a_refused_format_is_followed_by_the_next_and_by_no_later_one() -> None:
    refused = tried("unsupported")
    assert asked(*refused).strategy == "json_object"
    assert asked(*refused, *tried("missing", strategy="json_object"), strategy="json_object").strategy == "json_object"
    assert asked(*refused, *tried("unsupported", strategy="json_object")).strategy == "plain"
    assert isinstance(after(*refused, *tried("unsupported", strategy="plain"), strategy="plain"), Unsupported)


def test_what_fails_in_passing_is_asked_as_it_was_and_not_for_ever() -> None:
    passing = tried("missing", "server", "rate_limited", "balance", "overloaded", "missing", "malformed")
    assert after(*passing) == Next(REQUEST, "json_schema")
    assert isinstance(after(*passing, *tried("missing")), Transient)


def test_a_refusal_is_the_end() -> None:
    assert isinstance(after(*tried("refused")), Refused)
    assert isinstance(after(*tried("parameter") * 4), Refused)


# With book, ledger and results ----------------------------------------------------------------------------------------


@dataclass
class Desk:
    """An asker with all it needs, and what it says must be sent."""

    folder: Path
    book: Book
    ledger: Ledger
    wanted: list[Next] = field(default_factory=list)
    under_way: list[str] = field(default_factory=list)

    def asker(self) -> BatchAsker:
        def pending(key: str, step: Next, under_way: bool) -> None:
            if under_way:
                self.under_way.append(key)
            else:
                self.wanted.append(step)

        self.endpoint = Endpoint(URL)
        return BatchAsker(self.ledger, self.book, self.folder, self.endpoint, pending)

    def ask(self, request: Request = REQUEST) -> Exchange:
        self.wanted.clear()
        return asyncio.run(self.asker().ask(request, lambda text: checked(text, request)))

    def arrive(self, part: int, reply: Reply, strategy: Any = "json_schema") -> None:
        """Send the request in a part of its own, and let this be its result."""
        self.book.add(part, 1, [Line(REQUEST.key, strategy)])
        name = f"{part}.jsonl"
        line = {"custom_id": REQUEST.key, "response": {"status_code": reply.status, "body": json.loads(reply.body)}}
        (self.folder / name).write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
        self.book.read(name, part, [Place(REQUEST.key, 0, reply.status)])
        self.book.close(part)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Book(tmp_path / "book") as book, Ledger(tmp_path / "ledger") as ledger:
        yield Desk(tmp_path, book, ledger)


def test_what_nobody_answered_is_wanted_until_it_is_under_way(desk: Desk) -> None:
    assert isinstance(desk.ask().outcome, Capped)
    assert desk.wanted == [Next(REQUEST, "json_schema")]
    desk.book.add(1, 1, [Line(REQUEST.key, "json_schema")])
    desk.ask()
    assert (desk.wanted, desk.under_way) == ([], [REQUEST.key])


def test_a_result_is_an_answer_and_is_in_the_ledger(desk: Desk) -> None:
    desk.arrive(1, completion(answer([1, 2])))
    exchange = desk.ask()
    assert exchange.answer is not None
    (entry,) = desk.ledger.entries()
    assert (entry.key, entry.outcome, entry.input_tokens, entry.output_tokens) == (REQUEST.key, ANSWERED, 900, 100)
    assert desk.ask().cached
    assert len(list(desk.ledger.entries())) == 1


def test_an_answer_that_was_kept_before_a_kill_is_kept_once(desk: Desk) -> None:
    desk.arrive(1, completion(answer([1, 2])))
    desk.ask()
    desk.book._db.execute("UPDATE lines SET outcome = NULL")  # as if it had been killed between the two files
    assert desk.ask().answer is not None
    assert len(list(desk.ledger.entries())) == 1


def test_an_error_is_in_the_ledger_and_no_answer(desk: Desk) -> None:
    desk.arrive(1, error(503, "busy"))
    assert desk.ask().answer is None
    assert [entry.outcome for entry in desk.ledger.entries()] == ["overloaded"]
    assert desk.ledger.stored(REQUEST.key) is None
    assert desk.wanted == [Next(REQUEST, "json_schema")]


def test_a_format_that_works_is_what_others_are_asked_in(desk: Desk) -> None:
    desk.arrive(1, error(400, "json_schema is not supported"))
    desk.ask()
    assert [step.strategy for step in desk.wanted] == ["json_object"]
    desk.arrive(2, completion(answer([1, 2])), "json_object")
    assert desk.ask().answer is not None
    other = requests_for([project("另一个")], URL)[0]
    desk.ask(other)
    assert [step.strategy for step in desk.wanted] == ["json_object"]


def test_a_parameter_that_is_refused_is_said_otherwise_from_then_on(desk: Desk) -> None:
    desk.arrive(1, error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."))
    for _ in range(2):  # also when everything is opened anew
        desk.ask()
        (step,) = desk.wanted
        assert step.strategy == "json_schema"
        body = desk.endpoint.body(*step)
        assert "max_tokens" not in body
        assert body["max_completion_tokens"] == REQUEST.max_tokens


def test_a_long_thought_without_an_answer_is_no_question_that_is_too_long(desk: Desk) -> None:
    desk.arrive(1, completion("", finish="length"))
    desk.ask()
    assert [step.request.max_tokens for step in desk.wanted] == [2 * REQUEST.max_tokens]
    desk.arrive(2, error(400, "This model's maximum context length is 4096 tokens"))
    outcome = desk.ask().outcome
    assert isinstance(outcome, Truncated)
    assert outcome.room == "context"
