"""The lock of a run's folder: one process works on it at a time."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.errors import RunError, reason_of

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of *folder*; the system lets go of it when the process ends, however it ends."""
    path = folder / LOCK
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise unwritable(folder, error) from error
    with file:
        try:
            _lock(file.fileno())
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                raise RunError(f"{path}：锁不上（{error.strerror}）。请把 --run 放在本机的磁盘上。") from error
            file.seek(1)
            holder = file.read().strip()
            who = f"（进程 {holder}）" if holder else ""
            raise RunError(f"另一个 reviewer{who}正在做 {folder} 这个批次。请等它做完，或者停掉它再运行。") from error
        try:
            # The first character is what Windows locks, and locked there means unreadable.
            file.truncate(0)
            file.write(f" {os.getpid()}\n")
            file.flush()
        except OSError as error:
            raise unwritable(folder, error) from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def is_locked(folder: Path) -> bool:
        """Whether a process holds the lock of *folder*."""
        try:
            with (folder / LOCK).open("rb") as file:
                file.read(1)  # the one that is locked
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def is_locked(folder: Path) -> bool:
        """Whether a process holds the lock of *folder*."""
        # Shared, and let go of at once: a command that begins in this very moment is refused and can be repeated.
        try:
            with (folder / LOCK).open("rb") as file:
                fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False


def unwritable(folder: Path, error: OSError) -> RunError:
    """Return the error that says why nothing can be written in *folder*."""
    return RunError(f"{folder}：批次的文件夹写不进去，{reason_of(error)}。请换一个 --run 文件夹，或者解决后再运行。")
