"""The command line: parsing, printing and exit codes. Each command imports what it needs when it runs.

Here is the one place where exceptions become text and exit codes::

    0    done
    1    done, and a document is below --fail-under
    2    bad usage, unreadable input or unwritable output
    3    done, but a model could not judge some projects
    4    stopped at a cap; the same command goes on from there
    5    the endpoint of the model refuses: address, key, balance or model
    70   a fault of the program itself (with ``python -X dev -m reviewer`` it shows its traceback)
    130  interrupted
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from reviewer.errors import ReviewerError

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h


def main(args: Sequence[str] | None = None) -> int:
    """Run the command in *args* (by default those of the process) and return its exit code; nothing is raised.

    >>> main(["--version"])
    reviewer 0.1.0
    0
    """
    from reviewer.cli.output import complain, speak_utf8

    speak_utf8()
    try:
        from reviewer.cli.app import run

        return run(args)
    except ReviewerError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        complain(
            f"程序内部出错（{type(error).__name__}：{error}）。这是程序的缺陷，请把命令和输入文件一起报告给维护者。"
        )
        return INTERNAL_ERROR
