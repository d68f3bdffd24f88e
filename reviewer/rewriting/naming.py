"""What a row or a project is about: its name without slogans, measuring words, place, year and money.

All texts are folded. The word lists lie in ``data/library/words/subjects.yaml``.
"""

from __future__ import annotations

import re

from reviewer.errors import CatalogueError
from reviewer.language.lexicon import any_of
from reviewer.language.names import RATES, Denotes, Name
from reviewer.resources import resource_dir
from reviewer.rewriting.measures import counting_word
from reviewer.rules.examples import load_yaml


def _words() -> dict[str, list[str]]:
    path = resource_dir("data") / "library" / "words" / "subjects.yaml"
    data = load_yaml(path.read_text(encoding="utf-8"), path.name)
    wanted = ("adverbs", "aims", "states", "generic", "money")
    if not isinstance(data, dict) or any(not isinstance(data.get(name), list) for name in wanted):
        raise CatalogueError(f"{path.name}：须有 {'、'.join(wanted)} 五节，各是词语表。")
    return data


_WORDS = {name: any_of(words) for name, words in _words().items()}
# Enough must be left behind an aim to be a thing: 开展宣讲 → 宣讲, but 保障性住房 stays.
_LEAD = re.compile(
    rf"""(?:(?:{_WORDS["adverbs"]})+(?=[\u4e00-\u9fff]{{2}})
    |(?:{_WORDS["aims"]})+(?=[\u4e00-\u9fff“《]{{2}})
    |为(?=[\u4e00-\u9fff]{{4}})|[,、的与和及])+""",
    re.VERBOSE,
)
_TRAIL = re.compile(
    rf"(?:[,、:的与和及等]|(?<=.){_WORDS['states']}|(?:得到|有所).*+|(?:进一步|明显|显著|不断|(?<!可)持续|逐步)[^,]*+)+\Z"
)
# 年会的举办对社会发展所带来影响 is about 年会.
_BRINGS = re.compile(
    r"(.{2,}?)(?:(?:的?(?:举办|实施|开展|建设)|的)对(?!象)[^,]*|对(?![象口外接])[^,]*(?:带来|产生|影响|作用|贡献)[^,]*)\Z"
)
_OUR = re.compile(r"^(?:我|全|本|辖|当地)[省市区县镇乡]?(?:对外|域内)?")
_GENERIC = re.compile(rf"{_WORDS['generic']}+")
_BRACKETS = re.compile(r"\([^()]*\)")
_NUMERALS = frozenset("0123456789.零〇一二两三四五六七八九十百千万亿")
_LISTED = re.compile(r"[、,;。:和及与](?:(?<![和及与])|(?<=[\u4e00-\u9fff]{2}.)(?=[\u4e00-\u9fff]{2}))")
_CLAUSES = re.compile("[,;。]")
_COUNTED = "场次|次数|人数|期数|册数|条数|篇数|户数|人次|批次|班次"
_TWICE_COUNTED = re.compile(rf"({_COUNTED})数量\Z")
_COUNTED_END = re.compile(rf"(?:{_COUNTED})\Z")
_RAISED = re.compile(r"^(?:提高|提升|降低|改善)(?=[\u4e00-\u9fff]{2})")
_THING_END = re.compile(rf"(?:{_COUNTED}|工程|项目|工作|任务)\Z")  # what is due is its completion
_TASK = re.compile(r"(?:工作)?任务\Z|情况\Z")

_MONEY = re.compile(rf"{_WORDS['money']}+\Z")
_YEAR_AND_PLACE = re.compile(
    r"^(?:\(?20\d\d(?!\d)年?度?\)?|关于|[\u4e00-\u9fff]{2,4}[区县]|[\u4e00-\u9fff]{2}市(?=[\u4e00-\u9fff]{4})|\(部门整体\))+"
)
_LONGEST = 60  # a longer text is no phrase
_LONGEST_PROJECT = 18

_DUE_END = re.compile(r"(?:及时性?|按时|按期|准时|如期|时效性?|时间|时限|期限|日期|进度|情况|率|性|度|[的,、])+\Z")
_DUE_LEAD = re.compile(
    r"^(?:建成|[按依](?:照|据)?(?:约定|计划|合同|要求|规定|序时|工作)*(?:时间|进度|节点)?(?:完成|执行|开展)?|确保|完成时间)"
)
_ON_TIME = re.compile("按[时期]|[准如]期|及时")


def clean(text: str) -> str:
    """Return a noun phrase without slogan verbs before it and states behind it.

    >>> clean("进一步提升碧水镇旅游"), clean("农机展销会的举办对社会发展所带来")
    ('碧水镇旅游', '农机展销会')
    """
    if len(text) > _LONGEST:
        return ""
    if "对" in text and (brings := _BRINGS.match(text)):
        text = brings.group(1)
    lead = _LEAD.match(text)
    return _OUR.sub("", _TRAIL.sub("", text[lead.end() :] if lead else text))


def says_nothing(text: str) -> bool:
    """Return whether *text* could be said of any project (项目完成情况, 社会发展)."""
    return not 2 <= len(text) <= _LONGEST or _GENERIC.fullmatch(text) is not None


def listed(text: str) -> list[str]:
    """Split a list of things at its separators (、 和 及 与)."""
    return [part for part in _LISTED.split(text) if part]


def end_of_first(text: str) -> int:
    """Return where the first of several listed things ends."""
    separator = _LISTED.search(text)
    return separator.start() if separator else len(text)


def own_name(name: Name) -> str:
    """Return the name as it may stand in a rewrite: without residue of the form, nor counted twice (场次数量)."""
    text = _TWICE_COUNTED.sub(r"\1", name.text) if name.text.endswith("数量") else name.text
    return _RAISED.sub("", text) if name.denotes in RATES else text


def subject(name: Name) -> str:
    """Return what the name is about, without its measuring word."""
    stem = name.text if name.denotes in (Denotes.OTHER, Denotes.STATE, Denotes.QUALITY) else name.stem
    stem = _CLAUSES.split(stem)[0]
    return clean(_COUNTED_END.sub("", _BRACKETS.sub("", stem)))


def project_subject(name: str) -> str:
    """Return what a project is about; "" when its name is too long to be part of another.

    >>> project_subject("2023年滨海区农村电影放映补助资金")
    '农村电影放映'
    """
    name = _YEAR_AND_PLACE.sub("", name)
    bare = _BRACKETS.sub("", name) or name
    core = _MONEY.sub("", bare)
    core = core if len(core) >= 2 else bare
    return core if len(core) <= _LONGEST_PROJECT else ""


def due(text: str, project: str) -> str:
    """Return the matter that is due, of the project where the name says nothing of its own.

    >>> due("费用支付及时率", "物业管理"), due("任务完成及时率", "高标准农田建设")
    ('费用支付', '高标准农田建设完成')
    """
    matter = _DUE_LEAD.sub("", _ON_TIME.sub("", _DUE_END.sub("", _BRACKETS.sub("", text))))
    if not says_nothing(matter):
        return matter + "完成" if _THING_END.search(matter) else matter
    act = next((act for act in ("开工", "完工", "竣工", "验收") if act in text), "完成")
    return (project or "项目") + act


def counted(name: Name, unit: str | None) -> str:
    """Return the name as the name of a count.

    >>> from reviewer.language.names import read_name
    >>> counted(read_name("报刊征订任务"), "份"), counted(read_name("放映场次"), "场")
    ('报刊征订份数', '放映场次')
    """
    if name.denotes in (Denotes.COUNT, Denotes.MEASURE):
        return own_name(name)
    if name.denotes in RATES:
        return join(name.stem, counting_word(unit) if unit else "数量")
    if name.text.endswith("人口"):
        return name.text + "数"
    return join(without_task(name), counting_word(unit) if unit else "数量")


def without_task(name: Name) -> str:
    """Return the name without 任务 or 情况 at its end: what is counted are not tasks."""
    return _TASK.sub("", own_name(name)) or name.text


def join(left: str, right: str) -> str:
    """Return *left* + *right*, words that end the one and begin the other only once.

    >>> join("农村电影放映", "放映场次"), join("森林防火宣传", "宣传资料")
    ('农村电影放映场次', '森林防火宣传资料')
    """
    for size in range(min(len(left), len(right), _LONGEST), 0, -1):
        if left.endswith(right[:size]):
            return left + right[size:]
    if left in right or (left[-1:] in _NUMERALS and right[:1] in _NUMERALS):
        return right  # two numbers side by side would read as another
    return left + right
