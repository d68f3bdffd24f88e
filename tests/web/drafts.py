"""Drafts as the page for writing sends them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.web.serving import FORM, Answer, Running

Row = tuple[str, str, str, str]
FIELDS = ("class", "name", "cycle_value", "annual_value")
FILM: Row = ("产出指标/数量指标", "放映场次", "", "按合同约定完成")
RATE: Row = ("产出指标/质量指标", "放映设备完好率", "", "95%以上")
GOAL = "在28个行政村开展公益电影放映，每村每月放映2场，12月底前完成。"
HEAD = {"project": "农村公益电影放映", "amount": "70", "year": "2026", "unit": "青禾县电影服务中心", "goal": GOAL}


def form(*rows: Row, **more: str) -> str:
    fields = [*(HEAD | more).items(), *((name, cell) for row in rows for name, cell in zip(FIELDS, row, strict=True))]
    return urlencode(fields)


def send(server: Running, path: str, body: Any, **headers: str) -> Answer:
    named = {"content_type": FORM, "accept": "application/json", "x_reviewer_csrf": server.csrf()} | headers
    return server.post(path, body, **named)
