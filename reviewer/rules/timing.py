"""T601 and T602: a timeliness indicator needs a time, and the year named must be the budget year."""

from __future__ import annotations

import re

from reviewer.language.classes import Kind
from reviewer.language.names import Denotes
from reviewer.language.parsed import Parsed
from reviewer.models import FieldName
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

# A year behind or before these words is a yardstick, not a due date: 较2022年, 2022年标准, 自2020年起.
_BASELINE = re.compile(
    r"""(?:较|比|对比|与|同比|相比|基于|以|在|自|从|截至|根据|依据|按照?|沿用|参照|参考|低于|高于|不低于|不高于|不超过|超过
    |起|延续|结转|续建|十[三四五]五)[^,。;]{0,4}\Z""",
    re.VERBOSE,
)
_YARDSTICK = re.compile(
    r"""年?度?(?:为?(?:基[数期准础]|水平|同期|相比|以来|[起至~到-]|末?的?基础|实际|决算|标准|版|修订|成果|数据|出生|毕业|入学|入伍
    |[届级]|考核|结转|续建))""",
    re.VERBOSE,
)


def has_time(parsed: Parsed | None) -> bool:
    """Whether the text names a date, period, frequency or time limit."""
    return parsed is not None and (bool(parsed.times) or any(value.dimension == "duration" for value in parsed.values))


def no_deadline(row: Row) -> Result:
    """T601: a 时效 indicator without a date, period, frequency or time limit anywhere in its row."""
    if row.kind is not Kind.TIMELINESS or not row.annual.text or row.annual.blanks:
        return NOT_APPLICABLE
    if row.mismatch:
        return NOT_APPLICABLE  # it measures something else: C401 says so
    if row.name.denotes is Denotes.TIME and row.numbers and all(value.dimension == "bare" for value in row.numbers):
        return NOT_APPLICABLE  # a period whose unit is missing: M201 says so
    if has_time(row.annual) or has_time(row.name_parsed):
        return PASS
    if row.cycle is not None and not row.vague and has_time(row.cycle):
        return PASS
    return Hit(
        "T601", "annual_value", 0, len(row.annual.text), "时效指标没有写明日期、期限或频次，到年底无法判断是否按时。"
    )


def wrong_year(row: Row) -> Result:
    """T602: another year stands where the budget year is meant."""
    year = row.facts.year
    if year is None:
        return NOT_APPLICABLE
    fields: tuple[tuple[FieldName, Parsed | None], ...] = (
        ("annual_value", row.annual),
        ("cycle_value", row.cycle),
        ("name", row.name_parsed),
    )
    for field, parsed in fields:
        if parsed is None:
            continue
        for time in parsed.times:
            if time.year is None or time.year == year:
                continue
            # A cycle runs over several years, so a later year there is no slip; nor is a year that serves as yardstick.
            if field == "cycle_value" and time.year > year:
                continue
            if field == "name" and (time.year > year or time.kind == "year"):
                continue
            text = parsed.text
            if any(other.year == year for other in parsed.times):
                continue
            if _BASELINE.search(text, max(0, time.start - 8), time.start) or _YARDSTICK.match(text, time.start + 4):
                continue
            return Hit("T602", field, time.start, time.end, f"写的是 {time.year} 年，而预算年度是 {year} 年。")
    return PASS
