"""A lesson on paper: the idea, bad beside good, the rules with reason and basis, the summary."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.rules.catalogue import load_catalogue
from reviewer.training.course import Lesson, Pair
from reviewer.training.handout import prose
from reviewer.training.handout.rows import sides
from reviewer.training.handout.sheet import Block, Column, Grid, Heading, Paragraph, Run, Text, Title, cell, plain

_PAIRS = (Column("原来的写法", 60), Column("改后的写法", 60), Column("为什么", 50))
_RULES = (Column("规则", 36), Column("为什么", 74), Column("依据", 60))


def title_of(lesson: Lesson) -> str:
    """Return number and title of a lesson."""
    return f"第 {lesson.number} 课　{lesson.title}"


def lecture(lesson: Lesson) -> Iterator[Block]:
    """Yield what a lesson teaches, without its exercises."""
    yield Title(title_of(lesson), plain(f"约 {lesson.minutes} 分钟。学完以后：{lesson.objective}"))
    yield Heading("道理")
    yield from prose.blocks(lesson.idea)
    yield Heading("对照着看")
    yield Grid(_PAIRS, tuple((*sides(pair), _reason(pair)) for pair in lesson.pairs))
    yield Heading("规则和依据")
    yield Grid(_RULES, tuple(_rule(code) for code in lesson.rules))
    yield Heading("小结")
    yield from (Paragraph(block.text, "box") for block in prose.blocks(lesson.summary) if isinstance(block, Paragraph))


def _reason(pair: Pair) -> tuple[Text, ...]:
    also = f"（同时违反 {'、'.join(pair.also)}）" if pair.also else ""
    title = load_catalogue().get(pair.rule).title
    return cell(plain(f"{pair.rule} {title}", "strong"), (Run(pair.why), Run(also, "dim")) if also else pair.why)


def _rule(code: str) -> tuple[tuple[Text, ...], ...]:
    rule = load_catalogue().get(code)
    why = [block.text for block in prose.blocks(rule.section("为什么")) if isinstance(block, Paragraph)]
    return cell(plain(code, "strong"), rule.title), cell(*why), cell(plain(rule.basis))
