"""What is wrong with a file of settings, in Chinese: the place, what has to stand there, the nearest name known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from reviewer.configuration.contents import Contents, Wanted

_UNBOUNDED = 10**12
_REMARKS = {"input": "（每百万 token 的单价）", "output": "（每百万 token 的单价）", "reason": "（为什么可以豁免）"}
# Those of models that are not the file's alone.
_SAID = {"until": "日期，如 2026-12-31", "indicator": "指标的名称或序号"}

Steps = Sequence[int | str]


def complaint(path: Path, error: ValidationError, suppressions: Sequence[str] = ()) -> str:
    """Return what to say about the first thing that is wrong with the file *path*.

    *suppressions* say where each ``[[suppress]]`` stands.
    """
    # One that explains the others first: a table that is none, then a name that is wrong.
    order = {"model_type": 0, "dict_type": 0, "extra_forbidden": 1}
    first = min(error.errors(include_url=False), key=lambda one: order.get(one["type"], 2))
    return _Complaint(path, suppressions).about(first)


def wanted(field: FieldInfo | None) -> str:
    """Return what the value of a setting has to be, to follow 要写.

    >>> from reviewer.configuration.contents import ModelTable
    >>> [wanted(ModelTable.model_fields[name]) for name in ("rpm", "repeat", "name")]
    ['正整数', ' 1 到 100 的整数', '模型的名称']
    """
    parts = list(_parts(field)) if field else []
    if words := next((part.words for part in parts if isinstance(part, Wanted)), None):
        return words
    if int not in parts and float not in parts:
        return "文字，两边加引号"
    number = "整数" if int in parts else "数"
    lowest = next((part.ge for part in parts if hasattr(part, "ge")), None)
    highest = next((part.le for part in parts if hasattr(part, "le")), _UNBOUNDED)
    if lowest is None:
        return number
    if highest < _UNBOUNDED:
        return f" {lowest:g} 到 {highest:g} 的{number}"
    return f"正{number}" if lowest == 1 else f"不小于 {lowest:g} 的{number}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return which known name may be meant, or all of them.

    >>> nearest("temprature", ["name", "temperature"]), nearest("x", ["name", "rpm"])
    ('是不是 temperature？', '可用的有：name、rpm')
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"是不是 {near[0]}？" if near else f"可用的有：{'、'.join(known)}"


class _Complaint:
    def __init__(self, path: Path, suppressions: Sequence[str]) -> None:
        self._path = path
        self._suppressions = suppressions

    def about(self, error: ErrorDetails) -> str:
        path, where, value = self._path, error["loc"], error["input"]
        *outer, last = where
        if where == ("model", "api_key"):
            return f"{path}：密钥不要写在文件里，请放到环境变量 OPENAI_API_KEY。"
        match error["type"]:
            case "extra_forbidden" if outer[:1] == ["prices"] and isinstance(value, dict):
                return f'{path}：模型名里有点号时要加引号，写成 [prices."{outer[1]}.{last}"]。'
            case "extra_forbidden":
                known = _walk(outer)[1].model_fields
                return f"{path}：不认识 {self._table(outer)}{last}（{nearest(str(last), known)}）。"
            case "missing":
                return f"{path}：{self._table(outer)}缺少 {last}{_REMARKS.get(str(last), '')}。"
            case "model_type" | "dict_type" | "list_type" if where[0] == "suppress":
                return f"{path}：suppress 的每一条都应当是一节：写一行 [[suppress]]，下面再写各项。"
            case "model_type" | "dict_type":
                name = ".".join(map(str, where))
                return f"{path}：{name} 应当是一节：写一行 [{name}]，下面再写各项。"
        return self._value(where, value)

    def _value(self, where: Steps, value: object) -> str:
        place, _, field = _walk(where)
        *outer, last = place
        words = _SAID.get(str(last)) or wanted(field)
        if isinstance(field and field.get_default(), list):
            return f"{self._path}：{self._table(outer)}{last} 要写{words}。"
        return f"{self._path} {self._table(outer)}{last}：要写{words}，不能是 {value}。"

    def _table(self, steps: Steps) -> str:
        match steps:
            case []:
                return ""
            case ["suppress", int(at)]:
                return f"{self._suppressions[at]} "
            case ["prices", model]:
                return f'[prices."{model}"] '
        return f"[{'.'.join(map(str, steps))}] "


def _walk(steps: Steps) -> tuple[list[int | str], Any, FieldInfo | None]:
    """Follow *steps* from the whole file to the setting they lead to, not into its value.

    Returns the steps that were made, the type that stands there, and the field of the model it belongs to.
    """
    made: list[int | str] = []
    kind: Any = Contents
    field: FieldInfo | None = None
    for step in steps:
        if _is_model(kind):
            field = kind.model_fields[str(step)]
            kind = _bare(field.annotation)
        elif get_origin(kind) is dict or (get_origin(kind) is list and _is_model(get_args(kind)[0])):
            kind = _bare(get_args(kind)[-1])
        else:
            break  # an element of a list, or a branch of a choice
        made.append(step)
    return made, kind, field


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _bare(annotation: Any) -> Any:
    """A type without what is annotated to it, and without None."""
    if hasattr(annotation, "__metadata__"):
        return _bare(annotation.__origin__)
    others = [kind for kind in get_args(annotation) if kind is not type(None)]
    return _bare(others[0]) if type(None) in get_args(annotation) and len(others) == 1 else annotation


def _parts(field: FieldInfo | Any) -> Iterator[Any]:
    """Everything that a field's annotation is made of, however deep."""
    if isinstance(field, FieldInfo):
        yield from field.metadata
        yield from _parts(field.annotation)
    elif hasattr(field, "__metadata__"):
        for part in field.__metadata__:
            yield from _parts(part)
        yield from _parts(field.__origin__)
    elif get_args(field):
        for part in get_args(field):
            yield from _parts(part)
    else:
        yield field
