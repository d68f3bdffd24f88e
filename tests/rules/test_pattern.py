"""Rules of a department's own: a Markdown file with words or a pattern, no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.errors import CatalogueError
from reviewer.models import Indicator, Project
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import ProjectResult, check_project

RULE = """---
code: X101
name: no-big-words
title: 不用大词
severity: warning
dimension: specific
applies_to: {applies_to}
basis: 本局规定
fields: [{fields}]
words: [全域, 赋能]
unless: '试点|示范区'
message: 本局不用“{{}}”这样的词。
---
# X101 不用大词
"""


def result(folder: Path, row: Indicator, goal: str = "") -> ProjectResult:
    catalogue = load_catalogue(folder)
    on = catalogue.select()
    return check_project(Project(name="示例项目", goal=goal, indicators=[row]), on, 2024, patterns=catalogue.patterns)


def row(annual: str) -> Indicator:
    return Indicator(no=1, level2="数量指标", name="培训村医人次", annual_value=annual)


def write(folder: Path, applies_to: str, fields: str) -> None:
    (folder / "X101-no-big-words.md").write_text(RULE.format(applies_to=applies_to, fields=fields), encoding="utf-8")


def test_words_of_a_department_are_found_with_their_place(tmp_path: Path) -> None:
    write(tmp_path, "indicator", "name, annual_value")
    (hit,) = [hit for hit in result(tmp_path, row("数字赋能120人次")).rows[0].hits if hit.code == "X101"]
    assert (hit.field, hit.start, hit.end, hit.severity) == ("annual_value", 2, 4, "warning")
    assert hit.message == "本局不用“赋能”这样的词。"


@pytest.mark.parametrize("annual", ["120人次", "在示范区赋能120人次"])
def test_no_hit_without_the_words_or_with_what_takes_them_back(tmp_path: Path, annual: str) -> None:
    write(tmp_path, "indicator", "name, annual_value")
    assert "X101" not in {hit.code for hit in result(tmp_path, row(annual)).rows[0].hits}


def test_rule_about_projects_reads_the_goal(tmp_path: Path) -> None:
    write(tmp_path, "project", "goal")
    found = result(tmp_path, row("120人次"), goal="推进全域治理")
    assert [hit.field for hit in found.hits if hit.code == "X101"] == ["goal"]


def test_two_rules_of_one_code_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "indicator", "name")
    copy = (tmp_path / "X101-no-big-words.md").read_text(encoding="utf-8").replace("X101", "V101")
    (tmp_path / "V101-mine.md").write_text(copy.replace("no-big-words", "mine"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="V101"):
        load_catalogue(tmp_path)
