"""Files that the browser saves."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from reviewer.web.papers import MEDIA_TYPES

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
