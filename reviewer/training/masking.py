"""Leaves out who and where: a review as exercises may show it to others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewer.models import DocumentHead, Indicator, Project, ProjectReview

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    "内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾"
)
# 广州市黄埔区融媒体中心, 柳川县教育局, 中共云岭县委员会: places as the name of an authority begins with them.
_PLACES = re.compile(
    rf"(?:中共|中国共产党)?(?P<province>(?:{_PROVINCES})(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区)?)?"
    r"(?P<city>[\u4e00-\u9fff]{2,4}?(?:市|自治州|盟|地区))?(?P<county>[\u4e00-\u9fff]{1,4}?(?:区|县|旗|市))?"
    r"(?P<town>[\u4e00-\u9fff]{2,4}?(?:街道|镇|乡))?"
)
_KIND = re.compile("(?:自治区|自治州|地区|街道|省|市|盟|区|县|旗|镇|乡)$")
# Elsewhere only what surely is a place: a province, or a city or county at the beginning of a phrase.
_ANYWHERE = re.compile(
    rf"""(?:{_PROVINCES})(?:省|市|自治区)?(?:[\u4e00-\u9fff]{{2,3}}?(?:市|州|县|区))?
       | (?<![\u4e00-\u9fff])[\u4e00-\u9fff]{{2}}(?<![城都超门股夜全各本我该两])(?:市|县)(?![场民容政区级域直委城])""",
    re.VERBOSE,
)
_SHORTEST = 2  # characters of a name worth looking for: 区 alone stands everywhere
_SOMEBODY = "某单位"
_NUMERALS = "一二三四五六七八九十"


class Mask:
    """Replaces the names of units, projects and places by what they are: 某单位, 本项目, 某区.

    Places are those that the names of units and of the department begin with, provinces, and cities and counties where
    a phrase begins with one; what is named in another way, people among them, stays and has to be looked for by eye.

    >>> head = DocumentHead(department="青禾县水务局")
    >>> Mask(head, []).text("青禾县农村供水，青禾县水务局负责，青禾群众满意")
    '某县农村供水，某单位负责，某地群众满意'
    """

    def __init__(self, head: DocumentHead, projects: Iterable[ProjectReview]) -> None:
        projects = list(projects)
        units = [head.department, *(unit.name for unit in head.units), *(project.unit for project in projects)]
        self._words: dict[str, str] = {}
        for unit in dict.fromkeys(name.strip() for name in units if name):
            self._words[unit] = _SOMEBODY
            for place in _places(unit):
                self._words.setdefault(place, _somewhere(place))
        for project in projects:
            if len(project.name) > _SHORTEST:
                self._words.setdefault(project.name, "本项目")
        longest = sorted((word for word in self._words if len(word) >= _SHORTEST), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)) or "(?!)")

    def text(self, text: str) -> str:
        """Return *text* without the names."""
        known = self._pattern.sub(lambda found: self._words[found.group()], text)
        return _ANYWHERE.sub(lambda found: _somewhere(found.group()), known)

    def project(self, project: Project, number: int) -> Project:
        """Return *project*, the *number*-th, without the names."""
        name = f"项目{_NUMERALS[number - 1] if number <= len(_NUMERALS) else number}"
        rows = [self.row(row) for row in project.indicators]
        return Project(name=name, amount=project.amount, goal=self.text(project.goal), indicators=rows)

    def row(self, row: Indicator) -> Indicator:
        """Return *row* without the names, and without the place in the file that it was read from."""
        return Indicator(
            no=row.no,
            level1=row.level1,
            level2=row.level2,
            name=self.text(row.name),
            cycle_value=None if row.cycle_value is None else self.text(row.cycle_value),
            annual_value=self.text(row.annual_value),
        )


def _somewhere(place: str) -> str:
    kind = _KIND.search(place)
    return f"某{kind.group()}" if kind else "某地"


def _places(unit: str) -> list[str]:
    """The places that a unit's name begins with, each in full and without the word for what it is."""
    found = _PLACES.match(unit)
    names = [name for name in (found.groups() if found else ()) if name]
    return [*names, *(short for name in names if len(short := _KIND.sub("", name)) >= _SHORTEST)]
