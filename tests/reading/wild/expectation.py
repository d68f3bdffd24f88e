"""What a form must read to, with the readings that are a matter of taste, and how far a reading is from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.models import Document, Indicator, Project

HEAD = ("title", "budget_year", "department", "total", "units")
OF_PROJECT = ("name", "unit", "amount", "goal")
OF_INDICATOR = ("no", "level1", "level2", "name", "cycle_value", "annual_value", "weight")


@dataclass(frozen=True)
class Either:
    """Readings that are all right, for the form leaves it open."""

    options: tuple[Any, ...]

    def __repr__(self) -> str:
        return " 或 ".join(map(repr, self.options))


def either(*options: Any) -> Either:
    """Say that any of *options* will do."""
    return Either(options)


@dataclass(frozen=True)
class Form:
    """A form in the wild: ``write`` puts it into a folder; ``places`` are the cells that ``where`` of (project,
    indicator), both counted from 1, may name."""

    name: str
    write: Callable[[Path], Path]
    head: Mapping[str, Any]
    projects: list[dict[str, Any]]
    places: Mapping[tuple[int, int], set[str]] = field(default_factory=dict)


class Check(NamedTuple):
    """A field that was compared."""

    path: str
    expected: Any
    got: Any
    right: bool

    def __str__(self) -> str:
        return f"{self.path}: should be {self.expected!r}, was read as {self.got!r}"


def project(
    name: Any,
    goal: Any,
    indicators: str,
    *,
    unit: Any = None,
    amount: Any = None,
    columns: str = "",
) -> dict[str, Any]:
    """Say what a project reads to; *indicators* is a drawing ``产出指标 | 数量指标 | name | annual value``.

    *columns* names what the drawing holds beyond these (``cycle_value``, ``weight``, ``no``). Readings that are all
    right stand side by side: ``≥95% 或 95%``.
    """
    fields = ["level1", "level2", "name", "annual_value", *columns.split()]
    rows = []
    for no, line in enumerate(indicators.strip().splitlines(), 1):
        row = dict(zip(fields, (_reading(cell.strip()) for cell in line.split("|")), strict=True))
        if "weight" in row:
            row["weight"] = float(row["weight"]) if row["weight"] else None
        rows.append({"no": no, "cycle_value": None, "weight": None} | row)
    return {"name": name, "unit": unit, "amount": amount, "goal": goal, "indicators": rows}


def _reading(text: str) -> Any:
    options = text.split(" 或 ")
    return options[0] if len(options) == 1 else Either(tuple(options))


def compare(document: Document, form: Form) -> list[Check]:
    """Compare field by field. What is missing counts as wrong in each of its fields, and so does what is too much."""
    checks = [_check(name, form.head.get(name, [] if name == "units" else None), document) for name in HEAD]
    checks.append(_equal("number of projects", len(form.projects), len(document.projects)))
    read_projects = _matched([each["name"] for each in form.projects], document.projects)
    for place, (expected, got) in enumerate(zip(form.projects, read_projects, strict=True), 1):
        path = f"project {place}"
        checks += [_check(f"{path}.{name}", expected[name], got) for name in OF_PROJECT]
        rows = got.indicators if got else []
        checks.append(_equal(f"{path}.number of indicators", len(expected["indicators"]), len(rows)))
        read_rows = _matched([row["name"] for row in expected["indicators"]], rows)
        for no, (row, read_row) in enumerate(zip(expected["indicators"], read_rows, strict=True), 1):
            checks += [_check(f"{path}.indicator {no}.{name}", row[name], read_row) for name in OF_INDICATOR]
            if places := form.places.get((place, no)):
                checks.append(_check(f"{path}.indicator {no}.where", Either(tuple(sorted(places))), read_row))
    return checks


def _matched(names: list[Any], read: list[Any]) -> Iterator[Any]:
    """Pair what was read with the expected *names*: all in order if the numbers agree, else by name."""
    if len(names) == len(read):
        yield from read
        return
    left = list(read)
    for name in names:
        found = next((each for each in left if _same(name, each.name)), None)
        if found is not None:
            left.remove(found)
        yield found


def _check(path: str, expected: Any, holder: Document | Project | Indicator | None) -> Check:
    if holder is None:
        return Check(path, expected, "(nothing)", False)
    got = getattr(holder, path.rpartition(".")[2])
    if path == "units":
        got = [(unit.name, unit.total) for unit in got]
    wrapped = path.endswith(("level1", "level2", ".name")) and "\n" in str(got)
    return Check(path, expected, got, _same(expected, got) and not wrapped)


def _equal(path: str, expected: int, got: int) -> Check:
    return Check(path, expected, got, expected == got)


def _same(expected: Any, got: Any) -> bool:
    """Whether *got* says *expected*; line breaks and blanks in a text, and less than 0.005 万元, do not count."""
    if isinstance(expected, Either):
        return any(_same(option, got) for option in expected.options)
    if isinstance(expected, str) and isinstance(got, str):
        return re.sub(r"\s", "", expected) == re.sub(r"\s", "", got)
    if isinstance(expected, float | int) and isinstance(got, float | int):
        return abs(expected - got) < 0.005
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and all(map(_same, expected, got))
    return bool(expected == got)
