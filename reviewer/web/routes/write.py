"""The page for writing: a project and its indicators, judged while they are typed."""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reviewer.models import Document, Indicator
from reviewer.reporting.template.wording import CLASSES
from reviewer.web import drafts, outcomes
from reviewer.web.forms import Genuine
from reviewer.web.papers import MEDIA_TYPES, paper, rows_of

router = APIRouter()

_KNOWN = frozenset(f"{level1}/{level2}" for level1, names in CLASSES.items() for level2 in names)
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
    if form.get("clear"):
        return _page(request, drafts.empty())
    if form.get("example"):
        draft = drafts.example()
    elif form.get("add"):
        draft = drafts.with_row_added(draft)
    elif form.get("remove"):
        draft = drafts.with_row_removed(draft, _number(form.get("remove")))
    elif form.get("take"):
        draft = await request.app.state.engine.run(drafts.with_rewrite_taken, draft, _number(form.get("take")))
    return _page(request, draft, await _pieces(request, draft))


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
    draft = drafts.filled(drafts.document_of(await request.form()))
    if not draft.projects[0].indicators:
        raise HTTPException(422, "还没有写指标，没有可以导出的。请先写一条。")
    engine = request.app.state.engine
    body = await engine.run(paper, kind, draft.model_dump_json(), engine.options)
    name = quote(f"{draft.projects[0].name.strip()[:40] or '绩效指标'}.审核.{kind}")
    disposition = f"attachment; filename*=UTF-8''{name}"
    return Response(body, media_type=MEDIA_TYPES[kind], headers={"content-disposition": disposition})


def _number(value: Any) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 5):
        raise HTTPException(422, "没有这一条指标。")
    return int(value)


async def _judged(request: Request, draft: Document) -> bytes:
    engine = request.app.state.engine
    found: bytes = await engine.run(outcomes.judged, draft.model_dump_json(), engine.options)
    return found


async def _pieces(request: Request, draft: Document) -> dict[str, Any]:
    pieces: dict[str, Any] = json.loads(await _judged(request, draft))
    return pieces


def _page(request: Request, draft: Document, pieces: dict[str, Any] | None = None, given: bool = True) -> Response:
    project = draft.projects[0]
    response: Response = request.app.state.pages.render(
        request,
        "write.html.j2",
        draft=draft,
        amount="" if project.amount is None else f"{project.amount:g}",
        with_cycle=any(row.cycle_value for row in project.indicators),
        pieces=pieces or _NOTHING,
        given=given,
        classes=CLASSES,
        known=_KNOWN,
        blank=_BLANK,
    )
    return response
