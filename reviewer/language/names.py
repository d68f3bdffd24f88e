"""What an indicator's name denotes: a count, a rate and its base, money, a time, a quality, a state of affairs.

The last words of a Chinese noun phrase carry its kind (培训**人次**, 验收**合格率**), so the longest listed ending decides.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from reviewer.language.lexicon import sections
from reviewer.language.values import UNITS


class Denotes(StrEnum):
    """What is measured, as far as the name says."""

    RATE = "rate-clear"
    OPEN_RATE = "rate-open"
    BASELESS_RATE = "rate-baseless"
    PUNCTUAL_RATE = "punctual-rate"
    SATISFACTION = "satisfaction"
    COUNT = "count"
    MEASURE = "measure"
    SPEC = "spec"
    MONEY = "money"
    TIME = "time"
    QUALITY = "quality"
    STATE = "state"
    OTHER = ""


RATES = frozenset({Denotes.RATE, Denotes.OPEN_RATE, Denotes.BASELESS_RATE, Denotes.PUNCTUAL_RATE})


class Name(NamedTuple):
    """A name without template residue: ``text`` (folded), ``stem`` (before the head), ``head``, ``denotes``, ``unit``."""

    text: str
    stem: str
    head: str
    denotes: Denotes
    unit: str


_LEAD = re.compile(r"^(?:指标\d*[:：.、]?|[★☆*▲△◆●]+|其中[:,]?|\(?\d{1,2}[).、](?!\d)|[①-⑳])+")
_TAIL_PAREN = re.compile(r"\(([^()]*)\)$")
_TAIL_NUMBER = re.compile(r"(?:[≥≤><=]*\d[\d.,]*(?:%|[\u4e00-\u9fff]{0,4}))$")
_SATISFIED = re.compile("满意")
_YES_NO = re.compile("是否|能否|有无")


@cache
def _endings() -> dict[str, Denotes]:
    endings: dict[str, Denotes] = {}
    for section, lines in sections("names").items():
        for line in lines:
            for word in line.words:
                endings.setdefault(word, Denotes(section))
    return endings


def read_name(folded: str) -> Name:
    """Read a folded indicator name.

    >>> read_name("种植作物成活率(≥**%)")[1:4]
    ('种植作物', '成活率', <Denotes.RATE: 'rate-clear'>)
    """
    text = folded
    if text[:1] in "指★☆*▲△◆●其(0123456789①②③④⑤⑥⑦⑧⑨":
        text = _LEAD.sub("", text) or text
    unit = ""
    if text[-1:] in ")*%株人户个元":
        paren = _TAIL_PAREN.search(text)
        if paren:
            inner = paren.group(1).strip("≥≤><=*单位:计量")
            if inner in UNITS:
                unit = inner
            text = text[: paren.start()] or text
        else:
            text = re.sub(r"[≥≤><=]+\*+[^*]{0,4}$", "", text) or text
    if text[-1:] in "0123456789%米个人家次":
        number = _TAIL_NUMBER.search(text)
        if number and number.start():
            text = text[: number.start()]
    endings = _endings()
    for size in range(min(8, len(text)), 0, -1):
        found = endings.get(text[-size:])
        if found is not None:
            return Name(text, text[:-size], text[-size:], found, unit)
    if _SATISFIED.search(text):
        return Name(text, text, "", Denotes.SATISFACTION, unit)
    return Name(text, text, "", Denotes.OTHER, unit)


def asks_yes_or_no(name: str) -> bool:
    """Whether the name asks a question whose answer is yes or no (是否通过验收)."""
    return _YES_NO.search(name) is not None



