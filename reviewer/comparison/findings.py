"""Which finding of an earlier review is which of a later one, within one project or one indicator."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from rapidfuzz import fuzz

from reviewer.language.text import fold
from reviewer.models import Finding

_DIGITS = re.compile(r"\d+")
_ALIKE = 60  # per cent of likeness from which two quotes are one that was touched up


def same_in_indicator(before: Sequence[Finding], after: Sequence[Finding]) -> dict[int, int]:
    """Pair the findings at one indicator: rule, field and quote are the same, or the rule is.

    >>> found = Finding(rule="missing-unit", code="M201", severity="warning", field="annual_value", quote="5", start=0,
    ...                 end=1, message="没有单位")
    >>> same_in_indicator([found], [found.model_copy(update={"quote": "6"})])
    {0: 0}
    """
    return _paired(before, after, lambda one, other: True)


def same_in_project(before: Sequence[Finding], after: Sequence[Finding]) -> dict[int, int]:
    """Pair the findings about a project itself: one rule may speak of many things there, so what it says must be alike.

    Of a rule that speaks about the whole goal (nothing in it can be measured) the words may be all new.
    """
    return _paired(before, after, _alike)


def _paired(
    before: Sequence[Finding], after: Sequence[Finding], alike: Callable[[Finding, Finding], bool]
) -> dict[int, int]:
    pairs: dict[int, int] = {}
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, finding in enumerate(after):
        waiting[_identity(finding)].append(at)
    for at, finding in enumerate(before):
        if same := waiting.get(_identity(finding)):
            pairs[at] = same.pop(0)
    left: defaultdict[str, list[int]] = defaultdict(list)
    for places in waiting.values():
        for at in places:
            left[after[at].rule].append(at)
    for at, finding in enumerate(before):
        if at not in pairs:
            others = left[finding.rule]
            if (same_at := next((other for other in others if alike(finding, after[other])), None)) is not None:
                others.remove(same_at)
                pairs[at] = same_at
    return pairs


def _identity(finding: Finding) -> Hashable:
    return finding.rule, finding.field, _said(finding)


def _said(finding: Finding) -> str:
    """What a finding is about: its quote, or where it has none its message without the numbers of rows."""
    return fold(finding.quote)[0] if finding.quote else _DIGITS.sub("", finding.message)


def _alike(one: Finding, other: Finding) -> bool:
    if one.field == other.field == "goal" and _whole(one) and _whole(other):
        return True
    return fuzz.ratio(_said(one), _said(other)) >= _ALIKE


def _whole(finding: Finding) -> bool:
    # A rule about the goal as a whole quotes it from its beginning and names no part of it in the message.
    return finding.start == 0 and finding.quote not in finding.message
