"""Document JSON: read at once when it is right, piece by piece when it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewer.errors import InputError
from reviewer.models import Diagnostic, Document
from reviewer.reading import read, reconciliation
from reviewer.reading.notes import Notes
from reviewer.reading.records import read_records

ROW = {"no": 1, "level1": "产出指标", "level2": "数量指标", "name": "放映场次", "annual_value": "≥672场"}


def project(*rows: object, **fields: object) -> dict[str, Any]:
    return {"name": "农村电影放映", "amount": 6.72, "goal": "每村每月2场", "indicators": list(rows), **fields}


def load(data: object) -> Document:
    return read_records(json.dumps(data, ensure_ascii=False), "表.json", Notes())


def found(document: Document, code: str) -> list[Diagnostic]:
    return [item for item in document.diagnostics if item.code == code]


def test_the_sample_survives_the_way_through_json(sample: Path, tmp_path: Path) -> None:
    document = read(sample)
    path = tmp_path / "表.json"
    path.write_text(document.model_dump_json(), encoding="utf-8")
    again = read(path)
    assert again.model_dump() == document.model_dump()
    assert {item.code for item in again.diagnostics} == {"D006", "D009"}
    assert reconciliation(again).agrees is True


def test_text_that_begins_like_json_is_json(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("\ufeff\n  " + json.dumps({"projects": [project(ROW)]}), encoding="utf-8")
    assert read(path).projects[0].indicators[0].name == "放映场次"


def test_what_is_right_is_read_without_a_word() -> None:
    document = load({"budget_year": 2024, "total": 6.72, "projects": [project(ROW)]})
    assert document.diagnostics == []
    assert document.projects[0].indicators[0].annual_value == "≥672场"


def test_an_empty_cell_is_no_mistake() -> None:
    document = load({"projects": [project({**ROW, "annual_value": None}, goal=None)]})
    assert document.projects[0].indicators[0].annual_value == ""
    assert document.diagnostics == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**ROW, "no": "二"}, ("no 应当是整数", '"no": "二"', "≥672场")),
        ({"no": 2, "name": "合格率"}, ("annual_value 缺少这一项", "合格率")),
        ({**ROW, "annual_value": ["≥672场"]}, ("annual_value 应当是文字", "≥672场")),
        ("放映场次≥672场", ("应当是一组键和值", "放映场次≥672场")),
        (None, ("应当是一组键和值", "null")),
    ],
)
def test_one_bad_indicator_is_reported_and_the_others_are_kept(row: object, words: tuple[str, ...]) -> None:
    rows = [{**ROW, "no": number} for number in range(1, 9)]
    document = load({"projects": [project(ROW), project(*rows[:1], row, *rows[2:])]})
    assert [indicator.no for indicator in document.projects[1].indicators] == [1, 3, 4, 5, 6, 7, 8]
    (bad,) = document.diagnostics
    assert (bad.code, bad.severity, bad.where) == ("D009", "error", "project 2, indicator 2")
    assert "第 2 个项目的第 2 条指标" in bad.message
    assert [word for word in words if word not in bad.message] == []


def test_a_key_that_may_be_missing_is_left_out_alone() -> None:
    rows = [{**ROW, "weight": "十分"}, {**ROW, "no": 2, "备注": "见附件"}]
    document = load({"projects": [project(*rows, amount="见附件2")], "部门": "文化局"})
    assert len(document.projects[0].indicators) == 2
    assert document.projects[0].amount is None
    said = {item.where: item.message for item in document.diagnostics}
    assert "weight 应当是数字" in said["project 1, indicator 1"]
    assert "备注 不认识这一项" in said["project 1, indicator 2"]
    assert "见附件" in said["project 1, indicator 2"]
    assert "见附件2" in said["project 1"]
    assert "文化局" in said["document"]


def test_a_number_where_text_is_expected_is_its_text() -> None:
    document = load({"projects": [project({**ROW, "annual_value": 672, "cycle_value": 56.5})]})
    row = document.projects[0].indicators[0]
    assert (row.annual_value, row.cycle_value) == ("672", "56.5")
    assert {item.severity for item in document.diagnostics} == {"hint"}


def test_a_bad_project_is_reported_and_the_others_are_kept() -> None:
    document = load({"projects": [5, project(ROW), {"indicators": [ROW]}, project(indicators="无")]})
    assert [item.name for item in document.projects] == ["农村电影放映", "", "农村电影放映"]
    assert [item.where for item in found(document, "D009")] == ["project 1", "project 3", "project 4"]
    assert found(document, "D008")[0].message == "项目“农村电影放映”没有指标。"


def test_classes_are_normalised_and_unknown_ones_quoted() -> None:
    rows = [
        {**ROW, "level1": "1-产出指标", "level2": "11-数量指标（10分）"},
        {**ROW, "level1": "产出", "level2": "特色指标"},
    ]
    document = load({"projects": [project(*rows)]})
    first, second = document.projects[0].indicators
    assert (first.level1, first.level2, first.weight) == ("产出指标", "数量指标", 10)
    assert second.level2 == "特色指标"
    (unknown,) = found(document, "D009")
    assert (unknown.where, unknown.severity) == ("project 1, indicator 2", "warning")
    assert "特色指标" in unknown.message


def test_markup_and_undecoded_characters_are_reported() -> None:
    rows = [{**ROW, "annual_value": "≥672场<br>"}, {**ROW, "no": 2, "name": "合\ufffd率"}]
    document = load({"projects": [project(*rows)]})
    assert found(document, "D006")[0].where == "project 1, indicator 1"
    assert found(document, "D007")[0].where == "project 1, indicator 2"


def test_sums_that_disagree_are_reported() -> None:
    document = load({"total": 10, "projects": [project(ROW)]})
    assert "相差 3.28 万元" in found(document, "D001")[0].message


def test_amounts_that_are_no_numbers_are_left_out() -> None:
    text = (
        '{"total": NaN, "units": [{"name": "局", "total": 1e999}], "projects": [{"name": "放映", "amount": -Infinity}]}'
    )
    document = read_records(text, "表.json", Notes())
    assert (document.total, document.units, document.projects[0].amount) == (None, [], None)
    assert len(found(document, "D009")) == 3
    assert reconciliation(document).agrees is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"projects": [', "第 1 行第 15 列"),
        ('{\n  "title": "项目支出绩效目标表" "projects": []\n}', "第 2 行第 24 列"),
        ('{"projects": []} 多余', "第 1 行第 18 列"),
        ("{'projects': []}", "第 1 行第 2 列"),
    ],
)
def test_broken_json_names_line_and_column(text: str, place: str) -> None:
    with pytest.raises(InputError, match="不是完整的 JSON") as caught:
        read_records(text, "表.json", Notes())
    assert f"表.json {place}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "没有一个项目"),
        ('{"projects": []}', "没有一个项目"),
        ('{"rows": 1}', "没有一个项目"),
        ("[]", "顶层须是"),
        ('"表"', "顶层须是"),
        ("null", "顶层须是"),
        ('{"projects": {"name": "放映"}}', "顶层须是"),
        ('{"projects": [5]}', "没有一个项目"),
        ("[" * 100_000, "JSON"),
        ('{"projects": [{"name": "\\ud800"}]}', "JSON"),
        (f'{{"total": 1{"0" * 5000}, "x": 1}}', "JSON"),
        (f'{{"projects": [{",".join("0" * 5_000)}]}}', "5,000 处不合格式"),
        (f'{{"projects": [{",".join("0" * 2_000_002)}]}}', "超过 20 万条"),
    ],
)
def test_what_is_no_document_is_refused_in_chinese(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_records(text, "表.json", Notes())
    assert str(caught.value).startswith("表.json")
