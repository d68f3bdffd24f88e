"""Who may ask, from where, how much and how fast: seen from outside, before any route is reached."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from reviewer.web.guard import HEADERS
from reviewer.web.site import Limits, Site, digest
from tests.web.serving import FORM, Running, running

TOKEN = "a-token-nobody-guesses"
DRAFT = b'{"projects": [{"name": "A", "indicators": []}]}'


@pytest.fixture(scope="module")
def closed() -> Iterator[Running]:
    """A server that wants a token."""
    with running(Site(token_digest=digest(TOKEN))) as one:
        yield one


@pytest.fixture(scope="module")
def strict() -> Iterator[Running]:
    """A server with small limits."""
    limits = Limits(body=2_000, upload=4_000, seconds=1.0)
    with running(Site(limits=limits)) as one:
        yield one


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:8765"])
def test_own_names_are_answered(server: Running, host: str) -> None:
    assert server.get("/", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "127.0.0.2", "[::", "", "localhost/x"]
)
def test_other_names_are_not(server: Running, host: str) -> None:
    answer = server.get("/", host=host)
    assert answer.status == 421
    assert "地址" in answer.text
    assert server.get("/api/v1/rules", host=host).status == 421


def test_request_without_a_host_is_refused(server: Running) -> None:
    assert b" 421 " in server.say(b"GET / HTTP/1.0\r\n\r\n").splitlines()[0]


@pytest.mark.parametrize("path", ["/", "/write/check", "/enter", "/api/v1/review"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://["},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
    ids=str,
)
def test_other_sites_change_nothing(server: Running, path: str, headers: dict[str, str]) -> None:
    answer = server.post(path, DRAFT, **headers)
    assert answer.status == 403
    assert "别的网站" in answer.text


def test_own_pages_and_programs_may(server: Running) -> None:
    own = {"origin": f"http://{server.host}", "sec_fetch_site": "same-origin"}
    assert server.post("/api/v1/review", DRAFT, **own).status == 200
    assert server.post("/api/v1/review", DRAFT).status == 200


def test_link_from_another_site_opens_the_page(server: Running) -> None:
    assert server.get("/", sec_fetch_site="cross-site").status == 200


@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "改"])
def test_form_that_no_page_gave_out_is_refused(server: Running, csrf: str | None) -> None:
    fields = {} if csrf is None else {"csrf": csrf}
    answer = server.post("/", urlencode(fields), content_type=FORM)
    assert answer.status == 403
    assert "过期" in answer.text


def test_form_of_a_page_is_taken_by_field_and_by_header(server: Running) -> None:
    seal = server.csrf()
    assert server.post("/", urlencode({"csrf": seal, "clear": "1"}), content_type=FORM).status == 200
    by_header = server.post("/", urlencode({"clear": "1"}), content_type=FORM, x_reviewer_csrf=seal)
    assert by_header.status == 200


def test_seal_of_another_server_is_worth_nothing(server: Running, strict: Running) -> None:
    answer = server.post("/", urlencode({"csrf": strict.csrf()}), content_type=FORM)
    assert answer.status == 403


def test_token_is_asked_for_everywhere(closed: Running) -> None:
    page = closed.get("/")
    assert page.status == 401
    assert 'name="token"' in page.text
    for path in ("/api/v1/rules", "/api/v1/openapi.json", "/nowhere"):
        assert closed.get(path).status == 401
    assert "口令" in closed.post("/api/v1/review", DRAFT).message


@pytest.mark.parametrize("shown", ["Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", TOKEN])
def test_wrong_token_opens_nothing(closed: Running, shown: str) -> None:
    assert closed.get("/api/v1/rules", authorization=shown).status == 401


def test_programs_show_the_token_each_time(closed: Running) -> None:
    assert closed.get("/api/v1/rules", authorization=f"Bearer {TOKEN}").status == 200


def test_people_show_it_once(closed: Running) -> None:
    assert closed.get("/enter").status == 200
    wrong = closed.post("/enter", urlencode({"token": "wrong"}), content_type=FORM)
    assert wrong.status == 403
    assert "口令不对" in wrong.text
    assert "set-cookie" not in wrong.headers

    entered = closed.post("/enter", urlencode({"token": f" {TOKEN} "}), content_type=FORM)
    assert (entered.status, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert TOKEN not in cookie
    assert closed.get("/", cookie=cookie.partition(";")[0]).status == 200


def test_cookie_stays_on_https_behind_a_proxy(closed: Running) -> None:
    fields = urlencode({"token": TOKEN})
    entered = closed.post("/enter", fields, content_type=FORM, x_forwarded_proto="https")
    assert "secure" in entered.headers["set-cookie"].lower()


def test_cookie_of_ones_own_making_opens_nothing(closed: Running) -> None:
    for value in ("", "1", "f" * 64, TOKEN):
        assert closed.get("/", cookie=f"reviewer_entered={value}").status == 401


def test_style_of_the_entrance_needs_no_token(closed: Running) -> None:
    [address] = re.findall(r'href="(/static/site\.css[^"]*)"', closed.get("/enter").text)
    assert closed.get(address).status == 200


def test_announced_size_is_refused_unread(strict: Running) -> None:
    head = b"POST /api/v1/review HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2001\r\nConnection: close\r\n\r\n"
    said = strict.say(head)
    assert b" 413 " in said.splitlines()[0]
    assert "内容太大" in said.decode()


def test_size_that_nobody_announced_is_refused_too(strict: Running) -> None:
    answer = strict.post("/api/v1/review", iter([b"x" * 1_500, b"x" * 1_500]))
    assert answer.status == 413
    assert "内容太大" in answer.message


def test_files_may_be_larger(strict: Running) -> None:
    assert strict.post("/api/v1/review/file?name=a.txt", b" " * 3_000).status == 422
    assert strict.post("/api/v1/review/file?name=a.txt", b" " * 5_000).status == 413


def test_only_so_many_files_are_taken_in_at_once() -> None:
    head = b"POST /api/v1/review/file?name=a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
    with running(Site(limits=Limits(uploads=1, seconds=3.0))) as one:
        with socket.create_connection(("127.0.0.1", one.port)) as slow:
            slow.sendall(head)
            time.sleep(0.5)
            refused = one.post("/api/v1/review/file?name=a.txt", b"{}")
            assert (refused.status, refused.message) == (503, "正在收别人的文件，请过一会儿再传。")
            assert one.post("/api/v1/review", b"{}").status == 422  # typing goes on
        time.sleep(0.5)
        assert one.post("/api/v1/review/file?name=a.txt", b"{}").status == 422


def test_slow_body_is_not_waited_for(strict: Running) -> None:
    head = b"POST /api/v1/review HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"
    began = time.monotonic()
    said = strict.say(head, b"{", b'"', pause=0.3)
    assert time.monotonic() - began < 5
    assert b" 408 " in said.splitlines()[0]
    assert "没有在限定的时间里传完" in said.decode()


def test_too_many_requests_are_told_to_wait() -> None:
    with running(Site(limits=Limits(rate=0.01, burst=3))) as one:
        statuses = [one.get("/api/v1/rules").status for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert "请过几秒再试" in one.get("/api/v1/rules").message


ASKED = ["/", "/enter", "/nowhere", "/static/site.css", "/static/nothing.css", "/api/v1/rules", "/api/v1/nothing"]


@pytest.mark.parametrize("path", ASKED)
def test_every_answer_has_the_headers(server: Running, path: str) -> None:
    for answer in (server.get(path), server.post(path), server.get(path, host="evil.example")):
        assert "server" not in answer.headers
        for name, value in HEADERS.items():
            if name == "cache-control" and path == "/static/site.css" and answer.status == 200:
                continue
            assert answer.headers[name] == value


def test_policy_lets_nothing_in_and_pages_need_nothing_else(server: Running) -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    for path in ("/", "/enter", "/nowhere"):
        page = server.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|(?:src|href)=\"(?:https?:)?//", page)


def test_static_file_is_kept_by_the_browser(server: Running) -> None:
    [address] = re.findall(r'href="(/static/site\.css[^"]*)"', server.get("/").text)
    first = server.get(address)
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in first.headers["cache-control"]
    again = server.get(address, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "name", ["nothing.css", "..%2fapp.py", "%2e%2e/app.py", "....//app.py", "site.css%00", "/etc/passwd", ""]
)
def test_no_other_file_is_reached(server: Running, name: str) -> None:
    answer = server.get(f"/static/{name}")
    assert answer.status == 404
    assert "没有这个" in answer.text


def test_what_is_not_there_is_told_in_chinese(server: Running) -> None:
    page = server.get("/nowhere")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "没有这个页面。" in page.text
    assert server.get("/api/v1/nowhere").message == "没有这个页面。"
    assert server.ask("DELETE", "/").status == 405
    assert "不能这样用" in server.ask("PUT", "/api/v1/review").message
