"""What a text says in numbers: quantities with unit and comparator, rates, money, limits of time.

:func:`find_values` is the only entry. A :class:`Value` is one number with all that belongs to it; a year is not a count
and a date is not a quantity. Numbers of titles 《…》, files 〔2021〕, ordinals (第二季) and names (PM2.5) are none.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from reviewer.language.lexicon import any_of, sections, words
from reviewer.language.numerals import chinese_number
from reviewer.language.times import Time

Op = Literal["≥", "≤", ">", "<", "=", "≈", ""]
Modifier = Literal["每", "合计", "其中", "baseline", ""]


class Value(NamedTuple):
    """One number with its comparator and unit; ``low == high`` unless it is a range.

    ``dimension`` is the section of the unit in ``data/lexicon/units.txt``, or ``bare`` (no unit), ``other`` (a word
    that is no known unit), ``ratio`` (12/10万). ``factor`` leads to the first unit of the dimension; ``per`` is what
    it is counted by (``元/人·月`` → ``人·月``). ``modifier`` is 每 when it is told by each (每场100人), 合计 for a
    sum, 其中 for a part, ``baseline`` for a change against another year. ``start``/``end`` span all of it in the
    folded text.
    """

    start: int
    end: int
    op: Op
    low: float
    high: float
    unit: str
    dimension: str
    factor: float
    per: str
    modifier: Modifier

    @property
    def base(self) -> float:
        """The number in the first unit of its dimension (公里 → 米, 万元 → 元)."""
        return self.low * self.factor


# Each unit word → (normal form, dimension, factor to the first unit of the dimension).
UNITS: dict[str, tuple[str, str, float]] = {}
for _dimension, _lines in sections("units").items():
    for _line in _lines:
        for _word in _line.words:
            UNITS.setdefault(_word, (_line.words[0], _dimension, _line.factor))

_CN = "零〇一二两三四五六七八九十百千万亿"
_UNIT = any_of(list(UNITS))
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_QUANTITY = re.compile(
    rf"""(?=[\d±{_CN}])
    (?:
        百分之(?P<share>[{_CN}\d.]+)
        |(?P<fraction>\d+(?:\.\d+)?/(?:10万|十万|1万|万|1000|千)(?!元|[\u4e00-\u9fff]*[次人]))
        |(?P<spread>±)?(?P<number>{_NUMBER})%?(?P<scale>[万亿])?(?:(?:-{{1,2}}|[~至到])(?P<top>{_NUMBER}))?
            (?P<plus>\+\d+)?(?P<scale_behind>[十百千]?[万亿千]亿?|百(?!分))?(?P<more>[多余几来+])?
        |(?P<numeral>(?<!第)[{_CN}]{{1,12}})[多余几来]?
    )
    (?P<ge>个?)(?P<unit>{_UNIT})?
    (?P<per>(?:[/·]|每)(?:(?:{_UNIT}|[\u4e00-\u9fff]{{1,2}}))(?:[/·](?:{_UNIT}|[\u4e00-\u9fff]))*)?""",
    re.VERBOSE,
)
_NOT_A_COUNT = re.compile(any_of(words("numerals", "article", "set-phrase")))
_TITLE_SIGNS = frozenset(words("numerals", "title-sign"))
# After these a bare numeral is a rank or a point in time, not a number of things: 三级, 二类, 一月.
_RANK_UNITS = frozenset({"级", "等", "星", "类", "层", "转", "大类", "品", "事", "系统"})
_ROUND_UNITS = frozenset({"年", "月", "日", "天", "时", "度", "方", "T", "G", "M", "分", "里", "步", "成"})

_BEFORE = re.compile(
    r"""(?:
    (?P<ge>>=|≥|不少于|不低于|不小于|不得少于|不得低于|至少|达到|达|[高大]于等于|大于或等于|大等于|保持在|稳定在|力争)
    |(?P<gt>>|大于|多于|高于|超过|超|突破|优于)
    |(?P<le><=|≤|不超过|不高于|不大于|不多于|不超|不得超过|不得高于|最多|至多|[小低]于等于|小于或等于|控制[在为]|降[至到]|压减至)
    |(?P<lt><|小于|少于|低于)|(?P<eq>=|等于|为|共|(?<![合总累共])计)|(?P<about>约|大约|近|接近|预计)
    )(?:全年|年|人均|平均|各|约|等)?\Z""",
    re.VERBOSE,
)
_COMPARATOR_ENDS = frozenset(">≥<≤=于少达到在争过超破多至为共计约近年均各等")
_AFTER = re.compile(r"(?P<ge>[及或]?以上|\+|起步)|(?P<le>[及或]?以[内下]|之内|内)|(?P<about>左右|上下)")
_OPS: dict[str, Op] = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "about": "≈"}
_EACH = re.compile(r"(?:每|[人户场亩车]均|单位|平均)[\u4e00-\u9fff]{0,3}\Z|每(?![年月季周日天])[\u4e00-\u9fff]{0,8}\Z")
_TELLS_WHOSE = re.compile("[每均单平计共累较比与其]")
_TOTAL = re.compile(r"(?:合计|共计|总计|累计|总共)[\u4e00-\u9fff]{0,4}\Z")
_BASELINE = re.compile(
    r"(?:较|比|同比|与|对比)[\u4e00-\u9fff\d]{0,12}?"
    r"(?:提高|提升|增长|增加|上升|下降|降低|减少|压减|改善|好转|增幅|降幅)?\Z"
)
_DIGIT = re.compile(rf"[\d{_CN}]")
_NAMED = re.compile(
    rf"""(?=[《〔\[“"\dA-Za-z第十])(?:  # a place that holds none of these costs one look
    《[^》]*》 | 〔(?!待填)[^〕]*〕 | \[\d{{4}}\] | [“"][^”"\d]{{1,12}}[”"]  # titles, file numbers, words
    | [Pp][Mm]\d+(?:\.\d+)? | (?<![A-Za-z])[A-Za-z]\d+(?!\d|个?{_UNIT})[A-Za-z]* | [A-Za-z]{{2,}}\d+(?!\d|个?{_UNIT})
    | (?<!\d)\d+[A-Za-z]{{3,}}\d* | [2-6]G(?!B|b) | [1-5]A(?![A-Za-z])  # names with digits
    | 第[\d一二三四五六七八九十]+[个届期季次批条款章节号名轮]?  # ordinals
    | 20\d\d[-~至]20\d\d年? | 十[三四五]五  # plans
    | (?:12345|12315|12366|12333|12306|12388|110|119|120|122|114)(?=热线|急救|报警|平台|指挥|接警|联动|中心)
    | 7[×*xX]24小时 | 24小时(?=值班|值守|服务|开放|监控|在线|轮班|备勤|不间断))""",
    re.VERBOSE,
)
BLANK = re.compile(r"〔待填[:：]?([^〕]*)〕")
_SCALES = {"万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2, "十": 10.0}
# A Chinese character behind a bare number names what is counted unless it is one of these.
_NO_UNIT = frozenset("以及的为左右上下内至到和或与前后等多起元")


def find_values(text: str, times: list[Time]) -> list[Value]:
    """Return the quantities of a folded text in order, apart from the numbers that *times* explains.

    >>> [(v.op, v.low, v.unit) for v in find_values("放映不少于672场，满意度≥90%", [])]
    [('≥', 672.0, '次'), ('≥', 90.0, '%')]
    """
    if not _DIGIT.search(text):
        return []
    taken = _taken(text, times)
    found: list[Value] = []
    at = passed = 0
    while match := _QUANTITY.search(text, at):
        start, end = match.span()
        while passed < len(taken) and taken[passed][1] <= start:
            passed += 1
        zone = taken[passed] if passed < len(taken) and taken[passed][0] < end else None
        if zone is None:
            value = _value(text, match, end)
            at = max(end, value.end) if value else (start + 1 if match["numeral"] else end)
        else:
            # The number lies in the zone, or runs into it: then only the part before it is read.
            value = _value(text, match, zone[0]) if zone[0] > start else None
            at = max(zone[1], start + 1)
        if value is not None:
            found.append(value)
    return found


def _taken(text: str, times: list[Time]) -> list[tuple[int, int]]:
    """The spans, in order, whose numbers mean something else: titles, dates, the 15 of 每15天 (but not 90次/年)."""
    taken = [match.span() for match in _NAMED.finditer(text)]
    taken += [
        (time.start, time.end)
        for time in times
        if time.kind in ("date", "year") or (time.kind == "frequency" and not _DIGIT.match(text, time.start))
    ]
    if "〔" in text:
        taken += [match.span() for match in BLANK.finditer(text)]
    return sorted(taken)


def _value(text: str, match: re.Match[str], end: int) -> Value | None:
    """Read one match that ends at *end*; earlier than the match's own end when a date or title cut it off."""
    start = match.start()
    cut = end < match.end()
    unit_text, per = ("", "") if cut else (match["unit"] or "", match["per"] or "")
    numeral = match["numeral"]
    if numeral is not None:
        number = _numeral(text, start, numeral, unit_text)
        if number is None:
            return None
        low = high = number
    elif match["share"]:
        share = match["share"]
        low = high = float(share) if share.replace(".", "", 1).isdigit() else chinese_number(share) or 0.0
        unit_text = "%"
    elif match["fraction"]:
        top, _, bottom = match["fraction"].partition("/")
        low = high = float(top)
        return _with_context(text, start, match.end("fraction"), "", low, high, ("/" + bottom, "ratio", 1.0), "")
    else:
        low, high = _range(match)
        if not unit_text and "%" in match.group() and "%" not in per:
            unit_text = "%"
    unit_text = unit_text or ("个" if match["ge"] and not cut else "")
    op: Op = "≥" if match["more"] else "≤" if match["spread"] else ""
    unit = UNITS[unit_text] if unit_text else _unknown_unit(text, match.end())
    if numeral and unit[1] == "duration" and _is_attribute(text, start, end):
        return None
    return _with_context(text, start, end, op, low, high, unit, per.lstrip("/·每"))


def _numeral(text: str, start: int, numeral: str, unit: str) -> float | None:
    """The number of a Chinese numeral, None where it counts nothing (一批, 三级, 统一)."""
    if (
        not unit
        or unit in _RANK_UNITS
        or (start and text[start - 1] in _TITLE_SIGNS)
        or _NOT_A_COUNT.match(text, start)
    ):
        return None
    if numeral in ("百", "千", "万", "亿") or (numeral == "一" and unit in _ROUND_UNITS):
        return None
    return chinese_number(numeral)


def _range(match: re.Match[str]) -> tuple[float, float]:
    low = float(match["number"].replace(",", ""))
    high = float(match["top"].replace(",", "")) if match["top"] else low
    if match["plus"] and match["unit"]:
        low = high = low + float(match["plus"][1:])  # 5+4个工作日
    factor = 1.0
    for char in (match["scale"] or "") + (match["scale_behind"] or ""):  # 1万亿, 5万千瓦
        factor *= _SCALES[char]
    return low * factor, high * factor


def _unknown_unit(text: str, end: int) -> tuple[str, str, float]:
    follow = text[end : end + 1]
    return (follow, "other", 1.0) if "\u4e00" <= follow <= "\u9fff" and follow not in _NO_UNIT else ("", "bare", 1.0)


def _is_attribute(text: str, start: int, end: int) -> bool:
    """Whether 五年 only describes what follows (五年发展新貌, 三年行动): no comparator, and a noun behind it."""
    follow = text[end : end + 1]
    return "\u4e00" <= follow <= "\u9fff" and follow not in "以之内前后左为免一" and _comparator(text, start) is None


def _comparator(text: str, start: int) -> re.Match[str] | None:
    """The comparator that ends where the number starts; most numbers have none, and one look tells."""
    if not start or text[start - 1] not in _COMPARATOR_ENDS:
        return None
    return _BEFORE.search(text, max(0, start - 10), start)


def _with_context(
    text: str, start: int, end: int, op: Op, low: float, high: float, unit: tuple[str, str, float], per: str
) -> Value:
    """Take in the comparator around the number and the words that say whose number it is."""
    if before := _comparator(text, start):
        op = _OPS[before.lastgroup or "eq"]
        start = before.start()
    if after := _AFTER.match(text, end):
        op = _OPS[after.lastgroup or "ge"]
        end = after.end()
    modifier: Modifier = ""
    head = text[max(0, start - 14) : start]
    if _TELLS_WHOSE.search(head):
        if _EACH.search(head):
            modifier = "每"
        elif _TOTAL.search(head):
            modifier = "合计"
        elif "其中" in head:
            modifier = "其中"
        elif _BASELINE.search(head):
            modifier = "baseline"
    return Value(start, end, op, low, high, *unit, per, modifier)
