"""Class labels of the official forms (一级/二级指标), normalised to the names of the contract.

Forms print the same class in many ways: ``11-数量指标``, ``产出数量``, ``数量指标(10分)``, ``时效指标（工期指标）``.
Older forms put 成本 under 产出, newer ones make it a level-1 class of three kinds (财预〔2021〕101号): both are right.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Kind(StrEnum):
    """What a level-2 class asks for; the value is its short Chinese name."""

    QUANTITY = "数量"
    QUALITY = "质量"
    TIMELINESS = "时效"
    COST = "成本"
    ECONOMIC_COST = "经济成本"
    SOCIAL_COST = "社会成本"
    ECOLOGICAL_COST = "生态环境成本"
    ECONOMIC = "经济效益"
    SOCIAL = "社会效益"
    ECOLOGICAL = "生态效益"
    SUSTAINABLE = "可持续影响"
    SATISFACTION = "满意度"
    OUTPUT = "产出"
    BENEFIT = "效益"
    UNKNOWN = ""


COSTS = frozenset({Kind.COST, Kind.ECONOMIC_COST, Kind.SOCIAL_COST, Kind.ECOLOGICAL_COST})
NEGATIVE_COSTS = frozenset({Kind.SOCIAL_COST, Kind.ECOLOGICAL_COST})
BENEFITS = frozenset({Kind.ECONOMIC, Kind.SOCIAL, Kind.ECOLOGICAL, Kind.SUSTAINABLE, Kind.BENEFIT})
OUTPUTS = frozenset({Kind.QUANTITY, Kind.QUALITY, Kind.TIMELINESS, Kind.OUTPUT})


class ClassName(NamedTuple):
    """A normalised class. ``exact`` is False when the label was not understood and stands as the source printed it."""

    level1: str
    level2: str
    kind: Kind
    weight: float | None
    exact: bool


# (level-1 name, level-2 name) by kind; COST is resolved against the level-1 label because its home changed over time.
_NAMES: dict[Kind, tuple[str, str]] = {
    Kind.QUANTITY: ("产出指标", "数量指标"),
    Kind.QUALITY: ("产出指标", "质量指标"),
    Kind.TIMELINESS: ("产出指标", "时效指标"),
    Kind.COST: ("产出指标", "成本指标"),
    Kind.ECONOMIC_COST: ("成本指标", "经济成本指标"),
    Kind.SOCIAL_COST: ("成本指标", "社会成本指标"),
    Kind.ECOLOGICAL_COST: ("成本指标", "生态环境成本指标"),
    Kind.ECONOMIC: ("效益指标", "经济效益指标"),
    Kind.SOCIAL: ("效益指标", "社会效益指标"),
    Kind.ECOLOGICAL: ("效益指标", "生态效益指标"),
    Kind.SUSTAINABLE: ("效益指标", "可持续影响指标"),
    Kind.SATISFACTION: ("满意度指标", "服务对象满意度指标"),
}

# Order matters: the first key word that stands in the label decides (经济成本 before 经济, 社会成本 before 社会).
_KEYWORDS: tuple[tuple[str, Kind], ...] = (
    ("满意", Kind.SATISFACTION),
    ("生态环境成本", Kind.ECOLOGICAL_COST),
    ("环境成本", Kind.ECOLOGICAL_COST),
    ("生态成本", Kind.ECOLOGICAL_COST),
    ("社会成本", Kind.SOCIAL_COST),
    ("经济成本", Kind.ECONOMIC_COST),
    ("成本", Kind.COST),
    ("预算控制", Kind.COST),
    ("投资规模", Kind.COST),
    ("可持续", Kind.SUSTAINABLE),
    ("持续影响", Kind.SUSTAINABLE),
    ("时效", Kind.TIMELINESS),
    ("进度", Kind.TIMELINESS),
    ("工期", Kind.TIMELINESS),
    ("质量", Kind.QUALITY),
    ("数量", Kind.QUANTITY),
)
_BENEFIT_WORDS = (("经济", Kind.ECONOMIC), ("社会", Kind.SOCIAL), ("生态", Kind.ECOLOGICAL), ("环境", Kind.ECOLOGICAL))

_CODE = re.compile(r"^[\s★*☆]*\d{1,3}\s*[-—－.、．]?\s*")
_WEIGHT = re.compile(r"[（(]\s*(\d+(?:\.\d+)?)\s*分?\s*[）)]")
_SPACE = re.compile(r"\s+")


def _clean(label: str) -> tuple[str, float | None]:
    label = _SPACE.sub("", label)
    weight = _WEIGHT.search(label)
    if weight:
        label = label[: weight.start()] + label[weight.end() :]
    return _CODE.sub("", label), float(weight.group(1)) if weight else None


def _kind(label: str) -> Kind:
    for word, kind in _KEYWORDS:
        if word in label:
            return kind
    named = [kind for word, kind in _BENEFIT_WORDS if word in label]
    if len(named) == 1:
        return named[0]
    if named or "效益" in label or "效果" in label:
        return Kind.BENEFIT
    return Kind.OUTPUT if "产出" in label or "完成" in label else Kind.UNKNOWN


@lru_cache(maxsize=4096)
def normalise_class(level1: str, level2: str) -> ClassName:
    """Normalise the two class labels of an indicator.

    A label that is not understood is kept as printed with ``exact=False``; the reader reports it.

    >>> normalise_class("1-产出指标", "11-数量指标")[:3]
    ('产出指标', '数量指标', <Kind.QUANTITY: '数量'>)
    >>> normalise_class("成本指标", "成本指标")[:2]
    ('成本指标', '经济成本指标')
    """
    label1, _ = _clean(level1)
    label2, weight = _clean(level2)
    kind = _kind(label2) if label2 else Kind.UNKNOWN
    if kind in (Kind.UNKNOWN, Kind.OUTPUT, Kind.BENEFIT):
        outer = _kind(label1) if label1 else Kind.UNKNOWN
        # Level 1 decides only where it names one level-2 class by itself.
        if outer in (Kind.SATISFACTION, Kind.ECONOMIC_COST) or (outer is Kind.COST and not label2):
            kind = outer
        elif kind is Kind.UNKNOWN:
            kind = outer if outer in (Kind.OUTPUT, Kind.BENEFIT) else Kind.UNKNOWN
    if kind is Kind.COST and label1.startswith("成本"):
        kind = Kind.ECONOMIC_COST
    names = _NAMES.get(kind)
    if names is None:
        return ClassName(label1 or level1.strip(), label2 or level2.strip(), kind, weight, False)
    exact = not label1 or _agrees(label1, kind)
    return ClassName(names[0], names[1], kind, weight, exact)


def _agrees(label1: str, kind: Kind) -> bool:
    """Whether the level-1 label is a name forms use for the level-1 class of *kind*."""
    if kind in COSTS:
        return "成本" in label1 or "产出" in label1
    if kind in BENEFITS:
        return "效益" in label1 or "效果" in label1
    if kind is Kind.SATISFACTION:
        return "满意" in label1 or "效益" in label1 or "效果" in label1
    return "产出" in label1
