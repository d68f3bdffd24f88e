"""The score of a row: what it shows, capped by what was found."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from reviewer.language.classes import COSTS, Kind
from reviewer.language.names import Denotes
from reviewer.language.values import Value
from reviewer.models import DIMENSIONS, Dimension, Grade, SmartScores
from reviewer.rules.engine import RowResult
from reviewer.rules.row import Row
from reviewer.scoring.formula import (
    BASES,
    DATED,
    FITTING,
    GENERIC,
    GENERIC_STEMS,
    HOLLOW_CYCLE,
    LUMP,
    NAMED,
    PLAUSIBLE,
    SPECIALS,
    TIGHT,
    UNITED,
    WEAK_CEILING,
    WEIGHTS,
    WHOLE_BUDGET,
    YEAR_END,
    YEARLY,
    Fact,
    effect_of,
    grade_of,
)
from reviewer.scoring.joint import blend


class RowScore(NamedTuple):
    """A row's SMART scores, the Chinese reason for each, its score of 0–100 and its grade."""

    smart: SmartScores
    reasons: dict[Dimension, str]
    score: float
    grade: Grade


def score_row(result: RowResult, judged: SmartScores | None = None) -> RowScore:
    """Return the score of a row; another finding never raises it. *judged* are the points a model gives, if asked.

    >>> from reviewer.models import Indicator, Project
    >>> from reviewer.rules.row import ProjectFacts
    >>> indicator = Indicator(no=1, level2="数量指标", name="放映场次", annual_value="≥672场")
    >>> row = Row(indicator, ProjectFacts(Project(name="电影放映"), 2024))
    >>> score = score_row(RowResult(row, [], []))
    >>> score.grade, score.score, score.reasons["measurable"]
    ('优', 97.0, '年度值有数量和单位')
    """
    row = result.row
    points, reasons, ceiling = _impression(row)
    for hit in result.hits:
        if not hit.counts:
            continue
        special = SPECIALS.get(hit.code)
        effect = effect_of(hit.code, special is not None and special.applies(row, hit), hit.severity)
        if effect.ceiling < ceiling:
            ceiling = effect.ceiling
        for at, cap, reason in effect.caps:
            if cap < points[at]:
                points[at], reasons[at] = cap, reason
    if judged is not None:
        _blend(points, reasons, judged)
    specific, measurable, achievable, relevant, time_bound = points
    # The weighted mean of 1–5 as 20–100; percentages over 5 are exact, so no rounding decides a grade.
    score = (
        _SPECIFIC * specific
        + _MEASURABLE * measurable
        + _ACHIEVABLE * achievable
        + _RELEVANT * relevant
        + _TIME_BOUND * time_bound
    ) / 5
    score = min(score, ceiling)
    return RowScore(_smart(*points), dict(zip(DIMENSIONS, reasons, strict=True)), score, grade_of(score))


@lru_cache(maxsize=3125)  # so many there can be, some dozens of which occur
def _smart(specific: int, measurable: int, achievable: int, relevant: int, time_bound: int) -> SmartScores:
    return SmartScores(
        specific=specific,
        measurable=measurable,
        achievable=achievable,
        relevant=relevant,
        time_bound=time_bound,
    )


_SPECIFIC, _MEASURABLE, _ACHIEVABLE, _RELEVANT, _TIME_BOUND = (WEIGHTS[dimension] for dimension in DIMENSIONS)


def _blend(points: list[int], reasons: list[str], judged: SmartScores) -> None:
    """Let the model's points in, and say both where they differ."""
    for at, dimension in enumerate(DIMENSIONS):
        rules, llm = points[at], getattr(judged, dimension)
        if rules != llm:
            points[at] = blend(dimension, rules, llm)
            reasons[at] = f"{reasons[at]}（规则 {rules} 分，模型 {llm} 分）"


def _impression(row: Row) -> tuple[list[int], list[str], float]:
    """Return what the row shows: points and reasons in the order of ``DIMENSIONS``, and the ceiling it sets itself."""
    name = row.name
    first = row.numbers[0] if row.numbers else None
    specific, measurable, achievable, ceiling = NAMED, BASES[row.basis], PLAUSIBLE, 100.0
    if first is not None:
        if first.dimension != "bare" and row.basis == "value":
            measurable = UNITED
        if _tight(first, name.denotes):
            achievable = TIGHT
        elif first.dimension == "money" and not first.per and row.kind in COSTS:
            specific = LUMP
            if row.facts.amount is not None and abs(first.base / 10_000 - row.facts.amount) < 0.005:
                achievable, ceiling = WHOLE_BUDGET, WEAK_CEILING
    # 项目完成时间 is a time of the project itself and needs no other object.
    if name.stem in GENERIC_STEMS and name.denotes is not Denotes.OTHER and name.denotes is not Denotes.TIME:
        specific = GENERIC
    reason = measurable.why
    if _hollow(row):
        ceiling = WEAK_CEILING
        reason = f"{reason}；{HOLLOW_CYCLE}"
    time = _time(row)
    return (
        [specific.points, measurable.points, achievable.points, FITTING.points, time.points],
        [specific.why, reason, achievable.why, FITTING.why, time.why],
        ceiling,
    )


def _tight(value: Value, denotes: Denotes) -> bool:
    """Whether a single miss fails the target: all of a share, none of an event, or nearly everybody content."""
    if denotes is Denotes.SATISFACTION:
        return value.low >= 95
    return value.low == 0 or (value.dimension == "percent" and value.base == 100 and value.modifier != "baseline")


def _hollow(row: Row) -> bool:
    """Whether the form has a cycle value and it holds nothing to check: an echo of the name, 及时, 按实际发放."""
    cycle = row.cycle
    if cycle is None or cycle.values or cycle.times:
        return False
    # Grades are compared with grades (annual 良以上, cycle 优秀).
    return row.basis != "graded" and cycle.text != row.annual.text


def _time(row: Row) -> Fact:
    times = row.annual.times
    for time in times:
        if time.kind in ("date", "frequency"):
            return DATED
    if not row.numbers:
        return YEARLY if row.basis == "zero" else YEAR_END
    if row.kind is Kind.TIMELINESS:
        return DATED if any(value.dimension == "duration" for value in row.numbers) else YEARLY
    first = row.numbers[0]
    # A change against a named year is what one year brings about, as a count is.
    return YEAR_END if first.dimension == "percent" and first.modifier != "baseline" and not times else YEARLY
