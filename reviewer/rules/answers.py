"""What a rule may answer about one indicator or project: a hit, a pass, not applicable, or not checkable and why."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from reviewer.models import FieldName, Severity, Source


class Answer(Enum):
    """The two silent answers. Nothing that was not checked is ever a ``PASS``."""

    PASS = "pass"
    NOT_APPLICABLE = "not applicable"


PASS: Final = Answer.PASS
NOT_APPLICABLE: Final = Answer.NOT_APPLICABLE


class Hit(NamedTuple):
    """A fault. ``start``/``end`` are offsets in the *folded* text of the field; ``severity`` overrides the rule's.

    ``source`` and ``disputed`` say who found it and whether the other side disagrees, where a model was asked as well;
    ``suppressed`` is the reason for which the department lets it stand.
    """

    code: str
    field: FieldName
    start: int
    end: int
    message: str
    severity: Severity | None = None
    source: Source = "rules"
    disputed: bool = False
    suppressed: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it takes part in scores: not when suppressed, nor when the side that knows better says otherwise."""
        return self.suppressed is None and not (self.disputed and self.severity == "hint")


class NotChecked(NamedTuple):
    """The rule cannot be decided from the text; ``why`` is a Chinese sentence for the reader."""

    code: str
    why: str


Result = Answer | Hit | NotChecked
