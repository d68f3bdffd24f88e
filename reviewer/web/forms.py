"""What a form that changes something must bring along, and how one with files is read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, Header
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

_MOST_FILES = 20


def _genuine(
    request: Request,
    csrf: Annotated[str | None, Form(max_length=128)] = None,
    x_reviewer_csrf: Annotated[str | None, Header(max_length=128)] = None,
) -> None:
    _check(request, x_reviewer_csrf or csrf)


Genuine = Depends(_genuine)
"""A dependency of routes that change something: the request comes from a page that this server made."""


class _InMemory(MultiPartParser):
    """Never spools a file to the disk: the guard bounds what may be sent."""

    spool_max_size = 0  # no limit


async def form_with_files(request: Request) -> FormData:
    """Read a genuine form with files into memory. Raises ``HTTPException`` for another or a malformed one."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415, "要用页面上的表单上传文件。")
    parser = _InMemory(request.headers, request.stream(), max_files=_MOST_FILES, max_fields=5, max_part_size=4096)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise HTTPException(400, f"上传的内容不完整或读不懂。请重新选择文件再试，一次最多 {_MOST_FILES} 个。") from None
    csrf = form.get("csrf")
    _check(request, csrf if isinstance(csrf, str) else None)
    return form


def _check(request: Request, csrf: str | None) -> None:
    if not request.app.state.site.sealed("csrf", csrf):
        raise HTTPException(403, "这个页面已经过期。请刷新后再提交一次。")
