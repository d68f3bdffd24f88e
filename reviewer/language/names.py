"""What an indicator's name denotes: a count, a kind of rate, money, a time, a quality, a state of affairs.

The last words of a Chinese noun phrase carry its kind (培训人次, 验收合格率), so the longest listed ending decides.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from reviewer.language.lexicon import sections
from reviewer.language.values import UNITS


class Denotes(StrEnum):
    """What is measured, as far as the name says; the values are the sections of ``data/lexicon/names.txt``."""

    QUALITY_RATE = "rate-quality"
    EFFECT_RATE = "rate-effect"
    DONE_RATE = "rate-done"
    ACT_RATE = "rate-act"
    REACH_RATE = "rate-reach"
    BASELESS_RATE = "rate-baseless"
    RATE = "rate-any"
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


RATES = frozenset(
    {
        Denotes.QUALITY_RATE,
        Denotes.EFFECT_RATE,
        Denotes.DONE_RATE,
        Denotes.ACT_RATE,
        Denotes.REACH_RATE,
        Denotes.BASELESS_RATE,
        Denotes.RATE,
        Denotes.PUNCTUAL_RATE,
    }
)


class Name(NamedTuple):
    """A folded name without residue of the form: ``text`` is ``stem`` + ``head``; ``unit`` as the name states one."""

    text: str
    stem: str
    head: str
    denotes: Denotes
    unit: str


_LEAD = re.compile(r"^(?:指标\d*[:：.、]?|[★☆*▲△◆●]+|其中[:,]?|\(?\d{1,2}[).、](?!\d)|[①-⑳])+")
_PARENTHESIS = re.compile(r"\(([^()]*)\)$")
_PLACEHOLDER = re.compile(r"[≥≤><=]+\*+[^*]{0,4}$")
_NUMBER = re.compile(r"(?:[≥≤><=]*\d[\d.,]*(?:%|[\u4e00-\u9fff]{0,4}))$")
_SATISFIED = re.compile("满意(?:度|率|程度)|满意.{0,4}(?:比例|评价)")
_YES_NO = re.compile("是否|能否|有无")
_RATE_ENDS = ("率", "度", "面", "比例", "占比", "比率", "比重", "百分比", "情况", "增幅", "降幅", "增速", "幅度")
_LONGEST = 10


@cache
def _endings() -> dict[str, Denotes]:
    endings: dict[str, Denotes] = {}
    for section, lines in sections("names").items():
        rate = section.startswith("rate-")
        for line in lines:
            for word in line.words:
                endings.setdefault(word + "率" if rate and not word.endswith(_RATE_ENDS) else word, Denotes(section))
    return endings


@lru_cache(maxsize=8192)
def read_name(folded: str) -> Name:
    """Read a folded indicator name.

    >>> read_name("种植作物成活率(≥**%)")[1:4]
    ('种植作物', '成活率', <Denotes.QUALITY_RATE: 'rate-quality'>)
    """
    text, unit = _without_residue(folded)
    endings = _endings()
    for size in range(min(_LONGEST, len(text)), 0, -1):
        found = endings.get(text[-size:])
        if found is not None:
            return Name(text, text[:-size], text[-size:], found, unit)
    return Name(text, text, "", Denotes.SATISFACTION if _SATISFIED.search(text) else Denotes.OTHER, unit)


def _without_residue(text: str) -> tuple[str, str]:
    """Strip 指标1:, ★, (≥**%) and a number at the end; a unit in the parenthesis is returned beside the text."""
    text = text.rstrip(";,。:、")
    unit = ""
    if text[:1] in "指★☆*▲△◆●其(0123456789①②③④⑤⑥⑦⑧⑨":
        text = _LEAD.sub("", text) or text
    if text.endswith(")") and (parenthesis := _PARENTHESIS.search(text)):
        inner = parenthesis.group(1).removeprefix("计量").removeprefix("单位").strip(":")
        unit = inner if inner in UNITS else ""
        text = text[: parenthesis.start()] or text
    elif "*" in text:
        text = _PLACEHOLDER.sub("", text) or text
    if text[-1:] in "0123456789%米个人家次" and (number := _NUMBER.search(text)) and number.start():
        text = text[: number.start()]
    return text, unit


def asks_yes_or_no(name: str) -> bool:
    """Whether the name asks a question whose answer is yes or no (是否通过验收)."""
    return _YES_NO.search(name) is not None
