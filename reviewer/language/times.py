"""When a text says that something is due: dates, years, frequencies and periods.

:func:`find_times` is the only entry. Limits such as 24小时内 are quantities of the dimension ``duration`` and come from
:mod:`reviewer.language.values`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from reviewer.language.lexicon import any_of
from reviewer.language.numerals import chinese_number

TimeKind = Literal["date", "year", "frequency", "period"]


class Time(NamedTuple):
    """A date or deadline, a bare year, a frequency or a period, with its span in the folded text.

    ``year``/``month``/``day`` as far as they are given; ``rate`` is how often a year a frequency or period recurs
    (每季度 → 4).
    """

    start: int
    end: int
    kind: TimeKind
    year: int | None = None
    month: int | None = None
    day: int | None = None
    rate: float = 0.0


# How often a year each period recurs; working days as the Labour Ministry counts them (250).
PERIODS: dict[str, float] = {
    "小时": 8760,
    "天": 365,
    "日": 365,
    "晚": 365,
    "晨": 365,
    "班": 365,
    "工作日": 250,
    "交易日": 245,
    "周": 52,
    "星期": 52,
    "周末": 52,
    "旬": 36,
    "半月": 24,
    "月": 12,
    "月度": 12,
    "双月": 6,
    "季度": 4,
    "季": 4,
    "半年": 2,
    "学期": 2,
    "年": 1,
    "年度": 1,
    "学年": 1,
}

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_CN = "一二三四五六七八九十"
_PERIOD = any_of(list(PERIODS))
_BY = r"(?:之?前|以前|止|内)?"
_SYMBOLIC = rf"""
    (?:当|本|次)?(?:年|月|季度?|学期|周|学年|财年|汛期|供暖季|学年度)(?:底|末|初|中)(?:之?前|以前|内)?
    |当年内?|(?<![\d一二两三四五六七八九十半])年内|本年内|年度内|当月内?|当日内?|当天内?|次日|次月|当季
    |(?:元旦|春节|元宵节?|清明节?|劳动节|端午节?|中秋节?|国庆节?|重阳节?|教师节|儿童节|妇女节|建军节)(?:之?前|期间)?
    |(?:减灾|消防|读书|环境|安全|宣传|科普|文化遗产)日|(?:宣传|安全生产|质量)月|宣传周|活动周
    |法定(?:审限|期限|时限)|节前|汛期前|雨季前|开学前|入冬前|[上下]半年|第[一二三四1-4]季度|前三季度
    |(?<!\d)24小时(?!内|以内|\d)|全年无休
    |[{_CN}]+月(?:底|末|初|份|[上中下]旬)?(?:之?前|以前)?
    |(?:春|夏|秋|冬|暑|寒)(?:季|假)?(?:之?前|期间|开学前)"""
# The characters a time can begin with: a place of the text that holds none of them costs one look.
_FIRST = (
    r"\d一二三四五六七八九十两半当本次年月季学周财汛供元春清劳端中国重教儿妇建减消读环"
    "安宣科文质活法节雨开入上下前全夏秋冬暑寒每工逐日按第"
)
_TIME = re.compile(
    rf"""(?=[{_FIRST}])(?:
    (?P<full>(?P<y1>{_YEAR})(?:(?P<sep>[-./])|年)(?P<m1>{_MONTH})(?(sep)(?P=sep)|月)(?P<d1>{_DAY})(?!\d)[日号]?){_BY}
    |(?P<monthly>(?:(?P<y2>{_YEAR})年度?)?(?<!\d)(?:{_MONTH}月?[-~至到])?(?P<m2>{_MONTH}|[{_CN}]{{1,2}})月
        (?!度|[均报刊]|[\u4e00-\u9fff]?\d+[次场期])份?(?:(?P<d2>{_DAY})[日号]?|底|末|初|[上中下]旬)?)
        (?:{_BY}|期间|完工|完成)
    |(?P<dotted>(?P<y4>{_YEAR})[-./](?P<m4>{_MONTH})(?!\d))
    |(?P<yearly>(?P<y3>{_YEAR})(?:年度?|学年))
        (?P<within>(?:底|末|初|内|全年|[上下]半年|第[一二三四1-4]季度|[春夏秋冬]季)?(?:之?前|以前|内)?)
    |(?P<daily>(?<![\d.]){_DAY}[日号](?:之?前|以前))
    |(?P<clock>(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?:-(?:[01]?\d|2[0-4]):[0-5]\d)?(?!\d))
    |(?P<symbolic>{_SYMBOLIC})
    |(?P<frequency>
        每(?:周|星期)[{_CN}日天末](?:[、,和至到]每?周?[{_CN}日天])*
        |每隔?个?(?P<each>\d+|[{_CN}两]+)?个?(?P<each_period>{_PERIOD})
        |工作日每[日天]|每[日天]|逐(?P<by_period>月|季|周|日)
        |[\d{_CN}两]+[次场期条份册件个篇回遍趟]/(?P<per_period>{_PERIOD})
        |(?P<average>[年月周季日])均|(?P<once>半年|一?年|一?季度?|一?个?月|一?周)[\d{_CN}两]次)
    |按(?P<in_period>{_PERIOD})(?!节)度?|按(?:节点|期数))""",
    re.VERBOSE,
)
_TITLE = re.compile("《[^》]*》")  # the years of a plan's title are no due dates
# Most texts hold none of these and cost one search.
_TIME_SIGN = re.compile(r"[限年月日号天周季旬晚晨时学汛节按逐每次当即实春夏秋冬暑寒元清端国重/]|\d:\d|\d{4}[-./]\d")


def find_times(text: str) -> list[Time]:
    """Return the times of a folded text, in order.

    >>> [(time.kind, time.month, time.rate) for time in find_times("每年6月30日前支付")]
    [('frequency', None, 1.0), ('date', 6, 0.0)]
    """
    if not _TIME_SIGN.search(text):
        return []
    if "《" in text:
        text = _TITLE.sub(lambda title: "《" * len(title.group()), text)
    return [time for match in _TIME.finditer(text) if (time := _time(match)) is not None]


def _time(match: re.Match[str]) -> Time | None:
    start, end = match.span()
    if match["full"]:
        return Time(start, end, "date", int(match["y1"]), int(match["m1"]), int(match["d1"]))
    if match["monthly"]:
        month = _count(match["m2"])
        if not 1 <= month <= 12:
            return None
        year, day = match["y2"], match["d2"]
        return Time(start, end, "date", int(year) if year else None, int(month), int(day) if day else None)
    if match["dotted"]:
        return Time(start, end, "date", int(match["y4"]), int(match["m4"]))
    if match["yearly"]:
        within = match["within"]
        return Time(
            start, end, "date" if within else "year", int(match["y3"]), 12 if within[:1] in ("底", "末") else None
        )
    if match["daily"] or match["clock"]:
        return Time(start, end, "date")
    if symbol := match["symbolic"]:
        # 当年, 本季度 alone only say what the budget year says already; 当日, 当月 are limits.
        bounded = symbol[-1] in "前内" or symbol[0] not in "当本" or symbol[:2] in ("当日", "当天", "当月", "当季")
        return Time(start, end, "date" if bounded else "period", None, 12 if symbol[:2] in ("年底", "年末") else None)
    if frequency := match["frequency"]:
        if match["average"]:
            return Time(start, end, "period", rate=PERIODS[match["average"]])
        period = (
            match["each_period"] or match["by_period"] or match["per_period"] or (match["once"] or "").lstrip("一个")
        )
        rate = 250.0 if frequency[:3] == "工作日" else _rate(frequency, period)
        return Time(start, end, "frequency", rate=rate / ((_count(match["each"]) if match["each"] else 0.0) or 1.0))
    return Time(start, end, "period", rate=PERIODS.get(match["in_period"] or "", 1.0))


def _rate(frequency: str, period: str | None) -> float:
    """How often a year: 每周一、周三 is twice 52."""
    if period:
        return float(PERIODS[period])
    if frequency.startswith(("每周", "每星期")):
        # One for the day after 每周, one for each further day; a range (周一至周五) counts its days.
        days = [char for char in frequency.removeprefix("每星期").removeprefix("每周") if char in _CN + "日天末"]
        if len(days) == 2 and ("至" in frequency or "到" in frequency) and all(day in _CN for day in days):
            return 52.0 * (_CN.index(days[1]) - _CN.index(days[0]) + 1)
        return 52.0 * max(1, len(days))
    return 365.0


def _count(text: str) -> float:
    return float(text) if text.isdigit() else chinese_number(text) or 1.0
