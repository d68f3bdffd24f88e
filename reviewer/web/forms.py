"""What a form that changes something must bring along."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, Header
from starlette.exceptions import HTTPException
from starlette.requests import Request


def _genuine(
    request: Request,
    csrf: Annotated[str | None, Form(max_length=128)] = None,
    x_reviewer_csrf: Annotated[str | None, Header(max_length=128)] = None,
) -> None:
    if not request.app.state.site.sealed("csrf", x_reviewer_csrf or csrf):
        raise HTTPException(403, "这个页面已经过期。请刷新后再提交一次。")


Genuine = Depends(_genuine)
"""A dependency of routes that change something: the request comes from a page that this server made."""
