"""What there is to know without a document: the catalogue and the schemas of the contracts."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from reviewer.models import Document, Review, Severity

router = APIRouter(tags=["规则"])


class RuleHead(BaseModel):
    """A rule of the catalogue."""

    code: str
    name: str
    title: str
    severity: Severity


@router.get("/rules", summary="规则目录")
async def rules() -> list[RuleHead]:
    """Return all rules in the order of their codes."""
    from reviewer.rules.catalogue import load_catalogue

    return [
        RuleHead(code=rule.code, name=rule.name, title=rule.title, severity=rule.severity)
        for rule in load_catalogue().rules
    ]


@router.get("/schema/{contract}", summary="JSON Schema")
async def schema(contract: Literal["document", "review"]) -> dict[str, Any]:
    """Return the JSON Schema of a contract."""
    return (Document if contract == "document" else Review).model_json_schema()
