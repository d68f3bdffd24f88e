"""Who decides where the rules and a model differ: all constants of joining the two, each with its reason.

A fault found by one side and denied by the other is always shown as disputed. These tables say whether it counts.
"""

from __future__ import annotations

from typing import Literal

from reviewer.models import Dimension
from reviewer.rules.row import Basis

Side = Literal["rules", "llm", "either"]

DECIDES: dict[str, Side] = {
    # Facts of the text, which code reads without fail: a unit, a repeated name, a date, a year.
    "M201": "rules",
    "M204": "rules",
    "T601": "rules",
    "T602": "rules",
    # What a name counts, and so its class, is read from its words; a model is apt to take a count of good things
    # (重要版面发稿量) for a mere count.
    "C401": "rules",
    # Code knows some cases for certain and others not at all; a model's claim has its premise checked.
    "V101": "either",
    "V102": "either",
    "M203": "either",
    "M205": "either",
    "M206": "either",
    "R502": "either",
    "E702": "either",
    "E703": "either",
    # Matters of meaning: what a phrase promises, what a share is of, what a name is about, what an effect is.
    "V103": "llm",
    "M202": "llm",
    "A301": "llm",
    "C402": "llm",
    "R501": "llm",
    "E701": "llm",
    "G804": "llm",
}
"""By rule: what the other side says instead does not count against ``rules`` or ``llm``; ``either`` stands alone."""

DENIES = 4
"""A model denies a fault that it does not name and whose dimension it gives at least so many points."""

CERTAIN: frozenset[Basis] = frozenset({"value", "time", "graded", "zero", "yes"})
"""What the annual value is decided by, where the rules call a row not vague and a model cannot change that."""

SURER: dict[Dimension, Literal["rules", "llm"]] = {
    "specific": "llm",
    "measurable": "rules",
    "achievable": "llm",
    "relevant": "llm",
    "time_bound": "rules",
}
"""Whose points count double: numbers and dates are read, meaning and attainability are judged."""


def blend(dimension: Dimension, rules: int, llm: int) -> int:
    """Return the points of both: two parts of the surer side's and one of the other's, rounded. Thirds are never half.

    >>> blend("measurable", rules=5, llm=3), blend("relevant", rules=5, llm=2)
    (4, 3)
    """
    surer, other = (rules, llm) if SURER[dimension] == "rules" else (llm, rules)
    return round((2 * surer + other) / 3)
