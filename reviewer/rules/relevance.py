"""C402, R501, R502: an effect under 效益, a value of the kind the name asks for, and no routine management.

Only mismatches of kind are found: a count told in years, money told in pieces, one slogan answered by another. Whether
a measure is *relevant* to the goal text alone cannot tell; that is reported as not checked.
"""

from __future__ import annotations

import re

from reviewer.language import phrases
from reviewer.language.classes import BENEFITS, Kind
from reviewer.language.names import RATES, Denotes
from reviewer.language.topics import fields, topic
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, NotChecked, Result
from reviewer.rules.row import Row

_BEGINS_WORK = re.compile(
    r"(?:全年|每年|年内|组织)?(?:开展|举办|组织|召开|印发|编印|发放|建立|采购|购置|安装|建成|完成|举行|播放|放映|刊发|制作)"
)
_ASIDE = re.compile(r"\([^()]*\)")
_WORK_DIMENSIONS = frozenset({"event", "publication", "thing", "length", "area"})


def output_as_benefit(row: Row) -> Result:
    """C402: a benefit indicator that measures work done, not what came of it."""
    if row.kind not in BENEFITS:
        return NOT_APPLICABLE
    if row.mismatch is None and _measures_work(row):
        why = f"“{row.name.text}”说的是做了什么（产出），不是带来了什么变化（效益）。"
        return Hit("C402", "name", 0, len(row.name_parsed.text), why)
    return PASS


def _measures_work(row: Row) -> bool:
    name, text = row.name, row.annual.text
    if name.denotes in RATES:
        return name.denotes in (Denotes.DONE_RATE, Denotes.ACT_RATE)
    effect = _ASIDE.sub("", name.text)  # 全网阅读(播放)量 is an 阅读量
    if topic("effect").search(effect) or topic("bad").search(name.text):
        return False
    activity = topic("activity")
    named = activity.search(name.text) is not None
    if row.percentages_only:
        return activity.match(name.text) is not None or _BEGINS_WORK.match(name.text) is not None
    if topic("effect").search(text):
        return False
    counted = row.count_value()
    if counted is not None:
        if activity.match(name.text) and counted.low > 0:
            return True  # 培训护理员200人次
        return (
            counted.dimension in _WORK_DIMENSIONS and counted.low > 0 and (named or activity.search(text) is not None)
        )
    if row.numbers:
        return False
    if row.basis == "time":
        return named or activity.search(text) is not None
    if row.annual.says(phrases.no_value):
        return named
    begins = _BEGINS_WORK.match(text) is not None
    return row.vague and begins and activity.search(text) is not None and not phrases.degree(name.text)


_THINGS = frozenset({"person", "person-time", "household", "event", "thing", "publication"})


def irrelevant(row: Row) -> Result:
    """R501: the value is of another kind than the name asks for; everything else is not checked."""
    text = row.annual.text
    if not text or row.annual.blanks:
        return NOT_APPLICABLE
    why = _other_kind(row) or _other_subject(row)
    if why:
        return Hit("R501", "annual_value", 0, len(text), why)
    return _BY_KIND_ONLY


_BY_KIND_ONLY = NotChecked("R501", "离线只比对类型，不判断指标与目标内容是否相关。")


def _other_kind(row: Row) -> str | None:
    name, text = row.name, row.annual.text
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE) and not row.numbers:
        if row.basis == "zero" and not topic("bad").search(name.text):
            return f"名称问的是“{name.head}”，填的却是质量要求，两者对不上。"
        said = row.annual.says(phrases.reference) or row.annual.says(phrases.no_value) or text in name.text
        if not row.basis and not said and len(text) >= 5 and _overlap(text, name.text) < 0.5:
            return f"名称问的是“{name.head}”，填的却是一段描述，两者对不上。"
    if row.kind is Kind.QUANTITY and row.basis == "time" and row.mismatch is None and _dates_only(row):
        return f"“{name.text}”要数的是多少，填的却是日期，两者对不上。"
    if len(row.numbers) != 1:
        return None
    value = row.numbers[0]
    counts = value.dimension in _THINGS and not value.per
    if value.dimension == "percent" and name.head in _POINTS_IN_TIME and not row.annual.times:
        return f"名称问的是“{name.head}”，填的却是百分比，两者对不上。"
    if value.dimension == "duration" and name.denotes in RATES:
        return f"名称问的是“{name.head}”，填的却是时限，两者对不上。"
    if counts and row.is_rate and value.low and "率" not in text and "满意" not in text:
        return f"名称问的是“{name.head or name.text}”，填的却是数量，两者对不上。"
    if counts and name.head in _POINTS_IN_TIME and not row.annual.times:
        return f"名称问的是“{name.head}”，填的却是数量，两者对不上。"
    if counts and name.head.endswith("面积") and value.dimension in ("thing", "person"):
        return f"名称问的是“{name.head}”，填的却是件数，两者对不上。"
    if counts and name.denotes is Denotes.MONEY and name.head not in ("补助", "补贴", "收入"):
        return f"名称问的是“{name.head}”，填的却是件数，两者对不上。"
    if value.dimension == "duration" and row.kind is Kind.QUANTITY and value.unit == "年" and not row.annual.times:
        asked = not any(sign in name.text for sign in "年期时")
        if asked and (name.denotes in _NOT_TIMED or name.head in _NUMBERS):
            return f"“{name.text}”要数的不是时间，填的却是“{text}”。"
    return None


def _dates_only(row: Row) -> bool:
    return not row.numbers and all(time.kind == "date" for time in row.annual.times)


_NUMBERS = frozenset({"数量", "个数", "台数", "套数", "人数", "户数", "座数", "处数", "件数"})
_NOT_TIMED = frozenset({Denotes.OTHER, Denotes.MEASURE, Denotes.MONEY})
_SHORTEST_SLOGAN = 6


def _other_subject(row: Row) -> str | None:
    """A slogan about something else than the name's: 反映民众呼声 answered by 丰富获取信息的渠道."""
    if row.kind not in BENEFITS or not row.vague or row.numbers or len(row.annual.text) < _SHORTEST_SLOGAN:
        return None
    asked, answered = fields(row.name.text), fields(row.annual.text)
    if asked and answered and not asked & answered:
        return f"名称说的是“{row.name.text}”，填的却是另一件事，两者对不上。"
    return None


_POINTS_IN_TIME = frozenset(
    {
        "时限",
        "时间",
        "期限",
        "日期",
        "完成时限",
        "完成时间",
        "完成期限",
        "响应时间",
        "办结时间",
        "开工时间",
        "竣工时间",
        "支付时间",
        "发放时间",
    }
)


def _overlap(left: str, right: str) -> float:
    pool = set(right)
    return sum(char in pool for char in left) / len(left)


# Each branch begins with a character of its own, so that a search skips over all others.
_ROUTINE = re.compile(
    r"""资金使用的?(?:合规|规范|安全)性?|管理制度|内控制度|财务制度|采购制度|档案制度|内部制度|制度的?(?:健全|执行)
    |预算(?:资金)?执行率|资金(?:拨付)?到位率|预算编制|财务管理|档案管理|采购(?:程序)?(?:合规|规范)|内部控制
    |部门(?:正常)?运转|单位(?:正常)?运转|合规性|专款专用|资金支付进度""",
    re.VERBOSE,
)


def routine(row: Row) -> Result:
    """R502: routine management with no output or effect (财预〔2021〕101号)."""
    found = _ROUTINE.search(row.name.text)
    if not found:
        return PASS
    why = f"“{found.group()}”是日常管理要求，不反映项目的产出或效果。"
    return Hit("R502", "name", 0, len(row.name_parsed.text), why)
