"""C401: does the level-2 class fit what is measured.

What is measured follows from what the name denotes and from the dimension of the value: work counted is 数量, how good
it is 质量, when it is due 时效, what it costs 成本, what it brings 效益, what people think 满意度 (财预〔2021〕101号).
Where neither name nor value is clear, nothing is found.
"""

from __future__ import annotations

from collections.abc import Callable

from reviewer.language import phrases
from reviewer.language.classes import Kind
from reviewer.language.lexicon import words
from reviewer.language.names import RATES, Denotes
from reviewer.language.topics import topic
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

_OPEN_KINDS = frozenset({Kind.UNKNOWN, Kind.OUTPUT, Kind.BENEFIT})
_CLASS_WORDS = tuple(words("topics", "class-word"))
_COUNTED = frozenset(
    {"person", "person-time", "household", "event", "thing", "publication", "area", "length", "mass", "volume"}
)


def misclassified(row: Row) -> Result:
    """C401: the level-2 class does not fit what is measured; later rules read ``row.mismatch``."""
    if row.kind in _OPEN_KINDS or not row.name.text:
        return NOT_APPLICABLE
    row.mismatch = _mismatch(row)
    return PASS if row.mismatch is None else Hit("C401", "level2", 0, len(row.indicator.level2), row.mismatch)


def _mismatch(row: Row) -> str | None:
    if row.name.denotes is Denotes.SATISFACTION:
        if row.kind is Kind.SATISFACTION:
            return None
        return f"“{row.name.text}”测量的是满意度，应归入满意度指标，不属于{row.kind}。"
    check = _CHECKS.get(row.kind)
    return check(row) if check else None


def _quantity(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if denotes is Denotes.MONEY and _is_sum(row):
        return f"“{name.text}”是金额，应归入成本指标（发放类可另设人数），不属于数量。"
    if denotes in _GOODNESS_RATES and (row.percentages_only or not row.numbers):
        return f"“{name.text}”是比率，反映质量或效果，不属于数量。"
    if denotes is Denotes.SPEC:
        return f"“{name.text}”是规格或等级，应归入质量指标，不属于数量。"
    if not row.basis and (denotes in (Denotes.STATE, Denotes.QUALITY) or name.text.startswith(_AIMS)):
        if row.annual.says(phrases.reference) or not row.annual.text or topic("activity").match(name.text):
            return None
        return f"“{name.text}”是状态或效果，没有数量，不属于数量指标。"
    if denotes is Denotes.TIME and (row.percentages_only or (row.annual.times and not row.numbers)):
        return f"“{name.text}”是时间要求，应归入时效指标，不属于数量。"
    return None


def _is_sum(row: Row) -> bool:
    """Whether the value is money, or leaves open what it is: 300万 under a fund, but not 12 under 观测点补助."""
    if not row.numbers:
        return True
    value = row.numbers[0]
    written = row.annual.text[value.start : value.end]
    return not value.per and (value.dimension == "money" or (value.dimension == "bare" and "万" in written))


_GOODNESS_RATES = frozenset({Denotes.QUALITY_RATE, Denotes.EFFECT_RATE, Denotes.RATE})
_AIMS = ("保障", "保证", "确保", "维持", "提升", "提高", "增强", "改善")


def _quality(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if denotes is Denotes.DONE_RATE and not any(duty in name.stem[-6:] + name.head for duty in _DUTIES):
        return f"“{name.text}”说的是做完多少，属于数量（或时效），不是质量。"
    if name.head == "达标率" and name.stem.endswith(("数量", "次数", "人数", "面积")):
        return f"“{name.text}”说的是数量够不够，不是质量。"
    if denotes in RATES:
        return None
    if (denotes is Denotes.PUNCTUAL_RATE and len(name.head) == _BARE) or name.head in ("拨付率", "支付率", "兑付率"):
        return f"“{name.text}”说的是按不按时、付没付，应归入时效或数量指标，不是质量。"
    if name.text.endswith(("完成", "完成情况")) and row.annual.text.startswith("完成"):
        return f"“{name.text}”说的是做没做完，属于数量（或时效），不是质量。"
    relative = name.text.startswith(_PER_HEAD)
    if denotes in (Denotes.COUNT, Denotes.MEASURE) and not row.numbers and not relative and not _is_goodness(row):
        return f"“{name.text}”数的是多少，应归入数量指标，不是质量。"
    if not row.numbers:
        dated = any(time.kind == "date" and time.month for time in row.annual.times)
        if row.basis == "time" and (denotes is Denotes.TIME or (denotes is Denotes.OTHER and dated)):
            return f"“{name.text}”是时间要求，应归入时效指标，不是质量。"
        return None
    first = row.numbers[0]
    if first.dimension == "money" and denotes in (Denotes.MONEY, Denotes.OTHER, Denotes.QUALITY):
        return f"“{name.text}”给出的是金额，应归入成本指标，不是质量。"
    if first.dimension == "duration" and denotes is Denotes.TIME and not any(word in name.text for word in _LASTING):
        return f"“{name.text}”给出的是时限，应归入时效指标，不是质量。"
    if not all(v.dimension in _COUNTED for v in row.numbers) or first.op in ("≤", "<") or first.low == 0:
        return None
    if denotes is Denotes.SPEC or first.dimension == "length" or relative:
        return None
    # A count of prizes or patents says how good; a count of the work behind a "质量" does not.
    counts_work = denotes is Denotes.QUALITY and topic("activity").search(row.annual.text)
    if _is_goodness(row) and not counts_work:
        return None
    return f"“{name.text}”数的是多少，应归入数量指标，不是质量。"


_LASTING = ("保存", "保管", "质保", "使用", "年限", "寿命", "有效期", "续航", "开放")
_BARE = 3  # 及时率, 按时率: nothing but time; 按期办结率 is a quality of the service
# 每千人口托位数, 人均面积: a ratio, not a number of things.
_PER_HEAD = ("每千", "每万", "每百", "每人", "每户", "人均", "户均", "平均", "千人", "万人", "百人", "亩均", "单位")


def _is_goodness(row: Row) -> bool:
    return bool(topic("excellence").search(row.name.text) or topic("bad").search(row.name.text))


# Doing these is the quality of the service: 投诉处置率, 考核指标完成率.
_DUTIES = (
    "处置",
    "整改",
    "指标",
    "考核",
    "查处",
    "处理",
    "修复",
    "预算",
    "反馈",
    "回访",
    "检定",
    "质量",
    "检测",
    "监测",
    "管理",
    "随访",
    "筛查",
    "接种",
)


def _timeliness(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if denotes in (Denotes.TIME, Denotes.PUNCTUAL_RATE) or row.annual.times or row.name_parsed.times:
        return None
    if denotes is Denotes.QUALITY_RATE and row.percentages_only:
        return f"“{name.text}”是质量的比率，没有时间要求，不属于时效。"
    if not row.numbers:
        return None
    first = row.numbers[0]
    if any(v.dimension == "duration" for v in row.numbers):
        return f"“{name.text}”说的是有效期，不是完成工作的时限。" if "有效" in name.text else None
    elsewhere = row.cycle is not None and any(v.dimension not in ("percent", "duration") for v in row.cycle.values)
    counted = first.dimension not in ("percent", "bare") and not any(
        word in name.text for word in ("及时", "按时", "按期", "时")
    )
    if counted or (first.dimension == "percent" and elsewhere):
        return f"“{name.text}”没有时间要求，数的是数量或成绩，不属于时效。"
    return None


def _cost(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if topic("expense").search(name.text):
        return None
    if denotes in (Denotes.QUALITY_RATE, Denotes.DONE_RATE) or name.head == "核算率":
        return f"“{name.text}”不是花多少钱，不属于成本。"
    first = row.count_value()
    if first is None or first.dimension not in _COUNTED or any(v.dimension == "money" for v in row.numbers):
        return None
    if denotes in (Denotes.COUNT, Denotes.MEASURE):
        return f"“{name.text}”数的是数量，不是花多少钱，不属于成本。"
    return None


def _negative_cost(row: Row) -> str | None:
    name = row.name.text
    if name.endswith(_CLASS_WORDS) or topic("harm").search(name):
        return None
    if topic("gain").search(name):
        return f"{row.kind}指项目对社会或环境造成的负面代价，“{name}”是效益，应归入效益指标。"
    if row.vague or phrases.degree(name) or "影响" in name:
        return f"{row.kind}指项目对社会或环境造成的负面代价，“{name}”是效益，应归入效益指标。"
    return None


def _economic(row: Row) -> str | None:
    name = row.name.text
    if name.endswith(_CLASS_WORDS) or topic("economic").search(name) or topic("economic").search(row.annual.text):
        return None
    people = any(value.dimension in ("person", "person-time", "household") for value in row.numbers)
    if people or topic("social").search(name) or topic("bad").search(name):
        return f"“{name}”不是经济上的收益，应归入社会效益等相应指标。"
    return None


def _ecological(row: Row) -> str | None:
    name, value = (topic("climate").sub("", text) for text in (row.name.text, row.annual.text))
    if row.name.text.endswith(_CLASS_WORDS) or topic("ecological").search(name) or topic("ecological").search(value):
        return None
    if row.name.denotes in (Denotes.DONE_RATE, Denotes.ACT_RATE):
        return None  # C402 says that it measures work, not an effect
    return f"“{row.name.text}”与生态环境无关，不属于生态效益。"


def _satisfaction(row: Row) -> str | None:
    name = row.name
    around = name.text + row.annual.text + (row.cycle.text if row.cycle else "")
    if topic("opinion").search(around):
        return None
    if name.denotes is Denotes.OTHER and not topic("bad").search(name.text):
        return None  # 服务对象、社会公众 … with a percentage: who is asked stands for the satisfaction
    return f"“{name.text}”测量的不是满意程度，不属于满意度指标。"


_CHECKS: dict[Kind, Callable[[Row], str | None]] = {
    Kind.QUANTITY: _quantity,
    Kind.QUALITY: _quality,
    Kind.TIMELINESS: _timeliness,
    Kind.COST: _cost,
    Kind.ECONOMIC_COST: _cost,
    Kind.SOCIAL_COST: _negative_cost,
    Kind.ECOLOGICAL_COST: _negative_cost,
    Kind.ECONOMIC: _economic,
    Kind.ECOLOGICAL: _ecological,
    Kind.SATISFACTION: _satisfaction,
}
