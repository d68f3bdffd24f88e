"""Where output goes: standard output, standard error, or a file that is either whole or untouched."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from reviewer.errors import UsageError, reason_of
from reviewer.reporting.layout import DEFAULT_WIDTH


def speak_utf8() -> None:
    """Make both streams write UTF-8 with plain line feeds, whatever the locale: the output is Chinese and the same."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test may have put something else there
            # A file name need not be UTF-8; what cannot be shown becomes a question mark.
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")


def displayable(name: object) -> str:
    """Return a file name for reading: Chinese even where the locale made Python take its bytes for something else."""
    return str(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def complain(message: str) -> None:
    """Say *message* on standard error."""
    if sys.stderr is not None:
        try:
            print(displayable(message), file=sys.stderr, flush=True)
        except OSError:
            _abandon(sys.stderr)


def color_wanted() -> bool:
    """Whether standard output is a terminal that shows colours and the user did not decline them."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to write for: those of the terminal or of COLUMNS, else a default."""
    # get_terminal_size asks COLUMNS first, then the terminal.
    return get_terminal_size((DEFAULT_WIDTH, 24)).columns


def emit(pieces: Iterable[str | bytes], output: Path | None = None) -> None:
    """Write *pieces*, text as UTF-8, to the file *output*, or to standard output (None or ``-``), as they come.

    A file is written under a temporary name and renamed at the end; without a piece it is not touched. Whoever reads
    standard output may stop early. Raises ``UsageError`` when the place cannot be written.
    """
    if is_standard_output(output):
        _print(pieces)
    else:
        assert output is not None
        _write(map(_encoded, pieces), output)


def is_standard_output(output: Path | None) -> bool:
    """Whether *output* means standard output."""
    return output is None or str(output) == "-"


def _encoded(piece: str | bytes) -> bytes:
    return piece.encode() if isinstance(piece, str) else piece


def _print(pieces: Iterable[str | bytes]) -> None:
    if sys.stdout is None:
        raise UsageError("标准输出已经关闭，结果没有地方写。请用 --output 写入文件。")
    for piece in pieces:
        try:
            if isinstance(piece, bytes):
                sys.stdout.buffer.write(piece)
            else:
                sys.stdout.write(piece)
            sys.stdout.flush()
        except BrokenPipeError:
            _abandon(sys.stdout)
            return
        except OSError as error:
            _abandon(sys.stdout)
            raise UsageError(f"标准输出写不进去：{reason_of(error)}。") from error


def _write(pieces: Iterator[bytes], output: Path) -> None:
    first = next(pieces, None)
    if first is None:
        return
    try:
        # A device or a pipe (/dev/stdout, >(gzip)) is written to; a file is replaced, behind the link that leads to it.
        if output.exists() and not output.is_file():
            with output.open("wb") as device:
                device.writelines(chain([first], pieces))
            return
        path = Path(os.path.realpath(output))
        part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with part.open("wb") as file:
                file.writelines(chain([first], pieces))
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        place = displayable(output)
        raise UsageError(f"{place}：写不进去，{reason_of(error)}。请换一个位置。") from error


def is_terminal(stream: TextIO | None) -> bool:
    """Whether *stream* is open and a person looks at it."""
    return stream is not None and stream.isatty()


def _abandon(stream: TextIO) -> None:
    # What is left in the buffer would fail once more, with a traceback, when the interpreter flushes it at exit.
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
