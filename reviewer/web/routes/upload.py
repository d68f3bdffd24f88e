"""The page for files: one or several in, what was found in each, and its papers out."""

from __future__ import annotations

import asyncio
from pathlib import PurePath
from typing import Literal, NamedTuple

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from reviewer.errors import ReviewerError
from reviewer.web import uploads
from reviewer.web.answers import download, whole_page
from reviewer.web.forms import Genuine, form_with_files
from reviewer.web.uploads import Result, Results

router = APIRouter()


class Outcome(NamedTuple):
    """What came of a file: the address of its result, or what is wrong with it."""

    name: str
    address: str | None
    message: str | None


@router.get("/upload")
async def ask(request: Request) -> Response:
    """Ask for files."""
    return _page(request, [])


@router.post("/upload")
async def take(request: Request) -> Response:
    """Review the files of the form; the script of the page sends them one at a time and asks for JSON."""
    form = await form_with_files(request)
    files = [file for file in form.getlist("file") if isinstance(file, UploadFile) and (file.filename or file.size)]
    outcomes = [await _outcome(request, file) for file in files] or [Outcome("", None, "请先选择要审核的文件。")]
    messages = [outcome.message for outcome in outcomes if outcome.message]
    if request.headers.get("accept") == "application/json":
        if messages:
            raise HTTPException(422, messages[0])
        return JSONResponse({"address": outcomes[0].address})
    if len(outcomes) == 1 and outcomes[0].address:
        return RedirectResponse(outcomes[0].address, 303)
    return _page(request, outcomes, 422 if messages else 200)


@router.get("/results/{key}")
async def show(request: Request, key: str) -> Response:
    """Show what was found in a file, and where its papers are."""
    result = _result(request, key)
    response: Response = request.app.state.pages.render(
        request, "result.html.j2", key=key, result=result, summary=result.summary
    )
    return response


@router.get("/results/{key}/report")
async def report(request: Request, key: str) -> Response:
    """Return the report, under the policy that it brings along: nothing runs in it but what it was made with."""
    page: bytes = await request.app.state.engine.run_on_file(uploads.made, _result(request, key), "report")
    return whole_page(page.decode())


@router.get("/results/{key}/{kind}")
async def paper(request: Request, key: str, kind: Literal["xlsx", "docx", "json"]) -> Response:
    """Return the annotated workbook, the letter of opinion, or the Review as JSON."""
    result = _result(request, key)
    stem = PurePath(result.name).stem
    if kind == "json":
        return download(result.review, f"{stem}.审核.json")
    body = await request.app.state.engine.run_on_file(uploads.made, result, kind)
    return download(body, f"{stem}.审核{result.ending if kind == 'xlsx' else '.docx'}")


@router.post("/results/{key}/forget", dependencies=[Genuine])
async def forget(request: Request, key: str) -> Response:
    """Keep a result no longer."""
    _results(request).forget(key)
    return RedirectResponse("/upload", 303)


async def _outcome(request: Request, file: UploadFile) -> Outcome:
    name = uploads.plain_name(file.filename or "")
    engine = request.app.state.engine
    try:
        result = await engine.run_on_file(uploads.received, await file.read(), name, engine.options)
    except ReviewerError as error:
        return Outcome(name, None, str(error))
    results = _results(request)
    key = results.add(result)
    asyncio.get_running_loop().call_later(uploads.SECONDS, results.forget, key)
    return Outcome(name, f"/results/{key}", None)


def _results(request: Request) -> Results:
    results: Results = request.app.state.results
    return results


def _result(request: Request, key: str) -> Result:
    result = _results(request).get(key)
    if result is None:
        raise HTTPException(404, "这份结果没有，或者已经删除：结果只留一小时，服务停止也会删除。请重新上传。")
    return result


def _page(request: Request, outcomes: list[Outcome], status: int = 200) -> Response:
    most = request.app.state.site.limits.upload
    response: Response = request.app.state.pages.render(
        request, "upload.html.j2", status, outcomes=outcomes, most=most, most_shown=f"{most / (1 << 20):g} MB"
    )
    return response
