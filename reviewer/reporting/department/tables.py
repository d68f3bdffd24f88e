"""The tables of a report on a run, once for all formats."""

from __future__ import annotations

from reviewer.bulk.department.models import Report, RuleCount
from reviewer.models import DIMENSIONS
from reviewer.reporting.department import words
from reviewer.reporting.department.table import AMOUNT, PROJECT, RULE, UNIT, UNPRICED, Column, Table
from reviewer.reporting.words import CONSEQUENCES, DIMENSION_TITLES, GRADES, class_title, place, rule_title

_SMART = [
    Column(f"{letter} {title}", "mean", 9) for letter, title in zip("SMART", DIMENSION_TITLES.values(), strict=True)
]
_GRADES = [Column(grade, "count", 6) for grade in GRADES]
_FILE = Column("文件", "text", 22)
_SCORE, _GRADE = Column("得分", "score", 7), Column("等级", "grade", 6)
_WORST = Column("最多的问题", "text", 28)


def stakes(report: Report) -> Table:
    """Return the money under each grade."""
    columns = (
        _GRADE,
        Column("处理意见", "text", 34),
        Column("项目", "count", 8),
        AMOUNT,
        UNPRICED,
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
        UNIT,
        _SCORE,
        _GRADE,
        Column("项目", "count", 7),
        AMOUNT,
        UNPRICED,
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
        UNIT,
        PROJECT,
        AMOUNT,
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
        RULE,
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
        RULE,
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
        UNIT,
        PROJECT,
        AMOUNT,
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
    columns = (UNIT, PROJECT, AMOUNT, Column("目标里写了、没有指标衡量的", "long", 60))
    rows = [(gap.unit, gap.project, gap.amount, "；".join(gap.missing)) for gap in report.coverage.gaps]
    return Table("gaps", "金额最大的缺口", columns, rows)


def unread(report: Report) -> Table:
    """Return the files that could not be read."""
    rows = [(one.file, one.message) for one in report.open.unread]
    return Table("unread", "读不了的文件", (Column("文件", "text", 34), Column("原因", "long", 80)), rows)


def failures(report: Report) -> Table:
    """Return the projects that the model could not judge."""
    columns = (UNIT, PROJECT, Column("原因", "long", 56), _FILE)
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
        RULE,
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
