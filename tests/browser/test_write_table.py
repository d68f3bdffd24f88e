"""Between the page for writing and Excel: rows and columns pasted, drafts exported and read back."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from reviewer.reading import read
from tests.browser.writing import Visit, field, outcome, paste, rows, write
from tests.web.test_pasted import FULL, HEADER

pytestmark = pytest.mark.browser

PASTED = [
    ("产出指标/数量指标", "放映场次", "≥672场"),
    ("产出指标/质量指标", "设备完好率", "≥95%"),
    ("满意度指标/服务对象满意度指标", "观众满意度", "≥90%"),
]


def cells(*texts: str) -> str:
    """A column of cells as Excel puts it on the clipboard."""
    return f"<table>{''.join(f'<tr><td>{text}</td></tr>' for text in texts)}</table>"


@pytest.mark.parametrize("header", [HEADER, ""])
def test_rows_pasted(visit: Visit, header: str) -> None:
    page = visit()
    field(page, "name").focus()
    paste(page, header + FULL)
    expect(page.locator("#undo")).to_contain_text("已粘贴 3 条指标")
    assert rows(page) == PASTED
    expect(outcome(page, 3)).to_contain_text("分")
    page.keyboard.press("Control+z")
    assert rows(page) == []


def test_rows_go_where_there_is_room_and_cost_nothing_that_stands(visit: Visit) -> None:
    page = visit()
    write(page, 2, "原有的", "≥1次")
    field(page, "class", 1).focus()  # the first cell of a row is a list, and takes a paste as well
    paste(page, FULL)
    expect(page.locator("#undo")).to_be_visible()
    assert rows(page) == [PASTED[0], *PASTED[1:], ("", "原有的", "≥1次")]


def test_rows_pasted_with_the_cursor_nowhere(visit: Visit) -> None:
    page = visit()
    write(page, 1, "原有的", "≥1次")
    page.evaluate("document.activeElement.blur()")
    paste(page, FULL)
    expect(page.locator("#undo")).to_be_visible()
    assert rows(page) == [("", "原有的", "≥1次"), *PASTED]


def test_whole_form_pasted(visit: Visit) -> None:
    page = visit()
    page.fill("[name=unit]", "青禾县电影服务中心")
    field(page, "name").focus()
    paste(
        page, f"项目名称\t电影放映\n实施单位\t别的单位\n项目金额（万元）\t70\n绩效目标\t全年放映672场\n{HEADER}{FULL}"
    )
    expect(page.locator("[name=project]")).to_have_value("电影放映")
    expect(page.locator("[name=amount]")).to_have_value("70")
    expect(page.locator("[name=goal]")).to_have_value("全年放映672场")
    expect(page.locator("[name=unit]")).to_have_value("青禾县电影服务中心")
    assert rows(page) == PASTED


def test_cycle_values_pasted(visit: Visit) -> None:
    page = visit()
    field(page, "name").focus()
    paste(page, "产出指标\t数量指标\t放映场次\t≥2016场\t≥672场")
    expect(field(page, "cycle_value")).to_have_value("≥2016场")
    expect(page.locator("#with-cycle")).to_be_checked()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("≥672场\r\n", "≥672场"),
        ('"放映\n场次"', "放映场次"),
        ('"公益"放映', '"公益"放映'),
        ("第一行\n第二行", "第一行第二行"),
    ],
)
def test_one_cell_pasted(visit: Visit, text: str, shown: str) -> None:
    page = visit()
    field(page, "annual_value").fill("前后")
    field(page, "annual_value").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    paste(page, text)
    expect(field(page, "annual_value")).to_have_value(f"前{shown}后")
    expect(page.locator("#undo")).to_be_hidden()
    expect(outcome(page)).to_contain_text("分")
    page.keyboard.press("Control+z")  # the browser's own
    expect(field(page, "annual_value")).to_have_value("前后")


def test_column_pasted(visit: Visit) -> None:
    page = visit()
    values = ["≥672场", "≥95%", "≥90%", "≥1次", "≥2次"]
    field(page, "annual_value").focus()
    paste(page, "\r\n".join(values) + "\r\n", cells(*values))
    assert [value for _, _, value in rows(page)] == values
    page.keyboard.press("Control+z")
    assert rows(page) == []


def test_text_is_pasted_into_the_goal_as_it_is(visit: Visit) -> None:
    page = visit()
    page.focus("[name=goal]")
    paste(page, "第一行\t有制表符\n第二行")
    expect(page.locator("[name=goal]")).to_have_value("第一行\t有制表符\n第二行")


def test_what_is_no_table_of_indicators(visit: Visit) -> None:
    page = visit(allowed=("422",))
    write(page, 1, "原有的", "≥1次")
    paste(page, "≥672场\t\n≥90%\t\n")
    expect(page.locator("#notice")).to_contain_text("请连表头一起复制")
    assert rows(page) == [("", "原有的", "≥1次")]
    field(page, "name", 2).press_sequentially("甲")
    expect(page.locator("#notice")).to_be_hidden()


def test_more_than_there_is_room_for(visit: Visit) -> None:
    page = visit()
    field(page, "name").focus()
    paste(page, HEADER + "产出指标\t数量指标\t放映场次\t≥672场\n" * 203)
    expect(page.locator("#notice")).to_have_text("最多 200 条指标，有 3 条没有放进来。")
    expect(page.locator("#rows > li")).to_have_count(200)


def test_several_projects(visit: Visit) -> None:
    page = visit()
    field(page, "name").focus()
    header = "项目名称\t绩效目标\t一级指标\t二级指标\t三级指标\t指标值\n"
    one = "放映672场\t产出指标\t数量指标\t放映场次\t≥672场\n"
    paste(page, f"{header}甲\t{one}乙\t{one}")
    expect(page.locator("#notice")).to_contain_text("另有 1 个项目")
    expect(page.locator("[name=project]")).to_have_value("甲")
    assert len(rows(page)) == 1


# ── Exports ──────────────────────────────────────────────────────────────────


def saved(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("button", name=button).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def test_workbook_reads_back_as_the_same_rows(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    page.get_by_role("button", name="看一个例子").click()
    expect(outcome(page, 5)).to_contain_text("分")
    path = saved(page, "导出 Excel", tmp_path)
    assert path.name == "农村公益电影放映.审核.xlsx"
    document = read(path)
    project = document.projects[0]
    assert [(f"{row.level1}/{row.level2}", row.name, row.annual_value) for row in project.indicators] == rows(page)
    assert (project.name, project.amount, document.budget_year) == ("农村公益电影放映", 70.0, 2026)
    assert project.goal == page.input_value("[name=goal]")


def test_letter(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    write(page, 1, "放映场次", "按合同约定完成")
    path = saved(page, "导出审核意见（Word）", tmp_path)
    assert path.name == "绩效指标.审核.docx"
    assert "按合同约定完成" in "".join(docx.Document(str(path)).element.itertext())


def test_there_is_nothing_to_export(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="导出 Excel").click()
    expect(page.locator("#notice")).to_have_text("还没有写指标，没有可以导出的。")
