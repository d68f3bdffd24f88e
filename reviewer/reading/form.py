"""Grids → Document: the official forms as tables of cells, whatever kind of file they came in.

Both shapes are read, and both in one file: a declaration of one project (labels with values, then the table of its
indicators) and lists (a row for each indicator, or a row for each project). Tables are found by the words of their
headers (``data/lexicon/headers.txt``), wherever these stand. In a list the sum of everything is a row 合计 and the sum
of a unit a row that names the unit and no project. A summary and a form of the same project are joined by its name.
"""

from __future__ import annotations

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reading.forms.assembly import assemble
from reviewer.reading.forms.blocks import place_blocks
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.reader import GridReader
from reviewer.reading.forms.surroundings import Surroundings
from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes, said
from reviewer.reading.ours import without_ours

_HINT = (
    "能读的表有两种：一个项目一张表，要有“项目名称”和下面的“一级指标”“二级指标”“三级指标”“指标值”；"
    "或者多个项目一张表，表头要有“项目名称”和“绩效目标”或各级指标。请检查表头文字，或用 reviewer template 生成空表。"
)


def read_form(grids: list[Grid], where: str, notes: Notes) -> Document:
    """Read *grids*; *where* names the file in errors. Amounts are 万元, ``where`` of an indicator is its value's cell.

    What belongs to no field is a note (D009) with its place, one for each row. Raises ``InputError`` when there is
    nothing like a form, or more than any form has.

    >>> from reviewer.reading.grid import Cell, GridRow
    >>> drawing = [["项目名称", "河道保洁"], ["一级指标", "二级指标", "三级指标", "指标值"],
    ...            ["产出指标", "数量指标", "保洁河道长度", "26公里"]]
    >>> rows = [GridRow([Cell(text, f"line {no}") for text in line]) for no, line in enumerate(drawing, 1)]
    >>> document = read_form([Grid(rows=rows)], "表.xlsx", Notes())
    >>> document.projects[0].name, document.projects[0].indicators[0].annual_value
    ('河道保洁', '26公里')
    """
    found = Gathering(notes, where, Surroundings(notes))
    reader = GridReader(found)
    for grid in without_ours(grids, notes):
        reader.read(grid)
    place_blocks(found)
    document = assemble(found)
    if not document.projects and found.begun:
        place = f"{where} {said(found.begun)}"
        raise InputError("表头下面没有填写项目和指标。", where=place, hint="请填好表再读，或检查导出是否完成。")
    if not document.projects:
        raise InputError("没有找到绩效目标申报表，也没有找到项目支出绩效目标的列表。", where=where, hint=_HINT)
    return document
