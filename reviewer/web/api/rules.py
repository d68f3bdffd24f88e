"""What there is to know without a document: the catalogue and the schemas of the contracts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from reviewer.errors import UsageError
from reviewer.models import Dimension, Document, Review, Severity
from reviewer.rules.catalogue import SECTIONS, AppliesTo, Rule, load_catalogue

router = APIRouter(tags=["规则"])


class RuleHead(BaseModel):
    """A rule of the catalogue."""

    code: str
    name: str
    title: str
    severity: Severity

    @classmethod
    def of(cls, rule: Rule, **more: Any) -> Self:
        """Return what is told of *rule*."""
        return cls(code=rule.code, name=rule.name, title=rule.title, severity=rule.severity, **more)


class RulePage(RuleHead):
    """A rule with all that its file says; ``sections`` are Markdown by title, in their order."""

    dimension: Dimension | None
    applies_to: AppliesTo
    basis: str
    sections: dict[str, str]


@router.get("/rules", summary="规则目录")
async def rules() -> list[RuleHead]:
    """Return all rules in the order of their codes."""
    return [RuleHead.of(rule) for rule in load_catalogue().rules]


@router.get("/rules/{code}", summary="一条规则")
async def rule(code: Annotated[str, Path(max_length=64, examples=["V101"])]) -> RulePage:
    """Return one rule by its code or name: what it is, why, examples, how to mend it."""
    try:
        found = load_catalogue().get(code)
    except UsageError as error:
        raise HTTPException(404, str(error)) from error
    sections = {title: found.section(title) for title in SECTIONS}
    return RulePage.of(
        found, dimension=found.dimension, applies_to=found.applies_to, basis=found.basis, sections=sections
    )


@router.get("/schema/{contract}", summary="JSON Schema")
async def schema(contract: Literal["document", "review"]) -> dict[str, Any]:
    """Return the JSON Schema of a contract."""
    return (Document if contract == "document" else Review).model_json_schema()
