"""The door of a server that is open to other machines: who shows the token gets a cookie."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reviewer.web.guard import COOKIE, ENTRANCE
from reviewer.web.site import Site

router = APIRouter()


@router.get(ENTRANCE)
async def ask(request: Request) -> Response:
    """Ask for the token."""
    response: Response = request.app.state.pages.render(request, "enter.html.j2", wrong=False)
    return response


@router.post(ENTRANCE)
async def enter(request: Request, token: Annotated[str, Form(max_length=512)]) -> Response:
    """Let in whoever shows the token: the cookie is good for as long as the server runs."""
    site: Site = request.app.state.site
    if not site.admits(token.strip()):
        wrong: Response = request.app.state.pages.render(request, "enter.html.j2", 403, wrong=True)
        return wrong
    entered = RedirectResponse("/", 303)
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    entered.set_cookie(COOKIE, site.seal("entered"), httponly=True, samesite="strict", secure=secure)
    return entered
