"""What was read, for a person to check against the original and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pydantic_core import to_json

from reviewer.models import Diagnostic, Document, DocumentHead, Project, ProjectReview
from reviewer.reading import reconciliation
from reviewer.reporting.layout import Paint, clean, pad, width_of, wrap
from reviewer.reporting.words import SEVERITY_MARKS, SEVERITY_STYLES, class_title, headline, money, place

_NAME_COLUMNS = 32


def inspection_json(document: Document) -> str:
    """Return ``{"document": …, "diagnostics": […]}``.

    >>> inspection_json(Document(title="表"))[:34]
    '{\\n  "document": {\\n    "title": "表"'
    """
    return to_json({"document": document, "diagnostics": document.diagnostics}, indent=2).decode() + "\n"


def render_inspection(document: Document, *, width: int, color: bool, file: str | None = None) -> str:
    """Return the projects and sums of *document* and what reading noticed, as text of at most *width* columns."""
    return "\n".join(_lines(document, width, Paint(color), file)) + "\n"


def diagnostic_lines(diagnostics: Iterable[Diagnostic], width: int, paint: Paint) -> Iterator[str]:
    """Yield what reading noticed, with the place in the source."""
    for item in diagnostics:
        mark = paint(SEVERITY_MARKS[item.severity], SEVERITY_STYLES[item.severity])
        where = f"（{clean(place(item.where))}）" if item.where else ""
        yield from wrap(f"{item.code} {clean(item.message)}{where}", width, f"  {mark} ")


def sums(head: DocumentHead, projects: Sequence[Project | ProjectReview]) -> str:
    """Say whether the printed sums agree with the projects.

    >>> sums(DocumentHead(total=100), [Project(name="管网", amount=100)])
    '合计与各项目之和相符。'
    """
    amounts = [Project(name=project.name, unit=project.unit, amount=project.amount) for project in projects]
    found = reconciliation(Document(total=head.total, units=head.units, projects=amounts))
    if found.agrees is None:
        return "表上没有合计和小计，金额无从核对。"
    if not found.agrees:
        return "合计、小计与各项目之和不相符。"
    printed = "、".join(name for name, is_printed in (("合计", found.total), ("单位小计", found.units)) if is_printed)
    return f"{printed}与各项目之和相符。"


def _lines(document: Document, width: int, paint: Paint, file: str | None) -> Iterator[str]:
    if file:
        yield from wrap(paint(clean(file), "dim"), width)
    indicators = sum(len(project.indicators) for project in document.projects)
    yield from wrap(paint(clean(headline(document, document.projects, indicators)), "bold"), width)
    yield from wrap(sums(document, document.projects), width)
    printed = {unit.name: unit.total for unit in document.units}
    number = 0
    for unit, projects in groupby(document.projects, key=lambda project: project.unit):
        yield ""
        total = f"  小计 {money(printed[unit])}" if unit in printed else ""
        yield from wrap(f"{paint(clean(unit or '（没有写单位）'), 'bold')}{total}", width)
        for project in projects:
            number += 1
            yield from _project(number, project, width)
    noticed = document.diagnostics
    yield ""
    yield paint(f"读取时记下 {len(noticed)} 处", "bold") if noticed else "读取时没有发现可疑的地方。"
    yield from diagnostic_lines(noticed, width, paint)


def _project(number: int, project: Project, width: int) -> Iterator[str]:
    name, amount = clean(project.name) or "（没有项目名称）", money(project.amount)
    first = f"{number:>4} {pad(name, _NAME_COLUMNS)} {amount:>14}"
    kinds = Counter(clean(class_title(row.level1, row.level2)).rpartition("·")[2] for row in project.indicators)
    rows = f"{len(project.indicators)} 条" + "".join(f" {kind} {count}" for kind, count in kinds.items())
    if width_of(first) + width_of(rows) + 2 <= width:
        yield f"{first}  {rows}"
    else:
        yield from [first] if width_of(first) <= width else wrap(f"{name} {amount}", width, f"{number:>4} ", "     ")
        yield from wrap(rows, width, "     ")
    if not project.goal.strip():
        yield "     （没有绩效目标）"
