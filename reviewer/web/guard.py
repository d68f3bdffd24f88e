"""What every request must pass before a route sees it: host, origin, token, rate, size and time of its body.

Nothing of a refused request is read. The same place puts the security headers on every answer.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewer.web.site import Limits, Site

COOKIE = "reviewer_entered"
ENTRANCE = "/enter"
UPLOADS = frozenset({"/upload", "/api/v1/review/file"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_ADDRESSES = 10_000
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer a browser hides the origin of our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}

Refusal = tuple[int, str]
Answer = Callable[[Request, int, str], ASGIApp]


class Guard:
    """An ASGI application that lets through to *app* what *site* allows; *answer* makes a refusal into a response."""

    def __init__(self, app: ASGIApp, site: Site, answer: Answer) -> None:
        self._app = app
        self._site = site
        self._answer = answer
        self._rates = Rates(site.limits)
        self._uploading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application do so."""
        if scope["type"] == "http":
            await self._http(Request(scope), receive, _with_headers(send))
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # there are none here

    async def _http(self, request: Request, receive: Receive, send: Send) -> None:
        limits = self._site.limits
        uploads = request.scope["path"] in UPLOADS and request.method == "POST"
        most = limits.upload if uploads else limits.body
        refusal = self._refusal(request, most)
        if refusal is None and uploads and self._uploading >= limits.uploads:
            refusal = 503, "正在收别人的文件，请过一会儿再传。"
        if refusal:
            await self._answer(request, *refusal)(request.scope, receive, send)
            return
        self._uploading += uploads
        # The application has answered and logged its errors when they arrive here. The server would log them once more,
        # with their traceback, and that holds contents.
        try:
            with suppress(Exception):
                await self._app(request.scope, _bounded(receive, most, limits.seconds), send)
        finally:
            self._uploading -= uploads

    def _refusal(self, request: Request, most: int) -> Refusal | None:
        host = request.headers.get("host", "")
        if _name(host) not in self._site.hosts:
            return 421, "这个地址不是本服务的地址。请用启动时显示的地址打开。"
        if not self._rates.admit(request.client.host if request.client else ""):
            return 429, "请求太多，请过几秒再试。"
        if request.method not in _SAFE and not _from_here(request.headers, host):
            return 403, "请求来自别的网站，没有处理。"
        path = request.url.path
        if path != ENTRANCE and not path.startswith("/static/") and not self._entered(request):
            return 401, "要先输入启动时显示的口令。"
        if _announced(request.headers) > most:
            return 413, _too_large(most)
        return None

    def _entered(self, request: Request) -> bool:
        site = self._site
        if site.token_digest is None or site.sealed("entered", request.cookies.get(COOKIE)):
            return True
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and site.admits(token.strip())


class Rates:
    """How often each address may ask: a bucket of ``burst`` requests that fills with ``rate`` a second.

    >>> rates = Rates(Limits(rate=1, burst=2))
    >>> [rates.admit("192.0.2.1", now=0.0) for _ in range(3)], rates.admit("192.0.2.1", now=1.0)
    ([True, True, False], True)
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, address: str, now: float | None = None) -> bool:
        """Count a request of *address* and say whether it may pass."""
        now = time.monotonic() if now is None else now
        left, since = self._buckets.pop(address, (float(self._limits.burst), now))
        left = min(self._limits.burst, left + (now - since) * self._limits.rate)
        admitted = left >= 1
        self._buckets[address] = (left - admitted, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)  # the one that asked longest ago
        return admitted


def _name(host: str) -> str:
    """Return the name in a Host header, without its port; empty for nonsense.

    >>> _name("LOCALHOST:8000"), _name("[::1]:8000"), _name("a@b"), _name("")
    ('localhost', '::1', '', '')
    """
    if "@" in host or "/" in host:
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _from_here(headers: Headers, host: str) -> bool:
    """Whether a request that changes something comes from a page of ours, or from no browser at all."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


def _too_large(most: int) -> str:
    return f"内容太大，最多 {most / (1 << 20):g} MB。"


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """Return *receive* for a body of at most *most* bytes that arrives within *seconds*."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    seen = 0
    whole = False

    async def bounded() -> Message:
        nonlocal seen, whole
        if whole:
            return await receive()  # waits for the client to leave
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "内容没有在限定的时间里传完。") from None
        seen += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if seen > most:
            raise HTTPException(413, _too_large(most))
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
