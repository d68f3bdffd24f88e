"""S901, S902, S905, S906: are the right kinds of indicators there, each once, enough for the money, well weighted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from math import fsum

from reviewer.language.classes import BENEFITS, COSTS, OUTPUTS, Kind
from reviewer.language.lexicon import any_of, words
from reviewer.models import Severity
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.row import ProjectFacts, Row

# S901 ---------------------------------------------------------------------------------------------------------------


@cache
def _words(section: str) -> re.Pattern[str]:
    return re.compile(any_of(words("goals", section)))


def missing_class(facts: ProjectFacts, rows: Sequence[Row]) -> Iterator[Hit | NotChecked]:
    """S901: no outputs or no benefits; as hints the finer classes, 满意度 for the public, 成本 for purchases."""
    if not rows:
        return  # D008 says that there are no indicators at all
    kinds = {row.kind for row in rows}
    if Kind.UNKNOWN in kinds:
        yield NotChecked("S901", "有指标的类别看不出来，缺不缺哪一类无法判断。")
        return
    if not kinds & OUTPUTS:
        yield _missing("没有产出指标（数量、质量、时效），看不出做了什么。")
    elif Kind.OUTPUT not in kinds:
        for kind in (Kind.QUANTITY, Kind.QUALITY, Kind.TIMELINESS):
            if kind not in kinds:
                yield _missing(f"没有{kind}指标。", "hint")
    if not kinds & BENEFITS:
        yield _missing("没有效益指标，看不出做了以后有什么变化。")
    about = f"{facts.project.name} {facts.project.goal}"
    if Kind.SATISFACTION not in kinds and _words("public").search(about) and not _words("internal").search(about):
        yield _missing("项目面向公众，没有满意度指标。", "hint")
    if not kinds & COSTS and _words("acquire").search(about):
        yield _missing("项目有采购、建设或修缮，没有成本指标。", "hint")


def _missing(message: str, severity: Severity | None = None) -> Hit:
    return Hit("S901", "indicators", 0, 0, message, severity)


# S902 ---------------------------------------------------------------------------------------------------------------

_FILLER = re.compile(r"的|数量|次数|人数|个数|情况|开展|实施|进行|完成|[、,()“”\"]")
_NUMBERS = re.compile(r"[\d.,≥≤><=~%+\-]+|不少于|不低于|不超过|不高于|以上|以下|以内|达到|左右|约")


def duplicates(rows: Sequence[Row]) -> Iterator[Hit]:
    """S902: the same name twice, or the same words in another order with the same value."""
    by_name: dict[str, Row] = {}
    by_value: dict[str, list[Row]] = {}
    for row in rows:
        name, value = row.name.text, row.annual.text
        if not name or not value:
            continue
        first = by_name.setdefault(name, row)
        if first is row:
            by_value.setdefault(value, []).append(row)
        elif _same_thing(first, row):
            yield _duplicate(first, row, "名称相同")
    for alike in by_value.values():
        if len(alike) > 1:
            yield from _reordered(alike)


def _reordered(rows: Sequence[Row]) -> Iterator[Hit]:
    """Rows of one value whose names hold the same characters: 改造食堂数量 and 食堂改造的数量."""
    by_characters: dict[str, Row] = {}
    for row in rows:
        characters = "".join(sorted(_FILLER.sub("", row.name.text)))
        first = by_characters.setdefault(characters, row)
        if first is not row and len(characters) > 1:
            yield _duplicate(first, row, "名称和指标值几乎相同")


def _same_thing(one: Row, other: Row) -> bool:
    """Whether two rows of one name say the same, numbers aside: 学生≥90% and 家长≥90% under 满意度 do not."""
    same_words = _NUMBERS.sub("", one.annual.text) == _NUMBERS.sub("", other.annual.text)
    cycles = {row.cycle.text for row in (one, other) if row.cycle is not None and not row.cycle.values}
    return same_words and len(cycles) < 2


def _duplicate(first: Row, row: Row, why: str) -> Hit:
    pair = f"第 {first.indicator.no} 条“{first.name.text}”和第 {row.indicator.no} 条“{row.name.text}”"
    return Hit("S902", "indicators", 0, 0, f"{pair}{why}，说的是同一件事。")


# S905, S906 ---------------------------------------------------------------------------------------------------------


def thin_for_amount(facts: ProjectFacts, rows: Sequence[Row]) -> Iterator[Hit]:
    """S905: few indicators, or none that can be measured, for much money."""
    if facts.amount is None or facts.amount < facts.thresholds.large_amount or not rows:
        return
    if len(rows) < facts.thresholds.fewest_indicators:
        yield Hit("S905", "indicators", 0, 0, f"{facts.amount:.12g} 万元的项目只有 {len(rows)} 条指标。")
    elif all(row.vague for row in rows):
        yield Hit("S905", "indicators", 0, 0, f"{facts.amount:.12g} 万元的项目，{len(rows)} 条指标没有一条可以衡量。")


# 财预〔2021〕101号: points by class with and without cost indicators; 预算执行率 has another 10.
_SHARES = {
    True: {"成本": 20.0, "产出": 40.0, "效益": 20.0, "满意度": 10.0},
    False: {"产出": 50.0, "效益": 30.0, "满意度": 10.0},
}
_CENT = 0.005


def weights(rows: Sequence[Row]) -> Iterator[Hit | NotChecked]:
    """S906: weights that add up neither to 90 nor, with 预算执行率, to 100; as a hint an unusual share by class."""
    given = [row.indicator.weight for row in rows if row.indicator.weight is not None]
    if not given:
        return
    if len(given) < len(rows):
        yield NotChecked("S906", f"{len(rows)} 条指标里只有 {len(given)} 条写了权重，合计无法核对。")
        return
    total = fsum(given)
    if min(abs(total - 90), abs(total - 100)) > _CENT:
        message = f"权重合计 {total:.12g} 分，应为 90 分（预算执行率另计 10 分）或 100 分（含预算执行率）。"
        yield Hit("S906", "indicators", 0, 0, message)
        return
    unusual = _unusual_share(rows)
    if abs(total - 90) <= _CENT and unusual:
        yield Hit("S906", "indicators", 0, 0, unusual, "hint")


def _unusual_share(rows: Sequence[Row]) -> str | None:
    points = {"成本": 0.0, "产出": 0.0, "效益": 0.0, "满意度": 0.0}
    for row in rows:
        group = _group(row.kind)
        if group is None:
            return None
        points[group] += row.indicator.weight or 0.0
    usual = _SHARES[points["成本"] > 0]
    if all(abs(points[group] - share) <= _CENT for group, share in usual.items()):
        return None
    found = "、".join(f"{group}{points[group]:.12g}" for group in usual)
    return f"权重分配是{found}，通行的是{'、'.join(f'{group}{share:g}' for group, share in usual.items())}。"


def _group(kind: Kind) -> str | None:
    if kind in COSTS:
        return "成本"
    if kind in OUTPUTS:
        return "产出"
    if kind in BENEFITS:
        return "效益"
    return "满意度" if kind is Kind.SATISFACTION else None
