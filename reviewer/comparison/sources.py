"""Reviews from files: what ``--format json`` or ``jsonl`` wrote, or a declaration that is reviewed first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import reviewer
from reviewer.errors import InputError
from reviewer.models import Review

_VERSION = 1


def review_of(path: Path, options: dict[str, Any]) -> Review:
    """Return the review that the file *path* holds, or else the review of the declaration in it, under *options*.

    Raises ``InputError`` for a file that is neither, or holds the reviews of several files.
    """
    stored = _stored(path)
    if stored is None:
        return reviewer.review(reviewer.read(path), **options)
    if len(stored) != 1:
        raise InputError(f"里面有 {len(stored)} 个文件的审核结果。", where=str(path), hint="请一次比较一个文件的结果。")
    return stored[0]


def read_reviews(path: Path) -> list[Review]:
    """Return the reviews that the file *path* holds. Raises ``InputError`` when it is no result of a review."""
    if not path.is_file():
        raise InputError("没有这个文件。", where=str(path), hint="请检查路径和文件名。")
    stored = _stored(path)
    if stored is None:
        raise InputError(
            "不是审核结果。",
            where=str(path),
            hint="请用 reviewer review 文件 --format json --output 基线.json 存一份。",
        )
    return stored


def _stored(path: Path) -> list[Review] | None:
    """The reviews in a JSON or JSONL file; None when it is something else."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None  # whoever reads declarations says what is wrong with the file
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        text = raw.decode("utf-8-sig")
        values = _values(text)
    except (ValueError, RecursionError):
        return None
    if not values or not all(isinstance(value, dict) and "ruleset" in value for value in values):
        return None
    for value in values:
        if value.get("schema_version") != _VERSION:
            raise InputError(
                f"是第 {value.get('schema_version')} 版的审核结果，这里只认第 {_VERSION} 版。",
                where=str(path),
                hint="请用现在的 reviewer 重新审核一次。",
            )
    try:
        return [Review.model_validate(value) for value in values]
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise InputError(
            f"不是完整的审核结果（{place} 不对）。", where=str(path), hint="请用 reviewer 重新审核一次。"
        ) from None


def _values(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return value if isinstance(value, list) else [value]
