"""A real server on this machine, and how a test speaks to it: whole requests, or bytes that are none."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reviewer.web import serve
from reviewer.web.site import Site

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What the server said; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """What a program is told of a failure."""
        error = self.json()["error"]
        assert error["status"] == self.status
        message: str = error["message"]
        return message


@dataclass(frozen=True)
class Running:
    """A server that runs on ``port`` of 127.0.0.1."""

    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: Any = None, timeout: float = 20, **headers: str) -> Answer:
        """Send a request; ``_`` in the name of a header stands for ``-``. An iterator is sent in chunks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, named)
            return _answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = b"", **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def say(self, *pieces: bytes, pause: float = 0.0, timeout: float = 20) -> bytes:
        """Send bytes as they are, *pause* seconds apart, and return all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as line:
            try:
                for piece in pieces:
                    line.sendall(piece)
                    time.sleep(pause)
            except OSError:
                pass  # it had answered and closed before everything was sent
            return _rest(line)

    def csrf(self) -> str:
        """What a form of a page brings along."""
        found = re.search(r'<meta name="csrf" content="([0-9a-f]+)">', self.get("/").text)
        assert found
        return found[1]

    def goes_on(self) -> bool:
        """Whether a review still works."""
        review = self.post("/api/v1/review", b'{"projects": [{"name": "A", "indicators": []}]}')
        return review.status == 200 and review.json()["projects"][0]["name"] == "A"


@contextmanager
def running(site: Site, port: int = 0) -> Iterator[Running]:
    """Serve *site* on *port*, or on a free one, for as long as the context lasts."""
    listener = serve.listening("127.0.0.1", port)
    server = serve.server_of(site)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        yield Running(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def _answer(response: http.client.HTTPResponse) -> Answer:
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def _rest(line: socket.socket) -> bytes:
    said = b""
    try:
        while piece := line.recv(65536):
            said += piece
    except ConnectionError:
        pass
    return said
