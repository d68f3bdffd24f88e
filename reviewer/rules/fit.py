"""A301, C401, C402, R501, R502: is the target believable, in the right class, and about what the name says.

Only typed mismatches are found: a count under 质量, a slogan under a counting name. Whether a measure is *relevant* to the
goal, or a number plausible for the money, text alone cannot tell; that is reported as not checked.
"""

from __future__ import annotations

import re
from functools import cache

from reviewer.language import phrases
from reviewer.language.classes import BENEFITS, Kind
from reviewer.language.lexicon import any_of, words
from reviewer.language.names import RATES, Denotes
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, NotChecked, Result
from reviewer.rules.row import Row


@cache
def _topic(name: str) -> re.Pattern[str]:
    return re.compile(any_of(words("topics", name)))


def unrealistic(row: Row) -> Result:
    """A301: satisfaction of 100 %, or a rate that is asked to be 100 % *or more*."""
    for value in row.numbers:
        if value.unit not in ("%", "") or value.modifier == "baseline":
            continue
        reaches_all = value.low == 100 and value.op not in ("≤", "<")
        if reaches_all and (row.kind is Kind.SATISFACTION and row.name.denotes in (Denotes.SATISFACTION, Denotes.OTHER) or row.name.denotes is Denotes.SATISFACTION):
            return Hit("A301", "annual_value", value.start, value.end, "满意度 100% 意味着一个人不满意就不能完成，难以做到也难以测准。")
        if reaches_all and value.unit == "%" and value.op in ("≥", ">") and _bounded(row) and "达" not in row.annual.text[value.start : value.end]:
            return Hit("A301", "annual_value", value.start, value.end, "比率最高就是 100%，写“≥100%”或“超过100%”不合常理。")
    if not row.numbers:
        return NOT_APPLICABLE
    return NotChecked("A301", "离线不判断数值与资金、实际能力是否相称。")


def _bounded(row: Row) -> bool:
    """Whether the name denotes a share of a whole, which cannot exceed 100 %."""
    name = row.name
    growth = ("增长", "提高", "提升", "增加", "降低", "下降", "增幅", "产能", "利润率", "收益率", "负债率", "周转率", "节约率", "比例", "比率", "保值增值")
    return name.denotes in RATES and not any(word in name.text for word in growth)


# C401 ---------------------------------------------------------------------------------------------------------------

_QUALITY_RATE = ("合格率", "达标率", "准确率", "正确率", "真实率", "差错率", "错误率", "误差率", "通过率", "优良率", "优质率", "优秀率", "完好率", "成活率", "满意率", "投诉率", "返修率", "故障率", "规范率", "精准率", "有效率", "比例", "占比", "比率", "比重", "覆盖率", "增长率", "知晓率", "普及率", "利用率", "使用率", "百分比", "及格率", "提高率")
_DONE_RATE = ("完成率", "完成比例", "任务完成率", "目标完成率", "开展率", "举办率", "完成度", "到位率", "开工率", "支出率", "执行率", "竣工率")
_DUTY = ("处置", "整改", "指标", "考核", "查处", "处理", "修复", "预算", "反馈", "回访", "检定", "质量")
_GOOD_QUALITY = ("重要", "优质", "精品", "高质量", "获奖", "优秀", "优良", "合格", "达标", "等级", "先进", "一等", "奖", "专利", "论文", "标准", "示范", "品牌", "荣誉", "名次", "职称", "证书", "持证", "表彰", "排名", "高级", "认证", "A级", "成果", "故障", "质量")
_CLASS_WORDS = ("社会成本", "经济成本", "生态环境成本", "环境成本", "可持续影响指标", "社会效益指标", "经济效益指标", "生态效益指标", "指标")


def misclassified(row: Row) -> Result:
    """C401: the level-2 class does not fit what is measured."""
    why = _mismatch(row)
    row.mismatch = why
    if why is None:
        return PASS if row.kind not in (Kind.UNKNOWN, Kind.OUTPUT, Kind.BENEFIT) else NOT_APPLICABLE
    return Hit("C401", "level2", 0, 0, why)


def _mismatch(row: Row) -> str | None:
    kind, name = row.kind, row.name
    denotes = name.denotes
    if kind in (Kind.UNKNOWN, Kind.OUTPUT, Kind.BENEFIT) or not name.text:
        return None
    if denotes is Denotes.SATISFACTION and kind is not Kind.SATISFACTION:
        return f"“{name.text}”测量的是满意度，应归入满意度指标，不属于{kind}。"
    check = _CHECKS.get(kind)
    return check(row) if check else None


def _quantity(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    money = next((v for v in row.numbers if v.dimension == "money" and not v.per), None)
    if denotes is Denotes.MONEY and (money is not None or not row.numbers or row.numbers[0].dimension == "bare"):
        return f"“{name.text}”是金额，应归入成本指标（发放类可另设人数），不属于数量。"
    if denotes in RATES and name.head.endswith(_QUALITY_RATE) and (row.percentages_only or not row.numbers) and not (name.head == "覆盖率" and row.numbers and not row.percentages_only):
        return f"“{name.text}”是比率，反映质量或效果，不属于数量。"
    if denotes is Denotes.SPEC and not name.text.endswith(("数量", "个数")):
        return f"“{name.text}”是规格或等级，应归入质量指标，不属于数量。"
    if row.vague and row.basis == "" and (denotes is Denotes.STATE or denotes is Denotes.QUALITY or name.text.startswith(("保障", "保证", "确保", "维持", "提升", "提高", "增强", "改善"))):
        if phrases.degree(row.annual.text) and not phrases.reference(row.annual.text):
            return f"“{name.text}”是状态或效果，没有数量，不属于数量指标。"
        return None
    if denotes is Denotes.TIME and row.annual.times and not row.numbers:
        return f"“{name.text}”是时间要求，应归入时效指标，不属于数量。"
    return None


def _quality(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if denotes in RATES:
        if name.head.endswith(_DONE_RATE) and not any(word in name.stem[-6:] for word in _DUTY):
            return f"“{name.text}”说的是做完多少，属于数量（或时效），不是质量。"
        if name.head == "达标率" and name.stem.endswith(("数量", "次数", "人数", "面积")):
            return f"“{name.text}”说的是数量够不够，不是质量。"
        if denotes is Denotes.PUNCTUAL_RATE:
            return f"“{name.text}”说的是是否按时，应归入时效指标，不是质量。"
        return None
    if not row.numbers:
        if denotes is Denotes.TIME and row.basis == "time":
            return f"“{name.text}”是时间要求，应归入时效指标，不是质量。"
        if row.basis == "time" and denotes is Denotes.OTHER and any(t.kind == "date" and t.month for t in row.annual.times):
            return f"“{name.text}”给出的是日期，应归入时效指标，不是质量。"
        return None
    first = row.numbers[0]
    if any(v.dimension in ("percent", "score", "concentration", "physical", "bare") for v in row.numbers):
        return None
    if first.dimension == "money":
        return f"“{name.text}”给出的是金额，应归入成本指标，不是质量。" if denotes in (Denotes.MONEY, Denotes.OTHER, Denotes.QUALITY) else None
    if first.dimension == "duration":
        return f"“{name.text}”给出的是时限，应归入时效指标，不是质量。" if denotes is Denotes.TIME else None
    if _topic("bad").search(name.text) or first.op in ("≤", "<") or first.low == 0 or any(word in name.text for word in _GOOD_QUALITY):
        return None
    if denotes is Denotes.SPEC or first.dimension in ("length", "energy", "data", "other", "multiple"):
        return None
    return f"“{name.text}”数的是多少，应归入数量指标，不是质量。"


def _timeliness(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if denotes is Denotes.TIME or denotes is Denotes.PUNCTUAL_RATE or row.annual.times or row.name_parsed.times:
        return None
    if denotes is Denotes.RATE and name.head.endswith(_QUALITY_RATE[:20]):
        return f"“{name.text}”是质量或效果的比率，没有时间要求，不属于时效。"
    first = row.numbers[0] if row.numbers else None
    if first is None or any(v.dimension == "duration" for v in row.numbers):
        if first is not None and "有效" in name.text:
            return f"“{name.text}”说的是有效期，不是完成工作的时限。"
        return None
    if first.dimension != "percent" and not any(word in name.text for word in ("及时", "按时", "按期", "时")):
        return f"“{name.text}”没有时间要求，数的是数量或成绩，不属于时效。"
    if first.dimension == "percent" and row.cycle is not None and any(v.dimension not in ("percent", "duration") for v in row.cycle.values):
        return f"“{name.text}”没有时间要求，数的是数量或成绩，不属于时效。"
    return None


def _cost(row: Row) -> str | None:
    name, denotes = row.name, row.name.denotes
    if denotes in RATES:
        if "成本" in name.head or re.search(r"控制|节约|成本率|执行率|超支|降低|下降|补贴|补助|支出|资金|费|预算|价", name.text) and not name.head.endswith("核算率"):
            return None
        if name.head.endswith(_QUALITY_RATE[:14]) or name.head.endswith("核算率"):
            return f"“{name.text}”不是花多少钱，不属于成本。"
        return None
    first = row.count_value()
    if first is None or first.dimension in ("money", "bare", "other", "energy") or any(v.dimension == "money" for v in row.numbers):
        return None
    if denotes in (Denotes.COUNT, Denotes.MEASURE) and not re.search(r"成本|费|能耗|用[水电气]|消耗|编制|定额", name.text):
        return f"“{name.text}”数的是数量，不是花多少钱，不属于成本。"
    return None


def _negative_cost(row: Row) -> str | None:
    name = row.name.text
    if name.endswith(_CLASS_WORDS) or _topic("harm").search(name):
        return None
    if phrases.degree(name) or phrases.degree(row.annual.text) or "影响" in name:
        return f"{row.kind}指项目对社会或环境造成的负面代价，“{name}”是效益，应归入效益指标。"
    return None


def _economic(row: Row) -> str | None:
    name = row.name.text
    if name.endswith(_CLASS_WORDS) or _topic("economic").search(name) or _topic("economic").search(row.annual.text):
        return None
    found = _topic("social").search(name) or _topic("bad").search(name)
    return f"“{name}”不是经济上的收益，应归入社会效益等相应指标。" if found else None


def _ecological(row: Row) -> str | None:
    name = _NOT_ECOLOGICAL.sub("", row.name.text)
    if name.endswith(_CLASS_WORDS) or _topic("ecological").search(name) or _topic("ecological").search(_NOT_ECOLOGICAL.sub("", row.annual.text)):
        return None
    if row.name.head.endswith(_WORK_RATES):
        return None  # C402 says that it measures work, not an effect
    return f"“{row.name.text}”与生态环境无关，不属于生态效益。"


_NOT_ECOLOGICAL = re.compile(r"水平|水准|(?:创业|创新|营商|学习|工作|社会|市场|发展|舆论|网络|政策|教学|人文|育人|就业|办公|投资|法治|居住|办学|就医|购物|消费|交易|经商|运行)环境|薪水|流水线|能力|资源共享|人力资源|教育资源")


def _satisfaction(row: Row) -> str | None:
    name = row.name
    if name.denotes is Denotes.SATISFACTION or not name.text:
        return None
    around = name.text + row.annual.text + (row.cycle.text if row.cycle else "")
    if re.search(r"满意|好评|投诉|认可|评价|问卷|调查|口碑|测评|获得感|称赞|信访", around):
        return None
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE, Denotes.MONEY, Denotes.TIME, Denotes.QUALITY, Denotes.STATE) or name.denotes in RATES or _topic("bad").search(name.text):
        return f"“{name.text}”测量的不是满意程度，不属于满意度指标。"
    return f"“{name.text}”测量的不是满意程度，不属于满意度指标。" if row.vague and "高涨" in around else None


_CHECKS = {
    Kind.QUANTITY: _quantity,
    Kind.QUALITY: _quality,
    Kind.TIMELINESS: _timeliness,
    Kind.COST: _cost,
    Kind.ECONOMIC_COST: _cost,
    Kind.SOCIAL_COST: _negative_cost,
    Kind.ECOLOGICAL_COST: _negative_cost,
    Kind.ECONOMIC: _economic,
    Kind.ECOLOGICAL: _ecological,
    Kind.SATISFACTION: _satisfaction,
}

# C402 ---------------------------------------------------------------------------------------------------------------

_WORK_RATES = ("完成率", "保障率", "到位率", "执行率", "上画率", "发放率", "支付率", "拨付率", "争议率", "开展率", "落实率", "验收率", "竣工率", "开工率", "保粮率", "配备率", "安装率", "推荐率", "推荐完成率", "资金使用率", "采购率", "兑付率")
_BEGINS_WORK = re.compile(r"(?:全年|每年|年内|组织)?(?:开展|举办|组织|召开|印发|编印|发放|建立|采购|购置|安装|建成|完成|举行|播放|放映|刊发|制作)")


def output_as_benefit(row: Row) -> Result:
    """C402: a benefit indicator that measures work done, not what came of it."""
    if row.kind not in BENEFITS:
        return NOT_APPLICABLE
    name = row.name
    if row.mismatch:
        return PASS
    if name.denotes in RATES:
        if name.head.endswith(_WORK_RATES) and not _topic("effect").search(name.text):
            return _work(row)
        return PASS
    if _topic("effect").search(name.text) or _topic("effect").search(row.annual.text):
        return PASS
    counted = row.count_value()
    if counted is not None and counted.dimension in ("event", "publication", "thing", "length", "area") and counted.low:
        if _topic("activity").search(row.annual.text) or _topic("activity").search(name.text):
            return _work(row)
        return PASS
    if row.numbers:
        return PASS
    if phrases.no_value(row.annual.text) and _topic("activity").search(name.text):
        return _work(row)
    if row.vague and _BEGINS_WORK.match(row.annual.text) and _topic("activity").search(row.annual.text) and not phrases.degree(name.text):
        return _work(row)
    if row.basis == "time" and _topic("activity").search(name.text + row.annual.text):
        return _work(row)
    return PASS


def _work(row: Row) -> Hit:
    return Hit("C402", "name", 0, len(row.name_parsed.text), f"“{row.name.text}”说的是做了什么（产出），不是带来了什么变化（效益）。")


# R501, R502 ---------------------------------------------------------------------------------------------------------

_TIME_UNIT = frozenset({"年", "月", "天", "小时", "周", "季度"})


def irrelevant(row: Row) -> Result:
    """R501: typed mismatches only (a counting name with a slogan, a count told in years); the rest is not checked."""
    if not row.annual.text or row.annual.blanks:
        return NOT_APPLICABLE
    name, text = row.name, row.annual.text
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE) and row.vague:
        if not phrases.reference(text) and not phrases.no_value(text) and len(text) >= 5 and text not in name.text and _overlap(text, name.text) < 0.5:
            return Hit("R501", "annual_value", 0, len(text), f"名称问的是“{name.head}”，填的却是一段描述，两者对不上。")
    first = row.numbers[0] if row.numbers else None
    if first is not None and len(row.numbers) == 1 and first.dimension == "duration" and not row.annual.times:
        if row.kind is Kind.QUANTITY and name.denotes in (Denotes.OTHER, Denotes.MEASURE, Denotes.MONEY) and first.unit == "年" and "年" not in name.text and "期" not in name.text and "时" not in name.text:
            return Hit("R501", "annual_value", first.start, first.end, f"“{name.text}”要数的不是时间，填的却是“{text}”。")
    if name.denotes is Denotes.COUNT and row.basis == "zero" and not _topic("bad").search(name.text) and not row.numbers:
        return Hit("R501", "annual_value", 0, len(text), f"名称问的是“{name.head}”，填的却是质量要求，两者对不上。")
    return NotChecked("R501", "离线只比对类型，不判断指标与目标内容是否相关。")


def _overlap(left: str, right: str) -> float:
    pool = set(right)
    return sum(1 for char in left if char in pool) / len(left)


_ROUTINE = re.compile(r"资金使用(?:的)?(?:合规|规范|安全)性?|制度(?:的)?健全性?|管理制度(?:建设|执行|健全|完善)|预算(?:资金)?执行率|资金(?:拨付)?到位率|预算编制|财务管理|档案管理|政府采购(?:合规|规范)|(?:部门|单位)(?:正常)?运转|合规性|专款专用|资金支付进度")


def routine(row: Row) -> Result:
    """R502: routine management with no output or effect (财预〔2021〕101号)."""
    found = _ROUTINE.search(row.name.text)
    if not found:
        return PASS
    return Hit("R502", "name", 0, len(row.name_parsed.text), f"“{found.group()}”是日常管理要求，不反映项目的产出或效果。")


