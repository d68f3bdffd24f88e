"""A review as a budget reviewer reads it in a terminal: worst project first, the faulty words marked, the way to mend.

Indicators keep the order of the form, so that they are found again there. One that is sound takes one line.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.models import Finding, Grade, IndicatorReview, ProjectReview, Review, Rewrite
from reviewer.reporting.inspection import diagnostic_lines, sums
from reviewer.reporting.layout import Paint, clean, clip, marked, width_of, wrap
from reviewer.reporting.words import (
    FIELD_TITLES,
    GRADE_STYLES,
    GRADES,
    SEVERITY_MARKS,
    SEVERITY_STYLES,
    SEVERITY_TITLES,
    audits,
    class_title,
    codes,
    faults,
    frequent,
    headline,
    indicator_grades,
    is_sound,
    left_unchecked,
    money,
    new_class,
    not_believed,
    not_counted,
    points,
    project_grades,
    recheck,
    rule_title,
    smart_line,
    tags,
    use_of_model,
    weak_dimensions,
    worst_first,
)

_DIAGNOSTICS_SHOWN = 8
_QUOTE_COLUMNS = 60
_SCORE_COLUMN = 100  # further right it would stand too far from what it is about


def render_terminal(review: Review, *, width: int, color: bool, file: str | None = None) -> str:
    """Return the review as text of at most *width* columns, with ANSI colours if *color*."""
    return "\n".join(_View(review, width, color).lines(file)) + "\n"


class _View:
    def __init__(self, review: Review, width: int, color: bool) -> None:
        self.review = review
        self.width = width
        self.paint = Paint(color)

    def lines(self, file: str | None) -> Iterator[str]:
        review = self.review
        if file:
            yield from wrap(self.paint(clean(file), "dim"), self.width)
        yield from wrap(
            self.paint(clean(headline(review.document, review.projects, review.summary.indicators)), "bold"), self.width
        )
        yield from self._reading()
        for project in worst_first(review):
            yield ""
            yield from self._project(project)
        yield ""
        yield from self._summary()

    def _reading(self) -> Iterator[str]:
        found = [item for item in self.review.diagnostics if item.severity != "hint"]
        noticed = f"另有 {len(found)} 处要核对：" if found else ""
        yield from wrap(f"读取：{sums(self.review.document, self.review.projects)}{noticed}", self.width)
        yield from diagnostic_lines(found[:_DIAGNOSTICS_SHOWN], self.width, self.paint)
        if len(found) > _DIAGNOSTICS_SHOWN:
            yield from wrap(
                f"另有 {len(found) - _DIAGNOSTICS_SHOWN} 处，用 reviewer inspect 查看。", self.width, "    "
            )

    def _project(self, project: ProjectReview) -> Iterator[str]:
        unit = f" · {clean(project.unit)}" if project.unit else ""
        grade = self.paint(f"{project.grade} {points(project.score)} 分", GRADE_STYLES[project.grade])
        title = self.paint(clean(project.name) or "（没有项目名称）", "bold")
        yield from wrap(f"{title}  {money(project.amount)}{unit}", self.width, f"{grade}  ", "    ")
        yield from self._audit(project)
        for finding in project.findings:
            # The goal is not printed above; its faulty part is shown where the message does not name it.
            quote = "" if finding.quote in finding.message else clip(clean(finding.quote), _QUOTE_COLUMNS)
            field = f" {FIELD_TITLES[finding.field]}{self.paint(f'⟦{quote}⟧', 'mark')}" if quote else ""
            yield from self._finding(finding, "  ", field)
        for item in project.unchecked:
            code = rule_title(item.rule).partition(" ")[0]
            yield from wrap(self.paint(f"{code} 未检查：{clean(item.why)}", "dim"), self.width, "  ? ")
        if project.error:
            yield from wrap(clean(project.error.message), self.width, f"  {self.paint('未能判断', 'red')} ")
        for claim in not_believed(project):
            yield from wrap(self.paint(f"模型的话未采用：{clean(claim)}", "dim"), self.width, "  ~ ", "    ")
        for indicator in project.indicators:
            yield from self._sound(indicator) if is_sound(indicator) else self._weak(indicator)

    def _audit(self, project: ProjectReview) -> Iterator[str]:
        judged = list(audits(project))
        if not judged:
            return
        yield from wrap(
            " · ".join(f"{title} {self._grade(audit.grade)}" for title, audit in judged), self.width, "  审核 "
        )
        for title, audit in judged:
            if audit.grade not in (None, "优") and audit.reason:
                yield from wrap(f"{title}：{clean(audit.reason)}", self.width, "       ", "         ")

    def _grade(self, grade: Grade | None) -> str:
        return "未判断" if grade is None else self.paint(grade, GRADE_STYLES[grade])

    def _sound(self, indicator: IndicatorReview) -> Iterator[str]:
        title = class_title(indicator.level1, indicator.level2)
        hints = f"  · {codes(indicator.findings)}" if indicator.findings else ""
        text = clip(clean(f"{title}  {indicator.name}  {indicator.annual_value}"), self.width - 7 - width_of(hints))
        yield f"{self.paint(f'{indicator.no:>4} ✓', 'green')} {text}{self.paint(hints, 'dim')}"

    def _weak(self, indicator: IndicatorReview) -> Iterator[str]:
        spans: dict[str, list[tuple[int, int]]] = {}
        for finding in indicator.findings:
            if finding.severity != "hint":
                spans.setdefault(finding.field, []).append((finding.start, finding.end))
        title = clean(class_title(indicator.level1, indicator.level2))
        misfit = "level1" in spans or "level2" in spans
        title = self.paint(f"⟦{title}⟧", "mark") if misfit else self.paint(title, "dim")
        name = marked(indicator.name, spans.get("name", []), self.paint) or "（没有指标名称）"
        values = self._values(indicator, spans)
        score = self.paint(f"{indicator.grade} {points(indicator.score)}", GRADE_STYLES[indicator.grade])
        yield from self._heading(indicator.no, f"{title}  {name}", values, f"{score}  {smart_line(indicator.smart)}")
        for finding in indicator.findings:
            yield from self._finding(finding, "     ")
        if not faults(indicator.findings):
            # No fault explains the score, so the scores have to.
            for dimension in weak_dimensions(indicator):
                yield from wrap(clean(dimension), self.width, "     · ")
        if doubt := recheck(indicator):
            yield from wrap(self.paint(doubt, "yellow"), self.width, "     ? ")
        if indicator.rewrite:
            yield from self._rewrite(indicator, indicator.rewrite)

    def _heading(self, no: int, title: str, values: str, score: str) -> Iterator[str]:
        """Yield number, title, values and scores: in one line if they fit, else the scores with the title or apart."""
        right = min(self.width, _SCORE_COLUMN) - width_of(score)
        one = f"{no:>4} {title}  {values}"
        if width_of(one) + 2 <= right:
            yield one + " " * (right - width_of(one)) + score
            return
        first, *rest = wrap(title, self.width, f"{no:>4} ", "     ")
        gap = right - width_of(first)
        yield first + (" " * gap + score if gap > 1 else "")
        yield from rest
        if gap <= 1:
            yield f"     {score}"
        yield from wrap(values, self.width, "     ", "       ")

    def _values(self, indicator: IndicatorReview, spans: dict[str, list[tuple[int, int]]]) -> str:
        annual = marked(indicator.annual_value, spans.get("annual_value", []), self.paint) or "（空）"
        # The cycle value is shown where it is at fault: then the reader must compare the two.
        if "cycle_value" in spans:
            return f"周期 {marked(indicator.cycle_value or '', spans['cycle_value'], self.paint)}  年度 {annual}"
        return f"年度 {annual}"

    def _finding(self, finding: Finding, indent: str, place: str = "") -> Iterator[str]:
        mark = self.paint(SEVERITY_MARKS[finding.severity], SEVERITY_STYLES[finding.severity])
        text = f"{finding.code} {clean(tags(finding))}{clean(finding.message)}{place}"
        yield from wrap(text, self.width, f"{indent}{mark} ")

    def _rewrite(self, indicator: IndicatorReview, rewrite: Rewrite) -> Iterator[str]:
        text = f"{new_class(indicator, rewrite)}{clean(rewrite.name)} {clean(rewrite.annual_value)}"
        yield from wrap(self.paint(text, "green"), self.width, f"     {self.paint('→', 'green')} ")
        if rewrite.explanation:
            yield from wrap(clean(rewrite.explanation), self.width, "       说明：", "       ")
        if rewrite.blanks:
            yield from wrap("；".join(map(clean, rewrite.blanks)), self.width, "       待填：", "       ")

    def _summary(self) -> Iterator[str]:
        summary = self.review.summary
        of_indicators, of_projects = indicator_grades(self.review), project_grades(self.review)
        indent = "      "
        graded = "  ".join(f"{self._grade(grade)} {of_indicators[grade]}" for grade in GRADES)
        score = f"{self._grade(summary.grade)} {points(summary.score)} 分"
        title = self.paint("汇总", "bold")
        whole = f"全表 {score} · 指标 {graded} · 空泛目标 {summary.vague} 条"
        yield from wrap(whole, self.width, f"{title}  ", indent)
        stakes = [
            f"{self._grade(grade)} {of_projects[grade]} 个 {money(summary.amount_by_grade[grade])}"
            for grade in GRADES
            if of_projects[grade]
        ]
        if stakes:
            yield from wrap(f"项目 {' · '.join(stakes)}", self.width, indent)
        for severity, title in SEVERITY_TITLES.items():
            if counted := frequent(self.review, severity):
                mark = self.paint(SEVERITY_MARKS[severity], SEVERITY_STYLES[severity])
                yield from wrap(" · ".join(counted), self.width, f"{indent}{mark} {title} ", indent + "  ")
        if apart := not_counted(self.review):
            yield from wrap("；".join(apart), self.width, f"{indent}· ", indent + "  ")
        if unchecked := left_unchecked(self.review):
            listed = clean(" · ".join(unchecked))
            yield from wrap(listed, self.width, f"{indent}? 未检查（不算通过） ", indent + "  ")
        if used := use_of_model(self.review):
            yield from wrap(clean(used), self.width, f"{indent}模型 ", indent + "  ")
        steps = "reviewer explain V101 看规则 · reviewer explain score 看计分 · --format markdown 成文"
        yield from wrap(self.paint(steps, "dim"), self.width, indent)
