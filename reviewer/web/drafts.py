"""A draft as a form sends it: one project with its rows, as the Document that the engine reviews.

The rows are numbered from 1 in the order of the page, empty ones too, so that an answer finds its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from starlette.exceptions import HTTPException

from reviewer.models import Document, Indicator, Project
from reviewer.reading.amounts import amount

MOST_ROWS = 200
FIRST_ROWS = 4
_FIELDS = ("class", "name", "cycle_value", "annual_value")
_YEAR = re.compile(r"[12１２]\d{3}")  # an input method may leave digits of full width


class Form(Protocol):
    """What starlette makes of a form: fields that may come several times."""

    def get(self, key: str) -> Any:
        """Return the last value of a field."""

    def getlist(self, key: str) -> list[Any]:
        """Return all values of a field."""


def document_of(form: Form) -> Document:
    """Return the draft in *form*. Raises ``HTTPException`` for one that no page of ours sends.

    >>> from starlette.datastructures import FormData
    >>> fields = [("project", "电影放映"), ("amount", "70.47"), ("class", "产出指标/数量指标"), ("name", "放映场次"),
    ...           ("annual_value", "≥672场"), ("cycle_value", "")]
    >>> draft = document_of(FormData(fields))
    >>> draft.projects[0].amount, draft.projects[0].indicators[0].level2
    (70.47, '数量指标')
    """
    columns = [[_text(value) for value in form.getlist(field)] for field in _FIELDS]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) > MOST_ROWS:
        raise HTTPException(422, f"指标要每行四栏，最多 {MOST_ROWS} 行。")
    with_cycle = any(cycle.strip() for cycle in columns[2])
    rows = []
    for no, (label, name, cycle, annual) in enumerate(zip(*columns, strict=True), 1):
        level1, _, level2 = label.partition("/")
        rows.append(
            Indicator(
                no=no,
                level1=level1,
                level2=level2,
                name=name,
                cycle_value=cycle if with_cycle else None,
                annual_value=annual,
            )
        )
    paid = amount(_text(form.get("amount")).strip())
    year = _text(form.get("year")).strip()
    project = Project(
        name=_text(form.get("project")),
        unit=_text(form.get("unit")) or None,
        amount=None if paid is None else float(paid),
        goal=_text(form.get("goal")),
        indicators=rows,
    )
    return Document(budget_year=int(year) if _YEAR.fullmatch(year) else None, projects=[project])


def filled(draft: Document) -> Document:
    """Return *draft* without its empty rows; the others keep their numbers."""
    project = draft.projects[0]
    rows = [row for row in project.indicators if row.name.strip() or row.annual_value.strip()]
    return draft.model_copy(update={"projects": [project.model_copy(update={"indicators": rows})]})


def plain_amount(draft: Document) -> str:
    """Return the amount of *draft* as one types it, in 万元.

    >>> plain_amount(Document(projects=[Project(name="电影放映", amount=1234567.89, indicators=[])]))
    '1234567.89'
    """
    paid = draft.projects[0].amount
    return "" if paid is None else f"{paid:.6f}".rstrip("0").rstrip(".")


def empty() -> Document:
    """Return a draft with nothing in it but a few rows to begin with."""
    rows = [Indicator(no=no, name="", annual_value="") for no in range(1, FIRST_ROWS + 1)]
    return Document(projects=[Project(name="", indicators=rows)])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise HTTPException(422, "这里不收文件。要审核文件，请到“审核文件”一页。")
    return value.replace("\r\n", "\n")  # as a browser sends the lines of a text; offsets count what is shown


def with_row_added(draft: Document) -> Document:
    """Return *draft* with one more empty row."""
    rows = draft.projects[0].indicators
    if len(rows) >= MOST_ROWS:
        raise HTTPException(422, f"最多 {MOST_ROWS} 条指标。")
    return _with_rows(draft, [*rows, Indicator(no=len(rows) + 1, name="", annual_value="")])


def with_row_removed(draft: Document, no: int) -> Document:
    """Return *draft* without the row *no*; one empty row is left if it was the last."""
    rows = [row for row in draft.projects[0].indicators if row.no != no] or [Indicator(no=1, name="", annual_value="")]
    return _with_rows(draft, [row.model_copy(update={"no": at}) for at, row in enumerate(rows, 1)])


def with_rewrite_taken(draft: Document, no: int, options: Mapping[str, Any]) -> Document:
    """Return *draft* with row *no* as the rules would rewrite it; as it is where they would not."""
    from reviewer import pipeline

    reviewed = pipeline.review(filled(draft), **options).projects[0].indicators
    new = next((row.rewrite for row in reviewed if row.no == no), None)
    if new is None:
        return draft
    changed = new.model_dump(include={"level1", "level2", "name", "cycle_value", "annual_value"})
    rows = [row.model_copy(update=changed) if row.no == no else row for row in draft.projects[0].indicators]
    return _with_rows(draft, rows)


def example() -> Document:
    """Return a draft with the faults that are made most often."""
    rows = [
        ("产出指标", "数量指标", "放映场次", "按合同约定完成"),
        ("产出指标", "质量指标", "放映设备完好率", "95%以上"),
        ("产出指标", "时效指标", "完成时间", "及时完成"),
        ("效益指标", "社会效益指标", "丰富群众文化生活", "进一步提升"),
        ("满意度指标", "服务对象满意度指标", "观众满意度", "≥90%"),
    ]
    indicators = [
        Indicator(no=no, level1=level1, level2=level2, name=name, annual_value=value)
        for no, (level1, level2, name, value) in enumerate(rows, 1)
    ]
    goal = "在28个行政村开展公益电影放映，每村每月放映2场，12月底前完成，让村民就近看上电影。"
    project = Project(name="农村公益电影放映", amount=70.0, goal=goal, indicators=indicators)
    return Document(budget_year=2026, projects=[project])


def _with_rows(draft: Document, rows: list[Indicator]) -> Document:
    project = draft.projects[0].model_copy(update={"indicators": rows})
    return draft.model_copy(update={"projects": [project]})
