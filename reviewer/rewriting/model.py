"""Rewrites after a model indicator of the library, filled with the row's own subject, name, unit or percentage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.language.classes import COSTS, Kind
from reviewer.language.lexicon import any_of
from reviewer.language.names import Denotes
from reviewer.language.values import UNITS, Value
from reviewer.rewriting import measures, naming, wording
from reviewer.rewriting.case import Case, Draft
from reviewer.rewriting.library import GENERAL, Asks, Library, Match

_LONGEST_VALUE = 60  # what a longer text says first says what it is about
_PUNCTUAL = ("及时", "按时", "按期", "准时")
_PLACEHOLDER_UNIT = re.compile(rf"[*Xx×_)(]({any_of(list(UNITS))})\Z")
_CUT = re.compile(r"[,;。:]")


def drafts(case: Case, library: Library) -> Iterator[Draft]:
    """Yield the row after each fitting model, the nearest first."""
    row = case.row
    kind = Kind.ECONOMIC_COST if case.kind is Kind.COST else case.kind
    value = row.annual.text[:_LONGEST_VALUE]
    if row.cycle is not None and row.cycle.text != row.annual.text:
        value += " " + row.cycle.text[:_LONGEST_VALUE]
    # A matter that is due takes its subject from the project where the row names none.
    percentages = (v for v in row.numbers if v.dimension == "percent" and v.low <= 100)
    own = next(percentages, None)
    denotes = row.name.denotes
    punctual = row.is_rate or any(word in row.name.text for word in _PUNCTUAL)
    if kind is Kind.TIMELINESS and own is not None and punctual:
        denotes = Denotes.PUNCTUAL_RATE
    asks = Asks(kind, denotes, case.trades, case.names_subject or kind is Kind.TIMELINESS)
    for match in library.matches(row.name.text, value, asks):
        # A name that could stand in any project is not worth keeping.
        worth = not match.model.keeps or case.names_subject or kind is Kind.SATISFACTION
        if worth and (own is not None or "{原值}" not in match.model.annual):
            yield _filled(case, match, own)


def _filled(case: Case, match: Match, own: Value | None) -> Draft:
    model = match.model
    filling = _Filling(case, match, own)
    filling.name = wording.once(model.name.format_map(filling)) if "{" in model.name else model.name
    annual = model.annual.format_map(filling) if "{" in model.annual else model.annual
    kind = case.kind if model.kind in (Kind.BENEFIT, case.kind) or case.kind in COSTS else model.kind
    source = f"{model.trade}类项目的常用指标" if model.trade != GENERAL else "同类指标的常用写法"
    return Draft(filling.name, annual, kind, f"{case.problem}；{model.why}。依据：{source}。")


class _Filling:
    """What the placeholders of a model stand for, worked out as they are met."""

    def __init__(self, case: Case, match: Match, own: Value | None) -> None:
        self._case, self._match, self._own = case, match, own
        self.name = ""

    def __getitem__(self, placeholder: str) -> str:
        row = self._case.row
        match placeholder:
            case "名称":
                return naming.own_name(row.name)
            case "对象":
                return self._object()
            case "词":
                return self._match.word
            case "事项":
                return naming.due(row.name.text, self._case.context.subject)
            case "数目":
                return naming.counted(row.name, self._unit)
            case "数量":
                return "数量" if self._unit else "数量和单位"
            case "单位":
                return self._unit or ""
            case "每":
                return "/" + (measures.each_of(row.name.text) or wording.blank("计量单位"))
            case "符号":
                return "≤" if self._case.is_ceiling(self.name) else "≥"
            case "原值" if self._own is not None:
                return wording.target(row.annual.text, self._own, ceiling=False)
        raise KeyError(placeholder)

    @property
    def _unit(self) -> str | None:
        """The measure word: beside a placeholder (XX人次) as the form has it, else the usual one."""
        row = self._case.row
        left = _PLACEHOLDER_UNIT.search(row.annual.text) if "E702" in self._case.faults else None
        return left.group(1) if left else measures.unit_of(naming.without_task(row.name))

    def _object(self) -> str:
        """What stands before the word that found the model; else the row's subject, else the project's."""
        case, at = self._case, self._match.at
        if at is None:
            return case.subject
        found = naming.clean(_CUT.split(case.row.name.text[:at])[-1])
        return case.context.subject if naming.says_nothing(found) else found
