"""The pages of a department as people use them: opened, sorted, drilled into, compared, on a phone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reviewer.web.site import Site
from tests.browser.writing import check_accessible, check_fits
from tests.web.serving import Running, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("runs")
    for name in ("2023", "2024"):
        command = [sys.executable, "-m", "reviewer", "bulk", str(sample), "--run", str(folder / name), "--offline"]
        subprocess.run(command, capture_output=True, check=True)
    with running(Site(runs=folder)) as one:
        yield one


@pytest.fixture(params=[1280, 360])
def page(browser: Browser, server: Running, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The list of runs; complaints of any page, such as of its policy, fail the test at its end."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"http://{server.host}/runs")
    yield page
    context.close()
    assert complaints == []


def check(page: Page) -> None:
    """Nothing serious is wrong for those who do not see the page, and it fits."""
    check_accessible(page)
    check_fits(page)


def test_from_the_list_to_one_project(page: Page) -> None:
    check(page)
    page.get_by_role("link", name="逐个看“2023”的项目").click()
    expect(page.locator("h1")).to_have_text("2023")
    page.get_by_role("link", name="金额从大到小").click()
    expect(page.locator("[aria-current=true]")).to_have_text("金额从大到小")
    check(page)
    first = page.locator("main ol a").first
    name = first.inner_text()
    first.click()
    expect(page.locator("body")).to_contain_text(name)
    check(page)


def test_a_report_and_a_comparison_work_under_their_own_policy(page: Page) -> None:
    page.get_by_role("link", name="2024", exact=True).click()
    expect(page.locator("h1")).to_be_visible()
    check(page)
    page.go_back()
    page.get_by_label("与较早的批次比较").last.select_option(label="2023")
    page.get_by_role("button", name="比较").last.click()
    page.wait_for_url("**against=*")
    check(page)
