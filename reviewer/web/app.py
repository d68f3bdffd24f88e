"""The application: which routes there are, and what an error looks like to a person and to a program."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

import reviewer
from reviewer.errors import EndpointError, ReviewerError
from reviewer.web.api import api
from reviewer.web.api.failure import Failure, Reason
from reviewer.web.engine import Engine
from reviewer.web.guard import Guard
from reviewer.web.model import Model
from reviewer.web.pages import Pages
from reviewer.web.routes import routers
from reviewer.web.site import Site
from reviewer.web.uploads import Results

API = "/api/v1"
_log = logging.getLogger("reviewer.web")


def create_app(site: Site) -> ASGIApp:
    """Return the application for *site*, behind its guard.

    >>> type(create_app(Site())).__name__
    'Guard'
    """
    pages = Pages(site)
    engine = Engine(site.options, site.limits.work)

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        await engine.warm()
        yield

    # FastAPI's own pages of documentation load from elsewhere; ours is served by the API room.
    app = FastAPI(
        title="reviewer",
        version=reviewer.__version__,
        description="审核预算绩效指标：规则、分数、改法。",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
    )
    app.state.site, app.state.pages, app.state.engine = site, pages, engine
    app.state.model = Model(site.llm, site.options) if site.llm else None
    app.state.results = Results()

    app.include_router(api, prefix=API)
    for router in routers:
        app.include_router(router, include_in_schema=False)

    def answer(request: Request, status: int, message: str) -> Response:
        if request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", ""):
            return JSONResponse(Failure(error=Reason(status=status, message=message)).model_dump(), status)
        if status == HTTPStatus.UNAUTHORIZED:
            return pages.render(request, "enter.html.j2", status, wrong=False)
        return pages.render(request, "error.html.j2", status, code=status, message=message)

    _handle_errors(app, answer)
    return Guard(app, site, answer)


def _handle_errors(app: FastAPI, answer: Any) -> None:
    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        message = error.detail if _is_chinese(error.detail) else _REASONS.get(error.status_code, "这个请求处理不了。")
        response: Response = answer(request, error.status_code, message)
        return response

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        places = "；".join(".".join(str(part) for part in one["loc"]) for one in error.errors()[:5])
        response: Response = answer(request, 422, f"请求的内容不对：{places}。格式见 {API}/openapi.json。")
        return response

    @app.exception_handler(ReviewerError)
    async def unreadable(request: Request, error: ReviewerError) -> Response:
        status = 502 if isinstance(error, EndpointError) else 422
        response: Response = answer(request, status, str(error))
        return response

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # What was reviewed may stand in the message of an error, and logs hold no contents.
        _log.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
        response: Response = answer(request, 500, "程序内部出错。这是程序的缺陷，请告诉维护者在做什么时出的错。")
        return response


_REASONS = {
    400: "请求读不懂。",
    404: "没有这个页面。",
    405: "这个地址不能这样用。",
    413: "内容太大。",
    415: "这种格式不收。",
}


def _is_chinese(text: object) -> bool:
    return isinstance(text, str) and any("\u4e00" <= char <= "\u9fff" for char in text)
