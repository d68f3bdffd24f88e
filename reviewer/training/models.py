"""What an exercise is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from reviewer.models import Document, Indicator, Project


class Kind(StrEnum):
    """What is asked."""

    FIND = "find"  # which words are at fault
    RULE = "rule"  # which rule is broken
    CLASS = "class"  # which class does it belong to
    ORDER = "order"  # from worst to best
    MEND = "mend"  # a better value for a weak row
    WRITE = "write"  # an indicator for a goal


KIND_NAMES: dict[Kind, str] = {
    Kind.FIND: "找毛病",
    Kind.RULE: "认规则",
    Kind.CLASS: "归类别",
    Kind.ORDER: "排好坏",
    Kind.MEND: "改指标",
    Kind.WRITE: "写指标",
}
TYPED = frozenset({Kind.MEND, Kind.WRITE})
"""Kinds whose answer is an indicator in the learner's words."""

LETTERS = "ABCDEFGH"

About = Literal["row", "project", "document", "file"]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question with its answer, which the engine has proven.

    ``code`` is the rule it is about. ``document`` is what the question shows, and ``about`` how much of it is in
    question: its one ``row``, its ``project`` with all rows, all its projects, or ``text``, a file as it was written.
    ``options`` are in the order to show; none are needed to mend or to write. ``answer`` is the letter of the right one
    (``"B"``), all letters from worst to best (``"CADB"``), or the model answer in one line (``"放映场次 ≥672场"``),
    which ``model`` holds field by field. ``source`` says where the row comes from.

    >>> exercise = Exercise(Kind.RULE, "V101", "哪条？", Document(), "row", ("甲", "乙"), "B", "因为……", "", "")
    >>> exercise.right, len(exercise.id)
    ('乙', 8)
    """

    kind: Kind
    code: str
    prompt: str
    document: Document
    about: About
    options: tuple[str, ...]
    answer: str
    explanation: str
    basis: str
    source: str
    text: str = ""
    model: Indicator | None = None
    id: str = field(init=False)

    def __post_init__(self) -> None:
        # The same question has the same name whatever the order of its options, so that progress outlives a paper.
        model = self.model.model_dump_json() if self.model else ""
        shown = self.text or self.document.model_dump_json()
        content = [self.kind, self.code, self.prompt, shown, sorted(self.options), model]
        digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
        object.__setattr__(self, "id", digest[:8])

    @property
    def project(self) -> Project:
        """The project in question; an empty one where several, or a whole file, are."""
        return self.document.projects[0] if self.document.projects else Project(name="")

    @property
    def row(self) -> Indicator | None:
        """The indicator in question, if it is one."""
        return self.project.indicators[0] if self.about == "row" and self.project.indicators else None

    @property
    def year(self) -> int | None:
        """The budget year of what is shown."""
        return self.document.budget_year

    @property
    def right(self) -> str:
        """The right answer in words: an option, the options from worst to best, or the model answer."""
        if not self.options:
            return self.answer
        return " → ".join(self.options[LETTERS.index(letter)] for letter in self.answer)
