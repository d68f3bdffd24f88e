"""The errors a user of reviewer can meet.

::

    ReviewerError            anything reviewer raises on purpose; str(error) is a Chinese sentence for the user
    ├─ UsageError            the call is wrong: unknown rule, impossible option          exit code 2
    ├─ InputError            a file or document cannot be read                           exit code 2
    ├─ CatalogueError        a rule, lexicon, library or prompt file is malformed                exit code 2
    ├─ LedgerError           the ledger of exchanges with models cannot be used          exit code 2
    ├─ RunError              the folder of a bulk run cannot be used                     exit code 2
    ├─ TrainingError         the file of learners' progress cannot be used               exit code 2
    ├─ EndpointError         the endpoint refuses every request: address, key, model     exit code 5
    └─ UnrecordedError       a replay holds no answer to a request: its project's error  exit code 3

Programming errors stay outside this tree. A message says what happened, where (file, line, cell) and what to do.
"""

from __future__ import annotations

import errno
from pathlib import Path


class ReviewerError(Exception):
    """Base of all errors meant for the user."""

    exit_code = 2


class UsageError(ReviewerError):
    """The command or call is wrong and the user can correct it."""


class InputError(ReviewerError):
    """A file or document cannot be read.

    ``where`` is the place (``"表.txt 第 12 行"``), ``hint`` what the user can do; both stand in ``str(error)``.
    """

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.message = message
        self.where = where
        self.hint = hint
        super().__init__("".join([f"{where}：" if where else "", message, f" {hint}" if hint else ""]))


class CatalogueError(ReviewerError):
    """A file of the rule catalogue, lexicon or library is malformed; the message names file and place."""


class LedgerError(ReviewerError):
    """The ledger in the file ``path`` cannot be read or written; the message says why and what to do."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"账本 {path} {reason}。")


class RunError(ReviewerError):
    """The folder of a bulk run, or a file in it, cannot be used; the message says why and what to do."""


class TrainingError(ReviewerError):
    """The file ``path`` of learners' progress cannot be read or written; the message says why and what to do."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"学习记录 {path} {reason}。")


class EndpointError(ReviewerError):
    """The endpoint of the model refuses every request, for its address, key, balance or model is wrong."""

    exit_code = 5


class UnrecordedError(ReviewerError):
    """A request that no cassette holds was asked for in a replay; the project it belongs to cannot be judged."""

    exit_code = 3


_REASONS = {
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "所在的磁盘是只读的",
    errno.ENOENT: "所在的文件夹不存在",
    errno.EEXIST: "这是一个文件",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EBADF: "已经关闭",
}


def reason_of(error: OSError) -> str:
    """Return in Chinese why a file or folder cannot be written.

    >>> reason_of(OSError(errno.ENOSPC, "No space left on device"))
    '磁盘已满'
    """
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__
