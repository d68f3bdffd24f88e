"""M206: the annual value against the cycle value, the goal, the name, the direction of its comparator, and the budget.

Two numbers conflict only when they speak of the same thing: same dimension, and words enough in common. A part is no
conflict with its whole, nor a year's share with a total of several years; in doubt nothing is found.
"""

from __future__ import annotations

import re

from reviewer.language.arithmetic import yearly
from reviewer.language.classes import COSTS, Kind
from reviewer.language.names import RATES, Denotes
from reviewer.language.parsed import Parsed
from reviewer.language.times import Time
from reviewer.language.topics import topic
from reviewer.language.values import Value
from reviewer.models import Severity
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.echo import asks_for_no_count, counts_something
from reviewer.rules.goal_numbers import goal_due, goal_limit, goal_number
from reviewer.rules.row import Row

_LEVELS = frozenset({"percent", "score", "ratio"})
_DECLARED_UNIT = re.compile(r"计量单位列?[:：]?(%|‰|百分比|[\u4e00-\u9fff]{1,3})")


def value_conflict(row: Row) -> Result:
    """M206: the first contradiction found, in the order cycle, direction, budget, name, goal."""
    if not row.annual.text or row.annual.blanks:
        return NOT_APPLICABLE
    for check in (_with_cycle, _direction, _budget, _with_name, _declared_unit, _with_goal):
        if hit := check(row):
            return hit
    return PASS


def _hit(value: Value | Time, why: str, severity: Severity | None = None) -> Hit:
    return Hit("M206", "annual_value", value.start, value.end, why, severity)


# The cycle value ------------------------------------------------------------------------------------------------------


def _with_cycle(row: Row) -> Hit | None:
    cycle = row.cycle
    if cycle is None or cycle.text == row.annual.text:
        return None
    if not cycle.values and asks_for_no_count(row) and counts_something(cycle.text):
        why = f"周期指标值写的是要数的东西，与名称“{row.name.text}”问的不是一回事。"
        return Hit("M206", "cycle_value", 0, len(cycle.text), why)
    due = _later_or_other(row, cycle)
    if due:
        return due
    if len(row.numbers) != 1 or not cycle.values:
        return None
    value = row.numbers[0]
    counted = yearly(cycle)
    if counted is not None:
        if (
            value.dimension == counted.dimension
            and value.low * value.factor != counted.amount
            and yearly(row.annual) is None
        ):
            total = f"{counted.calculation}={counted.amount:.12g}"
            return _hit(value, f"周期指标值每年应为 {total}，与年度值 {value.low:.12g} 不符。")
        return None
    others = [other for other in cycle.values if other.dimension != "age"]
    if len(others) != 1 or any(time.kind == "frequency" for time in cycle.times):
        return None
    other = others[0]
    written = cycle.text[other.start : other.end]
    if (
        other.per in ("年", "年度")
        and value.dimension == other.dimension
        and value.base != other.base
        and not value.per
    ):
        return _hit(value, f"周期指标值写明“{written}”，与年度值不符。")
    if "bare" in (value.dimension, other.dimension):
        return None  # M201 says that a unit is missing
    if not _comparable(value, other):
        return _hit(value, f"周期指标值是“{written}”，与年度值的单位或含义不同。")
    if _demands_more(value, other, row) and not _says_share_of_year(cycle):
        # A level higher this year than at the cycle's end is a slip; a count beyond the total is impossible.
        severity: Severity | None = "warning" if value.dimension in _LEVELS else None
        return _hit(value, f"周期指标值“{written}”与年度值不符：周期的要求不应低于一年的。", severity)
    return None


def _comparable(value: Value, other: Value) -> bool:
    if value.dimension == other.dimension:
        return value.dimension != "other" or value.unit == other.unit
    # 台 and 套, 条 and 篇, 人 and 人次 stand for each other in forms; a score and a percentage do not.
    return value.dimension in _COUNTS and other.dimension in _COUNTS and other.unit != "批" and value.unit != "批"


_COUNTS = frozenset({"thing", "publication", "event", "person", "person-time", "household", "other"})


def _demands_more(value: Value, other: Value, row: Row) -> bool:
    """Whether the annual value asks for more than the whole cycle does."""
    if value.per != other.per or value.modifier != other.modifier:
        return False
    annual, whole = value.low * value.factor, other.low * other.factor
    if value.op in ("≤", "<") or other.op in ("≤", "<") or topic("bad").search(row.name.text):
        # The less the better: a rate asked to be lower this year than at the cycle's end.
        return value.dimension in _LEVELS and annual < whole
    return annual > whole


def _says_share_of_year(cycle: Parsed) -> bool:
    return any(word in cycle.text for word in ("每年", "/年", "年均", "每月", "每季"))


def _later_or_other(row: Row, cycle: Parsed) -> Hit | None:
    """A due date against the cycle's due date or its frequency, and a due date answered by a percentage."""
    cycle_dates = _dates(cycle)
    if not cycle_dates:
        return None
    annual_dates = _dates(row.annual)
    if row.percentages_only and not annual_dates and row.name.denotes is Denotes.TIME:
        return _hit(row.numbers[0], f"周期指标值写的是日期“{cycle.text}”，年度值却是百分比。")
    if len(annual_dates) != 1 or len(cycle_dates) != 1:
        return None
    annual, whole = annual_dates[0], cycle_dates[0]
    if annual.year and whole.year and annual.year != whole.year:
        return None
    if (annual.month, annual.day or 0) != (whole.month, whole.day or 0) and not _same_end(annual, whole):
        return _hit(annual, f"与周期指标值的日期“{cycle.text[whole.start : whole.end]}”不一致。", "warning")
    return None


def _dates(parsed: Parsed) -> list[Time]:
    return [time for time in parsed.times if time.kind == "date" and time.month]


def _same_end(one: Time, other: Time) -> bool:
    """12月底 and 12月31日 are the same day for a form."""
    return one.month == other.month and {one.day or 0, other.day or 0} <= {0, 28, 29, 30, 31}


# The direction of the comparator --------------------------------------------------------------------------------------


def _direction(row: Row) -> Hit | None:
    if len(row.numbers) != 1:
        return None
    value, name = row.numbers[0], row.name
    if value.op not in _BOUNDS or value.modifier == "baseline" or topic("change").search(name.text):
        return None
    if value.op in ("≥", ">") and value.low > 0:
        if row.kind in COSTS and value.dimension == "money" and not topic("income").search(name.text):
            return _hit(value, "成本要控制上限，应写“≤”，这里方向相反。")
        if _BAD_RATE.search(name.text) and not _PESTS.search(name.text) and name.denotes in RATES:
            return _hit(value, f"“{name.text}”越低越好，应写“≤”，这里方向相反。")
    if value.op in ("≤", "<"):
        positive = name.denotes in _GOOD_RATES and not _LESS_IS_BETTER.search(name.text)
        if positive and value.dimension == "percent" and value.low >= 50:
            return _hit(value, f"“{name.text}”越高越好，应写“≥”，这里方向相反。")
        counted = row.kind is Kind.QUANTITY and value.dimension in (*_COUNTS, "bare", "area", "length", "mass")
        if counted and not topic("bad").search(name.text) and not _LESS_IS_BETTER.search(name.text) and not value.per:
            return _hit(value, f"“{name.text}”是要完成的数量，写“≤”等于一个不做也算完成。")
    return None


_BOUNDS = frozenset("≥>≤<")
_BAD_RATE = re.compile(
    r"(?:故障|事故|差错|错误|误差|投诉|死亡|伤亡|发病|返修|返工|漏损|破损|流失|辍学|返贫|复发|空置|超标|违规|受害|失业|逾期|漏报|误报|退货)率\Z"
)
_PESTS = re.compile("灭|虫|螺|鼠|蚊|蝇|杀|消毒")
_GOOD_RATES = frozenset({*RATES, Denotes.SATISFACTION} - {Denotes.BASELESS_RATE})
_LESS_IS_BETTER = re.compile(
    r"率低|不|未|超|成本|费|能耗|耗|时[间限长]|期限|误|错|漏|故障|事故|投诉|死|伤|病|损|失|降|减|控制|上限|人口|贫|污|排放|浓度|拥堵|空置"
    r"|辍|流失|返|负债|占|比例|比重|访|案|灾|害|偏差|隐患|压减|三公|会议|出国|编制|公里\Z"
)


# The budget -----------------------------------------------------------------------------------------------------------


def _budget(row: Row) -> Hit | None:
    amount = row.facts.amount
    if not amount or row.kind not in COSTS or len(row.numbers) != 1:
        return None
    value = row.numbers[0]
    if (
        value.dimension != "money"
        or value.per
        or value.modifier
        or value.op in ("≥", ">")
        or _UNIT_COST.search(row.name.text)
    ):
        return None
    budget = amount * 10000
    if value.low * value.factor > budget * 1.0005:
        return _hit(value, f"成本上限 {value.low * value.factor / 10000:.12g} 万元超过了项目预算 {amount:.12g} 万元。")
    return None


_UNIT_COST = re.compile(r"每|均|单位|单价|标准|人均|/")


# The name and a unit declared beside the value ------------------------------------------------------------------------


def _with_name(row: Row) -> Hit | None:
    if len(row.numbers) != 1:
        return None
    named = [v for v in row.name_parsed.values if v.dimension in _COUNTS and not v.per and v.low]
    if len(named) != 1:
        return None
    value, task = row.numbers[0], named[0]
    same = value.dimension == task.dimension and value.unit == task.unit and not value.per
    stands_first = task.start <= 6 or row.name_parsed.text[: task.start].endswith(_VERBS)
    written = row.name_parsed.text[task.start : task.end]
    if (
        same
        and stands_first
        and value.low != task.low
        and value.dimension != "other"
        and _same_word(row, value, written)
    ):
        return _hit(value, f"指标名称里写的是“{written}”，与年度值不符。")
    return None


_VERBS = (
    "建设",
    "新建",
    "改造",
    "购置",
    "采购",
    "举办",
    "开展",
    "完成",
    "维修",
    "培训",
    "检查",
    "建成",
    "制作",
    "编印",
    "发放",
)


def _same_word(row: Row, value: Value, written: str) -> bool:
    """Whether both numbers carry the same measure word: 5个农贸市场 and 4个, but not 3台 and 8个."""
    return row.annual.text[value.start : value.end].rstrip("以上内下")[-1:] in written


def _declared_unit(row: Row) -> Hit | None:
    if row.name.denotes in (Denotes.COUNT, Denotes.MEASURE) and row.percentages_only and row.numbers[0].low > 100:
        return _hit(row.numbers[0], f"“{row.name.text}”数的是数量，值却写成了百分比。")
    declared = _DECLARED_UNIT.search(row.annual.text) if row.numbers else None
    if declared is None:
        return None
    value = row.numbers[0]
    if (
        value.dimension != "bare"
        and value.end <= declared.start()
        and (declared.group(1) in "%‰") != (value.dimension == "percent")
    ):
        return _hit(value, f"值的单位与“{declared.group()}”不一致。")
    return None


# The goal -------------------------------------------------------------------------------------------------------------


def _with_goal(row: Row) -> Hit | None:
    if not row.facts.project.goal:
        return None
    if len(row.numbers) == 1:
        value = row.numbers[0]
        if value.dimension == "duration":
            limit = goal_limit(row, value)
            return _hit(value, f"绩效目标写的是“{limit}”，与年度值不符。") if limit else None
        if value.modifier in ("", "合计") and value.dimension not in ("age",):
            stated = goal_number(row, value)
            return _hit(value, f"绩效目标写的是“{stated}”，与年度值不符。") if stated else None
        return None
    dates = _dates(row.annual)
    if not row.numbers and len(dates) == 1:
        due = goal_due(row, dates[0])
        return _hit(dates[0], f"绩效目标要求“{due}”，年度值更晚。") if due else None
    return None
