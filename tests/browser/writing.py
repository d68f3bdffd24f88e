"""How a test writes a draft in the page: in a browser of its own, by keys, by an input method, from the clipboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.web.serving import Running

expect.set_options(timeout=15_000)  # a machine with other things to do is slow, and no fault of the page

Visit = Callable[..., Page]
Row = tuple[str, str, str]


@contextmanager
def visiting(browser: Browser, server: Running) -> Iterator[Visit]:
    """Yield what opens the page for writing; whatever a page complains of, or asks elsewhere, fails at the end."""
    contexts = []
    complaints: list[str] = []

    def open_page(width: int = 1280, allowed: tuple[str, ...] = (), stopped: bool = False, **options: Any) -> Page:
        """*allowed* are parts of complaints that belong to the test; time stands still in a *stopped* page."""

        def heard(text: str) -> None:
            if not any(part in text for part in allowed):
                complaints.append(text)

        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        if stopped:
            page.clock.install()
        page.on("pageerror", lambda error: heard(str(error)))
        page.on("console", lambda said: heard(said.text))
        page.on("dialog", lambda dialog: heard(f"{dialog.type} {dialog.message}") or dialog.dismiss())
        page.on("request", lambda request: server.host in request.url or heard(request.url))
        page.goto(f"http://{server.host}/")
        if stopped:
            page.clock.pause_at(page.evaluate("Date.now() + 1000"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def field(page: Page, name: str, at: int = 1) -> Locator:
    """A field of row *at*, counted from 1."""
    return page.locator(f"#row-{at} [name={name}]")


def outcome(page: Page, at: int = 1) -> Locator:
    """What is said of row *at*."""
    return page.locator(f"#row-{at} .outcome")


def write(page: Page, at: int, name: str, value: str, label: str = "") -> None:
    """Fill in row *at*."""
    if label:
        field(page, "class", at).select_option(label=label)
    field(page, "name", at).fill(name)
    field(page, "annual_value", at).fill(value)


def rows(page: Page) -> list[Row]:
    """Class, name and annual value of the rows that are not empty."""
    found = page.evaluate("[...document.querySelectorAll('#rows > li')].map(draft.values)")
    return [(label, name, annual) for label, name, _, annual in found if name or annual]


def paste(page: Page, text: str, html: str = "") -> None:
    """Put *text*, and *html* that says the same, on the clipboard and paste it where the cursor is."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async ([text, html]) => {
            const kinds = { "text/plain": new Blob([text], { type: "text/plain" }) };
            if (html) kinds["text/html"] = new Blob([html], { type: "text/html" });
            await navigator.clipboard.write([new ClipboardItem(kinds)]);
        }""",
        [text, html],
    )
    page.keyboard.press("Control+V")


def checks(page: Page) -> list[dict[str, list[str]]]:
    """Return a list that grows with each draft that *page* sends to be judged."""
    sent: list[dict[str, list[str]]] = []

    def asked(request: Request) -> None:
        if request.url.endswith("/write/check"):
            sent.append(parse_qs(request.post_data or ""))

    page.on("request", asked)
    return sent


def judged(text: str) -> str:
    """An answer of the server that says *text* of the draft as a whole."""
    return json.dumps({"summary": f"<p>{text}</p>", "goal": "", "rows": {}}, ensure_ascii=False)


def check_accessible(page: Page) -> None:
    """Nothing serious is wrong for those who do not see the page."""
    page.evaluate(AXE_SCRIPT)
    faults = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    assert [
        (fault["id"], [node["html"] for node in fault["nodes"]][:3])
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ] == []


def check_fits(page: Page) -> None:
    """Nobody has to scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
