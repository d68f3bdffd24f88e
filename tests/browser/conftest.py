"""Debian's Chromium, driven by playwright; nothing is downloaded and nothing is fetched from anywhere.

The tests are skipped where there is no Chromium, unless REVIEWER_CHROMIUM says that there must be one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reviewer.models import Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.html import render_html
from reviewer.web.site import Site
from tests.browser.writing import Visit, visiting
from tests.web.serving import Running, running

# Read before the fixtures of the suite clear the environment.
WANTED = os.environ.get("REVIEWER_CHROMIUM")
CHROMIUM = Path(WANTED or "/usr/bin/chromium")

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # For a module and no longer: playwright keeps an event loop, and other tests start their own.
    if not CHROMIUM.exists():
        if WANTED:
            pytest.fail(f"REVIEWER_CHROMIUM: there is no {CHROMIUM}")
        pytest.skip(f"needs Chromium: there is no {CHROMIUM}, and REVIEWER_CHROMIUM names no other")
    with sync_playwright() as playwright:
        # The sandbox cannot be had by root or inside most containers, and the pages are our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def reviewed(sample: Path) -> Review:
    return review(read(str(sample)))


@pytest.fixture(scope="session")
def report(reviewed: Review) -> str:
    return render_html(reviewed, "huangpu-2023.txt")


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens HTML as a file in a browser of its own; complaints of the page fail the test at its end."""
    contexts = []
    complaints: list[str] = []

    def open_page(html: str, width: int = 1280, allowed: tuple[str, ...] = (), **options: object) -> Page:
        def heard(text: str) -> None:
            if not any(part in text for part in allowed):
                complaints.append(text)

        path = tmp_path / f"{len(contexts)}.html"
        path.write_bytes(html.encode())
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: heard(str(error)))
        page.on("console", lambda said: heard(said.text))
        page.on("dialog", lambda dialog: heard(dialog.message) or dialog.dismiss())
        page.on("request", lambda request: request.url == path.as_uri() or heard(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(Site()) as one:
        yield one


@pytest.fixture
def visit(browser: Browser, server: Running) -> Iterator[Visit]:
    """Opens the page for writing; complaints of the page fail the test at its end."""
    with visiting(browser, server) as visit:
        yield visit
