from __future__ import annotations

from pathlib import Path

import pytest
from tenacity import wait_random

from reviewer.judging import asking


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits that grow with every failure; what the endpoint asks for is waited for in full."""
    monkeypatch.setattr(asking, "_backed_off", wait_random(0, 0.02))
