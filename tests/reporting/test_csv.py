"""The CSV table: complete, in the shape that spreadsheets open, and with no cell that they would calculate."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewer.models import Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.csv import HEADINGS, csv_pieces, neutral

from .reviews import everything
from .test_views import HOSTILE, document


def rows(*found: Review, file: str = "表.txt") -> list[dict[str, str]]:
    text = "".join(csv_pieces((file, one) for one in found))
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def plain(cell: str) -> str:
    """Take off what the export put before a cell."""
    return cell[1:] if cell != neutral(cell) else cell


def test_every_project_indicator_and_finding_has_its_row(sample: object) -> None:
    found = review(read(str(sample)))
    table = rows(found)
    assert sum(row["对象"] == "文件" for row in table) == len(found.diagnostics)
    for project in found.projects:
        of_project = [row for row in table if row["项目"] == project.name and row["单位"] == project.unit]
        assert sum(row["对象"] == "项目" for row in of_project) == max(1, len(project.findings))
        for indicator in project.indicators:
            mine = [row for row in of_project if row["序号"] == str(indicator.no)]
            assert [row["规则"] for row in mine] == ([finding.code for finding in indicator.findings] or [""])
            assert {row["年度指标值"] for row in mine} == {neutral(indicator.annual_value)}
            assert {float(row["指标得分"]) for row in mine} == {indicator.score}


def test_the_table_is_for_spreadsheets() -> None:
    text = "".join(csv_pieces([("表.txt", everything())]))
    assert text.startswith("\ufeff文件,对象,单位,项目,金额（万元）")
    assert text.endswith("\r\n")
    assert not re.search(r"(?<!\r)\n", text)
    assert all(len(row) == len(HEADINGS) for row in csv.reader(io.StringIO(text, newline="")))


def test_state_source_and_failures_of_the_model_are_told() -> None:
    table = rows(everything())
    assert {row["状态"] for row in table} == {"", "上次已有", "已豁免（合同在审）"}
    assert {row["来源"] for row in table} == {"", "规则", "模型", "规则与模型"}
    assert [row["问题"] for row in table if row["规则名称"] == "模型未能判断"] == ["180 秒内没有等到完整的回复"]
    assert [row["问题"] for row in table if row["规则名称"] == "模型的话未采用"] == ["第 2 条，改写：“≥99%”资料里没有"]
    assert [row["规则名称"] for row in table if row["规则"] == "H101"] == ["house-rule"]
    assert any("离线判断不了。" in row["未检查"] for row in table)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_come_back_as_they_were(name: str) -> None:
    text = HOSTILE[name]
    table = rows(review(document(text)), file=text)
    last = table[-1]
    assert {plain(last[column]) for column in ("文件", "单位", "项目", "指标名称", "年度指标值")} == {text}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "'=1",
        '"=1',
        " ' =1",
        "＝1",
        "＠A",
        "=HYPERLINK(1)",
    ],
)
def test_no_cell_begins_a_formula(text: str) -> None:
    for row in rows(review(document(text)), file=text):
        for cell in row.values():
            assert not re.match(r"[=+\-@\t\r\n＝＋－＠]|[\s\"]+[=+\-@＝＋－＠]", cell)
    assert neutral(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    row = rows(everything())[2]
    assert float(row["金额（万元）"]) == 70.47
    assert not row["项目得分"].startswith("'")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text("=+-@'\" \t\r\n,;a", max_size=8))
@example("'")
@example("''=")
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_had_back(text: str) -> None:
    line = io.StringIO("".join(csv_pieces([(text, review(document("放映672场")))]))[1:], newline="")
    assert {plain(row["文件"]) for row in csv.DictReader(line)} == {text}
