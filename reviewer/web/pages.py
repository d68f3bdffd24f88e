"""Templates and static files, read once when the server starts: no path of a request ever reaches the disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import reviewer
from reviewer.web.site import Site
from reviewer.web.templating import HERE, REPORT, environment

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
# The report and the pages look alike: what both need lies with the report.
_SHARED = ("page.css", "charts.css", "judged.css", "theme.js", "page.js")


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file; ``tag`` changes with its bytes."""

    body: bytes
    media_type: str
    tag: str


class Pages:
    """Renders the templates of ``templates/`` and answers with the files of ``static/``."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._assets = {path.name: _asset(path) for path in _static_files()}
        self._templates = environment()
        self._templates.globals.update(
            asset=self._address,
            version=reviewer.__version__,
            asks_model=site.llm is not None,
            runs=site.runs is not None,
        )

    def render(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Return the page that *template* makes of *context*; everything in it is escaped."""
        page = self._templates.get_template(template).render(
            path=request.url.path, csrf=self._site.seal("csrf"), **context
        )
        return HTMLResponse(page, status)

    def static(self, request: Request, name: str) -> Response:
        """Answer with the static file called *name*, or 304 when the browser has it; ``HTTPException`` without one."""
        asset = self._assets.get(name)
        if asset is None:
            raise HTTPException(404, "没有这个文件。")
        # Its address holds its tag, so what a browser has stays right for as long as it is asked for.
        kept = {"etag": asset.tag, "cache-control": "private, max-age=31536000, immutable"}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=kept)
        return Response(asset.body, media_type=asset.media_type, headers=kept)

    def _address(self, name: str) -> str:
        return f"/static/{name}?{self._assets[name].tag.strip(chr(34))}"


def _static_files() -> list[Path]:
    own = [path for path in sorted((HERE / "static").iterdir()) if path.suffix in _TYPES]
    return [*(REPORT / name for name in _SHARED), *own]


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, _TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:16]}"')
