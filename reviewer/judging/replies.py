"""From a reply of an endpoint, whatever it is, to its outcome.

Endpoints that call themselves compatible differ most where something is wrong: in the status, in where the sentence
stands that says so, and in its words. All that is known about them is gathered here. The words looked for are those of
OpenAI, DeepSeek, DashScope, vLLM, Ollama and llama.cpp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from reviewer.judging.headers import allowance, wait_asked
from reviewer.judging.outcomes import (
    NO_TOKENS,
    Answered,
    Fatal,
    Outcome,
    Parameter,
    RateLimited,
    Refused,
    Strategy,
    Tokens,
    Transient,
    TransientKind,
    Truncated,
    Unsupported,
)

_LONGEST_QUOTE = 200

_BALANCE = re.compile(r"insufficient[ _](quota|balance)|arrearage|overdue|余额不足|欠费", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model_not_found|(unknown|invalid|not a valid) model|model.{0,120}?not (exist|found|a valid)|模型.{0,80}?不存在",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content_(filter|policy)|data_inspection_failed|DataInspectionFailed|inappropriate content", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|too many (input )?tokens|prompt is too long|range of input length", re.IGNORECASE
)
_FORMAT = re.compile(r"response_?format|json_?(schema|object)|structured|grammar|guided|'schema'", re.IGNORECASE)
_PARAMETERS: tuple[tuple[Parameter, re.Pattern[str]], ...] = (
    ("thinking", re.compile(r"enable[_ ]thinking", re.IGNORECASE)),
    ("temperature", re.compile(r"\btemperature\b", re.IGNORECASE)),
    ("max_tokens", re.compile(r"\bmax_(completion_)?tokens\b", re.IGNORECASE)),
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


def outcome_of(status: int, headers: Mapping[str, str], body: bytes, strategy: Strategy, now: float) -> Outcome:
    """Return the outcome of a reply to a call that asked by *strategy*; *now* is in seconds since 1970.

    >>> outcome_of(200, {}, '{"choices": [{"message": {"content": "好"}}]}'.encode(), "plain", 0).text
    '好'
    >>> outcome_of(429, {"retry-after": "7"}, b"", "plain", 0).after
    7.0
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if 200 <= status < 300:
        if not isinstance(data, dict):
            return Transient("malformed", f"收到的不是 JSON{_quoted(_plain(body))}。地址可能不对，或中间有网关")
        if not isinstance(data.get("error"), Mapping | str):
            return _answered(data, headers, strategy)
        # Some gateways report an error inside a good reply.
        code = data["error"].get("code") if isinstance(data["error"], Mapping) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
    complaint = _complaint(data) or _Complaint(_plain(body))
    return _failed(status, headers, complaint, strategy, now)


def _answered(data: Mapping[str, Any], headers: Mapping[str, str], strategy: Strategy) -> Outcome:
    usage = _usage(data.get("usage"))
    choices = data.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return Transient("malformed", "回复里没有答案（choices 是空的）", usage=usage)
    text = _text(message.get("content"))
    finish = choice.get("finish_reason")
    if isinstance(refusal := message.get("refusal"), str) and refusal.strip():
        return Refused(f"模型拒绝回答{_quoted(refusal)}", usage)
    if finish == "content_filter":
        return Refused("内容过滤拦下了回答", usage)
    if finish == "length":
        return Truncated(text, usage)
    if not text.strip():
        return Transient("malformed", "回复里的答案是空的", usage=usage)
    return Answered(text, finish if isinstance(finish, str) else None, usage, strategy, allowance(headers))


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _usage(usage: Any) -> Tokens | None:
    if not isinstance(usage, dict):
        return None
    match usage.get("prompt_tokens"), usage.get("completion_tokens"):
        case int(given), int(written) if given >= 0 and written >= 0:
            return Tokens(given, written)
    return None


def _failed(status: int, headers: Mapping[str, str], complaint: _Complaint, strategy: Strategy, now: float) -> Outcome:
    said = f"（{status}）{_quoted(complaint.message)}"
    words = f"{complaint.code} {complaint.param} {complaint.message}"
    if status == 401:
        return Fatal("key", f"端点不接受密钥{said}。请检查 OPENAI_API_KEY 和地址")
    if status == 402 or (status < 500 and _BALANCE.search(words)):
        return Fatal("balance", f"账户余额或额度用完了{said}。请充值，或换一个账户")
    if status == 429:
        message = f"端点说请求太多{said}"
        return RateLimited(wait_asked(headers, now), message, allowance(headers))
    if status < 500 and _FILTERED.search(words):
        return Refused(f"端点的内容审查没有放行{said}", NO_TOKENS)
    if status == 403:
        return Fatal("forbidden", f"端点不允许这样使用{said}。请检查密钥的权限和所在地区")
    if status in (408, 409, 425):
        return Transient("overloaded", f"端点没有受理{said}", wait_asked(headers, now))
    if status < 400:
        return Transient("malformed", f"收到的不是答案{said}。地址可能不对，或中间有网关")
    about_format = _FORMAT.search(words) is not None
    if status >= 500:
        if about_format and status in (500, 501):
            return Unsupported(strategy, f"端点不会按 {strategy} 输出{said}")
        kind: TransientKind = "server" if status in (500, 501) else "overloaded"
        return Transient(kind, f"端点出错{said}", wait_asked(headers, now))
    return _rejected(status, said, words, about_format, strategy)


def _rejected(status: int, said: str, words: str, about_format: bool, strategy: Strategy) -> Outcome:
    """Return why the endpoint found fault with the request itself."""
    if not about_format:
        if _NO_MODEL.search(words):
            return Fatal("model", f"端点没有这个模型{said}。请检查模型的名称")
        for parameter, pattern in _PARAMETERS:
            if pattern.search(words):
                return Unsupported(strategy, f"端点不接受参数{said}", parameter)
        if status == 413 or _TOO_LONG.search(words):
            return Truncated("", NO_TOKENS, room="context")
    if strategy != "plain":
        # Few endpoints name what they cannot do, so any complaint about the request counts against its format first.
        return Unsupported(strategy, f"端点不会按 {strategy} 输出{said}")
    if status == 404:
        return Fatal("address", f"地址上没有这个接口{said}。请检查地址，多数端点以 /v1 结尾")
    return Refused(f"端点不接受这个请求{said}", NO_TOKENS)


class _Complaint(NamedTuple):
    """What an endpoint says is wrong; empty where it does not say."""

    message: str
    code: str = ""
    param: str = ""


def _complaint(data: Any) -> _Complaint | None:
    """Read ``{"error": {"message", "code", "param"}}`` and the shapes that stand in for it elsewhere."""
    if not isinstance(data, Mapping):
        return None
    error = data.get("error", data)
    if not isinstance(error, Mapping):
        return _Complaint(str(error))
    message = next((error[name] for name in ("message", "detail", "error_msg") if error.get(name)), error)
    if not isinstance(message, str):
        message = json.dumps(message, ensure_ascii=False)
    return _Complaint(message, str(error.get("code") or ""), str(error.get("param") or ""))


def _plain(body: bytes) -> str:
    text = body[:10_000].decode("utf-8", "replace")
    title = _TITLE.search(text)
    return title[1] if title else text


def _quoted(text: str) -> str:
    # It may be printed: no control characters, and no halves of characters.
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 5 * _LONGEST_QUOTE]).split())
    return f"：“{text[:_LONGEST_QUOTE]}{'…' if len(text) > _LONGEST_QUOTE else ''}”" if text else ""
