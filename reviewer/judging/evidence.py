"""What of an answer may be believed: each claim is held against the text under review, and what fails is named.

Believed are findings that the text bears out (:mod:`reviewer.judging.claims`); rewrites whose numbers are grounded and
that pass the rules; elements that stand in the goal. A claim that fails is a :class:`Doubt`: said to the model once,
then dropped and listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.judging.claims import confirmed, shortened
from reviewer.judging.requests import numbers_of
from reviewer.judging.wire import Answer, WireAudits, WireIndicator, WireRewrite
from reviewer.language.classes import normalise_class
from reviewer.language.grounds import Grounds
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.models import Indicator, Rewrite, SmartScores
from reviewer.rewriting.measures import unit_of
from reviewer.rewriting.wording import blanks
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import ProjectResult, check_row
from reviewer.rules.row import Row

_REASONS_TO_BE_VAGUE = frozenset(
    {"V101", "V102", "V103", "M202", "M203", "M204", "M205", "R501", "T601", "E701", "E702", "E703"}
)
_VAGUE_WORDS = ("V101", "V102", "V103")
_LONGEST_TEXT = 300
_LONGEST_EXPLANATION = 1000
"""Characters of a rewrite: the longest cells of published tables have about 200, and more costs time to read."""
_MOST_DOUBTS = 100


class Doubt(NamedTuple):
    """A claim that is not believed: about the indicator at which place in the form (None: the goal), what, and why."""

    at: int | None
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is believed of a model's judgement of one indicator.

    ``vague`` is None where the yes or no goes without a reason; ``hits`` have offsets in the folded text; ``unproven``
    are the codes of rules whose fault was claimed and not confirmed, so that they are still unchecked.
    """

    smart: SmartScores
    vague: bool | None
    hits: tuple[Hit, ...]
    rewrite: Rewrite | None = None
    unproven: frozenset[str] = frozenset()


class Element(NamedTuple):
    """A task or outcome of the goal: its span in the folded goal, and the places of the indicators that measure it."""

    start: int
    end: int
    indicators: tuple[int, ...]

    def covers(self, start: int, end: int) -> bool:
        """Whether it shares at least half of the shorter with another span: then both are about the same.

        >>> Element(0, 8, ()).covers(4, 20), Element(0, 8, ()).covers(5, 20)
        (True, False)
        """
        shorter = min(self.end - self.start, end - start)
        return shorter > 0 and 2 * (min(self.end, end) - max(self.start, start)) >= shorter


@dataclass(frozen=True, slots=True)
class Examined:
    """What is believed of an answer: opinions by the indicator's place in the form, elements, audit; and the doubts."""

    opinions: dict[int, Opinion]
    elements: tuple[Element, ...]
    audit: WireAudits
    doubts: tuple[Doubt, ...]


class Examiner:
    """Holds answers about one project against its text and the rules."""

    def __init__(self, result: ProjectResult) -> None:
        self._facts = result.facts
        self._rows = [row.row for row in result.rows]
        self._numbers = numbers_of(result.facts.project)
        self._project_name = Parsed(result.facts.project.name)
        rules = load_catalogue().rules
        self._titles = {rule.code: rule.title for rule in rules}
        self._codes = {rule.name: rule.code for rule in rules}
        self._severities = {rule.code: rule.severity for rule in rules}
        # Whatever the user selected, a rewrite has to pass all rules.
        self._all_rules = frozenset(self._titles)

    def examine(self, answer: Answer) -> Examined:
        """Return what of *answer*, which answers exactly the numbers asked about, is believed, and what is not."""
        doubts: list[Doubt] = []
        opinions: dict[int, Opinion] = {}
        names: set[str] = set()
        for wire in answer.indicators:
            at = self._numbers.index(wire.no)
            opinions[at] = self._opinion(at, wire, names, doubts)
        elements = tuple(self._elements(answer, doubts))
        return Examined(opinions, elements, answer.audit, tuple(doubts[:_MOST_DOUBTS]))

    def sentence(self, doubt: Doubt) -> str:
        """Return *doubt* as a sentence for the model, which knows the indicators by the numbers it was sent."""
        place = "" if doubt.at is None else f"第 {self._numbers[doubt.at]} 条，"
        return f"{place}{doubt.what}：{doubt.why}"

    def _opinion(self, at: int, wire: WireIndicator, names: set[str], doubts: list[Doubt]) -> Opinion:
        row = self._rows[at]
        hits: dict[tuple[str, str], Hit] = {}
        unproven: set[str] = set()
        for finding in wire.findings:
            hit = confirmed(row, finding)
            if isinstance(hit, Hit):
                hits.setdefault((hit.code, hit.field), hit)
            else:
                code = self._codes.get(finding.rule)
                known = f"（{code} {self._titles[code]}）" if code else ""
                doubts.append(Doubt(at, f"问题 {shortened(finding.rule)}{known}", hit))
                unproven |= {code} if code else set()
        vague: bool | None = wire.vague
        unreasonable = _unreasonable(row, wire.vague, list(hits.values()))
        if unreasonable:
            doubts.append(Doubt(at, f"vague 是 {'true' if wire.vague else 'false'}", unreasonable))
            vague = None
        rewrite = None
        if wire.rewrite is not None:
            made = self._made(row, wire.rewrite)
            faults = list(dict.fromkeys(self._faults(at, made, wire.rewrite, names)))
            doubts += [Doubt(at, "改写", fault) for fault in faults]
            if not faults:
                names.add(fold(made.name)[0])
                rewrite = Rewrite(
                    name=made.name,
                    level1=made.level1,
                    level2=made.level2,
                    cycle_value=made.cycle_value,
                    annual_value=made.annual_value,
                    explanation=wire.rewrite.explanation.strip(),
                    blanks=blanks(made.name, made.cycle_value, made.annual_value),
                    source="llm",
                )
        return Opinion(wire.smart, vague, tuple(hits.values()), rewrite, frozenset(unproven))

    def _made(self, row: Row, rewrite: WireRewrite) -> Indicator:
        """The rewrite as a row of this form: its own labels where the class stays, no column that it does not have."""
        old = row.indicator
        labels = normalise_class(rewrite.level1, rewrite.level2)
        stays = labels.kind is row.kind
        return Indicator(
            no=old.no,
            level1=old.level1 if stays else labels.level1,
            level2=old.level2 if stays else labels.level2,
            name=rewrite.name.strip(),
            cycle_value=None if old.cycle_value is None else rewrite.cycle_value,
            annual_value=rewrite.annual_value.strip(),
        )

    def _faults(self, at: int, made: Indicator, rewrite: WireRewrite, names: set[str]) -> Iterator[str]:
        row = self._rows[at]
        texts = (made.name, made.cycle_value or "", made.annual_value)
        if max(map(len, texts)) > _LONGEST_TEXT or len(rewrite.explanation) > _LONGEST_EXPLANATION:
            yield "太长"
            return
        labels = normalise_class(rewrite.level1, rewrite.level2)
        if labels.kind is not row.kind and not labels.exact:
            yield f"没有“{shortened(rewrite.level1)}—{shortened(rewrite.level2)}”这一类"
        if row.indicator.cycle_value is not None and made.cycle_value is None:
            yield "表上有实施周期指标值，改写里没有"
        if _texts(made) == _texts(row.indicator) and labels.kind is row.kind:
            yield "和原来一样"
        name = fold(made.name)[0]
        taken = any(other.name_parsed.text == name for other in self._rows if other is not row)
        if name in names or (taken and name != row.name_parsed.text):
            yield "和另一条重名"
        grounds = self._grounds(row)
        for text in texts:
            for piece in grounds.unsupported(text, rewrite.explanation):
                yield f"“{shortened(piece)}”资料里没有，也没有写出能算对的算式，应写成〔待填：…〕"
        yield from self._broken_rules(Row(made, self._facts))

    def _broken_rules(self, row: Row) -> Iterator[str]:
        hits = [
            hit
            for hit in check_row(row, self._all_rules).hits
            if (hit.severity or self._severities[hit.code]) != "hint"
        ]
        for hit in hits:
            yield f"{self._titles[hit.code]}：{hit.message}"
        if row.vague and not hits:
            yield "改写以后仍然空泛"

    def _grounds(self, row: Row) -> Grounds:
        texts = [row.name_parsed, row.annual, self._facts.goal, self._project_name]
        unit = unit_of(row.name_parsed.text)
        return Grounds(
            texts if row.cycle is None else [*texts, row.cycle],
            amount=self._facts.amount,
            year=self._facts.year,
            units=[] if unit is None else [unit],
        )

    def _elements(self, answer: Answer, doubts: list[Doubt]) -> Iterator[Element]:
        goal = self._facts.goal.text
        for element in answer.goal.elements:
            text = fold(element.text)[0]
            start = goal.find(text)
            if not text or start < 0:
                doubts.append(Doubt(None, f"绩效目标的许诺“{shortened(element.text)}”", "目标里没有连续的这段文字"))
                continue
            places = sorted({self._numbers.index(number) for number in element.indicators})
            yield Element(start, start + len(text), tuple(places))


def _unreasonable(row: Row, vague: bool, hits: list[Hit]) -> str | None:
    """Say why a yes or no to 空泛 contradicts the findings beside it, None when it does not."""
    if vague:
        return None if any(hit.code in _REASONS_TO_BE_VAGUE for hit in hits) else "findings 里没有一条成立的说明为什么"
    whole = (hit for hit in hits if hit.code in _VAGUE_WORDS and hit.end - hit.start == len(row.annual.text))
    return next((f"findings 里却说整个年度指标值{hit.message}" for hit in whole), None)


def _texts(indicator: Indicator) -> tuple[str, str, str]:
    cycle = indicator.cycle_value or ""
    return fold(indicator.name)[0], fold(cycle)[0], fold(indicator.annual_value)[0]
