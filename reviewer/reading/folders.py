"""The files behind the paths of a command line: files as named, folders with all that can be read in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import InputError

SUFFIXES = frozenset(
    {".txt", ".json", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".docx", ".pdf"},
)
"""Endings of the files that reading understands."""

OUR_MARK = ".审核"
"""What stands before the ending of a report that was written beside the files it is about: ``表.审核.xlsx``."""


class Found(NamedTuple):
    """The files to read, in order, and those in folders that are of no kind that can be read."""

    files: list[Path]
    skipped: list[Path]


def find_files(paths: Iterable[Path], suffixes: frozenset[str] = SUFFIXES) -> Found:
    """Return *paths* with each folder replaced by the files in it and below that end in *suffixes*, sorted by path.

    Left out without a word: hidden files, lock files of office programs (``~$表.xlsx``), and reports of this program.
    Links to folders are not followed. A path that is no folder is kept as it is, for reading to judge.
    Raises ``InputError`` for a folder in which there is nothing to read.

    >>> [path.name for path in find_files([Path("data/samples")]).files]
    ['huangpu-2023.txt']
    """
    found = Found([], [])
    for path in paths:
        # os.path, because Path.is_dir raises for a name that is too long.
        if not os.path.isdir(path):
            found.files.append(path)
            continue
        listed = sorted(_listed(path))
        files = [file for file in listed if file.suffix.lower() in suffixes]
        if not files:
            kinds = "、".join(sorted(suffixes))
            raise InputError("文件夹里没有能读的文件。", where=str(path), hint=f"能读的有：{kinds}。")
        found.files.extend(files)
        found.skipped.extend(file for file in listed if file.suffix.lower() not in suffixes)
    return found


def _listed(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        where = error.filename or str(folder)
        raise InputError("打不开文件夹。", where=where, hint="请检查读取权限。") from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith((".", "~$")) and not Path(name).stem.endswith(OUR_MARK):
                yield Path(parent, name)
