"""The SARIF log: valid, with columns that can be trusted, and the same fingerprints after edits elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from reviewer.models import Document, Indicator, Project, Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.formats import Reviewed
from reviewer.reporting.sarif import sarif_pieces

from .reviews import everything
from .test_views import HOSTILE, document

SCHEMA = Path(__file__).parent / "files" / "sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def run_of(*reviewed: Reviewed) -> dict[str, Any]:
    log = json.loads("".join(sarif_pieces(reviewed)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def reviewed(found: Review, path: str = "表.xlsx") -> Reviewed:
    return Reviewed(path, Path(path), found)


def of_file(path: Path) -> Reviewed:
    return Reviewed(str(path), path, review(read(path)))


def regions(run: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for result in run["results"]:
        yield result, result["locations"][0]["physicalLocation"].get("region", {})


def test_the_log_is_valid(sample: Path, validator: Draft7Validator) -> None:
    log = json.loads("".join(sarif_pieces([of_file(sample), reviewed(everything())])))
    assert [error.message for error in validator.iter_errors(log)] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_leave_it_valid(name: str, validator: Draft7Validator) -> None:
    pieces = list(sarif_pieces([reviewed(review(document(HOSTILE[name])))]))
    assert [error.message for error in validator.iter_errors(json.loads("".join(pieces)))] == []
    assert "\\u4" not in "".join(pieces)  # Chinese stays Chinese


def test_no_review_is_a_run_without_results(validator: Draft7Validator) -> None:
    log = json.loads("".join(sarif_pieces([])))
    assert [error.message for error in validator.iter_errors(log)] == []
    assert log["runs"][0]["results"] == []


def test_columns_lead_to_the_quote(sample: Path) -> None:
    run = run_of(of_file(sample))
    assert run["columnKind"] == "unicodeCodePoints"
    lines = sample.read_text(encoding="utf-8").splitlines()
    known = 0
    for result, region in regions(run):
        if "startColumn" in region:
            known += 1
            text = lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1]
            assert text == region["snippet"]["text"]
            if result["properties"]["field"] != "level2":  # the form may name the class otherwise
                assert text == result["properties"]["quote"]
    with_quote = sum(bool(result["properties"]["quote"]) for result, _ in regions(run))
    assert known >= 0.9 * with_quote


def table(*rows: str) -> str:
    head = ["2024年项目支出绩效目标表", "项目名称\t总计\t绩效目标", "合计\t10.00"]
    return "\n".join([*head, "青禾县文化局\t10.00", "电影放映\t10.00\t放映电影𠮷场。", "", "绩效指标", *rows]) + "\n"


def test_columns_are_code_points_and_of_the_right_one_of_equal_texts(tmp_path: Path) -> None:
    rows = (
        "1、1-产出指标；11-数量指标；𠮷𠮷放映；年度指标值：按计划完成。"
        "2、1-产出指标；13-时效指标；𠮷𠮷放映；年度指标值：按计划完成。"
    )
    path = tmp_path / "表.txt"
    path.write_text(table(rows), encoding="utf-8")
    vague = [region for result, region in regions(run_of(of_file(path))) if result["ruleId"] == "V101"]
    first = rows.index("按计划完成") + 1
    assert [region["startColumn"] for region in vague] == [first, rows.index("按计划完成", first) + 1]


def test_without_the_source_only_lines_are_told(sample: Path, tmp_path: Path) -> None:
    gone = Reviewed("没有.txt", tmp_path / "没有.txt", review(read(sample)))
    found = [region for result, region in regions(run_of(gone)) if result["properties"]["indicator"]]
    assert all(set(region) == {"startLine"} for region in found)


def test_a_changed_source_gives_no_wrong_columns(sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "表.txt"
    other.write_text("别的\n内容\n", encoding="utf-8")
    for _, region in regions(run_of(Reviewed("表.txt", other, review(read(sample))))):
        assert "startColumn" not in region


def test_cells_are_logical_locations() -> None:
    run = run_of(reviewed(everything()))
    places = [result["locations"][0] for result in run["results"] if result["ruleId"] == "T601"]
    assert places[0]["physicalLocation"] == {"artifactLocation": {"uri": "%E8%A1%A8.xlsx", "index": 0}}
    names = [place["fullyQualifiedName"] for place in places[0]["logicalLocations"]]
    assert names == ["Sheet1!E9", "剧场修缮", "剧场修缮/1 完工时间"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/表.xlsx", "a%20b/%E8%A1%A8.xlsx"),
        ("100%#?.txt", "100%25%23%3F.txt"),
        ("c:表.txt", "c%3A%E8%A1%A8.txt"),
        ("/数据/表.txt", "file:///%E6%95%B0%E6%8D%AE/%E8%A1%A8.txt"),
        ("坏\udcff.txt", "%E5%9D%8F%FF.txt"),
    ],
)
def test_names_of_files_become_uris(path: str, uri: str) -> None:
    assert run_of(reviewed(review(Document()), path))["artifacts"][0]["location"]["uri"] == uri


def test_what_stands_or_stood_is_marked() -> None:
    results = run_of(reviewed(everything()))["results"]
    (allowed,) = [result for result in results if "suppressions" in result]
    assert allowed["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "合同在审"}]
    assert [result["baselineState"] for result in results].count("unchanged") == 1
    assert {result["baselineState"] for result in results} == {"new", "unchanged"}


def test_without_a_baseline_nothing_is_called_new(sample: Path) -> None:
    assert all("baselineState" not in result for result in run_of(of_file(sample))["results"])


def test_doubts_of_reading_and_failures_are_notifications() -> None:
    (invocation,) = run_of(reviewed(everything()))["invocations"]
    notes = invocation["toolExecutionNotifications"]
    assert [note["level"] for note in notes] == ["warning", "note", "error"]
    assert "180 秒" in notes[2]["message"]["text"]
    assert notes[0]["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "Sheet1!C9"}]
    assert not invocation["executionSuccessful"]
    assert run_of(reviewed(review(Document())))["invocations"][0]["executionSuccessful"]


def test_rules_explain_themselves() -> None:
    driver = run_of(reviewed(everything()))["tool"]["driver"]
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert rules["V101"]["name"] == "vague-plan-reference"
    assert rules["V101"]["defaultConfiguration"] == {"level": "error"}
    assert "## 为什么" in rules["V101"]["help"]["markdown"]
    assert rules["H101"] == {"id": "H101", "name": "house-rule"}
    assert [rule["id"] for rule in driver["notifications"]] == ["D009", "D007"]
    for result in run_of(reviewed(everything()))["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def prints(*rows: Indicator) -> list[str]:
    found = review(Document(projects=[Project(name="电影", goal="放映672场。", indicators=list(rows))]), select=["V"])
    return [result["partialFingerprints"]["finding/v1"] for result in run_of(reviewed(found))["results"]]


def test_fingerprints_outlive_edits_elsewhere() -> None:
    def row(no: int, name: str, value: str = "按计划完成") -> Indicator:
        return Indicator(no=no, level1="产出指标", level2="数量指标", name=name, annual_value=value, where=f"line {no}")

    before = prints(row(1, "放映场次"), row(2, "培训班次"))
    after = prints(row(1, "购置数量", "3台"), row(2, "放映场次"), row(3, "培训班次"))
    assert before == after
    assert len(set(before)) == 2
    twice = prints(row(1, "放映场次"), row(2, "放映场次"))
    assert len(set(twice)) == 2
    assert twice[0] == before[0]


def test_a_goal_that_goes_on_in_the_next_line_has_the_column_of_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("电影放映,“做好放映。\n加强管理。”\n放映场次,很多\n", encoding="utf-8")
    row = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="很多", where="line 3")
    found = review(Document(projects=[Project(name="电影放映", goal="做好放映。\n加强管理。", indicators=[row])]))
    goal = next(finding for finding in found.projects[0].findings if finding.field == "goal")
    found.projects[0].findings = [
        goal.model_copy(update={"quote": "放映", "start": 2, "end": 4}),
        goal.model_copy(update={"quote": "管理", "start": 8, "end": 10}),
    ]
    first, second, third, *_ = [region for _, region in regions(run_of(Reviewed("表.csv", path, found)))]
    assert (first["startLine"], first["startColumn"], first["endColumn"]) == (1, 9, 11)
    assert second == {"startLine": 1}
    assert (third["startLine"], third["snippet"]["text"]) == (3, "很多")


def test_a_line_full_of_the_name_of_an_indicator_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("很" * 90_000, encoding="utf-8")
    rows = [
        Indicator(no=no, level1="产出指标", level2="数量指标", name="很", annual_value="很多", where="line 1")
        for no in range(1, 500)
    ]
    found = review(Document(projects=[Project(name="电影放映", indicators=rows)]), select=["V"])
    assert all(region == {"startLine": 1} for _, region in regions(run_of(Reviewed("表.txt", path, found))))
