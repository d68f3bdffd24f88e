"""A report on a run as a formal paper in Word: what is found, by whom and how much money, and what has to be done."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.bulk.department.evidence import Defect, Example
from reviewer.bulk.department.models import Report
from reviewer.reporting.department import compared, tables, words
from reviewer.reporting.department.table import Table, shown
from reviewer.reporting.layout import Paint, marked
from reviewer.reporting.letter.paper import TEXT_WIDTH, Align, Column, Paper
from reviewer.reporting.words import class_title, money, points, rule_title

_MOST_UNITS = 40
_MOST_DEFECTS = 8
_MOST_PHRASES = 20
_MOST_REPEATS = 12
_MOST_PLACES = 6
_MOST_ROWS = 30
_FEW_ROWS = 15
_MOST_REASONS = 2
_LONGEST = 120
_FOR_MONEY = 6
_NUMBERS = (*"一二三四五六七八九十", "十一", "十二")
_ALIGNS: dict[str, Align] = {"text": "Cell", "long": "Cell", "money": "CellNumber"}
_PLAIN = Paint(False)


def render_letter(report: Report) -> bytes:
    """Return the report as .docx."""
    letter = _Letter(report)
    letter.write()
    return letter.paper.to_bytes()


class _Letter:
    def __init__(self, report: Report) -> None:
        self.paper = Paper()
        self._report = report
        self._parts = 0

    def write(self) -> None:
        """Write all parts that have something to say."""
        report, paper = self._report, self.paper
        paper.say("Title", words.TITLE)
        paper.say("Normal", f"审核范围：{words.about(report)}。")
        self._part("总体情况")
        for line in words.headlines(report):
            paper.say("Normal", line)
        for line in words.remarks(report):
            paper.say("Normal", f"注意：{line}")
        if not report.total.projects:
            self._open()
            return
        self._table(tables.stakes(report), "各等级的处理意见和涉及的项目、金额、指标：")
        if report.changes:
            self._changes()
        self._part("最差的项目")
        self._worst()
        self._part("各单位")
        units = tables.units(report).only(
            "名次", "单位", "得分", "等级", "项目", "金额（万元）", "差等金额（万元）", "空泛占比"
        )
        self._table(units.first(_MOST_UNITS))
        self._part("各类指标")
        self._table(tables.classes(report).only("指标类别", "指标", "平均分", "优", "良", "中", "差", "空泛占比"))
        self._part("主要问题")
        self._defects()
        if report.repeats:
            self._part("重复和可能重复计算的内容")
            self._repeats()
        self._part("绩效目标的衡量")
        paper.say("Normal", words.coverage(report))
        if (gaps := tables.gaps(report)).rows:
            self._table(gaps.first(_FEW_ROWS), "金额最大的缺口：")
        if report.opinion:
            self._part("模型的判断和用量")
            for line in words.opinion(report.opinion):
                paper.say("Normal", line)
            if (disputes := tables.disputes(report)).rows:
                kept = disputes.only("问题", "规则说有，模型说没有", "模型说有，规则说没有", "例如")
                self._table(kept, "规则和模型的分歧：")
        self._open()

    def _part(self, title: str) -> None:
        self.paper.say("Heading1", f"{_NUMBERS[self._parts]}、{title}")
        self._parts += 1

    def _changes(self) -> None:
        changes = self._report.changes
        assert changes is not None
        self._part("与上次相比")
        # The sentence itself stands in the first part.
        if different := words.comparable(changes):
            self.paper.say("Normal", different)
        self._table(compared.moves(changes), "项目和金额在等级之间的变动：")
        changed = compared.changed(changes).only(
            "单位", "项目", "上次得分", "上次等级", "这次得分", "这次等级", "分数变化"
        )
        if changed.rows:
            self._table(changed.first(_FEW_ROWS), "变化的项目，降得多的在前：")

    def _worst(self) -> None:
        report, paper = self._report, self.paper
        if not report.worst:
            paper.say("Normal", "没有“中”和“差”的项目。")
            return
        rows: list[list[str | list[str]]] = []
        for number, project in enumerate(report.worst, 1):
            whose = [project.name, f"{project.unit}，{money(project.amount)}"]
            reasons = [words.reason(why) for why in project.reasons[:_MOST_REASONS]]
            rows.append([str(number), whose, f"{project.grade} {points(project.score)}", reasons or "没有指标。"])
        columns = [
            Column("序号", 12, "CellMiddle"),
            Column("项目", 48),
            Column("得分", 18, "CellMiddle"),
            Column("主要原因", 78),
        ]
        paper.table(columns, rows)

    def _defects(self) -> None:
        report, paper = self._report, self.paper
        table = tables.defects(report).only("问题", "错误", "警告", "提示", "项目", "单位", "涉及金额（万元）")
        self._table(table.first(_MOST_ROWS))
        for defect in report.defects[:_MOST_DEFECTS]:
            paper.say("Heading2", f"{rule_title(defect.rule)}：{_spread(defect)}")
            for line in _examples(defect):
                paper.say("Small", line)
        if report.phrases:
            said = "、".join(f"“{one.text}”{one.count:,} 次" for one in report.phrases[:_MOST_PHRASES])
            paper.say("Heading2", "空泛用语")
            paper.say("Small", f"{said}{'等' if len(report.phrases) > _MOST_PHRASES else ''}。")

    def _repeats(self) -> None:
        report, paper = self._report, self.paper
        for repeat in report.repeats[:_MOST_REPEATS]:
            paper.say("Heading2", words.repeat_words(repeat))
            paper.say("Small", f"“{_cut(repeat.text)}”")
            places = "；".join(words.place_words(place) for place in repeat.places[:_MOST_PLACES])
            more = f"；等 {repeat.count:,} 处" if repeat.count > _MOST_PLACES else ""
            paper.say("Small", f"在：{places}{more}。")
        if (left := len(report.repeats) - _MOST_REPEATS) > 0:
            paper.say("Small", f"另有 {left:,} 组见工作簿（xlsx）。")

    def _open(self) -> None:
        report, paper = self._report, self.paper
        self._part("没有检查、没能判断的")
        if words.is_complete(report.open):
            paper.say("Normal", "文件都读了，项目都审了。")
        for table in (
            tables.unread(report),
            tables.failures(report),
            tables.unchecked(report),
            tables.noticed(report),
        ):
            if table.rows:
                paper.say("Heading2", table.title)
                self._table(table.first(_MOST_ROWS))
        self._part("说明")
        paper.say("Normal", words.basis(report))
        paper.say("Normal", "金额都是万元；没有填金额的项目不计入金额。本报告是初稿，供审核人员核定。")
        paper.sign("（编制单位）", "　　　年　　月　　日")

    def _table(self, table: Table, lead: str = "") -> None:
        """Write a table over the width of the text, its columns in proportion.

        Between two tables there must be a *lead*, or Word makes one of them.
        """
        if lead:
            self.paper.say("Lead", lead)
        # A sum must not break; words may.
        weights = [column.width + _FOR_MONEY * (column.kind == "money") for column in table.columns]
        columns = [
            Column(column.title, weight * TEXT_WIDTH / sum(weights), _ALIGNS.get(column.kind, "CellMiddle"))
            for column, weight in zip(table.columns, weights, strict=True)
        ]
        rows = [
            [_cut(shown(value, column.kind)) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        self.paper.table(columns, rows, together=len(rows) < 6)
        if table.note:
            self.paper.say("Small", table.note)


def _spread(defect: Defect) -> str:
    what = "条指标" if defect.of == "indicators" else "个项目"
    share = shown(defect.share, "share")
    return f"{defect.affected:,} {what}（{share}），{defect.projects:,} 个项目，涉及 {money(defect.amount)}"


def _examples(defect: Defect) -> Iterator[str]:
    worst = defect.worst[0]
    yield f"反例：{_quoted(worst)}（{words.place_words(worst)}）。"
    if worst.finding and (worst.name or worst.text):
        yield f"问题：{worst.finding.message}"
    if defect.best:
        yield f"好例：{_cut(words.example_words(defect.best))}（{words.place_words(defect.best)}）。"


def _quoted(found: Example) -> str:
    """Return the words of an example with what is wrong in them between ⟦ ⟧."""
    finding = found.finding
    if finding is None or not found.text:
        return _cut(words.example_words(found))
    text = marked(found.text, [(finding.start, finding.end)], _PLAIN)
    if not found.name:
        return _cut(text)
    name = "" if finding.field == "name" else f"{found.name}　"
    return f"{class_title(found.level1, found.level2)}　{name}{_cut(text)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
