"""What stands in several projects: found over all files, with every place, and never what is only common."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from rapidfuzz import fuzz

from reviewer.bulk.department import report_of
from reviewer.bulk.department.evidence import Repeat, RepeatKind
from reviewer.bulk.department.repeats import MOST_PLACES, Repeats
from reviewer.bulk.department.tally import Seen
from reviewer.bulk.rundir import opened_for_reading
from reviewer.models import Document
from reviewer.pipeline import review
from tests.bulk.runs import TEXT, document, project, row, run_of

GOAL = "组织巡查人员培训，保障水库安全运行，进一步提升全县防汛抗旱能力和水平。"


def repeats(folder: Path, *documents: Document) -> list[Repeat]:
    run_of(folder, [(f"{at}.xlsx", each) for at, each in enumerate(documents)])
    with opened_for_reading(folder) as run:
        return report_of(run).repeats


def kinds(found: list[Repeat]) -> list[tuple[RepeatKind, bool, bool, int]]:
    return [(one.kind, one.near, one.same_unit, one.count) for one in found]


def test_a_text_copied_from_file_to_file_is_told_with_both_places(tmp_path: Path) -> None:
    (found,) = repeats(
        tmp_path,
        document(project("渠道清淤", row("村容村貌", TEXT), unit="甲镇", amount=10.0)),
        document(project("道路绿化", row("绿化面积", "≥3亩"), row("环境", TEXT), unit="乙镇", amount=5.5)),
    )
    assert (found.kind, found.near, found.same_unit, found.count, found.amount) == ("text", False, False, 2, 15.5)
    assert [(at.unit, at.project, at.file, at.no, at.where) for at in found.places] == [
        ("甲镇", "渠道清淤", "0.xlsx", 1, "Sheet1!E7"),
        ("乙镇", "道路绿化", "1.xlsx", 2, "Sheet1!E8"),
    ]
    assert TEXT in found.text


def test_texts_with_a_few_characters_changed_are_near(tmp_path: Path) -> None:
    (found,) = repeats(
        tmp_path,
        document(project("渠道清淤", row("村容村貌", TEXT))),
        document(project("道路绿化", row("环境", TEXT.replace("农村", "城市")))),
        document(project("公厕改造", row("环境", TEXT.replace("安全感", "归属感")))),
    )
    assert (found.kind, found.near, found.count) == ("text", True, 3)
    assert len({at.text for at in found.places}) == 3


def test_a_change_at_the_beginning_is_found_too(tmp_path: Path) -> None:
    (found,) = repeats(
        tmp_path,
        document(project("渠道清淤", goal=f"白石县{GOAL}")),
        document(project("水库巡查", goal=f"云溪市{GOAL}")),
    )
    assert (found.kind, found.near, found.count) == ("goal", True, 2)


def test_what_is_only_common_is_no_copy(tmp_path: Path) -> None:
    shared = (row("验收合格率", "≥95%", level2="质量指标"), row("满意度", "≥90%", "满意度指标", "服务对象满意度指标"))
    found = repeats(
        tmp_path,
        document(project("渠道清淤", *shared, goal="保障正常运转")),
        document(project("道路绿化", *shared, goal="保障正常运转")),
    )
    assert found == []


def test_a_project_handed_in_twice_is_told_once_and_its_parts_not_at_all(tmp_path: Path) -> None:
    film = project("电影放映", row("放映场次", "672场"), row("村容", TEXT), row("村数", "28个"), goal=GOAL)
    found = repeats(tmp_path, document(film), document(film))
    assert kinds(found) == [("project", False, True, 2)]
    assert [at.file for at in found[0].places] == ["0.xlsx", "1.xlsx"]


def test_a_whole_set_is_told_as_one(tmp_path: Path) -> None:
    rows = (row("巡查培训人数", "1200人"), row("巡查里程", "36公里"), row("村容村貌", TEXT))
    found = repeats(
        tmp_path,
        document(project("水库巡查", *rows, unit="甲局")),
        document(project("水库加固", *rows, unit="乙局")),
    )
    assert kinds(found) == [("set", False, False, 2)]


def test_an_output_claimed_twice_in_one_unit_comes_before_other_units(tmp_path: Path) -> None:
    def claims(name: str, unit: str, value: str = "1200人") -> Document:
        return document(project(name, row("防汛巡查培训人数", value), unit=unit))

    found = repeats(
        tmp_path,
        claims("水库巡查", "水务局"),
        claims("水库加固", "水务局", "1,200人"),
        claims("山塘巡查", "水务局", "900人"),
        claims("河道巡查", "甲镇"),
        claims("堤防巡查", "乙镇"),
    )
    same = [one for one in found if one.same_unit]
    others = [one for one in found if not one.same_unit]
    assert [[at.project for at in one.places] for one in same] == [["水库巡查", "水库加固"]]
    assert [[at.project for at in one.places] for one in others] == [["河道巡查", "堤防巡查"]]
    assert found.index(same[0]) < found.index(others[0])


def test_one_quantity_in_two_writings_is_one_output(tmp_path: Path) -> None:
    found = repeats(
        tmp_path,
        document(project("防火宣传", row("森林防火宣传覆盖人数", "3.2万人"), unit="林业局")),
        document(project("防灾宣传", row("森林防火宣传覆盖人数", "32000人"), unit="林业局")),
    )
    assert kinds(found) == [("output", False, True, 2)]


def test_places_are_kept_up_to_a_limit_and_all_are_counted(tmp_path: Path) -> None:
    copies = [document(project(f"渠道{at}清淤", row("村容村貌", TEXT))) for at in range(MOST_PLACES + 20)]
    (found,) = repeats(tmp_path, *copies)
    assert (found.count, len(found.places)) == (MOST_PLACES + 20, MOST_PLACES)


def test_only_neighbours_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    one = review(document(project("渠道清淤", row("村容村貌", TEXT)))).projects[0]
    compared: list[int] = []

    def counted(one: str, other: str, *, score_cutoff: float) -> float:
        compared.append(1)
        return fuzz.ratio(one, other, score_cutoff=score_cutoff)

    monkeypatch.setattr("reviewer.bulk.department.repeats.fuzz", SimpleNamespace(ratio=counted))
    found = Repeats()
    for at in range(2000):
        text = f"{chr(0x4E00 + at)}{chr(0x9000 - at) * 9}{TEXT}"
        changed = one.indicators[0].model_copy(update={"annual_value": text})
        found.add(
            Seen(at, "水务局", f"渠道{at}", "甲", one.model_copy(update={"name": f"渠道{at}", "indicators": [changed]}))
        )
    assert found.repeats() == []
    assert len(compared) < 2000 * 13
