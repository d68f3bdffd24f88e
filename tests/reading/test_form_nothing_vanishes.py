"""No text of a form vanishes: it is a field of the Document or stands in a diagnostic, wherever it was in the form."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reading.form import read_form
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes

# Characters that stand in no label and in no message, each used once.
_RARE = [chr(code) for code in range(0x3400, 0x4DB0)]
_AROUND = ("", "", "", "：", "。", "1.", "项目名称", "\n", "≥", "局", "年度目标：", "合计", "  ", "95%", "；", "12")
_HEADERS = (
    ("一级指标", "二级指标", "三级指标", "指标值"),
    ("一级指标", "二级指标", "三级指标", "实施周期指标值", "年度指标值", "备注"),
    ("项目名称", "金额", "绩效目标", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "计量单位", "权重"),
    ("序号", "单位名称", "项目名称", "预算金额（万元）", "财政拨款", "绩效目标", "数量指标", "质量指标"),
    ("项目名称", "资金", "绩效目标", "绩效指标"),
    ("一级指标", "二级指标", "三级指标", "指标值", "二级指标", "三级指标", "指标值"),
)
_LABELS = (
    "项目名称",
    "主管部门",
    "实施单位",
    "年度资金总额",
    "其中：财政拨款",
    "年度目标",
    "实施期目标",
    "项目属性",
    "填表人",
)
_CLASSES = ("产出指标", "数量指标", "质量指标", "效益指标", "社会效益指标", "满意度指标", "1-产出指标", "成本指标")
_SIGNS = ("≥", "＝", "定性", "%", "次", "12", "0.95", "1,200.50", "—", "合计", "小计", "")


class _Words:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw, self._next = draw, count()

    def text(self) -> str:
        pieces = []
        for _ in range(self._draw(st.integers(1, 3))):
            pieces += [self._draw(st.sampled_from(_AROUND)), _RARE[next(self._next)]]
        return "".join(pieces)


@st.composite
def grids(draw: st.DrawFn) -> list[Grid]:
    words = _Words(draw)
    return [_grid(draw, words, f"Sheet{no}") for no in range(1, draw(st.integers(2, 3)))]


def _grid(draw: st.DrawFn, words: _Words, name: str) -> Grid:
    grid = Grid(name)

    def cell(text: str, column: int) -> Cell:
        return Cell(text, f"{name}!{chr(65 + column)}{len(grid.rows) + 1}")

    def add(texts: list[str], table: int = 1) -> None:
        row: list[Cell | None] = [cell(text, column) if text else None for column, text in enumerate(texts)]
        above = grid.rows[-1].cells if grid.rows else []
        for column in range(len(row)):
            # Merged areas, to the right and downwards.
            if draw(st.integers(0, 9)) == 0 and column:
                row[column] = row[column - 1]
            elif draw(st.integers(0, 9)) == 0 and column < len(above):
                row[column] = above[column]
        grid.rows.append(GridRow(row, table=table))

    def any_text() -> str:
        kind = draw(st.integers(0, 5))
        return "" if kind == 0 else draw(st.sampled_from((*_CLASSES, *_SIGNS))) if kind < 3 else words.text()

    for _ in range(draw(st.integers(1, 4))):
        for _ in range(draw(st.integers(0, 2))):
            add([words.text()], table=draw(st.integers(0, 1)))
        for _ in range(draw(st.integers(0, 4))):
            add(
                [
                    draw(st.sampled_from(_LABELS)),
                    any_text(),
                    *([draw(st.sampled_from(_LABELS)), any_text()] * draw(st.integers(0, 1))),
                ]
            )
        header = draw(st.sampled_from(_HEADERS))
        if draw(st.integers(0, 4)):
            add(list(header))
        for _ in range(draw(st.integers(0, 5))):
            add([any_text() for _ in range(draw(st.integers(1, len(header) + 1)))])
    return grid


def rare(text: str) -> Counter[str]:
    return Counter(re.findall("[\u3400-\u4daf]", text))


def told(document: Document) -> set[str]:
    return set(rare(document.model_dump_json() + "".join(item.message for item in document.diagnostics)))


@given(grids())
@settings(deadline=None, max_examples=200)
def test_nothing_of_a_form_vanishes(forms: list[Grid]) -> None:
    # What a merged area covers is not there; every cell that is counts once.
    source = {cell for grid in forms for row in grid.rows for _, cell in row.distinct()}
    try:
        document = read_form(forms, "表.xlsx", Notes())
    except InputError:
        return  # nothing was read, and the user is told so
    assert set(rare("".join(cell.text for cell in source))) - told(document) == set()
