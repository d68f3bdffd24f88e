"""Totals, units and rows: what adds up, what was printed twice, which block belongs to which project."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reviewer.models import Diagnostic, Document, Project, Unit
from reviewer.reading import reconciliation
from reviewer.reading.notes import Notes
from reviewer.reading.text import read_text

TITLE = "2024年项目支出绩效目标表\n项目名称\t总计\t绩效目标\n"


def read(*rows: str, blocks: int | None = None) -> Document:
    """Read a table of these rows and as many blocks of one indicator as there are rows with a goal."""
    count = sum(row.count("\t") == 2 and not row.endswith("\t") for row in rows) if blocks is None else blocks
    block = "1、1-产出指标；11-数量指标；第{}项工作量；年度指标值：{}件。\n"
    text = TITLE + "\n".join(rows) + "\n绩效指标\n" + "".join(block.format(no, no) for no in range(1, count + 1))
    return read_text(text, "表.txt", Notes())


def found(document: Document, code: str) -> list[Diagnostic]:
    return [item for item in document.diagnostics if item.code == code]


def layout(document: Document) -> list[tuple[str | None, str, float | None]]:
    return [(project.unit, project.name, project.amount) for project in document.projects]


def test_units_are_told_from_projects() -> None:
    document = read(
        "合计\t90\t", "水务局\t60\t", "管网\t40\t铺设管网", "泵站\t20\t维修泵站", "水利站\t30\t", "巡查\t30\t巡查灌区"
    )
    assert layout(document) == [("水务局", "管网", 40), ("水务局", "泵站", 20), ("水利站", "巡查", 30)]
    assert reconciliation(document).agrees is True
    assert document.diagnostics == []


def test_a_project_without_a_goal_is_no_unit() -> None:
    document = read(
        "合计\t90\t", "水务局\t90\t", "管网\t40\t铺设管网", "建设水文站\t20\t", "泵站\t30\t维修泵站", blocks=3
    )
    assert [name for _, name, _ in layout(document)] == ["管网", "建设水文站", "泵站"]
    assert document.projects[1].goal == ""
    assert reconciliation(document).agrees is True


def test_a_table_without_units_has_projects_only() -> None:
    document = read("合计\t70\t", "管网\t40\t", "泵站\t30\t维修泵站", blocks=2)
    assert layout(document) == [(None, "管网", 40), (None, "泵站", 30)]
    assert document.units == []
    assert reconciliation(document).units_total is None
    assert reconciliation(document).agrees is True


def test_a_department_above_its_units_is_the_total_again() -> None:
    document = read(
        "合计\t90\t", "水务局\t90\t", "水务局本级\t60\t", "管网\t60\t铺设", "水利站\t30\t", "巡查\t30\t巡查灌区"
    )
    assert [unit.name for unit in document.units] == ["水务局本级", "水利站"]
    assert reconciliation(document).agrees is True
    assert found(document, "D001") == []


def test_a_column_of_units_is_read() -> None:
    header = "2024年表\n序号\t项目名称\t单位名称\t预算金额\t绩效目标\n"
    rows = "1\t管网\t水务局\t40\t铺设管网\n2\t巡查\t水利站\t30\t巡查灌区\n"
    document = read_text(header + rows + "绩效指标\n" + BLOCK.format("长度", "26公里"), "表.txt", Notes())
    assert layout(document) == [("水务局", "管网", 40), ("水利站", "巡查", 30)]


def test_subtotals_may_stand_in_the_column_of_units() -> None:
    rows = "\t水务局\t40\t\n管网\t水务局\t40\t铺设管网\n小计\t水利站\t30\t\n巡查\t水利站\t30\t巡查灌区\n"
    text = f"2024年表\n项目名称\t单位名称\t预算金额\t绩效目标\n合计\t\t70\t\n{rows}绩效指标\n"
    document = read_text(text + BLOCK.format("长度", 26) + BLOCK.format("次数", 5), "表.txt", Notes())
    assert layout(document) == [("水务局", "管网", 40), ("水利站", "巡查", 30)]
    assert reconciliation(document).agrees is True
    assert document.diagnostics == []


def test_sums_that_disagree_are_reported_with_their_difference() -> None:
    document = read("合计\t100\t", "水务局\t60\t", "管网\t40\t铺设管网", "水利站\t30\t", "巡查\t30\t巡查灌区")
    messages = {(item.where, item.message) for item in found(document, "D001")}
    assert messages == {
        ("line 4", "“水务局”小计 60.00 万元，各项目之和为 40.00 万元，相差 20.00 万元。"),
        ("line 3", "合计 100.00 万元，各单位小计之和为 90.00 万元，相差 10.00 万元。"),
        ("line 3", "合计 100.00 万元，各项目之和为 70.00 万元，相差 30.00 万元。"),
    }
    result = reconciliation(document)
    assert result.agrees is False
    assert [(unit.name, unit.difference, unit.agrees) for unit in result.units] == [
        ("水务局", 20, False),
        ("水利站", 0, True),
    ]


def test_tenths_add_up_exactly() -> None:
    document = read("合计\t0.30\t", "水务局\t0.30\t", "管网\t0.10\t铺设管网", "泵站\t0.20\t维修泵站")
    assert reconciliation(document).projects_total == Decimal("0.3")
    assert document.diagnostics == []


def test_rounding_below_a_cent_agrees() -> None:
    assert reconciliation(Document(total=10.0, projects=[Project(name="管网", amount=9.995)])).agrees is True
    assert reconciliation(Document(total=10.0, projects=[Project(name="管网", amount=9.99)])).agrees is False


def test_without_printed_sums_there_is_nothing_to_agree_with() -> None:
    result = reconciliation(Document(projects=[Project(name="管网", amount=5), Project(name="泵站")]))
    assert (result.agrees, result.total, result.units_total, result.unpriced) == (None, None, None, 1)


def test_it_reconciles_documents_of_any_origin() -> None:
    document = Document(
        total=8777.2,
        units=[Unit(name="宣传部", total=5805.56), Unit(name="中心", total=2971.64)],
        projects=[Project(name="甲", unit="宣传部", amount=5805.56), Project(name="乙", unit="中心", amount=2971.64)],
    )
    result = reconciliation(document)
    assert result.agrees is True
    assert result.total == result.units_total == result.projects_total


ROWS = ("合计\t100\t", "水务局\t100\t", "管网改造\t60\t改造管网26", "泵站维修\t40\t维修泵站")


def test_a_row_printed_twice_at_a_seam_is_found_by_arithmetic() -> None:
    document = read(*ROWS[:3], "\n管网改适\t60\t公里，10月完工", ROWS[3], blocks=2)
    assert layout(document) == [("水务局", "管网改造", 60), ("水务局", "泵站维修", 40)]
    assert document.projects[0].goal == "改造管网26公里，10月完工"
    (twice,) = found(document, "D002")
    assert twice.where == "line 7"
    assert "管网改适 60.00" in twice.message
    assert "第 5 行" in twice.message
    assert found(document, "D001") == []
    assert reconciliation(document).agrees is True


def test_two_rows_printed_twice_in_one_unit_are_both_found() -> None:
    document = read(*ROWS[:3], "\n管网改造\t60\t改造管网26", ROWS[3], "\n泵站维修\t40\t维修泵站", blocks=2)
    assert len(found(document, "D002")) == 2
    assert len(document.projects) == 2


def test_a_table_without_units_finds_rows_printed_twice_by_the_total() -> None:
    document = read("合计\t100\t", *ROWS[2:], "\n泵站维修\t40\t维修泵站", blocks=2)
    assert len(document.projects) == 2
    assert len(found(document, "D002")) == 1


@pytest.mark.parametrize(
    "rows",
    [
        ("合计\t120\t", "水务局\t120\t", ROWS[2], "\n管网改造\t60\t改造管网26"),  # both are in the sum
        ("合计\t60\t", "水务局\t60\t", "管网\t60\t改造管网", "食堂\t60\t供应午餐"),  # no seam, nothing alike
        ("合计\t100\t", "水务局\t100\t", ROWS[2], "\n管网改造\t50\t改造管网26"),  # another amount
    ],
)
def test_rows_that_are_no_repetition_stay(rows: tuple[str, ...]) -> None:
    document = read(*rows)
    assert len(document.projects) == 2
    assert found(document, "D002") == []


def test_a_subtotal_printed_twice_counts_once() -> None:
    document = read("合计\t100\t", "水务局\t100\t", ROWS[2], "\n水务局\t100\t", ROWS[3], blocks=2)
    assert len(document.units) == 1
    assert reconciliation(document).agrees is True
    assert "又印了一次" in found(document, "D002")[0].message


def test_amounts_that_are_no_numbers_are_quoted_and_left_open() -> None:
    document = read("合计\t100\t", "水务局\t100\t", ROWS[2], "泵站维修\t4O.OO\t维修泵站")
    assert document.projects[1].amount is None
    (unread,) = found(document, "D009")
    assert (unread.severity, unread.where) == ("error", "line 6")
    assert "“4O.OO”" in unread.message
    assert "1 个项目金额不明" in found(document, "D001")[0].message


def test_a_row_paid_from_several_sources_must_add_up() -> None:
    text = "2024年表\n项目名称\t总计\t财政拨款\t其他资金\t绩效目标\n管网\t40\t30\t{}\t铺设管网26公里\n绩效指标\n"
    text += "1、1-产出指标；11-数量指标；长度；年度指标值：26公里。"
    assert found(read_text(text.format(10), "表.txt", Notes()), "D001") == []
    (short,) = found(read_text(text.format(5), "表.txt", Notes()), "D001")
    assert "相差 5.00 万元" in short.message


BLOCK = "1、1-产出指标；11-数量指标；{}；年度指标值：{}。\n"


def with_blocks(*blocks: tuple[str, str]) -> Document:
    rows = "管网改造\t60\t改造供水管网26公里\n泵站维修\t40\t维修排涝泵站5座\n灌区巡查\t10\t巡查灌区48次\n"
    text = TITLE + rows + "绩效指标\n" + "".join(BLOCK.format(*block) for block in blocks)
    return read_text(text, "表.txt", Notes())


def names(document: Document) -> list[tuple[str, list[str]]]:
    return [(project.name, [row.name for row in project.indicators]) for project in document.projects]


def test_blocks_belong_to_projects_in_order() -> None:
    document = with_blocks(("甲", "1"), ("乙", "2"), ("丙", "3"))
    assert names(document) == [("管网改造", ["甲"]), ("泵站维修", ["乙"]), ("灌区巡查", ["丙"])]
    assert document.diagnostics == []


def test_fewer_blocks_go_where_their_words_are() -> None:
    document = with_blocks(("改造管网长度", "26公里"), ("灌区巡查次数", "48次"))
    assert names(document) == [("管网改造", ["改造管网长度"]), ("泵站维修", []), ("灌区巡查", ["灌区巡查次数"])]
    (missing,) = found(document, "D008")
    assert (missing.severity, missing.where) == ("error", "line 4")
    assert "“泵站维修”" in missing.message
    assert "按文字对应" in missing.message


def test_fewer_blocks_without_a_clue_go_in_order() -> None:
    document = with_blocks(("甲", "1"), ("乙", "2"))
    assert names(document) == [("管网改造", ["甲"]), ("泵站维修", ["乙"]), ("灌区巡查", [])]
    assert "按顺序对应，请核对" in found(document, "D008")[0].message


def test_a_block_too_many_is_kept_without_a_project() -> None:
    document = with_blocks(
        ("改造管网长度", "26公里"), ("维修泵站", "5座"), ("捡拾垃圾", "3吨"), ("灌区巡查次数", "48次")
    )
    assert names(document)[2:] == [("灌区巡查", ["灌区巡查次数"]), ("", ["捡拾垃圾"])]
    (extra,) = found(document, "D008")
    assert extra.where == "line 9"
    assert "没有对应的项目" in extra.message


def test_projects_without_any_block_are_read_and_named() -> None:
    document = with_blocks()
    assert [name for name, _ in names(document)] == ["管网改造", "泵站维修", "灌区巡查"]
    (missing,) = found(document, "D008")
    assert all(name in missing.message for name, _ in names(document))


def test_a_block_may_begin_with_another_number() -> None:
    row = "{}、产出指标；数量指标；工作量；年度指标值：5件。"
    first, second = ("".join(map(row.format, numbers)) for numbers in ((1, 2, 3), (2,)))
    text = f"{TITLE}管网\t60\t改造\n泵站\t40\t维修\n绩效指标\n{first}\n{second}"
    document = read_text(text, "表.txt", Notes())
    assert [len(project.indicators) for project in document.projects] == [3, 1]
    (gap,) = found(document, "D005")
    assert gap.where == "line 7"
    assert "“泵站”" in gap.message


def test_headings_name_the_project_of_a_block() -> None:
    rows = "管网改造\t60\t改造供水管网26公里\n泵站维修\t40\t维修排涝泵站5座\n灌区巡查\t10\t巡查灌区48次\n"
    blocks = f"三、灌区巡查\n{BLOCK.format('甲', 1)}项目名称：管网改造\n{BLOCK.format('乙', 2)}"
    document = read_text(f"{TITLE}{rows}绩效指标\n{blocks}", "表.txt", Notes())
    assert names(document) == [("管网改造", ["乙"]), ("泵站维修", []), ("灌区巡查", ["甲"])]
    (missing,) = found(document, "D008")
    assert "按标题对应" in missing.message


def test_the_sum_of_a_page_is_no_unit() -> None:
    document = read("合计\t100\t", "水务局\t100\t", ROWS[2], "本页小计\t60\t", ROWS[3], blocks=2)
    assert layout(document) == [("水务局", "管网改造", 60), ("水务局", "泵站维修", 40)]
    (said,) = document.diagnostics
    assert (said.code, said.severity, said.where) == ("D009", "hint", "line 6")


def test_a_remark_below_a_unit_is_no_goal_of_it() -> None:
    document = read("合计\t100\t", "水务局\t100\t", "含转移支付项目", ROWS[2], ROWS[3], blocks=2)
    assert [unit.name for unit in document.units] == ["水务局"]
    assert "“含转移支付项目”" in found(document, "D009")[0].message


def test_a_name_goes_on_after_a_page_break() -> None:
    document = read("合计\t100\t", "水务局\t100\t", ROWS[2], "\n（二期）\t\t", ROWS[3], blocks=2)
    assert document.projects[0].name == "管网改造（二期）"
    assert found(document, "D003")[0].where == "line 7"
