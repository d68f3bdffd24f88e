"""Rules and model joined: one set of findings, each saying who found it and whether the other side disagrees.

1. A fault that both name is one finding, and the rules' wording stands: it is the same every time.
2. Silence is no contradiction. The model contradicts a finding of the rules when it calls the row not vague, or names
   no such fault and gives the dimension that the fault costs four points or more. The rules contradict the model where
   they decide by facts; and the model contradicts itself when it names a fault of meaning and takes no points for it.
3. A contradicted finding is marked as disputed. It counts, unless :data:`reviewer.scoring.joint.DECIDES` says that the
   other side knows this matter better: then it is a hint that counts for nothing.
4. What rules could not check and a model judged is no longer unchecked, unless its claim could not be confirmed.

Each row is joined by itself, so nothing that is said about one can change another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from reviewer.judging.evidence import Element, Opinion
from reviewer.judging.verdict import Verdict, matter
from reviewer.language.text import fold
from reviewer.models import AUDITS, Coverage, Dropped, Rewrite, SmartScores
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import ProjectResult, RowResult
from reviewer.rules.row import Row
from reviewer.rules.vague import MAKE_VAGUE
from reviewer.scoring.audit import Judged
from reviewer.scoring.formula import severity_of
from reviewer.scoring.joint import CERTAIN, DECIDES, DENIES

_JUDGED = frozenset({"R501", "A301"})


class JoinedRow(NamedTuple):
    """What a model adds to a row besides findings; ``rewrite`` only where the row needs one."""

    smart: SmartScores
    rewrite: Rewrite | None
    stability: float | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A project as both sides see it: the findings of both, and what else the model says; ``rows`` as in ``result``."""

    result: ProjectResult
    rows: list[JoinedRow]
    audit: Judged
    dropped: list[Dropped]


def join(result: ProjectResult, verdict: Verdict) -> Joined:
    """Return what rules and model say together about one project; *verdict* has an opinion on each of its rows."""
    opinions = [verdict.opinions[at] for at in range(len(result.rows))]
    rows = [_row(row, opinion, result.on) for row, opinion in zip(result.rows, opinions, strict=True)]
    project = replace(
        result,
        rows=rows,
        hits=list(_project_hits(result, verdict.elements)),
        unchecked=[answer for answer in result.unchecked if answer.code != "G804"],
        coverage=_coverage(result, verdict.elements) or result.coverage,
    )
    numbers = [row.row.indicator.no for row in rows]
    return Joined(
        project,
        [
            JoinedRow(opinion.smart, opinion.rewrite if _weak(row) else None, verdict.stability.get(at))
            for at, (row, opinion) in enumerate(zip(rows, opinions, strict=True))
        ],
        {name: (getattr(verdict.audit, name).grade, getattr(verdict.audit, name).reason) for name in AUDITS},
        [Dropped(no=None if at is None else numbers[at], what=what, why=why) for at, what, why in verdict.dropped],
    )


# Rows -----------------------------------------------------------------------------------------------------------------


def _row(result: RowResult, opinion: Opinion, on: frozenset[str] | None) -> RowResult:
    row = result.row
    said = {matter(hit): hit for hit in opinion.hits if on is None or hit.code in on}
    row.vague = _vague(row, result.hits, opinion)
    found = {matter(hit) for hit in result.hits}
    hits = [_kept(hit, said.get(matter(hit)), opinion) for hit in result.hits]
    hits += [_added(hit, row, opinion) for name, hit in said.items() if name not in found]
    unchecked = [answer for answer in result.unchecked if not _answered(answer, opinion)]
    return RowResult(row, hits, unchecked)


def _vague(row: Row, hits: list[Hit], opinion: Opinion) -> bool:
    """Whether the row is vague: where the two differ, by what the rules' answer rests on."""
    if opinion.vague is None or opinion.vague == row.vague:
        return row.vague
    if not row.vague:
        return row.basis not in CERTAIN
    reasons = [hit.code for hit in hits if hit.code in MAKE_VAGUE]
    return not reasons or any(DECIDES[code] != "llm" for code in reasons)


def _kept(hit: Hit, same: Hit | None, opinion: Opinion) -> Hit:
    """A finding of the rules, with what the model says about it."""
    if same is not None:
        return hit._replace(source="both")
    if not _denied(hit, opinion):
        return hit
    return hit._replace(disputed=True, severity="hint" if DECIDES[hit.code] == "llm" else hit.severity)


def _denied(hit: Hit, opinion: Opinion) -> bool:
    if hit.code not in DECIDES or hit.code in opinion.unproven or _severity(hit) == "hint":
        return False
    return opinion.vague is False if matter(hit) == "V" else _unhurt(hit, opinion)


def _unhurt(hit: Hit, opinion: Opinion) -> bool:
    """Whether the model's points for the dimension of a fault are those of a row without it."""
    dimension = load_catalogue().get(hit.code).dimension
    return dimension is not None and getattr(opinion.smart, dimension) >= DENIES


def _added(hit: Hit, row: Row, opinion: Opinion) -> Hit:
    """A finding that only the model has."""
    if matter(hit) == "V":
        contradicted = not row.vague
    else:
        contradicted = DECIDES[hit.code] == "rules" or (DECIDES[hit.code] == "llm" and _unhurt(hit, opinion))
    return hit._replace(disputed=True, severity="hint") if contradicted else hit


def _answered(answer: NotChecked, opinion: Opinion) -> bool:
    return answer.code in _JUDGED and answer.code not in opinion.unproven


def _weak(result: RowResult) -> bool:
    return result.row.vague or any(_severity(hit) != "hint" and hit.suppressed is None for hit in result.hits)


def _severity(hit: Hit) -> str:
    return hit.severity or severity_of(hit.code)


# The goal -------------------------------------------------------------------------------------------------------------


def _project_hits(result: ProjectResult, elements: tuple[Element, ...]) -> Iterator[Hit]:
    """The rules' findings about the project, and what of the goal no indicator measures in the model's eyes."""
    promised = [hit for hit in result.hits if hit.code == "G804"]
    for hit in result.hits:
        yield _kept_promise(hit, elements) if hit.code == "G804" else hit
    if result.on is not None and "G804" not in result.on:
        return
    goal = result.facts.goal
    seen = [_span(goal.text, entry.element) for entry in result.coverage if entry.indicators]
    for element in elements:
        if element.indicators or any(element.covers(hit.start, hit.end) for hit in promised):
            continue
        start, end = goal.span(element.start, element.end)
        message = f"目标里的“{goal.source[start:end]}”没有一条指标衡量。"
        disputed = any(element.covers(*span) for span in seen)
        yield Hit("G804", "goal", element.start, element.end, message, source="llm", disputed=disputed)


def _kept_promise(hit: Hit, elements: tuple[Element, ...]) -> Hit:
    same = [element for element in elements if element.covers(hit.start, hit.end)]
    if any(element.indicators for element in same):
        return hit._replace(disputed=True, severity="hint" if DECIDES["G804"] == "llm" else hit.severity)
    return hit._replace(source="both") if same else hit


def _coverage(result: ProjectResult, elements: tuple[Element, ...]) -> list[Coverage]:
    goal, rows = result.facts.goal, result.rows
    coverage = []
    for element in elements:
        start, end = goal.span(element.start, element.end)
        numbers = [rows[at].row.indicator.no for at in element.indicators]
        coverage.append(Coverage(element=goal.source[start:end], indicators=numbers))
    return coverage


def _span(goal: str, element: str) -> tuple[int, int]:
    text = fold(element)[0]
    start = goal.find(text)
    return start, start + len(text)
