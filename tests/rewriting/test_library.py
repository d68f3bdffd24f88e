"""The model indicators: each must be one that the program itself would pass, and hold no number of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from reviewer.errors import CatalogueError
from reviewer.language.classes import BENEFITS, Kind, normalise_class
from reviewer.models import Indicator, Project
from reviewer.resources import resource_dir
from reviewer.rewriting import library
from reviewer.rewriting.library import GENERAL, Model, load_library
from reviewer.rules.engine import check_row
from reviewer.rules.row import ProjectFacts, Row

from .mended import INDICATOR_RULES, RULES, rewrite

MODELS = load_library().models
FILLED = {
    "对象": "农村道路",
    "词": "素养",
    "事项": "农村道路改造",
    "数目": "改造道路里程",
    "数量": "数量",
    "单位": "公里",
    "每": "/公里",
    "符号": "≥",
    "原值": "≥95%",
}
NUMERAL = re.compile(r"\d|[一二三四五六七八九十百千亿两]|(?<!\w)万|(?<=\d)万")
UNITS_WITH_NUMERALS = re.compile("百分点|万元|万吨|统一|专一")


@pytest.mark.parametrize(
    "model", [m for m in MODELS if not m.keeps and "{名称}" not in m.name], ids=lambda m: f"{m.trade}-{m.name}"
)
def test_a_model_passes_the_rules_it_is_offered_under(model: Model) -> None:
    kinds = [Kind.SOCIAL, Kind.SUSTAINABLE] if model.kind is Kind.BENEFIT else [model.kind]
    for kind in kinds:
        level1, level2 = normalise_class("", kind.value)[:2]
        name, annual = model.name.format_map(FILLED), model.annual.format_map(FILLED)
        row = Row(
            Indicator(no=1, level1=level1, level2=level2, name=name, annual_value=annual),
            ProjectFacts(Project(name="示例项目"), 2024),
        )
        hits = check_row(row, INDICATOR_RULES).hits
        assert [h.message for h in hits if (h.severity or RULES[h.code].severity) != "hint"] == []
        assert not row.vague


@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.trade}-{m.name}-{m.annual}")
def test_a_model_holds_no_number(model: Model) -> None:
    for text in (model.name, model.annual, model.why):
        assert not NUMERAL.search(UNITS_WITH_NUMERALS.sub("", text)), text


def test_what_is_unknown_says_where_to_look() -> None:
    for model in MODELS:
        for what in re.findall("〔待填：([^〕]*)〕", model.annual):
            assert re.search("查|参考", what), model


def test_every_class_has_a_model_for_any_project() -> None:
    general = [model for model in MODELS if model.trade == GENERAL and not model.words and not model.keeps]
    for kind in (*BENEFITS, Kind.QUANTITY, Kind.QUALITY, Kind.TIMELINESS, Kind.ECONOMIC_COST, Kind.SATISFACTION):
        if kind is not Kind.BENEFIT:
            assert any(model.serves(kind) for model in general), kind


def test_every_trade_is_found_by_each_of_its_words() -> None:
    for path in (resource_dir("data") / "library").glob("*.yaml"):
        head = path.read_text(encoding="utf-8")
        trade = re.search(r"^kind: (.+)$", head, re.MULTILINE)
        words = re.search(r"^words: \[(.*)\]$", head, re.MULTILINE)
        assert trade is not None, path.name
        assert words is not None, path.name
        for word in filter(None, words[1].split(", ")):
            assert trade[1] in load_library().trades(word), word


def test_a_trade_that_only_the_goal_speaks_of_counts_less_than_the_name() -> None:
    assert load_library().trades("乡村公路养护", "组织驾驶员培训")[0] == "道路交通"


def test_the_explanation_names_the_trade_it_follows() -> None:
    assert (
        "依据：文化场馆与文物类项目的常用指标"
        in rewrite("可持续影响指标", "剪纸技艺传承", "薪火相传", of="非遗传习所补助").explanation
    )


HEAD = "kind: 新类\nwords: [新]\nindicators:\n  - "
BROKEN = [
    ("kind: 新类\nwords: [新]\n", "须有且只有 kind、words、indicators 三项"),
    (f"{HEAD}{{level1: 产出指标, name: 甲}}\n", "第 1 条：缺少 annual_value"),
    (
        f"{HEAD}{{level1: 产出指标, level2: 数量指标, name: 甲, annual_value: 乙, words: [], why: 丙, 备注: 丁}}\n",
        "第 1 条：不认识 备注",
    ),
    (
        f"{HEAD}{{level1: 其他, name: 甲, annual_value: 乙, words: [], why: 丙}}\n",
        "第 1 条：level1、level2 不是标准类别",
    ),
    (
        f"{HEAD}{{level1: 效益指标, name: 甲, annual_value: 乙, words: [], keeps: [重量], why: 丙}}\n",
        "第 1 条：keeps 不能是 重量",
    ),
    ("kind: [\n", "不是正确的 YAML"),
]


@pytest.mark.parametrize(("broken", "says"), BROKEN, ids=["keys", "missing", "unknown", "class", "keeps", "yaml"])
def test_a_malformed_file_is_named_with_its_place(
    broken: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(resource_dir("data") / "library", tmp_path / "library")
    (tmp_path / "library" / "新类.yaml").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(library, "resource_dir", lambda kind: tmp_path)
    with pytest.raises(CatalogueError, match=r"新类\.yaml") as caught:
        load_library.__wrapped__()
    assert says in str(caught.value)
