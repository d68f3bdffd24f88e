"""Rewrites from the row's own words and numbers: what was meant, put so that it can be checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from reviewer.language.classes import BENEFITS, COSTS, Kind
from reviewer.language.names import Denotes
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value
from reviewer.rewriting import naming
from reviewer.rewriting.case import COUNTED, Case, Draft
from reviewer.rewriting.compound import keep_other, name_of, parts_of, split
from reviewer.rewriting.conflict import as_named, as_often_as_cycle, cycle_in_line, turned, with_unit_of_cycle
from reviewer.rewriting.product import first_yearly
from reviewer.rewriting.units import with_unit
from reviewer.rewriting.wording import OWN_CYCLE, OWN_VALUE, blank, quoted, target, written

_EVERY_YEAR = re.compile(r"^每年(?=\d)")
_RESIDUE = re.compile(r"(?:<[^<>]{1,80}>|&[a-zA-Z]{2,8};)+(?!\d)")
_SPENDING = re.compile("成本|资金|预算|支出|经费|投资")


def drafts(case: Case) -> Iterator[Draft]:
    """Yield what can be made of the row itself, the closest to its wording first."""
    damage = case.faults.get("E701")
    if damage is not None and damage.field == "annual_value":
        yield from _cleaned(case)  # nothing else may be built on a damaged number
        return
    for mend in _menders(frozenset(case.faults)):
        if (draft := mend(case)) is not None:
            yield draft


@cache
def _menders(faults: frozenset[str]) -> list[Callable[[Case], Draft | None]]:
    return [mend for mended, mend in _MENDERS if not mended.isdisjoint(faults)]


def _cleaned(case: Case) -> Iterator[Draft]:
    """E701: the value without the residue of a web page, as long as no number grows together."""
    figure = _RESIDUE.sub("", case.row.annual.text)
    if figure != case.row.annual.text:
        why = f"{quoted(case.row.annual.text)}带有网页残留，去掉后内容不变，请核对原件"
        yield Draft(naming.own_name(case.row.name), figure, case.kind, f"{why}。{OWN_VALUE}")


# Satisfaction and shares ----------------------------------------------------------------------------------------------


def _satisfied(case: Case) -> Draft | None:
    """A satisfaction rate: its own number if it is credible, else the cycle's."""
    row = case.row
    misfit = "C401" in case.faults and row.name.denotes is not Denotes.SATISFACTION
    if case.kind is not Kind.SATISFACTION or misfit:
        return None
    for parsed, basis in ((row.annual, OWN_VALUE), (row.cycle, OWN_CYCLE)):
        value = _credible(parsed)
        if parsed is None or value is None:
            continue
        figure = target(parsed.text, value, ceiling=False)
        why = f"满意度写成百分比才能和问卷结果比对，沿用本条的{quoted(parsed.text)}"
        return Draft(_who(case), figure if value.unit else figure + "%", Kind.SATISFACTION, f"{why}。{basis}")
    return None


def _credible(parsed: Parsed | None) -> Value | None:
    """A number that can be the target of a questionnaire; a sum (5+4) is none."""
    if parsed is None or "+" in parsed.text:
        return None
    return next((v for v in parsed.values if v.dimension in ("percent", "bare", "score") and 1 < v.low < 100), None)


def _who(case: Case) -> str:
    """The name of a satisfaction indicator: whose satisfaction."""
    name, cycle = case.row.name, case.row.cycle
    if name.denotes is Denotes.SATISFACTION and case.names_subject:
        return name.text
    if cycle is not None and cycle.text.endswith("满意度") and not cycle.values:
        return cycle.text
    return naming.join(case.context.subject, "服务对象满意度")


def _bounded(case: Case) -> Draft | None:
    """A301: a share cannot be more than the whole."""
    row = case.row
    value = next((v for v in row.numbers if v.low == 100), None)
    if value is None or case.kind is Kind.SATISFACTION or case.is_ceiling(row.name.text):
        return None
    figure = written(row.annual.text, value)
    why = f"比率最高就是{figure}，不会超过，去掉多余的比较号"
    return Draft(naming.own_name(row.name), figure, case.kind, f"{why}。{OWN_VALUE}")


def _beside_formula(case: Case) -> Draft | None:
    """M203: the value that the cycle value states, with the formula as explanation."""
    row, cycle = case.row, case.row.cycle
    value = next((v for v in cycle.values if v.low < 100), None) if cycle is not None else None
    if cycle is None or value is None:
        return None
    figure = target(cycle.text, value, ceiling=case.is_ceiling(row.name.text))
    stated = quoted(written(cycle.text, value))
    why = f"年度指标值写的是算法（{quoted(row.annual.text)}），目标取实施周期指标值里的{stated}"
    return Draft(naming.own_name(row.name), figure, case.kind, f"{why}。{OWN_CYCLE}")


def _based(case: Case) -> Draft | None:
    """M202: the rate stays, what is counted over what becomes a blank."""
    row = case.row
    if not (row.is_rate and case.names_subject) or case.kind in (Kind.TIMELINESS, Kind.SATISFACTION):
        return None
    if case.kind in COSTS and _SPENDING.search(row.name.text):
        return None  # how much is spent has to be told in money
    figure = target(row.annual.text, row.numbers[0], ceiling=case.is_ceiling(row.name.text))
    share = f"{blank('分子是什么数，查台账')}占{blank('分母是什么数，查台账')}的比例"
    why = f"{case.problem}；比率沿用原来的，把分子、分母写明"
    return Draft(naming.own_name(row.name), f"{figure}({share})", case.kind, f"{why}。{OWN_VALUE}")


# Times ----------------------------------------------------------------------------------------------------------------


def _this_year(case: Case) -> Draft | None:
    """T602: the budget year in place of the other one."""
    row, year = case.row, case.context.facts.year
    wrong = next((t.year for t in row.annual.times if t.year is not None and t.year != year), None)
    if year is None or wrong is None or row.vague:
        return None
    figure = row.annual.text.replace(str(wrong), str(year))
    why = f"预算年度是{year}年，年度指标值写成了{wrong}年，改为当年；如确指{wrong}年请说明"
    return Draft(naming.own_name(row.name), figure, case.kind, f"{why}。{OWN_VALUE}")


def _limited(case: Case) -> Draft | None:
    """R501: a name that asks for a rate of being in time, answered by the limit itself."""
    row = case.row
    if row.name.denotes is not Denotes.PUNCTUAL_RATE or len(row.numbers) != 1 or row.numbers[0].dimension != "duration":
        return None
    name = naming.due(row.name.text, case.context.subject) + "时限"
    why = f"{quoted(row.annual.text)}是时限，不是比率，名称改成时限"
    return Draft(name, target(row.annual.text, row.numbers[0], ceiling=True), case.kind, f"{why}。{OWN_VALUE}")


def _date_named(case: Case) -> Draft | None:
    """M204: a date stands for the name, too; the name has to say what is due."""
    row = case.row
    if case.kind is not Kind.TIMELINESS or not any(time.kind == "date" for time in row.annual.times):
        return None
    name = naming.due("", case.context.subject) + "时间"
    return Draft(name, row.annual.text, case.kind, f"名称写的是日期，没有说什么要完成。{OWN_VALUE}")


# From elsewhere in the row --------------------------------------------------------------------------------------------


def _yearly_from_cycle(case: Case) -> Draft | None:
    """A count that the cycle value tells by month or quarter, as the year's total."""
    row, cycle = case.row, case.row.cycle
    if case.kind is not Kind.QUANTITY or cycle is None or cycle.blanks or (row.basis and "M202" not in case.faults):
        return None
    if not any(time.kind == "frequency" for time in cycle.times):
        return None
    product = first_yearly(cycle, COUNTED)
    if product is None:
        return None
    why = f"{case.problem}；按实施周期指标值{quoted(cycle.text)}算，{product.statement}"
    name = naming.own_name(row.name)
    return Draft(name, f"≥{product.figure}", Kind.QUANTITY, f"{why}。{OWN_CYCLE}", cycle=cycle.source)


def _from_cycle(case: Case) -> Draft | None:
    """An empty annual value beside a cycle value that says something: the year's target is taken from there."""
    row, cycle = case.row, case.row.cycle
    if cycle is None or cycle.blanks or row.name.denotes is Denotes.STATE or (row.basis and "M202" not in case.faults):
        return None  # what is done for a state (STATE) is not the state itself
    year = case.context.facts.year
    if any(time.year is not None and time.year != year for time in cycle.times):
        return None  # the end of a period of several years says nothing about this one
    name, kind = naming.own_name(row.name), case.kind
    value = next((v for v in cycle.values if v.dimension not in ("age", "bare") and v.low not in (0, 100)), None)
    dated = any(time.kind == "date" for time in cycle.times)
    if dated or any(time.kind == "frequency" for time in cycle.times):
        figure = _EVERY_YEAR.sub("", cycle.text).rstrip("。;,")
        kind = Kind.TIMELINESS if dated or kind is Kind.TIMELINESS else Kind.QUANTITY
    elif value is not None and row.is_rate == (value.dimension == "percent"):
        figure = target(cycle.text, value, ceiling=case.is_ceiling(name))
        kind = Kind.QUANTITY if kind in BENEFITS and row.name.denotes is Denotes.OTHER else kind
    else:
        return None
    why = f"{case.problem}；实施周期指标值已经写明，年度照此填，跨年的只填当年数"
    return Draft(name, figure, kind, f"{why}。{OWN_CYCLE}", cycle=cycle.source)


def _moved(case: Case) -> Draft | None:
    """C401, C402: a sound value in the wrong class goes to the right one with its name."""
    row = case.row
    if row.vague or case.kind is row.kind or not case.faults.keys().isdisjoint({"M201", "M202", "T601"}):
        return None
    name, figure = _name_and_figure(case)
    if case.kind in COSTS and figure.endswith(("万", "亿")):
        figure += "元"
    fault = (case.faults.get("C401") or case.faults["C402"]).message
    effect = "效果另设效益指标。" if row.kind in BENEFITS and case.kind is Kind.QUANTITY else ""
    return Draft(name, figure, case.kind, f"{fault}数值不变，换到合适的类别。{effect}{OWN_VALUE}")


def _name_and_figure(case: Case) -> tuple[str, str]:
    """The name, said more exactly where the annual value does so, and the value without the words that went there."""
    row = case.row
    name, text = naming.own_name(row.name), row.annual.text
    if len(row.numbers) != 1:
        return name, text
    value = row.numbers[0]
    figure = target(text, value, ceiling=case.is_ceiling(name))
    if row.name.denotes in (Denotes.COUNT, Denotes.MEASURE) and value.dimension in COUNTED:
        return name, figure
    parts = parts_of(row.annual, row.numbers) if row.name.denotes in (Denotes.OTHER, Denotes.QUALITY) else []
    if parts and case.kind is Kind.QUANTITY and value.dimension in COUNTED:
        return name_of(case, parts[0]), figure
    if parts and value.dimension == "percent" and parts[0].thing.endswith("率"):
        return parts[0].thing, figure
    return name, figure if len(text) <= value.end - value.start + 1 else text


_MENDERS: tuple[tuple[frozenset[str], Callable[[Case], Draft | None]], ...] = (
    (frozenset({"M205"}), split),
    (frozenset({"M205"}), keep_other),
    (frozenset({"M203"}), _beside_formula),
    (frozenset({"A301", "M201", "M202", "M203", "M204", "C401", "V101", "V102", "V103"}), _satisfied),
    (frozenset({"A301"}), _bounded),
    (frozenset({"M201"}), with_unit),
    (frozenset({"T602"}), _this_year),
    (frozenset({"V101", "V102", "V103", "M202", "M204"}), _yearly_from_cycle),
    (frozenset({"V101", "V102", "V103", "M202", "M204"}), _from_cycle),
    (frozenset({"M202"}), _based),
    (frozenset({"R501"}), _limited),
    (frozenset({"M204"}), _date_named),
    (frozenset({"C401", "C402"}), _moved),
    (frozenset({"M206"}), turned),
    (frozenset({"M206"}), with_unit_of_cycle),
    (frozenset({"M206"}), as_often_as_cycle),
    (frozenset({"M206"}), as_named),
    (frozenset({"M206"}), cycle_in_line),
)
