"""One verdict on a project out of what was believed: of the requests it was divided into, and of repeated judgements.

Requests about different indicators of one project are put together: opinions side by side, elements of the goal that
overlap as one. Of the audit, completeness and relevance take the best grade, because what one part of the table lacks
another may hold; appropriateness and feasibility the worst, because a fault of a part is one of the whole.

Repeated judgements are decided by the majority: a fault stands when more than half of them name it, points are the
median, and ``stability`` is the share of judgements that say of an indicator what the verdict says: vague or not, and
the same faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import get_args

from reviewer.judging.evidence import Doubt, Element, Examined, Opinion
from reviewer.judging.wire import WireAudit, WireAudits
from reviewer.models import AUDITS, DIMENSIONS, AuditName, Grade, SmartScores
from reviewer.rules.answers import Hit

_GRADES: tuple[Grade, ...] = get_args(Grade)
_SEEN_IN_ANY_PART: frozenset[AuditName] = frozenset({"completeness", "relevance"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model says about a project, as far as it is believed; ``dropped`` is what is not.

    ``opinions`` and ``stability`` (0–1) go by the indicator's place in the form; one judgement has no stability.
    """

    opinions: dict[int, Opinion]
    elements: tuple[Element, ...]
    audit: WireAudits
    dropped: tuple[Doubt, ...]
    stability: dict[int, float]


def matter(hit: Hit) -> str:
    """Return what a finding is about: two findings of one matter are the same fault, whoever named it.

    The three kinds of vagueness are one matter; an echo in the cycle value and one in the annual value are two.

    >>> matter(Hit("V101", "annual_value", 0, 4, "")) == matter(Hit("V102", "annual_value", 0, 4, ""))
    True
    """
    if hit.code in ("V101", "V102", "V103"):
        return "V"
    return f"{hit.code} {hit.field}" if hit.code == "M204" else hit.code


def corrected(first: Examined, second: Examined) -> Examined:
    """Return the *second* answer to a question, and in the place of what it spoilt the *first*.

    Each indicator, and the goal, is taken from the answer that raised fewer doubts about it.
    """
    places: list[int | None] = [*first.opinions, None]
    better = {at: first if _doubtful(first, at) < _doubtful(second, at) else second for at in places}
    opinions = {at: better[at].opinions[at] for at in first.opinions}
    doubts = tuple(doubt for at in places for doubt in better[at].doubts if doubt.at == at)
    return Examined(opinions, better[None].elements, second.audit, doubts)


def _doubtful(examined: Examined, at: int | None) -> int:
    return sum(doubt.at == at for doubt in examined.doubts)


def together(parts: Sequence[Examined]) -> Examined:
    """Return the parts of one project, at least one, as one."""
    if len(parts) == 1:
        return parts[0]
    opinions = {at: opinion for part in parts for at, opinion in part.opinions.items()}
    elements = [
        cluster[0][1]._replace(indicators=tuple(sorted({at for _, element in cluster for at in element.indicators})))
        for cluster in _clusters(parts)
    ]
    audits = {}
    for name in AUDITS:
        choose = min if name in _SEEN_IN_ANY_PART else max
        audits[name] = choose((_audit(part, name) for part in parts), key=_rank)
    doubts = tuple(doubt for part in parts for doubt in part.doubts)
    return Examined(opinions, tuple(elements), WireAudits(**audits), doubts)


def decided(judgements: Sequence[Examined]) -> Verdict:
    """Return the verdict of the majority of *judgements*, at least one."""
    opinions = {at: _majority([one.opinions[at] for one in judgements]) for at in judgements[0].opinions}
    stability: dict[int, float] = {}
    if len(judgements) > 1:
        for at, opinion in opinions.items():
            same = sum(_said(one.opinions[at]) == _said(opinion) for one in judgements)
            stability[at] = same / len(judgements)
    # Between two grades the lower one: sorted from 优 to 差, the upper middle.
    middle = {
        name: sorted((_audit(one, name) for one in judgements), key=_rank)[len(judgements) // 2] for name in AUDITS
    }
    doubts = dict.fromkeys(doubt for one in judgements for doubt in one.doubts)
    return Verdict(opinions, tuple(_common_elements(judgements)), WireAudits(**middle), tuple(doubts), stability)


def _majority(opinions: Sequence[Opinion]) -> Opinion:
    votes = Counter(opinion.vague for opinion in opinions if opinion.vague is not None)
    vague = votes[True] > votes[False] if votes[True] != votes[False] else None
    named = Counter(name for opinion in opinions for name in {matter(hit) for hit in opinion.hits})
    hits = tuple(_typical(name, opinions) for name in named if 2 * named[name] > len(opinions))
    unproven = Counter(code for opinion in opinions for code in opinion.unproven)
    points = {name: median_low(getattr(opinion.smart, name) for opinion in opinions) for name in DIMENSIONS}
    verdict = Opinion(
        smart=SmartScores(**points),
        vague=vague,
        hits=hits,
        rewrite=None,
        unproven=frozenset(code for code in unproven if 2 * unproven[code] > len(opinions)),
    )
    # A rewrite answers the faults that were seen: best from a judgement that saw those that stand.
    agreeing = sorted(opinions, key=lambda opinion: _said(opinion) != _said(verdict))
    rewrite = next((opinion.rewrite for opinion in agreeing if opinion.rewrite is not None), None)
    return replace(verdict, rewrite=rewrite)


def _typical(name: str, opinions: Sequence[Opinion]) -> Hit:
    """The finding of a matter as most name it, from the first who does."""
    hits = [hit for opinion in opinions for hit in opinion.hits if matter(hit) == name]
    code = Counter(hit.code for hit in hits).most_common(1)[0][0]
    return next(hit for hit in hits if hit.code == code)


def _said(opinion: Opinion) -> tuple[bool | None, frozenset[str]]:
    return opinion.vague, frozenset(map(matter, opinion.hits))


def _common_elements(judgements: Sequence[Examined]) -> Iterable[Element]:
    """The elements that most judgements name, with the indicators that most of these see in them."""
    for cluster in _clusters(judgements):
        naming = {number for number, _ in cluster}
        if 2 * len(naming) <= len(judgements):
            continue
        seen = Counter(
            at for number in naming for at in {at for no, e in cluster if no == number for at in e.indicators}
        )
        yield cluster[0][1]._replace(indicators=tuple(sorted(at for at in seen if 2 * seen[at] > len(naming))))


def _clusters(examined: Sequence[Examined]) -> list[list[tuple[int, Element]]]:
    """The elements of all, each with the number of its judgement, put together where they overlap by half."""
    clusters: list[list[tuple[int, Element]]] = []
    numbered = [(number, element) for number, one in enumerate(examined) for element in one.elements]
    for number, element in sorted(numbered, key=lambda entry: (entry[1].start, entry[1].end, entry[0])):
        home = next((cluster for cluster in clusters if cluster[0][1].covers(element.start, element.end)), None)
        if home is None:
            clusters.append([(number, element)])
        else:
            home.append((number, element))
    return clusters


def _audit(examined: Examined, name: AuditName) -> WireAudit:
    audit: WireAudit = getattr(examined.audit, name)
    return audit


def _rank(audit: WireAudit) -> int:
    return _GRADES.index(audit.grade)
