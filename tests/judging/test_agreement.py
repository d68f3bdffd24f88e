"""Labelled rows against rules and model together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.agreement import Agreement, agree
from reviewer.cli import main
from reviewer.settings import LLM
from tests.faults.server import completion

from .said import GOOD, finding, indicator, points, spoken, table
from .test_run import run_in_thread


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Labels of the four indicators of the table; the third is said to contradict something."""
    project = table()
    rows = [
        (1, True, "差", ["vague-plan-reference"]),
        (2, False, "良", ["echo-target"]),
        (3, False, "中", ["value-conflict"]),
        (4, True, "差", ["vague-degree"]),
    ]
    labels = [
        {
            "project": project.name,
            "no": no,
            "name": project.indicators[no - 1].name,
            "vague": vague,
            "smart": points(1 if vague else 4),
            "grade": grade,
            "defects": defects,
        }
        for no, vague, grade, defects in rows
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(label, ensure_ascii=False) for label in labels), encoding="utf-8")
    sent = project.model_dump()
    line = {"project": sent.pop("name"), "budget_year": 2023} | sent
    path.with_name("gold_tables.jsonl").write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_model_adds_what_the_rules_cannot_know(gold: Path, tmp_path: Path) -> None:
    conflict = indicator(3, smart=points(relevant=3), findings=[finding("value-conflict", "≥90%")])
    said = spoken(*(one for one in GOOD["indicators"] if one["no"] != 3), conflict)
    alone = agree(gold)

    def judge(url: str) -> Agreement:
        return agree(gold, llm=LLM(url, "desk", record=tmp_path / "cassettes"))

    both = run_in_thread(lambda call: completion(json.dumps(said)), judge)
    assert (alone.model, both.model) == (None, "desk")
    assert (alone.defects.both, both.defects.both) == (3, 4)
    assert both.sources["both"].found == 3
    assert (both.sources["llm"].found, both.sources["llm"].both) == (1, 1)
    assert both.unjudged == []
    replayed = agree(gold, llm=LLM("http://127.0.0.1:9/v1", "desk", replay=tmp_path / "cassettes"))
    assert replayed == both


def test_the_report_names_the_model_and_whom_it_could_not_judge(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def record(url: str) -> Agreement:
        return agree(gold, llm=LLM(url, "desk", record=tmp_path / "cassettes"))

    run_in_thread(lambda call: completion(json.dumps(GOOD)), record)
    assert main(["agree", str(gold), "--llm", "--replay", str(tmp_path / "cassettes")]) == 0
    shown = capsys.readouterr().out
    assert "规则和模型 desk" in shown
    assert "只有模型说" in shown
    tables = gold.with_name("gold_tables.jsonl")
    tables.write_text(tables.read_text(encoding="utf-8").replace("培训放映员20人", "培训放映员21人"), encoding="utf-8")
    assert main(["agree", str(gold), "--llm", "--replay", str(tmp_path / "cassettes")]) == 0
    assert "模型没能判断的项目（按规则的结果计）：农村电影放映" in capsys.readouterr().out
