"""Writes ``docs/commands.md`` from the help pages: ``python docs/commands.py``. A test checks that it is up to date."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HEAD = """# 命令

本页由 `make docs` 从各命令的 `--help` 生成，请不要手改。
"""


def help_page(*command: str) -> str:
    """Return the help page of a command, laid out for 100 columns."""
    return subprocess.run(
        [sys.executable, "-m", "reviewer", *command, "--help"],
        env=os.environ | {"COLUMNS": "100"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


def reference() -> str:
    """Return the page: the program's own help, then that of each command it lists."""
    program = help_page()
    listed = program.partition("命令：\n")[2].partition("\n\n")[0]
    pages = {"reviewer": program} | {
        f"reviewer {name}": help_page(name) for name in re.findall(r"^  ([a-z]+)", listed, re.MULTILINE)
    }
    return HEAD + "".join(f"\n## {title}\n\n```text\n{page}```\n" for title, page in pages.items())


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(reference(), encoding="utf-8")
