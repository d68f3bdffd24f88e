"""M204: a value that repeats the indicator's name, or names the thing to count, instead of giving a value."""

from __future__ import annotations

import re

from reviewer.language import phrases
from reviewer.language.names import Denotes
from reviewer.language.parsed import Parsed
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

# Words without content of their own, left out when name and value are compared.
_FILLER = re.compile(r"[的之了在和与及、,;。\"“”'《》()]|数量|次数|场次|情况|开展|实施|进行|相关|各项|年度|全年|工作")
# A text without a number that ends so asks for a number; it does not give one.
_COUNTING_END = re.compile(
    r"(?:数量|[次人场期册篇条集个户家件台套批项份]数|场次|人次|面积|里程|[稿播供产销阅访]量)(?:/?每?[年月季])?\Z"
)
_DESCRIBING_END = re.compile(r"(?:情况|水平|状况|数|率|量)\Z")
# States that are an answer even when the name holds the word (及时 under 支付及时).
_STATES = frozenset(
    {
        "及时",
        "准确",
        "规范",
        "健全",
        "完善",
        "满意",
        "安全",
        "稳定",
        "良好",
        "有效",
        "优化",
        "达标",
        "合格",
        "合理",
        "完成",
        "合规",
        "到位",
        "完好",
        "通过",
        "增强",
        "增长",
        "提高",
    }
)
_QUESTION_ENDS = frozenset("性率度")


def echo(row: Row) -> Result:
    """M204: error where the annual value repeats the name, hint where only the cycle value does."""
    if repeats_name(row):
        return Hit(
            "M204", "annual_value", 0, len(row.annual.text), "年度指标值只是重复指标名称，没有给出要达到的值。", "error"
        )
    cycle = row.cycle
    if cycle is None or not cycle.text or not row.name.text:
        return PASS if row.annual.text else NOT_APPLICABLE
    if cycle.text == row.annual.text and row.basis:
        return PASS  # the same real value twice is no echo
    if _names_only(row, cycle):
        return Hit("M204", "cycle_value", 0, len(cycle.text), "实施周期指标值只写了要数的东西，没有给出数值。", "hint")
    return PASS


def repeats_name(row: Row) -> bool:
    """Whether the annual value says nothing but the name again (节约 under 节约运行成本)."""
    text, name = _text(row.annual), row.name.text
    if not text or row.annual.blanks:
        return False
    if text == name:
        return not row.numbers or _same_numbers(row.annual, name)
    if not _may_repeat(row.annual):
        return False
    if len(text) >= 2 and name.endswith(text):
        return True
    core, base = _core(text), _core(name)
    if not core or core in _STATES or _asked_by(name, text):
        return False
    if core in base:
        return len(core) >= 3 or base.startswith(core)
    if len(core) >= 4 and sorted(core) == sorted(base):
        return True  # the same words in another order
    return (len(core) >= 4 or (len(core) == 3 and base[:1] == core[0])) and _is_subsequence(core, base)


def only_repeats_state(row: Row) -> bool:
    """Whether the value is a bare state that the name ends with (发布及时 | 及时): an echo, and no second fault."""
    return row.annual.text in _STATES and repeats_name(row)


def counts_something(text: str) -> bool:
    """Whether a text without a number names what is to be counted (活动场次)."""
    return _COUNTING_END.search(text) is not None


def asks_for_no_count(row: Row) -> bool:
    """Whether the name asks for a time, a rate, a quality or a state: a count answers none of them."""
    return row.is_rate or row.name.denotes in (Denotes.TIME, Denotes.QUALITY, Denotes.STATE)


def _names_only(row: Row, cycle: Parsed) -> bool:
    text, name = _text(cycle), row.name_parsed.text
    if text == _text_of(name):
        return not cycle.values or _same_numbers(cycle, name)
    if not _may_repeat(cycle) or cycle.says(phrases.reference) or text.startswith(("按", "根据", "依")):
        return False
    core, base = _core(text), _core(name)
    if core in _STATES or _asked_by(name, text):
        return False
    if _COUNTING_END.search(text):
        return not asks_for_no_count(row)
    if not core or (core in base and (len(core) >= 3 or core == base)):
        return True
    if len(core) >= 4 and _is_subsequence(core, base):
        return True
    added = phrases.degree(core)
    if added is not None and added.group() not in name:
        return False  # it says more than the name: how, or to what end
    shared = _shared(core, base)
    return shared >= 0.5 if _DESCRIBING_END.search(text) else len(core) >= 5 and shared >= 0.75


def _text(parsed: Parsed) -> str:
    return _text_of(parsed.text)


def _text_of(text: str) -> str:
    return text.rstrip("。;,")


def _core(text: str) -> str:
    return _FILLER.sub("", text)


def _may_repeat(parsed: Parsed) -> bool:
    """Whether a text holds no number, time, graded state or formula of its own: only then can it be an echo."""
    text = parsed.text
    return not (
        parsed.values
        or any(time.kind in ("date", "frequency") for time in parsed.times)
        or parsed.says(phrases.graded)
        or parsed.says(phrases.none_of_bad)
        or parsed.says(phrases.yes_or_no)
        or "%" in text
        or "÷" in text
    )


def _asked_by(name: str, text: str) -> bool:
    """Whether the name asks for what the text states (及时 under 支付及时率)."""
    return name[-1:] in _QUESTION_ENDS and name[:-1].endswith(text)


def _is_subsequence(part: str, whole: str) -> bool:
    """Whether the characters of *part* stand in *whole* in this order (购置防火物资 in 购置风力灭火机等防火物资)."""
    at = 0
    for char in part:
        at = whole.find(char, at) + 1
        if not at:
            return False
    return True


def _shared(left: str, right: str) -> float:
    """Share of the characters of *left* that stand in *right*, each as often as it stands there."""
    pool = list(right)
    hits = 0
    for char in left:
        if char in pool:
            pool.remove(char)
            hits += 1
    return hits / len(left)


def _same_numbers(parsed: Parsed, name: str) -> bool:
    return all(parsed.text[value.start : value.end] in name for value in parsed.values)
