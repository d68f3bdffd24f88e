"""The letter of opinion: one a unit, complete, grade and consequence first, and a Word file that opens."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from reviewer.models import Document, Finding, Indicator, Project, Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.layout import clean
from reviewer.reporting.letter import render_letter
from reviewer.reporting.words import codes, is_sound
from reviewer.scoring import ProjectScore, score_document

from .reviews import everything
from .test_views import HOSTILE, document


@pytest.fixture(scope="module")
def reviewed(sample: object) -> Review:
    return review(read(str(sample)))


@pytest.fixture(scope="module")
def opened(reviewed: Review) -> WordDocument:
    return docx.Document(BytesIO(render_letter(reviewed)))


def letters(opened: WordDocument) -> list[list[str]]:
    """Return the texts of each letter, those of its tables in their place, one a paragraph."""
    found: list[list[str]] = [[]]
    for block in opened.iter_inner_content():
        if isinstance(block, Table):
            for row in block._tbl.tr_lst:
                found[-1] += ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in row.iter(qn("w:p"))]
        else:
            found[-1].append(block.text)
            if block._p.pPr is not None and block._p.pPr.find(qn("w:sectPr")) is not None:
                found.append([])
    return found


def text_of(found: Review) -> list[str]:
    return ["\n".join(letter) for letter in letters(docx.Document(BytesIO(render_letter(found))))]


def test_each_unit_gets_its_letter_with_its_own_score(reviewed: Review, opened: WordDocument) -> None:
    found = letters(opened)
    assert [letter[:2] for letter in found] == [
        ["绩效目标审核意见", f"{unit.name}："] for unit in reviewed.document.units
    ]
    for letter, unit in zip(found, reviewed.document.units, strict=True):
        projects = [project for project in reviewed.projects if project.unit == unit.name]
        pairs = [(p.amount, ProjectScore(p.score, p.grade, p.audit)) for p in projects]
        score, grade = score_document(pairs)
        assert f"总体得分 {score:g} 分，等级为“{grade}”" in "\n".join(letter)
        for project in reviewed.projects:
            assert any(line.endswith(f". {project.name}") for line in letter) == (project in projects)


def test_pages_are_numbered_from_one_in_each_letter(reviewed: Review, opened: WordDocument) -> None:
    assert len(opened.sections) == len(reviewed.document.units)
    for section in opened.sections:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert round(section.left_margin.mm) == 28
        assert "— 1 —" in section.footer.paragraphs[0].text.replace(" PAGE ", "")


def stands(finding: Finding, text: str) -> bool:
    return re.search(rf"{finding.code} .*：{re.escape(finding.message)}（财预〔20", text) is not None


def test_every_finding_stands_in_the_letter_with_its_basis(reviewed: Review) -> None:
    text = "\n".join(text_of(reviewed))
    for project in reviewed.projects:
        for finding in project.findings:
            assert stands(finding, text)
        for indicator in project.indicators:
            if is_sound(indicator):
                hints = f"（提示 {codes(indicator.findings)}）" if indicator.findings else ""
                assert f"第 {indicator.no} 条 {clean(indicator.name)}{hints}" in text
            else:
                assert all(stands(finding, text) for finding in indicator.findings)
    assert "附件4" in text.replace(" ", "")
    assert "M201 数字缺单位\n财预〔2021〕101号：" in text


def test_the_worst_comes_first(opened: WordDocument) -> None:
    for letter in letters(opened):
        scores = [
            float(line.split("，")[1].split()[0])
            for line in letter
            if re.fullmatch(r".*，[\d.]+ 分，[优良中差]。", line)
        ]
        assert scores == sorted(scores)
        assert scores


@pytest.mark.parametrize(
    ("value", "grade", "consequence"),
    [
        ("≥672场", "优", "直接进入下一步预算安排流程"),
        ("按计划完成", "差", "不得进入下一步预算安排流程"),
    ],
)
def test_the_grade_has_its_consequence(value: str, grade: str, consequence: str) -> None:
    row = Indicator(
        no=1, level1="产出指标", level2="数量指标", name="电影放映场次", cycle_value=value, annual_value=value
    )
    project = Project(name="电影放映", amount=70, goal="全年放映672场。", indicators=[row])
    found = review(Document(projects=[project]), select=["V"])
    (text,) = text_of(found)
    assert f"等级为“{grade}”：{consequence}。" in text


def test_wording_is_suggested_and_blanks_stay_visible(reviewed: Review) -> None:
    text = "\n".join(text_of(reviewed))
    assert "⟦按合同约定完成⟧" in text
    assert "周期、年度：≥672场" in text
    assert "〔待填：" in text
    opened = docx.Document(BytesIO(render_letter(reviewed)))
    blanks = opened.element.body.xpath('.//w:r[w:rPr/w:rStyle[@w:val="Blank"]]')
    assert len(blanks) >= text.count("〔待填：")


def test_what_was_not_judged_not_checked_or_not_read_is_told(reviewed: Review) -> None:
    first = text_of(reviewed)[0]
    assert "“未判断”不等于通过" in first
    assert "下列事项既不算通过，也不算有问题" in first
    assert "条件是否具备、能否实现，离线不判断。" in first
    assert re.search(r"第 33 行\n警告\n.*跨页的重复行", first)


def test_what_reading_noticed_goes_to_the_unit_it_is_about() -> None:
    film, theatre = text_of(everything())
    assert "金额读不出来" in theatre
    assert "金额读不出来" not in film
    assert "按 GB18030 读取" in film
    assert "按 GB18030 读取" in theatre


def test_old_and_suppressed_findings_are_listed_apart() -> None:
    film, _ = text_of(everything())
    assert re.search(r"^上次已有：第 1 条，V101 .*上次就有的话。$", film, re.MULTILINE)
    assert re.search(r"^已豁免（合同在审）：第 1 条，V101 .*让它去的话。$", film, re.MULTILINE)
    assert not re.search(r"^错误 .*(上次就有的话|让它去的话)", film, re.MULTILINE)


def test_the_letter_says_where_it_comes_from_and_no_more(reviewed: Review) -> None:
    for text in text_of(reviewed):
        assert f"规则 {reviewed.ruleset[:12]}" in text
        assert "没有使用模型" in text
        assert "供审核人员核定的初稿" in text
        assert re.search(r"（审核单位盖章）\n审核人：　+复核人：　+\n　+年　+月　+日", text)
    film, theatre = text_of(everything())
    assert "规则和模型（desk）" in film
    assert "模型的话未采用：第 2 条，改写：“≥99%”资料里没有" in film
    assert "模型未能判断，只有规则的结果：180 秒内没有等到完整的回复" in theatre


def test_fonts_are_those_of_official_documents(reviewed: Review) -> None:
    parts = ZipFile(BytesIO(render_letter(reviewed)))
    styles = docx.Document(BytesIO(render_letter(reviewed))).styles
    assert styles["Normal"].paragraph_format is not None
    assert 'w:eastAsia="仿宋_GB2312"' in parts.read("word/styles.xml").decode()
    assert styles["Title"].element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    named = set(re.findall(r'w:eastAsia="([^"]+)"', parts.read("word/styles.xml").decode())) - {"zh-CN"}
    listed = set(re.findall(r'w:font w:name="([^"]+)"', parts.read("word/fontTable.xml").decode()))
    assert named <= listed


def test_tables_repeat_their_head_and_fit_between_the_margins(opened: WordDocument) -> None:
    for table in opened.tables:
        head, *rows = table._tbl.tr_lst
        assert head.trPr.find(qn("w:tblHeader")) is not None
        assert rows
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert sum(widths) <= 156 * 1440 / 25.4 + len(widths)


def test_a_row_is_kept_whole_unless_it_would_not_fit_on_a_page() -> None:
    opened = docx.Document(BytesIO(render_letter(review(document("按计划完成" * 400)))))
    rows = {len("".join(row.itertext())): row for table in opened.tables for row in table._tbl.tr_lst}
    whole = {length: row.trPr.find(qn("w:cantSplit")) is not None for length, row in rows.items()}
    assert whole[min(whole)]
    assert not whole[max(whole)]


def test_the_same_review_gives_the_same_bytes(reviewed: Review) -> None:
    assert render_letter(reviewed) == render_letter(reviewed)


def test_every_part_is_named_and_well_formed(reviewed: Review) -> None:
    parts = ZipFile(BytesIO(render_letter(reviewed)))
    types = etree.fromstring(parts.read("[Content_Types].xml"))
    for name in parts.namelist():
        etree.fromstring(parts.read(name))
    for override in types.iter("{*}Override"):
        assert override.get("PartName")[1:] in parts.namelist()


@pytest.mark.parametrize("text", [*HOSTILE.values(), "\ud800", "\ufffe", "]]></w:t>", "<w:p/>&amp;"])
def test_hostile_texts_do_no_harm(text: str) -> None:
    found = everything()
    for project in found.projects:
        project.name = project.goal = text
        for indicator in project.indicators:
            indicator.name = indicator.annual_value = indicator.level1 = text
    found.projects[0].unit = found.diagnostics[0].message = text
    opened = docx.Document(BytesIO(render_letter(found)))
    assert len(letters(opened)) == 2
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", opened.element.xml)


def test_a_table_without_projects_gets_a_letter_that_says_so() -> None:
    (text,) = text_of(review(Document(department="青禾县文化局")))
    assert text.startswith("绩效目标审核意见\n青禾县文化局：")
    assert "没有读到项目" in text
    assert isinstance(docx.Document(BytesIO(render_letter(review(Document())))).paragraphs[0], Paragraph)
