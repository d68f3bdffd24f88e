"""M202 and A301: a percentage of what, and can it be reached."""

from __future__ import annotations

import re

from reviewer.language import phrases
from reviewer.language.classes import Kind
from reviewer.language.names import RATES, Denotes, asks_yes_or_no
from reviewer.language.topics import topic
from reviewer.language.values import Value
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, NotChecked, Result
from reviewer.rules.formula import find_formula
from reviewer.rules.row import Row

# Objects that name nothing: a rate over "all work" or "the year's tasks" has no stated base.
_GENERIC = re.compile(
    r"(?:各项|相关|有关|年度|全年|当期|当年|重点|日常|主要|所有|全部|各类|本)*"
    r"(?:工作|任务|事项|目标任务|工作任务|指标|计划|目标)?"
    r"(?:完成|实施|推进|执行|办理|开展|落实|及时|按时|按期|情况|进度|资金|使用)*"
)
_ABSTRACT_END = ("指标", "比例", "标准", "目标", "任务")
_NORM_END = ("政策", "制度", "机制")
_STATES_RATE = re.compile("率|比例|占")


def undefined_percentage(row: Row) -> Result:
    """M202: a percentage of which neither name nor cycle value says what is counted over what.

    Marks the row vague where the name is a slogan or a going concern, so that not even the name says what to count.
    """
    if not row.percentages_only or (row.name.denotes in _COUNTED and row.numbers[0].low > 100):
        return NOT_APPLICABLE  # a count with a % behind it is M206's
    why = _without_base(row)
    if why is None:
        return PASS
    row.vague = row.vague or _decides_nothing(row)
    value = row.numbers[0]
    return Hit("M202", "annual_value", value.start, value.end, why)


def _without_base(row: Row) -> str | None:
    """Say why the base of the percentage is not evident, None when it is."""
    text, name = row.annual.text, row.name
    cycle = row.cycle
    if cycle is not None:
        if _STATES_RATE.search(cycle.text) or cycle.says(find_formula):
            return None
        if any(value.dimension == "score" for value in cycle.values):
            return None  # a score in the cycle and a percentage in the year: M206 says so
    if _STATES_RATE.search(text) or "满意" in text:
        return None
    if any(value.modifier == "baseline" or "点" in value.unit for value in row.numbers):
        return None
    value = row.numbers[0]
    if "的" in text[max(0, value.start - 2) : value.start + 1]:
        return None  # 学生总数的60% states its base
    if topic("change").search(text) or topic("change").search(name.text):
        return None
    if asks_yes_or_no(name.text):
        return None if "全部" in name.text or "全额" in name.text else "问“是否”却用百分比回答，没有说明分子、分母。"
    if row.kind is Kind.SATISFACTION or name.denotes is Denotes.SATISFACTION or "利率" in name.text:
        return None
    return _rate_without_base(row)


def _rate_without_base(row: Row) -> str | None:
    name, stem = row.name, row.name.stem
    match name.denotes:
        case Denotes.QUALITY_RATE | Denotes.EFFECT_RATE:
            return f"“{name.text}”没有说明是什么标准，分子、分母不清。" if stem.endswith(_ABSTRACT_END) else None
        case Denotes.RATE:
            return None if stem else "百分比没有说明是什么占什么。"
        case Denotes.PUNCTUAL_RATE:
            if stem and not _GENERIC.fullmatch(stem):
                return None
            return f"“{name.text}”没有说明是哪些事项的比例，分子、分母不清。"
        case Denotes.DONE_RATE | Denotes.ACT_RATE | Denotes.REACH_RATE:
            aimless = name.denotes is Denotes.DONE_RATE and _GENERIC.fullmatch(stem)
            if not stem or aimless or stem.endswith((*_ABSTRACT_END, *_NORM_END)):
                return f"“{name.text}”没有说明谁与谁相比，分子、分母不清。"
            if name.head.startswith("覆盖") and not topic("population").search(stem):
                return f"“{name.text}”没有说明覆盖的对象总数，分母不清。"
            return None
        case Denotes.BASELESS_RATE:
            if name.head == "执行率" and not topic("process").search(stem):
                return None  # carried out on somebody: 社区康复执行率, 预算执行率
            if (stem and name.head == "成本控制率") or (topic("fund").search(stem) and name.head in _FUND_RATES):
                return None
            return f"“{name.text}”没有说明怎样计算，分子、分母不清。"
    if (name.stem and name.head in _STATES_TO_COUNT) or "比" in name.text[-3:]:
        return None
    return f"“{name.text}”不是比率，{row.annual.text}没有说明是什么占什么。"


def _decides_nothing(row: Row) -> bool:
    """Whether the percentage is of a slogan, a going concern or nothing at all."""
    name = row.name
    if asks_yes_or_no(name.text):
        return any(word in name.text for word in ("解决", "提高", "提升", "改善"))
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE, Denotes.MONEY, Denotes.SPEC, *_OBJECT_RATES):
        return False
    if name.denotes is Denotes.PUNCTUAL_RATE:
        return _GENERIC.fullmatch(name.stem) is not None and name.stem not in ("任务", "工作任务")
    if name.denotes is Denotes.BASELESS_RATE:
        concern = topic("process").search(name.stem) is not None
        return name.head.endswith("效率") or (concern and not name.head.startswith(_HANDS_ON))
    if row.kind is Kind.TIMELINESS and name.denotes is Denotes.OTHER:
        return phrases.degree(name.text) is not None and "及时" not in name.text and "有效" not in name.text
    if name.denotes in (Denotes.STATE, Denotes.QUALITY, Denotes.TIME, Denotes.OTHER):
        slogan = not name.text or topic("process").search(name.text) or phrases.degree(name.text)
        return bool(slogan) or _GENERIC.fullmatch(name.text) is not None
    return _GENERIC.fullmatch(name.text) is not None


_FUND_RATES = ("保障率", "落实率", "控制率")
_OBJECT_RATES = (Denotes.DONE_RATE, Denotes.ACT_RATE, Denotes.REACH_RATE)
# With an object before it such a state is counted one by one: 食材验收合格 100%.
_STATES_TO_COUNT = frozenset({"准确性", "真实性", "合规性", "合格", "认定准确"})
_COUNTED = (Denotes.COUNT, Denotes.MEASURE)
_HANDS_ON = ("控制", "维护", "配备", "管理", "核算")


def unrealistic(row: Row) -> Result:
    """A301: satisfaction of 100 %, or a share that is asked to be 100 % *or more*."""
    if not row.numbers:
        return NOT_APPLICABLE
    satisfaction = row.name.denotes is Denotes.SATISFACTION or (
        row.kind is Kind.SATISFACTION and row.name.denotes is Denotes.OTHER
    )
    for value in row.numbers:
        if value.modifier != "baseline" and (why := _unbelievable(row, value, satisfaction)):
            return Hit("A301", "annual_value", value.start, value.end, why)
    return _BY_TEXT_ONLY


_BY_TEXT_ONLY = NotChecked("A301", "离线不判断数值与资金、实际能力是否相称。")


def _unbelievable(row: Row, value: Value, satisfaction: bool) -> str | None:
    share = value.unit == "%" and (satisfaction or _is_share(row))
    if satisfaction and value.op not in ("≤", "<") and value.unit in ("%", "", "分"):
        if value.low == 100:
            return "满意度满分意味着一个人不满意就不能完成，难以做到也难以测准。"
        if row.facts.thresholds.full_satisfaction <= value.low < 100:
            return f"满意度 {row.facts.thresholds.full_satisfaction:g}% 以上难以做到，也难以测准。"
    if share and value.op in ("≥", ">") and value.low >= 100 and "达" not in row.annual.text[value.start : value.end]:
        return "比率最高就是 100%，写“≥100%”或更高不合常理。"
    limit = row.name.denotes is not Denotes.BASELESS_RATE  # 成本控制率≤100% is a ceiling
    if share and (
        (limit and value.op in ("≤", "<") and value.low >= 100) or (value.op in ("≥", ">") and value.high == 0)
    ):
        return "怎样都能达到，没有约束力。"
    return None


_CAN_EXCEED = (
    *("增长", "提高", "提升", "增加", "降低", "下降", "增幅", "产能", "利润率", "收益率", "负债率", "周转率", "节约率"),
    *("比例", "比率", "保值增值"),
)


def _is_share(row: Row) -> bool:
    """Whether the name denotes a share of a whole, which cannot exceed 100 % (产能提升 can)."""
    return row.name.denotes in RATES and not any(word in row.name.text for word in _CAN_EXCEED)
