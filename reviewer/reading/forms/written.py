"""Indicators written into one cell, as clerks list them where the form has a column for each class or for all.

产出指标：                       1.更新健身路径：34条
1.数量指标：零工市场：3个；        2.更换器材：≥306件
效益指标：…
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reviewer.reading.labels import is_level1, is_level2

_NUMBER = r"""(?:[（(]\d{1,2}[)）]|(?<!\d)\d{1,2}[、.．)）](?!\d)|[①-⑳]
  |(?<![一-龥])[一二三四五六七八九十]{1,2}[、.．]|[（(][一二三四五六七八九十]{1,2}[)）]|[-·●•◆★](?=\D))"""
_NUMBERED = re.compile(rf"\s*{_NUMBER}\s*", re.VERBOSE)
_LABEL = re.compile(
    rf"(?:^|(?<=[；;。\n：:）)，,])|(?={_NUMBER}))\s*(?:{_NUMBER}\s*)*(?P<label>[一-龥]{{2,14}}?)(?P<colon>\s*[：:]|\s*\n|(?=[（(]\d)|$)",
    re.VERBOSE,
)
_BREAK = re.compile(rf"\n+|[；;](?!\s*$)|(?<=。)\s*(?={_NUMBER})", re.VERBOSE)
_ITEM_END = re.compile(r"[；;。\n]")
_COLON = re.compile(r"[：:]")
_MARK = re.compile(r"[≥≤≧≦＞＜>＜<＝=]|不(?:少于|低于|超过|高于|大于|小于)")
_TAIL = re.compile(r"(?:约|超过|达到|达)?\d[\d,.]*[万亿]?(?:[%％‰]|[一-龥/²]{1,6})?(?:以上|以下|以内|左右)?$")
_JOINTS = " —-－–/>→"
_JOINT = re.compile(rf"\s*[{re.escape(_JOINTS.strip())}]+\s*")
_ENDS = " \t\n；;。，,、"


class Written(NamedTuple):
    """An indicator from within a cell."""

    level1: str
    level2: str
    name: str
    value: str


def read_written(text: str, level1: str = "", level2: str = "") -> Iterator[Written]:
    """Yield the indicators that *text* lists, in the classes given unless it names its own.

    >>> [tuple(one)[2:] for one in read_written("1.更新健身路径：34条\\n2.更换器材≥306件", "产出指标", "数量指标")]
    [('更新健身路径', '34条'), ('更换器材', '≥306件')]
    >>> [tuple(one)[1:] for one in read_written("数量指标：培训4期；印发手册2000册；质量指标：合格率100%")]
    [('数量指标', '培训', '4期'), ('数量指标', '印发手册', '2000册'), ('质量指标', '合格率', '100%')]
    >>> tuple(next(read_written("1.产出指标—数量指标—开放天数：≥300天")))
    ('产出指标', '数量指标', '开放天数', '≥300天')
    """
    at = 0
    for match in _LABEL.finditer(text):
        label = match["label"]
        if not _names_class(label, text[match.end() :]):
            continue
        yield from _items(text[at : match.start()], level1, level2)
        at = match.end()
        if is_level1(label) and not (is_level2(label) and _kindred(label, level1)):
            level1, level2 = label, ""
        else:
            level2 = label
    yield from _items(text[at:], level1, level2)


def _kindred(label: str, level1: str) -> bool:
    """Whether a label of either level stands below *level1*: 成本 below 产出, 服务对象满意度 below 满意度."""
    return ("满意" in level1 and "满意" in label) or ("成本" in label and level1 != "")


def _names_class(label: str, rest: str) -> bool:
    """Whether *label* is a class, and not what is measured: 居民满意度：≥90%."""
    if not (is_level1(label) or is_level2(label)):
        return False
    if label.endswith(("指标", "效益")) or "满意" not in label:
        return True
    item = _ITEM_END.split(rest.lstrip(), 1)[0]
    return "满意" in item or bool(_COLON.search(item))


def _items(text: str, level1: str, level2: str) -> Iterator[Written]:
    """Yield what stands between line breaks and semicolons; among numbered ones, what has no number goes on."""
    pieces = [piece for piece in _BREAK.split(text) if piece.strip(_ENDS)]
    numbered = len(pieces) > 1 and sum(map(bool, map(_NUMBERED.match, pieces))) * 2 > len(pieces)
    held: list[str] = []
    for piece in pieces:
        if held and numbered and not _NUMBERED.match(piece) and not _measures(piece):
            held[-1] += piece.strip()
        else:
            held.append(piece.strip())
    for item in held:
        match = _NUMBERED.match(item)
        if bare := (item[match.end() :] if match else item).strip(_ENDS):
            yield _written(bare, level1, level2)


def _written(item: str, level1: str, level2: str) -> Written:
    """Return what one item says; it may begin with its own classes: 产出指标—数量指标—夜间开放天数：≥300天."""
    first, *rest = _JOINT.split(item, 2)
    if rest and is_level1(first) and (len(rest) == 1 or is_level2(rest[0])):
        level1, level2, item = first, rest[0] if len(rest) == 2 else level2, rest[-1]
    elif len(rest) > 0 and is_level2(first):
        level2, item = first, item[len(first) :].lstrip(_JOINTS)
    return Written(level1, level2, *_divided(item))


def _measures(text: str) -> bool:
    return bool(_COLON.search(text) or _MARK.search(text) or _TAIL.search(text.strip(_ENDS)))


def _divided(text: str) -> tuple[str, str]:
    """Return name and value: parted by a colon, a comparator, or the number at the end."""
    if match := _COLON.search(text):
        name, value = text[: match.start()].strip(_ENDS), text[match.end() :].strip(_ENDS)
        if name and value:
            return name, value
    text = text.strip(f"{_ENDS}：:")
    found = _MARK.search(text) or _TAIL.search(text)
    if found and found.start() > 1 and text[found.start() - 1] not in "年月":
        return text[: found.start()].strip(_ENDS), text[found.start() :].strip(_ENDS)
    # A sentence that says what is measured and how much, or nothing that could be measured: both fields hold it.
    return text, text
