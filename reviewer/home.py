"""Where the program keeps what it must remember between two runs: the ledger, a learner's progress."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Return the folder of the program's own files, which need not exist yet.

    It is ``REVIEWER_HOME``, or else the platform's folder for data of a user.

    >>> import os
    >>> os.environ["REVIEWER_HOME"] = "/var/lib/reviewer"
    >>> home().as_posix()
    '/var/lib/reviewer'
    """
    chosen = os.environ.get("REVIEWER_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path  # only who has not chosen needs it

    return user_data_path("reviewer", appauthor=False)
