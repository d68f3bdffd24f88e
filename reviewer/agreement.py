"""How far the engine and labelled rows agree: ``reviewer agree GOLD``, with or without a model.

Compared is what the labels speak about: vague or not, the rules in :data:`reviewer.gold.LABELLED`, the grade, the SMART
scores. Where the labels come from travels with the figures: a figure of agreement is worth what its labels are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

from pydantic import BaseModel, Field

from reviewer.gold import LABELLED, LEFT_OUT, Label, read_documents, read_labels, read_sidecar
from reviewer.measures import Detection, Kappa
from reviewer.models import DIMENSIONS, Dimension, Grade, IndicatorReview, ProjectReview, Severity, Source
from reviewer.pipeline import review

if TYPE_CHECKING:
    from reviewer.settings import LLM

GRADES: tuple[Grade, ...] = get_args(Grade)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SOURCES: tuple[Source, ...] = get_args(Source)


class Verdict(BaseModel):
    """What one side says about a row; ``defects`` holds names of compared rules, sorted."""

    vague: bool
    grade: Grade
    defects: list[str]


class Disagreement(BaseModel):
    """A row on which vague, grade or defects differ."""

    project: str
    no: int
    name: str
    value: str
    labelled: Verdict
    found: Verdict


class Agreement(BaseModel):
    """All figures of one comparison, the provenance of the labels first."""

    provenance: str
    model: str | None = Field(description="The model that judged as well, if any.")
    projects: int
    rows: int
    missing: list[str] = Field(description="Labelled rows that the tables do not hold; part of no figure.")
    unjudged: list[str] = Field(
        description="Projects that the model could not judge; they count as the rules see them."
    )
    vague: Detection
    defects: Detection = Field(description="All compared rules together (micro-averaged).")
    severities: dict[Severity, Detection] = Field(description="Findings of one severity against all labels.")
    sources: dict[Source, Detection] = Field(description="Findings of one source against all labels.")
    rules: dict[str, Detection]
    confusion: dict[Grade, dict[Grade, int]] = Field(description="Labelled grade → found grade → rows.")
    grade: Kappa
    smart: dict[Dimension, Kappa]
    left_out: tuple[str, ...] = LEFT_OUT
    disagreements: list[Disagreement]


class _Pair(NamedTuple):
    label: Label
    found: IndicatorReview


def agree(
    gold: Path, tables: Path | None = None, llm: LLM | None = None, extra_rules: Sequence[Path] = ()
) -> Agreement:
    """Review the tables behind *gold* with the rules, and the model of *llm*, and compare it with the labels.

    ``tables`` is a document that ``reviewer review`` reads, or a JSONL file with one project a line. By default the
    sidecar of *gold* names it, else it is ``<stem>_tables.jsonl``. A label belongs to the indicator of that project and
    number if the name is the same, else to the one of that name; labels without one are listed in ``missing``. Raises
    ``InputError`` with file and line when a file is missing or malformed.
    """
    labels = read_labels(gold)
    sidecar = read_sidecar(gold)
    if tables is None:
        tables = gold.parent / (sidecar.tables or f"{gold.stem}_tables.jsonl")
    reviewed = [
        project
        for document, year in read_documents(tables, sidecar.budget_year)
        for project in review(document, year=year, llm=llm, extra_rules=extra_rules).projects
    ]
    pairs, missing = _match(labels, reviewed)
    grouped: dict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.label.project].append(pair)
    projects = list(grouped.values())

    def detect(
        *names: str, severities: Sequence[Severity] = SEVERITIES, sources: Sequence[Source] = SOURCES
    ) -> Detection:
        return Detection.of(
            [(pair.label.defects & set(names), _rules(pair.found, severities, sources) & set(names)) for pair in rows]
            for rows in projects
        )

    def scale(dimension: Dimension) -> Kappa:
        return Kappa.of(
            [(getattr(pair.label.smart, dimension), getattr(pair.found.smart, dimension)) for pair in rows]
            for rows in projects
        )

    confusion: dict[Grade, dict[Grade, int]] = {labelled: dict.fromkeys(GRADES, 0) for labelled in GRADES}
    for pair in pairs:
        confusion[pair.label.grade][pair.found.grade] += 1
    return Agreement(
        provenance=sidecar.provenance,
        model=llm.model if llm else None,
        projects=len(projects),
        rows=len(pairs),
        missing=missing,
        unjudged=[project.name for project in reviewed if project.error],
        vague=Detection.of([(_flag(p.label.vague), _flag(p.found.vague)) for p in rows] for rows in projects),
        defects=detect(*LABELLED),
        severities={severity: detect(*LABELLED, severities=[severity]) for severity in SEVERITIES},
        sources={source: detect(*LABELLED, sources=[source]) for source in SOURCES},
        rules={name: detect(name) for name in LABELLED},
        confusion=confusion,
        grade=Kappa.of([(GRADES.index(p.label.grade), GRADES.index(p.found.grade)) for p in rows] for rows in projects),
        smart={dimension: scale(dimension) for dimension in DIMENSIONS},
        disagreements=[row for row in map(_difference, pairs) if row.labelled != row.found],
    )


def _match(labels: Iterable[Label], reviewed: Iterable[ProjectReview]) -> tuple[list[_Pair], list[str]]:
    by_number: dict[tuple[str, int, str], IndicatorReview] = {}
    by_name: dict[tuple[str, str], IndicatorReview] = {}
    for project in reviewed:
        for indicator in project.indicators:
            by_number[project.name, indicator.no, indicator.name] = indicator
            by_name.setdefault((project.name, indicator.name), indicator)
    pairs, missing = [], []
    for label in labels:
        found = by_number.get((label.project, label.no, label.name)) or by_name.get((label.project, label.name))
        if found is None:
            missing.append(f"{label.project} {label.no}、{label.name}")
        else:
            pairs.append(_Pair(label, found))
    return pairs, missing


def _difference(pair: _Pair) -> Disagreement:
    label, found = pair
    ours = sorted(_rules(found) & set(LABELLED))
    return Disagreement(
        project=label.project,
        no=label.no,
        name=label.name,
        value=found.annual_value,
        labelled=Verdict(vague=label.vague, grade=label.grade, defects=sorted(label.defects)),
        found=Verdict(vague=found.vague, grade=found.grade, defects=ours),
    )


def _rules(
    indicator: IndicatorReview, severities: Sequence[Severity] = SEVERITIES, sources: Sequence[Source] = SOURCES
) -> set[str]:
    """The rules whose findings count: not those that were overruled by the side which knows better."""
    return {
        found.rule
        for found in indicator.findings
        if found.severity in severities and found.source in sources and found.counts
    }


def _flag(vague: bool) -> set[str]:
    return {"vague"} if vague else set()
