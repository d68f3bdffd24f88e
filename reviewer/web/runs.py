"""Bulk runs as the pages show them: which there are, and the whole pages made of one. Runs in worker processes.

A run is a folder directly under the one that the server was started with, and is called by a hash of its name: nothing
that a request says becomes a path.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reviewer.bulk.rundir import SETTINGS, Run, RunSettings, opened_for_reading
from reviewer.bulk.store import Counts
from reviewer.errors import InputError, ReviewerError
from reviewer.models import Grade


@dataclass(frozen=True, slots=True)
class Listed:
    """A run in the list; ``counts`` and ``score`` are None when it cannot be read, and ``state`` says why."""

    id: str
    name: str
    state: str
    mode: str = ""
    counts: Counts | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A project of a run; ``number`` is its place in the run."""

    number: int
    name: str
    unit: str
    amount: float | None
    score: float
    grade: Grade


def found(folder: Path) -> dict[str, Path]:
    """Return the runs directly under *folder* by their ids, in the order of their names."""
    try:
        inside = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise InputError("放批次的文件夹现在读不了。请检查启动服务时的 --runs。") from error
    return {id_of(path): path for path in inside if not path.is_symlink() and (path / SETTINGS).is_file()}


def id_of(folder: Path) -> str:
    """Return what a run is called in addresses.

    >>> id_of(Path("a/2024")) == id_of(Path("b/2024"))
    True
    """
    return hashlib.sha256(folder.name.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def listed(folder: Path) -> list[Listed]:
    """Return every run under *folder*, also those that cannot be read."""
    return [_listed(id_, path) for id_, path in found(folder).items()]


def report(folder: Path, against: Path | None) -> str:
    """Return the department report on the run in *folder*, compared with the run *against* if there is one."""
    from reviewer.bulk.department import report_of
    from reviewer.reporting.department.html import render_html

    try:
        with opened_for_reading(folder) as run:
            if against is None:
                return render_html(report_of(run))
            with opened_for_reading(against) as earlier:
                return render_html(report_of(run, against=earlier))
    except ReviewerError as error:
        raise _without_paths(error, folder, against) from error


def lines(folder: Path) -> list[Line]:
    """Return the projects of the run in *folder*, in its order."""
    try:
        with opened_for_reading(folder) as run:
            return [
                Line(at, row.name, row.unit or "", row.amount, row.score, row.grade)
                for at, row in enumerate(run.store.projects())
            ]
    except ReviewerError as error:
        raise _without_paths(error, folder) from error


def project(folder: Path, number: int) -> str | None:
    """Return the report on project *number* of the run in *folder*, or None when there is none."""
    try:
        with opened_for_reading(folder) as run:
            return _project(run, number)
    except ReviewerError as error:
        raise _without_paths(error, folder) from error


def _project(run: Run, number: int) -> str | None:
    from reviewer.models import DocumentHead, Review, Usage
    from reviewer.pipeline import summary_of
    from reviewer.reporting.html import render_html

    row = next(islice(run.store.projects(), number, None), None)
    if row is None:
        return None
    heads = {id_: file.head for id_, file in run.store.files()}
    settings = run.settings
    review = Review(
        reviewer_version=settings.reviewer_version,
        ruleset=settings.ruleset,
        mode=settings.mode,
        model=settings.model and settings.model.name,
        prompts=settings.model.prompts if settings.model else {},
        document=heads.get(row.file) or DocumentHead(),
        diagnostics=[],
        summary=summary_of([row.review]),
        projects=[row.review],
        usage=Usage(),
    )
    return render_html(review, row.file_name)


def _listed(id_: str, folder: Path) -> Listed:
    try:
        with opened_for_reading(folder) as run:
            counts = run.store.counts()
            finished = run.is_complete and not (counts.missing or counts.failed)
            state = "正在做" if run.in_use else "做完了" if finished else "没做完"
            return Listed(id_, folder.name, state, _mode(run.settings), counts, _score(run))
    except ReviewerError as error:
        return Listed(id_, folder.name, str(_without_paths(error, folder)))


def _mode(settings: RunSettings) -> str:
    return f"规则和模型（{settings.model.name}）" if settings.model else "只用规则"


def _score(run: Run) -> float | None:
    """Return the score of the whole run, as its report has it."""
    from reviewer.scoring import ProjectScore, score_document

    rows = [(row.amount, ProjectScore(row.score, row.grade, {})) for row in run.store.projects()]
    return score_document(rows)[0] if rows else None


def _without_paths(error: ReviewerError, *folders: Path | None) -> InputError:
    """Return *error* without where on the server the runs are."""
    text = str(error)
    for folder in folders:
        if folder is not None:
            text = text.replace(str(folder), folder.name)
    return InputError(text)
