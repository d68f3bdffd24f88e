"""Rewrites of timeliness rows from the goal: the date it sets, or how often it wants a thing done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.language.classes import Kind
from reviewer.language.goals import pairs
from reviewer.rewriting import measures, naming, wording
from reviewer.rewriting.case import Case, Draft
from reviewer.rewriting.product import yearly
from reviewer.rewriting.wording import quoted, written

_NEAR = 0.5
_FINISH = re.compile(
    "完成|完工|竣工|交付|投入使用|验收|建成|上线|安装|改造|建设|维修|到货|采购|发放|举办|印发|开学|到位|列装|通车|配发"
)
_NAMES_MOMENT = ("时间", "时限", "期限", "日期")
_BOUND = ("前", "内", "旬", "期间")
_DONE = re.compile("(?:完工|完成)\\Z")


def drafts(case: Case) -> Iterator[Draft]:
    """Yield a timeliness row with the goal's date or frequency in it."""
    if case.kind is Kind.TIMELINESS:
        for find in (_date, _rhythm):
            if (draft := find(case)) is not None:
                yield draft


def _date(case: Case) -> Draft | None:
    row, goal = case.row, case.context.facts.goal
    dates = [time for time in goal.times if time.kind == "date" and time.month]
    wanted = pairs(case.subject)
    for time in dates[: wording.MOST_NUMBERS]:
        sentence = wording.around(goal.text, time.start, time.end, wording.SENTENCE_END)
        shared = len(wanted & pairs(sentence))
        finishing = _FINISH.search(row.name.text) and _FINISH.search(sentence)
        # The only date of a goal is the date of whatever is finished.
        if not ((len(dates) == 1 and (finishing or shared)) or shared >= max(1.0, _NEAR * len(wanted))):
            continue
        day = _DONE.sub("", goal.text[time.start : time.end])
        day = day if day.endswith(_BOUND) else day + "前"
        year = f"{case.context.year}年" if case.context.year and time.year is None else ""
        own = row.name.text
        name = own if own.endswith(_NAMES_MOMENT) else naming.due(own, case.context.subject) + "时间"
        clause = wording.around(goal.text, time.start, time.end, wording.CLAUSE_END)
        return Draft(name, year + day, Kind.TIMELINESS, f"{case.problem}；按目标{quoted(clause)}填。依据：绩效目标。")
    return None


def _rhythm(case: Case) -> Draft | None:
    """So many a month or quarter, for a row that asks whether they are done in time."""
    row, facts = case.row, case.context.facts
    unit = measures.unit_of(row.name.text)
    wanted = pairs(case.subject)
    for stated in facts.goal_numbers[: wording.MOST_NUMBERS]:
        figure = written(facts.goal.text, stated.value)
        if wording.unit_in(figure) != unit and not wanted & stated.pairs:
            continue
        product = yearly(facts.goal, stated.value, wording.unit_in(figure))
        if product is not None:
            name = naming.due(row.name.text, case.context.subject) + "频次"
            clause = wording.around(facts.goal.text, stated.value.start, stated.value.end, wording.CLAUSE_END)
            why = f"{case.problem}；按目标{quoted(clause)}填。依据：绩效目标。"
            return Draft(name, product.rhythm + figure, Kind.TIMELINESS, why)
    return None
