"""S903 and S904: what several projects of one document say in the same words, or count twice.

:class:`Across` is built once from the whole document, in linear time, by grouping texts; then each project asks it.
Only texts that stand in two projects or more are read closely.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from reviewer.language.classes import Kind, normalise_class
from reviewer.language.names import Denotes, read_name
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.models import Indicator, IndicatorReview, Project
from reviewer.rules.answers import Hit

SHORTEST_GOAL = 10
"""Code points from which an equal goal is a copy; shorter ones (“保障正常运转”) are equal by themselves."""
SHORTEST_TEXT = 20
"""Code points from which an equal value is a copied text and not a common target (“验收合格率100%”)."""
SMALLEST_SET = 3
"""Indicators from which an equal set is a copied one."""
_MOST_NAMED = 5  # projects named in a message

_NUMBER = re.compile(r"[\d０-９]")
_MEASURED_END = re.compile(r"(?:数量|数|量)\Z")
_EMPTY_WORDS = re.compile(
    r"开展|组织|举办|完成|实施|购置|采购|建设|新建|改造|维修|培训|维护|宣传|检查|服务|活动|会议|项目|工程|设备|设施|人员"
    r"|工作|任务|场次|期数|人次|班次|面积|里程|长度|参加|参训|受益|[人次个户场]数|的"
)
# A number of two digits and more with the words that say what it counts: 600条/年新闻视频拍摄.
_COUNTED_OBJECT = re.compile(r"(?<![\d.])\d{2,}[\d.,]*[万亿]?[\u4e00-\u9fff/]{8}")
_SCOPE = re.compile(r"(?:覆盖|涉及|受益|惠及|服务|辖|共有|现有)[^,。;]{0,4}\Z")
_UNCOUNTED = frozenset({"percent", "ratio", "age", "duration", "money", "score"})
_COUNTING = frozenset({Denotes.COUNT, Denotes.MEASURE, Denotes.OTHER})
_DISTINCTIVE = 10  # smaller numbers are equal by chance


Row = Indicator | IndicatorReview


class Output(Protocol):
    """What says which output an indicator counts, and how much of it."""

    @property
    def name(self) -> str:
        """The name of the indicator."""

    @property
    def annual_value(self) -> str:
        """Its value."""


Counted = TypeVar("Counted", bound=Output)


class Across:
    """Which projects share a goal, a describing text, a whole set of indicators, or a counted output.

    >>> goal = "改善农村人居环境，增强群众获得感。"
    >>> across = Across([Project(name="村道硬化", goal=goal), Project(name="改厕", goal=goal)])
    >>> [hit.message for hit in across.answers(0)]
    ['绩效目标与“改厕”相同，没有针对本项目。']
    """

    def __init__(self, projects: Sequence[Project]) -> None:
        self._projects = projects
        goals: dict[Hashable, list[int]] = defaultdict(list)
        sets: dict[Hashable, list[int]] = defaultdict(list)
        texts: dict[str, list[tuple[int, Indicator]]] = defaultdict(list)
        outputs: dict[str, list[tuple[int, Indicator]]] = defaultdict(list)
        # A document of one project repeats nothing across projects.
        for at, project in enumerate(projects if len(projects) > 1 else ()):
            rows = project.indicators
            if len(project.goal) >= SHORTEST_GOAL:
                goals["".join(project.goal.split())].append(at)
            if len(rows) >= SMALLEST_SET:
                sets[tuple([(row.name, row.annual_value) for row in rows])].append(at)
            for row in rows:
                for text in describing_texts(row):
                    texts[text].append((at, row))
                for key in output_keys(row):
                    outputs[key].append((at, row))
        self._goals = _members(goals)
        self._sets = _members(sets)
        self._texts = _rows(texts)
        self._doubles = _rows(same_outputs(outputs))

    def answers(self, at: int) -> Iterator[Hit]:
        """S903 and S904 for the project at index *at*."""
        project = self._projects[at]
        if copies := self._goals.get(at):
            end = len(fold(project.goal)[0])
            yield Hit("S903", "goal", 0, end, f"绩效目标与{self._others(copies, at)}相同，没有针对本项目。")
        if copies := self._sets.get(at):
            yield Hit("S903", "indicators", 0, 0, f"整套指标与{self._others(copies, at)}相同，没有针对本项目。")
        else:
            for row, copies in self._texts.get(at, ()):
                where = self._others(copies, at)
                message = f"第 {row.no} 条“{row.name}”的文字与{where}的指标相同，看不出本项目自己的效果。"
                yield Hit("S903", "indicators", 0, 0, message)
        for row, copies in self._doubles.get(at, ()):
            where = self._others(copies, at)
            message = f"第 {row.no} 条“{row.name}”的“{row.annual_value}”在{where}里也有，同一产出可能算了两次。"
            # The same figure of two spending units is more often a standard than one output.
            same_unit = any(self._projects[other].unit == project.unit for other in copies if other != at)
            yield Hit("S904", "indicators", 0, 0, message, None if same_unit else "hint")

    def _others(self, copies: Sequence[int], at: int) -> str:
        named = [other for other in copies[: _MOST_NAMED + 1] if other != at][:_MOST_NAMED]
        names = "、".join(f"“{self._projects[other].name}”" for other in named)
        return names + (f"等 {len(copies) - 1} 个项目" if len(copies) - 1 > _MOST_NAMED else "")


def _members(groups: dict[Hashable, list[int]]) -> dict[int, list[int]]:
    """By project, all projects of its group; groups of one are left out."""
    return {at: members for members in groups.values() if len(members) > 1 for at in members}


def _rows(groups: dict[str, list[tuple[int, Indicator]]]) -> dict[int, list[tuple[Indicator, list[int]]]]:
    """By project, its rows whose key stands in other projects too, each once, and the projects of the group."""
    found: dict[int, list[tuple[Indicator, list[int]]]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for members in groups.values():
        if len(members) < 2:
            continue
        projects = list(dict.fromkeys(at for at, _ in members))
        if len(projects) > 1:
            for at, row in members:
                if (at, id(row)) not in seen:
                    seen.add((at, id(row)))
                    found[at].append((row, projects))
    return found


def describing_texts(row: Row) -> Iterator[str]:
    """Yield the values of a row that describe and count nothing: equal ones in two projects are copies.

    >>> text = "改善农村人居环境，不断增强群众的获得感和幸福感。"
    >>> list(describing_texts(Indicator(no=1, name="村容村貌", annual_value=text))) == [text]
    True
    """
    for text in (row.annual_value, row.cycle_value):
        if text and len(text) >= SHORTEST_TEXT and not _NUMBER.search(text):
            yield text


def output_keys(row: Row) -> Iterator[str]:
    """Yield the keys under which a row's output is looked for in other projects: its name, and what its number counts.

    Only a 数量 indicator has any.
    """
    if normalise_class(row.level1, row.level2).kind is not Kind.QUANTITY:
        return
    name = row.name
    yield "name " + (_MEASURED_END.sub("", name) if name.endswith(("数", "量")) else name)
    if len(row.annual_value) > _SHORTEST_COUNTED:
        text = fold(row.annual_value)[0]
        found = _COUNTED_OBJECT.search(text)
        if found and not _SCOPE.search(text, 0, found.start()):
            yield "text " + found.group()


_SHORTEST_COUNTED = 10


def same_outputs(outputs: Mapping[str, list[tuple[int, Counted]]]) -> dict[str, list[tuple[int, Counted]]]:
    """Group rows, each with the index of its project and under its :func:`output_keys`, that count the same output.

    Only rows whose name stands in two places are read for their quantity (3.2万人 is 32000人).
    """
    same: dict[str, list[tuple[int, Counted]]] = {}
    for key, members in outputs.items():
        if len(members) < 2:
            continue
        kind, _, words = key.partition(" ")
        if kind == "text":
            same[key] = members
        elif len(_EMPTY_WORDS.sub("", words)) > 1:
            for at, row in members:
                if quantity := _quantity(row):
                    same.setdefault(f"{key} {quantity}", []).append((at, row))
    return same


def _quantity(row: Output) -> str | None:
    """The one number of a row, in the first unit of its dimension; None when there is none that would double."""
    if read_name(fold(row.name)[0]).denotes not in _COUNTING:
        return None  # a range of 80 metres is a property, not an output
    values = [value for value in Parsed(row.annual_value).values if value.dimension != "age"]
    if len(values) != 1 or values[0].dimension in _UNCOUNTED or values[0].base < _DISTINCTIVE:
        return None
    return f"{values[0].base:g} {values[0].dimension}"
