"""What every test gets: no network, no state of the user, no settings of the caller's shell.

The network is blocked by pytest-socket (``addopts`` in pyproject.toml).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("REVIEWER_") or name in {
            "NO_COLOR",
            "FORCE_COLOR",
            "COLUMNS",
            "PYTHONPATH",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sample() -> Path:
    """A published table of 2023: 27 projects, 121 whole indicators, with the scars of its way through OCR."""
    return ROOT / "data" / "samples" / "huangpu-2023.txt"
