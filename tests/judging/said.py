"""A project under review, and answers about it as a model may give them."""

from __future__ import annotations

from typing import Any

from reviewer.judging.wire import Answer, WireIndicator
from reviewer.models import AUDITS, DIMENSIONS, Grade, Indicator, Project
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import ProjectResult, check_project

GOAL = "确保28个行政村每个村、每个月有2场放映，培训放映员20人，设备完好率达到90%以上，进一步丰富农村文化生活。"
ROWS = (
    ("产出指标", "数量指标", "放映场次", "按合同约定", "按合同约定完成"),
    ("产出指标", "数量指标", "培训放映员人数", "培训人数", "20人"),
    ("产出指标", "质量指标", "放映设备完好率", "≥90%", "≥90%"),
    ("效益指标", "社会效益指标", "农村文化生活", "进一步丰富", "进一步丰富"),
)


def table(goal: str = GOAL, rows: tuple[tuple[str, str, str, str | None, str], ...] = ROWS) -> Project:
    """Return a project of 70.47 万元 with *rows* of level 1, level 2, name, cycle value and annual value."""
    indicators = [
        Indicator(no=no, level1=level1, level2=level2, name=name, cycle_value=cycle, annual_value=annual)
        for no, (level1, level2, name, cycle, annual) in enumerate(rows, 1)
    ]
    return Project(name="农村电影放映", unit="县电影队", amount=70.47, goal=goal, indicators=indicators)


def checked(project: Project | None = None, on: frozenset[str] | None = None) -> ProjectResult:
    """Return what the rules say about it in 2023."""
    return check_project(project or table(), load_catalogue().select() if on is None else on, 2023)


def points(value: int = 5, **others: int) -> dict[str, int]:
    """Return SMART scores: *value* in all dimensions but *others*."""
    return dict.fromkeys(DIMENSIONS, value) | others


def finding(rule: str, quote: str, field: str = "annual_value", why: str = "说不清") -> dict[str, Any]:
    """Return a finding as it goes over the wire."""
    return {"rule": rule, "field": field, "quote": quote, "why": why}


def rewrite(name: str, annual: str, level1: str = "产出指标", level2: str = "数量指标", **other: Any) -> dict[str, Any]:
    """Return a rewrite as it goes over the wire; the cycle value is the annual one unless given."""
    return {
        "name": name,
        "level1": level1,
        "level2": level2,
        "cycle_value": other.get("cycle", annual),
        "annual_value": annual,
        "explanation": other.get("explanation", ""),
    }


def indicator(no: int, **said: Any) -> dict[str, Any]:
    """Return the judgement of a sound indicator, with *said* in the place of what it says."""
    sound = {"no": no, "reasoning": "", "smart": points(), "vague": False, "findings": [], "rewrite": None}
    return sound | said


def audits(grade: Grade = "良", **others: Grade) -> dict[str, Any]:
    """Return four audits of one *grade* but for *others*."""
    return {name: {"grade": others.get(name, grade), "reason": f"{name} 的理由。"} for name in AUDITS}


def spoken(
    *indicators: dict[str, Any], elements: tuple[tuple[str, list[int]], ...] = (), audit: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a whole answer; indicators of :func:`table` that are not given are judged sound."""
    given = {one["no"]: one for one in indicators}
    return {
        "indicators": [given.pop(no, indicator(no)) for no in range(1, len(ROWS) + 1)] + list(given.values()),
        "goal": {"elements": [{"text": text, "indicators": numbers} for text, numbers in elements], "comment": ""},
        "audit": audit or audits(),
    }


def answer(*indicators: dict[str, Any], **others: Any) -> Answer:
    """Return :func:`spoken` as it was read."""
    return Answer.model_validate(spoken(*indicators, **others))


def wire(no: int = 1, **said: Any) -> WireIndicator:
    """Return :func:`indicator` as it was read."""
    return WireIndicator.model_validate(indicator(no, **said))


# What a good model says about the table.
GOOD = spoken(
    indicator(
        1,
        vague=True,
        smart=points(3, measurable=1, time_bound=2),
        findings=[finding("vague-plan-reference", "按合同约定完成", why="只指向合同，没有写出场次")],
        rewrite=rewrite("放映场次", "≥672场", explanation="按目标，28个行政村×12个月×2场=672场。"),
    ),
    indicator(2, findings=[finding("echo-target", "培训人数", "cycle_value", "周期值照抄名称")]),
    indicator(
        4,
        vague=True,
        smart=points(2, measurable=1),
        findings=[finding("vague-degree", "进一步丰富", why="只有程度词")],
        rewrite=rewrite(
            "农村观影人次", "≥〔待填：全年人次，查放映日志〕人次", level1="效益指标", level2="社会效益指标"
        ),
    ),
    elements=(
        ("28个行政村每个村、每个月有2场放映", [1]),
        ("培训放映员20人", [2]),
        ("设备完好率达到90%以上", [3]),
        ("进一步丰富农村文化生活", [4]),
    ),
)
