"""How a rewrite is written: quotations, blanks, and numbers as the source wrote them. All texts are folded."""

from __future__ import annotations

import re

from reviewer.language.classes import COSTS, Kind
from reviewer.language.topics import topic
from reviewer.language.values import BLANK, Value

_FULL_WIDTH = str.maketrans({"(": "（", ")": "）", ":": "：", ";": "；", "?": "？", "!": "！"})
_HALF_WIDTH = re.compile(r"[():;?!,]")
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")
_DOUBLED = re.compile(r"((?:(?![零〇一二两三四五六七八九十百千万亿])[\u4e00-\u9fff]){2,12})\1")
_NUMERALS = "零〇一二两三四五六七八九十百千"
_NUMERAL = re.compile(rf"[\d{_NUMERALS}万亿±]")
_FIGURE = re.compile(rf"[\d.,+~\-至万亿{_NUMERALS}]*(?:个(?=[\u4e00-\u9fff]))?")
_LIMIT_WORDS = re.compile(r"(?:[及或]?以上|[及或]?以[内下]|之?内|起步|左右|上下)+\Z")
_OPEN_NUMBER = re.compile(r"[\d.,%+\-~≥≤零〇一二两三四五六七八九十百千万亿]*\Z")
_QUOTE = 24
_REACH = 200  # characters that a clause may reach to either side

CLAUSE_END = re.compile(r"[;。!]|(?<!\d),|,(?!\d{3}(?!\d))")
SENTENCE_END = re.compile(r"[。;!]")
MOST_NUMBERS = 200
"""So many numbers of a goal are read; those of a longer one are hardly its targets."""

OWN_VALUE = "依据：本条年度指标值。"
OWN_CYCLE = "依据：本条实施周期指标值。"


def typeset(text: str) -> str:
    """Return folded text with the full-width punctuation that Chinese is printed with.

    >>> typeset("培训(线上),每期2天")
    '培训（线上），每期2天'
    """
    return _COMMA.sub("，", text.translate(_FULL_WIDTH)) if _HALF_WIDTH.search(text) else text


def quoted(text: str) -> str:
    """Return *text* in quotation marks, shortened without cutting a number in two.

    >>> quoted("按合同约定完成")
    '“按合同约定完成”'
    """
    if len(text) > _QUOTE:
        text = _OPEN_NUMBER.sub("", text[:_QUOTE]) + "…"
    return f"“{typeset(text)}”"


def once(text: str) -> str:
    """Return *text* with words that filling a template doubled written once.

    >>> once("消防宣传宣传内容知晓率")
    '消防宣传内容知晓率'
    """
    # Two characters doubled leave at least two that stand twice.
    return _DOUBLED.sub(r"\1", text) if len(set(text)) <= len(text) - 2 else text


def blank(what: str) -> str:
    """Return a blank that says what to look up."""
    return f"〔待填：{what}〕"


def blanks(*texts: str | None) -> list[str]:
    """Return what the blanks of *texts* ask for, each once, in order."""
    return list(dict.fromkeys(what for text in texts if text and "〔" in text for what in BLANK.findall(text)))


def number(value: float) -> str:
    """Return a number without a useless fraction.

    >>> number(672.0), number(1268.5)
    ('672', '1268.5')
    """
    return f"{value:.12g}"


def written(text: str, value: Value) -> str:
    """Return number and unit as *text* writes them, without words of comparison.

    >>> from reviewer.language.parsed import Parsed
    >>> parsed = Parsed("不少于1.2万人次")
    >>> written(parsed.text, parsed.values[0])
    '1.2万人次'
    """
    part = _LIMIT_WORDS.sub("", text[value.start : value.end])
    if "百分之" in part:
        return f"{number(value.low)}%"
    part = part.replace("百分比", "%")
    found = _NUMERAL.search(part)
    part = part[found.start() :] if found else part
    if "%" in part:
        return part[: part.index("%") + 1]
    return re.sub(r"(?<=[\d万亿])\+(?!\d)", "", part) if value.op == "≥" else part


def unit_in(figure: str) -> str:
    """Return the unit of a number as written.

    >>> unit_in("1.2万人次"), unit_in("4个"), unit_in("5个工作日"), unit_in("一万二千亩")
    ('人次', '个', '工作日', '亩')
    """
    found = _FIGURE.match(figure)
    return figure[found.end() :] if found else figure


def target(text: str, value: Value, *, ceiling: bool) -> str:
    """Return comparator, number and unit; without a comparator of its own a value is a ceiling or a floor."""
    exact = value.low != value.high or value.low == 0 or (value.unit == "%" and value.low == 100)
    stated = value.op in ("≥", "≤", ">", "<") or (value.op == "=" and text[value.start] == "=")
    op = value.op if stated else "" if exact else "≤" if ceiling else "≥"
    return op + written(text, value)


_LESS = ("下降", "减少", "降低", "下降率", "处置率", "整改率", "办结率")


def is_ceiling(name: str, kind: Kind, value: Value | None = None) -> bool:
    """Return whether less is better: costs, time limits, and whatever one wants few of."""
    if kind in COSTS or (value is not None and value.dimension == "duration" and kind is not Kind.QUANTITY):
        return True
    if kind is Kind.QUANTITY:
        return False  # work is counted to be done
    return topic("bad").search(name) is not None and not name.endswith(_LESS)


def around(text: str, start: int, end: int, ends: re.Pattern[str]) -> str:
    """Return the part of *text* around a span, between two *ends*."""
    return text[slice(*bounds(text, start, end, ends))]


def bounds(text: str, start: int, end: int, ends: re.Pattern[str]) -> tuple[int, int]:
    """Return where the part of *text* around a span begins and stops."""
    furthest = max(0, start - _REACH)
    first = max((match.end() for match in ends.finditer(text, furthest, start)), default=furthest)
    stop = ends.search(text, end, end + _REACH)
    return first, stop.start() if stop else min(len(text), end + _REACH)
