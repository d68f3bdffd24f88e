"""A document in, its review out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from reviewer.models import Document, Review

router = APIRouter(tags=["审核"])


@router.post(
    "/review",
    summary="审核一份 Document",
    response_model=Review,
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": Document.model_json_schema()}}}},
)
async def review(request: Request) -> Response:
    """Review a Document given as JSON, by the rules."""
    found = await request.app.state.engine.review_json(await request.body())
    return Response(found, media_type="application/json")
