"""The prompts: one Markdown file each under ``prompts/``, written for people to read and improve.

A file is YAML front matter and a text. ``{{ name }}`` in the text stands for a variable that the front matter declares
with its type; nothing else is special. That is all a prompt needs: with loops and conditions (jinja2) an editor could
break what is sent in ways no front matter shows, and a value is inserted once and never read again as a template.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer.errors import CatalogueError, UsageError
from reviewer.models import Project
from reviewer.resources import resource_dir
from reviewer.rules.examples import load_yaml

VariableType = Literal["integer", "text", "lines", "json"]

_VARIABLE = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_FENCE = re.compile(r"^```json\n(.*?)^```", re.DOTALL | re.MULTILINE)


class _Head(BaseModel):
    """The front matter. An unknown key is an error, so that a misspelt one is never silently lost."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(pattern=r"^[a-z]+$")
    version: int = Field(ge=1)
    purpose: str
    variables: dict[str, VariableType] = {}
    answer_model: Literal["Answer"] | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: its front matter, its text, and the whole file (``source``) with line ends normalised.

    >>> load_prompts()["judge"].answer_model
    'Answer'
    """

    id: str
    version: int
    purpose: str
    variables: Mapping[str, VariableType]
    answer_model: str | None
    text: str
    source: str
    path: Path

    @property
    def sha256(self) -> str:
        """The sha256 of the whole file, front matter included."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def stamp(self) -> str:
        """Version and content, as a Review carries them: ``1+`` and the sha256."""
        return f"{self.version}+{self.sha256}"

    @property
    def name(self) -> str:
        """Id, version and the beginning of the sha256, for reading: ``judge@1+0123456789ab``."""
        return f"{self.id}@{self.version}+{self.sha256[:12]}"

    def render(self, **values: object) -> str:
        """Return the text with the variables put in: numbers as such, lists as numbered lines, mappings as JSON.

        Raises ``CatalogueError`` that names a variable which is missing, unknown or of another type.

        >>> load_prompts()["reask"].render(errors=["缺少 goal"], previous="{}")[:4]
        '你上一次'
        """
        for name in self.variables.keys() - values.keys():
            raise CatalogueError(f"{self.path.name}：变量 {name} 没有给值。")
        for name in values.keys() - self.variables.keys():
            raise CatalogueError(f"{self.path.name}：没有变量 {name}。头部 variables 里有：{self._names()}。")
        written = {name: self._written(name, value) for name, value in values.items()}
        return _VARIABLE.sub(lambda found: written[found[1]], self.text)

    def _written(self, name: str, value: object) -> str:
        kind = self.variables[name]
        accepted, write = _TYPES[kind]
        if not isinstance(value, accepted) or isinstance(value, bool):
            raise CatalogueError(f"{self.path.name}：变量 {name} 应是 {kind}，收到的是 {type(value).__name__}。")
        return write(value)

    def _names(self) -> str:
        return "、".join(self.variables) or "（没有）"


def _lines(value: list[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(value, 1))


def _json(value: Mapping[str, object]) -> str:
    """One key a line, and one line for each entry of a list: as short as one line, and a person can read it."""
    return "{\n" + ",\n".join(f"{_dumped(key)}: {_listed(item)}" for key, item in value.items()) + "\n}"


def _listed(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _dumped(value)
    return "[\n" + ",\n".join(f" {_dumped(entry)}" for entry in value) + "\n]"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_TYPES: dict[VariableType, tuple[type, Callable[[Any], str]]] = {
    "integer": (int, str),
    "text": (str, str),
    "lines": (list, _lines),
    "json": (dict, _json),
}


class Prompts(Mapping[str, Prompt]):
    """The prompts by id.

    >>> sorted(load_prompts())
    ['doctor', 'judge', 'project', 'reask']
    """

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = dict(prompts)

    def __getitem__(self, id_: str) -> Prompt:
        if id_ not in self._prompts:
            raise UsageError(f"没有 {id_} 这个提示词，有的是：{'、'.join(self._prompts)}。")
        return self._prompts[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._prompts)

    def __len__(self) -> int:
        return len(self._prompts)

    @property
    def stamps(self) -> dict[str, str]:
        """Version and sha256 of each prompt by id, as a Review carries them."""
        return {id_: prompt.stamp for id_, prompt in self.items()}

    @cached_property
    def trial(self) -> Project:
        """The tiny project that ``reviewer doctor`` has judged. Raises ``CatalogueError`` when its file holds none."""
        prompt = self["doctor"]
        found = _FENCE.search(prompt.text)
        try:
            return Project.model_validate_json(found[1] if found else "")
        except ValidationError as error:
            raise CatalogueError(f"{prompt.path.name}：```json 代码块里不是一个项目（{_first(error)}）。") from None


@cache
def load_prompts(override: Path | None = None) -> Prompts:
    """Return the prompts of the package, each replaced by the file of the same name in the folder *override*. Cached.

    Raises ``UsageError`` when the folder is missing or holds a file that replaces nothing, ``CatalogueError`` with file
    name and place when a file is malformed.
    """
    paths = _files(resource_dir("prompts"))
    if override is not None:
        paths |= _overriding(override, paths)
    return Prompts({prompt.id: prompt for prompt in map(_load, paths.values())})


def _files(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted(folder.glob("*.md")) if path.name != "README.md"}


def _overriding(folder: Path, known: Mapping[str, Path]) -> dict[str, Path]:
    if not folder.is_dir():
        raise UsageError(f"找不到提示词文件夹：{folder}。")
    found = _files(folder)
    names = "、".join(known)
    for name in found.keys() - known.keys():
        raise UsageError(f"{folder / name}：没有可以替换的同名提示词。可以替换的有：{names}。")
    if not found:
        raise UsageError(f"{folder}：里面没有提示词文件。可以替换的有：{names}。")
    return found


def _load(path: Path) -> Prompt:
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}：读不出来（{error}）。提示词文件须是 UTF-8 文本。") from None
    if not source.startswith("---\n") or "\n---\n" not in source[3:]:
        raise CatalogueError(f"{path.name} 第 1 行：文件须以 --- 之间的 YAML 头部开始。")
    end = source.index("\n---\n", 3)
    try:
        head = _Head.model_validate(load_yaml(source[4:end], path.name, first_line=2))
    except ValidationError as error:
        raise CatalogueError(f"{path.name} 头部：{_first(error)}。") from None
    if head.id != path.stem:
        raise CatalogueError(f"{path.name} 头部：id 是 {head.id}，应和文件名相同，写 {path.stem}。")
    text = source[end + 5 :].strip()
    used = set(_VARIABLE.findall(text))
    for name in used ^ head.variables.keys():
        raise CatalogueError(
            f"{path.name}：正文用了变量 {name}，头部 variables 里没有写。"
            if name in used
            else f"{path.name}：头部 variables 里的 {name} 正文没有用到，请在正文写 {{{{ {name} }}}}。"
        )
    return Prompt(**head.model_dump(), text=text, source=source, path=path)


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False)[0]
    place = ".".join(map(str, found["loc"]))
    match found["type"]:
        case "extra_forbidden":
            return f"不认识 {place}，可用的有：{'、'.join(_Head.model_fields)}"
        case "missing":
            return f"缺少 {place}"
        case "literal_error":
            return f"{place} 不能是 {found['input']!r}，只能是 {found['ctx']['expected']}"
        case _:
            return f"{place} 的写法不对：{found['input']!r}"
