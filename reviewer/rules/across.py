"""S903 and S904: what several projects of one document say in the same words, or count twice.

:class:`Across` is built once from the whole document, in linear time, by grouping texts; then each project asks it.
Only texts that stand in two projects or more are read closely.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from reviewer.language.classes import Kind, normalise_class
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.models import Indicator, Project
from reviewer.rules.answers import Hit

Key = TypeVar("Key", bound=Hashable)

SHORTEST_GOAL = 10
"""Code points from which an equal goal is a copy; shorter ones (“保障正常运转”) are equal by themselves."""
SHORTEST_TEXT = 20
"""Code points from which an equal value is a copied text and not a common target (“验收合格率100%”)."""
SMALLEST_SET = 3
"""Indicators from which an equal set is a copied one."""
_MOST_NAMED = 5  # projects named in a message

_MARKS = re.compile(r"[,。;:、!?()《》“”\"'\-]")
_MEASURED_END = re.compile(r"(?:数量|数|量)\Z")
_EMPTY_WORDS = re.compile(
    r"开展|组织|举办|完成|实施|购置|采购|建设|新建|改造|维修|培训|维护|宣传|检查|服务|活动|会议|项目|工程|设备|设施|人员"
    r"|工作|任务|场次|期数|人次|班次|面积|里程|长度|参加|参训|受益|[人次个户场]数|的"
)
# A number of two digits and more with the words that say what it counts: 600条/年新闻视频拍摄.
_COUNTED_OBJECT = re.compile(r"(?<![\d.])\d{2,}[\d.,]*[万亿]?[\u4e00-\u9fff/]{8}")
_SCOPE = re.compile(r"(?:覆盖|涉及|受益|惠及|服务|辖|共有|现有)[^,。;]{0,4}\Z")
_UNCOUNTED = frozenset({"percent", "ratio", "age", "duration", "money", "score"})
_DISTINCTIVE = 10  # smaller numbers are equal by chance


class Across:
    """Which projects share a goal, a describing text, a whole set of indicators, or a counted output."""

    def __init__(self, projects: Sequence[Project]) -> None:
        self._projects = projects
        goals: dict[str, list[int]] = defaultdict(list)
        texts: dict[str, list[int]] = defaultdict(list)
        sets: dict[Hashable, list[int]] = defaultdict(list)
        outputs: dict[tuple[str, str], list[tuple[int, Indicator]]] = defaultdict(list)
        for at, project in enumerate(projects):
            goal = _plain(project.goal)
            if len(goal) >= SHORTEST_GOAL:
                goals[goal].append(at)
            for text in {text for row in project.indicators for text in _describing(row)}:
                texts[text].append(at)
            if len(project.indicators) >= SMALLEST_SET:
                sets[tuple((row.name, row.annual_value) for row in project.indicators)].append(at)
            for row in project.indicators:
                if normalise_class(row.level1, row.level2).kind is Kind.QUANTITY:
                    for key in _outputs(row):
                        outputs[key].append((at, row))
        self._goals = _shared(goals)
        self._texts = _shared(texts)
        self._sets = _shared(sets)
        self._doubles = _doubles(outputs)

    def answers(self, at: int) -> Iterator[Hit]:
        """S903 and S904 for the project at index *at*."""
        project = self._projects[at]
        goal = fold(project.goal)[0]
        if self._goals and (copies := self._goals.get(_plain(project.goal))):
            yield Hit("S903", "goal", 0, len(goal), f"绩效目标与{self._others(copies, at)}相同，没有针对本项目。")
        copies = self._sets.get(tuple((row.name, row.annual_value) for row in project.indicators))
        if copies:
            yield Hit("S903", "indicators", 0, 0, f"整套指标与{self._others(copies, at)}相同，没有针对本项目。")
        elif self._texts:
            yield from self._copied_texts(project, at)
        for row, others in self._doubles.get(at, ()):
            where = self._others(others, at)
            message = f"第 {row.no} 条“{row.name}”的“{row.annual_value}”在{where}里也有，同一产出可能算了两次。"
            # The same figure of two spending units is more often a standard than one output.
            same_unit = any(self._projects[other].unit == project.unit for other in others if other != at)
            yield Hit("S904", "indicators", 0, 0, message, None if same_unit else "hint")

    def _copied_texts(self, project: Project, at: int) -> Iterator[Hit]:
        for row in project.indicators:
            for text in _describing(row):
                if copies := self._texts.get(text):
                    where = self._others(copies, at)
                    message = f"第 {row.no} 条“{row.name}”的文字与{where}的指标相同，看不出本项目自己的效果。"
                    yield Hit("S903", "indicators", 0, 0, message)
                    break

    def _others(self, copies: Sequence[int], at: int) -> str:
        named = [other for other in copies if other != at]
        names = "、".join(f"“{self._projects[other].name}”" for other in named[:_MOST_NAMED])
        return names + (f"等 {len(named)} 个项目" if len(named) > _MOST_NAMED else "")


def _plain(text: str) -> str:
    return _MARKS.sub("", fold(text)[0])


def _describing(row: Indicator) -> set[str]:
    """The values of a row that are long enough to be a text of its own, and describe instead of giving a number."""
    return {
        _plain(text)
        for text in (row.annual_value, row.cycle_value or "")
        if len(text) >= SHORTEST_TEXT and not _NUMBER.search(text)
    }


_NUMBER = re.compile(r"[\d０-９]")


def _shared(groups: dict[Key, list[int]]) -> dict[Key, list[int]]:
    return {key: members for key, members in groups.items() if len(members) > 1}


def _outputs(row: Indicator) -> Iterator[tuple[str, str]]:
    """Under which keys a row's output is looked for in other projects: by its name, and by what its number counts."""
    name = _MEASURED_END.sub("", fold(row.name)[0])
    if len(_EMPTY_WORDS.sub("", name)) > 1:
        yield "name", name
    if len(row.annual_value) > _COUNTED_OBJECT_LENGTH:
        text = fold(row.annual_value)[0]
        found = _COUNTED_OBJECT.search(text)
        if found and not _SCOPE.search(text, 0, found.start()):
            yield "text", found.group()


_COUNTED_OBJECT_LENGTH = 10


def _doubles(
    outputs: dict[tuple[str, str], list[tuple[int, Indicator]]],
) -> dict[int, list[tuple[Indicator, list[int]]]]:
    """By project, the rows whose output stands in other projects too, and those projects.

    Only rows whose key stands in two projects are read for their quantity (3.2万人 is 32000人).
    """
    found: dict[int, list[tuple[Indicator, list[int]]]] = defaultdict(list)
    seen: set[int] = set()
    for (kind, _), members in outputs.items():
        if len(members) < 2 or len({at for at, _ in members}) < 2:
            continue
        same: dict[tuple[str, float], dict[int, Indicator]] = defaultdict(dict)
        for at, row in members:
            quantity = _quantity(row) if kind == "name" else ("", 0.0)
            if quantity is not None:
                same[quantity].setdefault(at, row)
        for rows in same.values():
            if len(rows) > 1:
                for at, row in rows.items():
                    if id(row) not in seen:
                        seen.add(id(row))
                        found[at].append((row, list(rows)))
    return found


def _quantity(row: Indicator) -> tuple[str, float] | None:
    """The one number of a row, in the first unit of its dimension; None when there is none that would double."""
    values = [value for value in Parsed(row.annual_value).values if value.dimension != "age"]
    if len(values) != 1 or values[0].dimension in _UNCOUNTED or values[0].base < _DISTINCTIVE:
        return None
    return values[0].dimension, values[0].base
