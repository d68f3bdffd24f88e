"""Exercises on paper: what is asked and room to answer, and the key that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from reviewer.reporting.layout import width_of
from reviewer.training.choices import in_line
from reviewer.training.course import Task
from reviewer.training.handout.rows import about, blank, listing, shown, table
from reviewer.training.handout.sheet import Block, Heading, Paragraph, Run, Text, Together, plain
from reviewer.training.models import LETTERS, TYPED, Exercise

_LINE = 84
"""Columns of a line: options that fit into one need no lines of their own."""

_TABLE_ROWS = 8
"""Rows to write a whole table in."""

_GAP = "　　"


def questions(exercises: Sequence[Exercise], tasks: Sequence[Task] = ()) -> Iterator[Block]:
    """Yield the paper: questions with options first, then those to write an answer to."""
    chosen, written = _parted(exercises)
    numbers = count(1)
    if chosen:
        yield Heading("选一选", 2)
    for exercise in chosen:
        yield Together(tuple(_choice(next(numbers), exercise)))
    if written or tasks:
        yield Heading("写一写", 2)
    for exercise in written:
        yield Together((_asked(next(numbers), exercise.prompt), *_material(exercise), blank(1)))
    for task in tasks:
        rows = _TABLE_ROWS if task.table else len(task.project.indicators)
        yield Together((_asked(next(numbers), task.task), Paragraph(about(task.project), "small"), blank(rows)))


def answers(exercises: Sequence[Exercise], tasks: Sequence[Task] = ()) -> Iterator[Block]:
    """Yield the key, numbered as the paper is."""
    chosen, written = _parted(exercises)
    for number, exercise in enumerate([*chosen, *written], 1):
        yield Together(tuple(_solved(number, exercise)))
    for number, task in enumerate(tasks, len(exercises) + 1):
        yield Together((_answered(number, "参考写法", task.task), table(task.project.indicators), _FREE))


_FREE = Paragraph(plain("写法不止一种：名称可以不同；数、单位、日期要与目标一致，类别要对。", "dim"), "small")


def _parted(exercises: Sequence[Exercise]) -> tuple[list[Exercise], list[Exercise]]:
    """Return those to choose in and those to write, each by kind: like questions stand together."""
    order = {kind: at for at, kind in enumerate(type(exercises[0].kind) if exercises else ())}
    by_kind = sorted(exercises, key=lambda exercise: order[exercise.kind])
    return [one for one in by_kind if one.kind not in TYPED], [one for one in by_kind if one.kind in TYPED]


def _asked(number: int, prompt: str) -> Paragraph:
    return Paragraph((Run(f"{number}．", "strong"), Run(prompt)), "question")


def _choice(number: int, exercise: Exercise) -> Iterator[Block]:
    yield _asked(number, f"{exercise.prompt}（{_GAP * len(exercise.answer)}）")
    yield from _material(exercise)
    options = [f"{letter}．{option}" for letter, option in zip(LETTERS, exercise.options, strict=False)]
    if sum(map(width_of, options)) + 4 * len(options) <= _LINE:
        yield Paragraph(plain(_GAP.join(options)), "item")
    else:
        yield from (Paragraph(plain(option), "item") for option in options)


def _material(exercise: Exercise) -> Iterator[Block]:
    if exercise.about == "file":
        yield listing(exercise.text)
    else:
        yield from shown(exercise.document)


def _answered(number: int, answer: str, said: str) -> Paragraph:
    lead: Text = (Run(f"{number}．", "strong"), Run(answer, "good"))
    return Paragraph((*lead, Run(f"　{said}")) if said else lead, "question")


def _solved(number: int, exercise: Exercise) -> Iterator[Block]:
    if exercise.model is not None:
        row = exercise.row
        yield _answered(
            number, "参考写法", f"原来写的是“{in_line(row.name, row.annual_value)}”" if row else exercise.prompt
        )
        yield table([exercise.model])
    else:
        one = len(exercise.answer) == 1
        yield _answered(number, exercise.answer, exercise.right if one else "")
    yield Paragraph(plain(exercise.explanation), "small")
    yield Paragraph(plain(f"依据：{exercise.basis}", "dim"), "small")
