"""One verdict out of several answers: corrections, parts of a project, repeated judgements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.judging.evidence import Element, Examined, Examiner, Opinion
from reviewer.judging.verdict import Verdict, corrected, decided, together
from reviewer.judging.wire import Answer, WireAudits
from reviewer.models import AUDITS, Rewrite, SmartScores
from reviewer.rules.answers import Hit

from .said import GOOD, answer, audits, checked, finding, indicator, points, rewrite

VAGUE = indicator(1, vague=True, smart=points(2), findings=[finding("vague-plan-reference", "按合同约定完成")])
SOUND = indicator(1)


def examined(*indicators: dict[str, object], **others: object) -> Examined:
    return Examiner(checked()).examine(answer(*indicators, **others))


# A second answer ------------------------------------------------------------------------------------------------------


def test_each_indicator_is_taken_from_its_better_answer() -> None:
    good = rewrite("放映场次", "≥672场", explanation="28×12×2=672")
    bad = rewrite("放映场次", "≥700场")
    invented = finding("value-conflict", "三百人")
    first = examined(indicator(1, rewrite=good), indicator(2, findings=[invented]))
    second = examined(indicator(1, rewrite=bad), indicator(2, findings=[finding("value-conflict", "20人")]))
    both = corrected(first, second)
    assert both.opinions[0].rewrite == first.opinions[0].rewrite
    assert [hit.code for hit in both.opinions[1].hits] == ["M206"]
    assert both.doubts == ()


def test_what_still_fails_is_listed_as_it_was_said_last() -> None:
    first = examined(indicator(2, findings=[finding("value-conflict", "三百人")]), elements=(("编的", []),))
    second = examined(indicator(2, findings=[finding("value-conflict", "四百人")]), elements=(("20人", [2]),))
    both = corrected(first, second)
    assert [doubt.why for doubt in both.doubts] == ["年度指标值里没有连续的“四百人”"]
    assert len(both.elements) == 1


# Parts of a project ---------------------------------------------------------------------------------------------------


def part(places: dict[int, bool], elements: tuple[Element, ...] = (), **grades: str) -> Examined:
    """What is believed of an answer about some of the indicators: vague or not."""
    smart = SmartScores.model_validate(points())
    opinions = {at: Opinion(smart, vague, ()) for at, vague in places.items()}
    return Examined(opinions, elements, WireAudits.model_validate(audits("良") | audits_of(grades)), ())


def audits_of(grades: dict[str, str]) -> dict[str, object]:
    return {name: {"grade": grade, "reason": f"{grade}的理由"} for name, grade in grades.items()}


def test_parts_are_put_side_by_side() -> None:
    whole = together([part({0: True, 1: False}), part({2: True})])
    assert {at: opinion.vague for at, opinion in whole.opinions.items()} == {0: True, 1: False, 2: True}


def test_overlapping_elements_are_one_measured_by_all() -> None:
    first = part({0: False}, (Element(0, 10, (0,)), Element(20, 30, ())))
    second = part({1: False}, (Element(4, 12, (1,)), Element(31, 40, (1,))))
    assert together([first, second]).elements == (Element(0, 10, (0, 1)), Element(20, 30, ()), Element(31, 40, (1,)))


def test_what_one_part_lacks_another_may_hold_but_a_fault_stays_a_fault() -> None:
    first = part({0: False}, completeness="差", relevance="优", appropriateness="优", feasibility="中")
    second = part({1: False}, completeness="良", relevance="差", appropriateness="差", feasibility="优")
    audit = together([first, second]).audit
    assert [getattr(audit, name).grade for name in AUDITS] == ["良", "优", "差", "中"]
    assert audit.feasibility.reason == "中的理由"


# Repeated judgements --------------------------------------------------------------------------------------------------


def test_one_judgement_is_its_own_verdict() -> None:
    said = Examiner(checked()).examine(Answer.model_validate(GOOD))
    verdict = decided([said])
    assert verdict.opinions == said.opinions
    assert verdict.elements == said.elements
    assert verdict.stability == {}


@pytest.mark.parametrize(
    ("judgements", "vague", "codes", "stability"),
    [
        ([VAGUE, VAGUE, VAGUE], True, ["V101"], 1.0),
        ([VAGUE, VAGUE, SOUND], True, ["V101"], 2 / 3),
        ([VAGUE, SOUND, SOUND], False, [], 2 / 3),
        ([VAGUE, SOUND], None, [], 0.0),
    ],
)
def test_the_majority_decides(
    judgements: list[dict[str, object]], vague: bool | None, codes: list[str], stability: float
) -> None:
    verdict = decided([examined(one) for one in judgements])
    opinion = verdict.opinions[0]
    assert opinion.vague is vague
    assert [hit.code for hit in opinion.hits] == codes
    assert verdict.stability[0] == pytest.approx(stability)
    assert verdict.stability[1] == 1.0


def test_the_three_kinds_of_vagueness_are_one_fault() -> None:
    kinds = ("vague-plan-reference", "vague-no-value", "vague-plan-reference")
    said = [examined(indicator(1, vague=True, findings=[finding(kind, "按合同约定完成")])) for kind in kinds]
    verdict = decided(said)
    assert [hit.code for hit in verdict.opinions[0].hits] == ["V101"]
    assert verdict.stability[0] == 1.0


def test_points_are_the_median_and_the_lower_of_two() -> None:
    verdict = decided([examined(indicator(1, smart=points(value))) for value in (2, 5, 3)])
    assert verdict.opinions[0].smart.specific == 3
    verdict = decided([examined(indicator(1, smart=points(value))) for value in (2, 5)])
    assert verdict.opinions[0].smart.specific == 2


def test_a_rewrite_comes_from_a_judgement_that_saw_what_stands() -> None:
    made = rewrite("放映场次", "≥672场", explanation="28×12×2=672")
    other = rewrite("全年放映场次", "≥〔待填：全年场次〕场")
    said = [examined(SOUND | {"rewrite": other}), examined(VAGUE), examined(VAGUE | {"rewrite": made})]
    rewritten = decided(said).opinions[0].rewrite
    assert isinstance(rewritten, Rewrite)
    assert rewritten.annual_value == "≥672场"


def test_elements_and_their_indicators_are_those_most_see() -> None:
    said = [
        examined(elements=(("培训放映员20人", [2]), ("设备完好率", [3]))),
        examined(elements=(("培训放映员20人", [1, 2]),)),
        examined(elements=(("培训放映员", [2]),)),
    ]
    assert [element.indicators for element in decided(said).elements] == [(1,)]


def test_the_audit_is_the_middle_one_and_the_lower_of_two() -> None:
    grades = ("优", "差", "良")
    assert decided([examined(audit=audits(grade)) for grade in grades]).audit.relevance.grade == "良"
    assert decided([examined(audit=audits(grade)) for grade in ("优", "中")]).audit.relevance.grade == "中"


HITS = st.sampled_from(
    [Hit(code, "annual_value", 0, 2, "", source="llm") for code in ("V101", "V102", "M206", "C401", "R501")]
)
OPINIONS = st.builds(
    Opinion,
    st.integers(1, 5).map(lambda value: SmartScores.model_validate(points(value))),
    st.sampled_from([True, False, None]),
    st.lists(HITS, max_size=3, unique_by=lambda hit: hit.code).map(tuple),
)


@given(st.lists(OPINIONS, min_size=1, max_size=7))
def test_stability_is_a_share_and_unanimity_is_whole(opinions: list[Opinion]) -> None:
    def judgement(opinion: Opinion) -> Examined:
        return Examined({0: opinion}, (), WireAudits.model_validate(audits()), ())

    verdict: Verdict = decided([judgement(opinion) for opinion in opinions])
    if len(opinions) > 1:
        assert 0 <= verdict.stability[0] <= 1
    again = decided([judgement(opinions[0])] * 3)
    assert again.stability[0] == 1.0
    assert again.opinions[0].smart == opinions[0].smart
