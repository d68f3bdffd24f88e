"""Handouts: lessons, a department's own most frequent faults, exercises, and the key to them, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewer.models import Review
from reviewer.reporting.formats import Format
from reviewer.training.course import Lesson, Task
from reviewer.training.exercises import Exercise, catalogue_exercises, paper, review_exercises
from reviewer.training.handout.frequent import frequent
from reviewer.training.handout.lesson import lecture, title_of
from reviewer.training.handout.questions import answers, questions
from reviewer.training.handout.sheet import Block, Paragraph, Sheet, Title, plain

__all__ = ["FORMATS", "Handout", "handout", "render"]

_SIGNED = plain("姓名：＿＿＿＿＿＿　单位：＿＿＿＿＿＿＿＿＿＿　日期：＿＿＿＿＿＿　得分：＿＿＿＿")

_MOST_ROWS = 8  # of a question; a longer table leaves no room on its page


FORMATS = (Format.DOCX, Format.HTML, Format.MARKDOWN)
"""What a handout can be written as; the first unless something else is asked for."""


@dataclass(frozen=True, slots=True)
class Handout:
    """What learners get, and the key that the trainer keeps."""

    paper: Sheet
    key: Sheet


@dataclass(frozen=True, slots=True)
class _Part:
    title: str
    short: str
    lecture: tuple[Block, ...]
    exercises: list[Exercise]
    tasks: Sequence[Task] = ()


def handout(
    lessons: Sequence[Lesson], review: Review | None = None, *, seed: int = 1, count: int = 6, masked: bool = False
) -> Handout:
    """Return a handout on *lessons*, headed by the most frequent faults of *review* if one is given.

    Each part has up to *count* exercises, drawn by *seed*: the same seed draws the same again, and no exercise comes
    twice. *masked* leaves the names of units, projects and places of the review out.

    >>> from reviewer.training.course import lesson
    >>> made = handout([lesson(3)], count=2)
    >>> made.paper.name, made.key.name
    ('第 3 课　数、单位、符号和百分比', '第 3 课　数、单位、符号和百分比　答案')
    """
    parts = list(_parts(lessons, review, seed, count, masked))
    name = parts[0].title if len(parts) == 1 else "绩效指标编写讲义"
    return Handout(
        Sheet(name, name, tuple(block for part in parts for block in _paper(part))),
        Sheet(
            f"{name}　答案",
            f"{name}　答案（第 {seed} 号卷）",
            tuple(block for part in parts for block in _key(part, seed)),
        ),
    )


def _parts(lessons: Iterable[Lesson], review: Review | None, seed: int, count: int, masked: bool) -> Iterator[_Part]:
    if review is not None:
        blocks = tuple(frequent(review, masked=masked))
        title = next(block.text for block in blocks if isinstance(block, Title))
        yield _Part(
            title, title, blocks, paper(filter(_printable, review_exercises(review, seed, masked=masked)), seed, count)
        )
    fresh = catalogue_exercises(seed) if lessons else []
    for lesson in lessons:
        drawn = paper([one for one in fresh if one.code in lesson.rules], seed, count)
        fresh = [one for one in fresh if one not in drawn]
        yield _Part(title_of(lesson), f"第 {lesson.number} 课", tuple(lecture(lesson)), drawn, lesson.tasks)


def _printable(exercise: Exercise) -> bool:
    return sum(len(project.indicators) for project in exercise.document.projects) <= _MOST_ROWS


def _paper(part: _Part) -> Iterator[Block]:
    yield from part.lecture
    if part.exercises or part.tasks:
        yield Title(f"{part.short}　练习", _SIGNED)
        yield from questions(part.exercises, part.tasks)


def _key(part: _Part, seed: int) -> Iterator[Block]:
    if part.exercises or part.tasks:
        yield Title(f"{part.short}　答案", plain(f"第 {seed} 号卷。选择题只有一个正确答案；写一写的答案不止一种。"))
        yield from answers(part.exercises, part.tasks)
    else:
        yield Title(part.title)
        yield Paragraph(plain("这一部分没有练习。"))


def render(sheet: Sheet, format_: Format) -> str | bytes:
    """Return *sheet* as a file in one of :data:`FORMATS`: a page of HTML, Markdown, or the bytes of a Word document.

    >>> from reviewer.training.course import lesson
    >>> render(handout([lesson(1)], count=1).paper, Format.MARKDOWN).splitlines()[0]
    '# 第 1 课　什么是绩效指标'
    """
    match format_:
        case Format.DOCX:
            from reviewer.training.handout.docx import render_docx  # loads python-docx

            return render_docx(sheet)
        case Format.HTML:
            from reviewer.training.handout.html import render_html  # loads jinja2

            return render_html(sheet)
        case Format.MARKDOWN:
            from reviewer.training.handout.markdown import render_markdown

            return render_markdown(sheet)
        case _:
            raise ValueError(format_)
