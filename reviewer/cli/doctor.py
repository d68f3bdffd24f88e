"""``reviewer doctor``: what is set, and whether a model can be asked with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.cli.app import command
from reviewer.cli.model import BaseUrl, Config, ModelName, PromptsFolder, settings_of
from reviewer.cli.output import color_wanted, emit, width
from reviewer.configuration import read_configuration
from reviewer.reporting.layout import Paint, clean, pad, width_of, wrap

if TYPE_CHECKING:
    from reviewer.judging.checkup import Check
    from reviewer.settings import Settings

_REFUSED = 5


@command(
    "检查能不能请模型判断：设置从哪里来、端点通不通、试判一条指标。",
    "reviewer doctor",
    "reviewer doctor --model qwen3 --base-url http://127.0.0.1:11434/v1",
    details="列出每项设置和它的来源（密钥不显示），再检查提示词、账本、端点、时钟，最后请模型判断一条指标，"
    "看端点支持哪种输出方式。会联网，大约用 1 万 token。\n"
    "退出码：0 全部通过；2 设置、提示词或账本有问题；5 端点或模型有问题。",
)
def doctor(
    model: ModelName = None,
    base_url: BaseUrl = None,
    prompts: PromptsFolder = None,
    config: Config = None,
) -> int:
    """Show the settings and check what a judgement needs."""
    flags = {"model": model, "base_url": base_url, "prompts_dir": prompts}
    settings = settings_of(flags, read_configuration(config))
    emit(f"{line}\n" for line in _settings(settings))
    llm = settings.llm()

    from reviewer.judging.checkup import check_up

    failed = []
    for check in check_up(llm):
        emit(f"{line}\n" for line in _lines(check))
        failed += [] if check.passed else [check]
    return (_REFUSED if any(check.remote for check in failed) else 2) if failed else 0


def _settings(settings: Settings) -> Iterator[str]:
    from reviewer.settings import SPECS

    yield "设置（名称是 reviewer.toml 里 [model] 一节的）"
    rows = [(spec.name, *_shown(name, settings)) for name, spec in SPECS.items()]
    names, values = (max(width_of(row[column]) for row in rows) + 2 for column in (0, 1))
    for name, value, origin in rows:
        yield f"{pad(name, names)}{pad(value, values)}{origin}".rstrip()
    price = settings.prices.get(settings.values["model"].value)
    known = price and f"输入 {price.input:g}、输出 {price.output:g} {price.currency}（每百万 token）"
    yield f"单价：{known or '未知，费用也就未知；可以写在 reviewer.toml 的 [prices] 里'}"
    yield ""


def _shown(name: str, settings: Settings) -> tuple[str, str]:
    value, origin = settings.values[name]
    if value is None:
        return "", origin
    # Not even a part of a key is shown: some are short, and screens are shared.
    return f"有（{len(value)} 个字符）" if name == "api_key" else clean(str(value)), origin


def _lines(check: Check) -> list[str]:
    mark = Paint(color_wanted())("通过" if check.passed else "失败", "green" if check.passed else "red")
    return wrap(clean(check.seen), width(), f"{mark}  {pad(check.name, 8)}", " " * 14)
