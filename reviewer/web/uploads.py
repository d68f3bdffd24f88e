"""Files that were uploaded and what came of them: in memory, for a while, behind addresses that nobody can guess."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.reporting.layout import clean

if TYPE_CHECKING:
    from reviewer.models import Review

_LONGEST_NAME = 120
_KEPT = 100
_KEPT_BYTES = 256 << 20
SECONDS = 3600


class ProjectLine(NamedTuple):
    """A project in the summary; ``key`` is its id in the report."""

    key: str
    name: str
    unit: str
    grade: str
    style: str
    score: float
    findings: int


class Summary(NamedTuple):
    """What the page of a result says, in the words of the reports; ``counts`` of findings by severity."""

    headline: str
    grade: str
    style: str
    score: float
    consequence: str
    vague: int
    counts: list[tuple[str, int]]
    projects: list[ProjectLine]
    noticed: list[str]


class Result(NamedTuple):
    """A file's review as JSON; ``raw`` is the file itself where a copy of it can be annotated, else empty.

    ``ending`` is that of the workbook it comes back as.
    """

    name: str
    raw: bytes
    ending: str
    review: bytes
    summary: Summary


class Results:
    """The last results, at most :data:`_KEPT` and :data:`_KEPT_BYTES`, each for :data:`SECONDS`; the oldest goes first.

    >>> results = Results()
    >>> key = results.add(received(b'{"projects": [{"name": "A", "indicators": []}]}', "表.json", {}), now=0.0)
    >>> results.get(key, now=3599.0).name, results.get(key, now=3600.0)
    ('表.json', None)
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Result]] = OrderedDict()
        self._bytes = 0

    def add(self, result: Result, now: float | None = None) -> str:
        """Keep *result* and return the key to it."""
        key = secrets.token_urlsafe(24)
        self._kept[key] = (_time(now) + SECONDS, result)
        self._bytes += _size(result)
        while len(self._kept) > _KEPT or (self._bytes > _KEPT_BYTES and len(self._kept) > 1):
            self.forget(next(iter(self._kept)))
        return key

    def get(self, key: str, now: float | None = None) -> Result | None:
        """Return the result behind *key* while it is kept."""
        self.forget_old(now)
        return self._kept[key][1] if key in self._kept else None

    def forget(self, key: str) -> None:
        """Keep the result behind *key* no longer."""
        if key in self._kept:
            self._bytes -= _size(self._kept.pop(key)[1])

    def forget_old(self, now: float | None = None) -> None:
        """Keep nothing whose time is over."""
        for key in [key for key, (until, _) in self._kept.items() if until <= _time(now)]:
            self.forget(key)


def plain_name(given: str) -> str:
    """Return the last part of a file name that somebody sent, short and without control characters.

    >>> plain_name("C:\\\\表\\\\申报表.xlsx"), plain_name("../../etc/pass\\x00wd"), plain_name("/")
    ('申报表.xlsx', 'pass�wd', '文件')
    """
    name = clean(given.replace("\\", "/").rpartition("/")[2].strip().encode("utf-8", "replace").decode())
    ending = PurePath(name).suffix[-10:]
    return (name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - len(ending)] + ending) or "文件"


def received(raw: bytes, name: str, options: Mapping[str, Any]) -> Result:
    """Review the file *raw*, called *name*; runs in a worker process and opens no path.

    Raises ``InputError`` when nothing can be read from it, with the place and what to do.
    """
    from reviewer import pipeline
    from reviewer.reading import read_bytes
    from reviewer.reporting.workbook import ending_of_copy

    review = pipeline.review(read_bytes(raw, Path(name)), **options)
    ending = ending_of_copy(raw, name)
    kept = raw if ending else b""
    return Result(name, kept, ending or ".xlsx", review.model_dump_json().encode(), _summary(review, name))


def made(result: Result, kind: str) -> bytes:
    """Return the review as a ``report`` (HTML), ``xlsx`` or ``docx``; runs in a worker process."""
    from reviewer.models import Review

    review = Review.model_validate_json(result.review)
    if kind == "docx":
        from reviewer.reporting.letter import render_letter

        return render_letter(review)
    if kind == "report":
        from reviewer.reporting.html import render_html

        return render_html(review, result.name).encode()
    from reviewer.reporting import workbook

    if result.raw:
        return workbook.annotated_bytes(review, result.raw, result.name)[0]
    return workbook.clean(review)


def _summary(review: Review, name: str) -> Summary:
    from reviewer.reporting.html.view import ReviewView

    view = ReviewView(review, name)
    return Summary(
        headline=view.headline,
        grade=review.summary.grade,
        style=view.grade_styles[review.summary.grade],
        score=review.summary.score,
        consequence=view.consequences[review.summary.grade],
        vague=review.summary.vague,
        counts=[(title, view.severities[severity]) for severity, title in view.severity_titles.items()],
        projects=[
            ProjectLine(
                key=one.key,
                name=one.name,
                unit=one.of.unit or "",
                grade=one.of.grade,
                style=view.grade_styles[one.of.grade],
                score=one.of.score,
                findings=sum(one.severities.values()),
            )
            for one in view.projects
        ],
        noticed=[noticed.message for noticed in review.diagnostics if noticed.severity != "hint"],
    )


def _size(result: Result) -> int:
    return len(result.raw) + len(result.review)


def _time(now: float | None) -> float:
    return time.monotonic() if now is None else now
