"""What a cell is called: the words of headers and labels (``data/lexicon/headers.txt``), however a form spells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from reviewer.language.lexicon import any_of, sections, words
from reviewer.reading.labels import is_level1, is_level2

Term = Literal["annual", "cycle", "overall", ""]


class Kind(StrEnum):
    """What a column or the cell beside a label holds; the value is a section of the word list."""

    PROJECT = "project"
    DEPARTMENT = "department"
    UNIT = "unit"
    AMOUNT = "amount"
    SUM = "sum"
    FUND = "fund"
    GOAL = "goal"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    CLASS = "class"
    NAME = "name"
    INDICATORS = "indicators"
    VALUE = "value"
    OPERATOR = "operator"
    MEASURE = "measure"
    WEIGHT = "weight"
    ORDINAL = "ordinal"
    YEAR = "year"
    REMARK = "remark"
    FOOT = "foot"


class Heading(NamedTuple):
    """A header or label: ``rank`` 0 is the best of its kind, ``money`` the unit it prints, ``year`` the one named."""

    kind: Kind
    rank: int
    term: Term
    money: str | None
    year: int | None
    text: str


_LONGEST = 40
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MONEY = re.compile(r"[(/:,]?(?:单位:)?(?:人民币)?([十百千万亿]{0,2}元)\)?$|\((?:单位:)?([十百千万亿]{0,2}元)\)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NUMBERING = re.compile(r"^(?:\(?[一二三四五六七八九十\d]{1,3}[)、.．]|[①-⑩])")
_CODES = re.compile(r"(?:及|和|与|/)?(?:编码|代码)(?:及名称)?$")
_YEAR = re.compile(r"(20\d\d)年?度?([-—~至](?:20)?\d\d年?度?)?")
_UNIT_OF_MONEY = re.compile(r"(?:金额|货币|计量)?单位:?(?:人民币)?[十百千万亿]{0,2}元")
_TRIMMINGS = " *★☆※:;。-—_"
# After these a cell holds its value in the same breath: 项目名称：河道保洁.
_PAIR = re.compile(r"\s*([^\s：:；;，,。！!？?]{1,24}?)\s*[：:]\s*(.*)", re.DOTALL)
_GAP = re.compile(r"\s{2,}|\u3000+|\n|\t|\s(?=[^\s：:]{2,16}[：:])")


def folded(text: str) -> str:
    """Return *text* without blanks and with half-width signs: ``绩 效\\n目标（元）`` → ``绩效目标(元)``."""
    return "".join(text.split()).translate(_WIDTH)


def heading(text: str) -> Heading | None:
    """Return what *text* is as a header or label; None when it is none.

    >>> found = heading("绩 效 目 标（2024年）")
    >>> found.kind, found.term, found.year
    (<Kind.GOAL: 'goal'>, '', 2024)
    >>> heading("项目实施周期指标值").term, heading("预算数（元）").money, heading("河道保洁")
    ('cycle', '元', None)
    """
    # Long texts are no headers, and must not fill the cache.
    return _heading(text) if len(text) <= _LONGEST * 2 else None


@lru_cache(maxsize=8192)
def _heading(text: str) -> Heading | None:
    plain = folded(text)
    if not plain or len(plain) > _LONGEST:
        return None
    if _UNIT_OF_MONEY.fullmatch(plain.strip("()")):
        return None
    known = _known()
    year = _YEAR.search(plain)
    money = _MONEY.search(plain)
    bare = _BRACKETS.sub("", _MONEY.sub("", plain)).strip(_TRIMMINGS)
    bare = _NUMBERING.sub("", bare)
    if ":" in bare.removeprefix("其中:"):
        return None  # its value stands behind it
    timeless = _YEAR.sub("", bare).strip(_TRIMMINGS)
    without = _terms().sub("", timeless)
    for candidate, timed in ((plain, False), (bare, False), (timeless, False), (without, True)):
        if not candidate:
            continue
        found = _lookup(candidate, known)
        if found:
            dated: Term = "" if year is None or found[0] is not Kind.VALUE else "cycle" if year[2] else "annual"
            return Heading(
                kind=found[0],
                rank=found[1],
                term=_term(timeless) if timed else dated,
                money=(money[1] or money[2]) if money else None,
                year=int(year[1]) if year else None,
                text=plain,
            )
    return None


def _lookup(word: str, known: dict[str, tuple[Kind, int]]) -> tuple[Kind, int] | None:
    found = known.get(word) or known.get(_CODES.sub("", word))
    if found:
        return found
    shorter = _fillers().sub("", word)
    return known.get(shorter) or known.get(_CODES.sub("", shorter)) if shorter else None


@cache
def _known() -> dict[str, tuple[Kind, int]]:
    known: dict[str, tuple[Kind, int]] = {}
    for kind in Kind:
        for rank, line in enumerate(sections("headers")[kind]):
            for word in line.words:
                known.setdefault(word, (kind, rank))
    return known


@cache
def _terms() -> re.Pattern[str]:
    return re.compile(any_of(words("headers", "annual", "cycle", "overall")))


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(any_of(words("headers", "filler")))


def _term(text: str) -> Term:
    """Return the time a header speaks of; 年度总体目标 is the year's."""
    found = set(_terms().findall(text))
    terms: tuple[Term, ...] = ("annual", "cycle", "overall")
    return next((term for term in terms if not found.isdisjoint(words("headers", term))), "")


def is_class(text: str) -> bool:
    """Whether *text* is the label of a level-1 or level-2 class.

    >>> is_class("社会效益\\n指标"), is_class("11-数量指标"), is_class("宣传册数量")
    (True, True, False)
    """
    if len(text) > _LONGEST:
        return False
    plain = "".join(text.split())
    return is_level1(plain) or is_level2(plain)


def label(text: str) -> Heading | None:
    """Return what *text* is as a label beside a value; 单位 is then a body, not a unit of measure."""
    found = heading(text)
    return found._replace(kind=Kind.UNIT, rank=2) if found and found.kind is Kind.MEASURE else found


class Pair(NamedTuple):
    """A label and its value from within one cell or line; without a label it is text that stands for itself."""

    label: Heading | None
    text: str


def pairs(text: str) -> Iterator[Pair]:
    """Yield what a line says: labelled values, and text between them.

    >>> [(pair.label.kind.value, pair.text) for pair in pairs("部门名称：水务局　　预算年度：2024")]
    [('department', '水务局'), ('year', '2024')]
    """
    waiting: Heading | None = None
    for piece in _GAP.split(text.strip()):
        match = _PAIR.fullmatch(piece)
        found = label(match[1]) if match else None
        if match and found:
            if waiting:
                yield Pair(waiting, "")
            waiting = found
            piece = match[2].strip()
        if not piece.strip():
            continue
        yield Pair(waiting, piece.strip())
        waiting = None
    if waiting:
        yield Pair(waiting, "")
