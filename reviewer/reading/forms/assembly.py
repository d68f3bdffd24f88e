"""Drafts of projects, printed sums and surroundings → a Document with its diagnostics."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from reviewer.models import Document, Indicator, Project, Unit
from reviewer.reading.amounts import SCALES
from reviewer.reading.doubts import report_misread_name, report_residue
from reviewer.reading.forms.draft import UNIT_ABOVE, UNIT_OF_GROUP, Draft, Entry, Sum
from reviewer.reading.forms.funds import add_up
from reviewer.reading.forms.gathering import Gathering
from reviewer.reading.forms.words import folded
from reviewer.reading.head import year_from
from reviewer.reading.labels import Labels
from reviewer.reading.notes import Notes, Place, money, said
from reviewer.reading.reconcile import ROUNDING, reconciliation, report
from reviewer.reading.table import Row
from reviewer.reading.units import grouped

_IN_YUAN = 10_000  # of 万元: an amount that every project of a unit has only if it is none of 万元
_CODED = re.compile(r"(?:[\[【(（]?(?P<code>\d{3,})[\])】）]?)\s*[-—－_]?\s*(?P<name>[\u4e00-\u9fff].*)")


def assemble(found: Gathering) -> Document:
    """Return the Document that was gathered; what is missing or does not agree stands in its diagnostics."""
    notes = found.notes
    _take_for_yuan(found)
    units, places = _units(found)
    drafts = _matched([draft for draft in found.drafts if not draft.subtotal], notes)
    drafts = [draft for draft in drafts if not _dissolved(draft, found)]
    for draft in drafts:
        add_up(draft, notes)
    total = next((one for one in found.sums if not one.unit), None)
    if total:
        places[None] = total.where
        _report_other_totals(found.sums, total, notes)
    title = found.around.finish()
    labels = Labels()
    document = Document(
        title=title,
        budget_year=found.around.year,
        department=_without_code(_department(found, drafts), notes),
        total=float(total.amount) if total else None,
        units=units,
        projects=[_project(draft, labels, notes) for draft in drafts],
    )
    labels.report(notes)
    if document.budget_year is None:
        document.budget_year = year_from(document.projects, notes)
    bodies = [document.department or "", *(project.unit or "" for project in document.projects)]
    found.around.say_departments(bodies)
    _report_money(found, drafts)
    report(reconciliation(document), notes, places)
    document.diagnostics.extend(notes.in_order())
    return document


def _units(found: Gathering) -> tuple[list[Unit], dict[str | None, Place]]:
    """Return the units with their printed sums; rows of a list that turn out to be units become subtotals."""
    lists: dict[int, list[Draft]] = defaultdict(list)
    for draft in found.drafts:
        if draft.table:
            lists[draft.table].append(draft)
    units: list[Unit] = []
    places: dict[str | None, Place] = {}
    for table, drafts in lists.items():
        total = next((one.amount for one in found.sums if one.table == table and not one.unit), None)
        rows = [_row(draft) for draft in drafts]
        of = {id(row): draft for row, draft in zip(rows, drafts, strict=True)}
        left = dict(of)
        for group in grouped(rows, total, found.notes):
            for row in group.projects:
                del left[id(row)]
            head = group.head
            if head is None:
                continue
            for row in group.projects:
                of[id(row)].add_unit(head.name, UNIT_OF_GROUP)
            if head.amount is not None and head.name not in places:
                units.append(Unit(name=head.name, total=float(head.amount)))
                places[head.name] = head.line
        for draft in left.values():
            draft.subtotal = True
    for one in found.sums:
        if one.unit and one.unit not in places:
            units.append(Unit(name=one.unit, total=float(one.amount)))
            places[one.unit] = one.where
    return units, places


def _row(draft: Draft) -> Row:
    """Return a row of a list as arithmetic sees it."""
    goal, paid = draft.goal, draft.amount
    return Row(
        line=draft.where,
        name=draft.name,
        unit="" if draft.subtotal or not draft.names_unit else draft.unit,
        goal=goal.text if goal else "",
        seam=False,
        amount=paid.amount if paid else None,
        sure="unit" if draft.subtotal else "project" if draft.entries or draft.names_unit else None,
    )


def _matched(drafts: list[Draft], notes: Notes) -> list[Draft]:
    """Join what a summary says of a project to what a form of its own says; the order is that of the indicators."""
    without: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.name and not (draft.entries or draft.period):
            without[folded(draft.name)].append(draft)
    joined: set[int] = set()
    for draft in drafts:
        if not draft.entries or not (others := without.get(folded(draft.name))):
            continue
        other = next((one for one in others if one.table != draft.table or not draft.table), None)
        if other is None:
            continue
        others.remove(other)
        joined.add(id(other))
        _join(draft, other, notes)
    return [draft for draft in drafts if id(draft) not in joined]


def _join(draft: Draft, other: Draft, notes: Notes) -> None:
    _report_difference(draft, other, notes)
    if draft.amount is None:
        draft.amounts += other.amounts
    draft.goals += [goal for goal in other.goals if all(goal.text != one.text for one in draft.goals)]
    draft.funds = draft.funds or other.funds
    draft.department = draft.department or other.department
    for unit, rank in other.units.items():
        draft.add_unit(unit, rank)


def _report_difference(draft: Draft, other: Draft, notes: Notes) -> None:
    own, more = draft.amount, other.amount
    if own is None or more is None or own.amount is None or more.amount is None:
        return
    if abs(own.amount - more.amount) >= ROUNDING:
        there = f"{said(own.where)}是 {money(own.amount)} 万元"
        found = f"“{draft.name}”的金额这里是 {money(more.amount)} 万元，{there}，按后者读。"
        notes.add("D001", found, more.where)


def _dissolved(draft: Draft, found: Gathering) -> bool:
    """Whether a draft is no project: no name, no indicator, no goal, only what stands around one."""
    if draft.name or draft.entries or draft.period or draft.goals:
        return False
    for unit in draft.units:
        found.around.add_body(unit, draft.where)
    for text in (draft.department, *(paid.text for paid in draft.amounts), *(fund.name for fund in draft.funds)):
        if text and text != found.around.department:
            found.notes.unused(text, draft.where)
    return True


def _report_other_totals(sums: Iterable[Sum], total: Sum, notes: Notes) -> None:
    for one in sums:
        if not one.unit and one.amount != total.amount:
            first = f"{said(total.where)}的 {money(total.amount)} 万元"
            notes.add("D001", f"又有一行合计 {money(one.amount)} 万元，与{first}不同，没有采用。", one.where)


def _department(found: Gathering, drafts: list[Draft]) -> str | None:
    """Return the department; where a list has several, they are units to the document."""
    declared = found.around.department
    named = {draft.department: draft.where for draft in reversed(drafts) if draft.department}
    several = len(named) > 1 and declared is None
    if several:
        for draft in drafts:
            draft.add_unit(draft.department, UNIT_ABOVE)
    elif declared is None:
        return next(iter(named), None)
    units = {draft.unit for draft in drafts}
    left = [name for name in reversed(named) if name not in units and name != declared]
    if left:
        names = "、".join(f"“{name}”" for name in left)
        found.notes.add("D009", f"主管部门不止一个，没有采用：{names}。", named[left[0]], "hint")
    return declared


def _without_code(name: str | None, notes: Notes) -> str | None:
    """Return the name of a department without the code that budgets put before it (``301-某市水利局``)."""
    match = _CODED.fullmatch(name or "")
    if match is None:
        return name
    notes.add("D009", f"部门代码“{match['code']}”没有采用。", severity="hint")
    return match["name"]


def _report_money(found: Gathering, drafts: list[Draft]) -> None:
    """Say that the unit of money is nowhere printed, when amounts depend on it."""
    if found.money_known:
        return
    unclear = [paid for draft in drafts if (paid := draft.amount) and not paid.unit_printed]
    if unclear:
        found.notes.add(
            "D009", f"没有写明金额单位，{len(unclear)} 个项目的金额按万元读，请核对。", unclear[0].where, "hint"
        )


def _take_for_yuan(found: Gathering) -> None:
    """Read amounts whose unit is nowhere printed as 元 when every one of them would be a hundred million or more."""
    paid = [one for draft in found.drafts for one in draft.amounts if one.amount]
    if found.money_known or not paid:
        return
    if any(one.unit_printed or one.amount is None or one.amount < _IN_YUAN for one in paid):
        return
    for one in paid:
        one.amount = (one.amount or Decimal(0)) * SCALES["元"]
    for total in found.sums:
        total.amount *= SCALES["元"]
    found.money_known = True
    message = f"没有写明金额单位；{len(paid)} 个数额都在 {_IN_YUAN:,} 以上，按元读，已换算成万元，请核对。"
    found.notes.add("D009", message, paid[0].where, "warning")


def _project(draft: Draft, labels: Labels, notes: Notes) -> Project:
    chosen, paid = draft.goal, draft.amount
    goal = chosen.text if chosen else ""
    for other in draft.goals:
        if other is not chosen and other.text not in goal:
            notes.add("D009", f"“{draft.name}”的“{folded(other.label)}”没有采用：“{other.text}”。", other.where, "hint")
    for unit, rank in draft.units.items():
        if unit != draft.unit and rank < UNIT_OF_GROUP:
            notes.add("D009", f"“{draft.name}”又写有单位“{unit}”，按“{draft.unit}”读。", draft.where, "hint")
    for other in draft.amounts:
        if other is not paid and paid and other.amount != paid.amount and other.amount is not None:
            found = f"“{draft.name}”的“{folded(other.label)}”{money(other.amount)} 万元没有采用。"
            notes.add("D009", found, other.where, "hint")
    rows = _numbered(_with_period(draft))
    if not draft.name:
        notes.add("D009", f"没有找到项目名称，{len(rows)} 条指标按无名项目读入。", draft.where, "warning")
    if not rows:
        notes.add("D008", f"项目“{draft.name}”没有指标。", draft.where)
    report_misread_name(draft.name, draft.where, notes)
    report_residue(f"{draft.name}\n{goal}", draft.where, notes)
    return Project(
        name=draft.name,
        unit=draft.unit or None,
        amount=float(paid.amount) if paid and paid.amount is not None else None,
        goal=goal,
        indicators=[_indicator(no, entry, labels, notes) for no, entry in rows],
    )


def _with_period(draft: Draft) -> list[Entry]:
    """Return the indicators of the year, each with the value of the whole period where that has one of its name."""
    if not draft.period:
        return draft.entries
    waiting: dict[str, list[Entry]] = defaultdict(list)
    for entry in draft.period:
        waiting[folded(entry.name)].append(entry)
    for entry in draft.entries:
        if not entry.cycle:
            same = waiting.get(folded(entry.name))
            entry.cycle = same.pop(0).annual if same else ""
    left = [entry for entry in draft.period if any(entry is one for one in waiting[folded(entry.name)])]
    for entry in left:
        entry.cycle, entry.annual = entry.annual, ""
    return draft.entries + left


def _numbered(entries: list[Entry]) -> list[tuple[int, Entry]]:
    """Number the indicators of a project: as the form does if its numbers are theirs, else in order."""
    ordinals = [entry.ordinal for entry in entries]
    own = [no for no in ordinals if no is not None]
    if len(own) == len(entries) and own and own[0] == 1 and all(before < after for before, after in pairwise(own)):
        return list(zip(own, entries, strict=True))
    return list(enumerate(entries, 1))


def _indicator(no: int, entry: Entry, labels: Labels, notes: Notes) -> Indicator:
    names = labels.normalise(entry.level1, entry.level2, entry.where)
    report_residue(f"{entry.name}\n{entry.cycle}\n{entry.annual}", entry.where, notes)
    return Indicator(
        no=no,
        level1=names.level1,
        level2=names.level2,
        name=entry.name,
        cycle_value=entry.cycle,
        annual_value=entry.annual,
        where=entry.where,
        weight=names.weight if entry.weight is None else entry.weight,
    )
