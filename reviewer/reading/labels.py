"""Class labels as forms print them: ``1-产出指标``, ``11-数量指标``, ``社会效益``, ``质量指标（10分）``."""

from __future__ import annotations

import re
from functools import lru_cache

from reviewer.language.classes import ClassName, Kind, normalise_class
from reviewer.reading.notes import Notes

_POINTS = r"(?:[（(]\d{1,3}(?:\.\d{1,2})?分?[)）])?"
# 1-, 11., （一）, 二、
_NUMBERING = r"(?:\d{1,3}[-—－–.．、]?|[（(][一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,2}[、.．])?"
_LEVEL1 = re.compile(rf"{_NUMBERING}(?:项目)?(?:产出|效益|效果|成本|(?:服务对象|社会公众)?满意度)(?:指标)?{_POINTS}")
_LEVEL2 = re.compile(
    rf"""{_NUMBERING}(?:产出|项目)?(?:
      数量|质量|时效|成本|(?:经济|社会|生态|环境|生态环境)(?:效益|成本|效果)|可持续(?:影响|发展)?|[\u4e00-\u9fff]{{0,12}}满意度
    )(?:指标)?{_POINTS}""",
    re.VERBOSE,
)
_HEADING = re.compile(r"^\s*(?:[（(][一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,2}[、.．])\s*")
_CODE = re.compile(r"\d{1,3}[-—－–]")
_TRIMMINGS = re.compile(rf"^{_NUMBERING}|(?:指标)?{_POINTS}$")


def is_level1(label: str) -> bool:
    """Whether *label*, without blanks, is a level-1 class."""
    return _LEVEL1.fullmatch(label) is not None


def is_level2(label: str) -> bool:
    """Whether *label*, without blanks, is a level-2 class."""
    return _LEVEL2.fullmatch(label) is not None


def unnumbered(label: str) -> str:
    """Return *label* without the numbering of a heading: ``一、产出指标`` → ``产出指标``; codes (``11-``) stay.

    >>> unnumbered("（一）数量指标"), unnumbered("11-数量指标")
    ('数量指标', '11-数量指标')
    """
    return _HEADING.sub("", label)


def is_coded(label: str) -> bool:
    """Whether *label* begins with a code as classes have it (``11-``)."""
    return _CODE.match(label) is not None


class Labels:
    """Normalises class labels and remembers those that say something else than the normalised names do."""

    def __init__(self) -> None:
        self._odd: dict[tuple[str, str], list[str | int]] = {}

    def normalise(self, level1: str, level2: str, where: str | int) -> ClassName:
        """Return the classes of an indicator; *where* it stands goes into the report."""
        if not _plain(level1, level2):
            self._odd.setdefault((level1, level2), []).append(where)
        return normalise_class(level1, level2)

    def report(self, notes: Notes) -> None:
        """Take note of every pair of labels that was read as something else, once, with its first place."""
        for (level1, level2), places in self._odd.items():
            names = normalise_class(level1, level2)
            doubt = "" if names.exact else "不是规定的类别，"
            message = f"类别“{level1}”“{level2}”{doubt}按“{names.level1}”“{names.level2}”读入，共 {len(places)} 条。"
            notes.add("D009", message, places[0], "hint" if names.exact else "warning")


@lru_cache(maxsize=4096)
def _plain(level1: str, level2: str) -> bool:
    """Whether the normalised names say all that the labels say, codes, points and the word 指标 aside."""
    names = normalise_class(level1, level2)
    if not level1 and not level2:
        return True
    first, second = _bare(level1), _bare(level2)
    outer, inner = _bare(names.level1), _bare(names.level2)
    if names.kind is Kind.SATISFACTION:
        return {first, second} <= {"", outer, inner}
    return names.exact and first in ("", outer) and second in (inner, outer + inner)


def _bare(label: str) -> str:
    return _TRIMMINGS.sub("", "".join(label.split()))
