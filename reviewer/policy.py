"""What a department makes of the findings: how grave a rule is to it, and what it lets stand, for which reason.

Applied to the results of the rules before anything is counted, and again to what a model adds; the second time changes
nothing that the first did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal, NamedTuple, get_args

from reviewer.errors import UsageError
from reviewer.language.text import fold
from reviewer.models import Diagnostic, Project, Severity, Suppression, SuppressionUse
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import Catalogue
from reviewer.rules.engine import ProjectResult, RowResult
from reviewer.rules.thresholds import DEFAULTS, Thresholds
from reviewer.rules.vague import MAKE_VAGUE

Wish = Severity | Literal["off"]
WISHES: tuple[Wish, ...] = (*get_args(Severity), "off")


class _Entry(NamedTuple):
    """A suppression in force: the codes of its rules, and its names folded for comparing."""

    at: int
    codes: frozenset[str]
    given: Suppression

    def meets_project(self, project: Project) -> bool:
        unit = self.given.unit
        return _alike(project.name, self.given.project) and (unit is None or _alike(project.unit or "", unit))

    def meets(self, hit: Hit, row: RowResult | None) -> bool:
        if hit.code not in self.codes or (row is None and self.given.indicator is not None):
            return False
        return self.given.indicator is None or (row is not None and _names(self.given.indicator, row))


class Policy:
    """Severities and suppressions of a department over the rules of a *catalogue*.

    *severities* say by code or name of a rule how grave it is, or ``off``; a case that the rule itself takes for milder
    stays so. *today* decides which *suppressions* are over; without a date in them it is not asked for. Raises
    ``UsageError`` for a rule that is not in the catalogue, or that cannot be suppressed.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        severities: Mapping[str, Wish] | None = None,
        suppressions: Iterable[Suppression] = (),
        thresholds: Thresholds = DEFAULTS,
        today: date | None = None,
    ) -> None:
        wishes = {catalogue.get(rule).code: _wish(rule, wish) for rule, wish in (severities or {}).items()}
        self.off = frozenset(code for code, wish in wishes.items() if wish == "off")
        self.thresholds = thresholds
        self._catalogue = catalogue
        self._severities = {code: wish for code, wish in wishes.items() if wish != "off"}
        self._suppressions = list(suppressions)
        if today is None and any(given.until for given in self._suppressions):
            today = date.today()
        self._expired = [bool(given.until and today and given.until < today) for given in self._suppressions]
        self._entries = [_Entry(at, _codes(catalogue, given), given) for at, given in enumerate(self._suppressions)]
        self._found = [0] * len(self._suppressions)

    @cached_property
    def digest(self) -> str:
        """sha256 of everything that decides which findings there can be: that of the catalogue, unless changed."""
        if not self._severities and not self.off and self.thresholds == DEFAULTS:
            return self._catalogue.digest
        wishes = sorted([*self._severities.items(), *((code, "off") for code in self.off)])
        return hashlib.sha256(
            f"{self._catalogue.digest}\n{wishes}\n{self.thresholds.model_dump_json()}".encode()
        ).hexdigest()

    @property
    def uses(self) -> list[SuppressionUse]:
        """The suppressions with what came of them so far."""
        return [
            SuppressionUse(**given.model_dump(), where=given.place, expired=expired, findings=found)
            for given, expired, found in zip(self._suppressions, self._expired, self._found, strict=True)
        ]

    def apply(self, result: ProjectResult) -> None:
        """Give the hits of *result* the severities of the department, and the suppressed ones their reason."""
        if not self._severities and not self._entries:
            return
        project = result.facts.project
        entries = [entry for entry in self._entries if not self._expired[entry.at] and entry.meets_project(project)]
        result.hits = [self._applied(hit, entries, None) for hit in result.hits]
        for row in result.rows:
            row.hits = [self._applied(hit, entries, row) for hit in row.hits]
            if row.row.vague and _excused(row.hits):
                row.row.vague = False

    def diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return a *diagnostic* of reading with the severity of the department."""
        severity = self._severities.get(diagnostic.code)
        if severity is None:
            return diagnostic
        return diagnostic.model_copy(update={"severity": _milder(severity, diagnostic.severity)})

    def _applied(self, hit: Hit, entries: list[_Entry], row: RowResult | None) -> Hit:
        if severity := self._severities.get(hit.code):
            own = hit.severity
            hit = hit._replace(severity=severity if own is None else _milder(severity, own))
        if hit.suppressed is None:
            for entry in entries:
                if entry.meets(hit, row):
                    self._found[entry.at] += 1
                    return hit._replace(suppressed=entry.given.reason)
        return hit


def complaints(uses: Iterable[SuppressionUse]) -> Iterator[str]:
    """Yield a Chinese sentence for each suppression that is over, or holds nothing in any of the reviews.

    *uses* are those of one review, or of several with the same suppressions.

    >>> use = SuppressionUse(rule="V101", project="甲", reason="在审", where=None, expired=False, findings=0)
    >>> list(complaints([use]))
    ['豁免 V101（项目“甲”）：没有对上任何问题，可能已经改好，或者名称变了。请改正或删去。']
    """
    together: dict[tuple[object, ...], list[SuppressionUse]] = {}
    for use in uses:
        key = (use.where, use.rule, use.project, use.unit, use.indicator, use.reason)
        together.setdefault(key, []).append(use)
    for same in together.values():
        use = same[0]
        place = f"{use.where}：" if use.where else ""
        about = f"项目“{use.project}”" + (f"的指标“{use.indicator}”" if use.indicator is not None else "")
        title = f"{place}豁免 {use.rule}（{about}）："
        if use.expired:
            yield f"{title}{use.until} 已到期，不再起作用。请改好指标、续期或删去。"
        elif not any(one.findings for one in same):
            yield f"{title}没有对上任何问题，可能已经改好，或者名称变了。请改正或删去。"


def _wish(rule: str, wish: Wish) -> Wish:
    if wish not in WISHES:
        raise UsageError(f"规则 {rule} 的轻重不能是 {wish}，只能是 {'、'.join(WISHES)}。")
    return wish


def _codes(catalogue: Catalogue, given: Suppression) -> frozenset[str]:
    codes = catalogue.select([given.rule])
    judged = frozenset(code for code in codes if catalogue.get(code).applies_to != "document")
    if not judged:
        raise UsageError(f"{given.rule} 是读取时的提示，不能豁免；不想看到它，用 --ignore {given.rule}。")
    return judged


def _alike(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, blanks and width aside, or fits it as a pattern."""
    name, wanted = fold(name)[0], fold(wanted)[0]
    return name == wanted or fnmatchcase(name, wanted)


def _names(wanted: str | int, row: RowResult) -> bool:
    indicator = row.row.indicator
    return str(wanted) == str(indicator.no) or (isinstance(wanted, str) and _alike(indicator.name, wanted))


def _milder(one: Severity, other: Severity) -> Severity:
    return max(one, other, key=get_args(Severity).index)


def _excused(hits: list[Hit]) -> bool:
    """Whether something made the row vague, and all of it is suppressed."""
    reasons = [hit for hit in hits if hit.code in MAKE_VAGUE and hit.field == "annual_value"]
    return bool(reasons) and all(hit.suppressed is not None for hit in reasons)
