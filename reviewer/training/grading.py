"""Grades an answer by the engine itself: what is gone, left and new; never by its likeness to a model answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.language.goals import pairs
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.models import Finding, Indicator, IndicatorReview
from reviewer.training.answers import LONGEST, Typed, as_indicator, plain, read_choice, read_typed, says_something
from reviewer.training.composing import uncovered
from reviewer.training.engine import judged, sound
from reviewer.training.models import LETTERS, TYPED, Exercise, Kind

_COUNTED = frozenset({"person", "person-time", "household", "event", "thing", "publication", "other"})
_RESIDUE = re.compile(r"[{}\[\]\\`$^]")
_LONG = 120  # code points of a name or value that nobody checks at the end of a year


@dataclass(frozen=True, slots=True)
class Mended:
    """A typed indicator as it was read, and what the rules say before (None: there was no row) and after.

    A finding is *gone*, *left* or *new* by its rule. SMART scores stand in ``before`` and ``after``.
    """

    row: Indicator
    before: IndicatorReview | None
    after: IndicatorReview
    gone: tuple[Finding, ...]
    left: tuple[Finding, ...]
    new: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Graded:
    """What an answer is worth. ``understood`` is False when it was no answer at all: then it is asked again.

    ``message`` is the verdict in a sentence, ``notes`` are what else there is to say.
    """

    exercise: Exercise
    right: bool
    understood: bool
    message: str
    notes: tuple[str, ...] = ()
    mended: Mended | None = None


def grade(exercise: Exercise, text: str) -> Graded:
    """Grade the answer *text*, whatever it holds, by the rules alone; only its first 300 code points are read.

    A choice is a letter, a number or the words of an option; an order all letters, the worst first; an indicator a
    line with a name and a value, a value alone, or labelled fields (``名称：…；类别：…；年度值：…``). It never raises.

    >>> from reviewer.models import Document
    >>> exercise = Exercise(Kind.RULE, "V101", "哪条？", Document(), "row", ("甲", "乙"), "B", "因为。", "", "")
    >>> grade(exercise, "b").right, grade(exercise, "?").message
    (True, '没有看懂。请写一个字母：A、B。')
    """
    return _grade_typed(exercise, text) if exercise.kind in TYPED else _grade_choice(exercise, text)


def _grade_choice(exercise: Exercise, text: str) -> Graded:
    letters = read_choice(text, exercise)
    shown = LETTERS[: len(exercise.options)]
    if letters is None:
        how = f"全部字母，最差的在前，如 {shown}" if exercise.kind is Kind.ORDER else f"一个字母：{'、'.join(shown)}"
        return Graded(exercise, False, False, f"{'没有看懂' if plain(text) else '还没有答'}。请写{how}。")
    if letters == exercise.answer:
        return Graded(exercise, True, True, "对。")
    if exercise.kind is Kind.ORDER:
        placed = sum(one == other for one, other in zip(letters, exercise.answer, strict=True))
        return Graded(exercise, False, True, f"不对，应是 {exercise.answer}（你放对了 {placed} 个）。")
    chosen = exercise.options[LETTERS.index(letters)]
    return Graded(
        exercise, False, True, f"不对，应选 {exercise.answer}“{exercise.right}”。", (_why_not(exercise, chosen),)
    )


def _why_not(exercise: Exercise, chosen: str) -> str:
    return {
        Kind.FIND: f"“{chosen}”年底可以核对，没有毛病。",
        Kind.RULE: f"{chosen}：在这里没有触发，可用 reviewer explain {chosen[:4]} 看它管什么。",
        Kind.CLASS: f"放在{chosen}会被指出归类不当。",
    }[exercise.kind]


def _grade_typed(exercise: Exercise, text: str) -> Graded:
    typed = read_typed(text, exercise)
    trouble = _no_answer(plain(text), typed, exercise)
    if trouble is not None:
        return Graded(exercise, False, False, trouble)
    row, old = as_indicator(typed, exercise), exercise.row
    before = judged(old, exercise.project, exercise.year) if old is not None else None
    after = judged(row, exercise.project, exercise.year)
    mended = _compared(row, before, after)
    missing = [f"目标里的“{clause}”还没有指标来量，或者数对不上。" for clause in _still_missing(exercise, row)]
    blocking = [*_objections(exercise, row, typed), *missing]
    notes = (*blocking, *_remarks(exercise, row))
    right = sound(after) and not blocking
    return Graded(exercise, right, True, _verdict(right, mended, blocking), notes, mended)


def _no_answer(text: str, typed: Typed, exercise: Exercise) -> str | None:
    """Why this is nothing to judge, if so."""
    example = "一行写名称和年度指标值，如：放映场次 ≥672场"
    if not text:
        return f"还没有写。{example}。"
    if not says_something(text):
        return f"没有读到文字或数字。{example}。"
    if not any("\u4e00" <= char <= "\u9fff" or char.isdigit() for char in text):
        return f"没有读到汉字或数字，申报表要用中文写。{example}。"
    if exercise.row is None and not (typed.name and typed.annual_value):
        return f"要写名称，也要写年度指标值。{example}。"
    return None


def _compared(row: Indicator, before: IndicatorReview | None, after: IndicatorReview) -> Mended:
    earlier = list(before.findings) if before is not None else []
    had, has = {finding.code for finding in earlier}, {finding.code for finding in after.findings}
    return Mended(
        row,
        before,
        after,
        gone=tuple(finding for finding in earlier if finding.code not in has),
        left=tuple(finding for finding in after.findings if finding.code in had),
        new=tuple(finding for finding in after.findings if finding.code not in had),
    )


def _still_missing(exercise: Exercise, row: Indicator) -> list[str]:
    """What of the goal the written row should measure and does not."""
    if exercise.kind is not Kind.WRITE:
        return []
    project = exercise.project
    return uncovered(project, [*project.indicators, row], exercise.year)


def _objections(exercise: Exercise, row: Indicator, typed: Typed) -> list[str]:
    """What is wrong beyond the rules: nothing was changed, something is left open, or it is about something else."""
    found = []
    if typed.cut:
        found.append(f"写得太长，只看了前 {LONGEST} 个字；一条指标一般几十个字。")
    elif len(row.annual_value) > _LONG or len(row.name) > _LONG:
        found.append(f"写得太长；名称和指标值各不超过 {_LONG} 个字，年底才好核对。")
    if _RESIDUE.search(row.annual_value) or _RESIDUE.search(row.name):
        found.append("有程序里才用的符号，像是粘贴错了。")
    if Parsed(row.annual_value).blanks or Parsed(row.name).blanks:
        found.append("还有〔待填〕的空，请填上数。")
    old = exercise.row
    cycle = typed.cycle_value is None or typed.cycle_value == (old.cycle_value if old else None)
    if old and cycle and (row.name, row.level2, row.annual_value) == (old.name, old.level2, old.annual_value):
        found.append("和原来的一样，还没有改。")
    if not _same_matter(exercise, row):
        found.append(f"“{row.name}”和题目说的不是一件事，不要换题目。")
    elif strange := _strange_units(exercise, row):
        found.append(f"“{strange}”的单位和“{row.name}”对不上。")
    return found


def _strange_units(exercise: Exercise, row: Indicator) -> str:
    """The numbers in units that neither the exercise nor its model answer counts this name in: 只 for 放映场次."""
    old, model = exercise.row, exercise.model
    if model is None or row.name not in {model.name, old.name if old else ""}:
        return ""
    known = [model.annual_value, exercise.project.goal, *([old.annual_value, old.cycle_value or ""] if old else [])]
    usual = [value for text in known for value in Parsed(text).values]
    annual = Parsed(row.annual_value)
    counted = [value for value in annual.values if value.dimension in _COUNTED]
    if not any(value.dimension in _COUNTED for value in Parsed(model.annual_value).values):
        return ""
    if any(value.dimension == one.dimension or value.unit == one.unit for value in counted for one in usual):
        return ""
    return "、".join(annual.text[value.start : value.end] for value in counted)


def _same_matter(exercise: Exercise, row: Indicator) -> bool:
    """Whether the name shares a word with the row, the model answer, the goal or the project."""
    project, known = exercise.project, [exercise.row, exercise.model]
    texts = [project.name, project.goal]
    for one in known:
        texts += [one.name, one.annual_value] if one is not None else []
    wanted = pairs(fold(row.name)[0])
    return any(wanted & pairs(fold(text)[0]) for text in texts) or any(row.name == one.name for one in known if one)


def _remarks(exercise: Exercise, row: Indicator) -> list[str]:
    """What is worth knowing although it is not wrong."""
    remarks = []
    copied = _copied(exercise, row)
    if copied:
        remarks.append(
            f"“{'、'.join(copied)}”是参考写法里的示例数，题目里没有给出；实际填表要从自己的计划、合同或上年统计里查，不能照抄。"
        )
    old = exercise.row
    if old is not None and old.level2 and row.level2 != old.level2:
        remarks.append(f"类别由{old.level2}改成了{row.level2}。")
    if old is not None and row.name != old.name:
        remarks.append(f"名称由“{old.name}”改成了“{row.name}”。")
    return remarks


def _copied(exercise: Exercise, row: Indicator) -> list[str]:
    """The numbers that the model answer made up and the learner took over."""
    if exercise.model is None:
        return []
    old, project = exercise.row, exercise.project
    given = [project.goal, project.name, *([old.name, old.annual_value, old.cycle_value or ""] if old else [])]
    stated = _figures(given)
    model = _figures([exercise.model.annual_value]).keys() - stated.keys()
    return [figure for key, figure in _figures([row.annual_value]).items() if key in model]


def _figures(texts: Sequence[str]) -> dict[tuple[float, str], str]:
    """Numbers and dates by what they amount to, as they are written."""
    found: dict[tuple[float, str], str] = {}
    for parsed in map(Parsed, texts):
        for value in parsed.values:
            found[value.base, "number"] = parsed.text[value.start : value.end]
        for time in parsed.times:
            if time.kind == "date":
                written = parsed.text[time.start : time.end]
                found[0.0, written] = written
    return found


def _verdict(right: bool, mended: Mended, blocking: Sequence[str]) -> str:
    if right:
        return "改好了。" if mended.before is not None else "写得对。"
    if blocking and sound(mended.after):
        return "还差一点。"
    kinds = len({finding.code for finding in (*mended.left, *mended.new) if finding.severity != "hint"})
    return f"还有 {kinds} 处毛病。" if kinds else "还不能核对。"
