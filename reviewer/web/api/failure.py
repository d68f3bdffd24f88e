"""What a program is told when a request fails: the same shape for every status."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Reason(BaseModel):
    """Why: ``message`` is a Chinese sentence for the person in front of the program."""

    status: int
    message: str


class Failure(BaseModel):
    """The body of every answer that is not a success.

    >>> Failure(error=Reason(status=413, message="内容太大，最多 1 MB。")).model_dump_json()
    '{"error":{"status":413,"message":"内容太大，最多 1 MB。"}}'
    """

    error: Reason


_WHY = {
    400: "请求读不懂",
    401: "要先出示口令",
    403: "请求来自别的网站",
    404: "没有这一项",
    408: "内容没有在限定的时间里传完",
    413: "内容太大",
    421: "地址不是本服务的地址",
    422: "内容不对，或读不出指标",
    429: "请求太多",
    503: "正在收别人的文件",
}
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure, "description": why} for status, why in _WHY.items()
}
