"""The HTML report as a file: whole, well-formed, closed to the outside, and with every text of the review escaped."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as parser
from lxml.html import HtmlElement

from reviewer.models import Document, Finding, Indicator, Project, Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.html import render_html
from reviewer.reporting.html.text import marked, shown
from reviewer.reporting.words import GRADES, SEVERITY_TITLES, rule_title, worst_first
from tests.reporting.pages import saying, told

VOID = {"meta", "input", "br"}
OURS = re.compile(
    "html|head|meta|title|style|script|body|div|header|nav|main|section|article|footer|h[1-4]|p|b|i|small|strong|span|a"
    "|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|th|td|mark|code|form|label|input|fieldset|legend|select|option|button"
    "|details|summary|figure|figcaption|svg|desc|g|rect|text|tspan|foreignobject"
)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = [
    "</script><script>document.title='x'</script>",
    "</style><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--",
    "]]>&amp;&#60;script&#62;{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "放映\u202e场百\u2066二十\u200f场",
    "\x00\x01\x1b[31m\x7f\x85\u2028\r\n\t",
    "〔待填：<b>〕",
]


@pytest.fixture(scope="module")
def reviewed(sample: object) -> Review:
    return review(read(str(sample)))


@pytest.fixture(scope="module")
def page(reviewed: Review) -> str:
    return render_html(reviewed, "表.txt")


def tree(page: str) -> HtmlElement:
    return parser.document_fromstring(page)


def words(page: str | HtmlElement) -> str:
    """Return what a page says, without blanks."""
    root = tree(page) if isinstance(page, str) else page
    for part in root.xpath("//style | //script"):
        part.drop_tree()
    return re.sub(r"\s", "", root.text_content())


def findings(found: Review) -> list[Finding]:
    holders = [holder for project in found.projects for holder in (project, *project.indicators)]
    return [finding for holder in holders for finding in holder.findings]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_element_is_closed_where_it_was_opened(page: str) -> None:
    open_elements: list[str] = []
    text = re.sub(r"(?s)(<(style|script)>).*?(</\2>)", r"\1\3", page)
    for slash, name, attributes in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>\"]|\"[^\"]*\")*)>", text):
        if slash:
            assert open_elements.pop() == name
        elif name not in VOID and not attributes.endswith("/"):
            open_elements.append(name)
    assert open_elements == []


def test_ids_are_unique_and_every_link_leads_somewhere(page: str) -> None:
    root = tree(page)
    ids = Counter(root.xpath("//@id"))
    assert [key for key, count in ids.items() if count > 1] == []
    targets = root.xpath("//a/@href")
    assert len(targets) > 150
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    for names in root.xpath("//@aria-labelledby"):
        assert set(names.split()) <= set(ids)


def test_nothing_is_loaded_and_nothing_runs_but_what_the_policy_names(page: str) -> None:
    root = tree(page)
    assert root.xpath("//@src | //link | //iframe | //object | //embed | //img | //base | //*[@style]") == []
    assert [name for element in root.iter() for name in element.attrib if name.startswith("on")] == []
    assert not re.search(r"url\(|@import|https?://", "".join(root.xpath("//style/text() | //script/text()")))
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; ")
    named = set(re.findall(r"'sha256-[^']+'", policy))
    there = {
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in re.findall(r"(?s)<(?:style|script)>(.*?)</(?:style|script)>", page)
    }
    assert named == there
    assert len(there) == 3


def test_every_finding_stands_in_the_page(reviewed: Review, page: str) -> None:
    root = tree(page)
    shown = Counter(
        (item.get("data-code"), item.get("data-severity"))
        for item in root.xpath("//*[contains(@class, 'project')]//li[@data-code]")
    )
    assert shown == Counter((finding.code, finding.severity) for finding in findings(reviewed))
    text = words(root)
    for finding in findings(reviewed):
        assert squeezed(finding.message) in text


def test_everything_else_of_the_review_stands_in_the_page(reviewed: Review, page: str) -> None:
    text = words(page)
    for diagnostic in reviewed.diagnostics:
        assert squeezed(diagnostic.message) in text
    for project in reviewed.projects:
        assert squeezed(project.name) in text
        assert squeezed(project.goal) in text
        for audit in project.audit.values():
            assert squeezed(audit.reason) in text
        for part in project.coverage:
            assert squeezed(part.element) in text
        for indicator in project.indicators:
            assert squeezed(indicator.name) in text
            assert squeezed(indicator.annual_value) in text
            if indicator.rewrite:
                assert squeezed(indicator.rewrite.explanation) in text
                assert all(squeezed(blank) in text for blank in indicator.rewrite.blanks)
    assert "中共广州市黄埔区委员会宣传部（部门）·2023年·27个项目121条指标·8,777.20万元" in text
    assert f"全表{reviewed.summary.grade}" in text
    assert "未检查（不算通过）" in text
    assert reviewed.ruleset[:12] in text


def test_projects_come_worst_first_and_keep_the_ids_of_the_form(reviewed: Review, page: str) -> None:
    ids = tree(page).xpath("//article/@id")
    numbers = {id(project): number for number, project in enumerate(reviewed.projects, 1)}
    assert ids == [f"p{numbers[id(project)]}" for project in worst_first(reviewed)]


def test_the_page_is_small(page: str) -> None:
    assert len(page.encode()) < 480_000


def test_quotes_are_marked_where_they_stand(reviewed: Review, page: str) -> None:
    root = tree(page)
    for number, project in enumerate(reviewed.projects, 1):
        for at, indicator in enumerate(project.indicators, 1):
            row = root.get_element_by_id(f"p{number}-{at}")
            quotes = [f for f in indicator.findings if f.field == "annual_value" and f.quote.strip()]
            for finding in quotes:
                pieces = [
                    mark.text_content()
                    for mark in row.xpath("./tr[1]/td[last() - 1]/mark")
                    if finding.code in mark.get("title")
                ]
                assert finding.quote in "".join(pieces)


def test_what_a_model_said_and_what_is_let_stand_is_told_apart() -> None:
    page = render_html(told(), "表.json")
    text = words(page)
    for expected in (
        "R501警告〔模型〕〔有分歧〕答非所问。",
        "需人工复核：模型反复判断，只有33%一致",
        "第2条，改写：“≥95%”资料里没有",
        "未能判断180秒内没有等到完整的回复",
        "已豁免，不计分",
        "已豁免（合同在审）",
        "上次已有",
        "没有用上",
        "金额未填",
        "没有指标。",
        "desk·判断2/3个项目",
    ):
        assert expected in text
    root = tree(page)
    (apart,) = [item for item in root.xpath("//ul[contains(@class, 'apart')]/li") if "豁免" in item.text_content()]
    assert apart.get("data-code") == "V101"
    assert root.get_element_by_id("p1-1").xpath(".//mark[contains(@title, 'V101')]") == []


def test_the_same_number_twice_gets_two_places() -> None:
    root = tree(render_html(told(), "表.json"))
    assert root.get_element_by_id("p1-3").xpath("string(.//td[2])").split() == ["产出·数量", "放映村数"]
    assert root.get_element_by_id("p1-4").xpath("string(.//td[2])").split() == ["产出·数量", "设备完好率"]


def test_a_form_without_cycle_values_has_no_such_column() -> None:
    row = Indicator(no=1, level1="产出指标", level2="数量指标", name="征订份数", annual_value="≥120份")
    page = render_html(review(Document(projects=[Project(name="报刊", indicators=[row])])), "表.json")
    assert "周期指标值" not in page
    assert "周期指标值" in render_html(told(), "表.json")


@pytest.mark.parametrize("document", [Document(), Document(projects=[Project(name="")])])
def test_a_document_of_nothing_makes_a_page(document: Document) -> None:
    text = words(render_html(review(document), "空.json"))
    assert "绩效指标审核意见" in text
    assert ("没有读到项目。" in text) == (not document.projects)


def at(start: int, end: int, severity: str = "error", code: str = "V101") -> Finding:
    return Finding.model_validate(
        {"rule": code, "code": code, "severity": severity, "field": "goal", "quote": "", "start": start, "end": end}
        | {"message": ""}
    )


def test_overlapping_places_are_cut_where_one_begins_or_ends() -> None:
    found = marked("零一二三四五", [at(1, 4, "hint", "G802"), at(2, 5, "error", "G804")])
    assert found == (
        '零<mark class="hint" title="G802">一</mark><mark class="error" title="G802 G804">二三</mark>'
        '<mark class="error" title="G804">四</mark>五'
    )


spans = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted).map(tuple)


@given(st.text(min_size=1, max_size=12), st.lists(spans, max_size=6))
def test_marking_changes_no_text_and_marks_exactly_the_places(text: str, places: Iterable[tuple[int, int]]) -> None:
    places = [(min(start, len(text)), min(end, len(text))) for start, end in places]
    fragment = parser.fragment_fromstring(f"<p>{marked(text, [at(*place) for place in places])}</p>")
    if not text.strip():
        assert fragment.text_content() == "（空）"
        return
    expected = [any(start <= at < end for start, end in places) for at in range(len(text))]
    pieces = [(fragment.text or "", False)]
    for mark in fragment:
        pieces += [(mark.text_content(), True), (mark.tail or "", False)]
    flags = [inside for piece, inside in pieces for _ in piece]
    assert "".join(piece for piece, _ in pieces) == shown(text)
    assert flags == expected


def nothing_foreign(root: HtmlElement) -> None:
    """Check that a page holds no element, attribute or link but those of the templates."""
    assert [element.tag for element in root.iter() if not OURS.fullmatch(str(element.tag))] == []
    assert [name for element in root.iter() for name in element.attrib if name.startswith(("on", "src", "style"))] == []
    assert [target for target in root.xpath("//@href") if not re.fullmatch(r"#[a-z0-9-]+", target)] == []
    assert len(root.xpath("//script")) == 2
    assert len(root.xpath("//style")) == 1


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
@settings(max_examples=15, deadline=None)
def test_no_text_becomes_markup(text: str) -> None:
    page = render_html(saying(text), text)
    nothing_foreign(tree(page))
    assert not CONTROLS.search(page)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(text: str) -> None:
    page = render_html(saying(text), text)
    root = tree(page)
    nothing_foreign(root)
    assert not CONTROLS.search(page)
    assert squeezed(shown(text)) in words(root)


def test_a_file_name_that_is_not_utf8_can_be_told() -> None:
    assert "表�.txt" in render_html(review(Document()), "表\udcff.txt").encode().decode()


def test_charts_say_their_figures_in_words(reviewed: Review, page: str) -> None:
    root = tree(page)
    said = {chart.get("id"): chart.xpath("string(desc)") for chart in root.xpath("//svg")}
    assert list(said) == ["chart-grades", "chart-money", "chart-defects", "chart-smart"]
    assert all(f"{grade} " in said["chart-grades"] for grade in GRADES)
    assert f"{reviewed.summary.amount_by_grade['差']:,.2f} 万元" in said["chart-money"]
    counts = Counter(finding.rule for finding in findings(reviewed))
    assert rule_title(counts.most_common(1)[0][0]) in said["chart-defects"]
    assert all(project.name in said["chart-smart"] for project in reviewed.projects)


def test_a_chart_leaves_out_what_is_let_stand() -> None:
    found = told()
    assert "V101" not in tree(render_html(found, "表.json")).get_element_by_id("chart-defects").xpath("string(desc)")


def test_filters_offer_what_is_there(reviewed: Review, page: str) -> None:
    root = tree(page)
    codes = root.xpath("//select[@name='code']/option/@value")
    assert codes == ["", *sorted({finding.code for finding in findings(reviewed)})]
    assert root.xpath("//input[@name='severity']/@value") == list(SEVERITY_TITLES)
    assert len(root.xpath("//select[@name='unit']/option")) == 1 + len({p.unit for p in reviewed.projects if p.unit})


def test_four_hundred_projects_take_time_and_room_in_proportion(reviewed: Review) -> None:
    few = reviewed.model_copy(update={"projects": (reviewed.projects * 4)[:100]})
    many = reviewed.model_copy(update={"projects": (reviewed.projects * 15)[:400]})
    render_html(few, "表.txt")
    times, sizes = [], []
    for found in (few, many):
        begun = time.process_time()
        sizes.append(len(render_html(found, "表.txt").encode()))
        times.append(time.process_time() - begun)
    assert sizes[1] < 4.4 * sizes[0]
    assert times[1] < 10 * times[0]
