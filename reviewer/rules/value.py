"""M201–M205 and M207: is the value complete, of one thing, and a value at all."""

from __future__ import annotations

import re

from reviewer.language import phrases
from reviewer.language.classes import Kind
from reviewer.language.names import Denotes, asks_yes_or_no
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

_FORMULA = re.compile(r"(?:[÷×*/]|除以)[^,。;]{0,20}?[×*]?100%|[\u4e00-\u9fff)]÷[\u4e00-\u9fff(]|[\u4e00-\u9fff]+数/[\u4e00-\u9fff]+数|占[^,。;]{2,20}的(?:百分比|比例|比重)\Z")
_PLAIN_NUMBER = re.compile(r"[≥≤><=\d.,~\-+约达到不低于少超过至高大小以上内下]*\Z")
_POPULATION = re.compile(r"人|户|村|校|园|企业|单位|社区|街道|乡|镇|县|区|市|家|师|生|居民|群众|农民|老年|儿童|妇女|对象|职工|党员|干部|用户|机构|部门|医院|床|车|路|街|段|面积|耕地|农田|森林|林|草|水域|建筑|设施|设备|病|种|需求|免疫|疫苗|管网|供水|燃气|供热|污水|垃圾")
_MONEY_WORD = re.compile(r"资金|经费|费|补贴|补助|利息|工资|预算|款|薪|津贴|奖金|支出|投资")
_PROCESS = re.compile(r"管理|制度|监管|应急|安全|规范|机制|宣传|舆论|氛围|环境|形象|质量|水平|能力|效益|效果|成本|使用|发展|建设|施工|素质|意识|服务|影响|持续|保障")
_GENERIC = re.compile(r"(?:各项|相关|有关|年度|全年|当期|当年|重点|日常|主要|所有|全部|各类|本)*(?:工作|任务|事项|目标任务|工作任务|指标|计划|目标)?(?:完成|实施|推进|执行|办理|开展|落实|及时|按时|按期|情况|进度|资金|使用)*")
_SEPARATOR = re.compile(r"[,、;。和及与]|以及")
_NOT_A_NAME = frozenset("的之了和与及并等各对为在将已及其地得")


def missing_unit(row: Row) -> Result:
    """M201: a number that needs a unit and has none, neither in the value nor in the name."""
    if row.name.unit or not row.numbers:
        return NOT_APPLICABLE
    for value in row.numbers:
        if value.dimension != "bare" or value.low == 0:
            continue
        written = row.annual.text[value.start : value.end]
        if "万" in written or "亿" in written:
            continue  # 30万: the scale is read as the name's own unit
        if any(other is not value and other.dimension != "bare" for other in row.numbers):
            continue
        return Hit("M201", "annual_value", value.start, value.end, f"“{written}”没有计量单位，是个、次还是百分比读不出来。")
    return PASS


def undefined_percentage(row: Row) -> Result:
    """M202: a percentage of which neither name nor cycle value says what is counted over what."""
    why = _without_base(row)
    if why is None:
        return PASS if row.percentages_only else NOT_APPLICABLE
    value = row.numbers[0]
    return Hit("M202", "annual_value", value.start, value.end, why)


def _without_base(row: Row) -> str | None:
    if not row.percentages_only:
        return None
    text, name = row.annual.text, row.name
    if row.cycle is not None and _FORMULA.search(row.cycle.text):
        return None
    if any(value.modifier == "baseline" or "点" in value.unit for value in row.numbers) or _changes(text) or _changes(name.text):
        return None
    if "率" in text or "比例" in text or "占" in text or "满意" in text or (row.cycle is not None and _states_rate(row.cycle.text)):
        return None
    denotes = name.denotes
    if asks_yes_or_no(name.text):
        return None if "全部" in name.text or "全额" in name.text else "问“是否”却用百分比回答，没有说明分子、分母。"
    if denotes is Denotes.SATISFACTION or (denotes is Denotes.MONEY and row.numbers[0].unit == "%" and "利率" in name.text):
        return None
    if row.kind is Kind.SATISFACTION:
        return None
    stem = name.stem
    if denotes is Denotes.RATE:
        return None if len(stem) >= 1 or name.head != "率" else "百分比没有说明是什么占什么。"
    if denotes is Denotes.PUNCTUAL_RATE:
        return None if stem and not _GENERIC.fullmatch(stem) else f"“{name.text}”没有说明是哪些事项的比例，分子、分母不清。"
    if denotes is Denotes.OPEN_RATE:
        if not stem or _GENERIC.fullmatch(stem) or stem.endswith(("指标", "比例", "标准", "目标", "任务")):
            return f"“{name.text}”没有说明谁与谁相比，分子、分母不清。"
        if name.head.startswith("覆盖") and not _POPULATION.search(stem):
            return f"“{name.text}”没有说明覆盖的对象总数，分母不清。"
        return None
    if denotes is Denotes.BASELESS_RATE:
        if _MONEY_WORD.search(stem) and name.head in ("保障率", "落实率", "执行率"):
            return None
        return f"“{name.text}”没有说明怎样计算，分子、分母不清。"
    if name.head in ("准确性", "真实性", "合规性") or (name.head == "" and "比" in name.text[-3:]):
        return None
    return f"“{name.text}”不是比率，{text}没有说明是什么占什么。"


def _changes(text: str) -> bool:
    """Whether a percentage beside *text* is a change against last year (提高 5 %), whose base is the old value."""
    return any(word in text for word in ("同比", "增长", "下降", "降低", "减少", "增加", "增幅", "降幅", "提高", "提升", "上升", "节约", "压减", "较上年", "增收"))


def _states_rate(text: str) -> bool:
    return "率" in text or "比例" in text or "占" in text


def percentage_is_vague(row: Row) -> bool:
    """Whether an undefined percentage leaves nothing to decide: the name is a slogan, a process or nothing at all."""
    if _without_base(row) is None:
        return False
    name = row.name
    if asks_yes_or_no(name.text):
        return any(word in name.text for word in ("解决", "提高", "提升", "改善"))
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE, Denotes.MONEY, Denotes.SPEC, Denotes.OPEN_RATE):
        return False
    if name.denotes is Denotes.PUNCTUAL_RATE:
        return _GENERIC.fullmatch(name.stem) is not None and name.stem not in ("任务", "工作任务")
    if name.denotes is Denotes.BASELESS_RATE:
        return _PROCESS.search(name.stem) is not None and not name.head.startswith(("控制", "维护", "配备", "管理", "核算")) or name.head.endswith("效率")
    if row.kind is Kind.TIMELINESS and name.denotes is Denotes.OTHER:
        return phrases.degree(name.text) is not None and "及时" not in name.text and "有效" not in name.text
    return name.denotes in (Denotes.STATE, Denotes.QUALITY, Denotes.TIME, Denotes.OTHER) and (
        _PROCESS.search(name.text) is not None or phrases.degree(name.text) is not None or not name.text
    ) or _GENERIC.fullmatch(name.text) is not None


def formula(row: Row) -> Result:
    """M203: the annual value tells how to calculate instead of what to reach."""
    if not row.annual.text:
        return NOT_APPLICABLE
    found = _FORMULA.search(row.annual.text)
    if not found:
        return PASS
    if any(value.op or not found.start() <= value.start <= found.end() for value in row.numbers):
        return PASS  # the formula explains a value that is stated too
    return Hit("M203", "annual_value", *found.span(), "写的是计算公式，没有写要达到的数值。")


def echo(row: Row) -> Result:
    """M204: the annual value (error) or the cycle value (hint) repeats the name or names the thing to count."""
    text, name = row.annual.text, row.name.text
    if text and not row.annual.blanks and _repeats(row.annual, name, annual=True):
        return Hit("M204", "annual_value", 0, len(text), "年度指标值只是重复指标名称，没有给出要达到的值。", "error")
    cycle = row.cycle
    if cycle is None or not cycle.text or not name:
        return PASS if text else NOT_APPLICABLE
    if cycle.text == row.annual.text and row.basis:
        return PASS  # the same real value twice is no echo
    if _repeats(cycle, name, annual=False):
        return Hit("M204", "cycle_value", 0, len(cycle.text), "实施周期指标值只写了要数的东西，没有给出数值。", "hint")
    return PASS


_MEASURING_END = re.compile(r"(?:数量|次数|人数|场次|期数|册数|篇数|条数|集数|个数|户数|家数|数|率|量|情况|水平|比例|金额|面积|里程|时间|及时性|时效性)(?:[/每][年月季])?\Z")
_FILLER = re.compile(r"[的之了和与及、,;。\"“”'《》()]|数量|次数|场次|情况|开展|实施|进行|相关|各项|年度|全年|工作")


def _repeats(parsed: Parsed, name: str, *, annual: bool) -> bool:
    text = parsed.text.rstrip("。;,")
    if parsed.blanks or not text:
        return False
    if text == name:
        return not parsed.values or _same_numbers(parsed, name)
    if parsed.values or phrases.reference(text):
        return False
    if any(time.kind in ("date", "frequency") for time in parsed.times):
        return False
    if phrases.graded(text) or phrases.none_of_bad(text) or phrases.yes_or_no(text) or _FORMULA.search(text):
        return False
    core, base = _FILLER.sub("", text), _FILLER.sub("", name)
    if not core:
        return bool(text) and text in name
    if annual:
        if len(core) >= 2 and core in base:
            return not (name.endswith(text + "性") or name.endswith(text + "率") or name.endswith(text + "度")) and core not in _STATE_WORDS
        return len(core) >= 6 and _shared(core, base) >= 0.8
    if core in base and (len(core) >= 3 or core == base):
        return core not in _STATE_WORDS and not name.endswith(text + "性")
    if _MEASURING_END.search(text):
        return _names_same_thing(core, base)
    added = phrases.degree(core)
    return len(core) >= 5 and _shared(core, base) >= 0.75 and (added is None or added.group() in name)


_STATE_WORDS = frozenset({"及时", "准确", "规范", "健全", "完善", "满意", "安全", "稳定", "良好", "有效", "优化", "达标", "合格", "合理", "完成", "合规", "到位", "完好", "通过", "增强"})


def _shared(left: str, right: str) -> float:
    """Share of the characters of *left* that stand in *right* (each as often as it stands there)."""
    pool = list(right)
    hits = 0
    for char in left:
        if char in pool:
            pool.remove(char)
            hits += 1
    return hits / len(left)


def _names_same_thing(text: str, name: str) -> bool:
    return _shared(name, text) >= 0.5 or _shared(text, name) >= 0.5


def _same_numbers(parsed: Parsed, name: str) -> bool:
    return all(parsed.text[value.start : value.end] in name for value in parsed.values)


_PER_EACH = frozenset({"duration", "age"})


def compound(row: Row) -> Result:
    """M205: two or more different quantities in one indicator (not tiers, limits of one duty, or a whole with its parts)."""
    text = row.annual.text
    counted = _independent(row)
    if len(counted) >= 2:
        first, second = counted[0], counted[1]
        return Hit("M205", "annual_value", first.start, second.end, f"“{text[first.start:first.end]}”和“{text[second.start:second.end]}”是不同的量，应拆成不同指标。")
    if row.numbers and phrases.degree(text):
        # 知晓率达85%，健康水平不断提高: a value beside a slogan about another thing that the name lists too
        tail = _SEPARATOR.split(text)
        lists = re.split(r"[、及和与]", row.name.text)
        if len(lists) >= 2 and len(tail) >= 2 and _heads(lists) >= 2 and any(not re.search(r"\d", part) and phrases.degree(part) for part in tail if part):
            return Hit("M205", "annual_value", 0, len(text), "一条指标里同时写了几件事，应拆成不同指标。")
    dates = [time for time in row.annual.times if time.kind == "date" and time.month]
    lists = re.split(r"[、及和与,]", row.name.text)
    if len(lists) >= 2 and (len(dates) >= 2 or len(_limits(row)) >= 2) and _different_duties(row):
        return Hit("M205", "name", 0, len(row.name_parsed.text), "一条指标里有几件不同的事，各有时限，应拆成不同指标。")
    named = [value for value in row.name_parsed.values if value.dimension not in ("age", "duration", "percent", "bare", "other")]
    if row.numbers and len(named) >= 2 and row.percentages_only and "、" in row.name_parsed.text[named[0].end : named[1].start + 1]:
        return Hit("M205", "name", named[0].start, named[1].end, "名称里有几个不同的量，却只给一个比率，应拆成不同指标。")
    return PASS if row.numbers else NOT_APPLICABLE


def _heads(parts: list[str]) -> int:
    from reviewer.language.names import read_name

    return sum(1 for part in parts if read_name(part).denotes is not Denotes.OTHER)


def _limits(row: Row) -> list[Value]:
    return [value for value in row.numbers if value.dimension == "duration"]


def _different_duties(row: Row) -> bool:
    """Whether the clauses with a time speak of different duties (举办…, 拨付…), as the name's list says."""
    return row.name.denotes is Denotes.TIME


_PART = re.compile(r"其中|包括|含|合计|共计|总计|累计|每|单个|平均|人均|户均")
_AND = re.compile(r"[,、;。和及+]|以及|并|\Z")


def _independent(row: Row) -> list[Value]:
    """The numbers of the annual value that are targets of their own."""
    values = [v for v in row.numbers if v.dimension not in _PER_EACH and not v.modifier and (v.low or v.high)]
    if len(values) < 2:
        return values
    text = row.annual.text
    if any(sign in text for sign in "×*÷=") and "=" in text[1:]:
        return values[:1]
    targets: list[Value] = []
    for value in values:
        lead = text[targets[-1].end if targets else 0 : value.start]
        if targets and not _SEPARATOR.search(lead):
            continue  # 5个村3000亩: one phrase, the later number qualifies the former
        if _PART.search(lead):
            continue
        targets.append(value)
    if len(targets) < 2:
        return targets
    tariffs = [v for v in targets if v.dimension == "money" or v.per]
    if len(tariffs) == len(targets) and len({(v.dimension, v.per) for v in targets}) <= len(targets):
        return targets[:1]  # a tariff with its tiers
    if row.kind in (Kind.COST, Kind.ECONOMIC_COST) and all(v.dimension == targets[0].dimension for v in targets):
        return targets[:1]
    objects = {_object(text, targets, at) for at in range(len(targets))}
    if len({v.dimension for v in targets}) == 1 and len(objects) < 2:
        return targets[:1]
    return targets


def _object(text: str, targets: list[Value], at: int) -> str:
    """The words that say what the number counts: behind it, else before it."""
    value = targets[at]
    stop = targets[at + 1].start if at + 1 < len(targets) else len(text)
    behind = re.match(r"[\u4e00-\u9fff]+", text[value.end : stop])
    start = targets[at - 1].end if at else 0
    before = re.search(r"[\u4e00-\u9fff]+\Z", text[start : value.start])
    return (behind.group() if behind else "") or (before.group() if before else "") or value.unit


def missing_comparator(row: Row) -> Result:
    """M207: a quantity without ≥, ≤, = or their words. Absent in most real tables, so never more than a hint."""
    value = row.count_value()
    if value is None and row.percentages_only:
        value = row.numbers[0]
    if value is None or row.annual.blanks:
        return NOT_APPLICABLE
    if value.op or value.low == 0 or value.low != value.high or value.dimension == "percent" and value.low == 100:
        return PASS
    return Hit("M207", "annual_value", value.start, value.end, "没有写明是“不少于”“不超过”还是“等于”，建议加上 ≥、≤ 或 =。")
