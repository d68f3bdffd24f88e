"""Style sheets and scripts."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

router = APIRouter()


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    """Answer with a static file."""
    response: Response = request.app.state.pages.static(request, name)
    return response
