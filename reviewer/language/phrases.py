"""What a text without numbers says: pointing elsewhere, degree words, graded states, things that must not happen.

The words lie in ``data/lexicon/phrases.txt``, one section a meaning. All functions take folded text.
"""

from __future__ import annotations

import re
from functools import cache

from reviewer.language.lexicon import any_of, words


@cache
def _words(*sections: str) -> re.Pattern[str]:
    return re.compile(any_of(words("phrases", *sections)))


def _any(*sections: str) -> str:
    return any_of(words("phrases", *sections))


_DEGREE = re.compile(
    rf"""{_any("degree", "effect-verb")}
    |{_any("degree-predicate")}(?=[,。;、和与及且]|\Z|有[序效]|可[靠控]|高效|及时|运[行转]|稳定|到位|可持续|增长)""",
    re.VERBOSE,
)
# Pointing at a rule by its kind, whatever it is called: 严格按财务制度执行, 符合现行规范.
_POINTER = re.compile(
    r"""(?:按照?|依据?|根据|遵照|符合|达到|满足)[^,。;、\d]{0,10}?
    (?:制度|规定|要求|标准|计划|方案|合同|协议|文件|政策|节点|程序|规范|办法|流程|细则|条例|预算|批复|清单)
    |(?:按照?|依据?|根据|遵照|符合)《[^》]*》""",
    re.VERBOSE,
)
_BAD_EVENT = re.compile(
    rf"""(?:零|(?<!\d)0(?![.\d])|无(?!障碍|人|线|偿|害|缝|纸|形|限)|没有|[未不]发生|[未不]出现|未|不)
    [^,。;:、]{{0,10}}?{_any("event-bad")}""",
    re.VERBOSE,
)
_ENDS_GRADED = re.compile(r"(?:及?以上|标准|水平|等次|等级|水质|档次?|要求|称号|\([^)]*\)|\W)*\Z")
_REACHES = re.compile(r"(?:达到?|评为|评定为|获得?|为|创建|不低于|等级为|结果为|考核)\Z")
_MARK = re.compile(r"(?:达到?|[评定]?为|等次|等级)?(?:[优良]|优秀|良好|优良|达标)(?:及?以上)?(?:等次|等级)?\Z")
_AWARD = re.compile(
    r"(?:创建?|争创|获评?|获得|荣获|评为|取得)[^,。;]{0,12}(?:级|奖|称号|标化工地|示范[^,。;]{1,4}|证书|认证|名次|资质)[^,。;]{0,6}\Z"
)
_SCALE = re.compile("等[次级]|评[估定价比审分]|考[核评]|测评|验收|检[测验查]|排放|水质|空气|达标|创建|复审|[优良]率")
_PASSED = re.compile(rf"通过(?:[^,。;]{{0,8}}{_any('procedure')}|\Z)")
_BENCHMARK = re.compile(
    rf"""(?:不低于|不高于|不少于|不超过|高于|低于|超过|少于|优于|持平于?|>=|<=|[≥≤><较比与]|位居|排名|进入|位列)
    [^,。;]{{0,8}}?{_any("benchmark")}""",
    re.VERBOSE,
)
# 较上年明显提升 names a yardstick and then says nothing about how far; 较上年下降 is plain where something is counted.
_BY_DEGREES = re.compile(r"[较比与][^,。;]*(?:显著|明显|有所|进一步|大幅|不断|逐步|改善|好转)")
_DIRECTION = re.compile(r"[较比与][^,。;]*(?:提高|提升|增加|增长|上升|下降|减少|降低)\Z")
_YES = re.compile(r"(?:是|否|已|已完成|Y|N|√|已建立|已建成|已通过|已验收)[。.]?\Z")
_NOTHING = re.compile(r"(?:无|0|零|没有|未发生|不发生|无发生|不存在|杜绝)[。.]?\Z")
_DONE_AT_END = re.compile(r"(?:完成|建成|完工)[^,。;]{0,8}(?:验收|决算|审计|审批|备案|交付|移交)")


def degree(text: str) -> re.Match[str] | None:
    """Return the first degree word, verb of improving or unobservable state.

    >>> degree("群众满意度进一步提升").group()
    '满意'
    """
    return _DEGREE.search(text)


def degree_span(text: str, first: re.Match[str]) -> tuple[int, int]:
    """Return the span of *first* with the degree words that follow it closely (进一步提升, 取得良好)."""
    start, end = first.span()
    while (
        (following := _DEGREE.search(text, end))
        and following.start() - end <= _CLOSE
        and "," not in text[end : following.start()]
    ):
        end = following.end()
    return start, end


_CLOSE = 2


def reference(text: str) -> re.Match[str] | None:
    """Return the first words that point at something not stated here.

    >>> reference("严格按照合同约定支付").group()
    '按照合同'
    """
    return _words("reference").search(text) or _POINTER.search(text)


def no_value(text: str) -> re.Match[str] | None:
    """Return the first promise of completeness or duration without a measure (应建尽建, 长期)."""
    return _words("no-value").search(text)


def graded(text: str) -> re.Match[str] | None:
    """Return a state that a fixed procedure decides (合格, 一级A, Ⅲ类, 通过验收), if the text states one.

    >>> graded("达到Ⅲ类水质").group(), graded("二级单位全部接入")
    ('Ⅲ类', None)
    """
    if passed := _PASSED.search(text) or _AWARD.search(text):
        return passed
    for match in _words("graded").finditer(text):
        start, end = match.span()
        if text[start - 1 : start] == "不" or text[max(0, start - 2) : start] in ("符合", "满足"):
            continue
        if _ENDS_GRADED.match(text, end) or _REACHES.search(text, 0, start):
            return match
    return None


def marked_without_scale(text: str, name: str) -> bool:
    """Whether the text is a bare mark (优, 达标) and the *name* speaks of nothing that would give it.

    >>> marked_without_scale("优", "审计报告质量"), marked_without_scale("优", "年度考核等次")
    (True, False)
    """
    return _MARK.match(text) is not None and _SCALE.search(name) is None


def none_of_bad(text: str) -> re.Match[str] | None:
    """Return a value of zero for something that must not happen (0停播, 无安全事故, 零投诉).

    >>> none_of_bad("保障视频安全播出0停播、0事故").group()
    '0停播'
    """
    return _BAD_EVENT.search(text)


def benchmark(text: str, *, counted: bool) -> re.Match[str] | None:
    """Return a comparison with a yardstick known at year's end (不低于上年), unless it only adds a degree word.

    A bare direction (较上年下降) decides only where the thing compared is *counted*.
    """
    found = _BENCHMARK.search(text)
    if found is None or _BY_DEGREES.search(text):
        return None
    return found if counted or not _DIRECTION.search(text) else None


def nothing_of_bad(text: str, name: str) -> bool:
    """Whether the text says "none" and the *name* is something that must not happen (安全事故 | 无)."""
    return _NOTHING.match(text) is not None and _words("event-bad").search(name) is not None


def done(text: str) -> re.Match[str] | None:
    """Return a completion that a third party can see (投入使用, 印发, 全覆盖)."""
    return _words("done").search(text) or _DONE_AT_END.search(text)


def yes_or_no(text: str) -> re.Match[str] | None:
    """Return the whole text when it is a bare yes or no."""
    return _YES.match(text)
