"""What a report on a run says in sentences, the same in every format."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.bulk.department.evidence import Example, Place, Repeat, RepeatKind
from reviewer.bulk.department.models import (
    Changes,
    NotChecked,
    Noticed,
    Open,
    Opinion,
    Reason,
    Report,
    Stake,
    Standing,
    Use,
)
from reviewer.models import Grade
from reviewer.reporting.words import CONSEQUENCES, class_title, money, place, points, rule_title

_HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{32,}\b")

TITLE = "部门绩效指标审核报告"

KIND_TITLES: dict[RepeatKind, str] = {
    "project": "重复报送的项目",
    "output": "可能算了两次的产出",
    "set": "相同的整套指标",
    "goal": "相同的绩效目标",
    "text": "相同的指标文字",
}


def percent(part: float, whole: float) -> str:
    """Return a share in whole per cent; a share of nothing is none.

    >>> percent(1, 3), percent(0.001, 1), percent(1, 0)
    ('33%', '不到 1%', '—')
    """
    if not whole:
        return "—"
    share = part / whole
    return "不到 1%" if 0 < share < 0.01 else f"{int(share * 100 + 0.5)}%"


def about(report: Report) -> str:
    """Return whose projects they are, of which year, and how many."""
    named = report.departments
    years = "、".join(str(year) for year in sorted(report.years))
    whose = named[0] if named else "未写部门"
    parts = [
        whose if len(named) < 2 else f"{whose}等 {len(named)} 个部门",
        f"{years} 年" if years else "年度未写",
        f"{report.files} 个文件",
        f"{len(report.units)} 个单位",
        f"{report.total.projects:,} 个项目",
        f"{report.total.indicators:,} 条指标",
    ]
    return " · ".join(parts)


def headlines(report: Report) -> Iterator[str]:
    """Yield what a director has to know, in the order of importance."""
    total = report.total
    if not total.projects:
        yield "还没有一个项目有结果。"
        return
    yield (
        f"总体得分 {points(total.score)} 分，等级为“{total.grade}”；"
        f"{total.projects:,} 个项目合计 {money(total.amount)}{_unpriced(total.unpriced)}。"
    )
    yield from _stakes(total)
    vague = f"空泛、年底无法衡量的指标 {total.vague:,} 条，占 {percent(total.vague, total.indicators)}"
    if total.worst:
        vague += f"；最多的问题是“{rule_title(total.worst.rule)}”，{total.worst.count:,} 处"
    yield f"{vague}。"
    if repeated := _repeated(report):
        yield repeated
    if report.changes:
        yield moved(report)


def _stakes(total: Standing) -> Iterator[str]:
    of = {stake.grade: stake for stake in total.stakes}
    for grade in ("差", "中"):
        if of[grade].projects:
            yield f"“{grade}”的{stake_words(of[grade], total)}：{CONSEQUENCES[grade]}。"
    sound = of["优"].projects + of["良"].projects
    if sound:
        amount = round(of["优"].amount + of["良"].amount, 2)
        yield f"“优”和“良”的项目 {sound:,} 个，涉及 {money(amount)}，可以往下走（“良”先协商完善）。"
    else:
        yield "没有“优”和“良”的项目。"


def stake_words(stake: Stake, total: Standing) -> str:
    """Return how many projects have a grade, their money, and its share of all money that is filled in."""
    share = f"，占已填金额的 {percent(stake.amount, total.amount)}" if total.amount else ""
    return f"项目 {stake.projects:,} 个，涉及 {money(stake.amount)}{share}{_unpriced(stake.unpriced)}"


def _unpriced(count: int) -> str:
    return f"（{count:,} 个项目没有填金额，不在其中）" if count else ""


def _repeated(report: Report) -> str:
    parts = []
    same = [repeat for repeat in report.repeats if repeat.kind == "project"]
    if same:
        again = sum(repeat.count - 1 for repeat in same)
        parts.append(f"{again:,} 个项目是重复报送的，金额和个数都多算了，请先剔除")
    outputs = [repeat for repeat in report.repeats if repeat.kind == "output" and repeat.same_unit]
    if outputs:
        parts.append(f"{len(outputs):,} 项产出在同一单位的几个项目里都报了，可能算了两次")
    copied = sum(repeat.kind in ("goal", "set", "text") for repeat in report.repeats)
    if copied:
        parts.append(f"{copied:,} 段目标、指标文字在几个项目里照抄")
    return "；".join(parts) + "。" if parts else ""


def remarks(report: Report) -> Iterator[str]:
    """Yield what the reader must bear in mind: what is missing from the figures, and on what they rest."""
    unknown = report.open
    if gap := unfinished(unknown):
        yield f"{gap}，不在本报告里。用原来的 reviewer bulk 命令可以接着做。"
    kept = [file for file in unknown.unread if file.kept]
    if lost := len(unknown.unread) - len(kept):
        yield f"{lost:,} 个文件读不了，里面的项目不在本报告里。"
    if kept:
        projects = sum(file.kept for file in kept)
        yield f"{len(kept):,} 个文件已经读不到了，{projects:,} 个项目的结果是原来审的。"
    if unknown.failures:
        yield f"{len(unknown.failures):,} 个项目模型没能判断，只有规则的结果。加上 --retry-failed 可以再试。"
    if report.suppressed:
        yield f"部门豁免的问题 {report.suppressed:,} 处，不计分，也不在下面的数里。"
    if report.mode == "rules":
        yield "只用规则，没有请模型判断；要理解意思才能判断的没有判断，不算通过。"


def unfinished(found: Open) -> str:
    """Return in words what was not judged because the run did not come to its end; empty when it did."""
    if found.missing:
        return f"还有 {found.missing:,} 个项目没有审完" + ("" if found.complete else "，后面可能还有没读到的文件")
    return "" if found.complete else "批次没有做完，可能还有没读到的文件"


def is_complete(found: Open) -> bool:
    """Whether every project of every file was judged."""
    return not (unfinished(found) or found.unread or found.failures)


def moved(report: Report) -> str:
    """Return the comparison with the earlier run in a sentence."""
    changes = report.changes
    assert changes is not None
    before, after = changes.before, report.total
    return (
        f"与上次（{changes.run}）相比：变好 {changes.better:,} 个、变差 {changes.worse:,} 个、"
        f"没变 {changes.same:,} 个，新报 {changes.new:,} 个、不再报 {changes.gone:,} 个；"
        f"总分 {points(before.score)} → {points(after.score)}，"
        f"“差”的金额 {money(_amount(before, '差'))} → {money(_amount(after, '差'))}。"
    )


def _amount(standing: Standing, grade: Grade) -> float:
    return next(stake.amount for stake in standing.stakes if stake.grade == grade)


def comparable(changes: Changes) -> str:
    """Return what differs between the settings of the two runs; empty when nothing does."""
    if not changes.settings:
        return ""
    different = _HASH.sub(r"\1…", "；".join(changes.settings))
    return f"两次的设置不同，有的变化可能来自设置，不是来自表。上次的设置 {different}。"


def reason(why: Reason) -> str:
    """Return why a project is bad, with the first place in it."""
    head = rule_title(why.rule) + (f" {why.count} 处" if why.count > 1 else "")
    if why.no is None:
        return f"{head}：{why.message}"
    return f"{head}：第 {why.no} 条“{why.name}”" + (f"写的是“{why.quote}”" if why.quote else why.message)


def place_words(at: Place, *, unit: bool = True) -> str:
    """Return a place as people look it up: unit, project, number, file and place in the file."""
    parts = [at.unit] if unit else []
    parts.append(at.project)
    if at.no is not None:
        parts.append(f"第 {at.no} 条")
    parts.append(at.file + (f" {place(at.where)}" if at.where else ""))
    return " · ".join(parts)


def example_words(found: Example) -> str:
    """Return what stands in an example: class, name and value; of a project what is quoted from it."""
    if found.name or found.value:
        return f"{class_title(found.level1, found.level2)}　{found.name}　{found.value or '（空）'}"
    quote = found.finding.quote if found.finding else found.text
    return quote or (found.finding.message if found.finding else "")


def repeat_words(repeat: Repeat) -> str:
    """Return what is repeated, how often, and with how much money behind it."""
    where = "不同单位"
    if repeat.same_unit:
        where = "同一单位" if len({place.unit for place in repeat.places}) == 1 else "几个单位（有的单位不止一处）"
    kind = KIND_TITLES[repeat.kind]
    return f"{kind}，{likeness(repeat)}，{where} {repeat.count:,} 处，项目合计 {money(repeat.amount)}"


def likeness(repeat: Repeat) -> str:
    """Return how far the places of a repetition agree."""
    if repeat.kind == "output":
        return "数量相同"
    return "大同小异" if repeat.near else "完全相同"


def coverage(report: Report) -> str:
    """Return how far the indicators measure what the goals promise."""
    found = report.coverage
    if not found.elements:
        return "没有能够拆开的绩效目标。"
    return (
        f"{found.projects:,} 个项目的绩效目标能拆成 {found.elements:,} 项任务和效果，"
        f"其中 {found.covered:,} 项（{percent(found.covered, found.elements)}）有指标衡量，"
        f"{found.elements - found.covered:,} 项没有。"
    )


def opinion(found: Opinion) -> Iterator[str]:
    """Yield what the model's word came to."""
    yield f"模型判断了 {found.judged:,} 个项目。"
    if found.dropped:
        yield f"模型的话里有 {found.dropped:,} 处核对不了，没有采用。"
    if found.unsteady:
        yield f"{found.unsteady:,} 条指标模型反复判断不一致，需人工复核。"
    disputed = sum(each.found_by_rules + each.found_by_model for each in found.disputes)
    yield f"规则和模型有分歧的 {disputed:,} 处。" if disputed else "规则和模型没有分歧。"
    if not found.use:
        yield "批次里没有账本，用量不详。"
    for use in found.use:
        yield use_words(use)


def use_words(use: Use) -> str:
    """Return what a model was asked and what that cost."""
    failed = sum(use.failures.values())
    cost = "单价未知，费用未知" if use.cost is None else f"费用约 {use.cost:,.2f} {use.currency}"
    return (
        f"{use.model}（{use.base_url}）：问了 {use.requests:,} 次，答了 {use.answered:,} 次"
        f"{f'，没有答成 {failed:,} 次' if failed else ''}；发出请求 {use.calls:,} 次；"
        f"输入 {use.input_tokens:,}、输出 {use.output_tokens:,} token；{cost}。"
    )


def reasons(item: NotChecked) -> str:
    """Return why a rule could not be decided: the most frequent reasons, or one of many."""
    first, count = next(iter(item.reasons.items()))
    if count == item.count:
        return first
    if 2 * sum(item.reasons.values()) < item.count or 2 * count < item.count:
        return f"各处不同，例如：{first}"
    return "；".join(f"{why.rstrip('。')} {count:,} 处" for why, count in item.reasons.items())


def noticed(item: Noticed) -> str:
    """Return one of the things that reading noticed, with its place."""
    return f"{item.file}{f' {place(item.where)}' if item.where else ''}：{item.message}"


def basis(report: Report) -> str:
    """Return on what the report rests."""
    source = "规则" if report.mode == "rules" else f"规则和模型 {report.model} "
    return f"程序 {report.reviewer_version}，规则 {report.ruleset[:12]}，按{source}审核，批次开始于 {report.begun}。"
