"""The one place in the cluster that speaks with the endpoint: one pace, one meter and one ledger for all.

It is a process beside the driver, on the same machine, so the ledger is written to the folder of the run as soon as an
answer comes, whatever becomes of the driver; and neither the key nor a way to the endpoint is needed anywhere else.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.judging.asking import Asker, Exchange
from reviewer.judging.cost import Meter
from reviewer.judging.outcomes import NO_TOKENS, Capped, Fatal, Tokens
from reviewer.judging.requests import Request
from reviewer.judging.run import opened
from reviewer.judging.wire import SCHEMA, parse_answer
from reviewer.models import Usage
from reviewer.settings import LLM


@dataclass(frozen=True, slots=True)
class State:
    """What the desk used so far, and what stopped it: a cap or an endpoint that refuses, or a fault in Chinese."""

    usage: Usage
    stopped: Capped | Fatal | None
    fault: str | None


class Desk:
    """Asks for whoever has a request; an actor of which a run has one."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._asker: Asker | None = None
        self._meter = Meter()
        self._cached = 0
        self._closed = False
        self._fault: str | None = None

    async def open(self, llm: LLM, ledger: Path, spent: Tokens) -> None:
        """Open the *ledger* and be ready to ask; *spent* counts against the caps.

        The key comes this way, and not when the actor is made: what an actor is made of is kept by the cluster.
        """
        self._meter = Meter(llm.price, max_cost=llm.max_cost, max_tokens=llm.max_tokens_total, spent=spent)
        self._asker, _ = await self._stack.enter_async_context(opened(llm, self._meter, ledger))

    def takes(self) -> bool:
        """Whether a further project is to be begun."""
        return not self._closed and self._fault is None and (self._asker is None or self._asker.stopped is None)

    def close(self) -> None:
        """Let no further project be begun; those under way are finished."""
        self._closed = True

    async def ask(self, request: Request) -> Exchange:
        """Return the exchange about *request*, at the pace of the endpoint, from the ledger where it was answered."""
        assert self._asker is not None
        # The schema came as a copy; the endpoint prepares it anew for each that it does not know.
        request = replace(request, schema=SCHEMA)
        try:
            exchange = await self._asker.ask(request, lambda text: parse_answer(text, request.numbers))
        except ReviewerError as error:
            # Whoever asked could do nothing about it; the driver hears of it.
            self._fault = str(error)
            self._asker.stopped = Capped(self._fault)
            return unasked(request, self._asker.stopped)
        self._cached += exchange.cached
        return exchange

    def state(self) -> State:
        """Return how things stand."""
        stopped = self._asker.stopped if self._asker else None
        return State(self._meter.usage(self._cached), stopped, self._fault)

    async def leave(self) -> None:
        """Close ledger and connections."""
        await self._stack.aclose()


def unasked(request: Request, why: Capped) -> Exchange:
    """Return the exchange about a *request* that was not made."""
    return Exchange(request, None, None, why, 0, NO_TOKENS, True, False, "json_schema", 0.0)
