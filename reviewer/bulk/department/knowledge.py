"""What a run does not know, what the model's word came to, and how far goals are measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from heapq import heappush, heappushpop

from reviewer.bulk.department.defects import example
from reviewer.bulk.department.evidence import Coverage, Example, Gap
from reviewer.bulk.department.models import Dispute, Failure, NotChecked, Noticed, Open, Opinion, Unread, Use
from reviewer.bulk.department.tally import Seen
from reviewer.bulk.rundir import Run
from reviewer.bulk.store import FileRow
from reviewer.ledger import Ledger
from reviewer.models import Diagnostic, Finding, Unchecked
from reviewer.settings import Price

_MOST_GAPS = 20
_MOST_REASONS = 5
_MOST_KNOWN_REASONS = 500  # some reasons quote a row: those that come later are only counted
_MOST_EXAMPLES = 3
_STEADY = 2 / 3


class Coverages:
    """How far the indicators measure what the goals promise."""

    def __init__(self) -> None:
        self._projects = self._elements = self._covered = 0
        self._gaps: list[tuple[float, int, Gap]] = []

    def add(self, seen: Seen) -> None:
        """Take a project in."""
        review = seen.review
        if not review.coverage:
            return
        missing = [each.element for each in review.coverage if not each.indicators]
        self._projects += 1
        self._elements += len(review.coverage)
        self._covered += len(review.coverage) - len(missing)
        if missing:
            entry = (
                review.amount or 0.0,
                -seen.at,
                Gap(unit=seen.unit, project=seen.name, file=seen.file, amount=review.amount, missing=missing),
            )
            if len(self._gaps) < _MOST_GAPS:
                heappush(self._gaps, entry)
            else:
                heappushpop(self._gaps, entry)

    def coverage(self) -> Coverage:
        """Return what was found, the gaps with most money first."""
        gaps = [gap for *_, gap in sorted(self._gaps, key=lambda entry: entry[:2], reverse=True)]
        return Coverage(projects=self._projects, elements=self._elements, covered=self._covered, gaps=gaps)


class Gaps:
    """What could not be read, judged or checked."""

    def __init__(self) -> None:
        self._unread: list[Unread] = []
        self._failures: list[Failure] = []
        self._unchecked: dict[str, Counter[str]] = {}
        self._counts: Counter[str] = Counter()
        self._noticed: dict[str, Noticed] = {}

    def add_file(self, file: FileRow) -> None:
        """Take a file in."""
        if file.message is not None:
            kept = file.projects if file.state == "read" else 0
            self._unread.append(Unread(file=file.name, message=file.message, kept=kept))
        codes: set[str] = set()
        for item in file.diagnostics:
            self._notice(item, file.name, first=item.code not in codes)
            codes.add(item.code)

    def _notice(self, item: Diagnostic, file: str, *, first: bool) -> None:
        known = self._noticed.get(item.code)
        if known is None:
            known = self._noticed[item.code] = Noticed(
                code=item.code,
                severity=item.severity,
                count=0,
                files=0,
                file=file,
                message=item.message,
                where=item.where,
            )
        known.count += 1
        known.files += first

    def add(self, seen: Seen) -> None:
        """Take a project in."""
        review = seen.review
        if review.error:
            error = review.error
            self._failures.append(
                Failure(unit=seen.unit, project=seen.name, file=seen.file, kind=error.kind, message=error.message)
            )
        self._not_checked(review.unchecked)
        for row in review.indicators:
            self._not_checked(row.unchecked)

    def _not_checked(self, items: list[Unchecked]) -> None:
        for item in items:
            self._counts[item.rule] += 1
            reasons = self._unchecked.setdefault(item.rule, Counter())
            if item.why in reasons or len(reasons) < _MOST_KNOWN_REASONS:
                reasons[item.why] += 1

    def open(self, missing: int, *, complete: bool) -> Open:
        """Return what was found; *missing* projects are not judged yet, and there may be more unless *complete*."""
        unchecked = [
            NotChecked(rule=rule, count=count, reasons=dict(self._unchecked[rule].most_common(_MOST_REASONS)))
            for rule, count in self._counts.most_common()
        ]
        noticed = sorted(self._noticed.values(), key=lambda one: one.code)
        return Open(
            complete=complete,
            unread=self._unread,
            missing=missing,
            failures=self._failures,
            unchecked=unchecked,
            noticed=noticed,
        )


class Opinions:
    """What the model's word came to."""

    def __init__(self) -> None:
        self._judged = self._dropped = self._unsteady = 0
        self._counts: dict[str, Counter[str]] = {}
        self._examples: dict[str, list[Example]] = {}

    def add(self, seen: Seen) -> None:
        """Take a project in."""
        review = seen.review
        self._judged += review.error is None
        self._dropped += len(review.dropped)
        for finding in review.findings:
            if finding.disputed:
                self._dispute(finding, example(seen, None, finding))
        for row in review.indicators:
            self._unsteady += row.stability is not None and row.stability < _STEADY
            for finding in row.findings:
                if finding.disputed:
                    self._dispute(finding, example(seen, row, finding))

    def _dispute(self, finding: Finding, found: Example) -> None:
        self._counts.setdefault(finding.rule, Counter())["llm" if finding.source == "llm" else "rules"] += 1
        examples = self._examples.setdefault(finding.rule, [])
        if len(examples) < _MOST_EXAMPLES:
            examples.append(found)

    def opinion(self, use: list[Use]) -> Opinion:
        """Return what was found, and the *use* of the model."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1].total(), item[0]))
        disputes = [
            Dispute(
                rule=rule,
                found_by_rules=counts["rules"],
                found_by_model=counts["llm"],
                examples=self._examples[rule],
            )
            for rule, counts in ranked
        ]
        return Opinion(judged=self._judged, dropped=self._dropped, unsteady=self._unsteady, disputes=disputes, use=use)


def use_of(run: Run, prices: Mapping[str, Price]) -> list[Use]:
    """Return what the ledger of *run* says of each model; empty where there is none."""
    if not run.ledger.exists():
        return []
    with Ledger.for_reading(run.ledger) as ledger:
        stats = ledger.stats()
    found = []
    for use in stats:
        price = prices.get(use.model)
        found.append(
            Use(
                base_url=use.base_url,
                model=use.model,
                requests=sum(use.outcomes.values()),
                answered=use.answered,
                failures=use.failures,
                calls=use.attempts,
                input_tokens=use.input_tokens,
                output_tokens=use.output_tokens,
                cost=None if price is None else round(price.of(use.input_tokens, use.output_tokens), 4),
                currency=price.currency if price else "",
                first=use.first,
                last=use.last,
            )
        )
    return found
