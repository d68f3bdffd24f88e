"""Answers that are whole files: those that the browser saves, and reports that it shows."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from starlette.responses import Response

from reviewer.web.papers import MEDIA_TYPES

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_TYPES = MEDIA_TYPES | {"xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12", "json": "application/json"}


def download(body: bytes, name: str) -> Response:
    """Return *body* as a file called *name*, whose ending says what it is.

    >>> download(b"{}", "表.json").headers["content-disposition"]
    "attachment; filename*=UTF-8''%E8%A1%A8.json"
    """
    return Response(
        body,
        media_type=_TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )


def whole_page(page: str) -> Response:
    """Return a report under the policy that it brings along: nothing runs in it but what it was made with."""
    policy = _POLICY.search(page[:4096])
    assert policy, "every report has a policy"
    headers = {"content-security-policy": f"{html.unescape(policy[1])}; frame-ancestors 'none'"}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)
