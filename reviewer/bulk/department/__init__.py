"""A finished, broken or running run as one picture: what a director reads in two minutes, and what stands behind it.

Every project of the store is read once and let go; what is kept are sums, short lists of the worst and the best, one
line for each project, and the different texts that might stand twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from reviewer.bulk.department.changes import compare
from reviewer.bulk.department.defects import Defects, Phrases
from reviewer.bulk.department.knowledge import Coverages, Gaps, Opinions, use_of
from reviewer.bulk.department.models import Report
from reviewer.bulk.department.ranking import Ranking
from reviewer.bulk.department.repeats import Repeats
from reviewer.bulk.department.tally import NO_NAME, NO_UNIT, Seen, Tallies
from reviewer.bulk.rundir import Run
from reviewer.settings import Price

__all__ = ["Report", "report_of"]


def report_of(
    run: Run,
    *,
    against: Run | None = None,
    prices: Mapping[str, Price] | None = None,
    on_project: Callable[[], object] | None = None,
) -> Report:
    """Return the report on *run*, compared with the earlier run *against* if there is one.

    *prices* by model say what its exchanges cost; *on_project* is called after each project that was read. Nothing is
    judged or paid again. Raises ``RunError`` and ``LedgerError`` for files that cannot be read.
    """
    report = _gathered(run, prices or {}, on_project)
    if against is not None:
        before = _gathered(against, prices or {}, on_project)
        different = against.settings.differences(run.settings)
        report.changes = compare(before, report, against.folder.name or str(against.folder), different)
    return report


def _gathered(run: Run, prices: Mapping[str, Price], on_project: Callable[[], object] | None) -> Report:
    gaps = Gaps()
    departments: Counter[str] = Counter()
    years: Counter[int] = Counter()
    owner: dict[int, str] = {}
    paths: set[str] = set()
    for id_, file in run.store.files():
        paths.add(file.path)
        gaps.add_file(file)
        if file.head and file.head.department:
            departments[file.head.department] += file.projects
            owner[id_] = file.head.department
        if year := run.settings.year or (file.head and file.head.budget_year):
            years[year] += file.projects

    tallies, ranking, defects, phrases = Tallies(), Ranking(), Defects(), Phrases()
    repeats, coverages, opinions = Repeats(), Coverages(), Opinions()
    collectors = (tallies, ranking, defects, phrases, repeats, coverages, gaps, opinions)
    for at, stored in enumerate(run.store.projects()):
        unit = stored.unit or owner.get(stored.file) or NO_UNIT
        seen = Seen(at, unit, stored.name or NO_NAME, stored.file_name, stored.review)
        for collector in collectors:
            collector.add(seen)
        if on_project is not None:
            on_project()

    settings = run.settings
    return Report(
        reviewer_version=settings.reviewer_version,
        ruleset=settings.ruleset,
        mode=settings.mode,
        model=settings.model and settings.model.name,
        begun=settings.begun,
        departments=[name for name, _ in departments.most_common()],
        years=[year for year, _ in years.most_common()],
        files=len(paths),
        total=tallies.total(),
        suppressed=defects.suppressed,
        units=tallies.units(),
        projects=ranking.projects(),
        worst=ranking.worst(),
        classes=tallies.classes(),
        defects=defects.defects(),
        phrases=phrases.phrases(),
        repeats=repeats.repeats(),
        coverage=coverages.coverage(),
        open=gaps.open(run.store.counts().missing, complete=run.is_complete),
        opinion=opinions.opinion(use_of(run, prices)) if settings.model else None,
    )
