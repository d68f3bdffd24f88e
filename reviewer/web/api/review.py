"""A document in, its review out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from reviewer.models import Document, Review
from reviewer.web.engine import reviewed

router = APIRouter(tags=["审核"])

_EXAMPLE = {
    "budget_year": 2026,
    "projects": [
        {
            "name": "农村公益电影放映",
            "amount": 70.47,
            "goal": "在28个行政村放映公益电影，每村每月2场。",
            "indicators": [
                {
                    "no": 1,
                    "level1": "产出指标",
                    "level2": "数量指标",
                    "name": "放映场次",
                    "annual_value": "按合同约定完成",
                }
            ],
        }
    ],
}
# A schema inside an OpenAPI document refers to its parts from the top of that document.
_HERE = "#/paths/~1api~1v1~1review/post/requestBody/content/application~1json/schema/$defs/{model}"
_DOCUMENT = {"schema": Document.model_json_schema(ref_template=_HERE), "example": _EXAMPLE}
_ANY_FILE = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/review",
    summary="审核一份 Document",
    response_model=Review,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": _DOCUMENT}}},
)
async def review(request: Request) -> Response:
    """Review a Document given as JSON, by the rules."""
    found = await request.app.state.engine.review_json(await request.body())
    return Response(found, media_type="application/json")


@router.post(
    "/review/file",
    summary="审核一个文件",
    response_model=Review,
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _ANY_FILE}}},
)
async def review_file(
    request: Request,
    name: Annotated[
        str, Query(min_length=1, max_length=255, description="文件名，带扩展名。", examples=["申报表.xlsx"])
    ],
) -> Response:
    """Review a file (the body, as it is) of any format that is read: .xlsx .xls .et .ods .docx .pdf .csv .txt .json."""
    engine = request.app.state.engine
    found = await engine.run_on_file(reviewed, await request.body(), name, engine.options)
    return Response(found, media_type="application/json")
