"""The examples of a rule file, which are its tests: each becomes the Document it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from reviewer.errors import CatalogueError
from reviewer.language.classes import normalise_class
from reviewer.models import Document, Indicator, Project

ExampleKind = Literal["反例", "正例"]

DEFAULT_YEAR = 2024
DEFAULT_PROJECT = "示例项目"

_ROW = ("level1", "level2", "name", "cycle_value", "annual_value", "weight")
_PROJECT = ("goal", "amount", "unit", "indicators")
_WHOLE = ("projects", "project", "source", "encoding", "budget_year", "why")


@dataclass(frozen=True, slots=True)
class Example:
    """One example as written: a row, a project, several projects, or the text of a source file.

    ``place`` names it in errors (``V101-….md“反例”第 2 例``).
    """

    data: Mapping[str, Any]
    place: str

    @property
    def why(self) -> str:
        """Why it is bad, or why it is good."""
        return str(self.data.get("why") or "")

    @property
    def is_source(self) -> bool:
        """Whether the example is the text of a file, which has to be read first."""
        return "source" in self.data

    def source_bytes(self) -> bytes:
        """Return the text of the file in its ``encoding`` (UTF-8 by default)."""
        try:
            return str(self.data["source"]).encode(str(self.data.get("encoding") or "utf-8"))
        except (KeyError, LookupError, UnicodeEncodeError) as error:
            raise CatalogueError(f"{self.place}：source 或 encoding 的写法不对（{error}）。") from None

    def document(self) -> Document:
        """Return the example as a Document of 2024 with one 示例项目, as far as it does not say otherwise.

        Raises ``CatalogueError`` when the example is malformed, or is a source text.
        """
        if self.is_source:
            raise CatalogueError(f"{self.place}：这是原文样例，要先读取（source）。")
        try:
            projects = [_project(project, "name") for project in self.data.get("projects", ())]
            return Document(
                budget_year=self.data.get("budget_year", DEFAULT_YEAR),
                projects=projects or [_project(self.data, "project")],
            )
        except (ValidationError, TypeError, AttributeError) as error:
            raise CatalogueError(f"{self.place}：{error}") from None


def _project(data: Mapping[str, Any], name_key: str) -> Project:
    rows = data.get("indicators", [data] if "annual_value" in data else [])
    return Project(
        name=data.get(name_key, DEFAULT_PROJECT),
        unit=data.get("unit"),
        amount=data.get("amount"),
        goal=data.get("goal", ""),
        indicators=[_indicator(number, row) for number, row in enumerate(rows or (), 1)],
    )


def _indicator(number: int, row: Mapping[str, Any]) -> Indicator:
    names = normalise_class(row.get("level1") or "", row.get("level2") or "")
    return Indicator(
        no=row.get("no", number),
        level1=names.level1,
        level2=names.level2,
        name=row.get("name"),
        cycle_value=row.get("cycle_value"),
        annual_value=row.get("annual_value"),
        weight=row.get("weight"),
    )


def load_examples(text: str, place: str) -> list[Example]:
    """Parse the YAML of an example block. Raises ``CatalogueError`` for anything but a list of known mappings."""
    entries = load_yaml(text, place)
    if not isinstance(entries, list) or not entries:
        raise CatalogueError(f"{place}：须是列表，每例以“- ”开头。")
    return [checked(entry, f"{place}第 {number} 例") for number, entry in enumerate(entries, 1)]


def checked(entry: object, place: str) -> Example:
    """Return *entry* as an example. Raises ``CatalogueError`` when it is no mapping, or its keys make up none."""
    if not isinstance(entry, dict):
        raise CatalogueError(f"{place}：须写成“键: 值”。")
    for key in entry:
        if key not in (*_ROW, *_PROJECT, *_WHOLE):
            raise CatalogueError(f"{place}：不认识 {key}。可用的有：{'、'.join((*_ROW, *_PROJECT, *_WHOLE))}。")
    if not {"source", "projects", "project", "annual_value"} & entry.keys():
        raise CatalogueError(f"{place}：缺少 annual_value、project、projects 或 source。")
    return Example(entry, place)


def load_yaml(text: str, place: str, first_line: int = 1) -> Any:
    """Parse YAML; an error becomes a ``CatalogueError`` that names the line, counted from *first_line*."""
    import yaml  # not needed by commands that never open a rule

    try:
        # PyYAML without libyaml has no C loader; it is ten times slower and reads the same.
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = f"第 {error.problem_mark.line + first_line} 行：" if error.problem_mark else ""
        raise CatalogueError(f"{place} {line}不是正确的 YAML（{error.problem}）。") from None
    except yaml.YAMLError as error:
        raise CatalogueError(f"{place}：不是正确的 YAML（{error}）。") from None
