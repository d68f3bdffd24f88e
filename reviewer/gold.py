"""Labelled rows and the tables they are about.

Labels are a JSONL file, one labelled indicator a line. Beside it ``<stem>.meta.json`` names the tables and says where
the labels come from. The tables are a document that ``reviewer review`` reads, or JSONL with one project a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError, field_validator
from pydantic_core import PydanticCustomError

from reviewer.errors import InputError
from reviewer.models import Document, Grade, Indicator, Model, Project, SmartScores
from reviewer.reading import read

LABELLED = (
    "vague-plan-reference",
    "vague-degree",
    "vague-no-value",
    "missing-unit",
    "undefined-percentage",
    "formula-as-target",
    "echo-target",
    "compound-target",
    "value-conflict",
    "unrealistic-target",
    "misclassified",
    "output-as-benefit",
    "irrelevant-target",
    "no-deadline",
    "wrong-year",
    "text-corruption",
)
"""The indicator rules that labels speak about, in the order of the catalogue."""

LEFT_OUT = ("missing-comparator", "routine-management", "placeholder", "instruction-in-text")
"""The indicator rules they do not speak about: what the engine finds there is neither right nor wrong."""

UNSTATED = "标注来源未说明。"

_REASONS = {"missing": "缺少这一项", "extra_forbidden": "不认识这一项", "json_invalid": "不是完整的 JSON"}


class Label(Model):
    """One labelled row: the indicator it is about and the verdict on it."""

    project: str
    no: int
    name: str
    vague: bool
    smart: SmartScores
    grade: Grade
    defects: set[str]

    @field_validator("defects")
    @classmethod
    def _compared_rules_only(cls, defects: set[str]) -> set[str]:
        # A label that is never compared would look like a miss of the engine that nobody can find.
        if unknown := sorted(defects - set(LABELLED)):
            raise PydanticCustomError("unknown_rule", "不参加比较的规则 {names}", {"names": "、".join(unknown)})
        return defects


class Sidecar(Model):
    """``<stem>.meta.json``: the tables (relative to it), their year where they print none, the labels' origin."""

    tables: str | None = None
    budget_year: int | None = None
    provenance: str = UNSTATED


class TableLine(Model):
    """One line of a tables file: a project that is a document of its own, with its own budget year."""

    project: str
    unit: str | None = None
    amount: float | None = None
    budget_year: int | None = None
    goal: str = ""
    indicators: list[Indicator]

    def document(self) -> Document:
        """Return the Document that holds this project alone."""
        row = Project(name=self.project, unit=self.unit, amount=self.amount, goal=self.goal, indicators=self.indicators)
        return Document(budget_year=self.budget_year, projects=[row])


def read_labels(gold: Path) -> list[Label]:
    """Return the labelled rows; raises ``InputError`` with file and line when there are none or one is malformed."""
    labels = _lines(gold, Label)
    if not labels:
        raise InputError("没有一行标注。", where=str(gold))
    return labels


def read_sidecar(gold: Path) -> Sidecar:
    """Return what ``<stem>.meta.json`` says; without that file, that the origin of the labels is not stated."""
    path = gold.with_name(f"{gold.stem}.meta.json")
    return _parse(_text(path), Sidecar, str(path)) if path.exists() else Sidecar()


def read_documents(tables: Path, year: int | None) -> Iterator[tuple[Document, int | None]]:
    """Yield the documents of *tables*, each with the budget year to judge it by: its own, else *year*."""
    if tables.suffix != ".jsonl":
        yield read(tables), year
        return
    for line in _lines(tables, TableLine):
        yield line.document(), line.budget_year or year


M = TypeVar("M", bound=Model)


def _lines(path: Path, kind: type[M]) -> list[M]:
    # Not splitlines(): U+2028 and its like may stand inside a JSON string.
    rows = enumerate(_text(path).split("\n"), 1)
    return [_parse(row, kind, f"{path} 第 {number} 行") for number, row in rows if row.strip()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("打不开文件。", where=str(path), hint="请检查路径和读取权限。") from error
    except UnicodeDecodeError as error:
        raise InputError("不是 UTF-8 文本。", where=str(path), hint="请另存为 UTF-8。") from error


def _parse(text: str, kind: type[M], where: str) -> M:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        reason = first["msg"] if first["type"] == "unknown_rule" else _REASONS.get(first["type"], "值不合要求")
        hint = "格式见 data/gold/README.md。"
        raise InputError(f"{place}：{reason}。" if place else f"{reason}。", where=where, hint=hint) from error
