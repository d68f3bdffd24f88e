"""What a run costs: estimated before anything is sent, counted while it runs, and stopped at a cap.

Tokens can only be estimated without the vocabulary of the model. A Chinese character counts as 0.7 and any other as 0.3
tokens, which is what current vocabularies come to, give or take a quarter; an answer as a fixed part and a part for
each indicator.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reviewer.judging.outcomes import NO_TOKENS, Tokens
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Request, plan
from reviewer.judging.wire import SCHEMA
from reviewer.ledger import Ledger
from reviewer.models import Document, Usage
from reviewer.settings import LLM, Price

_CHINESE, _OTHER = 0.7, 0.3
_PER_ANSWER, _PER_INDICATOR = 400, 350
HOW = (
    f"token 是估计的：汉字每字算 {_CHINESE} 个，其他字符算 {_OTHER} 个；"
    f"回答每条指标算 {_PER_INDICATOR} 个，每个请求再加 {_PER_ANSWER} 个。答错重问的不算在内。"
)
# The schema is sent with every request, beside the messages or in them.
_SCHEMA = json.dumps(SCHEMA, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What requests would come to when each is sent once: how many, their characters, and their tokens.

    >>> Estimate(1, 9000, Tokens(5000, 2000)) + Estimate(1, 8000, Tokens(4500, 800))
    Estimate(requests=2, characters=17000, tokens=Tokens(input=9500, output=2800))
    """

    requests: int
    characters: int
    tokens: Tokens

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.requests + other.requests, self.characters + other.characters, self.tokens + other.tokens)


def estimate(requests: Iterable[Request]) -> Estimate:
    """Return what *requests* would come to."""
    total = Estimate(0, 0, Tokens())
    for request in requests:
        text = "".join(message["content"] for message in request.messages) + _SCHEMA
        # In UTF-8 a Chinese character takes three bytes and most others one.
        chinese = (len(text.encode("utf-8", "surrogatepass")) - len(text)) / 2
        tokens = Tokens(
            math.ceil(_CHINESE * chinese + _OTHER * (len(text) - chinese)),
            min(_PER_ANSWER + _PER_INDICATOR * len(request.numbers), request.max_tokens),
        )
        total += Estimate(1, len(text), tokens)
    return total


@dataclass(frozen=True, slots=True)
class Forecast:
    """What judging a document would take: requests that the ledger answers, and what the others come to.

    ``cost`` is None when the price of the model is not known.
    """

    cached: int
    new: Estimate
    cost: float | None

    def __add__(self, other: Forecast) -> Forecast:
        unknown = self.cost is None or other.cost is None
        cost = None if unknown else (self.cost or 0) + (other.cost or 0)
        return Forecast(self.cached + other.cached, self.new + other.new, cost)


def forecast(document: Document, llm: LLM, year: int | None = None, ledger: Path | None = None) -> Forecast:
    """Return what it would take to judge *document*, of which *year* overrides the budget year; nothing is sent.

    Requests that must be asked again because an answer is wrong come on top. *ledger* is the one that may hold answers,
    by default that of the user. Raises ``CatalogueError`` for a malformed prompt and ``LedgerError`` when the ledger
    cannot be read.
    """
    prompts = load_prompts(llm.prompts_dir)
    requests = []
    for project, repeat in itertools.product(document.projects, range(llm.repeat)):
        requests += plan(
            project,
            document.budget_year if year is None else year,
            prompts,
            base_url=llm.base_url,
            model=llm.model,
            temperature=llm.temperature,
            max_tokens=llm.max_tokens,
            repeat=repeat,
        )
    with Ledger(ledger) as answers:
        new = estimate(request for request in requests if answers.stored(request.key) is None)
    cost = llm.price.of(new.tokens.input, new.tokens.output) if llm.price else None
    return Forecast(len(requests) - new.requests, new, cost)


class Meter:
    """Counts what a run uses and says when it has to stop.

    A call is announced by :meth:`reserve` and paid by :meth:`settle`. Until then it counts with what it will probably
    take, so that many calls at once do not run over a cap together. What was *spent* before counts against the caps
    and is no part of the usage. Without a *price* nobody knows the cost::

        reserved = meter.reserve(request)
        if reserved is None:
            ...  # no more calls, because meter.stopped
        meter.settle(reserved, usage)
    """

    def __init__(
        self,
        price: Price | None = None,
        *,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        spent: Tokens = NO_TOKENS,
    ) -> None:
        self.stopped: str | None = None
        """Why no more calls may be made, in Chinese; None as long as they may."""
        self._price = price
        self._max_cost = max_cost
        self._max_tokens = max_tokens
        self._calls = 0
        self._counted = Tokens()
        self._complete = True
        # What counts against the caps: in the place of calls that are under way or were not counted, an estimate.
        self._spent = spent

    def reserve(self, request: Request) -> Tokens | None:
        """Return what is put aside for a call that may be made, or None when it may not, and no later one either."""
        wanted = estimate([request]).tokens
        if self.stopped is None:
            self.stopped = self._cap(self._spent + wanted)
        if self.stopped is not None:
            return None
        self._spent += wanted
        return wanted

    def settle(self, reserved: Tokens, used: Tokens | None) -> None:
        """Replace what was *reserved* for a call by what it *used*: None when nobody counted an answer that came."""
        self._calls += 1
        if used is None:
            self._complete = False
        else:
            self._counted += used
            self._spent += Tokens(used.input - reserved.input, used.output - reserved.output)

    def usage(self, cached: int) -> Usage:
        """Return what was used; *cached* is how many requests were answered without a call.

        The cost is None when the price is not known or the endpoint did not count every answer.
        """
        cost = self._price.of(self._counted.input, self._counted.output) if self._price and self._complete else None
        return Usage(
            requests=self._calls,
            cached=cached,
            input_tokens=self._counted.input,
            output_tokens=self._counted.output,
            cost=cost,
        )

    def _cap(self, total: Tokens) -> str | None:
        if self._max_tokens is not None and total.input + total.output > self._max_tokens:
            return f"再问一次就会超过 {self._max_tokens:,} 个 token 的上限"
        if self._max_cost is not None and self._price and self._price.of(total.input, total.output) > self._max_cost:
            return f"再问一次就会超过 {self._max_cost:g} {self._price.currency}的上限"
        return None
