"""What a model would take, in Chinese: the output of ``--dry-run``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

from reviewer.judging.cost import HOW, Forecast
from reviewer.settings import LLM


def render_forecast(forecasts: Sequence[tuple[str, Forecast]], llm: LLM) -> str:
    """Return what each file (name, forecast), and all of them, would take of *llm*."""
    lines = [f"模型 {llm.model} · {llm.base_url}"]
    for name, forecast in forecasts:
        lines += [name, *_lines(forecast, llm)]
    if len(forecasts) > 1:
        lines += ["合计", *_lines(reduce(add, (forecast for _, forecast in forecasts)), llm)]
    return "\n".join([*lines, f"{HOW}什么也没有发出。", ""])


def render_total(files: int, projects: int, forecast: Forecast, llm: LLM) -> str:
    """Return what that many *files* and *projects* would take of *llm* together.

    >>> from reviewer.judging.cost import Estimate
    >>> from reviewer.judging.outcomes import Tokens
    >>> llm = LLM(base_url="http://127.0.0.1:8000/v1", model="qwen3")
    >>> forecast = Forecast(3, Estimate(2, 1800, Tokens(1000, 900)), None)
    >>> print(render_total(1, 5, forecast, llm).splitlines()[1])
    1 个文件 · 5 个项目
    """
    lines = [f"模型 {llm.model} · {llm.base_url}", f"{files:,} 个文件 · {projects:,} 个项目", *_lines(forecast, llm)]
    return "\n".join([*lines, f"{HOW}什么也没有发出。", ""])


def _lines(forecast: Forecast, llm: LLM) -> Iterator[str]:
    new = forecast.new
    cached = f"（另有 {forecast.cached} 个账本里有回答，不再问）" if forecast.cached else ""
    yield f"  {new.requests} 个请求{cached} · {new.characters:,} 个字符"
    yield f"  约 {new.tokens.input:,} 个输入 token · {new.tokens.output:,} 个输出 token"
    if forecast.cost is not None and llm.price is not None:
        yield f"  约 {forecast.cost:.2f} {llm.price.currency}"
    else:
        yield f'  费用未知：reviewer.toml 里没有 [prices."{llm.model}"]'
