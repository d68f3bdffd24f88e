"""What a server is started with."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewer.settings import LLM


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request, and one address, may ask for.

    ``body`` and ``upload`` are bytes, ``uploads`` how many files are taken in at once, ``seconds`` the time in which a
    body must have arrived and ``work`` that in which the engine must be done with it; ``rate`` is requests a second
    from one address, ``burst`` how many at once.
    """

    body: int = 1 << 20
    upload: int = 32 << 20
    uploads: int = 8
    seconds: float = 30.0
    work: float = 60.0
    rate: float = 200.0
    burst: int = 400


@dataclass(frozen=True, slots=True)
class Site:
    """The settings of one server.

    ``hosts`` are the names it answers to, ``token`` what must be shown before anything else (None on this machine
    only; kept as its sha256), ``runs`` the folder of bulk runs, ``options`` those of :func:`reviewer.review`, ``llm``
    the model that may be asked.

    >>> Site(token_digest=digest("a-long-token")).admits("a-long-token"), Site().admits(None)
    (True, True)
    """

    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "::1"})
    token_digest: bytes | None = None
    runs: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    llm: LLM | None = None
    limits: Limits = Limits()
    # Of this process alone: cookies and forms of another one mean nothing here.
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def admits(self, token: str | None) -> bool:
        """Whether *token* opens the server; every one does that needs none."""
        if self.token_digest is None:
            return True
        return token is not None and hmac.compare_digest(digest(token), self.token_digest)

    def seal(self, purpose: str) -> str:
        """Return what proves that this process gave it out for *purpose*."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).hexdigest()

    def sealed(self, purpose: str, value: str | None) -> bool:
        """Whether *value* is the seal for *purpose*."""
        return value is not None and hmac.compare_digest(self.seal(purpose).encode(), value.encode("utf-8", "replace"))


def digest(token: str) -> bytes:
    """Return the sha256 of *token*, which is all that is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
