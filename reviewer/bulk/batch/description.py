"""A batch as the endpoint describes it. Those who call themselves compatible leave out what they like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

OVER = frozenset({"completed", "failed", "expired", "cancelled"})
"""Statuses of a batch that change no more."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the endpoint describes it; times are seconds since 1970, counts are requests, None where it is silent.

    >>> batch = Batch.read({"id": "batch_1", "status": "completed", "request_counts": {"total": 3, "completed": 2}})
    >>> batch.over, batch.total, batch.completed
    (True, 3, 2)
    """

    id: str
    status: str
    input_file: str | None = None
    output_file: str | None = None
    error_file: str | None = None
    total: int | None = None
    completed: int | None = None
    failed: int | None = None
    created_at: int | None = None
    expires_at: int | None = None
    token: str | None = None
    errors: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it changes no more."""
        return self.status in OVER

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Batch:
        """Return what *data*, a batch object of the API, says; what it spells otherwise counts as not said."""
        counts = data.get("request_counts")
        counts = counts if isinstance(counts, Mapping) else {}
        metadata = data.get("metadata")
        return cls(
            id=str(data["id"]),
            status=str(data.get("status")),
            input_file=text_of(data.get("input_file_id")),
            output_file=text_of(data.get("output_file_id")),
            error_file=text_of(data.get("error_file_id")),
            total=_number(counts.get("total")),
            completed=_number(counts.get("completed")),
            failed=_number(counts.get("failed")),
            created_at=_number(data.get("created_at")),
            expires_at=_number(data.get("expires_at")),
            token=text_of(metadata.get("reviewer")) if isinstance(metadata, Mapping) else None,
            errors=tuple(_complaints(data.get("errors"))),
        )

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Batch:
        """Return what :meth:`dump` made JSON of."""
        values = json.loads(text)
        values["errors"] = tuple(values["errors"])
        return cls(**{column.name: values[column.name] for column in fields(cls)})


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None


def text_of(value: Any) -> str | None:
    """Return *value* when it is a text with something in it."""
    return value if isinstance(value, str) and value else None


def _complaints(errors: Any) -> list[str]:
    """Read ``{"data": [{"code", "message", "line"}]}``."""
    listed = errors.get("data") if isinstance(errors, Mapping) else None
    found = []
    for error in listed if isinstance(listed, list) else ():
        if isinstance(error, Mapping):
            line = _number(error.get("line"))
            said = text_of(error.get("message")) or text_of(error.get("code")) or "没有说明"
            found.append(f"第 {line} 行：{said}" if line is not None else said)
    return found
