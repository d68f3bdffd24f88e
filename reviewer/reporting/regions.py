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
_CLASS = re.compile(r"[^；;：:。\s]*\Z")
_CLASS_REACH = 40
_LONGEST = 100_000  # no form has longer lines, and each of its indicators looks through the line

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
        by_line: dict[int, list[IndicatorReview]] = {}
        for project in review.projects:
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
        texts = {"goal": project.goal, "project": project.name}
        known = {field: at for field, text in texts.items() if (at := _only_place(self._text, text)) is not None}
        if not known:
            return None
        # A finding about amount or indicators as a whole belongs to the row of the project, and so to its line.
        at = known.get(finding.field, min(known.values()))
        line = bisect_right(self._starts, at)
        column = at - self._starts[line - 1]
        found = (column, column + len(texts[finding.field])) if finding.field in known else None
        return self._region(line, found, finding)

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
        return Region(line, start + 1, end + 1, self._line(line)[start:end])

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
        match = _pattern(indicator).search(line, at)
        if match is None:
            continue
        at = match.end()
        reach = max(0, match.start() - _CLASS_REACH)
        label = _CLASS.search(line[reach : match.start()])
        fields = {name: match.span(name) for name in match.groupdict()}
        if label:
            fields["level2"] = (reach + label.start(), match.start())
        found[id(indicator)] = fields
    return found


def _pattern(indicator: IndicatorReview) -> re.Pattern[str]:
    """Return what an indicator looks like in the text format, its three fields as groups."""
    label = r"\s*[^：:；;]*[：:]\s*"
    parts = [rf"[；;]\s*(?P<name>{re.escape(indicator.name)})\s*[；;]"]
    if indicator.cycle_value is not None:
        parts.append(rf"{label}(?P<cycle_value>{re.escape(indicator.cycle_value)})\s*[；;。]*")
    parts.append(rf"{label}(?P<annual_value>{re.escape(indicator.annual_value)})")
    return re.compile("".join(parts))
