"""The page for writing: a project and its indicators, judged while they are typed."""

from __future__ import annotations

import json
from typing import Any, Literal

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reviewer.models import Document, Indicator
from reviewer.reporting.template.wording import CLASSES
from reviewer.web import drafts, outcomes
from reviewer.web.answers import download
from reviewer.web.forms import Genuine
from reviewer.web.model import Model, told
from reviewer.web.papers import paper
from reviewer.web.pasted import rows_of

router = APIRouter()

# Older forms have costs among the outputs; both are right.
_CLASSES = {**CLASSES, "产出指标": (*CLASSES["产出指标"], "成本指标")}
_KNOWN = frozenset(f"{level1}/{level2}" for level1, names in _CLASSES.items() for level2 in names)
_NOTHING = {"summary": "", "goal": "", "rows": {}}
_BLANK = Indicator(no=0, name="", annual_value="")


@router.get("/")
async def begin(request: Request) -> Response:
    """Show an empty draft; a script fills in what the browser kept."""
    return _page(request, drafts.empty(), given=False)


@router.post("/", dependencies=[Genuine])
async def work(request: Request) -> Response:
    """Do what a button of the page says, and show the draft with its judgement: the way without a script."""
    form = await request.form()
    draft = drafts.document_of(form)
    # As they were typed, so that what was not understood can be mended.
    amount, year = str(form.get("amount") or ""), str(form.get("year") or "")
    if form.get("clear"):
        return _page(request, drafts.empty())
    if form.get("example"):
        draft = drafts.example()
        amount, year = drafts.plain_amount(draft), str(draft.budget_year)
    elif form.get("add"):
        draft = drafts.with_row_added(draft)
    elif form.get("remove"):
        draft = drafts.with_row_removed(draft, _number(form.get("remove")))
    elif form.get("take"):
        engine = request.app.state.engine
        draft = await engine.run(drafts.with_rewrite_taken, draft, _number(form.get("take")), engine.options)
    return _page(request, draft, amount, year, json.loads(await _judged(request, draft)))


@router.get("/write/example")
async def example() -> Response:
    """Return the example as a Document."""
    return Response(drafts.example().model_dump_json(), media_type="application/json")


@router.post("/write/check", dependencies=[Genuine])
async def check(request: Request) -> Response:
    """Judge the draft and return what the page shows of it, as JSON."""
    draft = drafts.document_of(await request.form())
    return Response(await _judged(request, draft), media_type="application/json")


@router.post("/write/paste", dependencies=[Genuine])
async def paste(request: Request) -> Response:
    """Read rows copied from a table (text with tabs) and return them as a Document."""
    rows = await request.app.state.engine.run(rows_of, await request.body())
    return Response(rows, media_type="application/json")


@router.post("/write/export/{kind}", dependencies=[Genuine])
async def export(request: Request, kind: Literal["xlsx", "docx"]) -> Response:
    """Return the draft as an annotated workbook or as a letter of opinion."""
    draft = await _with_rows(request)
    engine = request.app.state.engine
    body = await engine.run(paper, kind, draft.model_dump_json(), engine.options)
    return download(body, f"{draft.projects[0].name.strip()[:40] or '绩效指标'}.审核.{kind}")


@router.post("/write/forecast", dependencies=[Genuine])
async def forecast(request: Request) -> Response:
    """Return what asking the model about the draft would take, as ``{"text": ...}``; nothing is sent."""
    model, draft = _model(request), await _with_rows(request)
    engine = request.app.state.engine
    text = await engine.run(told, draft.model_dump_json(), model.llm, engine.options.get("year"))
    return JSONResponse({"text": text})


@router.post("/write/ask", dependencies=[Genuine])
async def ask(request: Request) -> Response:
    """Have the model judge the draft, and return what the page shows of it, as JSON."""
    model, draft = _model(request), await _with_rows(request)
    review = await model.review(draft)
    pieces = await request.app.state.engine.run(outcomes.shown, review.model_dump_json())
    return Response(pieces, media_type="application/json")


def _model(request: Request) -> Model:
    model: Model | None = request.app.state.model
    if model is None:
        raise HTTPException(404, "这个服务没有设置模型。启动时加上 --llm 才能请模型判断。")
    return model


async def _with_rows(request: Request) -> Document:
    draft = drafts.filled(drafts.document_of(await request.form()))
    if not draft.projects[0].indicators:
        raise HTTPException(422, "还没有写指标。请先写一条。")
    return draft


def _number(value: Any) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 5):
        raise HTTPException(422, "没有这一条指标。")
    return int(value)


async def _judged(request: Request, draft: Document) -> bytes:
    engine = request.app.state.engine
    found: bytes = await engine.run(outcomes.judged, draft.model_dump_json(), engine.options)
    return found


def _page(
    request: Request,
    draft: Document,
    amount: str = "",
    year: str = "",
    pieces: dict[str, Any] = _NOTHING,
    given: bool = True,
) -> Response:
    response: Response = request.app.state.pages.render(
        request,
        "write.html.j2",
        draft=draft,
        amount=amount,
        year=year,
        with_cycle=any(row.cycle_value for row in draft.projects[0].indicators),
        pieces=pieces,
        given=given,
        classes=_CLASSES,
        known=_KNOWN,
        blank=_BLANK,
        most_rows=drafts.MOST_ROWS,
    )
    return response
