"""``reviewer train handout``: two files to print, what learners get and the key to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reviewer.cli.output import complain, emit, is_standard_output
from reviewer.errors import UsageError
from reviewer.reporting.formats import BY_SUFFIX, SUFFIXES, Format


def write(
    source: Path | None,
    numbers: Sequence[int],
    format_: Format | None,
    output: Path | None,
    *,
    seed: int,
    count: int,
    masked: bool,
) -> None:
    """Write a handout on the lessons of these *numbers* and the review in *source*; on all lessons without either.

    The key stands beside *output* under its name and ``-答案``.
    """
    from reviewer.comparison.sources import review_of
    from reviewer.training.course import lesson, lessons
    from reviewer.training.handout import FORMATS, handout, render

    if output is not None and is_standard_output(output):
        raise UsageError("讲义和答案是两个文件，不能写到标准输出。请写 --output 讲义.docx。")
    if format_ is None:
        format_ = BY_SUFFIX.get(output.suffix.lower(), FORMATS[0]) if output else FORMATS[0]
    if format_ not in FORMATS:
        raise UsageError(f"handout 不能写成 {format_}，可用的有：{'、'.join(FORMATS)}。")
    chosen = [lesson(number) for number in dict.fromkeys(numbers)]
    if not chosen and source is None:
        chosen = list(lessons())
    review = review_of(source, {}) if source else None
    made = handout(chosen, review, seed=seed, count=count, masked=masked)
    paper = output or Path(f"讲义{SUFFIXES[format_]}")
    for sheet, path in ((made.paper, paper), (made.key, paper.with_name(f"{paper.stem}-答案{paper.suffix}"))):
        emit([render(sheet, format_)], path)
        complain(f"已写 {path}")
