"""What a run of ``reviewer review`` came to: its exit code, and what the user must hear besides the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.cli.output import complain

if TYPE_CHECKING:
    from reviewer.models import Review, SuppressionUse


@dataclass
class Outcome:
    """What the exit code depends on, and what is left to say; filled in while the reviews are written."""

    fail_under: float | None
    baseline: list[Review] | None = None
    unreadable: bool = False
    capped: bool = False
    unjudged: bool = False
    below: list[tuple[str, float]] = field(default_factory=list)
    new: list[tuple[str, int]] = field(default_factory=list)
    suppressions: list[SuppressionUse] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The gravest that happened, of those of :mod:`reviewer.cli`."""
        codes = {2: self.unreadable, 4: self.capped, 3: self.unjudged, 1: bool(self.below or self.new)}
        return next((code for code, holds in codes.items() if holds), 0)

    def add(self, name: str, found: Review) -> Review:
        """Count the review of the file *name*, and say which projects the model could not judge, and why.

        Returns it with what the baseline has marked.
        """
        self.suppressions += found.suppressions
        if self.baseline is not None:
            from reviewer.comparison import mark_baseline, new_findings

            found = mark_baseline(found, self.baseline)
            if new := new_findings(found):
                self.new.append((name, len(new)))
        if self.fail_under is not None and found.summary.score < self.fail_under:
            self.below.append((name, found.summary.score))
        errors = Counter((project.error.kind, project.error.message) for project in found.projects if project.error)
        for (kind, message), count in errors.items():
            complain(f"{name}：{count} 个项目没有请模型判断，只有规则的结果。{message}")
            self.capped |= kind == "capped"
            self.unjudged |= kind != "capped"
        return found

    def complaints(self) -> Iterator[str]:
        """Yield what is below the mark, what is new, and which exemptions of ``reviewer.toml`` met nothing."""
        for name, score in self.below:
            yield f"{name}：{score:g} 分，低于 {self.fail_under:g} 分。"
        for name, count in self.new:
            yield f"{name}：比基线新增 {count} 处错误和警告。"
        if self.suppressions:
            from reviewer.policy import complaints

            yield from complaints(self.suppressions)
