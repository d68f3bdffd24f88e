"""The pages for a department: its runs, the report on one, one against another, and each project."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reviewer.web import runs
from reviewer.web.answers import whole_page

router = APIRouter()

_NO_RUN = "没有这个批次，或者它的文件夹已经移走、改名。请回到批次的列表重新选。"


@router.get("/runs")
async def show(request: Request) -> Response:
    """List the runs."""
    listed = await request.app.state.engine.run_on_file(runs.listed, _folder(request))
    response: Response = request.app.state.pages.render(request, "runs.html.j2", listed=listed)
    return response


@router.get("/runs/{key}")
async def report(request: Request, key: str, against: str = "") -> Response:
    """Return the report on a run, compared with the run *against* if one is chosen."""
    there = runs.found(_folder(request))
    before = _chosen(there, against) if against else None
    return whole_page(await request.app.state.engine.run_on_file(runs.report, _chosen(there, key), before))


@router.get("/runs/{key}/projects")
async def projects(request: Request, key: str, by: Literal["order", "score", "amount"] = "score") -> Response:
    """List the projects of a run: worst first, dearest first, or as they were read."""
    folder = _chosen(runs.found(_folder(request)), key)
    lines = await request.app.state.engine.run_on_file(runs.lines, folder)
    if by == "score":
        lines.sort(key=lambda line: line.score)
    elif by == "amount":
        lines.sort(key=lambda line: -(line.amount or 0))
    response: Response = request.app.state.pages.render(
        request, "run.html.j2", key=key, name=folder.name, lines=lines, by=by
    )
    return response


@router.get("/runs/{key}/projects/{number}")
async def project(request: Request, key: str, number: int) -> Response:
    """Return everything that was found in one project."""
    folder = _chosen(runs.found(_folder(request)), key)
    page = None
    if 0 <= number < 1 << 31:
        page = await request.app.state.engine.run_on_file(runs.project, folder, number)
    if page is None:
        raise HTTPException(404, "这个批次里没有这个项目。")
    return whole_page(page)


def _folder(request: Request) -> Path:
    folder: Path | None = request.app.state.site.runs
    if folder is None:
        raise HTTPException(404, "启动服务时没有给批次的文件夹（--runs）。")
    return folder


def _chosen(there: dict[str, Path], key: str) -> Path:
    if key not in there:
        raise HTTPException(404, _NO_RUN)
    return there[key]
