"""The page for writing as one person meets it: its weight, its first paint, and how long findings take while typing.

    python benchmarks/web_page.py             # 200 keys, 20 visits
    python benchmarks/web_page.py --keys 50 --visits 5

The table has 40 indicators. A key counts from the event that it causes in the page until what is said of its row has
changed and was painted; the pause in which the page waits for another key is part of that. Chromium, the server and its
workers share the machine. Needs Chromium (/usr/bin/chromium, or REVIEWER_CHROMIUM).
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys

from playwright.sync_api import Browser, Page, sync_playwright
from web import ROWS, draft_of

# The answer to a key has been painted when a task runs that was asked for by the frame after the change.
WATCH = """
window.shown = [];
let typed = 0;
addEventListener("input", () => { typed = performance.now(); }, true);
new MutationObserver((changes) => {
    if (!typed || !changes.some((change) => change.target.className === "outcome")) return;
    const since = typed;
    typed = 0;
    requestAnimationFrame(() => { setTimeout(() => { window.shown.push(performance.now() - since); }, 0); });
}).observe(document.getElementById("rows"), { childList: true, subtree: true });
"""
FILL = """project => {
    draft.clear();
    draft.place(project, 2026, draft.rows.firstElementChild);
    draft.changed();
}"""
LOADED = """() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return {
        files: entries.length,
        bytes: entries.reduce((sum, entry) => sum + entry.decodedBodySize, 0),
        paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    };
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--visits", type=int, default=20)
    asked = parser.parse_args()
    command = [sys.executable, "-m", "reviewer", "serve", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            assert server.stderr
            address = re.search(r"http://\S+", server.stderr.readline())
            assert address, "the server did not start"
            with sync_playwright() as playwright:
                chromium = os.environ.get("REVIEWER_CHROMIUM", "/usr/bin/chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                visits(browser, address[0], asked.visits)
                typing(browser, address[0], asked.keys)
                browser.close()
        finally:
            server.terminate()


def visits(browser: Browser, address: str, number: int) -> None:
    """Open the page as often as that, each time in a browser that knows nothing of it."""
    paints = []
    for _ in range(number):
        page = opened(browser, address)
        loaded = page.evaluate(LOADED)
        paints.append(loaded["paint"])
        page.context.close()
    print(f"page: {loaded['files']} files, {loaded['bytes'] / 1024:.0f} KiB together")
    print(f"first paint: {told(paints)}")


def typing(browser: Browser, address: str, number: int) -> None:
    """Type as many keys into a table, at the pace of people."""
    chance = random.Random(1)
    page = opened(browser, address)
    page.evaluate(FILL, draft_of(0)["projects"][0])
    page.locator(f"#row-{ROWS} .outcome .points").wait_for()
    page.evaluate(WATCH)
    for key in range(1, number + 1):
        if key % 5 == 1:
            page.locator(f"#row-{chance.randint(1, ROWS)} [name=annual_value]").focus()
        page.keyboard.insert_text(chance.choice("按合同约定完成进一步提升≥672场95%"))
        page.wait_for_timeout(chance.uniform(150, 400))
        while page.evaluate("shown.length") < key:
            page.wait_for_timeout(20)
    print(f"{number} keys in a table of {ROWS}, from key to findings: {told(page.evaluate('shown'))}")


def opened(browser: Browser, address: str) -> Page:
    """Return the page, in a browser of its own."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address, wait_until="networkidle")
    return page


def told(times: list[float]) -> str:
    """Return what *times*, in ms, come to."""
    times = sorted(times)
    late = times[int(len(times) * 0.95)]
    return f"median {statistics.median(times):.0f} ms, p95 {late:.0f} ms, longest {times[-1]:.0f} ms"


if __name__ == "__main__":
    main()
