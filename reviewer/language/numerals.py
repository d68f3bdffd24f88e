"""Chinese numerals: 三十二, 两千, 一万二千, 百分之八十五."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}


def chinese_number(text: str) -> float | None:
    """Return the value of a Chinese numeral, or None when the characters do not form one.

    >>> [chinese_number(numeral) for numeral in ("三十二", "两千", "十", "一万二千", "二〇二四", "半")]
    [32.0, 2000.0, 10.0, 12000.0, 2024.0, 0.5]
    """
    if text == "半":
        return 0.5
    if len(text) > 1 and all(char in _DIGITS for char in text):
        return float("".join(str(_DIGITS[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SCALES:
            section += (digit or 1) * _SCALES[char]
            digit = 0
        elif char in _GROUPS:
            total = (total + section + digit or 1) * _GROUPS[char]
            section = digit = 0
        else:
            return None
    return float(total + section + digit)
