"""The server: where it listens, who may come in, and how it is told to people."""

from __future__ import annotations

import asyncio
import secrets
import socket
from dataclasses import replace
from ipaddress import ip_address

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from reviewer.errors import UsageError
from reviewer.web.app import create_app
from reviewer.web.site import Site, digest

_SHORTEST_TOKEN = 16
_HEADER_SECONDS = 15.0
_CONNECTIONS = 512


class _Patient(H11Protocol):
    """Closes a connection on which no whole request head arrives in time: one that sends a byte a minute."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._giving_up = asyncio.get_running_loop().call_later(_HEADER_SECONDS, transport.close)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None:
            self._giving_up.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        self._giving_up.cancel()
        super().connection_lost(exc)


def opened_to(site: Site, host: str, token: str | None, allowed: list[str]) -> tuple[Site, str | None]:
    """Return *site* as it may be served on the address *host*, and the token to show; None where none is needed.

    Only what this machine alone can reach goes without a token; else one is made where none is given. *allowed* are
    names under which a proxy passes requests on. Raises ``UsageError`` for a token that can be guessed.

    >>> opened_to(Site(), "127.0.0.1", None, [])[1] is None
    True
    """
    if token is None and (allowed or not _is_local(host)):
        token = secrets.token_urlsafe(24)
    elif token is not None and len(token) < _SHORTEST_TOKEN:
        raise UsageError(f"--token 太短，容易被猜到。请至少写 {_SHORTEST_TOKEN} 个字符，或者不写，由程序生成。")
    names = site.hosts | {name.strip("[]").lower() for name in [host, *allowed]}
    return replace(site, hosts=names, token_digest=None if token is None else digest(token)), token


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port* (0: any free one). Raises ``UsageError`` when it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise UsageError(f"{host} 的端口 {port} 用不了（{error.strerror}）。请用 --port 换一个端口。") from error
    listener.listen(128)
    return listener


def run(site: Site, listener: socket.socket) -> None:
    """Serve *site* on *listener* until interrupted. What is logged is errors, without contents."""
    server_of(site).run(sockets=[listener])


def server_of(site: Site) -> uvicorn.Server:
    """Return the server of *site*, not yet running."""
    config = uvicorn.Config(
        create_app(site),
        http=_Patient,
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
