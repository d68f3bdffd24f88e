"""What a learner sees: a question, what an answer is worth, a list of questions, and progress by rule."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from reviewer.models import Finding, Indicator, IndicatorReview, Project, ProjectReview
from reviewer.reporting.csv import neutral
from reviewer.reporting.layout import Paint, Style, clean, clip, pad, width_of, wrap
from reviewer.reporting.words import FIELD_TITLES, money, not_believed, origin, points, rule_title, smart_line
from reviewer.rules.examples import DEFAULT_PROJECT
from reviewer.training.grading import Graded, Mended
from reviewer.training.models import KIND_NAMES, LETTERS, TYPED, Exercise
from reviewer.training.progress import Standing
from reviewer.training.session import Session

_BAR = 10
_HEADINGS = ("学员", "规则", "规则名称", "答过", "答对", "最近十次答对率", "最近一次", "下次复习")


class Sheet:
    """Lays out what a session says for *width* columns, in colour or not."""

    def __init__(self, width: int, paint: Paint) -> None:
        self.width = width
        self.paint = paint

    def question(self, exercise: Exercise, number: int, total: int) -> Iterator[str]:
        """Yield a question with its options."""
        yield ""
        yield self.paint(f"第 {number} 题，共 {total} 题 · {KIND_NAMES[exercise.kind]}", "bold")
        if exercise.text:
            for line in exercise.text.splitlines():
                yield from wrap(clean(line.expandtabs(4)), self.width, "  │ ")
        else:
            for project in exercise.document.projects:
                yield from self._project(project, exercise)
        yield from wrap(exercise.prompt, self.width)
        for letter, option in zip(LETTERS, exercise.options, strict=False):
            yield from wrap(clean(option), self.width, f"  {self.paint(letter, 'cyan')}  ", "     ")
        if exercise.kind in TYPED:
            yield from wrap("一行写名称和值；名称、类别不变可以不写。", self.width, "  ")

    def _project(self, project: Project, exercise: Exercise) -> Iterator[str]:
        about = [] if project.name in ("", DEFAULT_PROJECT) else [f"项目：{clean(project.name)}"]
        about += [money(project.amount)] if project.amount is not None else []
        about += [f"预算年度 {exercise.year}"] if exercise.year is not None else []
        yield from wrap(" · ".join(about), self.width, "  ")
        if project.goal or (exercise.about in ("project", "document") and exercise.code.startswith("G")):
            yield from wrap(f"目标：{clean(project.goal) or '（空）'}", self.width, "  ", "    ")
        if exercise.row is not None:
            yield from self._row(exercise.row)
            return
        for row in project.indicators:
            weight = f"（权重 {points(row.weight)}）" if row.weight is not None else ""
            cells = [row.level2, row.name, *([f"周期 {row.cycle_value}"] if row.cycle_value is not None else [])]
            text = "｜".join(map(clean, [*cells, row.annual_value or "（空）"]))
            yield from wrap(text + weight, self.width, f"  {row.no}. ")

    def _row(self, row: Indicator) -> Iterator[str]:
        fields = [("类别", row.level2), ("名称", row.name), ("周期值", row.cycle_value), ("年度值", row.annual_value)]
        for title, text in fields:
            if text is not None and (text or title != "类别"):
                yield from wrap(clean(text) or "（空）", self.width, f"  {self.paint(pad(title, 6), 'dim')}  ")

    def graded(self, graded: Graded) -> Iterator[str]:
        """Yield what an answer is worth, and for a question that is over also why and by what rule."""
        mark = self.paint("✓", "green") if graded.right else self.paint("✗" if graded.understood else "?", "yellow")
        yield from wrap(graded.message, self.width, f"{mark} ")
        if graded.mended is not None:
            yield from self._mended(graded.mended)
        for note in graded.notes:
            yield from wrap(clean(note), self.width, "  · ")
        exercise = graded.exercise
        if graded.right or (graded.understood and exercise.kind not in TYPED):
            yield from self.solution(exercise, told=exercise.kind not in TYPED)

    def solution(self, exercise: Exercise, *, told: bool = False) -> Iterator[str]:
        """Yield the answer, unless it was *told*, with explanation and basis."""
        if exercise.kind in TYPED:
            yield from wrap(clean(exercise.answer), self.width, "  参考：")
        elif not told:
            yield from wrap(f"{exercise.answer}  {clean(exercise.right)}", self.width, "  答案：")
        yield from wrap(clean(exercise.explanation), self.width, "  解释：", "    ")
        yield from wrap(self.paint(clean(exercise.basis), "dim"), self.width, "  依据：", "    ")

    def _mended(self, mended: Mended) -> Iterator[str]:
        row, after = mended.row, mended.after
        read = "｜".join(map(clean, (row.level2, row.name, row.annual_value or "（空）")))
        yield from wrap(read, self.width, f"  {self.paint('读作', 'dim')} ")
        yield from self._findings("没有了", "green", mended.gone, brief=True)
        yield from self._findings("还在", "yellow", mended.left)
        yield from self._findings("新出现", "yellow", mended.new)
        was = "" if mended.before is None else f"{_smart(mended.before)} → "
        yield from wrap(f"{was}{_smart(after)}", self.width, f"  {self.paint('SMART', 'dim')} ", "        ")

    def _findings(self, title: str, style: Style, findings: Sequence[Finding], *, brief: bool = False) -> Iterator[str]:
        for finding in findings:
            hint = "（只是提示）" if finding.severity == "hint" else ""
            text = rule_title(finding.code) if brief else f"{finding.code} {clean(finding.message)}{hint}"
            yield from wrap(text, self.width, f"  {self.paint(title, style)} ", "    ")

    def hint(self, number: int, text: str) -> Iterator[str]:
        """Yield a hint."""
        yield from wrap(clean(text), self.width, f"  提示 {number}/3：", "    ")

    def questions(self, session: Session) -> Iterator[str]:
        """Yield the list of questions: answered right, wrong, not yet, and which is the current one."""
        for number, exercise in enumerate(session.exercises, 1):
            state = session.state_of(exercise)
            mark = "·" if state is None else "✓" if state else "✗"
            here = "→" if exercise is session.current else " "
            text = f"{here}{number:>3} {mark} {KIND_NAMES[exercise.kind]}  {rule_title(exercise.code)}"
            # Which rule is broken may be the question.
            hidden = f"{here}{number:>3} {mark} {KIND_NAMES[exercise.kind]}"
            yield clip(hidden if state is None else text, self.width)

    def ended(self, session: Session) -> Iterator[str]:
        """Yield what a session came to, and which rules to look at again."""
        yield ""
        yield from wrap(f"答了 {session.answered} 题，对 {session.right} 题。", self.width)
        wrong = dict.fromkeys(one.code for one in session.exercises if session.state_of(one) is False)
        for code in wrong:
            yield from wrap(f"{rule_title(code)}（reviewer explain {code}）", self.width, "  再看看 ", "    ")
        if session.current is not None:
            yield from wrap("没有答完的已经记下，再运行同一条命令就接着答。", self.width)

    def comment(self, project: ProjectReview, row: IndicatorReview) -> Iterator[str]:
        """Yield what a model says about an indicator."""
        if project.error is not None:
            yield from wrap(clean(project.error.message), self.width, "  模型没能判断：", "    ")
            return
        said = [finding for finding in row.findings if finding.source != "rules"]
        if not said:
            yield from wrap("没有指出毛病。", self.width, "  模型：")
        for finding in said:
            quote = f"{FIELD_TITLES[finding.field]}“{clean(finding.quote)}”" if finding.quote else ""
            text = f"{finding.code} {quote} {clean(finding.message)}{origin(finding)}"
            yield from wrap(text, self.width, "  模型：", "    ")
        if row.rewrite is not None and row.rewrite.source == "llm":
            text = f"{clean(row.rewrite.name)} {clean(row.rewrite.annual_value)}  {clean(row.rewrite.explanation)}"
            yield from wrap(text, self.width, "  模型的写法：", "    ")
        for claim in not_believed(project):
            yield from wrap(self.paint(f"模型的话未采用：{clean(claim)}", "dim"), self.width, "  ~ ", "    ")

    def progress(self, learner: str, standings: Sequence[Standing], now: datetime | None = None) -> Iterator[str]:
        """Yield mastery by rule, the weakest first, and what comes back when."""
        now = now or datetime.now(UTC)
        if not standings:
            yield from wrap(f"{clean(learner)}还没有答过题。用 reviewer train quiz 开始。", self.width)
            return
        waiting = sum(standing.due <= now for standing in standings)
        answered = sum(standing.answered for standing in standings)
        today = f"现在要复习 {waiting} 条规则" if waiting else "现在没有要复习的"
        yield from wrap(self.paint(f"{clean(learner)} · 答过 {answered} 题 · {today}", "bold"), self.width)
        for one in sorted(standings, key=lambda one: (one.mastery, one.due, one.code)):
            share = f"{one.mastery:>4.0%}"
            tail = f" {bar(one.mastery)} {share} {one.right:>3}/{one.answered:<3} {when(one.due, now)}"
            room = max(8, self.width - width_of(tail))
            yield pad(clip(rule_title(one.code), room), room) + self.paint(tail, _style(one.mastery))


def _style(mastery: float) -> Style:
    return "green" if mastery >= 0.8 else "yellow" if mastery >= 0.5 else "red"


def bar(share: float) -> str:
    """Return a bar of ten for a share of 0 to 1.

    >>> bar(0.34)
    '███░░░░░░░'
    """
    full = min(_BAR, max(0, int(share * _BAR)))
    return "█" * full + "░" * (_BAR - full)


def when(due: datetime, now: datetime) -> str:
    """Return when a rule comes back, in days.

    >>> when(datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    '3 天后'
    """
    seconds = (due - now).total_seconds()
    if seconds <= 0:
        return "现在"
    return f"{round(seconds / 86_400)} 天后" if seconds >= 43_200 else "今天"


def _smart(reviewed: IndicatorReview) -> str:
    return f"{smart_line(reviewed.smart)}（{points(reviewed.score)} 分）"


def progress_csv(standings: Iterable[Standing]) -> str:
    """Return progress as a table for the trainer: UTF-8 with BOM, CRLF, nothing that a spreadsheet takes for a formula.

    Times are UTC.

    >>> progress_csv([])
    '\\ufeff学员,规则,规则名称,答过,答对,最近十次答对率,最近一次,下次复习\\r\\n'
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for one in standings:
        title = rule_title(one.code).partition(" ")[2]
        times = [moment.strftime("%Y-%m-%d %H:%M") for moment in (one.last, one.due)]
        cells = [neutral(one.learner), one.code, title, one.answered, one.right, f"{one.mastery:.0%}", *times]
        writer.writerow(cells)
    return "\ufeff" + table.getvalue()
