"""What is sent: the messages of each request, its key in the ledger, and how a project is divided into requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from reviewer.judging.prompts import Prompt, Prompts
from reviewer.judging.wire import SCHEMA
from reviewer.models import Indicator, Project

Message = Mapping[str, str]
"""``{"role": "system" | "user", "content": text}``."""

MOST_INDICATORS = 12
"""More indicators of one project than this are asked in several requests, so that no answer grows too long."""
_MOST_PREVIOUS = 12_000
"""Characters of a wrong answer that are shown to the model again; a longer one is cut, so that costs stay bounded."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model: everything that is sent, and the numbers of the indicators asked about.

    ``prompt`` names the text that asks (``judge@1+0123456789ab``), ``repeat`` counts judgements of the same text, and
    ``reask`` is the prompt for asking again. ``corrects`` says that the last message is such a correction.
    """

    base_url: str
    model: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any]
    temperature: float
    max_tokens: int
    numbers: tuple[int, ...]
    prompt: str
    reask: Prompt
    repeat: int = 0
    corrects: bool = False

    @property
    def key(self) -> str:
        """sha256 of what can change the answer: endpoint, model, messages, schema, temperature and repeat.

        Left out, because they cannot: ``max_tokens`` (an answer it cut off is never kept, one it did not is the same),
        the output strategy, timeouts, and the name of the prompt, whose text is in the messages.
        """
        parts = (self.base_url, self.model, self.messages, self.schema, self.temperature, self.repeat)
        text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def again(self, errors: Sequence[str], previous: str) -> Request:
        """Return the request that asks again: the original messages and one with the errors of the *previous* answer.

        However often it is asked again, there is one such message: a history that grew would multiply the tokens.
        """
        original = self.messages[:-1] if self.corrects else self.messages
        excerpt = previous[:_MOST_PREVIOUS]
        correction = _message("user", self.reask.render(errors=list(errors), previous=excerpt))
        return replace(self, messages=(*original, correction), corrects=True)


class Conversation(NamedTuple):
    """The messages of one request, and the numbers of the indicators they ask about."""

    numbers: tuple[int, ...]
    messages: tuple[Message, ...]


def plan(
    project: Project,
    year: int | None,
    prompts: Prompts,
    *,
    base_url: str,
    model: str,
    temperature: float,
    max_tokens: int,
    repeat: int = 0,
    most: int = MOST_INDICATORS,
) -> list[Request]:
    """Return the requests that judge *project*, each with the messages of one of its :func:`conversations`.

    A smaller *most* asks about fewer indicators at once, where an answer was cut off; the numbers stay the same.
    """
    return [
        Request(
            base_url=base_url,
            model=model,
            messages=conversation.messages,
            schema=SCHEMA,
            temperature=temperature,
            max_tokens=max_tokens,
            numbers=conversation.numbers,
            prompt=prompts["judge"].name,
            reask=prompts["reask"],
            repeat=repeat,
        )
        for conversation in conversations(project, year, prompts, most)
    ]


def conversations(
    project: Project, year: int | None, prompts: Prompts, most: int = MOST_INDICATORS
) -> list[Conversation]:
    """Return what is said about *project*: once, or in parts of equal size when it has more than *most* indicators.

    The first message is the same, byte for byte, in all conversations of all projects; the last ends with the text
    under review as one JSON object. Nothing is said about a project without indicators. Raises ``CatalogueError`` when
    a prompt has other variables than are given here.

    >>> from reviewer.judging.prompts import load_prompts
    >>> row = Indicator(no=1, name="放映场次", annual_value="672场")
    >>> [said] = conversations(Project(name="电影放映", indicators=[row]), 2024, load_prompts())
    >>> said.messages[-1]["content"].splitlines()[-3]
    ' {"no": 1, "level1": "", "level2": "", "name": "放映场次", "cycle_value": null, "annual_value": "672场"}'
    """
    parts = list(_parts(list(zip(numbers_of(project), project.indicators, strict=True)), most))
    system = _message("system", prompts["judge"].render())
    said = []
    for at, part in enumerate(parts, 1):
        data = {
            "project": project.name,
            "unit": project.unit,
            "amount": project.amount,
            "budget_year": year,
            "goal": project.goal,
            "indicators": [_row(number, indicator) for number, indicator in part],
        }
        user = _message("user", prompts["project"].render(part=at, parts=len(parts), data=data))
        said.append(Conversation(tuple(number for number, _ in part), (system, user)))
    return said


def numbers_of(project: Project) -> list[int]:
    """Return the number under which each indicator is asked about: as printed, or its place where prints repeat.

    >>> row = Indicator(no=3, name="放映场次", annual_value="672场")
    >>> numbers_of(Project(name="电影放映", indicators=[row, row]))
    [1, 2]
    """
    printed = [indicator.no for indicator in project.indicators]
    return printed if len(set(printed)) == len(printed) else list(range(1, len(printed) + 1))


def _parts(rows: list[tuple[int, Indicator]], most: int) -> Iterator[list[tuple[int, Indicator]]]:
    count = -(-len(rows) // most)
    for at in range(count):
        yield rows[at * len(rows) // count : (at + 1) * len(rows) // count]


def _row(number: int, indicator: Indicator) -> dict[str, Any]:
    return {"no": number} | indicator.model_dump(include={"level1", "level2", "name", "cycle_value", "annual_value"})


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
