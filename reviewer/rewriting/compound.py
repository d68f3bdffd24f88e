"""M205: several quantities in one indicator → one of them, the others named; or their sum where all are counted."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from reviewer.language.classes import BENEFITS, Kind
from reviewer.language.goals import pairs
from reviewer.language.names import Denotes
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value
from reviewer.rewriting import measures, naming, wording
from reviewer.rewriting.case import COUNTED, Case, Draft
from reviewer.rewriting.wording import OWN_VALUE, quoted, target, written

_CLAUSE = re.compile(
    r"[;。、]|(?<!\d),|,(?!\d{3}(?!\d))|以及|(?<=[\u4e00-\u9fff])(?:[和与并]|及(?!以))(?=[\u4e00-\u9fff\d])"
)
_THING = re.compile(r"([\u4e00-\u9fff“”《》A-Za-z]+?)(?=作为|用于|参加|参与|的|并|等|进行|\Z)")
_ACT = re.compile(
    r"^(?:全年|每年|年内|预计|计划|共|各)*"
    r"(?:开展|举办|组织|召开|发放|派发|印发|编印|出动|完成|新增|新建|实施|推荐|邀请|选派|制作|购置|采购|改造|整修|安排)?(?:完成|的)?"
)
_REACH = re.compile(r"(?:不少于|不低于|不超过|达到?|为|共|约|计)+\Z")
_MOST_PARTS = 20
_MOST_NAMED = 3
_STOP = re.compile(r"[;。]|(?<!\d),|,(?!\d{3}(?!\d))")
_ATTENDING = ("参加", "参与")  # 10人参加活动: the people are counted, not the event
_PARENTHESIS = re.compile(r"\([^()]*\)")

_NO_SUM = frozenset({"percent", "ratio", "score", "age"})


class Part(NamedTuple):
    """One clause of a compound value: its first number as written, and what is counted."""

    clause: str
    value: Value
    figure: str
    thing: str


def split(case: Case) -> Draft | None:
    """Keep one quantity and name the rest; parts of one sum are added up."""
    parts = parts_of(case.row.annual, case.row.numbers)
    if len(parts) >= 2:
        return _sum(case, parts) or _kept(case, parts, _asked_for(case, parts))
    return _beside_slogan(case, parts) if parts and parts[0].thing else _split_dates(case) or _split_name(case)


def parts_of(parsed: Parsed, values: list[Value]) -> list[Part]:
    """Return the clauses of a value that hold a number."""
    text, values = parsed.text, values[:_MOST_PARTS]
    parts = []
    cuts = [0, *(cut.end() for cut in _CLAUSE.finditer(text)), len(text)]
    for start, end in pairwise(cuts):
        value = next((value for value in values if start <= value.start < end), None)
        if value is not None:
            behind = _THING.match(text[value.end : end].strip(",;。、"))
            before = _ACT.sub("", _REACH.sub("", text[start : value.start]))
            attended = behind is not None and behind.group(1).startswith(_ATTENDING)
            thing = behind.group(1) if behind and not attended else naming.clean(before)
            parts.append(Part(text[start:end].strip(",;。、"), value, written(text, value), thing))
    return parts


def _sum(case: Case, parts: list[Part]) -> Draft | None:
    name = case.row.name
    units = {wording.unit_in(part.figure) for part in parts}
    plain = all(
        part.value.low == part.value.high and not part.value.modifier and part.value.dimension not in _NO_SUM
        for part in parts
    )
    if name.denotes not in (Denotes.COUNT, Denotes.MEASURE) or len(units) > 1 or not plain:
        return None
    total = wording.number(sum(part.value.low for part in parts)) + units.pop()
    why = f"各部分单位相同，合成总数便于核对：{'+'.join(part.figure for part in parts)}={total}。{OWN_VALUE}"
    return Draft(naming.own_name(name), f"≥{total}", case.kind, why)


def keep_other(case: Case) -> Draft | None:
    """Keep the second quantity, where the first makes no sound indicator."""
    parts = parts_of(case.row.annual, case.row.numbers)
    if len(parts) < 2:
        return None
    first = _asked_for(case, parts)
    return _kept(case, parts, next(part for part in parts if part is not first))


def _asked_for(case: Case, parts: list[Part]) -> Part:
    """The part that the name ends with, else the first."""
    stem = case.row.name.stem
    alone = len(naming.listed(case.row.name.text)) == 1
    return next((part for part in parts if alone and part.thing and stem.endswith(part.thing)), parts[0])


def _kept(case: Case, parts: list[Part], part: Part) -> Draft:
    rest = _rest([other.clause for other in parts if other is not part])
    return Draft(
        name_of(case, part),
        target(case.row.annual.text, part.value, ceiling=case.is_ceiling(part.thing)),
        _kind(case, part.value),
        f"几个不同的量合写在这里，年底说不清按哪个考核；本条只留{quoted(part.clause)}，{rest}另设指标。{OWN_VALUE}",
    )


def _beside_slogan(case: Case, parts: list[Part]) -> Draft:
    """A value and a slogan about another thing: the value stays."""
    row, part = case.row, parts[0]
    rest = _rest([clause for clause in _CLAUSE.split(row.annual.text) if clause and clause != part.clause])
    figure = target(row.annual.text, part.value, ceiling=case.is_ceiling(part.thing))
    why = f"{rest}没有数值；本条只留{quoted(part.clause)}，其余另设指标。{OWN_VALUE}"
    return Draft(name_of(case, part), figure, case.kind, why)


def _rest(clauses: list[str]) -> str:
    """What else the row said, quoted."""
    return "、".join(map(quoted, clauses[:_MOST_NAMED])) + ("等" if len(clauses) > _MOST_NAMED else "")


def _kind(case: Case, value: Value) -> Kind:
    """Work counted under 质量 is 数量 as soon as it stands alone."""
    return Kind.QUANTITY if value.dimension in COUNTED and case.kind is Kind.QUALITY else case.kind


def name_of(case: Case, part: Part) -> str:
    """Return the row's name narrowed to what *part* counts."""
    name, thing = case.row.name, part.thing
    if part.value.dimension == "percent" or thing.endswith(("时限", "时间", "率", "标准")):
        listed = (item for item in naming.listed(name.text) if item.endswith(thing))
        return next(listed, thing) or name.text
    if name.denotes is Denotes.COUNT and thing and name.stem.endswith(thing):
        return naming.own_name(name)
    base = naming.subject(name) if name.denotes in (Denotes.COUNT, Denotes.MEASURE) else name.text
    if thing:
        listed_names = naming.listed(base)
        near = (item for item in listed_names if item.endswith(thing) or thing.endswith(item[-2:]))
        alone = thing if len(listed_names) > 1 else naming.join(naming.clean(base), thing)
        base = next(near, alone)
    return naming.join(base, measures.counting_word(wording.unit_in(part.figure)))


def _split_dates(case: Case) -> Draft | None:
    """Several duties with their dates: the first that the name lists keeps its own."""
    row = case.row
    text = _PARENTHESIS.sub("", row.annual.text)
    clauses = [clause for clause in _STOP.split(text) if Parsed(clause).times]
    listed = naming.listed(row.name.text)
    if len(clauses) < 2 or not listed:
        return None
    wanted = pairs(listed[0])
    kept = max(clauses, key=lambda clause: len(wanted & pairs(clause)))
    rest = _rest([clause for clause in clauses if clause is not kept])
    why = f"几件事的时间合写在这里；本条只留{quoted(listed[0])}，{rest}另设指标。{OWN_VALUE}"
    return Draft(listed[0], re.sub(r"^每年(?=\d)", "", kept), Kind.TIMELINESS, why)


def _split_name(case: Case) -> Draft | None:
    """Several quantities in the name and one rate for all: the first quantity becomes the target."""
    parts = parts_of(case.row.name_parsed, case.row.name_parsed.values)
    if len(parts) < 2 or not parts[0].thing:
        return None
    first, *others = parts
    rest = _rest([other.clause for other in others])
    name = naming.join(first.thing, measures.counting_word(wording.unit_in(first.figure)))
    kind = Kind.QUANTITY if case.kind not in BENEFITS else case.kind
    why = f"名称里有几个不同的量，不能合用比率；把{quoted(first.clause)}写成目标，{rest}另设指标。依据：本条指标名称。"
    return Draft(name, f"≥{first.figure}", kind, why)
