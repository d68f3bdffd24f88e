"""The clean workbook for what was no workbook: it reads back, is annotated, and is safe with any text."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reviewer.models import Document, Indicator, Project, Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.workbook import annotated, clean
from reviewer.reporting.workbook.xml import MOST_CHARACTERS, is_formula

from .reviews import everything
from .test_views import HOSTILE, document


def fields(found: Document) -> list[object]:
    """What a document holds, places and weights left out."""
    rows = {"projects": {"__all__": {"indicators": {"__all__": {"where", "weight"}}}}}
    return list(found.model_dump(exclude=rows).items())


def test_the_sample_reads_back(sample: Path, tmp_path: Path) -> None:
    original = read(sample)
    path = tmp_path / "表.xlsx"
    path.write_bytes(clean(review(original)))
    again = read(path)
    assert fields(again) == fields(original)
    assert {one.where.partition("!")[0] for p in again.projects for one in p.indicators if one.where} == {"绩效目标"}
    path.write_bytes(annotated(review(again), path)[0])
    assert read(path) == again


def test_the_list_is_laid_out_for_people(sample: Path) -> None:
    book = load_workbook(BytesIO(clean(review(read(sample)))))
    assert book.sheetnames == ["审核汇总", "审核说明", "绩效目标"]
    sheet = book["绩效目标"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "单位名称")
    titles = [cell.value for cell in header]
    assert titles[1:5] == ["项目名称", "金额（万元）", "绩效目标", "一级指标"]
    assert titles[-2:] == ["审核意见", "建议改写"]
    assert sheet.print_title_rows == f"${header[0].row}:${header[0].row}"
    first = sheet.cell(header[0].row + 3, 2)
    assert any(first.coordinate in area for area in sheet.merged_cells.ranges)
    assert sheet.cell(header[0].row + 1, 3).number_format == "#,##0.00"
    assert any(cell.comment for row in sheet.iter_rows() for cell in row)


def test_numbers_of_indicators_that_skip_and_missing_fields(tmp_path: Path) -> None:
    row = {"level1": "产出指标", "level2": "数量指标", "annual_value": "≥5次"}
    rows = [
        Indicator(no=1, name="巡河次数", cycle_value="≥15次", **row),
        Indicator(no=5, name="清淤次数", cycle_value="≥9次", **row),
    ]
    original = Document(
        department="青禾县水务局",
        budget_year=2026,
        total=12.5,
        projects=[
            Project(name="巡河", goal="巡河5次。", amount=12.5, indicators=rows),
            Project(name="没有指标的项目", amount=0.0, goal="待定。"),
        ],
    )
    path = tmp_path / "表.xlsx"
    path.write_bytes(clean(review(original)))
    assert fields(read(path)) == fields(original)


def test_one_of_everything_is_told() -> None:
    book = load_workbook(BytesIO(clean(everything())))
    beside = "\n".join(str(cell.value) for row in book["绩效目标"].iter_rows() for cell in row if cell.value)
    for word in (
        "〔规则与模型〕",
        "〔上次已有〕",
        "〔已豁免（合同在审）〕",
        "〔模型〕〔有分歧〕",
        "house-rule",
        "模型未能判断",
    ):
        assert word in beside
    assert "模型的话未采用：第 2 条" in beside
    notes = "\n".join(str(cell.value) for row in book["审核说明"].iter_rows() for cell in row if cell.value)
    assert "已豁免（合同在审）" in notes
    assert "项目“剧场修缮”的金额读不出来。" in notes
    assert "desk" in notes
    assert "未填" in {cell.value for row in book["审核汇总"].iter_rows() for cell in row}


def test_nothing_was_read() -> None:
    book = load_workbook(BytesIO(clean(review(Document()))))
    assert "没有读到项目。" in {cell.value for row in book["审核汇总"].iter_rows() for cell in row}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_texts(name: str) -> None:
    assert_only_texts(review(document(HOSTILE[name])), HOSTILE[name])


@given(st.text(max_size=40) | st.text("=+-@'\" \t\r\n_x000D;a", max_size=12))
@example('=HYPERLINK("http://a")')
@example("_x000D_")
@example("\x1f\n")
@example("\ud800")
@settings(max_examples=30, deadline=None)
def test_any_text_comes_back_as_a_text(text: str) -> None:
    assert_only_texts(review(document(text)), text)


def assert_only_texts(found: Review, text: str) -> None:
    book = load_workbook(BytesIO(clean(found)))
    shown = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str):
                    shown.append(unescaped(cell.value))
                    if is_formula(cell.value):
                        assert cell.quotePrefix
    wanted = re.sub(
        r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text.replace("\r\n", "\n").replace("\r", "\n")
    )
    assert not wanted or wanted in shown


def unescaped(text: str) -> str:
    """Return what Excel makes of a text; openpyxl leaves escapes of characters as they are."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_no_cell_is_longer_than_excel_allows() -> None:
    text = "𠮷" * 20_000
    book = load_workbook(BytesIO(clean(review(document(text)))))
    longest = max((str(cell.value) for row in book["绩效目标"].iter_rows() for cell in row), key=len)
    assert len(longest.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert longest.endswith("（太长，后面的略去）")
