"""What each rule found in a run, with the worst rows it found and a good one of the same class; vague phrases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from reviewer.bulk.department.evidence import Defect, Example, Phrase, Place
from reviewer.bulk.department.tally import Seen
from reviewer.language.text import fold
from reviewer.models import Finding, IndicatorReview, Severity

_MOST_EXAMPLES = 3
_MOST_MODELS = 300  # good rows kept of each class, to choose the nearest from
_MODEL_SCORE = 95
_SEVERITIES: dict[Severity, int] = {"error": 0, "warning": 1, "hint": 2}
_VAGUE = frozenset({"V101", "V102", "V103"})


def example(seen: Seen, row: IndicatorReview | None, finding: Finding | None) -> Example:
    """Return a row, or a project where there is none, as an example of *finding*, or of what is good."""
    review = seen.review
    text = ""
    if finding:
        text = getattr(row if row else review, finding.field, None) or ""
        # The amount has no text, and a table of indicators is one too long to show.
        text = text if isinstance(text, str) else ""
    elif row is None:
        text = review.goal
    rewrite = row.rewrite if row else None
    return Example(
        **place(seen, row),
        amount=review.amount,
        level1=row.level1 if row else "",
        level2=row.level2 if row else "",
        name=row.name if row else "",
        value=row.annual_value if row else "",
        score=row.score if row else review.score,
        text=text,
        finding=finding,
        rewrite=f"{rewrite.name} {rewrite.annual_value}" if rewrite else None,
    )


def place(seen: Seen, row: IndicatorReview | None) -> dict[str, object]:
    """Return the fields of a :class:`Place`."""
    return {
        "unit": seen.unit,
        "project": seen.name,
        "file": seen.file,
        "no": row and row.no,
        "where": row and row.where,
    }


class _Kind:
    """What one rule found so far."""

    def __init__(self, finding: Finding, row: IndicatorReview | None) -> None:
        self.code = finding.code
        self.rule = finding.rule
        self.about_rows = row is not None
        self.counts: Counter[Severity] = Counter()
        self.affected = 0
        self.projects = 0
        self.units: set[str] = set()
        self.amount = 0.0
        self.unpriced = 0
        self.worst: list[tuple[tuple[float, ...], Example]] = []
        self._last: tuple[int, object] = (-1, None)

    def add(self, seen: Seen, row: IndicatorReview | None, finding: Finding) -> None:
        self.counts[finding.severity] += 1
        before, at = self._last
        if before != seen.at:
            self.projects += 1
            self.units.add(seen.unit)
            self.amount += seen.review.amount or 0.0
            self.unpriced += seen.review.amount is None
        if before != seen.at or at is not row:
            self.affected += 1
        self._last = (seen.at, row)
        score = row.score if row else seen.review.score
        key = (_SEVERITIES[finding.severity], score, -(seen.review.amount or 0.0))
        if len(self.worst) < _MOST_EXAMPLES or key < self.worst[-1][0]:
            self._keep(key, example(seen, row, finding))

    def _keep(self, key: tuple[float, ...], found: Example) -> None:
        """Keep one of the worst; the same words, or the same unit twice, teach nothing new."""
        for at, (known, other) in enumerate(self.worst):
            if found.finding and other.finding and found.finding.quote == other.finding.quote != "":
                if key < known:
                    self.worst[at] = (key, found)
                break
        else:
            self.worst.append((key, found))
        self.worst.sort(key=lambda each: each[0])
        del self.worst[_MOST_EXAMPLES:]


class Defects:
    """What the rules found so far; memory grows with the rules and classes, not with the projects."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._models: dict[tuple[str, str], dict[str, Example]] = {}
        self._goal: Example | None = None
        self._indicators = 0
        self._projects = 0
        self.suppressed = 0

    def add(self, seen: Seen) -> None:
        """Take a project in."""
        review = seen.review
        self._projects += 1
        self._indicators += len(review.indicators)
        self._add(seen, None, review.findings)
        if review.goal and not review.findings and (self._goal is None or review.score > self._goal.score):
            self._goal = example(seen, None, None)
        for row in review.indicators:
            self._add(seen, row, row.findings)
            if not row.findings and not row.vague and row.score >= _MODEL_SCORE:
                self._keep_model(seen, row)

    def _add(self, seen: Seen, row: IndicatorReview | None, findings: Sequence[Finding]) -> None:
        for finding in findings:
            if not finding.counts:
                self.suppressed += finding.suppressed is not None
                continue
            kind = self._kinds.get(finding.rule)
            if kind is None:
                kind = self._kinds[finding.rule] = _Kind(finding, row)
            kind.add(seen, row, finding)

    def _keep_model(self, seen: Seen, row: IndicatorReview) -> None:
        models = self._models.setdefault((row.level1, row.level2), {})
        if len(models) < _MOST_MODELS and row.name not in models:
            models[row.name] = example(seen, row, None)

    def defects(self) -> list[Defect]:
        """Return what each rule found, that with most errors and warnings first."""
        found = sorted(
            self._kinds.values(),
            key=lambda kind: (kind.counts["hint"] - kind.counts.total(), -kind.counts["hint"], kind.code),
        )
        return [self._defect(kind) for kind in found]

    def _defect(self, kind: _Kind) -> Defect:
        whole = self._indicators if kind.about_rows else self._projects
        worst = [each for _, each in kind.worst]
        return Defect(
            rule=kind.rule,
            code=kind.code,
            of="indicators" if kind.about_rows else "projects",
            counts={severity: kind.counts[severity] for severity in _SEVERITIES},
            affected=kind.affected,
            share=round(kind.affected / whole, 4),
            projects=kind.projects,
            units=len(kind.units),
            amount=round(kind.amount, 2),
            unpriced=kind.unpriced,
            worst=worst,
            best=self._model_for(worst[0]),
        )

    def _model_for(self, bad: Example) -> Example | None:
        """Return the good row of the class of *bad* whose name is nearest to its name; of a goal, the best goal."""
        if not bad.name:
            return self._goal if bad.finding and bad.finding.field == "goal" else None
        models = self._models.get((bad.level1, bad.level2), {})
        nearest = process.extractOne(bad.name, models.keys(), scorer=fuzz.ratio)
        return models[nearest[0]] if nearest else None


class _Said:
    def __init__(self, rule: str, text: str, at: Place) -> None:
        self.rule = rule
        self.text = text
        self.place = at
        self.count = self.projects = 0
        self.last = -1


class Phrases:
    """The words that make values vague, by their text; memory grows with the different ones."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}

    def add(self, seen: Seen) -> None:
        """Take a project in."""
        for row in seen.review.indicators:
            for finding in row.findings:
                if finding.code in _VAGUE and finding.counts:
                    text = fold(finding.quote)[0]
                    said = self._said.get(text)
                    if said is None:
                        at = Place.model_validate(place(seen, row))
                        said = self._said[text] = _Said(finding.rule, text, at)
                    said.count += 1
                    said.projects += said.last != seen.at
                    said.last = seen.at

    def phrases(self) -> list[Phrase]:
        """Return the phrases, the most frequent first."""
        found = sorted(self._said.values(), key=lambda said: -said.count)
        return [
            Phrase(text=said.text, rule=said.rule, count=said.count, projects=said.projects, place=said.place)
            for said in found
        ]
