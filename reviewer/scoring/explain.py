"""The formula in words: Chinese Markdown made from the tables that the scores are counted with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.models import DIMENSIONS, AuditName, Dimension, Severity
from reviewer.scoring.audit import BEST_WHEN_VAGUE, EVIDENCE, OFF_TOPIC, WORST
from reviewer.scoring.formula import (
    BANDS,
    BASES,
    CEILINGS,
    EFFECTS,
    FACTS,
    GENERIC_STEMS,
    HINT_FLOOR,
    HOLLOW_CYCLE,
    PROJECT_COST_LIMIT,
    PROJECT_COSTS,
    REWORKED,
    SPECIALS,
    WEAK_CEILING,
    WEIGHTS,
    WHOLE_BUDGET,
    Caps,
    severity_of,
    title_of,
)
from reviewer.scoring.joint import CERTAIN, DECIDES, DENIES, SURER, Side

_DIMENSIONS: dict[Dimension, str] = {
    "specific": "明确性 S",
    "measurable": "可衡量性 M",
    "achievable": "可实现性 A",
    "relevant": "相关性 R",
    "time_bound": "时限性 T",
}
_AUDITS: dict[AuditName, str] = {
    "completeness": "完整性",
    "relevance": "相关性",
    "appropriateness": "适当性",
    "feasibility": "可行性",
}
_SEVERITIES: dict[Severity, str] = {"error": "错误", "warning": "警告", "hint": "提示"}


def explain() -> str:
    """Return the whole formula as Chinese Markdown.

    >>> explain().splitlines()[0]
    '# 怎样打分'
    """
    return "\n".join([*_head(), *_row(), *_project(), *_document(), *_audit(), *_joint()]) + "\n"


def _table(*rows: Iterable[object]) -> Iterator[str]:
    for number, cells in enumerate([list(row) for row in rows]):
        yield f"| {' | '.join(map(str, cells))} |"
        if number == 0:
            yield f"|{'---|' * len(cells)}"
    yield ""


def _head() -> Iterator[str]:
    yield from (
        "# 怎样打分",
        "",
        "本页由程序从打分用的那几张表生成。",
        "同一份文件总得同样的分；其余不变，多一处问题，分数不会升高；少一处问题，分数不会降低。",
        "",
    )
    yield from _table(
        ("等级", *(grade for _, grade in BANDS)),
        ("最低分（财预〔2020〕10号）", *(lowest for lowest, _ in BANDS)),
    )


def _row() -> Iterator[str]:
    yield from (
        "## 一条指标",
        "",
        "五项各得 1 到 5 分：5 完全做到，4 有小缺点，3 做到一部分，2 大多没做到，1 没做到。",
        "",
        "### 第一步：看这一行写了什么",
        "",
    )
    yield from _table(
        ("项", "起点", "看到什么"),
        *((_DIMENSIONS[dimension], fact.points, fact.why) for dimension in DIMENSIONS for fact in FACTS[dimension]),
    )
    stems = "、".join(sorted(GENERIC_STEMS - {""}))
    yield from (
        f"“名称没有说明对象”指名称只有“满意度”“成本”这类词，前面没有别的，或者只有：{stems}。",
        "",
        "### 第二步：发现的问题给各项封顶",
        "",
        "一项最多得表里的分，空格表示不受影响。几处问题碰到同一项，按最低的算，不累计。",
        f"只是提示的，只动规则所属的那一项，最多降到 {HINT_FLOOR}。部门自己加的规则不给各项封顶，只受第三步的限制。",
        "",
    )
    yield from _table(
        ("问题", "轻重", *(title[-1] for title in _DIMENSIONS.values())),
        *_effects(),
    )
    weights = "，".join(f"{_DIMENSIONS[dimension]} {WEIGHTS[dimension]}%" for dimension in DIMENSIONS)
    limits = "，".join(
        f"有{_SEVERITIES[each]}的最多 {CEILINGS[each]:g} 分" for each in CEILINGS if CEILINGS[each] < 100
    )
    yield from (
        "### 第三步：合成",
        "",
        f"得分 = 20 × 五项的加权平均。权重：{weights}。",
        f"然后封顶：{limits}。“{HOLLOW_CYCLE}”和“{WHOLE_BUDGET.why}”的最多 {WEAK_CEILING:g} 分。",
        f"{'、'.join(sorted(REWORKED))} 要换一个值或换一种量法，是警告时也按错误封顶。",
        "优是可以直接用，良是小改能用，中是部分重写，差是整条重写，所以有错误的到不了良，有警告的到不了优。",
        "",
        "权重的理由：没有可衡量的值，年底谁也判断不了；没有说清对象，不知道衡量的是什么，所以这两项最重。",
        "能否实现、是否相关，单凭文字看不出多少；时限有预算年度兜底，所以这三项轻一些。",
        "封顶分的来历：`data/gold` 里有同一问题的标注行够多的，大致取各项的中位数（标注怎样来的，见那里的 README）；",
        "不够多的（M203、A301、R502、T602、E701 至 E703），按规则说的后果定。",
        "",
    )


def _effects() -> Iterator[tuple[object, ...]]:
    def row(title: str, severity: str, caps: Caps) -> tuple[object, ...]:
        return (title, severity, *("" if cap == 5 else cap for cap in caps))

    for code, caps in EFFECTS.items():
        yield row(f"{code} {title_of(code)}", _SEVERITIES[severity_of(code)], caps)
        if code in SPECIALS:
            yield row(f"{code}，{SPECIALS[code].when}", "", SPECIALS[code].caps)


def _project() -> Iterator[str]:
    costs = "，".join(f"{_SEVERITIES[each]} {PROJECT_COSTS[each]} 分" for each in PROJECT_COSTS)
    yield from (
        "## 一个项目",
        "",
        "各条指标得分的平均。每条都印了权重的，按权重平均；否则各条一样重，所以指标多不吃亏。",
        f"项目本身的问题（绩效目标、类别、重复等，编码 G、S 开头）另扣分：每条规则{costs}，触发几次都只扣一次，",
        f"合计最多扣 {PROJECT_COST_LIMIT} 分。没有指标的项目得 0 分。",
        "",
    )


def _document() -> Iterator[str]:
    yield from (
        "## 一份文件",
        "",
        "各项目得分按金额的平方根加权平均：金额是四倍，分量是两倍。这样大项目更重，但不会一个项目定全局。",
        "金额没有填、为 0 或为负的项目，分量取其他项目的中位数；都没有金额，就一样重。没有项目的文件得 0 分。",
        "",
    )


def _audit() -> Iterator[str]:
    limits = "，".join(f"{_SEVERITIES[each]}最好是{WORST[each]}" for each in WORST)
    yield from (
        "## 审核四项（财预〔2015〕88号）",
        "",
        f"规则能说多少就说多少，不能判断的留空，不猜。下表的规则有发现时：{limits}。",
        "",
    )
    yield from _table(
        ("项", "看哪些规则", "没有这些发现时"),
        (_AUDITS["completeness"], _codes("completeness"), "优；有没能检查的留空。没有指标为差"),
        (
            _AUDITS["relevance"],
            _codes("relevance"),
            f"留空。一半以上的指标相关性不超过 {OFF_TOPIC} 分的，最好是中",
        ),
        (
            _AUDITS["appropriateness"],
            _codes("appropriateness"),
            f"20 × 各条明确性、可衡量性的平均，按上面的分数线定级；有空泛指标的最好是{BEST_WHEN_VAGUE}",
        ),
        (_AUDITS["feasibility"], "", "留空：离线不判断"),
    )


def _codes(audit: AuditName) -> str:
    return _titled(EVIDENCE[audit])


def _titled(codes: Iterable[str]) -> str:
    return "、".join(f"{code} {title_of(code)}" for code in codes)


_SIDES: dict[Side, str] = {
    "rules": "规则：文字上的事实，程序不会看错",
    "either": "谁发现都算：规则有把握的只是一部分，模型的根据已经核对",
    "llm": "模型：要懂意思才能判断",
}


def _joint() -> Iterator[str]:
    bases = "、".join(f"“{BASES[basis].why}”" for basis in BASES if basis in CERTAIN)
    yield from (
        "## 请模型一起判断时",
        "",
        "模型的话先经程序核对：引文是不是原文，数字有没有依据，改写合不合规则。核对不了的不用，在项目下面列出来。",
        "规则和模型都发现的是一处问题。只有一方发现、另一方否认的，标“有分歧”；算不算数，看下表。不算数的降为提示，不扣分。",
        "",
    )
    yield from _table(
        ("谁说了算", "哪些问题"),
        *((title, _titled(code for code in DECIDES if DECIDES[code] == side)) for side, title in _SIDES.items()),
    )
    sure = "、".join(_DIMENSIONS[dimension] for dimension in DIMENSIONS if SURER[dimension] == "rules")
    yield from (
        f"模型否认，指它说这条不空泛，或者没有提这个问题、又在所属的那一项打了 {DENIES} 分以上；",
        "没有提、也没有打高分的，不算否认。归模型判断的问题，模型自己提了、却在那一项打了高分的，也只算提示。",
        f"空泛与否有分歧时：{bases}的，不空泛；",
        "规则的理由只是没有看出值（V103）或百分比不明（M202）的，听模型的；其余听规则的。",
        f"五项的分，有把握的一方占两份，另一方占一份，四舍五入。{sure}以规则为准，其余三项以模型为准。",
        "等级仍由分数和问题的轻重按上面的办法得出。审核四项，规则留空的用模型的等级，两边都有的取差的一个，理由都写上。",
        "",
    )
