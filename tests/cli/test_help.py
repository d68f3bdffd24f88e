"""Help pages: Chinese throughout, with examples that work, within the columns of the terminal, and quick to appear."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from glob import glob
from pathlib import Path
from typing import Any

import pytest

import reviewer
from reviewer.cli import main
from reviewer.reporting.json import json_pieces
from reviewer.reporting.layout import width_of

from ..reading import written

Command = Callable[..., Any]


def listed() -> list[str]:
    """Return the commands that the help page lists."""
    with contextlib.redirect_stdout(io.StringIO()) as page:
        main(["--help"])
    return re.findall(r"^  ([a-z]+)  ", page.getvalue().partition("命令：")[2].partition("选项：")[0], re.MULTILINE)


COMMANDS = listed()
PAGES = [[], *([command] for command in COMMANDS)]
ENGLISH = re.compile(r"\b(Usage|Options?|Arguments?|Commands?|Show|this|message|exit|default|required|TEXT|PATH)\b")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_page_is_chinese_and_has_examples(run: Command, page: list[str]) -> None:
    done = run(*page, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("用法：reviewer")
    assert not ENGLISH.search(done.out)
    assert "例子：\n  reviewer " in done.out
    assert "选项：" in done.out
    assert "--help" in done.out


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_page_fits_the_terminal(run: Command, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for page in PAGES:
        for line in run(*page, "--help").out.splitlines():
            assert width_of(line) <= columns, line


def test_commands_a_newcomer_needs_come_first() -> None:
    assert COMMANDS[:6] == ["review", "inspect", "template", "diff", "rules", "explain"]


@pytest.fixture
def desk(run: Command, command: str, table: Path, root: Path, tmp_path: Path) -> Path:
    """A folder with the files that the help pages speak of."""
    os.symlink(root / "data", tmp_path / "data")
    (tmp_path / "表.txt").write_bytes((root / "data" / "samples" / "huangpu-2023.txt").read_bytes())
    (tmp_path / "标注.jsonl").write_bytes((root / "data" / "gold" / "drafts.jsonl").read_bytes())
    (tmp_path / "标注_tables.jsonl").write_bytes((root / "data" / "gold" / "drafts_tables.jsonl").read_bytes())
    document = reviewer.read(table)
    lines = "".join(f"{project.model_dump_json()}\n" for project in document.projects)
    (tmp_path / "项目.jsonl").write_text(lines, encoding="utf-8")
    for name in ("申报表.xlsx", "初稿.xlsx", "修改稿.xlsx", "各单位/电影队/申报表.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        written.write_xlsx(tmp_path / name, written.as_forms(document))
    written.write_docx(tmp_path / "申报表.docx", written.as_forms(document))
    for name in ("上次.json", "这次.json"):
        (tmp_path / name).write_text("".join(json_pieces(reviewer.review(document))), encoding="utf-8")
    if "批次/" in page_of(command):
        for name in ("批次", "去年的批次"):
            assert run("bulk", str(tmp_path / "项目.jsonl"), "--run", str(tmp_path / name)).code == 0
    return tmp_path


def page_of(command: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as page:
        main([command, "--help"])
    return page.getvalue()


# The first two want an endpoint, and the third serves until it is stopped; test_doctor.py, tests/bulk/test_batch_cli.py
# and tests/web run them.
@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in ("doctor", "batch", "serve")])
def test_examples_of_the_help_work(run: Command, command: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # who trains has gone
    if command == "template":
        (desk / "申报表.xlsx").unlink()  # it would not be overwritten
    examples = run(command, "--help").out.partition("例子：\n")[2].splitlines()
    assert examples
    for example in examples:
        program, *words = shlex.split(example)
        assert program == "reviewer"
        words = [name for word in words for name in (glob(word) if "*" in word else [word])]
        done = run(*words)
        assert done.code == 0, done.err


HEAVY = ("openai", "openpyxl", "docx", "pdfplumber", "yaml", "jinja2", "rich", "fastapi", "asyncio", "hypothesis")
OURS = ("reviewer.models", "reviewer.rules", "reviewer.language", "reviewer.reading", "reviewer.pipeline")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_start_imports_nothing_it_does_not_need(option: str) -> None:
    code = (
        "import sys, json; from reviewer.cli import main; main([sys.argv[1]]);"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, option], capture_output=True, encoding="utf-8")
    loaded = json.loads(done.stderr)
    assert [name for name in loaded if name.split(".")[0] in HEAVY or name.startswith(OURS)] == []


def terminal(*args: str | Path, env: dict[str, str] | None = None) -> str:
    """Run the program with a terminal as its standard output and return what it wrote."""
    master, slave = pty.openpty()
    environment = {"TERM": "xterm", "COLUMNS": "80"} | (env or {})
    command = [sys.executable, "-m", "reviewer", *map(str, args)]
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=os.environ | environment) as process:
        os.close(slave)
        written = b""
        try:
            while part := os.read(master, 65536):
                written += part
        except OSError:  # the other end was closed
            pass
        os.close(master)
    assert process.returncode == 0
    return written.decode()


def test_colours_on_a_terminal_only(run: Command, table: Path) -> None:
    assert "\x1b[" in terminal("review", table)
    assert "\x1b[" not in terminal("review", table, env={"TERM": "dumb"})
    assert "\x1b[" not in run("review", table).out


def test_colours_change_nothing_else(table: Path) -> None:
    colored = re.sub(r"\x1b\[[0-9;]*m", "", terminal("review", table))
    assert colored == terminal("review", table, env={"NO_COLOR": "1"})
