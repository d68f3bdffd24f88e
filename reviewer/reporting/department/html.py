"""A report on a run as one HTML file: charts, tables to sort and filter, real rows with what is wrong in them marked.

Long lists are cut, and the page says so: a browser has to hold it. The workbook has them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from markupsafe import Markup

from reviewer.bulk.department.evidence import Defect, Example, Repeat
from reviewer.bulk.department.models import Report, Standing
from reviewer.models import Grade
from reviewer.reporting.charts import (
    Bar,
    Part,
    bar_chart,
    grades_chart,
    kinds_chart,
    means_chart,
    money_chart,
    stakes_chart,
)
from reviewer.reporting.department import compared, table, tables, words
from reviewer.reporting.department.table import Table
from reviewer.reporting.html.page import render_page
from reviewer.reporting.html.text import marked, shown
from reviewer.reporting.words import GRADE_STYLES, class_title, money, rule_of, rule_title

MOST_PROJECTS = 1000
_MOST_UNITS = 200
_MOST_BARS = 12
_MOST_HEAT = 30
_MOST_DEFECTS = 12
_MOST_PHRASES = 40
_MOST_REPEATS = 30
_MOST_PLACES = 8
_MOST_ROWS = 100
_LONGEST = 160  # code points of a goal around what is marked in it


def render_html(report: Report) -> str:
    """Return the report as a whole page without any external part; every text of the tables is escaped."""
    return render_page(
        "department.html.j2",
        styles=("charts.css", "judged.css", "review.css", "department.css"),
        scripts=("department.js",),
        view=_View(report),
    )


class _View:
    """What the template asks for."""

    grade_styles = GRADE_STYLES
    words = words
    shown = staticmethod(table.shown)

    def __init__(self, report: Report) -> None:
        self.of = report
        self.about = words.about(report)
        self.headlines = list(words.headlines(report))
        self.remarks = list(words.remarks(report))
        self.stakes = tables.stakes(report)
        self.units = (
            tables.units(report)
            .only("名次", "单位", "得分", "等级", "项目", "金额（万元）", "差等金额（万元）", "空泛占比", "最多的问题")
            .first(_MOST_UNITS)
        )
        self.classes = tables.classes(report).only(
            "指标类别", "指标", "平均分", *GRADE_STYLES, "空泛占比", "最多的问题"
        )
        self.projects = tables.projects(report).first(MOST_PROJECTS)
        self.phrases = tables.phrases(report).first(_MOST_PHRASES)
        self.gaps = tables.gaps(report)
        self.disputes = tables.disputes(report)
        self.open = [
            table.first(_MOST_ROWS)
            for table in (
                tables.unread(report),
                tables.failures(report),
                tables.unchecked(report),
                tables.noticed(report),
            )
            if table.rows
        ]

    def charts(self) -> Iterator[Markup]:
        """Yield the charts of the summary."""
        total = self.of.total
        projects = {stake.grade: stake.projects for stake in total.stakes}
        counts = {f"项目 {total.projects:,} 个": projects, f"指标 {total.indicators:,} 条": total.grades}
        yield grades_chart("chart-grades", counts)
        yield money_chart("chart-money", _amounts(total), projects)
        kinds = {defect.rule: faults for defect in self.of.defects if (faults := +Counter(defect.counts | {"hint": 0}))}
        yield kinds_chart("chart-defects", kinds, "错误和警告（处）")

    def unit_charts(self) -> Iterator[Markup]:
        """Yield the charts of the units: those with most money, and the SMART means of the worst."""
        richest = sorted(self.of.units, key=lambda unit: -(unit.amount or 0))[:_MOST_BARS]
        title = "金额最大的单位，按项目等级" if len(richest) < len(self.of.units) else "各单位的金额，按项目等级"
        yield stakes_chart("chart-units", title, [(unit.name, money(unit.amount), _amounts(unit)) for unit in richest])
        lowest = self.of.units[: -_MOST_HEAT - 1 : -1]
        left = len(self.of.units) - len(lowest)
        title = "各单位的五项平均分（1 至 5），差的在前" + (f"，另有 {left} 个没有画" if left else "")
        yield means_chart("chart-unit-smart", title, [(unit.name, unit.smart) for unit in lowest])

    def class_chart(self) -> Markup:
        """Return the SMART means of the classes."""
        rows = self.of.classes[:_MOST_HEAT]
        named = [(f"{class_title(one.level1, one.level2)}（{one.indicators:,}）", one.smart) for one in rows]
        return means_chart("chart-class-smart", "各类指标的五项平均分（1 至 5）", named)

    def phrase_chart(self) -> Markup:
        """Return how often the most frequent phrases stand there."""
        said = self.of.phrases[:_MOST_BARS]
        bars = [Bar(each.text, f"{each.count:,} 次", [Part(each.count, "yellow", "")]) for each in said]
        return bar_chart("chart-phrases", "最多的空泛用语", bars, whole=max((each.count for each in said), default=0))

    @property
    def defects(self) -> list[Defect]:
        """The defects that are told with examples: errors and warnings; all are in the table."""
        return [one for one in self.of.defects if one.counts["error"] or one.counts["warning"]][:_MOST_DEFECTS]

    @property
    def defect_table(self) -> Table:
        """What each rule found, without examples."""
        return tables.defects(self.of).only(
            "问题", "错误", "警告", "提示", "涉及", "对象", "占比", "项目", "单位", "涉及金额（万元）"
        )

    @property
    def repeats(self) -> list[Repeat]:
        """The repetitions that are told."""
        return self.of.repeats[:_MOST_REPEATS]

    @property
    def repeats_left(self) -> int:
        """How many are not."""
        return max(0, len(self.of.repeats) - _MOST_REPEATS)

    def places(self, repeat: Repeat) -> Table:
        """Return the first places of a repetition."""
        one = tables.repeats(self.of.model_copy(update={"repeats": [repeat]}))
        texts = {place.text for place in repeat.places}
        titles = ["单位", "项目", "金额（万元）", "文件"]
        titles += ["指标"] if any(place.no is not None for place in repeat.places) else []
        titles += ["位置"] if any(place.where for place in repeat.places) else []
        titles += ["文字"] if len(texts) > 1 else []
        kept = one.only(*titles)
        return kept.first(_MOST_PLACES)._replace(left=repeat.count - min(_MOST_PLACES, len(repeat.places)))

    def changes(self) -> list[Table]:
        """Return the tables of the comparison."""
        changes = self.of.changes
        if changes is None:
            return []
        rules = compared.rule_changes(changes)
        changed = compared.changed(changes)
        kept = [column.title for column in changed.columns if column.title != "上次金额（万元）"]
        return [compared.moves(changes), changed.only(*kept).first(_MOST_ROWS), rules.first(_MOST_DEFECTS)]

    def changes_chart(self) -> Markup:
        """Return the money under each grade, before and after."""
        assert self.of.changes is not None
        sides = (("上次", self.of.changes.before), ("这次", self.of.total))
        return stakes_chart(
            "chart-changes",
            "两次的金额，按项目等级",
            [(f"{name}　{side.projects:,} 个项目", money(side.amount), _amounts(side)) for name, side in sides],
        )

    def text(self, found: Example) -> Markup:
        """Return the field of an example with what is wrong in it marked, cut to what is around it."""
        finding = found.finding
        text = found.text or found.value
        if finding is None or not found.text:
            return Markup("{}").format(shown(text[:_LONGEST] + "…" * (len(text) > _LONGEST)))
        start = max(0, min(finding.start, finding.end - _LONGEST // 2) - 20) if len(text) > _LONGEST else 0
        end = max(start + _LONGEST, finding.end)
        inside = finding.model_copy(update={"start": finding.start - start, "end": finding.end - start})
        around = marked(text[start:end], [inside])
        return Markup("{}{}{}").format("…" if start else "", around, "…" if end < len(text) else "")

    def rule(self, key: str) -> str:
        """Return code and title of a rule."""
        return rule_title(key)

    def basis_of(self, key: str) -> str:
        """Return on what a rule rests."""
        rule = rule_of(key)
        return rule.basis if rule else ""

    @property
    def unit_names(self) -> list[str]:
        """The units to choose from; too many are no choice."""
        return [unit.name for unit in self.of.units] if len(self.of.units) <= _MOST_UNITS else []


def _amounts(standing: Standing) -> dict[Grade, float]:
    return {stake.grade: stake.amount for stake in standing.stakes}
