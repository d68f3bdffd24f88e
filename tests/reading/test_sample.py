"""The published sample, field by field and scar by scar."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from reviewer.models import Document
from reviewer.reading import read, reconciliation

SCARS = {
    "在本区她对社会及展期市米影响：年度指标值：通过媒体的宣传报导，在我区": "在本区",
    "3、产出指标；时效指标；宣传氛围营造；实施周值：>85分。": "",
    "要求；；": "要求；",
}


@pytest.fixture(scope="module")
def document() -> Document:
    return read(Path(__file__).parents[2] / "data" / "samples" / "huangpu-2023.txt")


def test_it_holds_27_projects_and_121_indicators(document: Document) -> None:
    assert len(document.projects) == 27
    assert [len(project.indicators) for project in document.projects] == [
        *(4, 2, 4, 5, 4, 4, 4, 2, 4, 4, 4, 2, 16, 8, 2, 2, 4, 2, 2),
        *(5, 10, 5, 5, 4, 5),
        *(4, 4),
    ]
    assert document.title == "项目支出绩效目标表（含转移支付项目）"
    assert document.department == "中共广州市黄埔区委员会宣传部（部门）"
    assert document.budget_year == 2023


def test_it_reconciles(document: Document) -> None:
    found = reconciliation(document)
    assert found.agrees is True
    assert found.total == found.units_total == found.projects_total == Decimal("8777.20")
    assert [(unit.printed, unit.added, unit.difference) for unit in found.units] == [
        (Decimal("5805.56"), Decimal("5805.56"), 0),
        (Decimal("2815.64"), Decimal("2815.64"), 0),
        (Decimal("156"), Decimal("156"), 0),
    ]


def test_every_label_finds_its_row(document: Document, root: Path) -> None:
    rows = {(project.name, row.no, row.name) for project in document.projects for row in project.indicators}
    lines = (root / "data" / "gold" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [(label["project"], label["no"], label["name"]) for label in map(json.loads, lines)]
    assert len(labels) == 72
    assert set(labels) <= rows


def test_every_field_is_where_the_source_has_it(document: Document, sample: Path) -> None:
    """Printed again, the indicators are the source, its three scars aside."""
    source = plain(sample.read_text(encoding="utf-8").partition("\n绩效指标\n")[2])
    printed = plain("".join(
        f"{row.no}、{row.level1}；{row.level2}；{row.name}；实施周期指标值：{row.cycle_value}；年度指标值：{row.annual_value}。"
        for project in document.projects
        for row in project.indicators
    ))  # fmt: skip
    for scar, whole in SCARS.items():
        assert source.count(scar) == 1
        source = source.replace(scar, whole)
    assert printed == source


def plain(text: str) -> str:
    """Return *text* with one kind of separators, without blanks, codes of classes and the word 指标 in level 2."""
    text = "".join(text.split()).replace(";", "；").replace(":", "：").replace(",", "，")
    text = re.sub(r"(?<=[、；])\d\d?-", "", text)
    return re.sub(r"(?<=；)(社会效益|经济效益|生态效益|可持续影响|服务对象满意度)指标；", r"\1；", text)


@pytest.mark.parametrize(
    ("code", "where", "words"),
    [
        ("D002", "line 33", ("黄埔区创文补助经费 150.00", "第 31 行", "5,805.56", "150.00")),
        ("D003", "line 19", ("知识产权专项资金", "的知晓度")),
        ("D003", "line 43", ("融媒体专项业务经费", "守口如瓶", "不成对")),
        ("D003", "line 67", ("第 4 条", "她对社会及展期市米影响", "在我区", "在本区")),
        ("D003", "line 103", ("第 4 条", "10万+卷斗", "产品数不少于5条", "相近而不同")),
        ("D004", "line 87", ("第 3 条", "3、1-产出指标；13-时效指标；宣传氛围营造；实施周值: >85分。")),
        ("D006", "line 26", ('<ol style="list-style-type: none">',)),
        ("D009", "line 28", ("创文业务工作经历", "经费")),
    ],
)
def test_every_scar_is_reported_with_its_line(
    document: Document, code: str, where: str, words: tuple[str, ...]
) -> None:
    (message,) = [item.message for item in document.diagnostics if (item.code, item.where) == (code, where)]
    assert [word for word in words if word not in message] == []


def test_nothing_else_is_reported(document: Document) -> None:
    assert len([item for item in document.diagnostics if item.where]) == 8
    (year,) = [item for item in document.diagnostics if not item.where]
    assert year.severity == "hint"
    assert "2023 年" in year.message


def test_goals_are_joined_across_pages(document: Document) -> None:
    goals = {project.name: project.goal for project in document.projects}
    assert "对版权保护的知晓度。" in goals["知识产权专项资金"]
    assert "推动各级稍伴文明建设" in goals["黄埔区创文奖励经费"]
    assert goals["黄埔区创文奖励经费"].endswith("更好的成绩")
    assert "黄埔区创文补助经费" not in goals
    assert "实现“一体守口如瓶" in goals["融媒体专项业务经费"]


def test_damaged_rows_are_named(document: Document) -> None:
    names = {document.projects[project].indicators[row].name for project, row in document.damaged}
    assert names == {"项目实施对社会发展所带来影响", "新媒体产品数量"}


def test_rows_know_their_line(document: Document) -> None:
    assert document.projects[3].indicators[0].where == "line 59"
