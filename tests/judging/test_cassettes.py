"""Recording and replaying through vcrpy: what is on disk, what is matched, and many projects at once."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import InputError, UnrecordedError, UsageError
from reviewer.judging import readable
from reviewer.judging.cassettes import Cassettes, file_name, recorded_settings
from reviewer.judging.endpoint import IN_WORDS

KEY = "sk-marked-0123456789abcdef"
ASK: dict[str, Any] = {
    "model": "desk",
    "temperature": 0.0,
    "max_tokens": 4096,
    "response_format": {"type": "json_object"},
}


class Desk(ThreadingHTTPServer):
    """An endpoint that repeats the question and says how many came before; ``statuses`` are the first replies."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Reply)
        self.calls = 0
        self.statuses: list[int] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Reply(BaseHTTPRequestHandler):
    server: Desk

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            number, self.server.calls = self.server.calls, self.server.calls + 1
            status = self.server.statuses.pop(0) if self.server.statuses else 200
        content = f"第{number}次回答：\n{asked['messages'][-1]['content']}\n密钥 {KEY}"
        reply = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "desk",
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}},
            ],
        }
        data = gzip.compress(json.dumps(reply).encode())
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(data)))
        self.send_header("openai-organization", "org-account")
        self.send_header("set-cookie", "session=account")
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def asked(cassettes: Cassettes, url: str, *questions: tuple[int, str, str]) -> list[str | Exception]:
    """Ask all at once, each on behalf of its project (number, name), and return answers or errors in that order."""

    async def ask(client: openai.AsyncOpenAI, number: int, name: str, question: str) -> str:
        with cassettes.project(number, name):
            await asyncio.sleep(0)  # so that all projects are open before the first request
            messages = [{"role": "user", "content": question}]
            try:
                reply = await client.chat.completions.create(**ASK, messages=messages)
            except openai.APIConnectionError as error:
                raise (error.__cause__ or error) from None  # the client wraps whatever the transport raises
        return reply.choices[0].message.content

    async def ask_all() -> list[Any]:
        http = httpx2.AsyncClient(transport=cassettes.transport())
        async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0, http_client=http) as client:
            return await asyncio.gather(*(ask(client, *question) for question in questions), return_exceptions=True)

    return asyncio.run(ask_all())


FILM, BOOKS = (1, "电影放映", "放映≥672场够不够？"), (2, "图书采购", "5000册贵不贵？")


def test_a_recording_is_replayed_without_a_network(desk: Desk, tmp_path: Path) -> None:
    recorded = asked(Cassettes(tmp_path, record=True, secret=KEY), desk.url, FILM, BOOKS)
    desk.shutdown()
    desk.server_close()
    replay = Cassettes(tmp_path, record=False)
    replayed = asked(replay, desk.url, BOOKS, FILM)
    assert replayed == [answer.replace(KEY, "***") for answer in reversed(recorded)]
    assert replay.unplayed() == []


def test_a_cassette_is_readable_and_holds_no_account(desk: Desk, tmp_path: Path) -> None:
    asked(Cassettes(tmp_path, record=True, secret=KEY), desk.url, FILM)
    (path,) = tmp_path.iterdir()
    assert path.name == "001-电影放映.yaml"
    text = path.read_text(encoding="utf-8")
    assert "放映≥672场够不够？" in text
    assert "        content: |-\n          第0次回答：\n          放映≥672场够不够？\n".replace(
        " ", ""
    ) in text.replace(" ", "")
    assert "\\u" not in text
    assert KEY not in text
    (interaction,) = yaml.safe_load(text)["interactions"]
    assert interaction["request"].keys() == {"method", "uri", "body"}
    assert interaction["request"]["body"]["messages"][0]["role"] == "user"
    assert interaction["response"]["headers"] == {"content-type": ["application/json"]}
    assert not {"account", "authorization", "cookie", "date"} & {word.strip(":") for word in text.lower().split()}


def test_many_projects_at_once_keep_to_their_own_cassettes(desk: Desk, tmp_path: Path) -> None:
    questions = [(number, f"项目{number}", f"第{number}个问题") for number in range(1, 25)]
    recorded = asked(Cassettes(tmp_path, record=True), desk.url, *questions)
    assert desk.calls == 24
    for number, name, question in questions:
        text = (tmp_path / file_name(number, name)).read_text(encoding="utf-8")
        assert text.count(question) == 2  # as asked and as repeated by the endpoint
        assert text.count("个问题") == 2
    replay = Cassettes(tmp_path, record=False)
    assert asked(replay, desk.url, *questions) == recorded
    assert desk.calls == 24
    assert replay.unplayed() == []


def test_an_unrecorded_request_says_so_and_leaves_the_others_alone(desk: Desk, tmp_path: Path) -> None:
    asked(Cassettes(tmp_path, record=True), desk.url, FILM, BOOKS)
    replay = Cassettes(tmp_path, record=False)
    changed, unknown, same = asked(replay, desk.url, (1, "电影放映", "放映≥600场？"), (3, "展览", "？"), BOOKS)
    assert isinstance(changed, UnrecordedError)
    assert "录音里没有这个问题" in str(changed)
    assert "001-电影放映.yaml" in str(changed)
    assert isinstance(unknown, UnrecordedError)
    assert "没有这个项目的录音" in str(unknown)
    assert isinstance(same, str)
    assert desk.calls == 2
    assert replay.unplayed() == ["001-电影放映.yaml"]


def test_the_order_of_keys_and_the_host_do_not_matter(desk: Desk, tmp_path: Path) -> None:
    asked(Cassettes(tmp_path, record=True), desk.url, FILM)
    (path,) = tmp_path.iterdir()
    cassette = yaml.safe_load(path.read_text(encoding="utf-8"))
    request = cassette["interactions"][0]["request"]
    request["body"] = dict(reversed(request["body"].items()))
    path.write_text(yaml.safe_dump(cassette, allow_unicode=True), encoding="utf-8")
    assert isinstance(asked(Cassettes(tmp_path, record=False), "https://elsewhere.invalid/v1", FILM)[0], str)


@pytest.mark.parametrize("parameter", ["model", "temperature", "max_tokens"])
def test_other_parameters_are_another_request(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameter: str
) -> None:
    asked(Cassettes(tmp_path, record=True), desk.url, FILM)
    other = {"model": "other", "temperature": 1.0, "max_tokens": 99}
    monkeypatch.setitem(ASK, parameter, other[parameter])
    assert isinstance(asked(Cassettes(tmp_path, record=False), desk.url, FILM)[0], UnrecordedError)


def test_a_parameter_that_the_endpoint_did_not_take_is_no_difference(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.delitem(ASK, "temperature")
        later.delitem(ASK, "max_tokens")
        later.setitem(ASK, "max_completion_tokens", 4096)
        later.setitem(ASK, "extra_body", {"enable_thinking": False})
        recorded = asked(Cassettes(tmp_path, record=True), desk.url, FILM)
    assert asked(Cassettes(tmp_path, record=False), desk.url, FILM) == recorded
    assert recorded_settings(tmp_path).keys() == {"base_url", "model", "max_tokens"}


def test_how_the_schema_was_asked_for_is_no_difference(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = {"type": "object"}
    in_words = (1, "电影放映", f"放映≥672场够不够？{IN_WORDS}{json.dumps(schema)}")
    recorded = asked(Cassettes(tmp_path, record=True), desk.url, in_words)
    for name, same in (("review", schema), ("other", {"type": "array"})):
        form = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": same}}
        monkeypatch.setitem(ASK, "response_format", form)
        (answer,) = asked(Cassettes(tmp_path, record=False), desk.url, FILM)
        assert (answer == recorded[0]) == (same == schema)


def test_a_recording_goes_through_the_proxy_of_the_environment(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", desk.url)
    assert isinstance(asked(Cassettes(tmp_path, record=True), "http://model.invalid/v1", FILM)[0], str)
    assert desk.calls == 1
    assert recorded_settings(tmp_path)["base_url"] == "http://model.invalid/v1"


def test_recording_goes_on_where_it_stopped(desk: Desk, tmp_path: Path) -> None:
    first = asked(Cassettes(tmp_path, record=True), desk.url, FILM)
    again = asked(Cassettes(tmp_path, record=True), desk.url, FILM, BOOKS)
    assert desk.calls == 2
    assert again[0] == first[0]
    assert len(list(tmp_path.iterdir())) == 2


def test_the_same_question_asked_three_times_is_recorded_three_times(desk: Desk, tmp_path: Path) -> None:
    recorded = asked(Cassettes(tmp_path, record=True), desk.url, FILM, FILM, FILM)
    assert len(set(recorded)) == 3
    resumed = asked(Cassettes(tmp_path, record=True), desk.url, FILM, FILM, FILM, FILM)
    assert len(set(resumed)) == 4
    assert desk.calls == 4
    replay = Cassettes(tmp_path, record=False)
    *replayed, over = asked(replay, desk.url, FILM, FILM, FILM, FILM, FILM)
    assert set(replayed) == set(resumed)
    assert "已经放完" in str(over)


def test_error_replies_are_not_recorded(desk: Desk, tmp_path: Path) -> None:
    desk.statuses = [429, 500, 400]
    cassettes = Cassettes(tmp_path, record=True)
    failed = [asked(cassettes, desk.url, FILM)[0] for _ in range(3)]
    assert [getattr(error, "status_code", None) for error in failed] == [429, 500, 400]
    answer = asked(cassettes, desk.url, FILM)
    assert asked(Cassettes(tmp_path, record=False), desk.url, FILM) == answer


def test_a_project_is_found_wherever_it_stands_by_now(desk: Desk, tmp_path: Path) -> None:
    recorded = asked(Cassettes(tmp_path, record=True), desk.url, FILM, BOOKS)
    _, name, question = BOOKS
    assert asked(Cassettes(tmp_path, record=False), desk.url, (1, name, question)) == recorded[1:]


def test_an_orphan_is_named(desk: Desk, tmp_path: Path) -> None:
    asked(Cassettes(tmp_path, record=True), desk.url, FILM, BOOKS)
    replay = Cassettes(tmp_path, record=False)
    asked(replay, desk.url, FILM)
    assert replay.unplayed() == ["002-图书采购.yaml"]


def test_what_it_was_recorded_with_is_read_off(desk: Desk, tmp_path: Path) -> None:
    asked(Cassettes(tmp_path, record=True), f"{desk.url}/", FILM)
    assert recorded_settings(tmp_path) == {
        "base_url": desk.url,
        "model": "desk",
        "temperature": 0.0,
        "max_tokens": 4096,
    }


def test_nothing_to_replay_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有录音可放"):
        Cassettes(tmp_path / "无", record=False)
    with pytest.raises(UsageError, match="没有录音可放"):
        recorded_settings(tmp_path)


@pytest.mark.parametrize("text", ["", "乱写", "interactions: [1]", "a: [", "version: 1", "\x00"])
def test_a_damaged_cassette_is_an_error_and_stays_as_it_is(desk: Desk, tmp_path: Path, text: str) -> None:
    path = tmp_path / "001-电影放映.yaml"
    path.write_text(text, encoding="utf-8")
    for record in (True, False):
        (error,) = asked(Cassettes(tmp_path, record=record), desk.url, FILM)
        assert isinstance(error, InputError)
        assert "001-电影放映.yaml" in str(error)
    assert path.read_text(encoding="utf-8") == text
    assert desk.calls == 0


def test_a_folder_that_cannot_be_written_is_an_error(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "录音").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="建不了"):
        Cassettes(tmp_path / "录音", record=True)
    assert desk.calls == 0


@given(st.text(max_size=400))
def test_any_project_name_makes_a_file_name(name: str) -> None:
    made = file_name(1, name)
    assert len(made.encode()) <= 255
    assert not set(made) & set('/\\:*?"<>|\0\n')
    assert made.startswith("001-")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=120),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(max_size=9), json_values, max_size=4).map(json.dumps) | st.text(max_size=200),
    st.dictionaries(st.text(max_size=9), json_values, max_size=4).map(json.dumps) | st.text(max_size=200),
)
def test_what_is_written_reads_back(question: str, answer: str) -> None:
    interaction = {
        "request": {"method": "POST", "uri": "http://x/v1", "body": question, "headers": {}},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": answer}},
    }
    text = readable.serialize({"version": 1, "interactions": [interaction]})
    (back,) = readable.deserialize(text.encode().decode())["interactions"]
    for sent, read in ((question, back["request"]["body"]), (answer, back["response"]["body"]["string"])):
        assert read == sent or json.loads(read) == json.loads(sent)
