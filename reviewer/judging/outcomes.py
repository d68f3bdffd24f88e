"""What came of one call to a model: one value of a closed set, never an exception.

Messages are Chinese sentences for the user; what the endpoint itself said is quoted in them. ``usage`` is None where
the endpoint answered and did not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Strategy = Literal["json_schema", "json_object", "plain"]
"""How JSON is asked for: by a strict schema, as any JSON object, or in words alone."""

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
"""From the strictest down; an endpoint that cannot do one is asked by the next."""

TransientKind = Literal["connection", "timeout", "server", "overloaded", "malformed"]
FatalKind = Literal["unreachable", "address", "key", "balance", "forbidden", "model"]
Parameter = Literal["max_tokens", "temperature", "thinking"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens as the endpoint counted them.

    >>> Tokens(900, 100) + Tokens(950, 80)
    Tokens(input=1850, output=180)
    """

    input: int = 0
    output: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.input + other.input, self.output + other.output)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the headers of a reply say may be sent per minute; None where they are silent."""

    requests: int | None = None
    tokens: int | None = None


NO_TOKENS = Tokens()
NOTHING_SAID = Allowance()


@dataclass(frozen=True, slots=True)
class Answered:
    """A text came back. Whether it is an answer to the question is for the caller to check."""

    text: str
    finish: str | None
    usage: Tokens | None
    strategy: Strategy
    allowance: Allowance = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Too many calls (429); ``after`` is how many seconds the endpoint asks to wait."""

    after: float | None
    message: str = ""
    allowance: Allowance = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Transient:
    """This call failed, the next may not: connection, time, a fault of the server, a reply that is none."""

    kind: TransientKind
    message: str
    after: float | None = None
    usage: Tokens | None = NO_TOKENS


@dataclass(frozen=True, slots=True)
class Invalid:
    """A text that is no answer to the question; ``errors`` are Chinese sentences for the model."""

    text: str
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truncated:
    """The answer stopped at its limit, or (``room`` is "context") question and answer do not fit into the model."""

    text: str
    usage: Tokens | None
    room: Literal["answer", "context"] = "answer"


@dataclass(frozen=True, slots=True)
class Refused:
    """The model, its filter, or the endpoint does not want to answer this one request."""

    message: str
    usage: Tokens | None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The endpoint cannot do what was asked in this way: the output ``strategy``, or else a ``parameter``.

    A parameter is sent differently from then on, so the same request can be made again at once.
    """

    strategy: Strategy
    message: str
    parameter: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Fatal:
    """No request can succeed: the address, the key, the balance or the name of the model is wrong. The run stops."""

    kind: FatalKind
    message: str


@dataclass(frozen=True, slots=True)
class Capped:
    """The call was not made: what the run may spend is spent."""

    message: str


Outcome = Answered | RateLimited | Transient | Invalid | Truncated | Refused | Unsupported | Fatal | Capped


def explained(outcome: Outcome) -> tuple[str, str]:
    """Return the kind of *outcome* in one English word or two, for programs, and what happened, for people.

    >>> explained(Transient("timeout", "180 秒内没有等到完整的回复"))
    ('timeout', '180 秒内没有等到完整的回复')
    """
    match outcome:
        case Answered():
            return "answered", ""
        case RateLimited():
            return "rate_limited", outcome.message
        case Invalid():
            return "invalid", f"模型的回答不合要求：{'；'.join(outcome.errors)}"
        case Truncated(room="answer"):
            return "truncated", "回答写到长度上限还没有写完"
        case Truncated():
            return "truncated", "问题和回答加在一起，超过了模型能容纳的长度"
        case Refused():
            return "refused", outcome.message
        case Unsupported():
            return "unsupported", outcome.message
        case Capped():
            return "capped", outcome.message
        case Transient() | Fatal():
            return outcome.kind, outcome.message
