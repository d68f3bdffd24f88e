"""The REST API, version 1: the JSON contracts of the command line, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from reviewer.web.api import review, rules
from reviewer.web.api.failure import FAILURES

api = APIRouter(responses=FAILURES)
api.include_router(review.router)
api.include_router(rules.router)
