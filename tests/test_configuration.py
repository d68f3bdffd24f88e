"""reviewer.toml: one model for program and editors, errors that name the place, and what it does to a review."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

import reviewer
from reviewer.cli import main
from reviewer.configuration import read_configuration
from reviewer.configuration.contents import Contents, schema
from reviewer.errors import UsageError
from reviewer.models import Document, Indicator, Project
from reviewer.rules.thresholds import Thresholds

SCHEMA = Draft202012Validator(schema())


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str) -> Path:
    path = Path("reviewer.toml")
    path.write_text(text, encoding="utf-8")
    return path


def as_json(value: Any) -> Any:
    """What an editor sees of a TOML file: dates are texts there."""
    return json.loads(json.dumps(value, default=lambda day: day.isoformat()))


# The contract ---------------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-3, 10**13), st.floats(-2, 3000, allow_nan=False), st.sampled_from([0, 1, 0.1, 3, 60, 2024])
)
TEXTS = st.sampled_from(["", " ", "V101", "vague-degree", "error", "off", "http://a/v1", "https://u:p@b", "2026-12-31"])
VALUES = st.one_of(
    NUMBERS, TEXTS, st.booleans(), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.lists(TEXTS, max_size=2)
)


def table(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from([*names, "nmae"]), VALUES, max_size=3)


SUPPRESSION = st.fixed_dictionaries(
    {"rule": TEXTS, "project": TEXTS, "reason": TEXTS},
    optional={"indicator": VALUES, "unit": VALUES, "until": VALUES, "rules": VALUES},
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "model": table("base_url", "name", "temperature", "rpm", "timeout", "max_cost", "max_tokens", "prompts"),
        "prices": st.dictionaries(TEXTS, table("input", "output", "currency"), max_size=2),
        "review": table("fail_under", "year", "select", "ignore"),
        "rules": st.fixed_dictionaries(
            {},
            optional={
                "folders": VALUES,
                "severity": st.dictionaries(TEXTS, TEXTS, max_size=2),
                "thresholds": table("large_amount", "fewest_indicators", "full_satisfaction"),
            },
        ),
        "suppress": st.lists(SUPPRESSION, max_size=2),
        "reviews": VALUES,
    },
)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
    assert SCHEMA.schema["$schema"].endswith("2020-12/schema")


@given(FILES)
@settings(max_examples=400, deadline=None)
def test_what_the_program_takes_the_schema_takes(contents: dict[str, Any]) -> None:
    try:
        Contents.model_validate(contents)
    except ValidationError:
        return
    SCHEMA.validate(as_json(contents))


BAD = {
    "[review]\nfail_under = 101": "reviewer.toml [review] fail_under：要写 0 到 100 的数，不能是 101。",
    "[review]\nfail_under = '80'": "[review] fail_under：要写 0 到 100 的数，不能是 80。",
    "[review]\nfial_under = 80": "不认识 [review] fial_under（是不是 fail_under？）。",
    "[review]\nyear = 24": "[review] year：要写四位数的年份，如 2024，不能是 24。",
    "[review]\nselect = 'V'": '[review] select 要写规则的列表，如 ["V", "missing-unit"]。',
    "[rules.severity]\nM201 = 'fatal'": "[rules.severity] M201：要写 error、warning、hint 或 off，不能是 fatal。",
    "[rules]\nseverity = 'off'": "rules.severity 应当是一节：写一行 [rules.severity]",
    "[rules.thresholds]\nlarge_amont = 1": "不认识 [rules.thresholds] large_amont（是不是 large_amount？）。",
    "[rules.thresholds]\nfewest_indicators = 2.5": "fewest_indicators：要写 1 到 1000 的整数，不能是 2.5。",
    "[[suppress]]\nrule = 'V101'\nproject = '甲'": "第 1 个 [[suppress]]（第 1 行） 缺少 reason",
    "[[suppress]]\nrule = 'V101'\nproject = '甲'\nreason = ' '": "reason：要写文字，两边加引号，不能是  。",
    "\n[[suppress]]\nrule = 'V1'\nproject = '甲'\nreason = '乙'\nuntil = 2026": "until：要写日期，如 2026-12-31",
    "[[suppress]]\nrule = 'V1'\nproject = '甲'\nreason = '乙'\nindicator = 1.5": "indicator：要写指标的名称或序号",
    "[[suppress]]\nrule = 'V1'\nproject = '甲'\nreson = '乙'": "reson（是不是 reason？）。",
    "[suppress]\nrule = 'V101'": "suppress 的每一条都应当是一节：写一行 [[suppress]]",
    "suppress = [3]": "suppress 的每一条都应当是一节：写一行 [[suppress]]",
    "[model]\nbase_url = 'https://user:word@x/v1'": "[model] base_url：要写 http:// 或 https:// 开头",
    "[model]\nrpm = '10'": "[model] rpm：要写正整数，不能是 10。",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_wrong_for_both(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_configuration(write(text))
    assert str(raised.value).startswith("reviewer.toml")
    assert BAD[text] in str(raised.value)
    assert not SCHEMA.is_valid(as_json(tomllib.loads(text)))


def test_editors_get_the_rules_with_their_titles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "config"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == SCHEMA.schema
    offered = printed["$defs"]["RulesTable"]["properties"]["severity"]["properties"]
    assert offered["V101"]["description"] == "只指向计划、合同或要求"


# The rules it names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules.severity]\nV104 = 'hint'", "reviewer.toml [rules.severity]：没有“V104”这条规则。相近的有：V103"),
        ("[review]\nselect = ['vauge-degree']", "[review] select：没有“vauge-degree”这条规则。相近的有：V102"),
        (
            "[[suppress]]\nrule = 'D001'\nproject = '甲'\nreason = '乙'",
            "reviewer.toml 第 1 个 [[suppress]]（第 1 行）：D001 是读取时的提示，不能豁免",
        ),
    ],
)
def test_a_rule_that_is_not_there_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_configuration(write(text)).options()
    assert said in str(raised.value)


def test_what_is_given_wins_over_the_file() -> None:
    configuration = read_configuration(
        write("[review]\nselect = ['V']\nignore = ['V103']\nyear = 2026\nfail_under = 70")
    )
    assert configuration.fail_under == 70
    options = configuration.options()
    assert (options["select"], options["ignore"], options["year"]) == (["V"], ["V103"], 2026)
    given = configuration.options(select=["M"], ignore=["T"], year=2025)
    assert (given["select"], given["ignore"], given["year"]) == (["M"], ["T"], 2025)


def test_without_a_file_nothing_changes(sample: Path) -> None:
    document = reviewer.read(sample)
    assert reviewer.review(document, **read_configuration().options()) == reviewer.review(document)


# Severities and thresholds --------------------------------------------------------------------------------------------


def draft(*rows: tuple[str, str], level2: str = "数量指标", amount: float | None = None) -> Document:
    indicators = [
        Indicator(no=no, level1="产出指标", level2=level2, name=name, annual_value=value)
        for no, (name, value) in enumerate(rows, 1)
    ]
    return Document(
        budget_year=2024, projects=[Project(name="图书采购", goal="采购", amount=amount, indicators=indicators)]
    )


def found(document: Document, **options: Any) -> dict[str, str]:
    """The severities of all findings by code."""
    project = reviewer.review(document, **options).projects[0]
    owners = (project.findings, *(row.findings for row in project.indicators))
    return {finding.code: finding.severity for findings in owners for finding in findings}


def test_a_severity_changes_finding_and_score() -> None:
    document = draft(("采购图书", "5000"))
    assert found(document)["M201"] == "warning"
    graver, milder = ({"M201": severity} for severity in ("error", "hint"))
    scores = [
        reviewer.review(document, severities=severities).projects[0].indicators[0].score
        for severities in (graver, {}, milder, {"M201": "off"})
    ]
    assert scores == sorted(scores)
    assert scores[0] < scores[1] < scores[2]
    assert found(document, severities={"missing-unit": "error"})["M201"] == "error"
    assert "M201" not in found(document, severities={"m201": "off"})


def test_what_a_rule_takes_for_milder_stays_so() -> None:
    rows = [Indicator(no=1, level2="数量指标", name="采购图书", cycle_value="采购图书", annual_value="≥5000册")]
    document = Document(projects=[Project(name="图书采购", goal="采购图书", indicators=rows)])
    assert found(document, severities={"M204": "error"})["M204"] == "hint"


def test_thresholds_move_where_a_rule_begins() -> None:
    document = draft(("采购图书", "≥5000册"), ("采购书架", "≥20个"), amount=120.0)
    assert "S905" in found(document)
    assert "S905" not in found(document, thresholds=Thresholds(large_amount=500))
    assert "S905" not in found(document, thresholds=Thresholds(fewest_indicators=2))
    content = draft(("读者满意度", "≥98%"), level2="服务对象满意度指标")
    assert "A301" not in found(content)
    assert found(content, thresholds=Thresholds(full_satisfaction=98))["A301"] == "warning"


def test_other_rules_are_another_ruleset() -> None:
    document = draft(("采购图书", "5000"))
    variants: list[dict[str, Any]] = [
        {},
        {"severities": {"M201": "hint"}},
        {"severities": {"M201": "off"}},
        {"thresholds": Thresholds(large_amount=1)},
    ]
    assert len({reviewer.review(document, **options).ruleset for options in variants}) == len(variants)
    assert reviewer.review(document, thresholds=Thresholds()).ruleset == reviewer.review(document).ruleset


def test_a_severity_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"M201 的轻重不能是 fatal，只能是 error、warning、hint、off"):
        reviewer.review(Document(), severities={"M201": "fatal"})  # type: ignore[dict-item]


# The page and the commands --------------------------------------------------------------------------------------------

HOUSE_RULE = """---
code: H901
name: house-lump-sum
title: 本局不收的说法
severity: warning
dimension: specific
applies_to: indicator
basis: 本局编报要求
fields: [name, annual_value]
words: [一揽子, 打包]
message: 本局要求逐项列出，不写“{}”。
---
# H901

## 是什么
写成一揽子的，要逐项列出。

## 为什么
一揽子的指标考核不了。

## 反例
```yaml
- {level2: 数量指标, name: '打包采购', annual_value: '≥5批'}
```

## 正例
```yaml
- {level2: 数量指标, name: '采购图书', annual_value: '≥5000册'}
```

## 怎么改
逐项列出。

## 依据
本局编报要求。

## 如何忽略
`--ignore H901`。
"""


@pytest.fixture
def house(workplace: Path) -> Path:
    (workplace / "本单位的规则").mkdir()
    (workplace / "本单位的规则" / "H901.md").write_text(HOUSE_RULE, encoding="utf-8")
    return workplace


def test_the_file_on_the_page_is_read(house: Path, root: Path) -> None:
    page = (root / "docs" / "configuration.md").read_text(encoding="utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    configuration = read_configuration(write(text))
    options = configuration.options()
    assert (configuration.fail_under, options["year"]) == (80, 2026)
    assert options["severities"] == {"M201": "error", "vague-no-value": "warning"}
    assert options["thresholds"] == Thresholds(large_amount=500, fewest_indicators=5)
    assert options["suppressions"][0].until == date(2026, 12, 31)
    SCHEMA.validate(as_json(tomllib.loads(text)))
    assert set(tomllib.loads(text)) == set(Contents.model_fields)


def test_the_page_lists_the_thresholds_as_they_are(root: Path) -> None:
    page = (root / "docs" / "configuration.md").read_text(encoding="utf-8")
    for name, field in Thresholds.model_fields.items():
        rule, _, meaning = str(field.description).partition("：")
        assert f"| `{name}` | {rule} | {field.default} | {meaning} |" in page


def test_rules_of_the_folder_are_listed_and_explained(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write('[rules]\nfolders = ["本单位的规则"]\n[rules.severity]\nH901 = "off"')
    assert main(["rules"]) == 0
    listed = capsys.readouterr().out
    assert "H901 house-lump-sum" in listed
    assert listed.endswith("reviewer.toml 里改了轻重：H901 不用\n")
    assert main(["explain", "H901"]) == 0
    assert "逐项列出" in capsys.readouterr().out


@pytest.mark.usefixtures("house")
def test_agreement_uses_the_folder(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write('[rules]\nfolders = ["没有"]')
    assert main(["agree", str(root / "data" / "gold" / "drafts.jsonl")]) == 2
    assert "没有" in capsys.readouterr().err
    write('[rules]\nfolders = ["本单位的规则"]')
    assert main(["agree", str(root / "data" / "gold" / "drafts.jsonl"), "--format", "json"]) == 0
