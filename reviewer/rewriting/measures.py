"""Measure words: what things are counted in, and how the name of a count ends."""

from __future__ import annotations

import re

from reviewer.errors import CatalogueError
from reviewer.language.lexicon import any_of
from reviewer.language.values import UNITS
from reviewer.resources import resource_dir
from reviewer.rules.examples import load_yaml


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    path = resource_dir("data") / "library" / "words" / "measure-words.yaml"
    data = load_yaml(path.read_text(encoding="utf-8"), path.name)
    try:
        units = {noun: unit for unit, nouns in data["units"].items() for noun in nouns}
        endings = {unit: ending for ending, counted in data["heads"].items() for unit in counted}
    except (KeyError, TypeError, AttributeError):
        raise CatalogueError(f"{path.name}：须有 units 和 heads 两节，各写成“单位: [词语, …]”。") from None
    return units, endings


_UNITS, _ENDINGS = _tables()
_EACH = re.compile(rf"([人户亩场件台次生车])均|每({any_of(list(UNITS))})|单([台件位次个])")
_SHORT = {"生": "人", "车": "辆", "位": "个"}
_NOUN = re.compile(any_of(list(_UNITS)))


def unit_of(noun: str) -> str | None:
    """Return the measure word of what a phrase names last, None when none is listed.

    >>> unit_of("党员培训人次"), unit_of("新建厕所"), unit_of("弘扬精神")
    ('人次', '座', None)
    """
    nouns = _NOUN.findall(noun)
    return _UNITS[nouns[-1]] if nouns else None


def each_of(name: str) -> str | None:
    """Return what a cost is counted by: what the name says (人均, 每公里), else the measure word of its last noun.

    >>> each_of("人均培训成本"), each_of("每平方米造价"), each_of("太阳能路灯采购单价"), each_of("护林员补助标准")
    ('人', '平方米', '盏', None)
    """
    by = _EACH.search(name)
    if by is None:
        return unit_of(name)
    each = by.group(1) or by.group(2) or by.group(3)
    return _SHORT.get(each, each)


def counting_word(unit: str) -> str:
    """Return the word that ends the name of a count told in *unit*.

    >>> counting_word("场"), counting_word("台")
    ('场次', '数量')
    """
    return _ENDINGS.get(unit, "数量")
