"""Projects of one's own for the tests of rewriting, and their rewrites as a user gets them."""

from __future__ import annotations

from typing import Any

from reviewer.language.classes import normalise_class
from reviewer.models import Indicator, Project, Rewrite
from reviewer.rewriting import Rewriter
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import ProjectResult, check_project, check_row
from reviewer.rules.row import ProjectFacts, Row

RULES = {rule.code: rule for rule in load_catalogue().rules}
INDICATOR_RULES = frozenset(code for code, rule in RULES.items() if rule.applies_to == "indicator")
YEAR = 2024


def row(level2: str, name: str, annual: str, cycle: str | None = None, no: int = 1) -> Indicator:
    """An indicator with the level-1 class that belongs to its level-2 class."""
    level1, level2 = normalise_class("", level2)[:2]
    return Indicator(no=no, level1=level1, level2=level2, name=name, cycle_value=cycle, annual_value=annual)


def checked(*rows: Indicator, name: str = "示例项目", year: int | None = YEAR, **project: Any) -> ProjectResult:
    """What the rules say about a project with these rows."""
    return check_project(Project(name=name, indicators=list(rows), **project), INDICATOR_RULES, year)


def rewrites(result: ProjectResult, on: frozenset[str] = INDICATOR_RULES) -> list[Rewrite | None]:
    """The rewrites of all rows of a project, in order."""
    rewriter = Rewriter(on, result.facts.year)
    return [rewriter.rewrite(one, result.rows) for one in result.rows]


def rewrite(
    level2: str, name: str, annual: str, cycle: str | None = None, *, of: str = "示例项目", **project: Any
) -> Rewrite:
    """The rewrite of the only row of the project *of*."""
    (found,) = rewrites(checked(row(level2, name, annual, cycle), name=of, **project))
    assert found is not None, f"no rewrite of {name}: {annual}"
    return found


def is_weak(one: Row, codes: list[tuple[str, str | None]]) -> bool:
    """Whether a row is vague or has an error or a warning among its (code, severity)."""
    return one.vague or any((severity or RULES[code].severity) != "hint" for code, severity in codes)


def faults_of(found: Rewrite, facts: ProjectFacts) -> list[str]:
    """The errors and warnings of a rewrite when it is reviewed as a row of its project; ``vague`` among them."""
    shown = Indicator(
        no=1,
        level1=found.level1,
        level2=found.level2,
        name=found.name,
        cycle_value=found.cycle_value,
        annual_value=found.annual_value,
    )
    result = check_row(Row(shown, facts), INDICATOR_RULES)
    faults = [hit.code for hit in result.hits if (hit.severity or RULES[hit.code].severity) != "hint"]
    return faults + ["vague"] * result.row.vague
