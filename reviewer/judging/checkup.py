"""Whether a model can be asked with the settings at hand, one thing after another, each with what to do if not.

The last check has a tiny project judged, by the same code that judges all others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from reviewer.errors import ReviewerError
from reviewer.judging.asking import Asker, Exchange
from reviewer.judging.cost import Meter
from reviewer.judging.endpoint import Endpoint
from reviewer.judging.outcomes import Fatal, explained
from reviewer.judging.pacing import Pacer
from reviewer.judging.prompts import Prompts, load_prompts
from reviewer.judging.replies import outcome_of
from reviewer.judging.requests import plan
from reviewer.judging.wire import parse_answer
from reviewer.ledger import Ledger
from reviewer.settings import LLM

_ENDPOINT, _TRIAL = "端点", "试判"
_LONGEST = 20.0  # seconds to wait for the list of models
_PATIENCE = 120.0  # seconds for the trial, with all that is asked again
_ADVICE = {
    "timeout": "请换快一些的模型，或调大 REVIEWER_TIMEOUT。",
    "invalid": "这个模型可能太小，请换一个。",
    "truncated": "请调大 REVIEWER_ANSWER_TOKENS，或换一个模型。",
    "refused": "请换一个模型或端点。",
    "rate_limited": "请等一会儿再试，或写上 --rpm。",
    "server": "请稍后再试。",
    "overloaded": "请稍后再试。",
    "malformed": "请检查地址。",
}
_CLOCK = 120.0  # seconds by which two clocks may differ: certificates and signatures still hold


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is in order, and what was seen, with what to do if it is not."""

    name: str
    passed: bool
    seen: str

    @property
    def remote(self) -> bool:
        """Whether it is about the endpoint and its model, not about this machine."""
        return self.name in (_ENDPOINT, _TRIAL)


def check_up(llm: LLM) -> Iterator[Check]:
    """Yield what is found about prompts, ledger, endpoint, clock and a judged indicator, in this order.

    What cannot be looked at, because something before it failed, is left out. Nothing is raised, and the key is in no
    sentence, even where the endpoint repeats it.
    """
    for check in _checks(llm):
        yield replace(check, seen=check.seen.replace(llm.api_key, "***")) if llm.api_key else check


def _checks(llm: LLM) -> Iterator[Check]:
    prompts = None
    try:
        prompts = load_prompts(llm.prompts_dir)
        yield Check("提示词", True, "、".join(prompt.name for prompt in prompts.values()))
    except ReviewerError as error:
        yield Check("提示词", False, str(error))
    try:
        with Ledger() as ledger:
            count = sum(use.answered for use in ledger.stats())
            yield Check("账本", True, f"{ledger.path}，已有 {count} 次回答")
    except ReviewerError as error:
        yield Check("账本", False, str(error))
        return
    reached = yield from _reach(llm)
    if reached and prompts is not None:
        yield _judge(llm, prompts)


def _reach(llm: LLM) -> Generator[Check, None, bool]:
    """Ask for the list of models: every endpoint that lacks one still says so itself."""
    started = time.time()
    headers = {"authorization": f"Bearer {llm.api_key}"} if llm.api_key else {}
    try:
        reply = httpx2.get(f"{llm.base_url}/models", headers=headers, timeout=min(llm.timeout, _LONGEST))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        what = f"连不上（{type(error).__name__}{f'：{error}' if str(error) else ''}）。"
        advice = "请检查地址、网络和代理设置（HTTPS_PROXY 等）；本机的服务要先启动。"
        yield Check(_ENDPOINT, False, what + advice)
        return False
    ended = time.time()
    outcome = outcome_of(reply.status_code, reply.headers, reply.content, "plain", ended)
    if isinstance(outcome, Fatal) and outcome.kind in ("key", "balance", "forbidden"):
        yield Check(_ENDPOINT, False, explained(outcome)[1])
        return False
    yield Check(_ENDPOINT, True, f"{ended - started:.2f} 秒有回复{_listed(reply, llm.model)}")
    yield _clock(reply.headers.get("date"), (started + ended) / 2)
    return True


def _listed(reply: httpx2.Response, model: str) -> str:
    """What the list of models says about *model*: there are endpoints without a list, or whose list is not complete."""
    try:
        names = [entry["id"] for entry in reply.json()["data"]]
    except (ValueError, TypeError, KeyError):
        return f"（{reply.status_code}，没有模型列表，不影响使用）"
    if model in names:
        return f"，模型列表里有 {model}"
    shown = "、".join(map(str, names[:8])) + ("等" if len(names) > 8 else "")
    return f"，但模型列表里没有 {model}，只有 {shown}" if names else "，模型列表是空的"


def _clock(date: str | None, now: float) -> Check:
    local = datetime.fromtimestamp(now).astimezone().isoformat(" ", "seconds")
    try:
        off = now - parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return Check("时钟", True, f"{local}（端点没有说现在几点，没有比较）")
    if abs(off) <= _CLOCK:
        return Check("时钟", True, f"{local}，和端点相差不到 {_CLOCK:g} 秒")
    seen = f"{local}，比端点{'快' if off > 0 else '慢'} {abs(off):.0f} 秒。请校准本机时间，否则安全连接可能失败。"
    return Check("时钟", False, seen)


def _judge(llm: LLM, prompts: Prompts) -> Check:
    try:
        exchange = asyncio.run(_asked(llm, prompts))
    except ReviewerError as error:
        return Check(_TRIAL, False, str(error))
    if exchange.answer is None:
        kind, message = explained(exchange.outcome)
        return Check(_TRIAL, False, f"{message}。{_ADVICE[kind]}" if kind in _ADVICE else message)
    row = prompts.trial.indicators[0]
    verdict = f"模型说“{row.name} {row.annual_value}”{'空泛' if exchange.answer.indicators[0].vague else '不空泛'}"
    tokens = exchange.tokens
    counted = f"输入 {tokens.input:,}、输出 {tokens.output:,} token" if exchange.counted else "端点没有报告 token"
    seen = f"输出方式 {exchange.strategy}；{exchange.seconds:.1f} 秒，发出 {exchange.attempts} 次，{counted}；{verdict}"
    return Check(_TRIAL, True, seen)


async def _asked(llm: LLM, prompts: Prompts) -> Exchange:
    """Have the trial project judged anew, and keep nothing of it but which output strategy works."""
    (request,) = plan(
        prompts.trial,
        None,
        prompts,
        base_url=llm.base_url,
        model=llm.model,
        temperature=llm.temperature,
        max_tokens=llm.max_tokens,
    )
    endpoint = Endpoint(llm.base_url, llm.api_key, timeout=llm.timeout)
    with Ledger() as kept, Ledger(Path(":memory:")) as ledger:
        if known := kept.strategy(llm.base_url, llm.model):
            ledger.remember_strategy(llm.base_url, llm.model, known)
        asker = Asker(
            endpoint, Pacer(1, rpm=llm.rpm, tpm=llm.tpm), ledger, Meter(), deadline=min(llm.deadline, _PATIENCE)
        )
        try:
            exchange = await asker.ask(request, lambda text: parse_answer(text, request.numbers))
        finally:
            await endpoint.aclose()
        if exchange.answer is not None:
            kept.remember_strategy(llm.base_url, llm.model, exchange.strategy)
    return exchange
