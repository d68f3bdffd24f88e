"""The one door: a row's result in, a rewrite that passes the rules out, or None."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from reviewer.language.classes import normalise_class
from reviewer.models import Indicator, Rewrite
from reviewer.rewriting import goal, model, own, timing
from reviewer.rewriting.case import Case, Draft, ProjectContext
from reviewer.rewriting.library import load_library
from reviewer.rewriting.naming import own_name
from reviewer.rewriting.wording import blanks, typeset
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import RowResult, check_row
from reviewer.rules.row import Row

_WEAK = ("error", "warning")
_MOST_CHECKS = 4


class Rewriter:
    """Rewrites weak rows. *on* are the codes of the active rules, *year* is the budget year.

    A rewrite is checked by all indicator rules of the catalogue, and by those of *on* that a department added, whatever
    else was selected or ignored.
    """

    def __init__(self, on: frozenset[str], year: int | None) -> None:
        rules = load_catalogue().rules
        self._severity = {rule.code: rule.severity for rule in rules}
        self._on = on | {rule.code for rule in rules if rule.applies_to == "indicator"}
        self._year = year
        self._library = load_library()
        self._siblings: list[RowResult] = []
        self._rewrites: dict[int, Rewrite | None] = {}

    def rewrite(self, result: RowResult, siblings: list[RowResult]) -> Rewrite | None:
        """Return a measurable version of a weak row, None for a sound row or when no rewrite passes the rules.

        A row is weak when a rule found an error or a warning, or when it is vague. *siblings* are the rows of its
        project; no two of them get the same rewrite.

        >>> from reviewer.models import Project
        >>> from reviewer.rules.engine import check_project
        >>> row = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按计划完成")
        >>> project = Project(name="电影放映", goal="28个行政村每个村、每个月有2场放映", indicators=[row])
        >>> rows = check_project(project, frozenset({"V101"}), 2024).rows
        >>> Rewriter(frozenset({"V101"}), 2024).rewrite(rows[0], rows).annual_value
        '≥672场'
        """
        if siblings is not self._siblings or id(result.row) not in self._rewrites:
            self._siblings = siblings
            self._rewrites = self._project(siblings if any(one is result for one in siblings) else [*siblings, result])
        return self._rewrites[id(result.row)]

    def _project(self, results: Sequence[RowResult]) -> dict[int, Rewrite | None]:
        """The rewrites of a project, in the order of its rows, so that none repeats another."""
        rewrites: dict[int, Rewrite | None] = {}
        context: ProjectContext | None = None
        for result in results:
            faults = self._faults(result)
            rewrite = None
            if faults or result.row.vague:
                context = context or ProjectContext(result.row.facts, results, self._library, self._year)
                rewrite = self._mended(Case(result, faults, context))
            rewrites[id(result.row)] = rewrite
        return rewrites

    def _faults(self, result: RowResult) -> dict[str, Hit]:
        """The errors and warnings by code; the severity of a rule that is not in the catalogue is not known."""
        if not result.hits:
            return {}
        return {
            hit.code: hit
            for hit in result.hits
            if (hit.severity or self._severity.get(hit.code, "warning")) in _WEAK and hit.suppressed is None
        }

    def _mended(self, case: Case) -> Rewrite | None:
        of_goal = chain(timing.drafts(case), goal.drafts(case))
        nearest = chain(of_goal, own.drafts(case)) if case.goal_first else chain(own.drafts(case), of_goal)
        proposed = chain(nearest, model.drafts(case, self._library))
        fresh = (draft for draft in proposed if not case.context.taken(draft.name, case.row))
        for draft in islice(_with_cycle(case, fresh), _MOST_CHECKS):
            indicator = _indicator(case, draft)
            row = Row(indicator, case.row.facts)
            # A number may come to be where two words of a name meet (第三 + 1次).
            if all(case.states(value) for value in row.name_parsed.values) and self._passes(row):
                case.context.rewritten.add(draft.name)
                return Rewrite(
                    name=indicator.name,
                    level1=indicator.level1,
                    level2=indicator.level2,
                    cycle_value=indicator.cycle_value,
                    annual_value=indicator.annual_value,
                    explanation=draft.explanation,
                    blanks=blanks(indicator.name, indicator.cycle_value, indicator.annual_value),
                )
        return None

    def _passes(self, row: Row) -> bool:
        result = check_row(row, self._on)
        return not self._faults(result) and not row.vague


def _with_cycle(case: Case, drafts: Iterator[Draft]) -> Iterator[Draft]:
    """A conflict may lie with the goal alone: then the cycle value stands, and is tried first."""
    for draft in drafts:
        if "M206" in case.faults and draft.cycle is None and case.cycle_may_stand:
            yield draft._replace(cycle=case.row.indicator.cycle_value)
        yield draft


def _indicator(case: Case, draft: Draft) -> Indicator:
    """The draft as a row of the form; labels of a class that stays are kept as printed."""
    old = case.row.indicator
    level1, level2 = old.level1, old.level2
    if draft.kind is not case.row.kind:
        level1, level2 = normalise_class("", draft.kind.value)[:2]
    annual = typeset(draft.annual)
    if old.cycle_value is None:
        cycle = None
    elif draft.cycle is not None:
        cycle = draft.cycle
    else:
        same = draft.name == own_name(case.row.name) and draft.kind is case.row.kind
        cycle = old.cycle_value if same and case.cycle_stands else annual
    return Indicator(
        no=old.no, level1=level1, level2=level2, name=typeset(draft.name), cycle_value=cycle, annual_value=annual
    )
