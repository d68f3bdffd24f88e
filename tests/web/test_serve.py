"""How a server is started and stopped, and to whom it opens."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.errors import UsageError
from reviewer.web.serve import listening, opened_to
from reviewer.web.site import Site
from tests.web.serving import Running


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_this_machine_needs_no_token(host: str) -> None:
    site, shown = opened_to(Site(), host, None, [])
    assert shown is None
    assert site.admits(None)


@pytest.mark.parametrize(
    ("host", "allowed"), [("0.0.0.0", []), ("::", []), ("192.0.2.1", []), ("127.0.0.1", ["jx.example"])]
)
def test_another_address_or_name_gets_a_token_of_its_own(host: str, allowed: list[str]) -> None:
    (site, shown), (_, other) = (opened_to(Site(), host, None, allowed) for _ in range(2))
    assert shown
    assert other
    assert shown != other
    assert len(shown) >= 32
    assert site.admits(shown)
    assert not site.admits(other)
    assert not site.admits(None)
    assert shown not in repr(site)


def test_token_is_wanted_here_too_when_it_is_given() -> None:
    site, shown = opened_to(Site(), "127.0.0.1", "sixteen letters!", [])
    assert shown == "sixteen letters!"
    assert not site.admits(None)


def test_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(UsageError, match="太短"):
        opened_to(Site(), "127.0.0.1", "123456", [])


def test_names_of_a_proxy_are_answered() -> None:
    site, _ = opened_to(Site(), "127.0.0.1", None, ["JX.example", "[2001:db8::1]"])
    assert {"jx.example", "2001:db8::1", "localhost"} <= site.hosts


def test_port_that_is_taken_is_told() -> None:
    with listening("127.0.0.1", 0) as taken, pytest.raises(UsageError, match="--port"):
        listening("127.0.0.1", taken.getsockname()[1])


def test_command_serves_until_it_is_interrupted() -> None:
    command = [str(Path(sys.executable).with_name("reviewer")), "serve", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stderr
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", server.stderr.readline())
        assert address
        assert "Ctrl-C" in server.stderr.readline()
        assert Running(int(address[1])).goes_on()
        server.send_signal(signal.SIGINT)
        assert "Traceback" not in server.stderr.read()
        assert server.wait(20) in (0, 130)


@pytest.mark.parametrize(("flags", "said"), [(["--port", "x"], "--port"), (["--runs", "没有"], "--runs")])
def test_wrong_flags_are_told(flags: list[str], said: str) -> None:
    command = [str(Path(sys.executable).with_name("reviewer")), "serve", "--no-browser", *flags]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
