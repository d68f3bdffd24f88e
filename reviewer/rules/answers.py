"""What a rule may answer about one indicator or project: a hit, a pass, not applicable, or not checkable and why."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from reviewer.models import FieldName, Severity, Source


class Answer(Enum):
    """The two silent answers. Nothing that was not checked is ever a ``PASS``."""

    PASS = "pass"
    NOT_APPLICABLE = "not applicable"


PASS = Answer.PASS
NOT_APPLICABLE = Answer.NOT_APPLICABLE


class Hit(NamedTuple):
    """A fault. ``start``/``end`` are offsets in the *folded* text of the field; ``severity`` overrides the rule's.

    ``source`` and ``disputed`` say who found it and whether the other side disagrees, where a model was asked as well.
    """

    code: str
    field: FieldName
    start: int
    end: int
    message: str
    severity: Severity | None = None
    source: Source = "rules"
    disputed: bool = False

    @property
    def overruled(self) -> bool:
        """Whether the side that knows this matter better says otherwise: then it is shown, and counts for nothing."""
        return self.disputed and self.severity == "hint"


class NotChecked(NamedTuple):
    """The rule cannot be decided from the text; ``why`` is a Chinese sentence for the reader."""

    code: str
    why: str


Result = Answer | Hit | NotChecked
