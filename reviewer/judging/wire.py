"""What a model answers: the JSON contract as pydantic models, its schema for the endpoint, and the reading of texts.

Property order is the order in which a model writes, so reasons come before the verdicts they lead to. Nothing here
judges what an answer says; whether it may be believed is decided by :mod:`reviewer.judging.evidence`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from reviewer.models import Grade, SmartScores

WireField = Literal["annual_value", "cycle_value", "name", "level2"]

MAX_CHARACTERS = 200_000
"""A longer answer is not read: twelve indicators need a tenth of it, so it is noise, and reading it would cost time."""
MAX_ERRORS = 8
"""How many errors are named; a model that is asked again needs no more, and the message stays short."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WireFinding(_Wire):
    """One fault: the name of the rule, and the contiguous piece of the field that proves it."""

    rule: str
    field: WireField
    quote: str
    why: str


class WireRewrite(_Wire):
    """A measurable version of a weak indicator; what has to be looked up stands as 〔待填：…〕."""

    name: str
    level1: str
    level2: str
    cycle_value: str | None
    annual_value: str
    explanation: str


class WireIndicator(_Wire):
    """The judgement of the indicator that was sent as number ``no``."""

    no: int
    reasoning: str
    smart: SmartScores
    vague: bool
    findings: list[WireFinding]
    rewrite: WireRewrite | None


class WireElement(_Wire):
    """A task or outcome promised, in the words of the goal, and the numbers of the indicators that measure it."""

    text: str
    indicators: list[int]


class WireGoal(_Wire):
    """What the goal promises."""

    elements: list[WireElement]
    comment: str


class WireAudit(_Wire):
    """The verdict on one of the four audit dimensions."""

    reason: str
    grade: Grade


class WireAudits(_Wire):
    """The four audit dimensions of 财预〔2015〕88号."""

    completeness: WireAudit
    relevance: WireAudit
    appropriateness: WireAudit
    feasibility: WireAudit


class Answer(_Wire):
    """Everything a model says about the indicators of one request."""

    indicators: list[WireIndicator]
    goal: WireGoal
    audit: WireAudits


class AnswerError(ValueError):
    """A text is no answer to what was asked. ``errors`` are Chinese sentences for the model that is asked again."""

    def __init__(self, errors: Sequence[str]) -> None:
        self.errors = list(errors)
        super().__init__("；".join(self.errors))


def _schema(node: Any, definitions: Mapping[str, Any]) -> Any:
    """Return *node* of pydantic's schema in the subset that all endpoints know: no references, bounds or titles."""
    if isinstance(node, list):
        return [_schema(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _schema(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if "properties" in node:
        properties = {name: _schema(value, definitions) for name, value in node["properties"].items()}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    if "minimum" in node:
        # Several endpoints refuse or ignore bounds; a list of the five scores is enforced by all that enforce anything.
        return {"type": node["type"], "enum": list(range(node["minimum"], node["maximum"] + 1))}
    return {
        key: _schema(value, definitions) for key, value in node.items() if key in ("type", "enum", "items", "anyOf")
    }


def _built() -> Mapping[str, Any]:
    full = Answer.model_json_schema()
    built: Mapping[str, Any] = _schema(full, full["$defs"])
    return built


SCHEMA: Mapping[str, Any] = _built()
"""The strict JSON schema of an answer, built once. Do not change it: it is part of every request's key."""


_BEFORE = re.compile(r"\A[\s\ufeff]*(?:<think>.*?</think>)?", re.DOTALL)
_OBJECT = re.compile(r'\{\s*["}]')


def parse_answer(text: str, numbers: Sequence[int]) -> Answer:
    """Return the one JSON object in *text* as an Answer about the indicators *numbers*.

    A byte order mark, a ``<think>`` block, a code fence, and prose before and after are passed over. Every number must
    be answered exactly once. Raises ``AnswerError`` that names, in Chinese, what is wrong and where.

    >>> parse_answer('好的：{"indicators": []}', [1])
    Traceback (most recent call last):
    reviewer.judging.wire.AnswerError: 缺少 goal；缺少 audit
    """
    try:
        # Strict, because true for a score or "是" for true is a misunderstanding, not another way of writing it.
        answer = Answer.model_validate(_json_object(text), strict=True)
    except ValidationError as error:
        raise AnswerError(_sentences(error.errors(include_url=False))) from None
    errors = list(_number_errors(answer, numbers))
    if errors:
        raise AnswerError(errors)
    return answer


def _json_object(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise AnswerError([f"答案有 {len(text)} 个字符，超过上限 {MAX_CHARACTERS}。请只写要求的 JSON，不要重复"])
    before = _BEFORE.match(text)
    start = _OBJECT.search(text, before.end() if before else 0)
    if start is None:
        raise AnswerError(["答案里没有 JSON 对象。请只输出一个以 { 开头、以 } 结尾的 JSON 对象"])
    try:
        value, end = _DECODER.raw_decode(text, start.start())
        # A lone surrogate (half of a character) is valid JSON, but no text that could be stored or shown.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise AnswerError([_broken(text, error)]) from None
    except UnicodeEncodeError:
        raise AnswerError(["答案里有残缺的字符（不成对的转义）。汉字请直接写，不要转义"]) from None
    except RecursionError:
        raise AnswerError(["JSON 嵌套得太深。请按要求的结构写"]) from None
    if _OBJECT.search(text, end):
        raise AnswerError(["答案里有不止一个 JSON 对象。请只输出一个"])
    return cast(dict[str, Any], value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        # The last of two equal keys would win silently, and with it a verdict that nobody can choose between.
        key = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise AnswerError([f"同一个对象里，键 {_excerpt(key)} 出现了不止一次"])
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise AnswerError([f"数字 {_excerpt(digits)} 太长"])
    return int(digits)


def _constant(name: str) -> Any:
    raise AnswerError([f"JSON 里不能有 {name}"])


_MAX_DIGITS = 18
# strict=False: a line break inside a string is a slip of writing that leaves no doubt about what is meant.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant, strict=False)


def _broken(text: str, error: json.JSONDecodeError) -> str:
    if error.msg.startswith("Unterminated") or not text[error.pos :].strip():
        return "JSON 没有写完，在结尾处断开了。请写短一些，把它写完整"
    around = text[max(0, error.pos - 20) : error.pos + 20]
    return f"第 {error.lineno} 行第 {error.colno} 列不是正确的 JSON，在“{around}”附近"


def _number_errors(answer: Answer, numbers: Sequence[int]) -> Iterator[str]:
    asked = set(numbers)
    answered = Counter(indicator.no for indicator in answer.indicators)
    if missing := [number for number in numbers if number not in answered]:
        yield f"indicators 里缺少第 {_listed(missing)} 条指标的答案"
    if extra := sorted(answered.keys() - asked):
        yield f"indicators 里多出了没有问的编号 {_listed(extra)}"
    if repeated := sorted(number for number, count in answered.items() if count > 1):
        yield f"indicators 里编号 {_listed(repeated)} 出现了不止一次"
    named = {number for element in answer.goal.elements for number in element.indicators}
    if unknown := sorted(named - asked):
        yield f"goal.elements 里有没有问的编号 {_listed(unknown)}"


def _sentences(errors: Sequence[ErrorDetails]) -> list[str]:
    rest = len(errors) - MAX_ERRORS
    named = [_sentence(error) for error in errors[:MAX_ERRORS]]
    return named if rest <= 0 else [*named, f"另有 {rest} 处"]


def _sentence(error: ErrorDetails) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    place = _excerpt(path.lstrip(".") or "最外层")
    match error["type"]:
        case "missing":
            return f"缺少 {place}"
        case "extra_forbidden":
            return f"不认识的键 {place}"
        case "literal_error":
            choices = error["ctx"]["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、")
            wanted = f"只能是 {choices}"
        case "greater_than_equal" | "less_than_equal":
            wanted = "只能是 1 到 5 的整数"
        case kind:
            wanted = _KINDS.get(kind, "应是另一种值")
    return f"{place} {wanted}，收到的是 {_excerpt(json.dumps(error['input'], ensure_ascii=False))}"


_KINDS = {
    "int_type": "应是整数",
    "string_type": "应是文字",
    "bool_type": "应是 true 或 false",
    "list_type": "应是数组",
    "model_type": "应是对象",
}


def _listed(numbers: Sequence[int]) -> str:
    return _excerpt("、".join(map(str, numbers)))


def _excerpt(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
