"""Number formats: what a sheet shows for the number it holds.

The code of a format (``0.0%``, ``#,##0.00_);(#,##0.00)``, ``yyyy"年"m"月"``) becomes a function once, which then prints
one number after another. Covered: sections with their conditions, literal text, percent, thousands, scaling, exponents,
dates, times and elapsed time, in the Chinese forms of Excel and WPS. Shown plainly instead: fractions (``# ?/?``) as
decimals, Chinese numerals (``[DBNum1]``) as digits, both of which say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from reviewer.reading.workbooks.codes import Section, literals, sections_of
from reviewer.reading.workbooks.moments import moment
from reviewer.reading.workbooks.places import Number

Show = Callable[[float], str]

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": float.__lt__,
    "<=": float.__le__,
    ">": float.__gt__,
    ">=": float.__ge__,
    "=": float.__eq__,
    "<>": float.__ne__,
}
_CONDITION = re.compile(r"([<>=]+)(-?\d+(?:\.\d*)?)")


def general(value: float) -> str:
    """Return *value* in the 15 digits that a sheet keeps, without an exponent as far as that is readable.

    >>> general(12.0), general(0.1 + 0.2), general(440106199001010000.0)
    ('12', '0.3', '440106199001010000')
    """
    text = format(value, ".15g")
    if "e" not in text:
        return text
    return format(Decimal(text), "f") if 1e-10 < abs(value) < 1e21 else text.upper()


@lru_cache(maxsize=1024)
def shower(code: str, from_1904: bool = False) -> Show:
    """Return the function that prints a number in the format *code*; its dates count from 1900, or *from_1904*.

    >>> shower("0%")(0.95), shower('0"场"')(672.0), shower("#,##0.00")(1509.6), shower('m"月"d"日"')(45291.0)
    ('95%', '672场', '1,509.60', '12月31日')
    """
    sections = sections_of(code)
    if len(sections) > 1 and (len(sections) > 3 or sections[-1].is_for_text):
        sections = sections[:-1][:3]
    if not sections or [token.kind for section in sections for token in section.tokens] == ["general"]:
        return general
    choices = [_choice(sections, at, _show(section, from_1904)) for at, section in enumerate(sections)]
    return lambda value: next((show(value) for holds, show in choices if holds(value)), "")


@lru_cache(maxsize=1024)
def around_text(code: str) -> tuple[str, str]:
    """Return what the format *code* shows before and after a text.

    >>> around_text('@"万元"')
    ('', '万元')
    """
    if "@" in code and (sections := sections_of(code)) and sections[-1].is_for_text:
        tokens = sections[-1].tokens
        at = next(at for at, token in enumerate(tokens) if token.text == "@" and token.kind == "general")
        return literals(tokens[:at]), literals(tokens[at + 1 :])
    return "", ""


def _choice(sections: list[Section], at: int, show: Show) -> tuple[Callable[[float], bool], Show]:
    """Return which numbers section *at* is for, and how it shows them: its own code says where a minus belongs."""
    section, last = sections[at], at == len(sections) - 1
    signed = show if section.is_moment else _with_sign(show)
    if match := _CONDITION.fullmatch(section.condition):
        compare, limit = _HOLDS.get(match[1], float.__eq__), float(match[2])
        return lambda value: compare(value, limit), signed
    if at == 1 and not sections[0].condition:
        return lambda value: last or value < 0, lambda value: show(abs(value))
    if at == 0 and not last:
        return lambda value: value > 0 or (value == 0 and len(sections) == 2), show
    return lambda value: last or value < 0, signed


def _with_sign(show: Show) -> Show:
    def shown(value: float) -> str:
        if value >= 0:
            return show(value)
        text = show(-value)
        return f"-{text}" if any("1" <= character <= "9" for character in text) else text

    return shown


def _show(section: Section, from_1904: bool) -> Show:
    """Return the function that prints a number in *section*; only a moment is ever asked for a negative one."""
    if section.is_moment:
        tokens = section.tokens
        return lambda value: moment(value, tokens, from_1904) or general(value)
    if section.has("general"):
        parts = [None if token.kind == "general" else token.text for token in section.tokens]
        return lambda value: "".join(general(value) if part is None else part for part in parts)
    if section.has("digit") and section.has("/"):
        return general
    if section.has("digit"):
        return Number(section.tokens)
    always = literals(section.tokens)
    return lambda _: always
