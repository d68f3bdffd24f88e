"""The empty form: what it offers, what becomes of it filled in, left empty, copied, or overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.pipeline import review
from reviewer.reading import read

from .test_errors import complaint

Command = Callable[..., Any]


@pytest.fixture
def template(run: Command, tmp_path: Path) -> Path:
    path = tmp_path / "申报表.xlsx"
    done = run("template", path)
    assert (done.code, done.out) == (0, "")
    return path


def filled(path: Path, *changes: tuple[str, object]) -> Workbook:
    """Return the template with its example written into the form."""
    book = load_workbook(path)
    form, example = book["申报表"], book["示例"]
    for row in example.iter_rows(min_row=3):
        for cell in row:
            if cell.value is not None:
                form[cell.coordinate].value = cell.value
    for place, value in changes:
        form[place] = value
    return book


def read_back(book: Workbook, path: Path) -> Document:
    book.save(path)
    return read(path)


def test_the_example_reads_back_without_a_fault(template: Path) -> None:
    document = read_back(filled(template), template)
    assert (document.budget_year, document.department) == (2026, "青禾县文化和旅游局")
    (project,) = document.projects
    assert (project.name, project.unit, project.amount) == ("农村公益电影放映", "青禾县电影服务中心", 13.44)
    assert [(row.level2, row.annual_value, row.weight) for row in project.indicators][:4] == [
        ("数量指标", "≥672场", 15),
        ("数量指标", "＝28个", 10),
        ("质量指标", "≥95%", 10),
        ("时效指标", "每月25日前", 5),
    ]
    assert sum(row.weight or 0 for row in project.indicators) == 90
    found = review(document)
    assert found.summary.grade == "优"
    assert [f.code for p in found.projects for owner in (p, *p.indicators) for f in owner.findings] == []


def test_the_example_page_is_never_a_project(template: Path) -> None:
    document = read_back(filled(template, ("C4", "自己的项目")), template)
    assert [project.name for project in document.projects] == ["自己的项目"]
    assert any("示例" in item.message for item in document.diagnostics)


def test_the_empty_form_says_that_it_is_empty(template: Path) -> None:
    with pytest.raises(InputError, match="没有填"):
        read(template)


def test_a_copy_of_the_page_is_one_more_project(template: Path) -> None:
    book = filled(template)
    copy = book.copy_worksheet(book["申报表"])
    copy["C4"] = "图书下乡"
    assert [project.name for project in read_back(book, template).projects] == ["农村公益电影放映", "图书下乡"]


def test_classes_and_comparators_are_offered(template: Path) -> None:
    book = load_workbook(template)
    for name in ("申报表", "示例"):
        rules = {str(rule.sqref): rule for rule in book[name].data_validations.dataValidation}
        assert rules["A11:A30"].formula1 == '"产出指标,成本指标,效益指标,满意度指标"'
        assert rules["B11:B30"].formula1 == "INDIRECT($A11)"
        assert "≥" in rules["D11:D30"].formula1
        assert all(rule.showInputMessage and rule.prompt and len(rule.prompt) <= 255 for rule in rules.values())
        assert all(len(rule.promptTitle) <= 32 for rule in rules.values())
        assert "V101" in rules["E11:E30"].prompt
        assert "V101" in book[name]["E10"].comment.text
    for level1 in ("产出指标", "成本指标", "效益指标", "满意度指标"):
        sheet, area = book.defined_names[level1].attr_text.split("!")
        listed = [cell.value for (cell,) in _rows(book[sheet.strip("'")], area.replace("$", ""))]
        assert listed
        assert all(str(value).endswith("指标") for value in listed)


def _rows(sheet: Any, area: str) -> Any:
    found = sheet[area]
    return found if isinstance(found, tuple) else ((found,),)


def test_each_page_prints_on_one_sheet_of_a4(template: Path) -> None:
    for sheet in load_workbook(template):
        assert str(sheet.page_setup.paperSize) == "9"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_area


def test_a_filled_form_is_not_overwritten(run: Command, template: Path) -> None:
    before = template.read_bytes()
    complaint(run("template", template), "申报表.xlsx", "没有覆盖")
    assert template.read_bytes() == before


def test_it_is_a_workbook(run: Command, tmp_path: Path) -> None:
    complaint(run("template", tmp_path / "申报表.docx"), "申报表.docx", ".xlsx")
    assert not (tmp_path / "申报表.docx").exists()
