"""Rules without code: a pattern or a list of words in the rule's own file, matched in the fields it names.

A department adds such a rule by dropping a Markdown file in a folder; ``unless`` takes back what ``pattern`` found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewer.language.parsed import Parsed
from reviewer.models import FieldName
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import Rule
from reviewer.rules.row import ProjectFacts, Row


def match_row(rules: Sequence[Rule], row: Row) -> Iterator[Hit]:
    """Yield one hit a rule about indicators whose words stand in one of its fields."""
    for rule in rules:
        if rule.applies_to == "indicator":
            yield from _first(rule, {"name": row.name_parsed, "annual_value": row.annual, "cycle_value": row.cycle})


def match_project(rules: Sequence[Rule], facts: ProjectFacts) -> Iterator[Hit]:
    """Yield one hit a rule about projects whose words stand in the goal or the project's name."""
    for rule in rules:
        if rule.applies_to == "project":
            yield from _first(rule, {"goal": facts.goal, "project": Parsed(facts.project.name)})


def _first(rule: Rule, texts: dict[FieldName, Parsed | None]) -> Iterator[Hit]:
    assert rule.pattern is not None
    for field in rule.fields:
        parsed = texts.get(field)
        found = rule.pattern.search(parsed.text) if parsed is not None else None
        if parsed is None or found is None or found.start() == found.end():
            continue
        if rule.unless is None or not rule.unless.search(parsed.text):
            message = rule.message.replace("{}", found.group())
            yield Hit(rule.code, field, found.start(), found.end(), message, rule.severity)
            return
