"""Document JSON → Document; where part of it is wrong, that part is reported and the rest is kept."""

from __future__ import annotations

import json
from itertools import pairwise
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reviewer.errors import InputError
from reviewer.models import Document, Indicator, Project, Unit
from reviewer.reading.doubts import report_misread_name, report_residue
from reviewer.reading.labels import Labels
from reviewer.reading.notes import Notes
from reviewer.reading.reconcile import reconciliation, report

MAX_COMMAS = 2_000_000  # some 200,000 indicators
MAX_PROBLEMS = 1_000

_FORM = "格式见 reviewer schema document。"
_REASONS = {
    "extra_forbidden": "不认识这一项",
    "missing": "缺少这一项",
    "string_type": "应当是文字",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "int_from_float": "应当是整数",
    "float_type": "应当是数字",
    "float_parsing": "应当是数字",
    "list_type": "应当是列表（[…]）",
    "model_type": "应当是一组键和值（{…}）",
}
_MODELS: dict[str, type[BaseModel]] = {"indicators": Indicator, "projects": Project, "units": Unit}
_GONE = object()

Location = tuple[int | str, ...]


def read_records(text: str, where: str, notes: Notes) -> Document:
    """Read Document JSON; *where* names the file in errors.

    The whole is validated at once; only when that fails, what is wrong is taken out piece by piece and reported.
    Raises ``InputError`` when the text is no JSON, with line and column, or when no project can be read.

    >>> row = '{"no": 1, "name": "放映场次", "annual_value": "≥672场"}'
    >>> text = '{"projects": [{"name": "电影放映", "indicators": [%s, {"no": "二"}]}]}' % row
    >>> document = read_records(text, "表.json", Notes())
    >>> len(document.projects[0].indicators), document.diagnostics[0].where
    (1, 'project 1, indicator 2')
    """
    if text.count(",") > MAX_COMMAS:
        raise InputError("内容太多，超过 20 万条指标的上限。", where=where, hint="请按单位分成几个文件。")
    try:
        document = Document.model_validate_json(text)
    except ValidationError as error:
        document = _readable_part(text, error, where, notes)
    if not document.projects:
        raise InputError("没有一个项目（projects 是空的）。", where=where, hint=_FORM)
    labels = Labels()
    for number, project in enumerate(document.projects, 1):
        _finish(project, f"project {number}", labels, notes)
    labels.report(notes)
    _drop_infinite(document, notes)
    report(reconciliation(document), notes, {})
    document.diagnostics.extend(notes.in_order())
    return document


def _readable_part(text: str, error: ValidationError, where: str, notes: Notes) -> Document:
    """Return the Document without its wrong pieces; each is reported with its place and what stood there."""
    data = _parsed(text, error, where)
    count = error.error_count()
    if count > MAX_PROBLEMS:
        raise InputError(f"有 {count:,} 处不合格式。", where=where, hint=_FORM) from error
    problems = error.errors(include_url=False, include_context=False)
    for problem in problems:
        if not problem["loc"] or problem["loc"] == ("projects",):
            raise InputError(
                "不是 Document JSON：顶层须是 {…}，其中 projects 是列表。", where=where, hint=_FORM
            ) from error
        _mend(data, problem, notes)
    _sweep(data)
    try:
        return Document.model_validate(data)
    except ValidationError as again:
        raise InputError("不是 Document JSON。", where=where, hint=_FORM) from again


def _parsed(text: str, error: ValidationError, where: str) -> Any:
    """Return the JSON value; the place of a syntax error comes from here, because pydantic counts columns in bytes."""
    hint = "请检查括号、引号和逗号是否成对、齐全。"
    try:
        data = json.loads(text)
    except json.JSONDecodeError as broken:
        place = f"{where} 第 {broken.lineno} 行第 {broken.colno} 列"
        raise InputError("不是完整的 JSON。", where=place, hint=hint) from error
    except (RecursionError, ValueError):  # ValueError: a number of more than 4,300 digits
        raise InputError("不是合用的 JSON：层次太深，或者数字太长。", where=where, hint=_FORM) from error
    if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
        raise InputError("JSON 里有不成字的转义（如单独的 \\ud800），或者层次太深。", where=where, hint=hint) from error
    return data


def _mend(data: Any, problem: ErrorDetails, notes: Notes) -> None:
    """Take the wrong piece out of *data*: a key that may be missing alone, otherwise with the entry it belongs to.

    A number where text is expected is that number's text.
    """
    *path, key = problem["loc"]
    holder = data
    for step in path:
        holder = holder[step]
        if holder is _GONE:
            return
    value, kind = problem["input"], problem["type"]
    reason = _REASONS.get(kind, "值不合要求")
    place, chinese = _place(problem["loc"])
    entry = isinstance(key, int)
    shown = "" if kind == "missing" else f"，原文是 {json.dumps(value, ensure_ascii=False)}"
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        holder[key] = str(value)
        notes.add("D009", f"{chinese} {key} {reason}{shown}，按文字读入。", place, "hint")
    elif entry:
        holder[key] = _GONE
        notes.add("D009", f"{chinese}{reason}{shown}，没有读入。", place)
    elif kind == "extra_forbidden" or not _required(problem["loc"]):
        del holder[key]
        notes.add("D009", f"{chinese} {key} {reason}{shown}，没有采用。", place, "warning")
    elif "indicators" not in path and "units" not in path:
        holder[key] = ""
        notes.add("D009", f"{chinese} {key} {reason}{shown}，按无名项目读入。", place)
    else:
        left = json.dumps(holder, ensure_ascii=False)
        *above, index = path
        _at(data, above)[index] = _GONE
        notes.add("D009", f"{chinese} {key} {reason}，没有读入：{left}。", place)


def _required(loc: Location) -> bool:
    lists = [step for step in loc[:-1] if isinstance(step, str)]
    model = _MODELS[lists[-1]] if lists else Document
    return model.model_fields[str(loc[-1])].is_required()


def _at(data: Any, path: list[int | str]) -> Any:
    for step in path:
        data = data[step]
    return data


def _place(loc: Location) -> tuple[str, str]:
    """Return a location for programs and in Chinese, counted from 1.

    >>> _place(("projects", 2, "indicators", 1, "no"))
    ('project 3, indicator 2', '第 3 个项目的第 2 条指标')
    """
    words = {
        "projects": ("project", "第 {} 个项目"),
        "indicators": ("indicator", "第 {} 条指标"),
        "units": ("unit", "第 {} 个单位"),
    }
    steps = [(*words[str(name)], index + 1) for name, index in pairwise(loc) if isinstance(index, int)]
    english = ", ".join(f"{word} {number}" for word, _, number in steps)
    return english or "document", "的".join(form.format(number) for _, form, number in steps)


def _sweep(data: dict[str, Any]) -> None:
    """Close the gaps that entries taken out have left."""
    for holder in (data, *(project for project in data.get("projects", []) if isinstance(project, dict))):
        for key in _MODELS:
            if isinstance(entries := holder.get(key), list):
                holder[key] = [entry for entry in entries if entry is not _GONE]


def _finish(project: Project, place: str, labels: Labels, notes: Notes) -> None:
    """Normalise the classes and take note of what text files are looked through for, too."""
    report_misread_name(project.name, place, notes)
    report_residue(f"{project.name}\n{project.goal}", place, notes)
    if not project.indicators:
        notes.add("D008", f"项目“{project.name}”没有指标。", place)
    for number, row in enumerate(project.indicators, 1):
        where = f"{place}, indicator {number}"
        names = labels.normalise(row.level1, row.level2, where)
        if (row.level1, row.level2) != names[:2]:
            row.level1, row.level2 = names[:2]
        if names.weight is not None and row.weight is None:
            row.weight = names.weight
        report_residue(f"{row.name}\n{row.cycle_value}\n{row.annual_value}", where, notes)


def _drop_infinite(document: Document, notes: Notes) -> None:
    """Leave out amounts that are no numbers: JSON as people write it knows NaN and Infinity."""
    if document.total is not None and not isfinite(document.total):
        notes.add("D009", f"total 是 {document.total}，没有采用。", "document")
        document.total = None
    for number, unit in enumerate(document.units, 1):
        if not isfinite(unit.total):
            notes.add("D009", f"第 {number} 个单位“{unit.name}”的 total 是 {unit.total}，没有采用。", f"unit {number}")
    document.units = [unit for unit in document.units if isfinite(unit.total)]
    for number, project in enumerate(document.projects, 1):
        if project.amount is not None and not isfinite(project.amount):
            found = f"第 {number} 个项目“{project.name}”的 amount 是 {project.amount}，没有采用。"
            notes.add("D009", found, f"project {number}")
            project.amount = None
