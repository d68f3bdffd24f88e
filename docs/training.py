"""Writes the sessions of ``docs/training.md`` anew: ``python docs/training.py``. A test says when that is needed.

They are typed on a terminal of 76 columns, so the page shows what a learner sees.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

PAGE = Path(__file__).with_suffix(".md")
SESSION = re.compile(r"^```text\n\$ reviewer (train [^\n]*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_PROMPTS = ("> ", "名称：", "类别：", "年度值：", "周期值：")
_PATIENCE = 60.0


def played(page: str) -> str:
    """Return *page* with what each of its sessions prints now when the lines after its prompts are typed."""
    with tempfile.TemporaryDirectory() as home:
        return SESSION.sub(lambda block: _played(block.group(1), _typed(block.group(2)), home), page)


def _typed(text: str) -> list[str]:
    return [line[len(prompt) :] for line in text.splitlines() for prompt in _PROMPTS if line.startswith(prompt)]


def _played(words: str, typed: list[str], home: str) -> str:
    shown = _at_terminal(words.split(), typed, home)
    return f"```text\n$ reviewer {words}\n{shown}```\n"


def _at_terminal(words: list[str], typed: list[str], home: str) -> str:
    """Type line after line, each when the program asks for it, then Ctrl-D; return what stands on the terminal."""
    master, slave = pty.openpty()
    environment = {"COLUMNS": "76", "TERM": "dumb", "LC_ALL": "C.UTF-8", "REVIEWER_HOME": home}
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=PAGE.parent.parent,
        env=os.environ | environment,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    seen, waiting = b"", list(typed)
    while select.select([master], [], [], _PATIENCE)[0]:
        try:
            seen += os.read(master, 65536)
        except OSError:  # the program has ended
            break
        if seen.decode(errors="replace").endswith(_PROMPTS):
            os.write(master, f"{waiting.pop(0)}\n".encode() if waiting else b"\x04")
    process.kill()
    process.wait()
    os.close(master)
    return seen.decode().replace("\r\n", "\n")


if __name__ == "__main__":
    PAGE.write_text(played(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
