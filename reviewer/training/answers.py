"""What a learner typed, read as an indicator or as a choice. Whatever it is, it is bounded first and never raises."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from reviewer.language.classes import Kind as ClassKind
from reviewer.language.classes import normalise_class
from reviewer.language.goals import pairs
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.models import Indicator
from reviewer.training.models import LETTERS, Exercise, Kind

LONGEST = 300
"""Code points of an answer that are read; a whole indicator has some thirty."""

_LABELS = {
    "名称": "name",
    "指标名称": "name",
    "三级指标": "name",
    "类别": "level2",
    "二级指标": "level2",
    "值": "annual_value",
    "指标值": "annual_value",
    "年度值": "annual_value",
    "目标值": "annual_value",
    "年度指标值": "annual_value",
    "周期值": "cycle_value",
    "周期指标值": "cycle_value",
    "实施周期指标值": "cycle_value",
}
_LABEL = re.compile(rf"\s*({'|'.join(sorted(_LABELS, key=len, reverse=True))})\s*[:：]\s*")
_PARTS = re.compile(r"\s*[\n\t｜|]\s*")
_LABELLED = re.compile(rf"[\n\t｜|；;](?=\s*(?:{'|'.join(_LABELS)})\s*[:：])")
_CLASS = re.compile(r"([\u4e00-\u9fff]{2,8}(?:指标|满意度|成本))(?:\s*[:：]\s*|\s+)(?=\S)")
_COMPARED = re.compile(r"[≥≤><＞＜≧≦=＝]|不少于|不低于|不超过|不高于|至少|达到|控制在")
_AROUND_LETTER = re.compile(r"[\s.。,，()]|我?选|答案?是?|第|项")
_BETWEEN_LETTERS = re.compile(rf"{_AROUND_LETTER.pattern}|[、;:>→—-]")


class Typed(NamedTuple):
    """The fields that an answer names, None where it does not; ``cut`` says that it was too long to be read whole."""

    name: str | None
    level2: str | None
    cycle_value: str | None
    annual_value: str | None
    cut: bool


def plain(text: str) -> str:
    """Return the beginning of *text* without what cannot be seen: control characters, half surrogates, directions.

    >>> plain(" 放映场次\\x1b[31m ≥672场 ")
    '放映场次[31m ≥672场'
    """
    kept = (char for char in text[:LONGEST] if char in "\n\t" or unicodedata.category(char) not in _UNSEEN)
    return "".join(kept).strip()


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit of any script.

    >>> says_something("😀 ……"), says_something("九十")
    (False, True)
    """
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def read_typed(text: str, exercise: Exercise) -> Typed:
    """Return *text* by fields: labelled ones, a row with separators, a name and a value, or a value alone.

    >>> from reviewer.models import Document
    >>> exercise = Exercise(Kind.WRITE, "G804", "", Document(), "project", (), "", "", "", "")
    >>> read_typed("放映场次 ≥672场", exercise)[:4]
    ('放映场次', None, None, '≥672场')
    >>> read_typed("名称：放映场次；类别：数量指标；年度值：≥672场", exercise)[:4]
    ('放映场次', '数量指标', None, '≥672场')
    """
    cut = len(text) > LONGEST
    text = plain(text)
    fields: dict[str, str] = {}
    for part in _LABELLED.split(text):
        if label := _LABEL.match(part):
            fields[_LABELS[label.group(1)]] = part[label.end() :].strip()
        elif not fields:
            fields = _unlabelled(part, exercise)
    return Typed(fields.get("name"), fields.get("level2"), fields.get("cycle_value"), fields.get("annual_value"), cut)


def _unlabelled(text: str, exercise: Exercise) -> dict[str, str]:
    """The fields of a row with separators, or of a line."""
    fields: dict[str, str] = {}
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) > 1 and _is_class(parts[0]):
        fields["level2"] = parts.pop(0)
    if len(parts) > 1:
        return fields | {"name": parts[0], "annual_value": " ".join(parts[1:])}
    if not parts:
        return fields
    line = parts[0]
    if "level2" not in fields and (label := _CLASS.match(line)) and _is_class(label.group(1)):
        fields["level2"], line = label.group(1), line[label.end() :]
    name, value = _name_and_value(line, exercise)
    return fields | {"annual_value": value} | ({"name": name} if name else {})


def _is_class(label: str) -> bool:
    return normalise_class("", label).kind not in (ClassKind.UNKNOWN, ClassKind.OUTPUT, ClassKind.BENEFIT)


def _name_and_value(line: str, exercise: Exercise) -> tuple[str, str]:
    """Part a line where its name ends; a line that does not begin with one is all value."""
    known = [row.name for row in (exercise.row, exercise.model) if row is not None and row.name]
    for name in sorted(known, key=len, reverse=True):
        if line.startswith(name) and line != name:
            return name, line[len(name) :].lstrip(" :：，,")
    for sign in ("：", ":", " ", "\u3000", "，"):
        left, _, right = line.partition(sign)
        # Where there is no row to change, a name must have been meant.
        if right.strip() and _is_name(left) and (exercise.row is None or _has_number(right)):
            return left.strip(), right.strip()
    compared = _COMPARED.search(line)
    left = line[: compared.start()] if compared else ""
    if _is_name(left) and _has_number(line[len(left) :]) and (not known or _akin(left, known)):
        return left.strip(), line[len(left) :]
    return "", line


def _is_name(text: str) -> bool:
    return len(text.strip()) > 1 and not _has_number(text) and not _COMPARED.match(text.strip())


def _has_number(text: str) -> bool:
    parsed = Parsed(text)
    return bool(parsed.values or parsed.times or parsed.blanks)


def _akin(name: str, known: list[str]) -> bool:
    return any(pairs(fold(name)[0]) & pairs(fold(one)[0]) for one in known)


def read_choice(text: str, exercise: Exercise) -> str | None:
    """Return the letters of the options that *text* names, in its order; None when it names none, or too many.

    Letters, numbers from 1, and the words of an option (or a part that only one option has) are understood.
    """
    text = unicodedata.normalize("NFKC", plain(text)).strip()
    options = [unicodedata.normalize("NFKC", option) for option in exercise.options]
    if text and exercise.kind is not Kind.ORDER:
        named = [at for at, option in enumerate(options) if option == text]
        named = named or [
            at for at, option in enumerate(options) if len(text) > 1 and text.casefold() in option.casefold()
        ]
        if len(named) == 1:
            return LETTERS[named[0]]
    bare = (_BETWEEN_LETTERS if exercise.kind is Kind.ORDER else _AROUND_LETTER).sub("", text)
    if bare.isascii() and bare.isdigit():
        letters = "".join(LETTERS[int(digit) - 1] if 0 < int(digit) <= len(options) else "?" for digit in bare)
    else:
        letters = bare.upper()
    wanted = len(options) if exercise.kind is Kind.ORDER else 1
    if len(letters) != wanted or not set(letters) <= set(LETTERS[: len(options)]) or len(set(letters)) != wanted:
        return None
    return letters


def as_indicator(typed: Typed, exercise: Exercise) -> Indicator:
    """Return the row that *typed* makes of the exercise's: what it does not name stays as it was.

    The cycle value follows the annual value where the model answer lets it.
    """
    old, model = exercise.row, exercise.model
    label = typed.level2 or (old.level2 if old else model.level2 if model else "")
    names = normalise_class(old.level1 if old and not typed.level2 else "", label)
    cycle = old.cycle_value if old else None
    if typed.cycle_value is not None:
        cycle = typed.cycle_value
    elif cycle is not None and model is not None and model.cycle_value == model.annual_value:
        cycle = typed.annual_value
    return Indicator(
        no=old.no if old else 0,
        level1=names.level1,
        level2=names.level2,
        name=typed.name if typed.name is not None else (old.name if old else ""),
        cycle_value=cycle,
        annual_value=typed.annual_value if typed.annual_value is not None else (old.annual_value if old else ""),
    )
