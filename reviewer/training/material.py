"""What exercises are made of: the examples of the rules, and model indicators of the library with a sample number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from reviewer.language.classes import Kind, normalise_class
from reviewer.language.values import BLANK
from reviewer.models import Document, Indicator, IndicatorReview, Project
from reviewer.rewriting.library import GENERAL, Model, load_library
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.rules.examples import DEFAULT_YEAR, Example
from reviewer.training.engine import fits, judged


@dataclass(frozen=True, eq=False)
class Specimen:
    """An example of a rule as a document; ``why`` is what its author says about it, ``text`` the file it was read from.

    ``rule`` is None for a model of the library.
    """

    rule: Rule | None
    bad: bool
    document: Document
    why: str
    source: str
    text: str = ""

    @cached_property
    def row(self) -> Indicator | None:
        """The one indicator, where the example is about one."""
        projects = self.document.projects
        single = len(projects) == 1 and len(projects[0].indicators) == 1
        return projects[0].indicators[0] if single and (self.rule is None or _is_of_row(self.rule)) else None

    @property
    def project(self) -> Project:
        """The project, where it is one."""
        return self.document.projects[0]

    @property
    def year(self) -> int | None:
        """The budget year."""
        return self.document.budget_year

    @cached_property
    def reviewed(self) -> IndicatorReview | None:
        """What the engine says about the row, with a rewrite where it is weak."""
        return None if self.row is None else judged(self.row, self.project, self.year)

    @property
    def by_itself(self) -> bool:
        """Whether the row can be understood without goal, amount and cycle value."""
        row = self.row
        return row is not None and row.cycle_value is None and not self.project.goal and self.project.amount is None


def _is_of_row(rule: Rule) -> bool:
    return rule.applies_to == "indicator"


@cache
def specimens() -> tuple[Specimen, ...]:
    """Return all examples of all rules, in the order of the catalogue."""
    return tuple(found for rule in load_catalogue().rules for found in _of_rule(rule))


def _of_rule(rule: Rule) -> Iterator[Specimen]:
    for heading in ("反例", "正例"):
        for number, example in enumerate(rule.examples(heading), 1):
            document = _read(example) if example.is_source else example.document()
            if document is not None:
                text = example.source_bytes().decode() if example.is_source else ""
                yield Specimen(
                    rule, heading == "反例", document, example.why, f"{rule.code} {heading}第 {number} 例", text
                )


def _read(example: Example) -> Document | None:
    """The file as the program reads it; None where the fault lies in its bytes and cannot be shown as text."""
    from reviewer.reading import read_bytes

    return None if example.data.get("encoding") else read_bytes(example.source_bytes(), Path("申报表.txt"))


@cache
def samples() -> tuple[Specimen, ...]:
    """Return the models of the library that say by themselves what they measure, with a sample number for the blank."""
    found = (_sample(model) for model in load_library().models if model.trade != GENERAL and "{" not in model.name)
    return tuple(sample for sample in found if sample is not None)


def _sample(model: Model) -> Specimen | None:
    kind = Kind.SOCIAL if model.kind is Kind.BENEFIT else model.kind
    annual = filled(model.name, model.annual)
    if "{" in annual:
        return None
    level1, level2 = normalise_class("", kind.value)[:2]
    row = Indicator(no=1, level1=level1, level2=level2, name=model.name, annual_value=annual)
    project = Project(name=f"{model.trade}项目", indicators=[row])
    if model.kind is Kind.BENEFIT and any(fits(_of(row, other), project, None) for other in _SPECIAL):
        return None  # whose effect it is depends on the project
    document = Document(budget_year=DEFAULT_YEAR, projects=[project])
    return Specimen(None, False, document, model.why, f"指标库 {model.trade}")


def _of(row: Indicator, kind: Kind) -> Indicator:
    names = normalise_class("", kind.value)
    return row.model_copy(update={"level1": names.level1, "level2": names.level2})


_SPECIAL = (Kind.ECONOMIC, Kind.ECOLOGICAL)
_DATE = re.compile("日期|时间|月日|哪天")


def filled(name: str, annual: str) -> str:
    """Return *annual* with a number that might stand in each blank: what it is does not matter, only that it is one.

    >>> filled("放映场次", "≥〔待填：全年场次，查放映计划〕场")
    '≥120场'
    """
    return BLANK.sub(lambda blank: _number(name, annual, blank), annual)


def _number(name: str, annual: str, blank: re.Match[str]) -> str:
    if _DATE.search(blank.group()):
        return "每月25日" if name.startswith("每月") else f"{DEFAULT_YEAR}年11月30日"
    ceiling = annual.startswith("≤")
    if annual[blank.end() :].startswith(("%", "‰")):
        return "3" if ceiling else "5" if name.endswith(("下降", "增长", "提高")) else "90"
    return "15" if ceiling else "120"
