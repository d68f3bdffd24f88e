"""What an exercise is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum

from reviewer.models import Indicator, Project


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
CHOICES = frozenset({Kind.FIND, Kind.RULE, Kind.CLASS})
TYPED = frozenset({Kind.MEND, Kind.WRITE})

LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question with its answer, which the engine has proven.

    ``code`` is the rule it is about. ``project`` holds goal, amount (万元) and ``row``, the one indicator in question,
    if there is one; ``shows_project`` says whether the learner needs them. ``options`` are in the order to show, and
    ``answer`` is the letter of the right one (``"B"``), all letters from worst to best (``"CADB"``), or the model answer
    in one line (``"放映场次 ≥672场"``), which ``model`` holds field by field. ``source`` says where the row comes from.

    >>> exercise = Exercise(Kind.RULE, "V101", "违反了哪条规则？", Project(name="示例项目"), ("甲", "乙"), "B", "", "", "")
    >>> exercise.right, len(exercise.id)
    ('乙', 8)
    """

    kind: Kind
    code: str
    prompt: str
    project: Project
    options: tuple[str, ...]
    answer: str
    explanation: str
    basis: str
    source: str
    year: int | None = None
    shows_project: bool = False
    model: Indicator | None = None
    id: str = field(init=False)

    def __post_init__(self) -> None:
        # The same question has the same name whatever the order of its options, so that progress outlives a paper.
        model = self.model.model_dump_json() if self.model else ""
        content = [self.kind, self.code, self.prompt, self.project.model_dump_json(), sorted(self.options), model]
        digest = hashlib.sha256(json.dumps([*content, self.year], ensure_ascii=False).encode()).hexdigest()
        object.__setattr__(self, "id", digest[:8])

    @property
    def row(self) -> Indicator | None:
        """The indicator in question."""
        return self.project.indicators[0] if self.project.indicators else None

    @property
    def right(self) -> str:
        """The right answer in words: an option, the options from worst to best, or the model answer."""
        if not self.options:
            return self.answer
        return " → ".join(self.options[LETTERS.index(letter)] for letter in self.answer)
