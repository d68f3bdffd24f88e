"""Lines and columns of findings in an input file that is text: only what is certain, for many things are written twice.

A review knows the line of an indicator, and where the quote stands in its field. The column in the file follows where
the field is found in that line without doubt; where it is not, the line has to do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import InputError
from reviewer.models import Finding, IndicatorReview, ProjectReview, Review
from reviewer.reading.decode import decode, load
from reviewer.reading.notes import Notes

_LINE = re.compile(r"line (\d+)")
_BREAK = re.compile(r"\r\n|\r|\n")
_CLASS = re.compile(r"[^；;：:。\s]*(?P<mark>[；;]\s*)\Z")
_LABEL = re.compile(r"[\s；;。]+[^：:；;]*[：:]\s*")
_CLASS_REACH = 40
# No form has longer lines, nor more things in one that look like the name of an indicator and are none.
_LONGEST = 100_000
_MOST_TRIES = 50

Fields = dict[str, tuple[int, int]]


class Region(NamedTuple):
    """A place in a text file: 1-based line and, if known, 1-based columns in code points, the end exclusive."""

    line: int
    start: int | None = None
    end: int | None = None
    text: str | None = None


class Regions:
    """Finds the regions of the findings of a *review* in the *text* it was made from, or lines alone without a text.

    >>> from reviewer.models import Document, Indicator, Project
    >>> from reviewer.pipeline import review
    >>> row = Indicator(no=1, level2="数量指标", name="放映场次", annual_value="按合同约定完成", where="line 2")
    >>> found = review(Document(projects=[Project(name="电影", indicators=[row])]), select=["V101"])
    >>> text = "绩效指标\\n1、1-产出指标；11-数量指标；放映场次；年度指标值：按合同约定完成。"
    >>> project = found.projects[0]
    >>> Regions(found, text).of(project.indicators[0].findings[0], project, project.indicators[0])
    Region(line=2, start=29, end=36, text='按合同约定完成')
    """

    def __init__(self, review: Review, text: str | None) -> None:
        self._text = text or ""
        self._starts = [0, *(found.end() for found in _BREAK.finditer(self._text))]
        self._fields: dict[int, Fields] = {}
        self._rows: dict[int, dict[str, int]] = {}
        by_line: dict[int, list[IndicatorReview]] = {}
        for project in review.projects:
            places = {"goal": _only_place(self._text, project.goal), "project": _only_place(self._text, project.name)}
            self._rows[id(project)] = {field: at for field, at in places.items() if at is not None}
            for indicator in project.indicators:
                if (line := _line_of(indicator.where)) is not None:
                    by_line.setdefault(line, []).append(indicator)
        for line, indicators in by_line.items():
            self._fields.update(_aligned(self._line(line), indicators))

    def of(self, finding: Finding, project: ProjectReview, indicator: IndicatorReview | None) -> Region | None:
        """Return where *finding* stands, or None when not even its line is known."""
        if indicator is None:
            return self._of_project(finding, project)
        line = _line_of(indicator.where)
        if line is None:
            return None
        field = self._fields.get(id(indicator), {}).get(finding.field) or self._only(line, indicator, finding.field)
        return self._region(line, field, finding)

    def at(self, where: str | None) -> Region | None:
        """Return the line that *where* names, if it names one."""
        line = _line_of(where)
        return None if line is None else Region(line)

    def _of_project(self, finding: Finding, project: ProjectReview) -> Region | None:
        known = self._rows[id(project)]
        if not known:
            return None
        # A finding about amount or indicators as a whole belongs to the row of the project, and so to its line.
        at = known.get(finding.field, min(known.values()))
        line = bisect_right(self._starts, at)
        column = at - self._starts[line - 1]
        return self._region(line, (column, column) if finding.field in known else None, finding)

    def _only(self, line: int, indicator: IndicatorReview, field: str) -> tuple[int, int] | None:
        text = getattr(indicator, field, None) or ""
        at = _only_place(self._line(line), text)
        return None if at is None else (at, at + len(text))

    def _region(self, line: int, field: tuple[int, int] | None, finding: Finding) -> Region:
        if field is None or not finding.quote:
            return Region(line)
        start, end = field[0] + finding.start, field[0] + finding.end
        if finding.field == "level2":  # the form may call the class otherwise: all of what it says
            start, end = field
        text = self._line(line)[start:end]
        # A field that goes on in the next line has its end there.
        return (
            Region(line, start + 1, end + 1, text)
            if text == finding.quote or finding.field == "level2"
            else Region(line)
        )

    def _line(self, line: int) -> str:
        if not 0 < line <= len(self._starts):
            return ""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[start:end].rstrip("\r\n") if end - start <= _LONGEST else ""


def source_text(path: Path, review: Review) -> str | None:
    """Return the text that *review* was made from; None when it came from no text, or the file is gone.

    A file that is no text is not read for it: then no indicator stands in a line.
    """
    rows = [indicator.where for project in review.projects for indicator in project.indicators]
    if not any(_line_of(where) for where in rows):
        return None
    try:
        return decode(load(path), str(path), Notes())
    except InputError:
        return None


def _line_of(where: str | None) -> int | None:
    found = _LINE.fullmatch(where or "")
    return int(found[1]) if found else None


def _only_place(text: str, part: str) -> int | None:
    """Return where *part* stands in *text*, if it stands there exactly once."""
    at = text.find(part) if part else -1
    return None if at < 0 or text.find(part, at + 1) >= 0 else at


def _aligned(line: str, indicators: Iterable[IndicatorReview]) -> dict[int, Fields]:
    """Return the fields of *indicators* in their *line*, by id: each is looked for behind the one before it."""
    found: dict[int, Fields] = {}
    at = 0
    for indicator in indicators:
        start = at - 1
        for _ in range(_MOST_TRIES if indicator.name else 0):
            start = line.find(indicator.name, start + 1)
            if start < 0:
                break
            if fields := _fields_at(line, start, indicator):
                found[id(indicator)] = fields
                at = fields["annual_value"][1]
                break
    return found


def _fields_at(line: str, start: int, indicator: IndicatorReview) -> Fields | None:
    """Return the fields of *indicator* if it stands in *line* with its name at *start*: class；name；label：value；…"""
    before = _CLASS.search(line[max(0, start - _CLASS_REACH) : start])
    if before is None:
        return None
    end = start + len(indicator.name)
    fields = {"level2": (start - len(before[0]), start - len(before["mark"])), "name": (start, end)}
    values = {"cycle_value": indicator.cycle_value, "annual_value": indicator.annual_value}
    for field, value in values.items():
        if value is not None:
            label = _LABEL.match(line, end)
            if label is None or not line.startswith(value, label.end()):
                return None
            fields[field] = (label.end(), end := label.end() + len(value))
    return fields
