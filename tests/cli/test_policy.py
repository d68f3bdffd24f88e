"""What a department settles once: the mark to reach, what stood before, and what it lets stand, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import TABLE
from .test_errors import complaint

Command = Callable[..., Any]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ``reviewer.toml`` of the working folder, which the test has to fill."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "reviewer.toml"


def test_the_mark_to_reach_stands_in_the_file_and_the_flag_overrides_it(
    run: Command, table: Path, settings: Path
) -> None:
    settings.write_text("[review]\nfail_under = 100\n", encoding="utf-8")
    assert run("review", table).code == 1
    assert run("review", table, "--fail-under", "0").code == 0


def test_only_what_is_new_against_the_baseline_fails(run: Command, table: Path, tmp_path: Path) -> None:
    before = tmp_path / "上次.json"
    assert run("review", table, "--format", "json", "--output", before).code == 0
    assert run("review", table, "--baseline", before).code == 0

    worse = json.loads(json.dumps(TABLE))
    worse["projects"][1]["indicators"][0]["annual_value"] = "进一步提升"
    table.write_text(json.dumps(worse, ensure_ascii=False), encoding="utf-8")
    done = run("review", table, "--baseline", before, "--format", "json")
    assert done.code == 1
    assert "比基线新增" in done.err
    rows = [row for project in json.loads(done.out)["projects"] for row in project["indicators"]]
    old, new = rows[0]["findings"][0], rows[2]["findings"][0]
    assert (old["code"], old["baseline"]) == ("V101", True)
    assert (new["code"], new.get("baseline")) == ("V102", None)
    assert run("review", table, "--baseline", before, "--format", "terminal").out.count("上次已有") >= 1


def test_a_baseline_that_is_none_is_refused(run: Command, table: Path, tmp_path: Path) -> None:
    complaint(run("review", table, "--baseline", tmp_path / "没有.json"), "没有.json")
    complaint(run("review", table, "--baseline", table), table.name)


def test_what_the_department_lets_stand_counts_for_nothing(run: Command, table: Path, settings: Path) -> None:
    before = json.loads(run("review", table, "--format", "json").out)
    settings.write_text(
        '[[suppress]]\nrule = "V101"\nproject = "电影放映"\nindicator = "放映场次"\nreason = "合同在签"\n'
        '[[suppress]]\nrule = "V102"\nproject = "没有这个项目"\nreason = "从前的"\n',
        encoding="utf-8",
    )
    done = run("review", table, "--format", "json")
    row = json.loads(done.out)["projects"][0]["indicators"][0]
    assert row["findings"][0]["suppressed"] == "合同在签"
    assert not row["vague"]
    assert json.loads(done.out)["summary"]["score"] > before["summary"]["score"]
    assert "没有这个项目" in done.err
    assert "合同在签" in run("review", table).out


def test_a_rule_can_be_made_milder_or_turned_off(run: Command, table: Path, settings: Path) -> None:
    settings.write_text('[rules.severity]\nV101 = "hint"\nS901 = "off"\n', encoding="utf-8")
    found = json.loads(run("review", table, "--format", "json").out)["projects"][0]
    assert found["indicators"][0]["findings"][0]["severity"] == "hint"
    assert "S901" not in {finding["code"] for finding in found["findings"]}
