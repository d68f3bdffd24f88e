"""What may stand in ``reviewer.toml``: its tables as pydantic models.

They check the file and every setting of the model, wherever it comes from; the JSON Schema for editors is made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema

from reviewer.models import Model, Suppression
from reviewer.rules.thresholds import DEFAULTS, Thresholds


@dataclass(frozen=True)
class Wanted:
    """What a value has to be, in Chinese, to follow 要写; only where type and bounds do not say it."""

    words: str


def _url(url: str) -> str:
    url = url.strip().rstrip("/")
    if not urlsplit(url).hostname:
        raise ValueError
    return url


def _folder(text: str) -> Path:
    return Path(text.strip()).expanduser()


Name = Annotated[str, Field(pattern=r"\S"), AfterValidator(str.strip)]
# A password in the address would end up wherever the address is shown or stored.
Url = Annotated[
    str,
    Field(pattern=r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^\s/@?#]+(/[^\s?#]*)?\s*$"),
    AfterValidator(_url),
    Wanted(" http:// 或 https:// 开头、不带用户名和密码的地址"),
]
Folder = Annotated[
    str,
    Field(pattern=r"\S"),
    AfterValidator(_folder),
    WithJsonSchema({"type": "string", "pattern": r"\S"}),
    Wanted("文件夹的路径"),
]
_MOST = 10**12
Count = Annotated[int, Field(ge=1, le=_MOST)]
Price = Annotated[float, Field(ge=0, le=_MOST, allow_inf_nan=False), Wanted("每百万 token 的单价")]
Seconds = Annotated[float, Field(ge=0.1, le=86_400, allow_inf_nan=False), Wanted("秒数（0.1 到 86400）")]
Selectors = Annotated[list[Name], Wanted('规则的列表，如 ["V", "missing-unit"]')]
Wish = Annotated[Literal["error", "warning", "hint", "off"], Wanted(" error、warning、hint 或 off")]


class Table(Model):
    """A table of the file; a number is not taken from a text, nor a text from a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ModelTable(Table):
    """请模型判断时用哪个模型、怎样用；也可以写在环境变量和命令里。密钥只能放在环境变量里。"""

    base_url: Url | None = Field(None, description="端点的地址")
    name: Annotated[Name, Wanted("模型的名称")] | None = Field(None, description="模型的名称")
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False, description="随机程度；0 最稳")
    answer_tokens: int | None = Field(None, ge=256, le=_MOST, description="一次回答最多多少 token")
    concurrency: int | None = Field(None, ge=1, le=1000, description="最多同时发几个请求")
    rpm: Count | None = Field(None, description="每分钟最多几个请求")
    tpm: Count | None = Field(None, description="每分钟最多多少 token")
    timeout: Seconds | None = Field(None, description="一次请求最多等几秒")
    deadline: Seconds | None = Field(None, description="一个问题连同重试最多几秒")
    repeat: int | None = Field(None, ge=1, le=100, description="判断几遍，看结果稳不稳")
    max_cost: float | None = Field(None, ge=0, le=_MOST, allow_inf_nan=False, description="费用上限")
    max_tokens: int | None = Field(None, ge=0, le=_MOST, description="token 上限")
    prompts: Folder | None = Field(None, description="自己的提示词放在哪个文件夹")


class PriceTable(Table):
    """一个模型的单价；程序里一个也没有。"""

    input: Price = Field(description="输入，每百万 token 的单价")
    output: Price = Field(description="输出，每百万 token 的单价")
    currency: Name = Field("元", description="币种")


class ReviewTable(Table):
    """reviewer review 的选项，命令里写了的以命令为准。"""

    fail_under: float | None = Field(
        None, ge=0, le=100, allow_inf_nan=False, description="有文件的总分低于它，退出码就是 1"
    )
    year: Annotated[int, Field(ge=1000, le=2999), Wanted("四位数的年份，如 2024")] | None = Field(
        None, description="预算年度，代替表上写的"
    )
    select: Selectors = Field([], description="只用这些规则：代码、名称或代码的开头")
    ignore: Selectors = Field([], description="不用这些规则")


class RulesTable(Table):
    """规则的轻重和门槛，自己的规则放在哪里。"""

    folders: Annotated[list[Name], Wanted('文件夹的列表，如 ["本单位的规则"]')] = Field(
        [], description="自己的规则文件放在哪些文件夹，相对于这个文件"
    )
    severity: dict[str, Wish] = Field({}, description="规则的轻重：代码或名称 = error、warning、hint，或者 off（不用）")
    thresholds: Thresholds = Field(DEFAULTS, description="几条规则的门槛")


class Contents(Table):
    """The whole file."""

    model: ModelTable = ModelTable()
    prices: dict[str, PriceTable] = Field({}, description="单价，按模型的名称")
    review: ReviewTable = ReviewTable()
    rules: RulesTable = RulesTable()
    suppress: list[Suppression] = Field([], description="豁免：哪个项目（或它的哪条指标）的哪条规则，为什么，到哪一天")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file; it offers the rules by code with their titles."""
    from reviewer.rules.catalogue import load_catalogue

    contents = Contents.model_json_schema()
    severity = contents["$defs"]["RulesTable"]["properties"]["severity"]
    severity["properties"] = {
        rule.code: severity["additionalProperties"] | {"description": rule.title} for rule in load_catalogue().rules
    }
    about = {"title": "reviewer.toml", "description": "reviewer 的设置，见 docs/configuration.md"}
    return {"$schema": GenerateJsonSchema.schema_dialect} | contents | about
