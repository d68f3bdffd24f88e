"""Declarations as text, written from what they say, in any of the ways in which such text arrives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from reviewer.models import Document

CLASSES = {
    ("产出指标", "数量指标"): ("1-产出指标", "11-数量指标"),
    ("产出指标", "质量指标"): ("1-产出指标", "12-质量指标"),
    ("产出指标", "时效指标"): ("1-产出指标", "13-时效指标"),
    ("产出指标", "成本指标"): ("1-产出指标", "14-成本指标"),
    ("效益指标", "社会效益指标"): ("2-效益指标", "22-社会效益"),
    ("效益指标", "可持续影响指标"): ("2-效益指标", "24-可持续影响"),
    ("满意度指标", "服务对象满意度指标"): ("3-满意度指标", "31-服务对象满意度"),
}


class Row(NamedTuple):
    """What an indicator says."""

    name: str
    annual: str
    cycle: str | None = None
    classes: tuple[str, str] = ("产出指标", "数量指标")


class Item(NamedTuple):
    """What a project says; ``amount`` as printed, in cents of a 万元."""

    name: str
    goal: str
    rows: tuple[Row, ...]
    cents: int = 10_000


@dataclass(frozen=True)
class Style:
    """How it is printed."""

    separator: str = "；"
    colon: str = "："
    number: str = "{}、"
    codes: bool = True
    stop: str = "。"
    gap: str = "\n\n"
    tab: str = "\t"
    marker: str = "绩效指标\n"
    title: str = "2024年项目支出绩效目标表"
    last_stop: bool = True


@dataclass(frozen=True)
class Form:
    """A declaration: units with their projects."""

    units: dict[str, tuple[Item, ...]]
    style: Style = field(default_factory=Style)

    def table(self) -> str:
        cell = self.style.tab
        goalless = 4 if cell == "\t" else 0
        rows = [cell.join(["项目名称（资金使用单位）", "总计", "财政拨款", "财政专户拨款", "其他资金", "绩效目标"])]
        total = sum(item.cents for items in self.units.values() for item in items)
        rows.append(cell.join(["合计", money(total), money(total)]) + cell * goalless)
        for unit, items in self.units.items():
            subtotal = money(sum(item.cents for item in items))
            rows.append(cell.join([unit, subtotal, subtotal]) + cell * goalless)
            amounts = [(item, money(item.cents)) for item in items]
            rows += [cell.join([item.name, amount, amount]) + cell * 3 + item.goal for item, amount in amounts]
        return "\n".join(rows)

    def blocks(self) -> str:
        return self.style.gap.join(self.block(item) for items in self.units.values() for item in items)

    def block(self, item: Item) -> str:
        text = "".join(self.row(number, row) for number, row in enumerate(item.rows, 1))
        return text if self.style.last_stop else text.removesuffix(self.style.stop)

    def row(self, number: int, row: Row) -> str:
        style = self.style
        level1, level2 = CLASSES[row.classes] if style.codes else row.classes
        parts = [level1, level2, row.name]
        if row.cycle is not None:
            parts.append(f"实施周期指标值{style.colon}{row.cycle}")
        parts.append(f"年度指标值{style.colon}{row.annual}")
        return style.number.format(number) + style.separator.join(parts) + style.stop

    def text(self) -> str:
        style = self.style
        head = f"{style.title}\n\n部门名称：青禾县水务局\n单位：万元\n\n"
        return f"{head}{self.table()}\n\n{style.marker}{self.blocks()}\n"

    def but(self, **changes: object) -> Form:
        return replace(self, style=replace(self.style, **changes))

    def fields(self) -> list[tuple[object, ...]]:
        """What a Document of this form holds, as :func:`fields` gives it."""
        found: list[tuple[object, ...]] = []
        for unit, items in self.units.items():
            for item in items:
                rows = [(no, *row.classes, row.name, row.cycle, row.annual) for no, row in enumerate(item.rows, 1)]
                found.append((unit, item.name, item.cents / 100, item.goal, *rows))
        return found


def money(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def fields(document: Document) -> list[tuple[object, ...]]:
    """What *document* holds, place and weight left out."""
    found: list[tuple[object, ...]] = []
    for project in document.projects:
        rows = [
            (row.no, row.level1, row.level2, row.name, row.cycle_value, row.annual_value) for row in project.indicators
        ]
        found.append((project.unit, project.name, project.amount, project.goal, *rows))
    return found


WATER = Form(
    {
        "青禾县水务局": (
            Item(
                "村级供水管网改造",
                "改造村级供水管网26公里，10月底前完工。",
                (
                    Row("改造供水管网长度", "≥26公里", "≥26公里"),
                    Row("完工时间", "2024年10月底前", "2024年10月底前", ("产出指标", "时效指标")),
                    Row("用水户满意度", "≥90%", "≥90%", ("满意度指标", "服务对象满意度指标")),
                ),
                6_000,
            ),
            Item(
                "排涝泵站维修",
                "维修排涝泵站5座，汛前恢复排涝能力。",
                (
                    Row("维修排涝泵站", "5座", "5座"),
                    Row("验收合格率", "100%", "100%", ("产出指标", "质量指标")),
                ),
                4_000,
            ),
        ),
        "青禾县水利站": (
            Item(
                "灌区巡查",
                "全年巡查灌区48次。",
                (
                    Row("巡查次数", "巡查48次。其中汛期1、2、3号干渠各8次", "每月4次；汛期加密"),
                    Row("隐患处置率", "≥95%", "≥95%", ("产出指标", "质量指标")),
                ),
                1_234,
            ),
        ),
    }
)
"""Two units, three projects, seven indicators."""
