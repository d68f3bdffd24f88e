"""Runs for the tests of reports: the sample and varied copies of it, put straight into a store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from reviewer.bulk.rundir import RunSettings, opened
from reviewer.bulk.store import FileRow, key_of, row_of
from reviewer.models import Document, Indicator, Project, ProjectError, ProjectReview
from reviewer.pipeline import Assembly, head_of

OUTPUT = {"level1": "产出指标", "level2": "数量指标"}
TEXT = "改善农村人居环境，不断增强群众的获得感、幸福感和安全感。"


def row(name: str, value: str, level1: str = "产出指标", level2: str = "数量指标", no: int = 1) -> Indicator:
    return Indicator(no=no, level1=level1, level2=level2, name=name, annual_value=value, where=f"Sheet1!E{no + 6}")


def project(name: str, *rows: Indicator, unit: str | None = "县水务局", **fields: Any) -> Project:
    given: dict[str, Any] = {"amount": 100.0, "goal": "", **fields}
    numbered = [each.model_copy(update={"no": no}) for no, each in enumerate(rows, 1)]
    return Project(name=name, unit=unit, indicators=numbered, **given)


def document(*projects: Project, **head: Any) -> Document:
    return Document(projects=list(projects), **{"department": "青禾县水务局", "budget_year": 2026, **head})


def run_of(
    folder: Path,
    documents: Iterable[tuple[str, Document]],
    *,
    unread: Sequence[tuple[str, str]] = (),
    options: dict[str, Any] | None = None,
    settings: RunSettings | None = None,
    missing: int = 0,
    errors: dict[str, ProjectError] | None = None,
    change: Any = None,
) -> Path:
    """Write a run in *folder* over named *documents*, and return it.

    *unread* are files with reasons, *missing* projects of the last file that nobody judged, *errors* those of projects
    by name; *change* is called with each review before it is put.
    """
    settings = settings or RunSettings.of(options or {})
    assembly = Assembly(**settings.review_options())
    with opened(folder, settings) as run:
        for name, each in documents:
            reviews: list[ProjectReview] = [assembly.project(result) for result in assembly.results(each)]
            for review in reviews:
                review.error = (errors or {}).get(review.name)
                if change:
                    change(review)
            file = FileRow(
                f"/申报/{name}",
                0,
                name,
                "ab",
                head=head_of(each),
                diagnostics=assembly.diagnostics(each),
                projects=len(reviews) + missing,
            )
            with run.store.transaction():
                put = run.store.put_file(file)
                run.store.put_projects(
                    put, [row_of(at, key_of(each.projects[at], None), review) for at, review in enumerate(reviews)]
                )
        for name, why in unread:
            run.store.put_file(FileRow(f"/申报/{name}", 0, name, None, "unreadable", why))
    return folder


def varied(sample: Document, number: int) -> Document:
    """Return a copy of *sample* as other units of other places would have written it."""
    places = ("青禾县", "白石县", "云溪市", "松原区", "河口镇")
    place = f"{places[number % 5]}{number // 5 or ''}"
    projects = []
    for at, each in enumerate(sample.projects):
        unit = f"{place}{('文化局', '教育局', '水务局')[at % 3]}"
        rows = each.indicators[number % 2 :] if len(each.indicators) > 2 else each.indicators
        amount = None if (at + number) % 23 == 5 else round((each.amount or 10) * (1 + number % 7 / 10), 2)
        projects.append(
            each.model_copy(update={"name": f"{place}{each.name}", "unit": unit, "amount": amount, "indicators": rows})
        )
    return sample.model_copy(update={"projects": projects, "department": place, "budget_year": 2024 + number % 2})
