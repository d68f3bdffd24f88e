"""A comparison in a terminal: the sentence for the director, then each project that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.comparison.models import Comparison, FindingChange, IndicatorChange, ProjectChange
from reviewer.reporting.comparison import words
from reviewer.reporting.layout import Paint, clean, wrap


def render_terminal(comparison: Comparison, *, width: int, color: bool) -> str:
    """Return the comparison as text of at most *width* columns, with ANSI colours if *color*."""
    return "\n".join(_View(width, Paint(color)).lines(comparison)) + "\n"


class _View:
    def __init__(self, width: int, paint: Paint) -> None:
        self.width = width
        self.paint = paint

    def lines(self, comparison: Comparison) -> Iterator[str]:
        yield from wrap(self.paint(words.headline(comparison), "bold"), self.width)
        for remark in words.remarks(comparison):
            yield from wrap(remark, self.width)
        told, quiet = words.changed_projects(comparison)
        for project in told:
            yield ""
            yield from self._project(project)
        if quiet:
            yield ""
            yield from wrap(clean("、".join(quiet)), self.width, f"没有变化的 {len(quiet)} 个项目：", "  ")

    def _project(self, project: ProjectChange) -> Iterator[str]:
        name = self.paint(clean(words.title(project)) or "（没有项目名称）", "bold")
        yield from wrap(f"{name}  {words.moved(project)}", self.width, "", "  ")
        yield from self._differences(project, "  ")
        yield from self._findings(project.findings, "  ")
        for indicator in filter(words.is_told, project.indicators):
            yield from self._indicator(indicator)

    def _indicator(self, indicator: IndicatorChange) -> Iterator[str]:
        state = indicator.after or indicator.before
        assert state is not None
        kind = self.paint(clean(words.class_of(indicator)), "dim")
        text = f"{kind}  {clean(words.title(indicator))}  {words.moved(indicator)}"
        yield from wrap(text, self.width, f"{state.no:>4} ")
        yield from self._differences(indicator, "     ")
        yield from self._findings(indicator.findings, "     ")

    def _differences(self, change: ProjectChange | IndicatorChange, indent: str) -> Iterator[str]:
        for title, before, after in words.differences(change):
            yield from wrap(f"{clean(before)} → {clean(after)}", self.width, f"{indent}{title} ")

    def _findings(self, changes: Iterable[FindingChange], indent: str) -> Iterator[str]:
        for change in words.worth_telling(changes):
            fate = f"{words.FATE_MARKS[change.fate]} {words.FATE_TITLES[change.fate]}"
            mark = self.paint(fate, words.FATE_STYLES[change.fate])
            yield from wrap(clean(words.said(change)), self.width, f"{indent}{mark} ", f"{indent}  ")
