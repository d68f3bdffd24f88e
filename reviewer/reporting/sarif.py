"""Reviews as SARIF 2.1.0: one run, a result for each finding, columns in code points.

What reading noticed, and projects that a model could not judge, are notifications: they say that results may be
missing. See ``docs/formats.md``.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic_core import to_json

import reviewer
from reviewer.models import Diagnostic, Finding, IndicatorReview, ProjectReview, Review, Severity
from reviewer.reporting.regions import Region, Regions, source_text
from reviewer.reporting.words import left_unchecked, rule_of

if TYPE_CHECKING:
    from reviewer.reporting.formats import Reviewed

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "hint": "note"}

_HELP = ("是什么", "为什么", "怎么改", "依据")

Json = dict[str, Any]


def sarif_pieces(reviews: Iterable[Reviewed]) -> Iterator[str]:
    """Yield the SARIF log of *reviews*. A source that is text is read again, for the columns.

    >>> import json
    >>> json.loads("".join(sarif_pieces([])))["runs"][0]["results"]
    []
    """
    run = _Run()
    yield f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"columnKind":"unicodeCodePoints","results":['
    opening = "\n"
    for reviewed in reviews:
        for result in run.results(reviewed.source, reviewed.review):
            yield opening + to_json(result).decode()
            opening = ",\n"
    yield "\n]"
    for name, value in run.rest().items():
        yield f',\n"{name}":{to_json(value).decode()}'
    yield "}]}\n"


class _Run:
    """What the results of a run refer to, gathered on the way: files, rules, notifications."""

    def __init__(self) -> None:
        self._artifacts: list[Json] = []
        self._notifications: list[Json] = []
        self._rules: dict[str, Json] = {}
        self._noticed: dict[str, Json] = {}
        self._versions: dict[str, None] = {}
        self._successful = True

    def results(self, source: Path, review: Review) -> Iterator[Json]:
        """Yield the results of one review."""
        file = {"uri": _uri(source), "index": len(self._artifacts)}
        self._artifacts.append(
            {"location": {"uri": file["uri"]}, "roles": ["analysisTarget"], "properties": _of(review)}
        )
        self._versions[review.reviewer_version] = None
        regions = Regions(review, source_text(source, review))
        for item in review.diagnostics:
            self._notice(item, _location(file, regions.at(item.where), item.where))
        seen: Counter[str] = Counter()
        compared = any(finding.baseline for _, _, finding in _findings(review))
        for project, indicator, finding in _findings(review):
            region = regions.of(finding, project, indicator)
            result = self._result(finding, project, indicator)
            result["locations"] = [_location(file, region, indicator.where if indicator else None, project, indicator)]
            result["partialFingerprints"] = {"finding/v1": _fingerprint(finding, project, indicator, seen)}
            if compared:
                result["baselineState"] = "unchanged" if finding.baseline else "new"
            yield result
        for project in review.projects:
            if project.error:
                self._successful = False
                message = f"项目“{project.name}”模型未能判断，只有规则的结果：{project.error.message}"
                place = _location(file, None, None, project)
                self._notifications.append({"level": "error", "message": {"text": message}, "locations": [place]})

    def rest(self) -> Json:
        """Return what belongs to the run besides its results."""
        driver = {
            "name": "reviewer",
            "version": " ".join(self._versions) or reviewer.__version__,
            "language": "zh-CN",
            "rules": list(self._rules.values()),
            "notifications": list(self._noticed.values()),
        }
        invocation = {"executionSuccessful": self._successful, "toolExecutionNotifications": self._notifications}
        return {"artifacts": self._artifacts, "invocations": [invocation], "tool": {"driver": driver}}

    def _notice(self, item: Diagnostic, location: Json) -> None:
        self._noticed.setdefault(item.code, _descriptor(item.code, item.code))
        index = list(self._noticed).index(item.code)
        notification = {
            "descriptor": {"id": item.code, "index": index},
            "level": LEVELS[item.severity],
            "message": {"text": item.message},
            "locations": [location],
        }
        self._notifications.append(notification)

    def _result(self, finding: Finding, project: ProjectReview, indicator: IndicatorReview | None) -> Json:
        if finding.code not in self._rules:
            self._rules[finding.code] = _descriptor(finding.code, finding.rule)
        result: Json = {
            "ruleId": finding.code,
            "ruleIndex": list(self._rules).index(finding.code),
            "level": LEVELS[finding.severity],
            "message": {"text": f"{_about(project, indicator)}：{finding.message}"},
            "properties": _properties(finding, project, indicator),
        }
        if finding.suppressed is not None:
            accepted = {"kind": "external", "status": "accepted", "justification": finding.suppressed}
            result["suppressions"] = [accepted]
        return result


def _findings(review: Review) -> Iterator[tuple[ProjectReview, IndicatorReview | None, Finding]]:
    for project in review.projects:
        yield from ((project, None, finding) for finding in project.findings)
        for indicator in project.indicators:
            yield from ((project, indicator, finding) for finding in indicator.findings)


def _uri(path: Path) -> str:
    # From the bytes of the name, which need not be UTF-8.
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def _of(review: Review) -> Json:
    return {
        "score": review.summary.score,
        "grade": review.summary.grade,
        "projects": review.summary.projects,
        "indicators": review.summary.indicators,
        "mode": review.mode,
        "model": review.model,
        "ruleset": review.ruleset,
        "unchecked": left_unchecked(review),
    }


def _about(project: ProjectReview, indicator: IndicatorReview | None) -> str:
    name = project.name or "没有名称的项目"
    return name if indicator is None else f"{name}，第 {indicator.no} 条“{indicator.name}”"


def _properties(finding: Finding, project: ProjectReview, indicator: IndicatorReview | None) -> Json:
    found: Json = {
        "project": project.name,
        "unit": project.unit,
        "indicator": indicator and indicator.no,
        "field": finding.field,
        "quote": finding.quote,
        "start": finding.start,
        "end": finding.end,
        "source": finding.source,
        "disputed": finding.disputed,
    }
    if indicator and indicator.rewrite:
        found["rewrite"] = indicator.rewrite
    return found


def _location(
    file: Json,
    region: Region | None,
    where: str | None,
    project: ProjectReview | None = None,
    indicator: IndicatorReview | None = None,
) -> Json:
    physical: Json = {"artifactLocation": file}
    if region is not None:
        physical["region"] = _region(region)
    logical: list[Json] = []
    if where is not None and region is None:
        logical.append({"fullyQualifiedName": where})
    if project is not None:
        logical.append({"name": project.name, "fullyQualifiedName": project.name, "kind": "project"})
    if project is not None and indicator is not None:
        full = f"{project.name}/{indicator.no} {indicator.name}"
        logical.append({"name": indicator.name, "fullyQualifiedName": full, "kind": "indicator"})
    return {"physicalLocation": physical, **({"logicalLocations": logical} if logical else {})}


def _region(region: Region) -> Json:
    if region.start is None:
        return {"startLine": region.line}
    return {
        "startLine": region.line,
        "startColumn": region.start,
        "endColumn": region.end,
        "snippet": {"text": region.text},
    }


def _fingerprint(
    finding: Finding, project: ProjectReview, indicator: IndicatorReview | None, seen: Counter[str]
) -> str:
    """Return a digest of what the finding is about: neither line nor number, which any edit above would change.

    The same thing said twice is told apart by the order in which it is met.
    """
    about = (project.unit or "", project.name, indicator.name if indicator else "", finding.field)
    key = "\0".join((*about, finding.code, finding.quote))
    seen[key] += 1
    return hashlib.sha256(f"{key}\0{seen[key]}".encode()).hexdigest()


def _descriptor(code: str, name: str) -> Json:
    rule = rule_of(code)
    if rule is None:
        return {"id": code, "name": name}
    text = "\n\n".join(f"## {title}\n{rule.section(title)}" for title in _HELP)
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"basis": rule.basis, "tags": [rule.dimension or "document"]},
    }
