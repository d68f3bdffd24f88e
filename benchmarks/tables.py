"""Write a Document of N indicators, no two alike: ``python benchmarks/tables.py N OUT.json``.

The wordings are those of the labelled drafts and of the published sample. Every project moves to a place of its own
with an invented name, which also stands in the names of its indicators, and its quantities are scaled by a factor of
its own (the same in goal and values, so that what agreed still agrees). Same N, same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import reviewer

DATA = Path(__file__).resolve().parent.parent / "data"
_FIRST, _SECOND, _KIND = "云青临石平安松柳清白金长", "坪屿岚桥河山溪湖塘岭泉川", ("镇", "乡", "街道", "开发区")
# Quantities of ten and more; years, dates, percentages and points out of a hundred stay what they are.
_QUANTITY = re.compile(r"(?<![\d.〔,])[1-9]\d+(?![\d.,%％年月日分号〕])")


def patterns() -> list[dict[str, Any]]:
    """Return the projects whose wordings are reused, as parsed JSON."""
    lines = (DATA / "gold" / "drafts_tables.jsonl").read_text(encoding="utf-8").splitlines()
    sample = reviewer.read(DATA / "samples" / "huangpu-2023.txt")
    return [json.loads(line) for line in lines] + [project.model_dump() for project in sample.projects]


def place(number: int) -> str:
    """Return the *number*-th invented place; no two numbers share one."""
    names = []
    for _ in range(2):
        number, second = divmod(number, len(_SECOND))
        number, first = divmod(number, len(_FIRST))
        names.append(_FIRST[first] + _SECOND[second])
    number, kind = divmod(number, len(_KIND))
    return f"{names[0]}县{names[1]}{_KIND[kind]}" + (f"{number}片" if number else "")


def projects(size: int) -> Iterator[dict[str, Any]]:
    """Yield projects with *size* indicators altogether."""
    random = Random(1)
    known = patterns()
    number = 0
    while size > 0:
        pattern = known[number % len(known)]
        project = _moved(pattern, place(number), random.uniform(0.5, 3))
        project["indicators"] = project["indicators"][:size]
        size -= len(project["indicators"])
        number += 1
        yield project


def _moved(pattern: dict[str, Any], where: str, factor: float) -> dict[str, Any]:
    def scaled(text: str) -> str:
        return _QUANTITY.sub(lambda match: str(max(10, round(int(match[0]) * factor))), text)

    indicators = []
    for row in pattern["indicators"]:
        name = where + row["name"]
        cycle, annual = (
            value and scaled(value).replace(row["name"], name) for value in (row["cycle_value"], row["annual_value"])
        )
        indicators.append(
            {"no": row["no"], "level1": row["level1"], "level2": row["level2"], "name": name}
            | {"cycle_value": cycle, "annual_value": annual}
        )
    return {
        "name": where + pattern["project"] if "project" in pattern else where + pattern["name"],
        "unit": f"{where}财政所",
        "amount": round((pattern["amount"] or 10) * factor, 2),
        "goal": scaled(pattern["goal"]),
        "indicators": indicators,
    }


def write(size: int, path: Path) -> None:
    """Write the Document of *size* indicators to *path*."""
    rows = list(projects(size))
    document = {
        "title": "项目支出绩效目标表",
        "budget_year": 2023,
        "total": round(sum(row["amount"] for row in rows), 2),
        "projects": rows,
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
