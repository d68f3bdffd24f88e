"""Runs requests against the misbehaving server, with the real client, pacer and ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.judging.asking import Asker, Exchange
from reviewer.judging.cost import Meter
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.outcomes import Outcome
from reviewer.judging.pacing import Pacer
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request, plan
from reviewer.judging.wire import Answer, parse_answer
from reviewer.judging.workers import run
from reviewer.ledger import Ledger
from reviewer.models import Indicator, Project
from tests.faults.server import Behave, Call, Server

KEY = "sk-marked-0123456789abcdef"


def project(name: str = "电影放映", rows: int = 2) -> Project:
    indicators = [
        Indicator(no=no, level1="产出指标", level2="数量指标", name=f"第{no}队放映场次", annual_value="按合同约定完成")
        for no in range(1, rows + 1)
    ]
    return Project(name=name, amount=70.47, goal="28个村每村每月放映2场。", indicators=indicators)


def requests_for(projects: Iterable[Project], url: str, **changes: Any) -> list[Request]:
    options = {"base_url": url, "model": "m", "temperature": 0.0, "max_tokens": 4000} | changes
    return [request for one in projects for request in plan(one, 2024, load_prompts(), **options)]


@dataclass(frozen=True)
class Drill:
    """What came of it: one exchange a request, in their order, and the calls that the server saw."""

    exchanges: Sequence[Exchange]
    calls: Sequence[Call]

    @property
    def exchange(self) -> Exchange:
        (exchange,) = self.exchanges
        return exchange

    @property
    def outcome(self) -> Outcome:
        return self.exchange.outcome

    @property
    def strategies(self) -> list[str]:
        return [call.strategy for call in self.calls]

    @property
    def gaps(self) -> list[float]:
        """Seconds from each call to the next."""
        return [later.at - earlier.at for earlier, later in zip(self.calls, self.calls[1:], strict=False)]


def drill(
    behave: Behave,
    ledger: Path,
    projects: Iterable[Project] = (project(),),
    *,
    url: str = "",
    concurrency: int = 8,
    timeout: float = 5.0,
    deadline: float = 30.0,
    key: str | None = KEY,
    max_tokens_total: int | None = None,
) -> Drill:
    """Ask about *projects* while the server does what *behave* says. *url* is another address to ask at."""

    async def main() -> Drill:
        async with Server(behave) as server:
            requests = requests_for(projects, "http://model.example/v1")
            endpoint = Endpoint(url or server.url, key, timeout=timeout)
            with Ledger(ledger) as book:
                meter = Meter(max_tokens=max_tokens_total)
                asker = Asker(endpoint, Pacer(concurrency), book, meter, deadline=deadline)

                async def ask(request: Request) -> Exchange:
                    return await asker.ask(request, lambda text: checked(text, request))

                exchanges = {exchange.request.key: exchange async for exchange in run(requests, ask, concurrency)}
            await endpoint.aclose()
            return Drill([exchanges[request.key] for request in requests], server.calls)

    return asyncio.run(main())


def checked(text: str, request: Request) -> Answer:
    return parse_answer(text, request.numbers)
