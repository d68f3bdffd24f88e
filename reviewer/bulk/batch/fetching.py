"""Files of results come into the folder of a run: from an endpoint, or from where the user has them.

They stay there whole; the book knows where in them each result lies. A file that is there already is not fetched again,
and one that was read is not read again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from reviewer.bulk.batch.book import Book, Part
from reviewer.bulk.batch.description import Batch
from reviewer.bulk.batch.lines import places
from reviewer.bulk.batch.remote import Gone, Remote
from reviewer.bulk.batch.sending import Tell
from reviewer.errors import InputError, RunError, reason_of


async def fetch(
    book: Book, folder: Path, remote: Remote, tell: Tell, interrupted: Callable[[], bool] = lambda: False
) -> None:
    """Ask how all batches stand, and take the results of those that are over, until it is *interrupted*.

    A batch that the endpoint does not know is said and left as it is: with another key it may. Raises ``EndpointError``
    when the endpoint cannot be asked.
    """
    for part in book.parts("submitted"):
        if part.batch is None or interrupted():
            continue
        try:
            batch = await remote.retrieve(part.batch.id)
        except Gone as error:
            tell(f"{part.name}：{error}")
            continue
        book.seen(part.number, batch)
        if batch.over:
            await _take(part, batch, book, folder, remote, tell)


async def _take(part: Part, batch: Batch, book: Book, folder: Path, remote: Remote, tell: Tell) -> None:
    stem = f"{part.number:04}"
    found = 0
    for name, file, lines in (
        (f"{stem}-output.jsonl", batch.output_file, batch.completed),
        (f"{stem}-errors.jsonl", batch.error_file, batch.failed),
    ):
        if file is None:
            continue
        if not (folder / name).exists():
            try:
                await remote.download(file, folder / name, lines=lines)
            except Gone as error:
                tell(f"{part.name}：{error}")
                continue
            except OSError as error:
                raise _unwritable(folder, error) from error
        found += _read(book, folder, name, part.number, tell)
    missing = book.close(part.number)
    tell(f"{part.name}：{_ENDINGS.get(batch.status, batch.status)}，{part.requests - missing:,} 个请求有结果。")
    if missing:
        tell(f"{part.name}：{missing:,} 个请求没有结果，下一轮再问。{'；'.join(batch.errors[:_MOST_ERRORS])}")


_ENDINGS = {"completed": "做完了", "failed": "端点没有接受", "expired": "过期了", "cancelled": "取消了"}
_MOST_ERRORS = 3


def take(book: Book, folder: Path, given: Path, tell: Tell) -> None:
    """Take the results in the file *given*, or in all ``.jsonl`` files of that folder.

    Raises ``InputError`` when it cannot be read or holds no results, ``RunError`` when they cannot be kept.
    """
    paths = sorted(given.glob("*.jsonl")) if given.is_dir() else [given]
    if not paths:
        raise InputError("里面没有 .jsonl 文件。", where=str(given), hint="请写结果文件所在的文件夹。")
    for path in paths:
        name = _copied(path, folder)
        if name in book.known_results():
            tell(f"{path}：已经收过了。")
        else:
            found = _read(book, folder, name, None, tell)
            tell(f"{path}：收到 {found:,} 个结果。")
    for part in book.parts("exported"):
        if book.has_results(part.number) and (missing := book.close(part.number)):
            tell(f"{part.name}：{missing:,} 个请求没有结果，下一轮再问。")


def _copied(path: Path, folder: Path) -> str:
    """Copy a file under a name that is its content's, so that it is known when it comes again."""
    try:
        with path.open("rb") as file:
            name = f"{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}.jsonl"
    except OSError as error:
        raise InputError("结果文件读不了。", where=str(path), hint="请检查路径和读取权限。") from error
    part = folder / f".{name}.{os.getpid()}.tmp"
    try:
        if not (folder / name).exists():
            shutil.copyfile(path, part)
            os.replace(part, folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        part.unlink(missing_ok=True)
    return name


def _unwritable(folder: Path, error: OSError) -> RunError:
    return RunError(f"{folder}：结果写不进去，{reason_of(error)}。解决后再运行一次。")


def _read(book: Book, folder: Path, name: str, part: int | None, tell: Tell) -> int:
    if name in book.known_results():
        return 0
    reading = book.read(name, part, places(folder / name))
    if reading.broken:
        tell(f"{name}：{reading.broken:,} 行读不出来，跳过。")
    if reading.other:
        tell(f"{name}：{reading.other:,} 个结果不是在等的，或者重复，跳过。")
    return reading.found
