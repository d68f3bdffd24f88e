"""Files of requests leave the folder of a run: for an endpoint, once each, or for the user.

What is about to be done is in the book before it is done. So a process that was killed between upload and creation
finds its file and its batch again at the endpoint, and nothing is paid twice.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from reviewer.bulk.batch.book import UNSENT, Book, Part
from reviewer.bulk.batch.remote import Declined, Remote
from reviewer.errors import RunError, reason_of

Tell = Callable[[str], object]
"""Hears in Chinese what was done."""


def withdraw(book: Book, folder: Path, tell: Tell) -> None:
    """Take back what nobody will answer: files of which nothing was sent, and exported ones that the user deleted."""
    for part in book.parts("planned"):
        book.forget(part.number)
        (folder / part.name).unlink(missing_ok=True)
    for part in book.parts("exported"):
        if not Path(part.file or "").exists():
            book.close(part.number)
            tell(f"{part.file} 已经删除，里面没有结果的请求重新写。")


async def hand_in(
    book: Book, folder: Path, remote: Remote, tell: Tell, interrupted: Callable[[], bool] = lambda: False
) -> int:
    """Make batches of all files that have none yet, until it is *interrupted*; return how many requests are in them.

    Raises ``EndpointError`` when the endpoint does not take one; the others are handed in the next time.
    """
    sent = 0
    for part in book.parts(*UNSENT):
        if not interrupted():
            await _hand_in(part, book, folder / part.name, remote, tell)
            sent += part.requests
    return sent


async def _hand_in(part: Part, book: Book, path: Path, remote: Remote, tell: Tell) -> None:
    name = f"reviewer-{book.id}-{path.name}"
    file = part.file
    try:
        if part.state != "creating" or file is None:
            book.uploading(part.number)
            file = await remote.upload(path, name, look=part.state == "uploading")
            book.creating(part.number, file)
        batch = await remote.create(file, f"{book.id}-{part.number}", look=part.state == "creating")
    except Declined:
        book.plan(part.number)
        raise
    except OSError as error:
        book.plan(part.number)
        raise RunError(f"{path}：请求文件读不了了。请再运行一次，会重新写。") from error
    book.seen(part.number, batch)
    path.unlink(missing_ok=True)  # nobody needs it any more, and it is large
    tell(f"交出 {part.name}：{part.requests:,} 个请求，批次 {batch.id}。")


def export(book: Book, folder: Path, target: Path, tell: Tell) -> int:
    """Move all files of which nothing was sent to the folder *target*, which is made when it does not exist.

    Returns how many requests are in them. Raises ``RunError`` when it cannot be written, or holds files of those names
    that are not the same.
    """
    written = 0
    for part in book.parts("planned"):
        source, path = folder / part.name, target.absolute() / part.name
        try:
            target.mkdir(parents=True, exist_ok=True)
            if path.exists() and not filecmp.cmp(source, path, shallow=False):
                raise RunError(f"{path} 已经有了，内容不一样。请换一个文件夹，或者先把它移走。")
            book.exported(part.number, path)
            _move(source, path)
        except OSError as error:
            raise RunError(f"{target}：请求文件写不进去，{reason_of(error)}。请换一个文件夹。") from error
        written += part.requests
        tell(f"写好 {path}：{part.requests:,} 个请求。")
    return written


def _move(source: Path, path: Path) -> None:
    copy = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        shutil.copyfile(source, copy)
        os.replace(copy, path)
    finally:
        copy.unlink(missing_ok=True)
    source.unlink()
