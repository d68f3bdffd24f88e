"""``reviewer.toml``: what a department sets once instead of typing it every time.

It lies in the working folder, or is the file of ``--config``::

    [review]
    fail_under = 80

    [rules]
    folders = ["本单位的规则"]

    [[suppress]]
    rule = "V101"
    project = "电影放映"
    reason = "合同正在签订"

A misspelt name would be lost silently, so an unknown one is an error with the nearest that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.errors import UsageError

if TYPE_CHECKING:
    # Help pages are printed by modules that import this one, and must not wait for the models.
    from reviewer.configuration.contents import Contents

FILE = "reviewer.toml"
_SUPPRESS = re.compile(r"[ \t]*\[\[[ \t]*suppress[ \t]*\]\]")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A file and its checked contents; where there is none, ``path`` is None and the contents are the defaults."""

    path: Path | None
    contents: Contents

    @property
    def rule_folders(self) -> list[Path]:
        """The folders with rules of one's own, relative to the file. Raises ``UsageError`` when one is not there."""
        beside = self.path.parent if self.path else Path()
        paths = [beside / Path(folder).expanduser() for folder in self.contents.rules.folders]
        if missing := [str(path) for path in paths if not path.is_dir()]:
            raise UsageError(f"{self.path}：[rules] folders 里的文件夹不存在：{'、'.join(missing)}。")
        return paths

    @property
    def fail_under(self) -> float | None:
        """The score below which a review fails."""
        return self.contents.review.fail_under

    def options(
        self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), year: int | None = None
    ) -> dict[str, Any]:
        """Return the keywords of :func:`reviewer.review` that the file sets; what is given here wins over the file.

        Raises ``UsageError``, which says where, for a rule that does not exist or cannot be suppressed.
        """
        self._check_rules()
        review, rules = self.contents.review, self.contents.rules
        return {
            "select": list(select) or review.select,
            "ignore": list(ignore) or review.ignore,
            "year": review.year if year is None else year,
            "extra_rules": self.rule_folders,
            "severities": rules.severity,
            "thresholds": rules.thresholds,
            "suppressions": self.contents.suppress,
        }

    def _check_rules(self) -> None:
        from reviewer.policy import Policy
        from reviewer.rules.catalogue import load_catalogue

        catalogue = load_catalogue(*self.rule_folders)
        place = ""
        try:
            for place, selectors in (
                ("[review] select", self.contents.review.select),
                ("[review] ignore", self.contents.review.ignore),
                ("[rules.severity]", self.contents.rules.severity),
            ):
                for selector in selectors:
                    catalogue.get(selector) if place == "[rules.severity]" else catalogue.select([selector])
            for given in self.contents.suppress:
                place = (given.place or "").removeprefix(f"{self.path} ")
                Policy(catalogue, suppressions=[given])
        except UsageError as error:
            raise UsageError(f"{self.path} {place}：{error}") from None


def read_configuration(path: Path | None = None) -> Configuration:
    """Return what *path* says, or ``reviewer.toml`` in the working folder if there is one.

    Raises ``UsageError``, which says where and what is wrong, for a file that cannot be read or holds something that
    makes no sense.
    """
    from reviewer.configuration.contents import Contents

    if path is None:
        path = Path(FILE)
        if not path.is_file():
            return Configuration(None, Contents())
    import tomllib  # only who has such a file needs it

    try:
        text = path.read_text(encoding="utf-8-sig")
        return Configuration(path, _checked(path, text, tomllib.loads(text)))
    except FileNotFoundError:
        raise UsageError(f"{path}：没有这个文件。请检查 --config 的路径。") from None
    except OSError as error:
        raise UsageError(f"{path}：读不了（{error.strerror}）。请检查它是不是文件、有没有权限。") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path}：不是 UTF-8 编码。请另存为 UTF-8。") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}：不是正确的 TOML（{error}）。文字要加引号，一行写一项。") from None


def _checked(path: Path, text: str, contents: dict[str, Any]) -> Contents:
    from pydantic import ValidationError

    from reviewer.configuration.complaints import complaint
    from reviewer.configuration.contents import Contents

    places = _places(text, contents.get("suppress"))
    try:
        checked = Contents.model_validate(contents)
    except ValidationError as error:
        raise UsageError(complaint(path, error, places)) from None
    for given, place in zip(checked.suppress, places, strict=True):
        given.put(f"{path} {place}")
    return checked


def _places(text: str, suppressions: object) -> list[str]:
    """Say where each ``[[suppress]]`` stands, with its line where the headings in the *text* can be told."""
    count = len(suppressions) if isinstance(suppressions, list) else 0
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _SUPPRESS.match(line)]
    known = lines if len(lines) == count else [None] * count
    return [f"第 {at} 个 [[suppress]]" + (f"（第 {line} 行）" if line else "") for at, line in enumerate(known, 1)]
