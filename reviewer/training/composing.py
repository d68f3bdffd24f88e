"""Exercises that are answered in the learner's own words: mend a weak row, write one that the goal still lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from reviewer.models import Indicator, IndicatorReview, Project
from reviewer.rewriting.wording import around
from reviewer.rules.catalogue import load_catalogue
from reviewer.training.choices import in_line, rule_name
from reviewer.training.engine import alone, document_of, examined, judged, sound
from reviewer.training.material import Specimen, filled, samples
from reviewer.training.models import Exercise, Kind

# What people write where a number belongs, by class.
_EMPTY = {
    "数量指标": "按年度计划完成",
    "质量指标": "符合相关规定要求",
    "时效指标": "及时完成",
    "成本指标": "控制在预算内",
    "经济成本指标": "控制在预算内",
    "经济效益指标": "效益明显",
    "社会效益指标": "进一步提升",
    "生态效益指标": "明显改善",
    "服务对象满意度指标": "较满意",
}
_UNCOVERED = ("G804", "G805")
_CLAUSE_END = re.compile("[，。；！,;]")


def mend(specimen: Specimen) -> Exercise | None:
    """Mend a row: the model answer is the engine's own rewrite, with a sample number where it leaves a blank."""
    rule, row = specimen.rule, specimen.row
    if rule is None or row is None or not specimen.bad:
        return None
    before = specimen.reviewed
    if before is None or before.rewrite is None:
        return None
    model = Indicator(
        no=1, **before.rewrite.model_dump(include={"name", "level1", "level2", "cycle_value", "annual_value"})
    )
    for field in ("cycle_value", "annual_value"):
        if text := getattr(model, field):
            setattr(model, field, filled(model.name, text))
    why = before.rewrite.explanation
    if before.rewrite.blanks:
        why += f"数是示例，实际要去查：{'；'.join(before.rewrite.blanks)}。"
    return mending(row, specimen.project, specimen.year, before, model, why, specimen.source)


def emptied(sample: Specimen) -> Exercise | None:
    """Mend a model of the library whose value was replaced by words."""
    row = sample.row
    if row is None or row.level2 not in _EMPTY:
        return None
    weak = row.model_copy(update={"annual_value": _EMPTY[row.level2]})
    before = judged(weak, sample.project, sample.year)
    return mending(weak, sample.project, sample.year, before, row, f"{sample.why}。数是示例。", sample.source)


def mending(
    row: Indicator,
    project: Project,
    year: int | None,
    before: IndicatorReview,
    model: Indicator,
    why: str,
    source: str,
) -> Exercise | None:
    """Return the exercise to mend *row*, when the engine finds fault with it and none with the *model* answer."""
    unfinished = "〔" in model.annual_value or "〔" in model.name
    if unfinished or sound(before) or not before.findings or not sound(judged(model, project, year)):
        return None
    rule = load_catalogue().get(before.findings[0].code)
    answer = in_line(model.name, model.annual_value)
    if model.annual_value == row.annual_value and model.cycle_value != row.cycle_value:
        answer += f"；周期值：{model.cycle_value}"
    return Exercise(
        Kind.MEND,
        rule.code,
        "请把这条指标改好，让年底能核对。",
        alone(row, project, year),
        "row",
        (),
        answer if model.level2 == row.level2 else f"{model.level2} {answer}",
        f"{before.findings[0].message}（{rule_name(rule)}）参考写法：{why}",
        rule.basis,
        source,
        model=model,
    )


def writes(specimen: Specimen) -> Iterator[Exercise]:
    """Write the indicator that a task of the goal lacks: a good table, less one row without which it is not covered."""
    rule = specimen.rule
    if specimen.bad or specimen.text or rule is None or rule.applies_to == "indicator":
        return
    if len(specimen.document.projects) != 1:
        return
    project = specimen.project
    for row in project.indicators:
        left = [other for other in project.indicators if other is not row]
        missing = left and uncovered(project, left, specimen.year)
        if not missing or uncovered(project, project.indicators, specimen.year):
            continue
        if len(missing) == 1 and sound(judged(row, project, specimen.year)):
            numbered = [other.model_copy(update={"no": number}) for number, other in enumerate(left, 1)]
            document = document_of(project.model_copy(update={"indicators": numbered}), specimen.year)
            yield Exercise(
                Kind.WRITE,
                _UNCOVERED[0],
                f"目标里的“{missing[0]}”还没有指标，请为它写一条。",
                document,
                "project",
                (),
                in_line(row.name, row.annual_value),
                f"目标写了“{missing[0]}”，就要有一条指标来量，数和单位都从目标里来。",
                load_catalogue().get(_UNCOVERED[0]).basis,
                specimen.source,
                model=row,
            )


def uncovered(project: Project, rows: Sequence[Indicator], year: int | None) -> list[str]:
    """Return what of the goal no row measures or takes the number of: the clauses in which the engine finds it."""
    (found,) = examined(document_of(project.model_copy(update={"indicators": list(rows)}), year))
    spans = [(finding.start, finding.end) for finding in found.findings if finding.code in _UNCOVERED]
    return list(dict.fromkeys(around(project.goal, start, end, _CLAUSE_END) for start, end in spans))


@cache
def library_exercises() -> tuple[Exercise, ...]:
    """Return one exercise for every model of the library that can be weakened."""
    return tuple(exercise for sample in samples() if (exercise := emptied(sample)) is not None)
