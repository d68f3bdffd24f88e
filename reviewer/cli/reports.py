"""Where the reports of ``reviewer review`` go: one stream over all files, or one file for each input and format."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from reviewer.cli.output import color_wanted, complain, displayable, emit, is_standard_output, is_terminal, width
from reviewer.errors import UsageError
from reviewer.reporting.formats import BINARY, BY_SUFFIX, ONE_EACH, SUFFIXES, Format, Look, Reviewed, stream, whole

_FOR_PEOPLE = (Format.XLSX, Format.DOCX, Format.HTML)


class Reports:
    """What to write, and where to: settled, or refused, before the first file is read.

    ``formats`` without any means: what the ending of *output* says; into a folder, the papers people hand on. Raises
    ``UsageError`` when the formats do not fit the place.
    """

    def __init__(self, formats: Sequence[Format], output: str | None, *, several: bool) -> None:
        self._several = several
        self._output = None if output is None else Path(output)
        chosen = list(dict.fromkeys(formats))
        self._folder = output is not None and is_folder(output, chosen)
        chosen = chosen or self._default()
        # The terminal goes to standard output, and another format beside it to a place of its own.
        self._shown = Format.TERMINAL in chosen and (self._folder or len(chosen) > 1)
        self._written = [format_ for format_ in chosen if not (self._shown and format_ is Format.TERMINAL)]
        self._refuse()

    def _default(self) -> list[Format]:
        if self._folder:
            return list(_FOR_PEOPLE)
        return [BY_SUFFIX.get(self._output.suffix.lower() if self._output else "", Format.TERMINAL)]

    def _refuse(self) -> None:
        """Raise ``UsageError`` for what cannot be written there."""
        if self._folder:
            return
        if len(self._written) > 1:
            named = "、".join(self._written)
            raise UsageError(f"要写 {named} 几种格式，--output 请给一个文件夹，如 --output 审核结果/。")
        (format_,) = self._written
        if format_ in ONE_EACH and self._several:
            raise UsageError(f"{format_} 一个文件一份，审核多个文件时 --output 请给一个文件夹，如 --output 审核结果/。")
        if is_standard_output(self._output):
            if self._shown:
                raise UsageError(f"terminal 写到屏幕，{format_} 请用 --output 写到文件。")
            refuse_on_screen(format_)

    def write(self, reviews: Iterable[Reviewed]) -> None:
        """Write the reports of *reviews* as they come. Raises ``UsageError`` when a place cannot be written."""
        if self._shown:
            reviews = _shown(reviews)
        if self._folder:
            assert self._output is not None
            self._fill(self._output, reviews)
            return
        (format_,) = self._written
        if format_ in ONE_EACH:
            for reviewed in reviews:
                _write_whole(reviewed, format_, self._output)
        else:
            emit(stream(reviews, format_, _look(), several=self._several), self._output)

    def _fill(self, folder: Path, reviews: Iterable[Reviewed]) -> None:
        from reviewer.reading.folders import OUR_MARK

        names = _Names()
        for reviewed in reviews:
            if self._written:
                make_folder(folder)
            stem = names.of(reviewed.source)
            for format_ in self._written:
                path = folder / f"{stem}{OUR_MARK}{SUFFIXES[format_]}"
                if format_ in ONE_EACH:
                    _write_whole(reviewed, format_, path)
                else:
                    emit(stream([reviewed], format_, _look(), several=False), path)
                complain(f"已写 {path}")


class _Names:
    """Gives each input a name of its own for its reports: that of the file, with its folders where two are the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, source: Path) -> str:
        """Return the name, without an ending."""
        stem = source.stem
        folders = list(source.parent.parts)
        while stem.lower() in self._taken and folders:
            stem = f"{folders.pop().strip('/.') or '_'}-{stem}"
        first, number = stem, 2
        while stem.lower() in self._taken:
            stem, number = f"{first}-{number}", number + 1
        self._taken.add(stem.lower())
        return stem


def is_folder(output: str, formats: list[Format]) -> bool:
    """Whether *output* means a folder: it is one, ends like one, or has no ending and is to hold several files."""
    if output == "-":
        return False
    if os.path.isdir(output) or output.endswith(("/", os.sep)):
        return True
    one_text = len(formats) == 1 and formats[0] not in ONE_EACH
    return not Path(output).suffix and not os.path.exists(output) and not one_text


def refuse_on_screen(format_: Format) -> None:
    """Raise ``UsageError`` for a format that nobody can read on a terminal when standard output is one."""
    if format_ in BINARY and is_terminal(sys.stdout):
        raise UsageError(f"{format_} 不能显示在屏幕上，请用 --output 写到文件。")


def make_folder(folder: Path) -> None:
    """Make *folder* if it is not there. Raises ``UsageError`` when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{displayable(folder)}：建不了这个文件夹（{error.strerror}）。请换一个位置。") from error


def _look() -> Look:
    return Look(width(), color_wanted())


def _shown(reviews: Iterable[Reviewed]) -> Iterator[Reviewed]:
    """Print each review as it passes."""
    for number, reviewed in enumerate(reviews):
        emit(["\n"] if number else [])
        emit(stream([reviewed], Format.TERMINAL, _look(), several=False))
        yield reviewed


def _write_whole(reviewed: Reviewed, format_: Format, output: Path | None) -> None:
    made = whole(reviewed, format_)
    for remark in made.remarks:
        complain(f"{reviewed.name}：{remark}")
    emit([made.contents], output)
