"""The fixed contract: commands, formats, exit codes, and the same bytes for the same input."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reviewer.models import Document, Review

Command = Callable[..., Any]


@pytest.fixture
def schema(run: Command) -> Callable[[str], Draft202012Validator]:
    return lambda name: Draft202012Validator(json.loads(run("schema", name).out))


def test_json_is_the_contract(run: Command, schema: Any, sample: Path) -> None:
    done = run("review", sample, "--format", "json")
    assert (done.code, done.err) == (0, "")
    contents = json.loads(done.out)
    schema("review").validate(contents)
    assert contents["schema_version"] == 1
    assert contents["mode"] == "rules"
    assert "projects" not in contents["document"]
    assert contents["summary"]["projects"] == len(contents["projects"]) == 27
    assert set(contents["summary"]["amount_by_grade"]) == {"优", "良", "中", "差"}
    assert contents["usage"] == {"requests": 0, "cached": 0, "input_tokens": 0, "output_tokens": 0, "cost": None}
    assert Review.model_validate(contents).projects[0].name


def test_every_quote_stands_where_it_says(run: Command, sample: Path) -> None:
    review = Review.model_validate_json(run("review", sample, "--format", "json").out)
    quoted = 0
    for project in review.projects:
        fields = {"goal": project.goal, "project": project.name}
        owners = [(fields, project.findings), *((vars(row), row.findings) for row in project.indicators)]
        for owner, findings in owners:
            for finding in findings:
                text = owner.get(finding.field) or ""
                assert finding.quote == text[finding.start : finding.end], finding
                quoted += bool(finding.quote)
    assert quoted > 50


@pytest.mark.parametrize("format_", ["terminal", "json", "jsonl", "markdown"])
def test_same_input_same_bytes(run: Command, program: Any, sample: Path, format_: str) -> None:
    here = run("review", sample, "--format", format_).out.encode()
    elsewhere = program("review", sample, "--format", format_, env={"PYTHONHASHSEED": "7"}).stdout
    assert here == elsewhere
    assert b"\\u" not in here
    assert b"\r" not in here


def test_text_and_its_document_json_give_the_same_review(run: Command, sample: Path, tmp_path: Path) -> None:
    inspected = json.loads(run("inspect", sample, "--format", "json").out)
    path = tmp_path / "文档.json"
    path.write_text(json.dumps(inspected["document"]), encoding="utf-8")  # escaped on purpose: \uXXXX is JSON too
    # E701 speaks of what only the text shows: where a page seam cut it.
    of_text, of_json = (
        json.loads(run("review", p, "--format", "json", "--ignore", "E701").out) for p in (sample, path)
    )
    assert of_text["projects"] == of_json["projects"]
    assert of_text["summary"] == of_json["summary"]


def test_line_ends_of_the_input_make_no_difference(run: Command, sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "windows.txt"
    path.write_bytes(sample.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert run("review", path, "--format", "json").out == run("review", sample, "--format", "json").out


def test_inspect_prints_what_schema_promises(run: Command, schema: Any, sample: Path) -> None:
    contents = json.loads(run("inspect", sample, "--format", "json").out)
    assert set(contents) == {"document", "diagnostics"}
    schema("document").validate(contents["document"])
    assert set(contents["diagnostics"][0]) == {"code", "severity", "message", "where"}
    assert Document.model_validate(contents["document"]).units[0].total == 5805.56


def test_several_files(run: Command, table: Path, tmp_path: Path) -> None:
    array = run("review", table, table, "--format", "json")
    assert [review["summary"]["projects"] for review in json.loads(array.out)] == [2, 2]
    lines = run("review", table, table, "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["summary"]["indicators"] for line in lines] == [3, 3]
    assert run("review", table, table).out.count("青禾县文化局") == 2


def test_one_bad_file_among_several(run: Command, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果.jsonl"
    done = run("review", table, tmp_path / "没有.txt", table, "--output", out)
    assert done.code == 2
    assert "没有.txt" in done.err
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


def test_format_follows_the_suffix_of_the_output(run: Command, table: Path, tmp_path: Path) -> None:
    for name in ("a.json", "a.JSONL"):
        assert run("review", table, "--output", tmp_path / name) == (0, "", "")
        assert json.loads((tmp_path / name).read_text(encoding="utf-8"))["schema_version"] == 1
    run("review", table, "--output", tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text(encoding="utf-8").startswith("# 绩效指标审核意见")
    run("review", table, "--output", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == run("review", table).out
    assert sorted(os.listdir(tmp_path)) == sorted(["a.JSONL", "a.json", "a.md", "a.txt", table.name])


def test_dash_is_standard_output(run: Command, table: Path) -> None:
    assert run("review", table, "--output", "-", "--format", "json") == run("review", table, "--format", "json")


def test_fail_under(run: Command, table: Path) -> None:
    score = json.loads(run("review", table, "--format", "json").out)["summary"]["score"]
    assert run("review", table, "--fail-under", "0").code == 0
    assert run("review", table, "--fail-under", str(int(score))).code == 0
    failed = run("review", table, table, "--fail-under", "100")
    assert failed.code == 1
    assert failed.err.count("低于 100 分") == 2


def test_select_and_ignore(run: Command, sample: Path) -> None:
    def codes(*options: str) -> set[str]:
        review = json.loads(run("review", sample, "--format", "json", *options).out)
        owners = [*review["projects"], *(row for project in review["projects"] for row in project["indicators"])]
        found = {finding["code"] for owner in owners for finding in owner["findings"]}
        return found | {diagnostic["code"] for diagnostic in review["diagnostics"]}

    everything = codes()
    assert {"V101", "V102", "D002", "D004"} <= everything
    assert codes("--select", "V101") == {"V101"}
    assert codes("--select", "vague-plan-reference") == {"V101"}
    assert codes("--select", "V1,D", "--ignore", "V102,V103", "--ignore", "d003") <= {"V101", *_but(everything, "D003")}
    assert codes("--ignore", "D,V") == {code for code in everything if code[0] not in "DV"}


def _but(codes: set[str], left_out: str) -> set[str]:
    return {code for code in codes if code[0] == "D" and code != left_out}


def test_year_replaces_that_of_the_table(run: Command, tmp_path: Path) -> None:
    row = {"no": 1, "level1": "产出指标", "level2": "时效指标", "name": "完工时间", "annual_value": "2024年10月底前"}
    path = tmp_path / "表.json"
    path.write_text(json.dumps({"budget_year": 2024, "projects": [{"name": "渠道维修", "indicators": [row]}]}))

    def late(*options: str) -> bool:
        return "T602" in run("review", path, "--format", "json", *options).out

    assert not late()
    assert late("--year", "2025")


def test_offline_is_accepted(run: Command, table: Path) -> None:
    assert run("review", table, "--offline") == run("review", table)


def test_rules_lists_all_and_explain_knows_each(run: Command, root: Path) -> None:
    listed = run("rules").out
    for path in sorted((root / "data" / "rules").glob("*.md")):
        code, name = path.stem.split("-", 1)
        assert code in listed
        assert name in listed
        done = run("explain", code)
        assert done.code == 0
        for section in ("是什么", "为什么", "反例", "正例", "怎么改", "依据", "如何忽略"):
            assert f"\n{section}\n" in done.out


def test_explain_by_name_and_in_lower_case(run: Command) -> None:
    assert run("explain", "v101") == run("explain", "vague-plan-reference")


def test_explain_score_states_bands_and_dimensions(run: Command) -> None:
    text = run("explain", "score").out
    for word in ("优", "良", "中", "差", "明确", "衡量", "90", "80", "60"):
        assert word in text


def test_agree(run: Command, root: Path) -> None:
    gold = root / "data" / "gold" / "sample.jsonl"
    assert run("agree", gold).out.startswith("标注来源：")
    figures = json.loads(run("agree", gold, "--format", "json").out)
    assert next(iter(figures)) == "provenance"
    assert figures["rows"] == 72


def test_version(run: Command) -> None:
    import reviewer

    assert run("--version") == (0, f"reviewer {reviewer.__version__}\n", "")
