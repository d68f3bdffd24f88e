"""Handouts as a trainer meets them: complete, the same for the same seed, opened again, harmless, the key apart."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

import reviewer
from reviewer.cli import main
from reviewer.models import Document, Indicator, Project, Review
from reviewer.reporting.formats import Format
from reviewer.rules.catalogue import load_catalogue
from reviewer.training.course import lesson, lessons
from reviewer.training.handout import FORMATS, Handout, handout, render
from reviewer.training.handout.frequent import frequent
from reviewer.training.handout.sheet import (
    Block,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Sheet,
    Text,
    Title,
    Together,
    marked,
)


def words(blocks: tuple[Block, ...]) -> str:
    """All text of *blocks*."""

    def of(text: Text) -> str:
        return "".join(run.text for run in text)

    said = []
    for block in blocks:
        match block:
            case Together():
                said.append(words(block.blocks))
            case Grid():
                said += [column.title for column in block.columns]
                said += [of(text) for row in block.rows for cell in row for text in cell]
            case Paragraph():
                said.append(of(block.text))
            case Title():
                said += [block.text, of(block.under)]
            case Heading():
                said.append(block.text)
            case Listing():
                said += block.lines
    return "\n".join(said)


def text_of(contents: str | bytes) -> str:
    """What a reader sees of a file, in any format."""
    if isinstance(contents, bytes):
        document = docx.Document(io.BytesIO(contents))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    return contents


@pytest.fixture(scope="module")
def reviewed(root: Path) -> Review:
    return reviewer.review(reviewer.read(root / "data" / "samples" / "huangpu-2023.txt"))


@pytest.fixture(scope="module")
def third() -> Handout:
    return handout([lesson(3)])


def test_lesson_holds_idea_pairs_rules_basis_summary_and_exercises(third: Handout) -> None:
    said, one = words(third.paper.blocks), lesson(3)
    for pair in one.pairs:
        assert pair.words in said
        assert pair.why in said
        assert pair.good.document().projects[0].indicators[0].annual_value in said
    for code in one.rules:
        assert code in said
        assert load_catalogue().get(code).basis in said
    assert "三样写齐" in said
    assert one.tasks[0].task in said


def test_key_answers_every_question_and_paper_none(third: Handout) -> None:
    asked = re.findall(r"^(\d+)．", words(third.paper.blocks), re.MULTILINE)
    answered = re.findall(r"^(\d+)．", words(third.key.blocks), re.MULTILINE)
    assert asked == answered == [str(number) for number in range(1, len(asked) + 1)]
    assert "依据：" in words(third.key.blocks)
    paper = words(third.paper.blocks)
    for task in lesson(3).tasks:
        assert all(row.name not in paper for row in task.project.indicators)


def test_same_seed_gives_the_same_bytes_and_another_seed_another_paper() -> None:
    once, again, other = (handout([lesson(2)], seed=seed, count=4) for seed in (7, 7, 8))
    for format_ in FORMATS:
        assert render(once.paper, format_) == render(again.paper, format_) != render(other.paper, format_)
        assert render(once.key, format_) == render(again.key, format_) != render(other.key, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_says_all_of_it(format_: Format, third: Handout) -> None:
    said = re.sub(r"<[^>]*>|\\", "", text_of(render(third.paper, format_)))
    for word in (
        "道理",
        "对照着看",
        "规则和依据",
        "小结",
        "练习",
        "选一选",
        "写一写",
        "数据中心机房租赁总成本",
        "姓名",
    ):
        assert word in said


def test_no_exercise_comes_twice_in_the_whole_course() -> None:
    paper = words(handout(lessons(), count=3).key.blocks)
    assert all(f"第 {one.number} 课　答案" in paper for one in lessons())
    drawn = re.findall(r"原来写的是“(.+?)”", paper)
    assert len(drawn) == len(set(drawn)) > 5


def test_word_document_is_a4_with_page_numbers_and_each_part_on_a_new_page(third: Handout) -> None:
    contents = render(third.paper, Format.DOCX)
    assert isinstance(contents, bytes)
    document = docx.Document(io.BytesIO(contents))
    section = document.sections[0]
    assert [round((length or 0) / 36000) for length in (section.page_width, section.page_height)] == [210, 297]
    assert "PAGE" in section.footer._element.xml
    assert document.styles["Title"].paragraph_format.page_break_before
    titles = [paragraph for paragraph in document.paragraphs if paragraph.style.name == "Title"]  # type: ignore[union-attr]
    assert [title.paragraph_format.page_break_before for title in titles] == [False, None]
    assert document.core_properties.author == ""
    assert document.core_properties.title == third.paper.name


def test_html_is_one_whole_page_without_scripts_from_elsewhere(third: Handout) -> None:
    page = str(render(third.paper, Format.HTML))
    assert page.startswith("<!DOCTYPE html>")
    assert "Content-Security-Policy" in page
    assert not re.search(r"(src|href)=", page)


HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def hostile() -> Review:
    rows = [
        Indicator(no=1, level2="数量指标", name=f"场次{HOSTILE}", annual_value=f"按合同完成{HOSTILE}"),
        Indicator(
            no=2, level2="质量指标", name="|`**\x1b[31m\u202e", annual_value="进一步提升\x00<img src=x onerror=1>"
        ),
        Indicator(no=3, level2="", name="", annual_value=""),
    ]
    project = Project(name=HOSTILE, unit=HOSTILE, goal=f"{HOSTILE}进一步提升" * 30, indicators=rows)
    return reviewer.review(Document(department=HOSTILE, projects=[project]))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


@pytest.mark.parametrize("format_", FORMATS)
def test_text_of_a_table_stays_text(format_: Format, hostile: Review) -> None:
    made = handout([], hostile)
    for sheet in (made.paper, made.key):
        contents = render(sheet, format_)
        if format_ is Format.HTML:
            tags = Tags(str(contents)).seen
            assert tags.count("script") == 2  # the page's own
            assert "img" not in tags
        elif format_ is Format.MARKDOWN:
            assert "<script" not in str(contents).replace("\\<", "")
        assert not re.search("[\x00\x1b\u202e]", text_of(contents))
    assert "alert(1)" in text_of(render(made.paper, Format.DOCX))


def test_most_frequent_faults_are_counted_and_shown_at_real_rows(reviewed: Review) -> None:
    said = words(tuple(frequent(reviewed)))
    assert "你们最常见的十个毛病" in said
    assert "审核了 27 个项目、121 条指标" in said
    headings = re.findall(r"(\d+)．([A-Z]\d{3}) [^（]+（(\d+) 处）", said)
    assert [int(number) for number, _, _ in headings] == list(range(1, 11))
    counts = [int(count) for _, _, count in headings]
    assert counts == sorted(counts, reverse=True)
    found = [
        finding.code
        for project in reviewed.projects
        for findings in (project.findings, *(row.findings for row in project.indicators))
        for finding in findings
        if finding.severity != "hint" and finding.counts
    ]
    assert all(found.count(code) == int(count) for _, code, count in headings)
    assert str(reviewed.document.department) in said


def test_masked_handout_names_no_unit_project_or_place(reviewed: Review) -> None:
    made = handout([], reviewed, masked=True)
    said = words(made.paper.blocks) + words(made.key.blocks)
    assert "黄埔" not in said
    assert "广州" not in said
    assert all(project.name not in said for project in reviewed.projects)
    assert "项目九" in said


def test_review_without_faults_says_so(tmp_path: Path) -> None:
    made = handout([], reviewer.review(Document(department="甲局")))
    assert "没有发现错误和警告" in words(made.paper.blocks)
    assert "这一部分没有练习" in words(made.key.blocks)


def test_faults_of_a_departments_own_rule_need_no_file(reviewed: Review) -> None:
    review = reviewed.model_copy(deep=True)
    for project in review.projects:
        for row in project.indicators:
            for finding in row.findings:
                finding.rule, finding.code = "house-rule", "X900"
    assert "house-rule" in words(tuple(frequent(review)))


def test_mark_falls_on_the_words_or_on_all_of_it() -> None:
    assert [run.mark for run in marked("甲乙丙", ["乙"])] == [None, "fault", None]
    assert [run.mark for run in marked("甲乙丙", ["丁"])] == ["fault"]
    assert [run.text for run in marked("甲乙丙", ["甲乙", "乙丙"])] == ["甲乙", "丙"]
    assert marked("甲", [])[0].mark is None


def test_sheet_of_nothing_can_be_written() -> None:
    for format_ in FORMATS:
        assert render(Sheet("空", "空", ()), format_)


class TestCommand:
    def test_writes_paper_and_key_beside_it(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        target = tmp_path / "第3课.html"
        assert main(["train", "handout", "--lesson", "3", "--count", "2", "--output", str(target)]) == 0
        assert sorted(path.name for path in tmp_path.glob("*.html")) == ["第3课-答案.html", "第3课.html"]
        assert "参考写法" not in target.read_text(encoding="utf-8")
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("已写") == 2

    def test_reads_a_stored_review_or_a_declaration(self, tmp_path: Path, sample: Path) -> None:
        stored, first, second = tmp_path / "审核.json", tmp_path / "甲.md", tmp_path / "乙.md"
        assert main(["review", str(sample), "--format", "json", "--output", str(stored)]) == 0
        for source, target in ((stored, first), (sample, second)):
            assert main(["train", "handout", "--review", str(source), "--mask", "--output", str(target)]) == 0
        assert first.read_text(encoding="utf-8") == second.read_text(encoding="utf-8")
        assert first.read_text(encoding="utf-8").startswith("# 你们最常见的十个毛病")

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["--output", "-"], "讲义和答案是两个文件，不能写到标准输出"),
            (["--format", "csv"], "handout 不能写成 csv，可用的有：docx、html、markdown"),
            (["--lesson", "13"], "没有第 13 课，课程共 12 课"),
            (["--lesson", "0"], "没有第 0 课"),
            (["--mask"], "--mask 要和 --review 一起用"),
            (["--kind", "find"], "不用于 handout"),
            (["--review", "没有.json"], "没有.json"),
        ],
    )
    def test_refuses_in_chinese(self, args: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", "handout", *args]) == 2
        assert said in capsys.readouterr().err

    def test_lessons_are_for_handouts(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", "quiz", "--lesson", "1"]) == 2
        assert "--lesson 用于 handout" in capsys.readouterr().err
