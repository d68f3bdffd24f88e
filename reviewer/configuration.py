"""``reviewer.toml``: what a department sets once instead of typing it every time.

It lies in the working folder, or is the file of ``--config``::

    [rules]
    folders = ["本单位的规则"]

    [model]
    name = "qwen-max"

A misspelt name would be lost silently, so an unknown one is an error with the nearest that is known.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.errors import UsageError

FILE = "reviewer.toml"
_TABLES = ("model", "prices", "rules")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The contents of a file; empty, and ``path`` None, where there is none."""

    path: Path | None
    contents: Mapping[str, Any]

    def table(self, *names: str, known: Iterable[str] | None = None) -> Mapping[str, Any]:
        """Return the table ``[names]``, empty when it is not there.

        Raises ``UsageError`` when it is no table, or holds a key that is not *known* (None: any key is).
        """
        table = self.contents
        for name in names:
            inner = table.get(name, {})
            if not isinstance(inner, dict):
                place = ".".join(names)
                raise self.error(f"{place} 应当是一节：写一行 [{place}]，下面再写各项")
            table = inner
        if known is not None:
            self._check(table, list(known), f"[{'.'.join(names)}] ")
        return table

    @property
    def rule_folders(self) -> list[Path]:
        """The folders with rules of one's own, relative to the file. Raises ``UsageError`` when one is not there."""
        folders = self.table("rules", known=["folders"]).get("folders", [])
        if not isinstance(folders, list) or not all(isinstance(folder, str) and folder for folder in folders):
            raise self.error('[rules] folders 要写文件夹的列表，如 ["本单位的规则"]')
        beside = self.path.parent if self.path else Path()
        paths = [beside / Path(folder).expanduser() for folder in folders]
        if missing := [str(path) for path in paths if not path.is_dir()]:
            raise self.error(f"[rules] folders 里的文件夹不存在：{'、'.join(missing)}")
        return paths

    def error(self, message: str) -> UsageError:
        """Return an error that names the file."""
        return UsageError(f"{self.path}：{message}。")

    def _check(self, table: Iterable[str], known: list[str], place: str) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"是不是 {near[0]}？" if near else f"可用的有：{'、'.join(known)}"
                raise self.error(f"不认识 {place}{key}（{hint}）")


def read_configuration(path: Path | None = None) -> Configuration:
    """Return what *path* says, or ``reviewer.toml`` in the working folder if there is one.

    Raises ``UsageError``, which says where and what is wrong, for a file that cannot be read.
    """
    if path is None:
        path = Path(FILE)
        if not path.is_file():
            return Configuration(None, {})
    import tomllib  # only who has such a file needs it

    try:
        found = Configuration(path, tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        raise UsageError(f"{path}：没有这个文件。请检查 --config 的路径。") from None
    except OSError as error:
        raise UsageError(f"{path}：读不了（{error.strerror}）。请检查它是不是文件、有没有权限。") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path}：不是 UTF-8 编码。请另存为 UTF-8。") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}：不是正确的 TOML（{error}）。文字要加引号，一行写一项。") from None
    found._check(found.contents, list(_TABLES), "")
    return found
