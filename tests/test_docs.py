"""The documentation cannot lie: its commands are run, their printed lines compared, and all doctests pass."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import reviewer

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Example(NamedTuple):
    """A command and the lines that the documentation shows under it."""

    command: str
    shown: tuple[str, ...]


def examples(name: str) -> list[Example]:
    """Return the commands (``$ …``) of a document; a line that is only … stands for lines left out."""
    found: list[Example] = []
    for block in BLOCK.findall((ROOT / name).read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Example(line[2:], ()))
            elif line.strip() not in {"", "…"}:
                found[-1] = found[-1]._replace(shown=(*found[-1].shown, line))
    return found


DOCUMENTS = [*READMES, *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md")))]
EXAMPLES = sorted({example for name in DOCUMENTS for example in examples(name)})


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder in which the commands of the documentation find what they name."""
    for name in ("data", "cassettes", "Makefile", "pyproject.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.command.startswith(("make", "git"))], ids=str)
def test_command_prints_what_is_shown(example: Example, workplace: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", example.command],
        cwd=workplace,
        env=os.environ | {"PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    # 1 is an answer too: something is below --fail-under.
    assert done.returncode in (0, 1), done.stderr
    printed = iter((done.stdout + done.stderr).splitlines())
    for line in example.shown:
        assert line in printed, f"not printed, or not in this order: {line}"


@pytest.mark.parametrize("command", [e.command for e in EXAMPLES if e.command.startswith("make")])
def test_make_target_exists(command: str, workplace: Path) -> None:
    # Only planned, never run: `make test` would start the tests within the tests.
    done = subprocess.run([*command.split(), "-n"], cwd=workplace, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if PYTHON.search((ROOT / name).read_text("utf-8"))])
def test_python_blocks_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for block in PYTHON.findall((ROOT / name).read_text(encoding="utf-8")):
        exec(compile(block, name, "exec"), {})


def test_command_reference_is_what_help_prints() -> None:
    generate = runpy.run_path(str(ROOT / "docs" / "commands.py"))["reference"]
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == generate(), "make docs writes it anew"


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"]({page.name})" in index


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (examples(name) for name in READMES)
    assert english == chinese
    assert [example.command for example in english[:2]] == ["make demo", "make test"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


MODULES = ["reviewer", *(module.name for module in pkgutil.walk_packages(reviewer.__path__, "reviewer."))]


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # examples name files as a reader at the top of the checkout would
    if name.endswith("__main__"):
        pytest.skip("runs the program")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_no_document_speaks_of_this_machine() -> None:
    for name in DOCUMENTS:
        assert not re.search(r"/(work|home|tmp|root)/", (ROOT / name).read_text(encoding="utf-8"))
