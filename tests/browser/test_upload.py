"""The page for files as people use it: chosen or dropped, by keyboard, on a phone, in the dark, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Request, expect

from reviewer.models import Review
from reviewer.reading import read
from reviewer.web.site import Site
from tests.browser.writing import check_accessible, check_fits
from tests.reading.written import as_list, write_xlsx
from tests.web.serving import Running, running

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
RESULT = re.compile(r"/results/[\w-]{32}$")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(Site()) as one:
        yield one


@pytest.fixture(scope="module")
def workbook(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_xlsx(tmp_path_factory.mktemp("forms") / "申报表.xlsx", [as_list(read(sample))])


@pytest.fixture
def visit(browser: Browser, server: Running) -> Iterator[Visit]:
    """Opens the page in a browser of its own; complaints of a page fail the test at its end."""
    contexts = []
    complaints: list[str] = []

    def open_page(width: int = 1280, refused: bool = False, **options: object) -> Page:
        def heard(text: str) -> None:
            # A browser complains of a refusal that the page itself tells.
            if not (refused and "status of 422" in text):
                complaints.append(text)

        def asked(request: Request) -> None:
            if server.host not in request.url:
                heard(request.url)

        context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: heard(str(error)))
        page.on("console", lambda said: heard(said.text))
        page.on("request", asked)
        page.goto(f"http://{server.host}/upload")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def choose(page: Page, *files: Path) -> None:
    page.set_input_files("#file", list(files))
    page.click("#send")


def drop(page: Page, *names: str, text: str, on: str = "#drop") -> None:
    page.evaluate(
        """([names, text, on]) => {
            const dataTransfer = new DataTransfer();
            for (const name of names) dataTransfer.items.add(new File([text], name));
            for (const kind of ["dragenter", "dragover", "drop"])
                document.querySelector(on).dispatchEvent(
                    new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        [names, text, on],
    )


@pytest.mark.parametrize("script", [True, False])
def test_chosen_workbook_comes_back_annotated(visit: Visit, workbook: Path, tmp_path: Path, script: bool) -> None:
    page = visit(java_script_enabled=script)
    choose(page, workbook)
    page.wait_for_url(RESULT)
    expect(page.locator("h1")).to_have_text("申报表.xlsx")
    saved = {}
    for name in ("下载批注好的原表（副本）", "下载审核意见（Word）", "下载 JSON"):
        with page.expect_download() as started:
            page.get_by_role("link", name=name).click()
        saved[started.value.suggested_filename] = path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
    assert list(saved) == ["申报表.审核.xlsx", "申报表.审核.docx", "申报表.审核.json"]
    book = load_workbook(saved["申报表.审核.xlsx"])
    assert any(cell.comment for row in book["绩效目标"] for cell in row)
    review = Review.model_validate_json(saved["申报表.审核.json"].read_bytes())
    assert page.locator(".projects li").count() == len(review.projects)
    assert f"{review.summary.vague} 条" in page.inner_text(".result")


def test_report_works_under_its_policy(visit: Visit, workbook: Path) -> None:
    page = visit()
    choose(page, workbook)
    page.wait_for_url(RESULT)
    page.get_by_role("link", name="看审核报告").click()
    page.wait_for_url("**/report")
    indicators = page.locator(".indicator:visible")
    everything = indicators.count()
    page.check("input[value=差]")
    assert 0 < indicators.count() < everything
    page.click("#theme")
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))
    page.go_back()
    page.locator(".projects a").first.click()
    page.wait_for_url(re.compile(r"/report#p\d+$"))
    expect(page.locator(f"[id='{page.url.partition('#')[2]}']")).to_be_in_viewport()


def test_dropped_file(visit: Visit, sample: Path) -> None:
    page = visit()
    drop(page, "拖来的.txt", text=sample.read_text(encoding="utf-8"))
    page.wait_for_url(RESULT)
    expect(page.locator("h1")).to_have_text("拖来的.txt")


def test_file_dropped_beside_the_box_leaves_the_page(visit: Visit) -> None:
    page = visit()
    drop(page, "拖来的.txt", text="", on="h1")
    assert page.url.endswith("/upload")
    expect(page.locator("#outcomes")).to_be_hidden()


def test_several_files_and_what_is_wrong_with_one(visit: Visit, sample: Path) -> None:
    page = visit(refused=True)
    text = sample.read_text(encoding="utf-8")
    drop(page, "甲.txt", "<img src=x>.png", "丙.txt", text=text)
    expect(page.locator("#list a")).to_have_count(3)
    drop(page, "坏.json", "丁.txt", text="{")
    expect(page.locator("#list .notice")).to_have_count(2)
    assert page.locator("#list .notice").first.inner_text().startswith("坏.json")
    expect(page.locator("#send")).to_be_enabled()


def test_too_large_a_file_is_not_sent(visit: Visit) -> None:
    page = visit()
    drop(page, "大.txt", text="x" * ((32 << 20) + 1))
    expect(page.locator("#list .notice")).to_contain_text("文件太大，最大 32 MB")


def test_progress_is_shown(visit: Visit, tmp_path: Path) -> None:
    page = visit(refused=True)
    large = tmp_path / "大.txt"
    large.write_bytes(b"x" * (2 << 20))
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2 << 20},
    )
    page.evaluate(
        """() => {
            window.seen = [];
            new MutationObserver(() => seen.push(document.querySelector("#list span")?.textContent))
                .observe(document.getElementById("list"), { subtree: true, childList: true, characterData: true });
        }"""
    )
    choose(page, large)
    expect(page.locator("#list .notice")).to_be_visible()
    seen = [text for text in page.evaluate("seen") if text]
    steps = [int(found[1]) for text in seen if (found := re.search(r"正在上传 (\d+)%", text))]
    assert steps == sorted(steps)
    assert any(0 < step < 100 for step in steps)
    assert seen[-1] == "正在审核"


def test_keyboard_alone(visit: Visit, sample: Path) -> None:
    page = visit()
    page.set_input_files("#file", sample)
    page.focus("#file")
    page.keyboard.press("Tab")
    expect(page.locator("#send")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(RESULT)
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"看审核报告", "下载审核结果（Excel）", "下载审核意见（Word）", "下载 JSON"} <= reached


def test_result_is_deleted_at_once(visit: Visit, sample: Path, server: Running) -> None:
    page = visit()
    choose(page, sample)
    page.wait_for_url(RESULT)
    address = page.url.partition(server.host)[2]
    page.get_by_role("button", name="马上删除").click()
    page.wait_for_url("**/upload")
    assert server.get(address).status == 404


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_accessible_at_any_width_and_in_any_light(visit: Visit, workbook: Path, width: int, colours: str) -> None:
    page = visit(width, color_scheme=colours, refused=True)
    drop(page, "坏.json", "坏.txt", text="{")
    expect(page.locator("#list .notice")).to_have_count(2)
    check_fits(page)
    check_accessible(page)
    choose(page, workbook)
    page.wait_for_url(RESULT)
    check_fits(page)
    check_accessible(page)


def test_page_is_light(visit: Visit) -> None:
    page = visit()
    weight = page.evaluate(
        """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
            .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""
    )
    assert 0 < weight <= 150 << 10
