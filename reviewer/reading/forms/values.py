"""The value of an indicator from its cells: comparator and unit stand in columns of their own, names carry numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

_COMPARATOR = re.compile(r"(?:[≥≤≧≦＞＜>＜<＝=≈~～±]|大于等于|小于等于|大于或等于|小于或等于)+")
_WORDS = {
    "大于等于": "≥",
    "大于或等于": "≥",
    "小于等于": "≤",
    "小于或等于": "≤",
    "大于": "＞",
    "小于": "＜",
    "等于": "＝",
}
_SPOKEN = re.compile(r"不(?:少于|低于|小于|超过|高于|大于|多于)|大于|小于|等于|高于|低于|超过|至少|约")
# What the column says about the kind of value; it is no part of the value.
_KINDS = frozenset(
    {
        *("定性", "定量", "定性指标", "定量指标", "文字", "文本", "其他", "区间", "无"),
        *("正向", "反向", "逆向", "正向指标", "反向指标", "逆向指标", "正指标", "逆指标"),
    }
)
_NOTHING = frozenset({"", "/", "-", "--", "—", "——", "无", "／", "\\"})
_BEGINS_WITH_COMPARATOR = re.compile(
    r"\s*(?:[≥≤≧≦＞＜>＜<＝=≈]|不[少低小超高大多]|大于|小于|等于|高于|低于|至少|超过|达到)"
)
_SHARE = re.compile(r"0\.\d{1,4}")
# Rates that nobody would set below one percent; a rate of growth or of errors may well be.
_HIGH_RATE = re.compile(
    r"(?:满意|合格|完成|覆盖|达标|准确|及时|知晓|通过|到位|参与|出勤|在岗|优良|使用|开工|验收|办结|就业)(?:率|度)$"
)
_NUMBERED = re.compile(r"(?:[（(]\d{1,2}[)）]|\d{1,2}[、.．)）](?!\d)|[①-⑳])\s*")
_TEMPLATE = re.compile(r"指标\s*[\d一二三四五六七八九十]{0,3}\s*[：:]\s*")
_LINE_NUMBER = re.compile(r"[（(](\d{1,2})[)）]\s*|(\d{1,2})[、.．)）](?!\d*[万亿%])\s*")
_NO_TEXT = re.compile(r"[.…·。\s]*")
_ASCII_WORD = re.compile(r"(?<=[A-Za-z0-9,])\n(?=[A-Za-z])")


class Joined(NamedTuple):
    """A value in one piece; ``doubt`` says what a person should check about it."""

    text: str
    doubt: str | None = None


def one_line(text: str) -> str:
    """Return *text* with what a line break cut joined.

    >>> one_line("服务对象\\n满意度指标")
    '服务对象满意度指标'
    """
    if "\n" not in text:
        return text.strip()
    return "".join(line.strip() for line in _ASCII_WORD.sub(" ", text).split("\n"))


def is_comparator(text: str) -> bool:
    """Whether a cell of the comparator column holds nothing that belongs into a value or says its kind."""
    plain = "".join(text.split())
    return plain in _KINDS or plain in _NOTHING or bool(_COMPARATOR.fullmatch(plain) or _SPOKEN.fullmatch(plain))


def joined(comparator: str, value: str, unit: str, name: str = "") -> Joined:
    """Return the value of an indicator whose comparator and unit stand in cells of their own.

    >>> joined("≥", "95", "%").text, joined("定性", "健全", "").text, joined("=", "12", "期").text
    ('≥95%', '健全', '=12期')
    >>> joined("≥", "0.95", "%", "验收合格率").text
    '≥95%'
    """
    value, unit, sign = value.strip(), one_line(unit), "".join(comparator.split())
    if not listed(value):
        value = one_line(value)
    if sign in _KINDS or sign in _NOTHING:
        sign = ""
    if unit in _NOTHING:
        unit = ""
    if not value:
        # Nobody filled in a number: a lone comparator or unit is no value.
        return Joined("")
    doubt = None
    if unit in ("%", "％") and _SHARE.fullmatch(value) and not value.endswith(unit):
        value, doubt = _share(value, unit, sign, name)
    if unit and not value.endswith(unit) and not (unit in "%％" and value.endswith(("%", "％"))):
        value += unit
    if sign and not _BEGINS_WITH_COMPARATOR.match(value):
        value = _WORDS.get(sign, sign) + value
    return Joined(value, doubt)


def _share(value: str, unit: str, sign: str, name: str) -> tuple[str, str | None]:
    """Read 0.95 with the unit % as 95 where a rate is always that high; else leave it, with a doubt."""
    number = float(value)
    if number >= 0.5 and _HIGH_RATE.search(name) and not sign.startswith(("≤", "<", "＜", "≦", "小于")):
        percent = f"{number * 100:.10g}"
        return percent, f"指标值“{value}”的单位是“{unit}”，按 {percent}{unit} 读入，请核对。"
    if number >= 0.5:
        return (
            value,
            f"指标值“{value}”的单位是“{unit}”，照原样读作 {value}{unit}；如果是比例，应为 {number * 100:.10g}%。",
        )
    return value, None


def cleaned_name(text: str) -> str:
    """Return the name of an indicator without the number that its form gives it; empty for a line of the template.

    >>> cleaned_name("指标1：培训人数"), cleaned_name("（2）培训\\n期数"), cleaned_name("指标3："), cleaned_name("……")
    ('培训人数', '培训期数', '', '')
    """
    plain = one_line(text)
    plain = plain[match.end() :] if (match := _TEMPLATE.match(plain)) else plain
    if match := _NUMBERED.match(plain):
        plain = plain[match.end() :]
    return "" if _NO_TEXT.fullmatch(plain) else plain.strip()


def listed(text: str) -> list[str]:
    """Return the pieces of a cell that numbers its lines from 1; empty when it does not.

    >>> listed("1.培训场次\\n2.培训人数"), listed("1.5万元")
    (['培训场次', '培训人数'], [])
    """
    if "\n" not in text:
        return []
    pieces: list[str] = []
    for line in text.split("\n"):
        match = _LINE_NUMBER.match(line.strip())
        if match and int(match[1] or match[2]) == len(pieces) + 1:
            pieces.append(line.strip()[match.end() :])
        elif pieces and line.strip():
            pieces[-1] += line.strip()
        elif line.strip():
            return []
    return pieces if len(pieces) > 1 else []


def points(text: str) -> float | None:
    """Return the weight that a cell prints: ``10``, ``10分``, ``10%``; None when it is none."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)\s*(?:分|%|％)?", text.strip())
    return float(match[1]) if match else None
