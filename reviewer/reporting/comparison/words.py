"""What a comparison says in words, the same in every format. Hints are only counted: faults are what must be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.comparison.models import (
    Changed,
    Comparison,
    Fate,
    FindingChange,
    IndicatorChange,
    IndicatorState,
    ProjectChange,
    ProjectState,
)
from reviewer.reporting.layout import Style
from reviewer.reporting.words import FIELD_TITLES, class_title, money, points

FATE_TITLES: dict[Fate, str] = {
    "fixed": "改好",
    "left": "留下",
    "new": "新增",
    "removed": "删去",
    "suppressed": "豁免",
}
FATE_MARKS: dict[Fate, str] = {"fixed": "✓", "left": "·", "new": "✗", "removed": "-", "suppressed": "~"}
FATE_STYLES: dict[Fate, Style] = {
    "fixed": "green",
    "left": "yellow",
    "new": "red",
    "removed": "dim",
    "suppressed": "dim",
}

_TITLES: dict[Changed, str] = {
    "unit": "单位",
    "goal": "绩效目标",
    "amount": "金额",
    "cycle_value": "周期",
    "annual_value": "年度",
}


def headline(comparison: Comparison) -> str:
    """Return the whole in a sentence: what was fixed, left and new, and how score and grade moved."""
    before, after = comparison.before.summary, comparison.after.summary
    counted = "，".join(f"{FATE_TITLES[fate]} {_faults(comparison, fate)} 处" for fate in ("fixed", "left", "new"))
    return f"{counted}；总分 {points(before.score)} → {points(after.score)}，{before.grade} → {after.grade}"


def remarks(comparison: Comparison) -> Iterator[str]:
    """Yield what else the reader of the headline has to know."""
    if removed := _faults(comparison, "removed"):
        yield f"另有 {removed} 处随删去的指标或项目一起消失，不算改好。"
    if suppressed := _faults(comparison, "suppressed"):
        yield f"另有 {suppressed} 处现在已豁免。"
    projects = comparison.projects
    moved = [*_coming_and_going("项目", "个", projects)]
    moved += _coming_and_going("指标", "条", [row for project in projects for row in project.indicators])
    if moved:
        yield "，".join(moved) + "。"
    hints = [f"{FATE_TITLES[fate]} {comparison.counts[fate]['hint']}" for fate in ("fixed", "left", "new")]
    yield f"以上不算提示。提示：{'，'.join(hints)}。"
    if comparison.before.ruleset != comparison.after.ruleset:
        yield "两次用的规则不同，有的变化可能来自规则，不是来自表。"
    if comparison.before.mode != comparison.after.mode:
        yield "只有一次请了模型判断，有的变化可能来自模型，不是来自表。"


def worth_telling(changes: Iterable[FindingChange]) -> list[FindingChange]:
    """Return the fates of errors and warnings."""
    return [change for change in changes if change.finding.severity != "hint"]


def changed_projects(comparison: Comparison) -> tuple[list[ProjectChange], list[str]]:
    """Return the projects of which there is something to tell, and the names of the others."""
    told, quiet = [], []
    for project in comparison.projects:
        state = project.after or project.before
        assert state is not None
        something = project.before is None or project.after is None or project.changed
        if something or worth_telling(project.findings) or any(map(is_told, project.indicators)):
            told.append(project)
        else:
            quiet.append(state.name)
    return told, quiet


def is_told(indicator: IndicatorChange) -> bool:
    """Whether there is something to tell of an indicator; another number in the form is nothing."""
    if indicator.before is None or indicator.after is None:
        return True
    return set(indicator.changed) != {"no"} and bool(indicator.changed or worth_telling(indicator.findings))


def moved(change: ProjectChange | IndicatorChange) -> str:
    """Return how score and grade moved: ``差 40 → 优 97``."""
    states = [state for state in (change.before, change.after) if state is not None]
    if change.before is None:
        return f"增加 {_graded(states[0])}"
    if change.after is None:
        return f"删去 {_graded(states[0])}"
    return " → ".join(dict.fromkeys(map(_graded, states)))


def title(change: ProjectChange | IndicatorChange) -> str:
    """Return the name, and the former one where it differs."""
    state = change.after or change.before
    assert state is not None
    renamed = change.before is not None and change.after is not None and "name" in change.changed
    return f"{state.name}（原名“{change.before.name}”）" if renamed and change.before else state.name


def class_of(indicator: IndicatorChange) -> str:
    """Return the class, and the former one where it moved."""
    states = [state for state in (indicator.before, indicator.after) if state is not None]
    return " → ".join(dict.fromkeys(class_title(state.level1, state.level2) for state in states))


def differences(change: ProjectChange | IndicatorChange) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that changed, besides name, number and class: title, former value, present value."""
    if change.before is None or change.after is None:
        return
    for field in change.changed:
        if field in _TITLES:
            yield _TITLES[field], _value(change.before, field), _value(change.after, field)


def said(change: FindingChange) -> str:
    """Return code and message of a finding, with its field where the message may not tell it."""
    finding = change.finding
    field = "" if finding.field in ("annual_value", "name") else f"{FIELD_TITLES[finding.field]}："
    reason = f"（{finding.suppressed}）" if finding.suppressed else ""
    return f"{finding.code} {field}{finding.message}{reason}"


def _value(state: ProjectState | IndicatorState, field: Changed) -> str:
    value = getattr(state, field)
    return money(value) if field == "amount" else value or "（空）"


def _graded(state: ProjectState | IndicatorState) -> str:
    return f"{state.grade} {points(state.score)}"


def _faults(comparison: Comparison, fate: Fate) -> int:
    return sum(count for severity, count in comparison.counts[fate].items() if severity != "hint")


def _coming_and_going(what: str, each: str, changes: list[ProjectChange] | list[IndicatorChange]) -> Iterator[str]:
    added = sum(change.before is None for change in changes)
    gone = sum(change.after is None for change in changes)
    if added:
        yield f"增加{what} {added} {each}"
    if gone:
        yield f"删去{what} {gone} {each}"
