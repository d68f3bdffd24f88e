"""Scores agree with grades and labels, fall with findings and never rise; the page tells the formula that counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewer import pipeline
from reviewer.measures import kappa, rank_sums
from reviewer.models import AUDITS, DIMENSIONS, Document, Grade, Indicator, Project, Severity
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.rules.engine import ProjectResult, RowResult, check_row
from reviewer.rules.row import ProjectFacts, Row
from reviewer.scoring import ProjectScore, RowScore, explain, grade_of, score_document, score_project, score_row
from reviewer.scoring.audit import EVIDENCE
from reviewer.scoring.formula import CEILINGS, EFFECTS, SPECIALS, WEIGHTS

GRADES: tuple[Grade, ...] = get_args(Grade)
CATALOGUE = load_catalogue()
ROW_RULES = [rule for rule in CATALOGUE.rules if rule.applies_to == "indicator"]
PROJECT_RULES = [rule for rule in CATALOGUE.rules if rule.applies_to == "project"]
ALL_ON = CATALOGUE.select()


def row(name: str, annual: str, cycle: str | None = None, level2: str = "数量指标", amount: float | None = None) -> Row:
    indicator = Indicator(no=1, level2=level2, name=name, cycle_value=cycle, annual_value=annual)
    return Row(indicator, ProjectFacts(Project(name="示例项目", amount=amount), 2024))


def hit(code: str, field: str = "annual_value", severity: Severity | None = None) -> Hit:
    return Hit(code, field, 0, 1, "说明", severity)  # type: ignore[arg-type]


def scored(row: Row, *hits: Hit) -> RowScore:
    return score_row(RowResult(row, list(hits), []))


def reviewed(row: Row) -> RowScore:
    return score_row(check_row(row, ALL_ON))


# What a user meets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        (row("修剪行道树数量", "≥1200株"), "优"),
        (row("古井修缮竣工时间", "2024年9月30日前", level2="时效指标"), "优"),
        (row("游船乘客满意度", "≥90%", level2="服务对象满意度指标"), "优"),
        (row("修剪行道树数量", "≥1200株", "修剪行道树数量"), "良"),  # only the cycle value is an echo
        (row("修剪行道树数量", "≥1200株", "按实际情况修剪"), "良"),  # the cycle value says nothing
        (row("满意度", "90%", level2="服务对象满意度指标"), "良"),  # whose?
        (row("维修总成本", "≤85万元", level2="经济成本指标", amount=85), "良"),  # all the money there is
        (row("市民文明素养", "进一步提升", level2="社会效益指标"), "差"),
        (row("办案工作", "按合同约定完成"), "差"),
        (row("成本控制情况", "严格控制在预算内", level2="经济成本指标"), "中"),  # the budget stands on the form
        (row("窗口任务完成及时率", "100%", level2="时效指标"), "中"),
    ],
    ids=lambda value: value.annual.text if isinstance(value, Row) else value,
)
def test_grade_that_a_reviewer_expects(given: Row, grade: Grade) -> None:
    assert reviewed(given).grade == grade


def test_reason_names_what_decided() -> None:
    clean = scored(row("修剪行道树数量", "≥1200株"))
    assert clean.reasons == {
        "specific": "名称说清了衡量什么",
        "measurable": "年度值有数量和单位",
        "achievable": "没有发现做不到或者必然做到的值",
        "relevant": "没有发现类别或内容不符",
        "time_bound": "一年的数量，以预算年度为限",
    }
    faulty = scored(row("修剪行道树数量", "100%"), hit("M202"), hit("C401"))
    assert faulty.reasons["measurable"] == f"M202 {CATALOGUE.get('M202').title}"
    assert faulty.reasons["relevant"] == f"C401 {CATALOGUE.get('C401').title}"


def test_reason_names_the_weak_cycle_value_that_costs_the_best_grade() -> None:
    assert "周期值" in scored(row("修剪行道树数量", "≥1200株", "按实际情况修剪")).reasons["measurable"]


def test_a_growth_of_100_percent_leaves_room() -> None:
    assert scored(row("验收合格率", "100%", level2="质量指标")).smart.achievable == 4
    assert scored(row("粮食产量", "较上年增长100%", level2="经济效益指标")).smart.achievable == 5


def test_form_without_content_is_scored_too() -> None:
    empty = reviewed(row("", "", "", level2=""))
    assert empty.grade != "优"
    assert all(empty.reasons[dimension] for dimension in DIMENSIONS)


def test_rule_of_ones_own_counts_by_its_severity() -> None:
    target = row("修剪行道树数量", "≥1200株")
    assert scored(target, hit("X900", severity="error")).grade == "中"
    assert scored(target, hit("X900")).grade == "良"
    assert scored(target, hit("X900", severity="hint")).score == scored(target).score


# Properties -------------------------------------------------------------------------------------------------------

TEXTS = [
    "≥1200株",
    "100%",
    "是",
    "合格",
    "按计划完成",
    "进一步提升",
    "",
    "3",
    "2024年6月底前",
    "每季度1次",
    "≤85万元",
    "0起",
]
NAMES = ["修剪行道树数量", "满意度", "验收合格率", "办结及时率", "市民素养", "维修总成本", "", "安全事故"]
CLASSES = ["数量指标", "质量指标", "时效指标", "经济成本指标", "社会效益指标", "服务对象满意度指标", ""]

rows = st.builds(
    row,
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
    st.none() | st.sampled_from(TEXTS),
    st.sampled_from(CLASSES),
    st.none() | st.sampled_from([0.0, 85.0]),
)
severities = st.none() | st.sampled_from(get_args(Severity))
row_hits = st.lists(
    st.builds(
        hit,
        st.sampled_from([*EFFECTS, "X900"]),
        st.sampled_from(["annual_value", "cycle_value", "name"]),
        severities,
    ),
    max_size=6,
)


@given(rows, row_hits)
def test_score_and_grade_agree(target: Row, hits: list[Hit]) -> None:
    score = scored(target, *hits)
    assert 20 <= score.score <= 100
    assert score.grade == grade_of(score.score)
    assert list(score.reasons) == list(DIMENSIONS)
    weighted = sum(WEIGHTS[dimension] * getattr(score.smart, dimension) for dimension in DIMENSIONS) / 5
    assert score.score <= weighted


@given(rows, row_hits, row_hits)
def test_another_finding_never_raises_a_score(target: Row, hits: list[Hit], more: list[Hit]) -> None:
    before, after = scored(target, *hits), scored(target, *hits, *more)
    assert after.score <= before.score
    assert all(getattr(after.smart, each) <= getattr(before.smart, each) for each in DIMENSIONS)


@given(rows, row_hits, st.randoms())
def test_order_and_repetition_of_findings_do_not_matter(target: Row, hits: list[Hit], random: Random) -> None:
    mixed = [*hits, *hits]
    random.shuffle(mixed)
    once, twice = scored(target, *hits), scored(target, *mixed)
    assert (once.smart, once.score) == (twice.smart, twice.score)


@given(rows, st.sampled_from(sorted(EFFECTS)))
def test_hint_takes_one_step_at_most(target: Row, code: str) -> None:
    before, after = scored(target), scored(target, hit(code, severity="hint"))
    assert sum(getattr(before.smart, each) - getattr(after.smart, each) for each in DIMENSIONS) <= 1
    assert GRADES.index(after.grade) - GRADES.index(before.grade) <= 1


# The tables -------------------------------------------------------------------------------------------------------


def test_every_indicator_rule_has_its_effect_and_nothing_else_has() -> None:
    assert sorted(EFFECTS) == [rule.code for rule in ROW_RULES]
    assert set(SPECIALS) <= set(EFFECTS)
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize("rule", [rule for rule in ROW_RULES if rule.code != "M207"], ids=lambda rule: rule.code)
def test_rule_touches_the_dimension_that_the_catalogue_names(rule: Rule) -> None:
    assert rule.dimension is not None
    assert EFFECTS[rule.code][DIMENSIONS.index(rule.dimension)] < 5


@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.code)
def test_bad_example_with_its_finding_stays_below_the_ceiling(rule: Rule) -> None:
    for example in rule.examples("反例"):
        (project,) = example.document().projects
        facts = ProjectFacts(project, 2024)
        for indicator in project.indicators:
            assert scored(Row(indicator, facts), hit(rule.code)).score <= CEILINGS[rule.severity]


def test_missing_comparator_costs_nothing() -> None:
    target = row("修剪行道树数量", "1200株")
    assert scored(target, hit("M207")) == scored(target)


def test_audit_reads_project_rules_and_each_only_once() -> None:
    codes = [code for each in EVIDENCE.values() for code in each]
    assert sorted(codes) == [rule.code for rule in PROJECT_RULES]


def test_page_is_what_is_counted(root: Path) -> None:
    assert (root / "docs" / "scoring.md").read_text(encoding="utf-8") == explain()


# Agreement with the labels, the labelled faults given -------------------------------------------------------------


def labelled(root: Path) -> Iterator[tuple[RowScore, dict[str, Any]]]:
    gold = root / "data" / "gold"
    found: dict[tuple[str, int], Row] = {}
    for line in (gold / "drafts_tables.jsonl").read_text(encoding="utf-8").splitlines():
        table = json.loads(line)
        project = Project(name=table["project"], amount=table["amount"], goal=table["goal"])
        facts = ProjectFacts(project, table["budget_year"])
        for indicator in table["indicators"]:
            found[table["project"], indicator["no"]] = Row(Indicator(**indicator), facts)
    for line in (gold / "drafts.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        target = found[label["project"], label["no"]]
        target.vague = label["vague"]
        codes = [CATALOGUE.get(name).code for name in label["defects"]]
        # Labels do not say which value is the echo: the annual one only where nothing else makes the row vague.
        of_cycle = not label["vague"] or any(code.startswith("V") for code in codes)
        hits = [hit("M204", "cycle_value", "hint") if code == "M204" and of_cycle else hit(code) for code in codes]
        yield scored(target, *hits), label


def test_formula_gives_the_labelled_grade_for_the_labelled_faults(root: Path) -> None:
    pairs = [(GRADES.index(score.grade), GRADES.index(label["grade"])) for score, label in labelled(root)]
    agreed = kappa(rank_sums(pairs))
    assert len(pairs) == 274
    assert agreed is not None
    assert agreed >= 0.93


@pytest.mark.parametrize(
    ("dimension", "least"),
    [("specific", 0.9), ("measurable", 0.95), ("achievable", 0.85), ("relevant", 0.8), ("time_bound", 0.88)],
)
def test_formula_gives_about_the_labelled_smart_scores(root: Path, dimension: str, least: float) -> None:
    pairs = [(getattr(score.smart, dimension), label["smart"][dimension]) for score, label in labelled(root)]
    agreed = kappa(rank_sums(pairs))
    assert agreed is not None
    assert agreed >= least


# Projects ---------------------------------------------------------------------------------------------------------

GOOD, ECHO, VAGUE = (
    row("修剪行道树数量", "≥1200株"),
    row("修剪行道树数量", "≥1200株", "修剪行道树数量"),
    row("市民文明素养", "进一步提升", level2="社会效益指标"),
)


def project(*targets: Row, hits: list[Hit] | None = None, unchecked: list[NotChecked] | None = None) -> ProjectScore:
    results = [check_row(target, ALL_ON) for target in targets]
    whole = ProjectResult(ProjectFacts(Project(name="示例项目"), 2024), results, hits or [], unchecked or [])
    return score_project(whole, [score_row(result) for result in results])


def test_long_table_is_no_disadvantage() -> None:
    assert project(*[GOOD, VAGUE] * 20).score == project(GOOD, VAGUE).score


def test_project_without_indicators_scores_zero() -> None:
    empty = project()
    assert (empty.score, empty.grade) == (0, "差")
    assert empty.audit["completeness"].grade == "差"
    assert empty.audit["appropriateness"].grade is None


def test_printed_weights_count_when_every_row_has_one() -> None:
    def weighted(name: str, annual: str, weight: float | None) -> Row:
        indicator = Indicator(no=1, level2="数量指标", name=name, annual_value=annual, weight=weight)
        return Row(indicator, ProjectFacts(Project(name="示例项目"), 2024))

    def score(good: float | None, bad: float | None) -> float:
        return project(weighted("修剪行道树数量", "≥1200株", good), weighted("市民素养", "进一步提升", bad)).score

    plain = score(None, None)
    assert score(40, 10) > plain > score(10, 40)
    assert score(40, None) == score(40, 0) == score(40, -5) == score(inf, 10) == score(nan, 10) == plain


def test_rule_about_the_project_costs_once_and_all_together_a_limited_sum() -> None:
    clean = project(GOOD).score
    assert project(GOOD, hits=[hit("G802", "goal")]).score == clean - 5
    assert project(GOOD, hits=[hit("G802", "goal")] * 9).score == clean - 5
    assert (
        project(GOOD, hits=[hit("S901", "indicators", "hint"), hit("S901", "indicators", "warning")]).score == clean - 5
    )
    assert project(GOOD, hits=[hit(rule.code, "goal", "error") for rule in PROJECT_RULES]).score == clean - 20
    assert project(VAGUE, hits=[hit(rule.code, "goal", "error") for rule in PROJECT_RULES]).score >= 0


project_hits = st.lists(
    st.builds(hit, st.sampled_from([rule.code for rule in PROJECT_RULES]), st.just("goal"), severities), max_size=5
)
some_rows = st.lists(st.sampled_from([GOOD, ECHO, VAGUE]), max_size=4)


@given(some_rows, project_hits, project_hits)
def test_another_project_finding_never_raises_score_or_audit(
    targets: list[Row], hits: list[Hit], more: list[Hit]
) -> None:
    before, after = project(*targets, hits=hits), project(*targets, hits=hits + more)
    assert after.score <= before.score
    assert after.grade == grade_of(after.score)
    for name in AUDITS:
        old, new = before.audit[name].grade, after.audit[name].grade
        assert old is None or (new is not None and GRADES.index(new) >= GRADES.index(old))


@given(some_rows, project_hits)
def test_hints_about_a_project_cost_one_grade_at_most(targets: list[Row], hits: list[Hit]) -> None:
    hints = [found._replace(severity="hint") for found in hits]
    before, after = project(*targets), project(*targets, hits=hints)
    assert GRADES.index(after.grade) - GRADES.index(before.grade) <= 1


# Audit ------------------------------------------------------------------------------------------------------------


def test_audit_of_a_sound_project_guesses_nothing() -> None:
    audit = project(GOOD, GOOD).audit
    assert [audit[name].grade for name in AUDITS] == ["优", None, "优", None]
    assert all("离线不判断" in audit[name].reason for name in AUDITS if audit[name].grade is None)


def test_completeness_follows_the_gravest_finding_and_names_it() -> None:
    audit = project(GOOD, hits=[hit("S901", "indicators", "hint"), hit("G801", "goal")]).audit["completeness"]
    assert audit.grade == "差"
    assert "S901" in audit.reason
    assert "G801" in audit.reason
    assert project(GOOD, hits=[hit("S901", "indicators", "hint")]).audit["completeness"].grade == "良"


def test_completeness_is_open_while_something_could_not_be_checked() -> None:
    audit = project(GOOD, unchecked=[NotChecked("S901", "项目是否面向公众，看不出来。")]).audit["completeness"]
    assert audit.grade is None
    assert "看不出来" in audit.reason


def test_relevance_is_graded_on_clear_evidence_only() -> None:
    assert project(GOOD, hits=[hit("G804", "goal", "hint")]).audit["relevance"].grade is None
    assert project(GOOD, hits=[hit("G804", "goal", "warning")]).audit["relevance"].grade == "中"
    misfit = row("职工满意度", "≥90%", level2="数量指标")
    audit = project(misfit, GOOD).audit["relevance"]
    assert audit.grade == "中"
    assert "2 条指标里有 1 条" in audit.reason


def test_appropriateness_falls_with_vague_rows_and_says_which() -> None:
    few, many = project(*[GOOD] * 11, VAGUE), project(GOOD, VAGUE, VAGUE)
    assert few.audit["appropriateness"].grade == "良"
    assert many.audit["appropriateness"].grade == "差"
    assert "3 条指标里有 2 条空泛（第 1、1 条）" in many.audit["appropriateness"].reason


# Documents --------------------------------------------------------------------------------------------------------


def document(*pairs: tuple[float | None, float]) -> float:
    score, grade = score_document((amount, ProjectScore(points, grade_of(points), {})) for amount, points in pairs)
    assert grade == grade_of(score)
    return score


def test_document_without_projects() -> None:
    assert score_document([]) == (0, "差")


def test_money_weighs_but_does_not_decide_alone() -> None:
    plain = document((10, 40), (10, 90))
    assert plain == 65
    assert plain < document((10, 40), (1000, 90)) < 90


def test_missing_amount_weighs_as_the_median() -> None:
    assert document((None, 40), (4, 90), (9, 90), (16, 90)) == document((9, 40), (4, 90), (9, 90), (16, 90))
    assert document((None, 40), (None, 90)) == 65
    for odd in (0.0, -3.0, nan, inf):
        assert document((odd, 40), (9, 90)) == document((9, 40), (9, 90))


@given(st.lists(st.tuples(st.none() | st.floats(), st.integers(0, 1000).map(lambda tenths: tenths / 10)), min_size=1))
def test_document_lies_between_its_projects(pairs: list[tuple[float | None, float]]) -> None:
    points = [score for _, score in pairs]
    assert min(points) - 0.05 <= document(*pairs) <= max(points) + 0.05


@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.floats(0, 100)), min_size=1, max_size=6), st.data())
def test_better_project_never_lowers_the_document(pairs: list[tuple[float, float]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pairs) - 1))
    better = [*pairs]
    better[at] = (pairs[at][0], data.draw(st.floats(pairs[at][1], 100)))
    assume(better != pairs)
    assert document(*better) >= document(*pairs)


@pytest.mark.parametrize("weight", [1.7e308, 1e-310])
def test_a_weight_that_is_no_number_of_points_weighs_like_any_other(weight: float) -> None:
    def weighed(first: float) -> float:
        rows = [
            Indicator(no=1, level2="数量指标", name="放映场次", annual_value="按计划完成", weight=first),
            Indicator(no=2, level2="数量指标", name="观影人数", annual_value="≥672人", weight=20.0),
        ]
        return pipeline.review(Document(projects=[Project(name="电影放映", indicators=rows)])).projects[0].score

    assert weighed(weight) == weighed(20.0)  # neither pair adds up to 90 points


def test_amounts_beyond_all_money_are_no_fault_of_the_program() -> None:
    projects = [Project(name=name, amount=1.7e308) for name in ("甲", "乙")]
    assert pipeline.review(Document(projects=projects)).summary.amount_by_grade["差"] == inf
