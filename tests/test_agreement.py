"""Statistics against values worked out by hand; the comparison against the engine on real labelled rows."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import pytest

from reviewer.agreement import Agreement, agree
from reviewer.errors import InputError
from reviewer.gold import LABELLED
from reviewer.measures import Detection, Kappa, bootstrap, f1, kappa, rank_sums, ratio, wilson
from reviewer.reporting.agreement import render_agreement

# Statistics


def test_nothing_to_measure_is_none_and_not_zero() -> None:
    assert ratio(0, 0) is None
    assert wilson(0, 0) is None
    assert f1((0, 0, 0)) is None
    assert kappa(rank_sums([])) is None
    assert kappa(rank_sums([(2, 2), (2, 2)])) is None
    assert bootstrap([], f1) is None
    assert bootstrap([(0, 0, 0), (0, 0, 0)], f1) is None
    assert Kappa.of([]).value is None
    assert Detection.of([]).precision is None


def test_wilson_interval_of_one_in_two() -> None:
    # p = 1/2 makes the centre 1/2 and the half width z/2·√(n+z²)/(n+z²) = z/(2·√(n+z²)).
    low, high = wilson(5, 10) or (0, 0)
    half = 1.959964 / (2 * sqrt(10 + 1.959964**2))
    assert low == pytest.approx(0.5 - half, abs=1e-6)
    assert high == pytest.approx(0.5 + half, abs=1e-6)


def test_wilson_interval_at_the_ends_keeps_its_width() -> None:
    # 0 of n: from 0 to z²/(n+z²); n of n is its mirror image.
    top = 3.841459 / (10 + 3.841459)
    assert wilson(0, 10) == pytest.approx((0, top), abs=1e-6)
    assert wilson(10, 10) == pytest.approx((1 - top, 1), abs=1e-6)


def test_detection_counts_each_name_of_each_row() -> None:
    first = [({"a", "b"}, {"a"}), (set[str](), {"c"})]
    second = [({"a"}, {"a", "b"}), ({"b"}, {"b"})]
    found = Detection.of([first, second])
    # Both: a, a, b = 3. Found only: c, b = 2. Labelled only: b = 1.
    assert (found.labelled, found.found, found.both) == (4, 5, 3)
    assert found.precision == pytest.approx(3 / 5)
    assert found.recall == pytest.approx(3 / 4)
    assert found.f1 == pytest.approx(2 * 3 / (2 * 3 + 2 + 1))


def test_nothing_labelled_leaves_recall_undefined_but_not_precision() -> None:
    found = Detection.of([[(set[str](), {"a"})]])
    assert (found.precision, found.recall, found.f1) == (0.0, None, 0.0)


def test_quadratic_weighted_kappa_by_hand() -> None:
    # Four rows, ranks 0–2. Squared differences observed: 0, 1, 0, 1, mean 1/2.
    # Expected over all 4 × 4 pairings of {0,0,1,2} with {0,1,1,1}: 1·(0)+… per a: 0→3, 0→3, 1→1, 2→4+1+1+1=7; 14/16.
    rows = [(0, 0), (0, 1), (1, 1), (2, 1)]
    assert kappa(rank_sums(rows)) == pytest.approx(1 - (2 / 4) / (14 / 16))


def test_kappa_marks() -> None:
    assert kappa(rank_sums([(0, 0), (1, 1), (3, 3)])) == 1
    assert kappa(rank_sums([(0, 2), (1, 2), (3, 2)])) == 0  # one judge never varies
    assert kappa(rank_sums([(0, 1), (1, 0)])) == -1
    near, far = [(0, 0), (3, 3), (0, 1)], [(0, 0), (3, 3), (0, 2)]
    assert (kappa(rank_sums(near)) or 0) > (kappa(rank_sums(far)) or 0)


def test_kappa_does_not_depend_on_where_projects_end() -> None:
    rows = [(0, 0), (0, 1), (1, 1), (2, 1)]
    assert Kappa.of([rows[:1], rows[1:]]).value == Kappa.of([rows]).value


def test_bootstrap_is_repeatable_and_needs_two_clusters() -> None:
    clusters = [(3, 1, 0), (0, 1, 2), (5, 0, 1), (2, 2, 2)]
    low, high = bootstrap(clusters, f1) or (0.0, 0.0)
    assert bootstrap(clusters, f1) == (low, high)
    assert low < (f1((10, 4, 5)) or 0) < high
    assert bootstrap(clusters[:1], f1) is None


# Reading labels


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


SMART = {"specific": 3, "measurable": 1, "achievable": 3, "relevant": 4, "time_bound": 3}
LABEL = {
    "project": "电影工作经费",
    "no": 1,
    "name": "放映场次数量",
    "vague": True,
    "smart": SMART,
    "grade": "差",
    "defects": ["vague-plan-reference"],
}
TABLE = {
    "project": "电影工作经费",
    "unit": "区委宣传部",
    "amount": 70.47,
    "budget_year": 2023,
    "goal": "确保28个行政村每个村、每个月有2场放映。",
    "indicators": [
        {"no": 1, "level1": "产出指标", "level2": "数量指标", "name": "放映场次数量", "annual_value": "按合同约定完成"},
        {
            "no": 2,
            "level1": "产出指标",
            "level2": "时效指标",
            "name": "放映完成时间",
            "annual_value": "2023年12月15日前",
        },
    ],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grade": "合格"}, "grade"),
        ({"defects": ["placeholder"]}, "placeholder"),
        ({"comment": "好"}, "comment"),
        ({"no": None}, "no"),
    ],
)
def test_a_malformed_label_is_named_with_its_line(tmp_path: Path, change: dict[str, object], said: str) -> None:
    gold = write(tmp_path / "标注.jsonl", LABEL, LABEL | change)
    with pytest.raises(InputError) as caught:
        agree(gold, write(tmp_path / "表.jsonl", TABLE))
    assert "第 2 行" in str(caught.value)
    assert said in str(caught.value)


def test_missing_and_empty_files_are_input_errors(tmp_path: Path) -> None:
    gold = write(tmp_path / "标注.jsonl", LABEL)
    with pytest.raises(InputError, match="打不开"):
        agree(gold)
    with pytest.raises(InputError, match="打不开"):
        agree(tmp_path / "没有.jsonl")
    with pytest.raises(InputError, match="没有一行"):
        agree(write(tmp_path / "空.jsonl"))


# Comparing


def test_labels_meet_the_engine(tmp_path: Path) -> None:
    write(tmp_path / "标注_tables.jsonl", TABLE)
    clean = LABEL | {"no": 2, "name": "放映完成时间", "vague": False, "grade": "优", "defects": []}
    lost = LABEL | {"no": 3, "name": "没有这一条"}
    agreement = agree(write(tmp_path / "标注.jsonl", LABEL, clean, lost))
    assert (agreement.projects, agreement.rows) == (1, 2)
    assert agreement.missing == ["电影工作经费 3、没有这一条"]
    assert agreement.vague.f1 == 1
    assert agreement.rules["vague-plan-reference"].both == 1
    assert agreement.rules["wrong-year"].f1 is None
    assert sum(sum(row.values()) for row in agreement.confusion.values()) == 2
    assert "标注来源未说明" in render_agreement(agreement, width=100)


def test_a_row_is_found_by_name_when_its_number_moved(tmp_path: Path) -> None:
    moved = LABEL | {"no": 7}
    agreement = agree(write(tmp_path / "标注.jsonl", moved), write(tmp_path / "表.jsonl", TABLE))
    assert agreement.rows == 1
    assert agreement.missing == []


@pytest.fixture(scope="module", params=["sample", "drafts"])
def carried(request: pytest.FixtureRequest, root: Path) -> Agreement:
    return agree(root / "data" / "gold" / f"{request.param}.jsonl")


def test_every_carried_label_finds_its_row(carried: Agreement) -> None:
    assert carried.missing == []
    assert carried.rows in (72, 274)


@pytest.mark.parametrize("width", [60, 100])
def test_report_opens_with_where_the_labels_come_from(carried: Agreement, width: int) -> None:
    report = render_agreement(carried, width=width)
    assert report.startswith("标注来源：")
    first = report.partition("比较：")[0].replace("\n  ", "")
    assert "不是专家组的意见" in first
    assert "placeholder" in report


def test_report_shows_every_figure_with_its_interval(carried: Agreement) -> None:
    report = render_agreement(carried, width=100)
    for name, rule in carried.rules.items():
        assert name in report
        if rule.found and rule.precision_interval:
            low, high = rule.precision_interval
            assert f"{rule.precision:.2f} [{low:.2f}, {high:.2f}]" in report
    assert report.count("\n    标注：") == len(carried.disagreements)


def test_figures_add_up(carried: Agreement) -> None:
    assert list(carried.rules) == list(LABELLED)
    assert carried.defects.both == sum(rule.both for rule in carried.rules.values())
    assert carried.defects.found == sum(rule.found for rule in carried.rules.values())
    assert sum(sum(row.values()) for row in carried.confusion.values()) == carried.rows
    assert all(row.labelled != row.found for row in carried.disagreements)


def test_vague_judgement_agrees_with_the_labels(carried: Agreement) -> None:
    # A floor well under the present figures: it catches a broken rule, it does not tune one.
    assert (carried.vague.f1 or 0) > 0.9
    assert (carried.grade.value or 0) > 0.6


def test_agreement_is_the_same_each_time(carried: Agreement, root: Path) -> None:
    name = "sample" if carried.rows == 72 else "drafts"
    again = agree(root / "data" / "gold" / f"{name}.jsonl")
    assert again.model_dump_json() == carried.model_dump_json()
