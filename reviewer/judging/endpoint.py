"""The one place that talks to a model: a request goes in, an outcome comes out.

openai's client does the talking. Its own retries are off (:mod:`reviewer.judging.asking` owns them all), and its reply
is read raw: building its models from replies that only resemble them costs time and proves nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2

from reviewer.errors import ReviewerError
from reviewer.judging.outcomes import (
    NO_TOKENS,
    Answered,
    Fatal,
    Invalid,
    Outcome,
    Refused,
    Strategy,
    Transient,
    Truncated,
    Unsupported,
)
from reviewer.judging.replies import outcome_of
from reviewer.judging.requests import Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_LONGEST_CONNECT = 15.0
IN_WORDS = "\n只输出一个 JSON 对象，前后不要有别的文字，也不要代码块。它必须符合这个 JSON Schema：\n"


class Endpoint:
    """An OpenAI-compatible endpoint and how its model wants to be spoken to.

    *timeout* is how many seconds one call may take, from the first byte sent to the last received. *transport* stands
    in for the network (recording and replay). The client is made when the first request is sent, not before. An
    endpoint without keys (Ollama, llama.cpp) needs no *api_key*.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 180.0,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._base_url = base_url
        self._key = api_key or ""
        self._timeout = timeout
        self._transport = transport
        self._client: AsyncOpenAI | None = None
        self._wording = _Wording()

    async def send(self, request: Request, strategy: Strategy) -> Outcome:
        """Send *request* once and return what came of it; *strategy* is how JSON is asked for.

        Raises only what a *transport* of ours raises as ``ReviewerError``.
        """
        # Imported here: it takes half a second, and a run that is answered from the ledger never needs it.
        import openai

        body = self.body(request, strategy)
        if self._client is None:
            client = connect(self._base_url, self._key, timeout=self._timeout, transport=self._transport)
            if isinstance(client, Fatal):
                return client
            self._client = client
        client = self._client
        try:
            # The client's own timeout starts anew with every byte received, so a trickle would never end.
            async with asyncio.timeout(self._timeout):
                # In extra_body what is sent is sent as it is; the client would search all of it for things to convert.
                create = client.chat.completions.with_raw_response.create
                response = (await create(model=request.model, messages=[], extra_body=body)).http_response
        except openai.APIStatusError as error:
            response = error.response
        except TimeoutError:
            return Transient("timeout", f"{self._timeout:g} 秒内没有等到完整的回复")
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            if isinstance(cause, ReviewerError):
                raise cause from None  # the client takes whatever a transport raises for a lost connection
            return masked(disconnected(cause), self._key)
        outcome = outcome_of(response.status_code, response.headers, response.content, strategy, time.time())
        if isinstance(outcome, Unsupported) and outcome.parameter and not self._wording.drop(outcome, body):
            outcome = Refused(outcome.message, NO_TOKENS) if strategy == "plain" else replace(outcome, parameter=None)
        return masked(outcome, self._key)

    def body(self, request: Request, strategy: Strategy) -> dict[str, Any]:
        """Return what :meth:`send` would send, in the words that this model was found to take so far."""
        return self._wording.body(request, strategy)

    def learn(self, refusal: Unsupported, request: Request) -> None:
        """Take note of a parameter that the endpoint refused elsewhere; :meth:`body` says it otherwise from then on."""
        self._wording.drop(refusal, self.body(request, refusal.strategy))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None


def connect(
    base_url: str, key: str, *, timeout: float, transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncOpenAI | Fatal:
    """Return a client that never tries again by itself, or why there can be none."""
    from openai import AsyncOpenAI, DefaultAsyncHttpx2Client

    try:
        if not (key.isascii() and key.isprintable()):  # a header can hold nothing else
            raise ValueError("密钥里有不能发送的字符")
        limits = httpx2.Timeout(timeout, connect=min(timeout, _LONGEST_CONNECT))
        return AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",  # the client wants one in any case
            max_retries=0,
            http_client=DefaultAsyncHttpx2Client(timeout=limits, transport=transport),
        )
    except (httpx2.InvalidURL, ValueError, ImportError) as error:
        return Fatal("address", f"不能连接 {base_url}（{error}）。请检查地址、密钥和代理设置")


def masked(outcome: Outcome, key: str) -> Outcome:
    """Return *outcome* without the *key*: some endpoints repeat it when they refuse it."""
    if not key or isinstance(outcome, Answered | Invalid | Truncated):
        return outcome
    return replace(outcome, message=outcome.message.replace(key, "***"))


class _Wording:
    """Puts a request into the words this model takes; what it was found not to take is left out or said otherwise."""

    def __init__(self) -> None:
        self._limit = "max_tokens"
        self._highest_limit = float("inf")
        self._temperature = True
        self._thinking = True
        self._schema: Mapping[str, Any] | None = None
        self._format: dict[str, Any] = {}
        self._in_words = ""

    def body(self, request: Request, strategy: Strategy) -> dict[str, Any]:
        """Return what is sent, as the value of a JSON object."""
        if request.schema is not self._schema:
            self._schema = request.schema
            self._format = {"name": "review", "strict": True, "schema": request.schema}
            self._in_words = IN_WORDS + json.dumps(request.schema, ensure_ascii=False, separators=(",", ":"))
        body: dict[str, Any] = {"model": request.model, "messages": list(request.messages)}
        if strategy == "json_schema":
            body["response_format"] = {"type": strategy, "json_schema": self._format}
        else:
            # At the end of the static part, so that it stays byte-identical over all requests.
            first = request.messages[0]
            body["messages"][0] = {**first, "content": first["content"] + self._in_words}
            if strategy == "json_object":
                body["response_format"] = {"type": strategy}
        if self._temperature:
            body["temperature"] = request.temperature
        if request.max_tokens <= self._highest_limit:
            body[self._limit] = request.max_tokens
        if not self._thinking:
            body["enable_thinking"] = False
        return body

    def drop(self, refusal: Unsupported, body: Mapping[str, Any]) -> bool:
        """Whether *body* can be said otherwise than with the parameter that was refused; later ones are."""
        match refusal.parameter:
            case "temperature" if "temperature" in body:
                self._temperature = False
            case "thinking" if "enable_thinking" not in body:
                self._thinking = False
            case "max_tokens" if "max_tokens" in body and "max_completion_tokens" in refusal.message:
                self._limit = "max_completion_tokens"
            case "max_tokens" if limit := body.get("max_tokens") or body.get("max_completion_tokens"):
                self._highest_limit = min(self._highest_limit, limit - 1)
            case _:
                return False
        return True


def disconnected(error: BaseException) -> Transient:
    """Return what came of a call that *error* of the transport ended."""
    said = f"（{type(error).__name__}{f'：{error}' if str(error) else ''}）"
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return Transient("connection", f"连不上端点{said}")
    return Transient("timeout" if isinstance(error, httpx2.TimeoutException) else "connection", f"连接中断{said}")
