"""The tables of a report on a run, once for all formats: titles, kinds of columns and rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from reviewer.bulk.department.models import Changes, Report, RuleCount, Side
from reviewer.models import DIMENSIONS
from reviewer.reporting.department import words
from reviewer.reporting.words import CONSEQUENCES, DIMENSION_TITLES, GRADES, class_title, place, points, rule_title

Kind = Literal["text", "long", "count", "money", "score", "mean", "share", "grade"]
Value = str | float | None


class Column(NamedTuple):
    """A column: its title, what its values are, and how wide it is in characters of half width."""

    title: str
    kind: Kind
    width: int


class Table(NamedTuple):
    """A table; ``key`` is its id in a page, ``left`` how many rows were left out at the end."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    left: int = 0

    def first(self, most: int) -> Table:
        """Return the table with at most that many rows."""
        return self._replace(rows=self.rows[:most], left=max(0, len(self.rows) - most))

    def only(self, *titles: str) -> Table:
        """Return the table with only the columns of these titles."""
        kept = [at for at, column in enumerate(self.columns) if column.title in titles]
        return self._replace(
            columns=[self.columns[at] for at in kept], rows=[[row[at] for at in kept] for row in self.rows]
        )

    @property
    def note(self) -> str:
        """What was left out, if anything."""
        return f"只列前 {len(self.rows):,} 行，另有 {self.left:,} 行见工作簿（xlsx）。" if self.left else ""


def shown(value: Value, kind: Kind) -> str:
    """Return a value for reading.

    >>> shown(1234.5, "money"), shown(None, "money"), shown(0.425, "share"), shown(59.96, "score")
    ('1,234.50', '未填', '43%', '59.9')
    """
    if isinstance(value, str):
        return value
    match kind:
        case "money":
            return "未填" if value is None else f"{value:,.2f}"
        case _ if value is None:
            return "—"
        case "share":
            return words.percent(value, 1)
        case "score":
            return points(value)
        case "mean":
            return f"{int(value * 10 + 1e-6) / 10:.1f}"  # rounded down, as the heat maps do
        case _:
            return f"{value:,.0f}"


_SMART = [
    Column(f"{letter} {title}", "mean", 9) for letter, title in zip("SMART", DIMENSION_TITLES.values(), strict=True)
]
_GRADES = [Column(grade, "count", 6) for grade in GRADES]
_UNIT, _PROJECT, _FILE = Column("单位", "text", 22), Column("项目", "text", 30), Column("文件", "text", 22)
_AMOUNT, _UNPRICED = Column("金额（万元）", "money", 14), Column("未填金额", "count", 9)
_SCORE, _GRADE = Column("得分", "score", 7), Column("等级", "grade", 6)
_WORST = Column("最多的问题", "text", 28)
_RULE = Column("问题", "text", 28)


def stakes(report: Report) -> Table:
    """Return the money under each grade."""
    columns = (
        _GRADE,
        Column("处理意见", "text", 34),
        Column("项目", "count", 8),
        _AMOUNT,
        _UNPRICED,
        Column("指标", "count", 8),
    )
    total = report.total
    rows = [
        (
            stake.grade,
            CONSEQUENCES[stake.grade],
            stake.projects,
            stake.amount,
            stake.unpriced,
            total.grades[stake.grade],
        )
        for stake in total.stakes
    ]
    return Table("stakes", "各等级的项目和金额", columns, rows)


def units(report: Report) -> Table:
    """Return the ranking of the units."""
    columns = (
        Column("名次", "count", 6),
        _UNIT,
        _SCORE,
        _GRADE,
        Column("项目", "count", 7),
        _AMOUNT,
        _UNPRICED,
        Column("差等金额（万元）", "money", 16),
        *_GRADES,
        Column("指标", "count", 7),
        Column("空泛占比", "share", 9),
        *_SMART,
        _WORST,
    )
    rows = []
    for unit in report.units:
        of = {stake.grade: stake for stake in unit.stakes}
        rows.append(
            (
                unit.rank,
                unit.name,
                unit.score,
                unit.grade,
                unit.projects,
                unit.amount,
                unit.unpriced,
                of["差"].amount,
                *(of[grade].projects for grade in GRADES),
                unit.indicators,
                unit.vague / unit.indicators if unit.indicators else None,
                *(unit.smart.get(name) for name in DIMENSIONS),
                _counted(unit.worst),
            )
        )
    return Table("units", "各单位", columns, rows)


def _counted(worst: RuleCount | None) -> str:
    return f"{rule_title(worst.rule)} {worst.count:,}" if worst else "没有错误和警告"


def projects(report: Report) -> Table:
    """Return the ranking of the projects, worst first."""
    columns = (
        Column("名次", "count", 7),
        _UNIT,
        _PROJECT,
        _AMOUNT,
        _SCORE,
        _GRADE,
        *(Column(title, "count", 6) for title in ("指标", "空泛", "错误", "警告")),
        _WORST,
        _FILE,
    )
    rows = [
        (
            line.rank,
            line.unit,
            line.name,
            line.amount,
            line.score,
            line.grade,
            line.indicators,
            line.vague,
            line.errors,
            line.warnings,
            (rule_title(line.worst) if line.worst else "没有错误和警告") + "（模型没能判断）" * line.failed,
            line.file,
        )
        for line in report.projects
    ]
    return Table("projects", "各项目（差的在前）", columns, rows)


def classes(report: Report) -> Table:
    """Return the classes of indicators."""
    columns = (
        Column("指标类别", "text", 16),
        Column("指标", "count", 8),
        Column("平均分", "score", 8),
        *_GRADES,
        Column("空泛", "count", 7),
        Column("空泛占比", "share", 9),
        *_SMART,
        _WORST,
    )
    rows = [
        (
            class_title(one.level1, one.level2),
            one.indicators,
            one.score,
            *(one.grades[grade] for grade in GRADES),
            one.vague,
            one.vague / one.indicators,
            *(one.smart.get(name) for name in DIMENSIONS),
            _counted(one.worst),
        )
        for one in report.classes
    ]
    return Table("classes", "各类指标", columns, rows)


def defects(report: Report) -> Table:
    """Return what each rule found."""
    columns = (
        _RULE,
        *(Column(title, "count", 7) for title in ("错误", "警告", "提示")),
        Column("涉及", "count", 8),
        Column("对象", "text", 6),
        Column("占比", "share", 7),
        Column("项目", "count", 7),
        Column("单位", "count", 7),
        Column("涉及金额（万元）", "money", 16),
        Column("最差的例子", "long", 44),
        Column("在哪里", "long", 34),
        Column("说明", "long", 40),
        Column("同类的好例子", "long", 40),
        Column("好例子在哪里", "long", 34),
    )
    rows = []
    for defect in report.defects:
        bad, good = defect.worst[0], defect.best
        rows.append(
            (
                rule_title(defect.rule),
                *defect.counts.values(),
                defect.affected,
                "指标" if defect.of == "indicators" else "项目",
                defect.share,
                defect.projects,
                defect.units,
                defect.amount,
                words.example_words(bad),
                words.place_words(bad),
                bad.finding.message if bad.finding else "",
                words.example_words(good) if good else "",
                words.place_words(good) if good else "",
            )
        )
    return Table("defects", "各种问题", columns, rows)


def phrases(report: Report) -> Table:
    """Return the words that say nothing."""
    columns = (
        Column("空泛用语", "text", 30),
        Column("次数", "count", 8),
        Column("项目", "count", 8),
        _RULE,
        Column("例如", "long", 56),
    )
    rows = [
        (said.text, said.count, said.projects, rule_title(said.rule), words.place_words(said.place))
        for said in report.phrases
    ]
    return Table("phrases", "空泛用语", columns, rows)


def repeats(report: Report) -> Table:
    """Return the repetitions, a row for each place; the first of each says what it is about."""
    columns = (
        Column("组", "count", 6),
        Column("重复的是", "text", 20),
        Column("怎样相同", "text", 10),
        Column("处数", "count", 7),
        Column("文字", "long", 48),
        _UNIT,
        _PROJECT,
        _AMOUNT,
        Column("指标", "count", 6),
        _FILE,
        Column("位置", "text", 14),
    )
    rows = [
        (
            number,
            words.KIND_TITLES[repeat.kind],
            words.likeness(repeat),
            repeat.count,
            at.text,
            at.unit,
            at.project,
            at.amount,
            at.no,
            at.file,
            place(at.where) if at.where else "",
        )
        for number, repeat in enumerate(report.repeats, 1)
        for at in repeat.places
    ]
    return Table("repeats", "重复", columns, rows)


def gaps(report: Report) -> Table:
    """Return the projects whose goals promise what nothing measures, those with most money first."""
    columns = (_UNIT, _PROJECT, _AMOUNT, Column("目标里写了、没有指标衡量的", "long", 60))
    rows = [(gap.unit, gap.project, gap.amount, "；".join(gap.missing)) for gap in report.coverage.gaps]
    return Table("gaps", "金额最大的缺口", columns, rows)


def unread(report: Report) -> Table:
    """Return the files that could not be read."""
    rows = [(one.file, one.message) for one in report.open.unread]
    return Table("unread", "读不了的文件", (Column("文件", "text", 34), Column("原因", "long", 80)), rows)


def failures(report: Report) -> Table:
    """Return the projects that the model could not judge."""
    columns = (_UNIT, _PROJECT, Column("原因", "long", 56), _FILE)
    rows = [(one.unit, one.project, one.message, one.file) for one in report.open.failures]
    return Table("failures", "模型没能判断的项目", columns, rows)


def unchecked(report: Report) -> Table:
    """Return the rules that could not be decided."""
    columns = (Column("规则", "text", 34), Column("处数", "count", 8), Column("为什么", "long", 80))
    rows = [(rule_title(one.rule), one.count, words.reasons(one)) for one in report.open.unchecked]
    return Table("unchecked", "没有检查的事项（不算通过）", columns, rows)


def noticed(report: Report) -> Table:
    """Return what reading noticed."""
    columns = (
        Column("读取时发现", "text", 34),
        Column("处数", "count", 8),
        Column("文件数", "count", 8),
        Column("例如", "long", 80),
    )
    rows = [(rule_title(one.code), one.count, one.files, words.noticed(one)) for one in report.open.noticed]
    return Table("noticed", "读取原表时发现的问题", columns, rows)


def disputes(report: Report) -> Table:
    """Return where rules and model disagree."""
    columns = (
        _RULE,
        Column("规则说有，模型说没有", "count", 12),
        Column("模型说有，规则说没有", "count", 12),
        Column("例如", "long", 50),
        Column("在哪里", "long", 40),
    )
    rows = [
        (
            rule_title(one.rule),
            one.found_by_rules,
            one.found_by_model,
            words.example_words(one.examples[0]),
            words.place_words(one.examples[0]),
        )
        for one in (report.opinion.disputes if report.opinion else ())
    ]
    return Table("disputes", "规则和模型的分歧", columns, rows)


def moves(changes: Changes) -> Table:
    """Return the money that moved between grades."""
    columns = (
        Column("上次", "grade", 8),
        Column("这次", "grade", 8),
        Column("项目", "count", 8),
        _AMOUNT,
        _UNPRICED,
    )
    rows = [
        (move.before or "新报", move.after or "不再报", move.projects, move.amount, move.unpriced)
        for move in changes.moves
    ]
    return Table("moves", "项目和金额在等级之间的变动", columns, rows)


def changed(changes: Changes) -> Table:
    """Return the projects that changed, those that fell most first."""
    columns = (
        _UNIT,
        _PROJECT,
        Column("上次得分", "score", 9),
        Column("上次等级", "grade", 9),
        Column("这次得分", "score", 9),
        Column("这次等级", "grade", 9),
        Column("分数变化", "text", 9),
        Column("上次金额（万元）", "money", 16),
        Column("这次金额（万元）", "money", 16),
    )
    rows = []
    for change in changes.projects:
        old, new = change.before, change.after
        if old and new and (old.score, old.amount) == (new.score, new.amount):
            continue
        gain = f"{new.score - old.score:+.1f}" if old and new else "新报" if new else "不再报"
        rows.append(
            (change.unit, change.name, *_scored(old), *_scored(new), gain, *(_priced(one) for one in (old, new)))
        )
    return Table("changed", "变化的项目（降得多的在前）", columns, rows)


def _scored(side: Side | None) -> tuple[Value, Value]:
    return ("", "") if side is None else (side.score, side.grade)


def _priced(side: Side | None) -> Value:
    return "" if side is None else side.amount


def rule_changes(changes: Changes) -> Table:
    """Return how often each rule found something in both runs."""
    columns = (_RULE, Column("上次", "count", 8), Column("这次", "count", 8), Column("变化", "text", 8))
    rows = [(rule_title(one.rule), one.before, one.after, f"{one.after - one.before:+,}") for one in changes.rules]
    return Table("rule-changes", "各种问题的变化", columns, rows)
