"""How the tests of the command line run it: in this process, or as a program of its own where streams matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reviewer.cli import main

from ..faults.server import Behave, Server, in_a_thread

TABLE: dict[str, Any] = {
    "title": "2024年项目支出绩效目标表",
    "budget_year": 2024,
    "department": "青禾县文化局",
    "projects": [
        {
            "name": "电影放映",
            "unit": "县电影队",
            "amount": 70.47,
            "goal": "全县28个行政村每村每月放映2场电影。",
            "indicators": [
                {
                    "no": 1,
                    "level1": "产出指标",
                    "level2": "数量指标",
                    "name": "放映场次",
                    "annual_value": "按合同约定完成",
                },
                {"no": 2, "level1": "产出指标", "level2": "数量指标", "name": "覆盖行政村", "annual_value": "≥28个"},
            ],
        },
        {
            "name": "图书采购",
            "amount": 30.0,
            "goal": "采购图书5000册。",
            "indicators": [
                {"no": 1, "level1": "产出指标", "level2": "数量指标", "name": "采购图书", "annual_value": "≥5000册"}
            ],
        },
    ],
}


class Run(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command line in this process."""

    def run(*args: str | Path) -> Run:
        code = main([str(arg) for arg in args])
        return Run(code, *capsys.readouterr())

    return run


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the installed program; keywords are those of ``subprocess.run``, ``env`` is added to the environment."""

    def program(*args: str | Path, env: dict[str, str] | None = None, **options: Any) -> Any:
        command = [sys.executable, "-m", "reviewer", *map(str, args)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.run(command, env=os.environ | (env or {}), timeout=120, **streams)

    return program


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A small declaration as Document JSON: one vague indicator, two good ones."""
    path = tmp_path / "表.json"
    path.write_text(json.dumps(TABLE, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def serve() -> Callable[[Behave], AbstractContextManager[Server]]:
    """Serve an endpoint that behaves so, in a thread of its own, for as long as the context lasts."""
    return in_a_thread
