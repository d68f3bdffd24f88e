"""What a text says in numbers: quantities with unit and comparator, rates, money, dates, limits, frequencies.

:func:`find_values` is the only entry. A :class:`Value` is one number with all that belongs to it; a year is not a count
and a date is not a quantity. Numbers in document titles 《…》, file numbers 〔2021〕 and ordinals (第二季) are no values.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from reviewer.language.lexicon import any_of, sections
from reviewer.language.numerals import chinese_number

Op = Literal["≥", "≤", ">", "<", "=", "≈", ""]
Dimension = str  # a section of data/lexicon/units.txt, or "bare" (no unit), "other" (a unit we do not know), "ratio" …


class Value(NamedTuple):
    """One number. ``low == high`` unless it is a range; both in ``unit``; ``factor`` leads to the dimension's first unit.

    ``per`` is what it is counted by (``元/人·月`` → ``人·月``, ``600条/年`` → ``年``), ``dimension`` the section of the unit.
    ``start``/``end`` span comparator, number and unit in the folded text.
    """

    start: int
    end: int
    op: Op
    low: float
    high: float
    unit: str
    dimension: Dimension
    factor: float
    per: str
    modifier: str  # "每" when it is told by each (每场100人), "合计", "其中", "baseline" … or ""

    @property
    def base(self) -> float:
        """The number in the first unit of its dimension (万 and 亿 resolved, 公里 → 米)."""
        return self.low * self.factor


class Time(NamedTuple):
    """A date, deadline, year, limit, frequency or period with its span in the folded text.

    ``year``/``month``/``day`` where given; ``rate`` is how often a year a frequency recurs (每季度 → 4).
    """

    start: int
    end: int
    kind: Literal["date", "year", "limit", "frequency", "period", "duration"]
    year: int | None = None
    month: int | None = None
    day: int | None = None
    rate: float = 0.0


UNITS: dict[str, tuple[str, str, float]] = {}
for _section, _lines in sections("units").items():
    for _line in _lines:
        for _word in _line.words:
            UNITS.setdefault(_word, (_line.words[0], _section, _line.factor))

_CN = "零〇一二两三四五六七八九十百千万亿"
_UNIT = any_of(list(UNITS))
_NUM = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SCALE = r"[十百千]?[万亿千](?:亿)?|[百](?!分)"
_QUANTITY = re.compile(
    rf"(?:(?P<pct>百分之)(?P<pn>[{_CN}\d.]+)"
    rf"|(?P<sign>±)?(?P<n>{_NUM})%?(?P<s1>[万亿])?(?:(?:[-~至到]|--)(?P<m>{_NUM}))?"
    rf"(?P<plus>\+\d+)?(?P<scale>{_SCALE})?(?P<more>[多余几]|\+|来)?"
    rf"|(?P<cn>(?<!第)[{_CN}]+)(?P<cnmore>[多余几]|来)?)"
    rf"(?P<ge>个?)(?P<unit>{_UNIT})?(?P<per>(?:[/·]|每)(?:[\d.]*(?:{_UNIT}|[\u4e00-\u9fff]{{1,2}}))(?:[/·](?:{_UNIT}|[\u4e00-\u9fff]))*)?"
)
# 一 before these is an article or part of a word (一批精品, 一系列, 统一, 一次采集), not a count.
_ARTICLE = re.compile(r"一(?:批|系列|套|种|些|定|流|体|致|线|方面|步|直|般|律|切|样|旦|大批|类|站|网|支|把手|次(?:采集|性|合格|验收|通过|分配|供电|能源|交验)|级|等|期|对一|村一品|户一|卡通|张网|张图|件事|带一路|窗|岗双责|老一小|老)|[三两二四五六七八十]个(?:覆盖|维护|意识|自信|纲要|文明|确保|率先|务必|统一)|(?<=[统之万唯专划])一|万一|[三四五六七八九十]好|百姓|千家万户|百年|千方百计|十四五|十三五|十五五|十五条|三农|三公|三保|四史|七一|八一|五一|十一|两新|两癌|两会|两免|两山|两险|两不愁|两违|三重|三资|双|半")
_BEFORE = re.compile(
    r"(?:(?P<ge>>=|≥|不少于|不低于|不小于|不得少于|不得低于|至少|达到|达|高于等于|大于等于|大于或等于|大等于|保持在|稳定在|力争|不晚)"
    r"|(?P<gt>>|大于|多于|高于|超过|超|突破|优于)"
    r"|(?P<le><=|≤|不超过|不高于|不大于|不多于|不超|不得超过|不得高于|最多|至多|小于等于|小于或等于|低于等于|控制在|降至|降到|压减至|控制为)"
    r"|(?P<lt><|小于|少于|低于)|(?P<eq>=|等于|为|共|计)|(?P<about>约|大约|近|接近|预计))(?:全年|年|人均|平均|各|约|等)?\Z"
)
_AFTER = re.compile(r"(?P<ge>及?以上|\+|或以上|起步|以上)|(?P<le>及?以内|及?以下|之内|以下|内)|(?P<about>左右|上下)")
_EACH = re.compile(r"(?:每|平均每|人均|户均|场均|亩均|车均|单位|平均)(?:[\u4e00-\u9fff]{0,3})\Z")
_TOTAL = re.compile(r"(?P<sum>合计|共计|总计|累计|总共)(?:[\u4e00-\u9fff]{0,4})\Z")
_BASELINE = re.compile(r"(?:较|比|同比|与|对比)(?:[\u4e00-\u9fff\d]{0,12})?(?:提高|提升|增长|增加|上升|下降|降低|减少|压减|改善|好转|增幅|降幅)?\Z")
_HAS_NUMBER = re.compile(rf"[\d{_CN}]")
_NO_VALUE_ZONE = re.compile(r"《[^》]*》|〔(?!待填)[^〕]*〕|\[\d{4}\]|[“\"][^”\"\d]{1,12}[”\"]|[Pp][Mm]\d+(?:\.\d+)?|[A-Za-z]+\d+[A-Za-z]*|\d+[A-Za-z]{3,}\d*|第[\d一二三四五六七八九十]+[个届期季次批条款章节号名轮]?|20\d\d[-~至]20\d\d年?|十[三四五]五|[2-6]G(?!B|b)|[1-5]A(?![A-Za-z])|(?:12345|12315|12366|12333|12306|12388|110|119|120|122|114)(?=热线|急救|报警|平台|指挥|接警|联动|中心)|7[×*xX]24小时|24小时(?=值班|值守|服务|开放|监控|在线|轮班|备勤|不间断)")
BLANK = re.compile(r"〔待填[:：]?([^〕]*)〕")

_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_PERIODS: dict[str, float] = {
    "工作日": 250, "交易日": 245, "学期": 2, "学年": 1, "季度": 4, "季": 4, "半年": 2, "年度": 1, "年": 1, "双月": 6, "半月": 24, "月度": 12, "月": 12, "周": 52,
    "星期": 52, "旬": 36, "天": 365, "日": 365, "晚": 365, "小时": 8760, "班": 365, "周末": 52, "晨": 365,
}  # fmt: skip
_PERIOD = any_of(list(_PERIODS))
_TIME = re.compile(
    rf"(?P<full>(?P<y1>(?:19|20)\d\d)[-./年](?P<m1>{_MONTH})[-./月](?P<d1>{_DAY})[日号]?)(?P<e1>(?:之?前|以前|止|内|底前|起)?)"
    rf"|(?P<md>(?:(?P<y2>(?:19|20)\d\d)年度?)?(?<!\d)(?P<m2>{_MONTH}|[一二三四五六七八九十]{{1,2}})月(?!度|[均报刊]|[\u4e00-\u9fff]?\d+[次场期])份?(?:(?P<d2>{_DAY})[日号]?|底|末|初|[上中下]旬)?)(?P<e2>(?:之?前|以前|止|内|期间|完工|完成)?)"
    rf"|(?P<yr>(?P<y3>(?:19|20)\d\d)(?:年度?|学年))(?P<e3>(?:底|末|初|内|全年|[上下]半年|第[一二三四1-4]季度|[春夏秋冬]季)?(?:之?前|以前|内)?)"
    rf"|(?P<dd>(?<![\d.]){_DAY}[日号](?:之?前|以前))"
    rf"|(?P<sym>(?:当|本|次)?(?:年|月|季度?|学期|周|学年|财年|汛期|供暖季|学年度)(?:底|末|初|中)(?:之?前|以前|内)?|当年内?|(?<![\d一二两三四五六七八九十半])年内|本年内|年度内|当月内?|当日内?|当天内?|次日|次月|当季|节前|春节前|国庆前|汛期前|雨季前|开学前|入冬前|[上下]半年|第[一二三四1-4]季度|前三季度|(?<!\d)24小时(?!内|以内|\d)|全年无休|[一二三四五六七八九十]+月(?:底|末|初|份|[上中下]旬)?(?:之?前|以前)?|(?:春|夏|秋|冬|暑|寒)(?:季|假)?(?:之?前|期间|开学前))"
    rf"|(?P<freq>每(?:周|星期)[一二三四五六日天末](?:[、,和至到]每?周?[一二三四五六日天])*|每(?:隔)?(?:个)?(?P<fn>\d+|[一二两三四五六七八九十]+)?个?(?P<fp>{_PERIOD})|工作日每[日天]|每[日天]|逐(?P<zp>月|季|周|日|年)|[\d一二两三四五六七八九十]+[次场期条份册件个篇场回遍趟]/(?P<sp>{_PERIOD})|(?P<ap>[年月周季日])均|一年[\d一二两三四五六七八九十]次)"
    rf"|(?P<per>按(?P<pp>{_PERIOD})度?|按(?:节点|期数))"
)
_TIME_CHARS = re.compile(r"[年月日号天周季旬晚晨时学汛节按逐每次当即实春夏秋冬暑寒/]|\d{4}[-./]\d")


def _op(match: re.Match[str] | None) -> Op:
    if match is None:
        return ""
    return {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "about": "≈", "sum": "="}[match.lastgroup or "eq"]  # type: ignore[return-value]


def _number(text: str) -> float:
    return float(text.replace(",", ""))


_SCALES = {"万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2, "十": 10.0}


def _scale(text: str | None) -> float:
    factor = 1.0
    for char in text or "":
        factor *= _SCALES[char]
    return factor


def find_times(text: str) -> list[Time]:
    """Return dates, years, frequencies and periods of a folded text, in order; limits come with the quantities.

    >>> [(time.kind, time.month) for time in find_times("每年6月30日前支付")]
    [('frequency', None), ('date', 6)]
    """
    if not _TIME_CHARS.search(text):
        return []
    found: list[Time] = []
    for match in _TIME.finditer(text):
        start, end = match.span()
        group = match.lastgroup
        if match["full"]:
            found.append(Time(start, end, "date", int(match["y1"]), int(match["m1"]), int(match["d1"])))
        elif match["md"]:
            month = match["m2"]
            number = int(month) if month.isdigit() else int(chinese_number(month) or 0)
            if not 1 <= number <= 12:
                continue
            year = int(match["y2"]) if match["y2"] else None
            found.append(Time(start, end, "date", year, number, int(match["d2"]) if match["d2"] else None))
        elif match["yr"]:
            kind: Literal["date", "year"] = "date" if match["e3"] else "year"
            found.append(Time(start, end, kind, int(match["y3"]), 12 if match["e3"][:1] in ("底", "末") else None))
        elif match["dd"] or match["sym"]:
            symbol = match.group()
            # 全年/当年 alone only says what the budget year says already.
            bounded = match["dd"] or symbol[-1] in "前内" or symbol[0] not in "当本"
            month_of_symbol = 12 if symbol[:2] in ("年底", "年末") else None
            found.append(Time(start, end, "date" if bounded else "period", None, month_of_symbol))
        elif match["freq"]:
            word = match["fp"] or match["zp"] or match["sp"] or match["ap"]
            times = match["fn"]
            each = (float(times) if times.isdigit() else chinese_number(times) or 1.0) if times else 1.0
            rate = _PERIODS.get(word or "日", 1.0) / (each or 1.0)
            if match["ap"]:
                found.append(Time(start, end, "period", rate=rate))
            else:
                found.append(Time(start, end, "frequency", rate=250.0 if match.group()[:2] == "工作" else rate))
        elif group:
            found.append(Time(start, end, "period", rate=_PERIODS.get(match["pp"] or "", 1.0)))
    return found


def find_values(text: str, times: list[Time]) -> list[Value]:
    """Return the quantities of a folded text in order, apart from the numbers that *times* explains.

    >>> [(v.op, v.low, v.unit) for v in find_values("放映不少于672场，满意度≥90%", [])]
    [('≥', 672.0, '次'), ('≥', 90.0, '%')]
    """
    if not _HAS_NUMBER.search(text):
        return []
    taken = [match.span() for match in _NO_VALUE_ZONE.finditer(text)]
    taken += [(time.start, time.end) for time in times if time.kind in ("date", "year")]
    for time in times:
        # 每15天1次: the 15 belongs to the period; but 90次/年 stays a quantity with its period.
        if time.kind == "frequency" and text[time.start] not in "0123456789一二两三四五六七八九十":
            taken.append((time.start, time.end))
    taken += [match.span() for match in BLANK.finditer(text)]
    found: list[Value] = []
    at = 0
    size = len(text)
    while at < size:
        match = _QUANTITY.search(text, at)
        if match is None:
            break
        start, end = match.span()
        clash = next((span for span in taken if span[0] < end and start < span[1]), None)
        if clash is not None:
            # Restart behind the zone when the number lies in it, else cut the match off before it.
            at = max(clash[1], start + 1) if clash[0] <= start else _resume(match, clash)
            if clash[0] > start:
                value = _value(text, match, clash[0])
                if value:
                    found.append(value)
            continue
        value = _value(text, match, end)
        if value is None:
            at = start + 1 if match["cn"] else end
            continue
        found.append(value)
        at = value.end if value.end > start else end
    return found


def _resume(match: re.Match[str], clash: tuple[int, int]) -> int:
    return max(clash[1], match.start() + 1)


def _value(text: str, match: re.Match[str], end: int) -> Value | None:
    start = match.start()
    unit_text = match["unit"] or ""
    per = match["per"] or ""
    if end < match.end():  # a zone cut the match: keep the bare number only
        unit_text = per = ""
    numeral = match["cn"]
    if numeral is not None:
        if not unit_text or _ARTICLE.match(text, start) or (start and text[start - 1] in "第统之万唯专"):
            return None
        low = chinese_number(numeral)
        if low is None or (unit_text in ("年", "月", "日", "天", "时", "级", "度", "方", "T", "G", "M", "分", "里", "步", "成") and numeral in ("一", "万", "百", "千")):
            return None
        if unit_text in ("级", "等", "星", "类", "层", "转", "大类", "品", "事", "系统"):
            return None  # 三级, 二类坝, 一等奖 are ranks
        if numeral in ("万", "百", "千", "亿", "零"):
            if numeral != "零":
                return None
        high = low
    elif match["pct"]:
        number = match["pn"]
        low = _number(number) if number.replace(".", "").isdigit() else chinese_number(number) or 0.0
        high = low
        unit_text = "%"
    else:
        low = _number(match["n"])
        high = _number(match["m"]) if match["m"] else low
        scale = _scale(match["s1"] or match["scale"])
        if match["plus"] and unit_text:
            high = low = low + float(match["plus"][1:])
        low, high = low * scale, high * scale
        if not unit_text and "%" in match.group() and "%" not in per:
            unit_text = "%"
    if match["ge"] and not unit_text:
        unit_text = "个"
    stop = end
    if unit_text:
        unit, dimension, factor = UNITS[unit_text]
        if match["ge"] and unit_text != "个" and dimension in ("age",):
            return None
    else:
        follow = text[match.end() : match.end() + 1]
        if "\u4e00" <= follow <= "\u9fff" and follow not in "以及的为左上下内至到和或与前后等多起,、元":
            unit, dimension, factor = follow, "other", 1.0
        else:
            unit, dimension, factor = "", "bare", 1.0
    op: Op = ""
    if match["pct"] is None and match.groupdict().get("more") in ("+", "多", "余"):
        op = "≥"
    if match["sign"]:
        op = "≤"
    before = _BEFORE.search(text, max(0, start - 10), start)
    if before:
        op = _op(before)
        start = before.start()
    after = _AFTER.match(text, end)
    if after:
        op = _op(after)
        stop = after.end()
    modifier = ""
    head = text[max(0, start - 12) : start]
    if head:
        if _EACH.search(head):
            modifier = "每"
        elif _TOTAL.search(head):
            modifier = "合计"
        elif "其中" in head:
            modifier = "其中"
        elif _BASELINE.search(head):
            modifier = "baseline"
    return Value(start, stop, op, low, high, unit, dimension, factor, per.lstrip("/·每"), modifier)
