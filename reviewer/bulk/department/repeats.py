"""What stands in several projects of a run: whole projects, goals, sets of indicators, describing texts, outputs.

What counts as the same is what S903 and S904 take for it within one document (:mod:`reviewer.rules.across`); here it
is looked for over all files, with every place. Equal texts meet in a table; texts that differ a little are compared
only with their neighbours in two alphabetical orders, from the front and from the back. So time grows with the run
and no faster; memory grows with the different texts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from reviewer.bulk.department.evidence import Repeat, RepeatKind, RepeatPlace
from reviewer.bulk.department.tally import Seen
from reviewer.models import ProjectReview
from reviewer.pipeline import added
from reviewer.rules.across import (
    SHORTEST_GOAL,
    SHORTEST_TEXT,
    SMALLEST_SET,
    describing_texts,
    output_keys,
    same_outputs,
)

MOST_PLACES = 100
"""Places that are kept of one repetition; all are counted."""
_NEIGHBOURS = 6
_ALIKE = 90  # per cent of likeness from which two texts are one with a few characters changed
_LONGEST = 400  # code points that are compared
_ORDER: dict[RepeatKind, int] = {"project": 0, "output": 1, "set": 2, "goal": 3, "text": 4}


class _Owner(NamedTuple):
    """A project as far as places need it."""

    unit: str
    name: str
    file: str
    amount: float | None


class _Row(NamedTuple):
    """An indicator as far as places need it; of a goal or a set, what stands for it."""

    name: str
    annual_value: str
    no: int | None = None
    where: str | None = None

    @property
    def text(self) -> str:
        return f"{self.name} {self.annual_value}".strip()


_Member = tuple[int, _Row]
_Groups = dict[str, list[_Member]]


class Repeats:
    """The texts of a run so far."""

    def __init__(self) -> None:
        self._owners: dict[int, _Owner] = {}
        self._projects: dict[int, list[_Member]] = {}
        self._sets: dict[int, list[_Member]] = {}
        self._goals: _Groups = defaultdict(list)
        self._texts: _Groups = defaultdict(list)
        self._outputs: _Groups = defaultdict(list)
        self._set_of: dict[int, int] = {}

    def add(self, seen: Seen) -> None:
        """Take a project in; of one that was handed in twice the second says nothing new."""
        review = seen.review
        self._owners[seen.at] = _Owner(seen.unit, seen.name, seen.file, review.amount)
        members = self._projects.setdefault(hash(_contents(review)), [])
        members.append((seen.at, _Row(seen.name, "")))
        if len(members) > 1:
            return
        rows = review.indicators
        if len(review.goal) >= SHORTEST_GOAL:
            self._goals["".join(review.goal.split())].append((seen.at, _Row("", review.goal)))
        if len(rows) >= SMALLEST_SET:
            key = hash(tuple([(row.name, row.annual_value) for row in rows]))
            self._set_of[seen.at] = key
            said = f"{len(rows)} 条指标：" + "、".join(row.name for row in rows[:5])
            self._sets.setdefault(key, []).append((seen.at, _Row("", said)))
        for row in rows:
            for text in dict.fromkeys(describing_texts(row)):
                self._texts[text].append((seen.at, _Row(row.name, text, row.no, row.where)))
            for output in output_keys(row):
                self._outputs[output].append((seen.at, _Row(row.name, row.annual_value, row.no, row.where)))

    def repeats(self) -> list[Repeat]:
        """Return the repetitions: within one unit first, then by kind, the most frequent first."""
        found = [
            *self._found("project", self._projects.values()),
            *self._found("set", self._sets.values()),
            *self._found("goal", self._goals.values(), near=_near(self._goals, SHORTEST_TEXT)),
            *self._found("text", self._texts.values(), near=_near(self._texts, SHORTEST_TEXT)),
            *self._found("output", self._claims(same_outputs(self._outputs).values())),
        ]
        return sorted(found, key=lambda one: (not one.same_unit, _ORDER[one.kind], -one.count, -one.amount))

    def _found(
        self, kind: RepeatKind, groups: Iterable[list[_Member]], near: Sequence[list[list[_Member]]] = ()
    ) -> Iterable[Repeat]:
        close = {id(members) for cluster in near for members in cluster}
        for members in groups:
            if id(members) not in close and self._counts(kind, members):
                yield self._repeat(kind, members)
        for cluster in near:
            members = [member for group in sorted(cluster, key=len, reverse=True) for member in group]
            if self._counts(kind, members):
                yield self._repeat(kind, members, near=True)

    def _counts(self, kind: RepeatKind, members: list[_Member]) -> bool:
        """Whether these are several projects, and not just the parts of a set or goal that was told as a whole."""
        projects = {at for at, _ in members}
        if len(projects) < 2:
            return False
        sets = {self._set_of.get(at) for at in projects}
        return kind not in ("text", "output") or len(sets) > 1 or None in sets

    def _claims(self, groups: Iterable[list[_Member]]) -> Iterable[list[_Member]]:
        """Yield who counts the same output: the projects of one unit apart, for there it may be the very same.

        One row may be found by its name and by what its number counts; then it is told once.
        """
        known: set[Hashable] = set()
        for members in groups:
            of_unit: defaultdict[str, list[_Member]] = defaultdict(list)
            for member in members:
                of_unit[self._owners[member[0]].unit].append(member)
            apart: list[list[_Member]] = [[]]
            for each in of_unit.values():
                if len({at for at, _ in each}) > 1:
                    apart.append(each)
                else:
                    apart[0] += each
            for part in apart:
                key = tuple([(at, row.no, row.where) for at, row in part])
                if key not in known:
                    known.add(key)
                    yield part

    def _repeat(self, kind: RepeatKind, members: list[_Member], *, near: bool = False) -> Repeat:
        owners = {at: self._owners[at] for at, _ in members}
        most = max(Counter(owner.unit for owner in owners.values()).values())
        places = [
            RepeatPlace(
                unit=owners[at].unit,
                project=owners[at].name,
                file=owners[at].file,
                no=row.no,
                where=row.where,
                amount=owners[at].amount,
                text=row.text,
            )
            for at, row in members[:MOST_PLACES]
        ]
        return Repeat(
            kind=kind,
            near=near,
            same_unit=most > 1,
            text=members[0][1].text if kind == "output" else members[0][1].annual_value or members[0][1].name,
            count=len(members),
            amount=added(owner.amount for owner in owners.values()),
            places=places,
        )


def _contents(review: ProjectReview) -> Hashable:
    rows = tuple([(row.level2, row.name, row.cycle_value, row.annual_value) for row in review.indicators])
    return (review.unit, review.name, review.amount, review.goal, rows)


def _near(groups: _Groups, shortest: int) -> list[list[list[_Member]]]:
    """Return the clusters of texts that differ in a few characters, each as the groups of its texts."""
    texts = [text for text in groups if len(text) >= shortest]
    parent = list(range(len(texts)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    heads = [text[:_LONGEST] for text in texts]
    tails = [text[: -_LONGEST - 1 : -1] for text in texts]
    for keys in (heads, tails):
        order = sorted(range(len(texts)), key=keys.__getitem__)
        for number, at in enumerate(order):
            for other in order[number + 1 : number + 1 + _NEIGHBOURS]:
                if root(at) != root(other) and fuzz.ratio(heads[at], heads[other], score_cutoff=_ALIKE):
                    parent[root(other)] = root(at)
    clusters: dict[int, list[list[_Member]]] = defaultdict(list)
    for at, text in enumerate(texts):
        clusters[root(at)].append(groups[text])
    return [cluster for cluster in clusters.values() if len(cluster) > 1]
