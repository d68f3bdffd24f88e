"""The tables of the formula; all constants of scoring stand here, each with its reason.

A row starts from what it shows (:data:`FACTS`: a number with a unit, a date, a satisfaction of 100 %). A finding then
caps the dimensions it touches (:data:`EFFECTS`): it can only lower a score, and three findings about one fault cost
no more than the gravest. Where labelled rows show a fault often enough, its caps are about the medians of these rows
(``data/gold``); where they hardly do (M203, A301, R502, T602, E701–E703), they follow from what the rule says is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from reviewer.language.classes import COSTS
from reviewer.models import DIMENSIONS, Dimension, Grade, Severity
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.rules.row import Basis, Row

BANDS: tuple[tuple[float, Grade], ...] = ((90, "优"), (80, "良"), (60, "中"), (0, "差"))
"""Lowest score of each grade, best first (财预〔2020〕10号)."""

# Without a measure nobody can decide at year's end, and without an object nobody knows of what. The other three weigh
# less: text alone says little about attainability and relevance, and the budget year bounds the time of every row.
WEIGHTS: dict[Dimension, int] = {"specific": 25, "measurable": 30, "achievable": 15, "relevant": 15, "time_bound": 15}
"""Per cent of a row's score."""

# 优 means usable as it stands, 良 after a small fix, 中 after rewriting a part.
CEILINGS: dict[Severity, float] = {"error": 79.0, "warning": 89.0, "hint": 100.0}
"""The best score of a row with a finding of that severity."""

REWORKED = frozenset({"M202", "A301", "C402"})
"""Warnings after which a part must be rewritten (another value, another measure): they limit a row as an error does."""

WEAK_CEILING = CEILINGS["warning"]
"""The best score of a row whose cycle value or cost ceiling says nothing: worth a small fix, though no rule fires."""

HINT_FLOOR = 4
"""A hint may be wrong more often than one time in ten: it takes one step of its own dimension, no more."""

PROJECT_COSTS: dict[Severity, int] = {"error": 10, "warning": 5, "hint": 1}
"""Points that a rule about the project itself costs, once a rule."""

PROJECT_COST_LIMIT = 20
"""The most they cost together: the indicators decide, the rest moves a project by a grade or so."""


class Fact(NamedTuple):
    """What a row shows before any finding: the points it gives in one dimension, and the Chinese reason."""

    points: int
    why: str


NAMED = Fact(5, "名称说清了衡量什么")
LUMP = Fact(4, "成本只有一笔总数，看不出花在哪里")
GENERIC = Fact(3, "名称没有说明对象")

BASES: dict[Basis, Fact] = {
    "value": Fact(5, "年度值有数量"),
    "time": Fact(5, "年度值有日期、时限或频次"),
    "zero": Fact(5, "年度值是不得发生的事"),
    "yes": Fact(5, "年度值是能核对的是或否"),
    "graded": Fact(4, "年度值是分等级的标准"),
    "benchmark": Fact(4, "年度值与已知的基准比较"),
    "name": Fact(4, "年度值是完成名称里写明的量"),
    "done": Fact(3, "年度值只写做完，没有写怎样算做完"),
    "blank": Fact(3, "年度值还留着待填的空格"),
    "": Fact(3, "年度值没有可以核对的内容"),
}
UNITED = Fact(5, "年度值有数量和单位")

PLAUSIBLE = Fact(5, "没有发现做不到或者必然做到的值")
TIGHT = Fact(4, "没有留余地（100%、0，或者满意度95%以上）")
WHOLE_BUDGET = Fact(4, "成本就是全部预算，没有约束")

FITTING = Fact(5, "没有发现类别或内容不符")

DATED = Fact(5, "写明了日期、时限或频次")
YEARLY = Fact(4, "一年的数量，以预算年度为限")
YEAR_END = Fact(3, "年底的比率或状态，只以预算年度为限")

FACTS: dict[Dimension, tuple[Fact, ...]] = {
    "specific": (NAMED, LUMP, GENERIC),
    "measurable": (UNITED, *BASES.values()),
    "achievable": (PLAUSIBLE, TIGHT, WHOLE_BUDGET),
    "relevant": (FITTING,),
    "time_bound": (DATED, YEARLY, YEAR_END),
}

HOLLOW_CYCLE = "周期值没有可以核对的内容"

# What stands before 满意度, 成本 and the like without saying whose or of what.
GENERIC_STEMS = frozenset({"", "服务对象", "受益对象", "受益群众", "群众", "社会公众", "项目", "工程", "成本", "资金"})

Caps = tuple[int, int, int, int, int]
"""The most that is left of each dimension, in the order of ``DIMENSIONS``; 5 leaves it alone."""

UNTOUCHED: Caps = (5, 5, 5, 5, 5)

EFFECTS: dict[str, Caps] = {
    "V101": (2, 1, 3, 3, 2),
    "V102": (2, 1, 3, 3, 2),
    "V103": (3, 2, 4, 4, 3),
    "M201": (5, 3, 5, 5, 5),
    "M202": (3, 3, 4, 4, 3),
    "M203": (4, 2, 4, 4, 3),
    "M204": (2, 1, 3, 3, 2),
    "M205": (3, 4, 5, 5, 5),
    "M206": (5, 5, 4, 3, 5),
    "M207": UNTOUCHED,  # most good tables print no comparator
    "A301": (4, 4, 2, 4, 4),
    "C401": (4, 5, 5, 2, 4),
    "C402": (4, 4, 5, 2, 4),
    "R501": (3, 3, 4, 1, 4),
    "R502": (5, 5, 5, 4, 5),
    "T601": (3, 3, 4, 4, 1),
    "T602": (4, 4, 4, 4, 2),
    "E701": (3, 3, 3, 4, 4),
    "E702": (2, 1, 3, 3, 2),
    "E703": (2, 3, 3, 2, 3),
}
"""What a finding leaves of a row, by rule."""


class Special(NamedTuple):
    """A rule's effect where the row makes the fault lighter or graver than usual; ``when`` says so in Chinese."""

    when: str
    applies: Callable[[Row, Hit], bool]
    caps: Caps


SPECIALS: dict[str, Special] = {
    "V101": Special(
        "成本指标指向预算，预算数印在表上",
        lambda row, hit: row.kind in COSTS and "预算" in row.annual.text,
        (3, 2, 4, 4, 3),
    ),
    "M202": Special(
        "名称是口号或过程，等于没有值",
        lambda row, hit: row.vague,
        (2, 2, 3, 3, 2),
    ),
    "M204": Special(
        "照抄的是周期值，年度值不受影响",
        lambda row, hit: hit.field == "cycle_value",
        UNTOUCHED,
    ),
}
"""At most one exception a rule; it depends on the row and the finding itself, never on other findings."""


class Effect(NamedTuple):
    """What one finding does: (index of the dimension, cap, reason) for those it touches, and the ceiling it sets."""

    caps: tuple[tuple[int, int, str], ...]
    ceiling: float


def grade_of(score: float) -> Grade:
    """Return the grade of a score of 0–100.

    >>> grade_of(90), grade_of(89.9), grade_of(60), grade_of(0)
    ('优', '良', '中', '差')
    """
    return next(grade for lowest, grade in BANDS if score >= lowest)


@cache
def effect_of(code: str, special: bool, severity: Severity | None) -> Effect:
    """Return what a finding of rule *code* does; *severity* is the hit's own, if it has one.

    A rule of the department's own sets the ceiling of its severity and caps nothing.

    >>> effect_of("M201", False, None)
    Effect(caps=((1, 3, 'M201 数字缺单位'),), ceiling=89.0)
    """
    caps = SPECIALS[code].caps if special else EFFECTS.get(code, UNTOUCHED)
    reason = f"{code} {title_of(code)}"
    severity = severity or severity_of(code)
    touched = [(at, cap, reason) for at, cap in enumerate(caps) if cap < 5]
    if severity == "hint":
        own = _rules()[code].dimension if touched else None
        touched = [(at, max(cap, HINT_FLOOR), why) for at, cap, why in touched if DIMENSIONS[at] == own]
    graver = severity == "warning" and code in REWORKED
    return Effect(tuple(touched), CEILINGS["error" if graver else severity])


def severity_of(code: str) -> Severity:
    """Return the severity of a rule; ``warning`` for a rule of the department's own whose hit names none."""
    rule = _rules().get(code)
    return rule.severity if rule else "warning"


def title_of(code: str) -> str:
    """Return the Chinese title of a rule, or its code for a rule of the department's own."""
    rule = _rules().get(code)
    return rule.title if rule else code


@cache
def _rules() -> dict[str, Rule]:
    return {rule.code: rule for rule in load_catalogue().rules}
