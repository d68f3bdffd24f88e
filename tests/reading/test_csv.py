"""Tables with separators: any encoding, any separator, quoted cells, and what is told apart from the text format."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reading import read

ROWS = (
    ("2024年某县水务局项目绩效目标表",),
    ("单位：万元",),
    ("项目名称", "金额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标值"),
    (
        "河道保洁",
        "1,200.50",
        "保洁河道26公里，\n岸绿水清; 全年不断",
        "产出指标",
        "数量指标",
        '保洁"一河三路"',
        "26公里",
    ),
    ("", "", "", "", "质量指标", "抽查合格率", "≥95%"),
)


def text_of(separator: str, rows: tuple[tuple[str, ...], ...] = ROWS) -> str:
    def cell(text: str) -> str:
        quoted = any(sign in text for sign in (separator, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "\r\n".join(separator.join(map(cell, row)) for row in rows)


def check(document: Document) -> None:
    assert (document.title, document.budget_year) == ("2024年某县水务局项目绩效目标表", 2024)
    (project,) = document.projects
    assert (project.name, project.amount) == ("河道保洁", 1200.5)
    assert project.goal == "保洁河道26公里，\n岸绿水清; 全年不断"
    assert [(row.level2, row.name, row.annual_value, row.where) for row in project.indicators] == [
        ("数量指标", '保洁"一河三路"', "26公里", "line 4"),
        ("质量指标", "抽查合格率", "≥95%", "line 6"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_in_any_encoding(separator: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(text_of(separator).encode(encoding))
    check(read(path))


@pytest.mark.parametrize(("name", "separator"), [("表.tsv", "\t"), ("表.txt", ","), ("表.txt", "\t"), ("表", ";")])
def test_contents_decide(name: str, separator: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text_of(separator), encoding="utf-8", newline="")
    check(read(path))


def test_the_text_format_under_another_name(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(sample.read_bytes())
    assert read(path) == read(sample)


def test_a_declaration_as_exported(tmp_path: Path) -> None:
    path = tmp_path / "申报表.csv"
    rows = (
        "项目名称,法律援助,主管部门,某区司法局",
        '预算金额（元）,"356,000",,',
        "三级指标,指标值,,",
        "办理案件,≥400件,,",
    )
    path.write_text("\n".join(rows), encoding="utf-8")
    document = read(path)
    assert (document.department, document.projects[0].amount) == ("某区司法局", 35.6)
    assert document.projects[0].indicators[0].annual_value == "≥400件"


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text(text_of(",") + '\n"' + "字" * 200_000, encoding="utf-8")
    with pytest.raises(InputError, match=r"第 7 行.*引号"):
        read(path)


def test_more_lines_than_any_table_has(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("项目名称,金额,绩效目标\n" + "\n" * 300_001, encoding="utf-8")
    with pytest.raises(InputError, match="300,000"):
        read(path)


def test_more_projects_than_any_list_has(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    rows = (f"项目{no},1,做成{no}件事" for no in range(20_001))
    path.write_text("项目名称,金额,绩效目标\n" + "\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError, match="20,000 个"):
        read(path)
