"""One server for all tests that need no other settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.web.site import Site
from tests.web.serving import Running, running


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    with running(Site()) as one:
        yield one
