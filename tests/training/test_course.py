"""The course keeps its word: each bad example breaks the rule it is said to break, each good one passes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import reviewer
from reviewer.errors import CatalogueError, UsageError
from reviewer.models import Document
from reviewer.reading import read
from reviewer.resources import resource_dir
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.examples import DEFAULT_YEAR, Example
from reviewer.training.course import Lesson, Pair, Task, lesson, lessons, load_lessons

PAIRS = [
    pytest.param(pair, id=f"{one.number:02}-{at}-{pair.rule}")
    for one in lessons()
    for at, pair in enumerate(one.pairs, 1)
]
TASKS = [
    pytest.param(task, id=f"{one.number:02}-{task.project.name}") for one in lessons() for task in one.tasks
]  # fmt: skip


class Fault(NamedTuple):
    code: str
    severity: str
    field: str
    quote: str


def faults(example: Example, code: str, folder: Path) -> list[Fault]:
    """What the engine says of an example, as far as the rule of that *code* looks: the row, the project, the file."""
    scope = load_catalogue().get(code).applies_to
    if example.is_source:
        path = folder / "表.txt"
        path.write_bytes(example.source_bytes())
        document = read(path)
    else:
        document = example.document()
    review = reviewer.review(document)
    found = [
        Fault(finding.code, finding.severity, finding.field, finding.quote)
        for project in review.projects
        for findings in (
            *([project.findings] if scope == "project" else []),
            *(indicator.findings for indicator in project.indicators),
        )
        for finding in findings
    ]
    return found + [Fault(item.code, item.severity, "", "") for item in review.diagnostics]


@pytest.mark.parametrize("pair", PAIRS)
def test_bad_example_breaks_its_rule_with_the_named_words_and_no_other(pair: Pair, tmp_path: Path) -> None:
    found = faults(pair.bad, pair.rule, tmp_path)
    hits = [fault for fault in found if fault.code == pair.rule]
    if pair.bad.is_source:
        assert hits
        assert pair.words in pair.bad.data["source"]
    else:
        assert any(hit.field == pair.field and _same(hit.quote, pair.words) for hit in hits), found
    grave = {fault.code for fault in found if fault.severity != "hint"}
    assert grave - {pair.rule} == set(pair.also)


def _same(quote: str, words: str) -> bool:
    """A learner may be shown a little more than the engine points at, or less; but not something else."""
    return (quote in words or words in quote) if quote and words else quote == words


@pytest.mark.parametrize("pair", PAIRS)
def test_good_example_passes(pair: Pair, tmp_path: Path) -> None:
    found = faults(pair.good, pair.rule, tmp_path)
    assert [fault for fault in found if fault.severity != "hint" or fault.code == pair.rule] == []


@pytest.mark.parametrize("pair", PAIRS)
def test_named_words_stand_in_their_field(pair: Pair) -> None:
    if pair.bad.is_source or not pair.words:
        return
    project = pair.bad.document().projects[0]
    owner = project if pair.field in ("goal", "project") else project.indicators[0]
    assert pair.words in str(getattr(owner, "name" if pair.field == "project" else pair.field))


@pytest.mark.parametrize("task", TASKS)
def test_model_answer_passes_the_rules(task: Task) -> None:
    project = reviewer.review(Document(budget_year=DEFAULT_YEAR, projects=[task.project])).projects[0]
    of_rows = [finding for row in project.indicators for finding in row.findings]
    assert [finding for finding in of_rows if finding.severity != "hint"] == []
    assert all(row.grade == "优" for row in project.indicators)
    if task.table:
        assert project.findings == []
        assert project.grade == "优"


def test_course_goes_from_the_first_indicator_to_a_whole_table() -> None:
    course = lessons()
    assert [one.number for one in course] == list(range(1, 13))
    assert not course[0].tasks[0].table
    assert all(task.table for task in course[-1].tasks)
    assert len({one.title for one in course}) == len(course)


def test_course_teaches_every_rule_about_rows_and_projects() -> None:
    taught = {code for one in lessons() for code in one.rules}
    assert taught >= {rule.code for rule in load_catalogue().rules if rule.applies_to != "document"}


def test_no_two_pairs_of_a_lesson_show_the_same() -> None:
    for one in lessons():
        shown = [str(pair.bad.data) for pair in one.pairs]
        assert len(set(shown)) == len(shown)


def test_lessons_do_not_give_away_the_exercises_made_of_the_rules() -> None:
    known = {
        (data.get("name"), data.get("annual_value"))
        for rule in load_catalogue().rules
        for kind in ("反例", "正例")
        for data in _rows(rule.examples(kind))
    }
    shown = [row for one in lessons() for pair in one.pairs for row in _rows([pair.bad])]
    again = [row for row in shown if (row.get("name"), row.get("annual_value")) in known]
    assert again == []


def _rows(examples: list[Example]) -> Iterator[dict[str, object]]:
    for example in examples:
        if "annual_value" in example.data:
            yield dict(example.data)


def test_unknown_lesson_is_refused() -> None:
    with pytest.raises(UsageError, match="没有第 13 课，课程共 12 课"):
        lesson(13)


FIRST = (resource_dir("data") / "course" / "01-what-is-an-indicator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\nnumber", "number", "第 1 行：文件须以 --- 之间的 YAML 头部开始"),
        ("minutes: 10\n", "", "头部：缺少 minutes"),
        ("minutes: 10", "minutes: 很久", "头部：minutes 的写法不对：'很久'"),
        ("minutes: 10", "minuts: 10", "头部：缺少 minutes"),
        ("minutes: 10", "minutes: 10\nlevel: 1", "头部：不认识 level"),
        ("number: 1", "number: 2", "number 应是 1"),
        ("rules: [V103, E702]", "rules: [V103, E702, V101]", "教 V101，却没有它的反例和正例"),
        ("rules: [V103, E702]", "rules: [V103, V999]", "没有“V999”这条规则"),
        ("rules: [V103, E702]", "rules: [", "第 7 行：不是正确的 YAML"),
        ("## 小结", "## 总结", "应当依次有这几节：“## 道理”、“## 反例和正例”、“## 小结”、“## 练习”"),
        ("```yaml\n- rule: V103", "- rule: V103", "“反例和正例”：须是一个 ```yaml 代码块"),
        ("- rule: V103\n  level2", "- rules: V103\n  level2", "“反例和正例”第 1 例 bad：不认识 rules"),
        ("  words: 若干\n  good", "  good", None),
        ("  bad: {annual_value: 若干}\n", "", "“反例和正例”第 1 例 bad：须写成“键: 值”"),
        ("bad: {annual_value: 若干}", "bad: {annual_value: 3}", "“反例和正例”第 1 例 bad："),
        ("- task: 为下面", "- tasks: 为下面", "“练习”第 1 例：不认识 tasks"),
    ],
)
def test_malformed_lesson_names_file_and_place(old: str, new: str, said: str | None, tmp_path: Path) -> None:
    assert old in FIRST
    (tmp_path / "01-what-is-an-indicator.md").write_text(FIRST.replace(old, new, 1), encoding="utf-8")
    if said is None:
        assert isinstance(load_lessons(tmp_path)[0], Lesson)
        return
    with pytest.raises(CatalogueError) as caught:
        load_lessons(tmp_path)
    assert str(caught.value).startswith("01-what-is-an-indicator.md")
    assert said in str(caught.value)


def test_lesson_files_are_numbered_without_gaps(tmp_path: Path) -> None:
    (tmp_path / "02-later.md").write_text(FIRST, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"02-later\.md：课程文件从 01 起连续编号"):
        load_lessons(tmp_path)


def test_lesson_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "01-first.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="课程文件须是 UTF-8 文本"):
        load_lessons(tmp_path)
