"""Settings of the model: flags over environment over ``reviewer.toml`` over defaults, each with where it comes from.

Names in ``[model]`` are those of :data:`SPECS`; in the environment they begin with ``REVIEWER_``::

    [model]
    name = "qwen-max"
    base_url = "https://dashscope.aliyuncs.com/compatible-mode/v1"
    concurrency = 4

    [prices."qwen-max"]
    input = 2.4
    output = 9.6

A key stands in the environment only: a file is copied and shown around. A price is per million tokens; there is none
but these.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from reviewer.configuration import Configuration
from reviewer.configuration.complaints import wanted
from reviewer.configuration.contents import Contents, ModelTable, Name, Wanted
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.models import Usage

UNSET = "未设置"


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, per million tokens, in ``currency``.

    >>> Price(input=2.0, output=8.0).of(500_000, 100_000)
    1.8
    """

    input: float
    output: float
    currency: str = "元"

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """Return what that many tokens cost."""
        return (self.input * input_tokens + self.output * output_tokens) / 1_000_000


@dataclass(frozen=True, slots=True)
class LLM:
    """How to reach a model, how fast, and how far to go. Times are seconds; ``rpm`` and ``tpm`` count per minute.

    ``max_tokens`` bounds one answer; ``max_tokens_total`` and ``max_cost``, in the currency of the price, bound the
    run. ``timeout`` is for one call, ``deadline`` for one request with all its attempts. ``record`` and ``replay`` are
    folders of cassettes, ``prompts_dir`` one whose prompts replace those of the package, ``prices`` known by model.

    >>> LLM(base_url="http://127.0.0.1:8000/v1", model="qwen3", api_key="sk-secret")
    LLM(base_url='http://127.0.0.1:8000/v1', model='qwen3', api_key=***)
    """

    base_url: str
    model: str
    api_key: str | None = None
    temperature: float = 0.0
    max_tokens: int = 8192
    concurrency: int = 8
    rpm: int | None = None
    tpm: int | None = None
    timeout: float = 180.0
    deadline: float = 600.0
    repeat: int = 1
    max_cost: float | None = None
    max_tokens_total: int | None = None
    record: Path | None = None
    replay: Path | None = None
    prompts_dir: Path | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)

    @property
    def price(self) -> Price | None:
        """The price of the model, or None when it is unknown."""
        return self.prices.get(self.model)

    def less(self, usage: Usage) -> LLM:
        """Return the same with what is left of the caps after *usage*."""
        tokens, cost = self.max_tokens_total, self.max_cost
        if tokens is not None:
            tokens = max(tokens - usage.input_tokens - usage.output_tokens, 0)
        if cost is not None:
            cost = max(cost - (usage.cost or 0), 0)
        return replace(self, max_tokens_total=tokens, max_cost=cost)

    def __repr__(self) -> str:
        key = None if self.api_key is None else "***"
        return f"LLM(base_url={self.base_url!r}, model={self.model!r}, api_key={key})"


class Setting(NamedTuple):
    """A value and, in Chinese, where it comes from. The value of an unset one is None."""

    value: Any
    origin: str


def _key(key: str) -> str:
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError
    return key


_KEY = FieldInfo.from_annotation(Annotated[Name, AfterValidator(_key), Wanted("一串不带空格的英文字符")])  # type: ignore[arg-type]


class Spec(NamedTuple):
    """A setting's name for users; its type is that of ``[model]`` in the file of settings."""

    name: str

    @property
    def flag(self) -> str:
        """The flag that holds it, where a command has one."""
        return "--model" if self.name == "name" else f"--{self.name.replace('_', '-')}"

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that hold it, the first that is set wins."""
        own = f"REVIEWER_{'MODEL' if self.name == 'name' else self.name.upper()}"
        return (own, f"OPENAI_{self.name.upper()}") if self.name in ("api_key", "base_url") else (own,)

    def parse(self, text: str, origin: str) -> Any:
        """Return the value that *text* stands for. Raises ``UsageError``, which names the *origin*."""
        field = _KEY if self.name == "api_key" else ModelTable.model_fields[self.name]
        kind: Any = Annotated[field.annotation, field]
        try:
            return TypeAdapter(kind).validate_python(text)
        except ValidationError:
            # What stands where a key should be may well be one.
            shown = "" if self.name == "api_key" else f"，不能是 {text}"
            raise UsageError(f"{origin}：要写{wanted(field)}{shown}。") from None


SPECS: dict[str, Spec] = {
    "base_url": Spec("base_url"),
    "model": Spec("name"),
    "api_key": Spec("api_key"),
    "temperature": Spec("temperature"),
    "max_tokens": Spec("answer_tokens"),
    "concurrency": Spec("concurrency"),
    "rpm": Spec("rpm"),
    "tpm": Spec("tpm"),
    "timeout": Spec("timeout"),
    "deadline": Spec("deadline"),
    "repeat": Spec("repeat"),
    "max_cost": Spec("max_cost"),
    "max_tokens_total": Spec("max_tokens"),
    "prompts_dir": Spec("prompts"),
}
"""The settings by their field of :class:`LLM`."""

_DEFAULTS = {column.name: column.default for column in fields(LLM)} | {"base_url": "https://api.openai.com/v1"}


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """All settings of the model by their field of :class:`LLM`, with their origins, and the prices by model."""

    values: Mapping[str, Setting]
    prices: Mapping[str, Price]

    def llm(self, *, record: Path | None = None, replay: Path | None = None) -> LLM:
        """Return the settings as what the model part takes.

        Raises ``UsageError`` when no model is named, or a cost is capped that nobody can know.
        """
        chosen = {name: setting.value for name, setting in self.values.items() if setting.origin != UNSET}
        if "model" not in chosen:
            raise UsageError(
                "没有写用哪个模型。请用 --model、环境变量 REVIEWER_MODEL，或在 reviewer.toml 的 [model] 里写 name。"
            )
        llm = LLM(**chosen, record=record, replay=replay, prices=self.prices)
        if llm.max_cost is not None and llm.price is None:
            raise UsageError(
                f"设了费用上限，却不知道 {llm.model} 的单价。请改用 --max-tokens，"
                f'或在 reviewer.toml 里写 [prices."{llm.model}"] 的 input 和 output（每百万 token）。'
            )
        return llm


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    configuration: Configuration | None = None,
    recorded: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings from *flags* (texts by field of :class:`LLM`), the environment and the *configuration*.

    *recorded* is what a folder of cassettes was recorded with: over everything but the flags, because only the very
    same requests can be replayed. Raises ``UsageError``, which names the place, for a value that makes no sense and an
    unknown name.
    """
    flags = flags or {}
    recorded = recorded or {}
    configuration = configuration or Configuration(None, Contents())
    table = configuration.contents.model
    values = {}
    for name, spec in SPECS.items():
        if (flag := flags.get(name)) is not None:
            values[name] = Setting(spec.parse(flag, spec.flag), spec.flag)
        elif name in recorded:
            values[name] = Setting(recorded[name], "录音")
        elif variable := next((variable for variable in spec.variables if os.environ.get(variable)), None):
            origin = f"环境变量 {variable}"
            values[name] = Setting(spec.parse(os.environ[variable], origin), origin)
        elif spec.name in table.model_fields_set:
            values[name] = Setting(getattr(table, spec.name), f"{configuration.path} [model] {spec.name}")
        elif isinstance(_DEFAULTS[name], (str, int, float)):
            values[name] = Setting(_DEFAULTS[name], "默认")
        else:
            values[name] = Setting(None, UNSET)
    prices = {model: Price(**dict(price)) for model, price in configuration.contents.prices.items()}
    return Settings(values, prices)
