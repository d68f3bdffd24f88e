"""The course: one Markdown file a lesson under ``data/course/``, written for people to read and edit.

A lesson is YAML front matter, the idea in a few paragraphs, pairs of a bad and a good example, a summary and tasks.
Its pairs are claims about the rules (“this one breaks V101, and these are the words”), so they are tested as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationError

from reviewer.errors import CatalogueError, UsageError
from reviewer.models import FieldName, Project
from reviewer.resources import resource_dir
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.examples import Example, checked, load_yaml

__all__ = ["Lesson", "Pair", "Task", "lesson", "lessons", "load_lessons"]

_SECTIONS = ("道理", "反例和正例", "小结", "练习")
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_FENCE = re.compile(r"```yaml\n(.*?)^```\s*", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"(\d\d)-[a-z]+(?:-[a-z]+)*\.md")

Code = Annotated[str, Field(pattern=r"^[A-Z]\d{3}$")]
Words = Annotated[str, Field(pattern=r"\S")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Kind = TypeVar("_Kind", bound=_Part)


class Pair(_Part):
    """A bad example and its good counterpart: of an indicator, a project, or the text of a file.

    *words* are those of *field* in the bad one that break *rule*; empty where the fault lies in something missing.
    *also* are the other rules it breaks, hints aside.

    >>> lesson(2).pairs[0].bad.document().projects[0].indicators[0].level1
    '产出指标'
    """

    rule: Code
    field: FieldName = "annual_value"
    words: str = ""
    also: tuple[Code, ...] = ()
    why: Words
    bad: InstanceOf[Example]
    good: InstanceOf[Example]


class Task(_Part):
    """Something to write: for *project*, whose indicators are the model answer.

    Asked is a whole table when *table* is set, else some indicators of one.
    """

    task: Words
    project: InstanceOf[Project]
    table: bool = False


class Lesson(_Part):
    """A lesson. *rules* are the codes it teaches, and the exercises on them are its own.

    *idea* and *summary* are Markdown: paragraphs, lists, tables, strong words and code.

    >>> lesson(1).title
    '什么是绩效指标'
    """

    number: int = Field(ge=1)
    title: Words
    minutes: int = Field(ge=1, le=60)
    objective: Words
    rules: tuple[Code, ...] = Field(min_length=1)
    idea: Words
    pairs: tuple[Pair, ...] = Field(min_length=1)
    summary: Words
    tasks: tuple[Task, ...] = Field(min_length=1)


def lesson(number: int) -> Lesson:
    """Return the lesson of that number. Raises ``UsageError`` when there is none."""
    known = lessons()
    for one in known:
        if one.number == number:
            return one
    raise UsageError(f"没有第 {number} 课，课程共 {len(known)} 课。")


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return the lessons in their order. Cached. Raises ``CatalogueError`` with file and place when one is malformed.

    >>> [lesson.number for lesson in lessons()] == list(range(1, 13))
    True
    """
    return load_lessons(resource_dir("data") / "course")


def load_lessons(folder: Path) -> tuple[Lesson, ...]:
    """Return the lessons in *folder*. Raises ``CatalogueError`` as :func:`lessons` does."""
    return tuple(_load(path, number) for number, path in enumerate(sorted(folder.glob("*.md")), 1))


def _load(path: Path, number: int) -> Lesson:
    name = _FILE.fullmatch(path.name)
    if not name or int(name[1]) != number:
        raise CatalogueError(f"{path.name}：课程文件从 01 起连续编号，第 {number} 个应如 {number:02}-some-title.md。")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}：读不出来（{error}）。课程文件须是 UTF-8 文本。") from None
    if not text.startswith("---\n") or "\n---\n" not in text[3:]:
        raise CatalogueError(f"{path.name} 第 1 行：文件须以 --- 之间的 YAML 头部开始。")
    head, body = text[4:].split("\n---\n", 1)
    fields = _mapping(load_yaml(head, path.name, first_line=2), f"{path.name} 头部")
    sections = _sections(body, path.name)
    made = _valid(
        Lesson,
        {
            **fields,
            "idea": sections["道理"],
            "pairs": _pairs(_block(sections["反例和正例"], f"{path.name}“反例和正例”")),
            "summary": sections["小结"],
            "tasks": _tasks(_block(sections["练习"], f"{path.name}“练习”")),
        },
        f"{path.name} 头部",
    )
    if made.number != number:
        raise CatalogueError(f"{path.name} 头部：number 应是 {number}，与文件名一致。")
    _check_rules(made, path.name)
    return made


def _sections(body: str, place: str) -> dict[str, str]:
    parts = _HEADING.split(body)
    if tuple(parts[1::2]) != _SECTIONS:
        raise CatalogueError(f"{place}：应当依次有这几节：{'、'.join(f'“## {title}”' for title in _SECTIONS)}。")
    return dict(zip(_SECTIONS, map(str.strip, parts[2::2]), strict=True))


def _block(section: str, place: str) -> list[tuple[dict[str, Any], str]]:
    """Return the entries of the YAML block that a section is, each with its place."""
    fence = _FENCE.fullmatch(section + "\n")
    entries = load_yaml(fence[1], place) if fence else None
    if not isinstance(entries, list):
        raise CatalogueError(f"{place}：须是一个 ```yaml 代码块，里面是列表，每例以“- ”开头。")
    return [(_mapping(entry, f"{place}第 {at} 例"), f"{place}第 {at} 例") for at, entry in enumerate(entries, 1)]


def _pairs(entries: list[tuple[dict[str, Any], str]]) -> tuple[Pair, ...]:
    pairs = []
    for entry, place in entries:
        own: dict[str, Any] = {key: entry.pop(key) for key in ("rule", "field", "words", "also", "why") if key in entry}
        # What stands beside bad and good belongs to both.
        sides = {side: _mapping(entry.pop(side, None), f"{place} {side}") for side in ("bad", "good")}
        examples = {side: _example({**entry, **rows}, f"{place} {side}") for side, rows in sides.items()}
        pairs.append(_valid(Pair, {**own, **examples}, place))
    return tuple(pairs)


def _tasks(entries: list[tuple[dict[str, Any], str]]) -> tuple[Task, ...]:
    tasks = []
    for entry, place in entries:
        own: dict[str, Any] = {key: entry.pop(key) for key in ("task", "table") if key in entry}
        project = _example(entry, place).document().projects[0]
        tasks.append(_valid(Task, {**own, "project": project}, place))
    return tuple(tasks)


def _example(data: Mapping[str, Any], place: str) -> Example:
    example = checked(data, place)
    if not example.is_source:
        example.document()  # that a value is malformed is said here, not when somebody learns
    return example


def _mapping(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CatalogueError(f"{place}：须写成“键: 值”。")
    return value


def _valid(kind: type[_Kind], data: Mapping[str, Any], place: str) -> _Kind:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        match first["type"]:
            case "missing":
                problem = f"缺少 {key}"
            case "extra_forbidden":
                problem = f"不认识 {key}。可用的有：{'、'.join(kind.model_fields)}"
            case _:
                problem = f"{key} 的写法不对：{first['input']!r}"
        raise CatalogueError(f"{place}：{problem}。") from None


def _check_rules(lesson: Lesson, place: str) -> None:
    for code in (*lesson.rules, *(code for pair in lesson.pairs for code in (pair.rule, *pair.also))):
        try:
            load_catalogue().get(code)
        except UsageError as error:
            raise CatalogueError(f"{place}：{error}") from None
    shown = {pair.rule for pair in lesson.pairs}
    for code in lesson.rules:
        if code not in shown:
            raise CatalogueError(f"{place}：教 {code}，却没有它的反例和正例。")
