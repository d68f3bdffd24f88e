"""The department report in each format: everything is told, long lists are cut with a word, and no text runs."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pytest

from reviewer.bulk.department import Report, report_of
from reviewer.bulk.rundir import opened_for_reading
from reviewer.models import Document
from reviewer.reporting.department.html import MOST_PROJECTS, render_html
from reviewer.reporting.department.letter import render_letter
from reviewer.reporting.department.markdown import render_markdown
from reviewer.reporting.department.terminal import render_terminal
from reviewer.reporting.department.workbook import COMPARED, SHEETS, render_workbook
from reviewer.reporting.layout import width_of
from tests.bulk.runs import TEXT, demanding, document, project, row, run_of

HOSTILE = "=cmd|'/c calc'!A1<script>alert(1)</script>|`*\x1b[31m\u202e甲"


def reported(folder: Path, against: Path | None = None) -> Report:
    with opened_for_reading(folder) as run:
        if against is None:
            return report_of(run)
        with opened_for_reading(against) as before:
            return report_of(run, against=before)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report that has everything, a comparison too."""
    folder = tmp_path_factory.mktemp("runs")
    before = run_of(folder / "上次", [("甲", document(project("水库巡查", row("巡查里程", "≥36公里"), amount=250.0)))])
    return reported(demanding(folder / "run"), before)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    table = Document(
        title=HOSTILE,
        department=HOSTILE,
        projects=[
            project(name, row(HOSTILE, f"按{HOSTILE}完成"), row(HOSTILE, TEXT), unit=HOSTILE, goal=f"提升{HOSTILE}")
            for name in (HOSTILE, f"{HOSTILE}二")
        ],
    )
    folder = tmp_path_factory.mktemp("run")
    return reported(run_of(folder, [(HOSTILE, table)], unread=[(f"{HOSTILE}.xlsx", HOSTILE)]))


def sheets(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw))


def cells(book: openpyxl.Workbook, name: str) -> list[list[object]]:
    return [list(each) for each in book[name].iter_rows(values_only=True)]


def paragraphs(raw: bytes) -> str:
    paper = docx.Document(io.BytesIO(raw))
    texts = [each.text for each in paper.paragraphs]
    texts += [cell.text for table in paper.tables for each in table.rows for cell in each.cells]
    return "\n".join(texts)


def texts(report: Report) -> dict[str, str]:
    book = sheets(render_workbook(report))
    said = "\n".join(str(value) for name in book.sheetnames for each in cells(book, name) for value in each if value)
    return {
        "terminal": render_terminal(report, width=100, color=False),
        "markdown": render_markdown(report),
        "html": render_html(report),
        "docx": paragraphs(render_letter(report)),
        "xlsx": said,
    }


def test_every_format_tells_the_same_story(full: Report) -> None:
    for name, text in texts(full).items():
        text = text.replace("\n", "").replace(" ", "").replace("\\", "")
        for said in (
            "总体得分54.1分",
            "占已填金额的85%",
            "1个项目没有填金额",
            "1个项目是重复报送的",
            "还有6个项目没有审完",
            "1个文件读不了",
            "1个项目模型没能判断",
            "部门豁免的问题1处",
            "变好0个、变差1个",
            "V102只有程度词或口号",
            "改善农村人居环境",
            "2条指标模型反复判断不一致",
            "单价未知，费用未知",
        ):
            assert said in text, f"{name}: {said}"


def test_a_run_without_results_says_so_in_every_format(tmp_path: Path) -> None:
    for name, text in texts(reported(run_of(tmp_path, []))).items():
        assert "还没有一个项目有结果" in text, name


def test_the_workbook_has_its_sheets_and_opens(full: Report) -> None:
    book = sheets(render_workbook(full))
    assert book.sheetnames == [*SHEETS, COMPARED]
    projects = cells(book, "项目")
    head = next(each for each in projects if each[0] == "名次")
    found = [each for each in projects[projects.index(head) + 1 :] if each[0]]
    assert [each[0] for each in found] == list(range(1, 7))
    assert found[-1][3] == 70.47  # a number, to add up
    assert found[0][3] == "未填"
    assert book["项目"].auto_filter.ref == f"A{projects.index(head) + 1}:L{len(projects)}"
    assert book["项目"].freeze_panes == f"A{projects.index(head) + 2}"
    assert book["空泛用语"].max_row == len(full.phrases) + 2
    assert {each[0] for each in cells(book, "重复") if each[0]} >= {"组", 1, 2, 3, 4}


def test_the_workbook_keeps_all_and_the_page_says_what_it_cuts(tmp_path: Path) -> None:
    many = [project(f"渠道{at}清淤", row("清淤长度", f"按计划{at}")) for at in range(MOST_PROJECTS + 50)]
    report = reported(run_of(tmp_path, [("甲", document(*many))]))
    page = render_html(report)
    assert page.count('<tr><td class="number" data-value=') == MOST_PROJECTS + 1  # and one unit
    assert "只列前 1,000 行，另有 50 行见工作簿（xlsx）。" in page
    book = sheets(render_workbook(report))
    assert book["项目"].max_row > MOST_PROJECTS + 50


def test_formulas_stay_text(hostile: Report) -> None:
    raw = render_workbook(hostile)
    book = sheets(raw)
    seen = 0
    for name in book.sheetnames:
        for each in book[name].iter_rows():
            for cell in each:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert cell.quotePrefix
                    seen += 1
    assert seen > 5
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        assert all(b"<f>" not in package.read(name) for name in package.namelist())


def test_hostile_text_stays_text(hostile: Report) -> None:
    found = texts(hostile)
    assert "<script>alert(1)" not in found["html"].partition("<body>")[2].rpartition("<script>")[0]
    assert "&lt;script&gt;alert(1)" in found["html"]
    assert "<script>" not in found["markdown"].replace("\\<script\\>", "")
    for text in found.values():
        assert "\x1b" not in text
        assert "\u202e" not in text or text is found["xlsx"]


def test_a_cell_of_markdown_holds_one_cell(hostile: Report) -> None:
    lines = render_markdown(hostile).splitlines()
    heads = [at for at, line in enumerate(lines) if line.startswith("|--")]
    assert heads
    for at in heads:
        columns = lines[at].count("|") - 1
        for line in lines[at + 1 :]:
            if not line.startswith("|"):
                break
            assert line.replace("\\|", "").count("|") == columns + 1


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_the_terminal_is_too_long(full: Report, width: int) -> None:
    assert all(width_of(line) <= width for line in render_terminal(full, width=width, color=False).splitlines())


def test_colour_only_where_it_is_wanted(full: Report) -> None:
    assert "\x1b[" not in render_terminal(full, width=80, color=False)
    assert "\x1b[" in render_terminal(full, width=80, color=True)


def test_the_paper_numbers_its_parts_and_marks_what_is_wrong(full: Report) -> None:
    raw = render_letter(full)
    paper = docx.Document(io.BytesIO(raw))
    heads = [each.text for each in paper.paragraphs if each.style and each.style.style_id == "Heading1"]
    assert [head.partition("、")[0] for head in heads] == [*"一二三四五六七八九十", "十一"]
    assert "⟦" in paragraphs(raw)


def test_two_tables_in_the_paper_are_never_neighbours(full: Report) -> None:
    # Word would make one table of them.
    body = docx.Document(io.BytesIO(render_letter(full))).element.body
    kinds = [child.tag.rpartition("}")[2] for child in body]
    assert ("tbl", "tbl") not in pairwise(kinds)


def test_the_same_run_gives_the_same_bytes(full: Report) -> None:
    for render in (render_workbook, render_letter, render_html):
        assert render(full) == render(full)
