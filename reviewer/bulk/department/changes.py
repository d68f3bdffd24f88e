"""What became of an earlier run: projects matched by unit and name, money that moved between grades, rules."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator

from reviewer.bulk.department.models import Change, Changes, Move, ProjectStanding, Report, RuleChange, Side
from reviewer.bulk.department.tally import GRADES
from reviewer.language.text import fold
from reviewer.models import Grade
from reviewer.pipeline import added

_NOTHING: dict[Grade | None, int] = {grade: at for at, grade in enumerate((*GRADES, None))}


def compare(before: Report, after: Report, name: str, settings: list[str]) -> Changes:
    """Return what became of the run *before*, called *name*, in *after*; *settings* are the differences of the two.

    Of several projects with one name in one unit those with the same amount belong together, then those that come first
    in the order of their scores.
    """
    projects = list(_matched(before.projects, after.projects))
    both = [change.after.score - change.before.score for change in projects if change.before and change.after]
    rules: dict[str, dict[str, int]] = {"before": _counts(before), "after": _counts(after)}
    names = sorted({*rules["before"], *rules["after"]})
    compared = [
        RuleChange(rule=rule, before=rules["before"].get(rule, 0), after=rules["after"].get(rule, 0)) for rule in names
    ]
    return Changes(
        run=name,
        begun=before.begun,
        settings=settings,
        before=before.total,
        better=sum(gain > 0 for gain in both),
        worse=sum(gain < 0 for gain in both),
        same=sum(gain == 0 for gain in both),
        new=sum(change.before is None for change in projects),
        gone=sum(change.after is None for change in projects),
        moves=list(_moves(projects)),
        rules=sorted(compared, key=lambda one: (-abs(one.after - one.before), one.rule)),
        projects=sorted(projects, key=_gain),
    )


def _matched(before: list[ProjectStanding], after: list[ProjectStanding]) -> Iterator[Change]:
    """Yield the changes in the order of *after*, then what is gone."""
    was: dict[int, int] = {}
    # Of several with one name those with the same money are the same.
    for key in (_priced_key, _key):
        waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        taken = set(was.values())
        for at, line in enumerate(before):
            if at not in taken:
                waiting[key(line)].append(at)
        for at, line in enumerate(after):
            if at not in was and (olds := waiting.get(key(line))):
                was[at] = olds.popleft()
    for at, line in enumerate(after):
        old = before[was[at]] if at in was else None
        yield Change(unit=line.unit, name=line.name, before=_side(old), after=_side(line))
    taken = set(was.values())
    for at, line in enumerate(before):
        if at not in taken:
            yield Change(unit=line.unit, name=line.name, before=_side(line), after=None)


def _priced_key(line: ProjectStanding) -> Hashable:
    return _key(line), line.amount


def _key(line: ProjectStanding) -> Hashable:
    return fold(line.unit)[0], fold(line.name)[0]


def _side(line: ProjectStanding | None) -> Side | None:
    return None if line is None else Side(score=line.score, grade=line.grade, amount=line.amount)


def _moves(projects: list[Change]) -> Iterator[Move]:
    groups: defaultdict[tuple[Grade | None, Grade | None], list[float | None]] = defaultdict(list)
    for change in projects:
        now = change.after or change.before
        assert now is not None
        old, new = (None if side is None else side.grade for side in (change.before, change.after))
        groups[old, new].append(now.amount)
    for (was, became), amounts in sorted(groups.items(), key=lambda item: [_NOTHING[grade] for grade in item[0]]):
        unpriced = sum(amount is None for amount in amounts)
        yield Move(before=was, after=became, projects=len(amounts), amount=added(amounts), unpriced=unpriced)


def _gain(change: Change) -> tuple[int, float]:
    """Order: those that fell most first, then those that rose, new ones, and those that are gone."""
    if change.before is None or change.after is None:
        return (1 if change.before is None else 2), 0.0
    return 0, change.after.score - change.before.score


def _counts(report: Report) -> dict[str, int]:
    return Counter({defect.rule: sum(defect.counts.values()) for defect in report.defects})
