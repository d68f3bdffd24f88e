"""A review as a budget reviewer reads it in a terminal: worst project first, the faulty words marked, the way to mend.

Indicators keep the order of the form, so that they are found again there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewer.models import (
    AUDITS,
    Finding,
    Grade,
    IndicatorReview,
    ProjectReview,
    Review,
    Rewrite,
)
from reviewer.reporting.layout import Paint, clean, clip, marked, width_of, wrap
from reviewer.reporting.words import (
    AUDIT_TITLES,
    FIELD_TITLES,
    GRADE_STYLES,
    GRADES,
    SEVERITY_MARKS,
    SEVERITY_STYLES,
    all_findings,
    class_title,
    document_title,
    indicator_grades,
    is_clean,
    money,
    points,
    project_grades,
    smart_line,
    total,
    unchecked_reasons,
)

_DIAGNOSTICS_SHOWN = 8
_QUOTE_COLUMNS = 60


def render_terminal(review: Review, *, width: int, color: bool, file: str | None = None) -> str:
    """Return the review as text of at most *width* columns, with ANSI colours if *color*."""
    return "\n".join(_View(review, width, color, file).lines()) + "\n"


class _View:
    def __init__(self, review: Review, width: int, color: bool, file: str | None) -> None:
        self.review = review
        self.width = width
        self.file = file
        self.paint = Paint(color)

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for project in sorted(self.review.projects, key=lambda project: project.score):
            yield ""
            yield from self._project(project)
        yield ""
        yield from self._summary()

    def _head(self) -> Iterator[str]:
        head, summary = self.review.document, self.review.summary
        parts = [
            clean(document_title(head)),
            f"{head.budget_year} 年" if head.budget_year else "年度未写",
            f"{summary.projects} 个项目 {summary.indicators} 条指标",
            money(total(self.review)),
        ]
        if self.file:
            yield from wrap(self.paint(clean(self.file), "dim"), self.width)
        yield from wrap(self.paint(" · ".join(parts), "bold"), self.width)
        yield from self._reading()

    def _reading(self) -> Iterator[str]:
        found = [item for item in self.review.diagnostics if item.severity != "hint"]
        if not found:
            return
        yield from wrap(f"读取时发现 {len(found)} 处要核对：", self.width)
        for item in found[:_DIAGNOSTICS_SHOWN]:
            mark = self.paint(SEVERITY_MARKS[item.severity], SEVERITY_STYLES[item.severity])
            where = f"（{clean(item.where)}）" if item.where else ""
            yield from wrap(f"{item.code} {clean(item.message)}{where}", self.width, f"  {mark} ")
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
            quote = clip(clean(finding.quote), _QUOTE_COLUMNS)
            place = f" {FIELD_TITLES[finding.field]}{self.paint(f'⟦{quote}⟧', 'mark')}" if quote else ""
            yield from self._finding(finding, "  ", place)
        if project.error:
            yield from wrap(clean(project.error.message), self.width, f"  {self.paint('未能判断', 'red')} ")
        for indicator in project.indicators:
            yield from self._indicator(indicator)

    def _audit(self, project: ProjectReview) -> Iterator[str]:
        audits = [(AUDIT_TITLES[name], project.audit[name]) for name in AUDITS if name in project.audit]
        if not audits:
            return
        graded = [f"{title} {self._grade(audit.grade)}" for title, audit in audits]
        yield from wrap(" · ".join(graded), self.width, "  审核 ")
        for title, audit in audits:
            if audit.grade not in (None, "优") and audit.reason:
                yield from wrap(f"{title}：{clean(audit.reason)}", self.width, "       ", "         ")

    def _grade(self, grade: Grade | None) -> str:
        return "未判断" if grade is None else self.paint(grade, GRADE_STYLES[grade])

    def _indicator(self, indicator: IndicatorReview) -> Iterator[str]:
        title = f"{class_title(clean(indicator.level1), clean(indicator.level2))}  "
        if is_clean(indicator):
            text = f"{title}{clean(indicator.name)}  {clean(indicator.annual_value)}"
            number = self.paint(f"{indicator.no:>4} ✓ ", "green")
            yield f"{number}{clip(text, self.width - 7)}"
            return
        score = self.paint(f"{indicator.grade} {points(indicator.score)}", GRADE_STYLES[indicator.grade])
        score += f"  {smart_line(indicator.smart)}"
        spans = self._spans(indicator)
        name = marked(indicator.name, spans.get("name", []), self.paint) or "（没有指标名称）"
        lines = wrap(self._class(title, spans) + name, self.width, f"{indicator.no:>4} ", "     ")
        values = wrap(self._values(indicator, spans), self.width, "     ", "       ")
        # The scores stand at the right of the title where there is room, else on a line of their own.
        gap = min(self.width, 100) - width_of(lines[0]) - width_of(score)
        yield lines[0] + (" " * gap + score if gap > 1 else "")
        yield from lines[1:]
        if gap <= 1:
            yield f"     {score}"
        yield from values
        for finding in indicator.findings:
            yield from self._finding(finding, "     ")
        if indicator.rewrite:
            yield from self._rewrite(indicator, indicator.rewrite)

    def _class(self, title: str, spans: dict[str, list[tuple[int, int]]]) -> str:
        return self.paint(title, "mark" if "level2" in spans or "level1" in spans else "dim")

    def _values(self, indicator: IndicatorReview, spans: dict[str, list[tuple[int, int]]]) -> str:
        annual = marked(indicator.annual_value, spans.get("annual_value", []), self.paint)
        text = f"年度 {annual}"
        # The cycle value is shown where it is faulty or says something else: then the reader must compare the two.
        if "cycle_value" in spans:
            text = f"周期 {marked(indicator.cycle_value or '', spans['cycle_value'], self.paint)}  {text}"
        return text

    def _spans(self, indicator: IndicatorReview) -> dict[str, list[tuple[int, int]]]:
        spans: dict[str, list[tuple[int, int]]] = {}
        for finding in indicator.findings:
            spans.setdefault(finding.field, []).append((finding.start, finding.end))
        return spans

    def _finding(self, finding: Finding, indent: str, place: str = "") -> Iterator[str]:
        mark = self.paint(SEVERITY_MARKS[finding.severity], SEVERITY_STYLES[finding.severity])
        source = {"rules": "", "llm": "〔模型〕", "both": "〔规则与模型〕"}[finding.source]
        disputed = "〔有分歧〕" if finding.disputed else ""
        text = f"{finding.code} {source}{disputed}{clean(finding.message)}{place}"
        yield from wrap(text, self.width, f"{indent}{mark} ")

    def _rewrite(self, indicator: IndicatorReview, rewrite: Rewrite) -> Iterator[str]:
        parts = []
        if (rewrite.level1, rewrite.level2) != (indicator.level1, indicator.level2):
            parts.append(f"改归{class_title(rewrite.level1, rewrite.level2)}：")
        parts += [clean(rewrite.name), " ", clean(rewrite.annual_value)]
        arrow = self.paint("→", "green")
        yield from wrap(self.paint("".join(parts), "green"), self.width, f"     {arrow} ")
        if rewrite.explanation:
            yield from wrap(f"依据：{clean(rewrite.explanation)}", self.width, "       ")
        if rewrite.blanks:
            yield from wrap(f"待填：{'；'.join(map(clean, rewrite.blanks))}", self.width, "       ")

    def _summary(self) -> Iterator[str]:
        summary = self.review.summary
        counts, projects = indicator_grades(self.review), project_grades(self.review)
        graded = "  ".join(f"{self._grade(grade)} {counts[grade]} 条" for grade in GRADES)
        vague = f"空泛目标 {summary.vague} 条"
        whole = f"全表 {self._grade(summary.grade)} {points(summary.score)} 分"
        yield from wrap(f"{whole} · 指标 {graded} · {vague}", self.width, self.paint("汇总", "bold") + "  ")
        stakes = [
            f"{self._grade(grade)} {projects[grade]} 个 {money(summary.amount_by_grade.get(grade, 0.0))}"
            for grade in GRADES
            if projects[grade]
        ]
        if stakes:
            yield from wrap(f"项目 {' · '.join(stakes)}", self.width, "      ")
        reasons = unchecked_reasons(self.review)
        if reasons:
            listed = "；".join(f"{clean(why).rstrip('。')} {count} 项" for why, count in reasons)
            yield from wrap(
                f"未检查 {sum(count for _, count in reasons)} 项（不算通过）：{listed}", self.width, "      "
            )
        yield from self._next_steps()

    def _next_steps(self) -> Iterator[str]:
        codes = Counter(finding.code for finding in all_findings(self.review) if finding.severity != "hint")
        most = max(codes, key=lambda code: (codes[code], code), default=None)
        steps = [f"{mark} {text}" for mark, text in (("✗", "要改"), ("!", "应改"), ("·", "可改"))]
        legend = "  ".join(steps)
        explain = f"reviewer explain {most} 看最多的一类问题" if most else "reviewer rules 看全部规则"
        yield from wrap(
            self.paint(f"{legend} · {explain} · reviewer explain score 看计分 · --format markdown 成文", "dim"),
            self.width,
        )
