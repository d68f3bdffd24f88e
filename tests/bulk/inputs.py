"""Declarations for the tests of bulk runs, written as files, and what came of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from reviewer.bulk.rundir import opened_for_reading

VALUES = ("按合同约定完成", "≥672场", "进一步提高", "100%", "及时", "≤3万元", "2024年12月底前")


def project(number: int, rows: int = 3) -> dict[str, Any]:
    """A project unlike all others, some of it good and some bad."""
    return {
        "name": f"电影放映{number}",
        "unit": f"县电影队{number % 7}",
        "amount": 10.0 + number,
        "goal": f"全县{number + 20}个行政村每村每月放映2场电影。",
        "indicators": [
            {
                "no": no,
                "level1": "产出指标",
                "level2": "数量指标",
                "name": f"放映场次{no}",
                "annual_value": VALUES[(number + no) % len(VALUES)],
            }
            for no in range(1, rows + 1)
        ],
    }


def document(*numbers: int) -> dict[str, Any]:
    return {"title": "2024年绩效目标表", "budget_year": 2024, "projects": [project(number) for number in numbers]}


def write(path: Path, contents: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(contents, ensure_ascii=False), encoding="utf-8")
    return path


def write_folder(folder: Path, files: int, projects: int = 2) -> Path:
    """Write that many declarations, with that many projects each, some in folders below."""
    for number in range(files):
        numbers = range(number * projects, (number + 1) * projects)
        write(folder / f"单位{number % 3}" / f"表{number:04}.json", document(*numbers))
    return folder


def write_lines(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(project(number), ensure_ascii=False) + "\n")
    return path


def command(*args: str | Path) -> list[str]:
    return [sys.executable, "-m", "reviewer", "bulk", *map(str, args)]


def bulk(*args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``reviewer bulk`` as a program of its own."""
    streams = {"capture_output": True, "encoding": "utf-8", "timeout": 120, "check": False}
    return subprocess.run(command(*args), **(streams | options))


def results(run: Path) -> list[tuple[str, int, str, bytes]]:
    """All that a run says about projects: file, place, state and review, in order."""
    with opened_for_reading(run) as opened:
        return [(row.file_name, row.position, row.state, row.review_json) for row in opened.store.projects()]


def files(run: Path) -> dict[str, tuple[str, str | None]]:
    """State and message of all files of a run, by the name that people are shown, without its folder."""
    with opened_for_reading(run) as opened:
        return {os.path.basename(row.name): (row.state, row.message) for _, row in opened.store.files()}
