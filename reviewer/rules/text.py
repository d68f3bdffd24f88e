"""E701 and E702: is the text of a row whole, and has the form been filled in.

Both look at what a cell shows by itself. Damage that still reads as a phrase cannot be seen there: the reader knows
about page seams and says which rows they cut (:attr:`Row.damaged`).
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from typing import NamedTuple

from reviewer.language import phrases
from reviewer.language.classes import NEGATIVE_COSTS, Kind
from reviewer.language.lexicon import any_of, words
from reviewer.language.names import RATES, Denotes, asks_yes_or_no
from reviewer.language.values import UNITS
from reviewer.models import FieldName
from reviewer.rules.answers import PASS, Hit, NotChecked, Result
from reviewer.rules.row import Row

# E701 ---------------------------------------------------------------------------------------------------------------

# Accented Latin letters (without × and ÷) stand in Chinese forms only when bytes were read in the wrong encoding.
_LATIN = "À-ÖØ-öø-ÿ"
_GARBAGE = r"\ufffd\ue000-\uf8ff\x00-\x08"
# Each of the damages below holds one of these characters; most texts hold none and are done.
_DAMAGE_SIGN = re.compile(rf"[<&#?_锟烫屯锛銆鈥{_LATIN}{_GARBAGE}]")
_TAGS = r"(?:br|p|[ou]l|li|div|span|t[drh]|table|tbody|font|strong|em|[biua]|img|h[1-6]|su[bp]|style|html|body)"
_ATTRIBUTES = r"(?:style|class|href|src|align|width|color|size|face|lang|id)"
_DAMAGE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"</?{_TAGS}(?:{_ATTRIBUTES}=[^<>]*)?/?>", re.IGNORECASE), "“{}”是网页标记，粘贴时留下的。"),
    (
        re.compile(
            r"&(?:nbsp|lt|gt|amp|quot|apos|[lr]dquo|hellip|#\d{2,5}|#x[0-9a-f]{2,5});?|_x000[ad]_", re.IGNORECASE
        ),
        "“{}”是网页或表格的转义符，粘贴时留下的。",
    ),
    (
        re.compile(r"#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NULL!|NUM!)|#{4,}", re.IGNORECASE),
        "“{}”是电子表格的出错值，原来的内容没有了。",
    ),
    (
        re.compile(
            rf"[{_GARBAGE}]+|(?:锟斤?拷)+|烫{{3,}}|屯{{3,}}|\?{{3,}}|[锛銆鈥]|[{_LATIN}]{{4,}}"
            r"|(?:[Â-ï][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2018-\u203a€™]{1,2}){2,}"
        ),
        "“{}”是乱码，原来的字看不清了。",
    ),
)
_LABEL = re.compile(
    r"""
      [;,。]?(?:年度|实施周期|周期)指标值[:;]? | [;。]实施周期?\Z
    | (?:[一二三]级指标|指标名称)[:;]
    | [1-5]-(?:产出|效益|满意度|成本)指标 | (?<!\d)\d\d-(?:数量|质量|时效|成本|满意度)指标[;:]
    """,
    re.VERBOSE,
)

# Words after which more must come; those that merely end in the same character are spelt out.
_CUT_ENDS = frozenset("和及与或且于过、:")
_CUT = re.compile(
    r"""
    (?: (?<![缓温共总饱祥平调谦中柔随附])和 | (?<![普涉波触惠提顾企危殃累论])及 | (?<![参赋付干])与 | (?<!抑)或
      | 并且 | 而且 | 不(?:少|低|高|大|小|多)于 | [少多高低大小优]于 | 不超过 | 位于 | 用于 | 由于
      | [\u4e00-\u9fff\d][、:] )\Z
    """,
    re.VERBOSE,
)
_BRACKETS = (("(", ")"), ("《", "》"), ("“", "”"), ("「", "」"), ("【", "】"))

# Scanning takes “≥” for a 2: 292% of a share that cannot pass 100%.
_SHARES = ("合格率", "达标率", "准确率", "通过率", "完好率", "及格率", "优良率", "满意率", "验收率", "在岗率", "办结率")


def damaged(row: Row) -> Result:
    """E701: text that is cut, holds markup or is garbled, so that its meaning is changed or hidden."""
    if row.damaged:
        return _seam(row)
    for field, parsed in row.fields:
        if garbled := parsed.says(_garbled):
            return Hit("E701", field, *garbled)
    for field, parsed in row.fields:
        if parsed.text[-1:] in _CUT_ENDS and (hit := _cut(field, parsed.text)):
            return hit
    return _misread_comparator(row) if row.annual.text.startswith("2") else PASS


def _seam(row: Row) -> Hit:
    """What a page seam left of a row: where both values say nearly the same, the sound one tells what was meant."""
    annual, cycle = row.annual.text, row.cycle.text if row.cycle is not None else ""
    if cycle and SequenceMatcher(None, annual[:_COMPARED], cycle[:_COMPARED], autojunk=False).ratio() > _NEARLY_SAME:
        message = "这一行正好跨页，与年度指标值相近而不同，可能有字识别错了，请对照原件。"
        return Hit("E701", "cycle_value", 0, len(cycle), message, "hint")
    return Hit("E701", "annual_value", 0, len(annual), "这一行正好跨页，文字残缺或重复，请对照原件补全。")


_NEARLY_SAME = 0.8
_COMPARED = 200  # code points; comparing grows with the square of the length


def _cut(field: FieldName, text: str) -> Hit | None:
    cut = _CUT.search(text.rstrip("、:") if field == "name" else text)
    return Hit("E701", field, *cut.span(), f"句子断在“{cut.group()}”，后面的内容没有了。") if cut else None


class _Garbled(NamedTuple):
    """Where a text is garbled, and what it is, for the message."""

    start: int
    end: int
    message: str


def _garbled(text: str) -> _Garbled | None:
    for pattern, message in _DAMAGE if _DAMAGE_SIGN.search(text) else ():
        if found := pattern.search(text):
            return _Garbled(*found.span(), message.format(found.group()))
    if ("指标" in text or "实施周" in text) and (label := _LABEL.search(text)):
        message = f"栏目名“{label.group().strip(';:,。')}”混进了这一格，原来的内容串了格。"
        return _Garbled(*label.span(), message)
    for opener, closer in _BRACKETS:
        at = text.rfind(opener)
        # A sentence that goes on behind the bracket has a forgotten closer, not a lost end.
        if at >= 0 and text.count(opener) > text.count(closer) and not re.search(rf"[,;。{closer}]", text[at:]):
            return _Garbled(at, len(text), f"“{opener}”没有后一半，后面的文字可能断了。")
    return None


def _misread_comparator(row: Row) -> Result:
    if row.percentages_only and row.name.denotes in RATES and row.name.head.endswith(_SHARES):
        value = row.numbers[0]
        if 200 < value.low <= 300 and not value.op:
            written = row.annual.text[value.start : value.end]
            message = f"“{row.name.head}”不会超过 100%，“{written}”开头的“2”像是“≥”识别错了。"
            return Hit("E701", "annual_value", value.start, value.end, message)
    return PASS


# E702 ---------------------------------------------------------------------------------------------------------------

_MAY_BE_UNFILLED = re.compile(r"[*xX×_(待暂另尚有TtNn]")
_UNFILLED = re.compile(
    r"""
      (?:^|[≥≤=><])[*_]+ | \*{2,} | (?<![a-z])x{2,}(?![a-z]) | ×{2,} | _{2,} | \(\)
    | 待定(?![岗级编标点向员制稿]) | 待(?:填|补充|确定|明确|核实) | 暂(?:无|未确定|未定|缺) | (?:另行|尚未|有待)确定
    | (?<![a-z])(?:tbd|n/?a)(?![a-z])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOTHING = re.compile(rf"[-/\\.。…、·,;:?]{{1,9}}|[≥≤=><]+(?:{any_of(list(UNITS))})?|空|略|无|没有|同上|不填|未填")
_ZERO_IS_MEANT = re.compile("[零未不超欠退减降]|差异|延误|负面|剩余|结余|新增债务")


def placeholder(row: Row) -> Result:
    """E702: a cell that is empty or still holds the sign of the template, or a zero where something is to be done."""
    name, text = row.name_parsed.text, row.annual.text
    if not name or _NOTHING.fullmatch(name):
        return Hit("E702", "name", 0, len(name), "指标名称没有填写。")
    if not text:
        return Hit("E702", "annual_value", 0, 0, "年度指标值是空的。")
    if row.annual.blanks:
        return NotChecked("E702", "年度指标值里还有〔待填〕的空格，填好以后再查。")
    if _MAY_BE_UNFILLED.search(text):
        found = _UNFILLED.search(text)
        if found:
            return Hit("E702", "annual_value", *found.span(), f"“{found.group()}”是模板的占位符，没有填写。")
    if not row.numbers and _NOTHING.fullmatch(text) and not (text in ("无", "没有") and _none_is_meant(row)):
        return Hit("E702", "annual_value", 0, len(text), f"只写了“{text}”，等于没有填写。")
    if row.numbers and row.numbers[0].low == 0 and _something_is_to_be_done(row):
        value = row.numbers[0]
        return Hit("E702", "annual_value", value.start, value.end, "名称说的是要做的事，值却是 0，像是没有填写。")
    return PASS


def _none_is_meant(row: Row) -> bool:
    """Whether “none” answers the name: it asks a question, or names something that must not happen."""
    name = row.name.text
    return row.kind in NEGATIVE_COSTS or asks_yes_or_no(name) or "不" in name or bool(_bad_things().search(name))


def _something_is_to_be_done(row: Row) -> bool:
    value, name = row.numbers[0], row.name.text
    if row.kind is not Kind.QUANTITY or len(row.numbers) > 1 or value.high or value.op in ("≤", "<"):
        return False
    if row.name.denotes not in (Denotes.COUNT, Denotes.MEASURE, Denotes.OTHER) or value.dimension == "percent":
        return False
    return not (_bad_things().search(name) or _ZERO_IS_MEANT.search(name) or phrases.none_of_bad(row.annual.text))


@cache
def _bad_things() -> re.Pattern[str]:
    return re.compile(any_of(words("topics", "bad", "harm") + words("phrases", "event-bad")))
