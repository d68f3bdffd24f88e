"""The API keeps to its own description, whatever is sent: right requests and wrong ones, made up from it."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.serving import Running

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    ("POST", "/api/v1/review"),
    ("POST", "/api/v1/review/file"),
    ("GET", "/api/v1/rules"),
    ("GET", "/api/v1/rules/{code}"),
    ("GET", "/api/v1/schema/{contract}"),
]


def test_every_operation_is_tried(server: Running) -> None:
    paths = server.get("/api/v1/openapi.json").json()["paths"]
    assert sorted(OPERATIONS) == sorted((method.upper(), path) for path, item in paths.items() for method in item)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_are_as_described(method: str, path: str, mode: GenerationMode, server: Running) -> None:
    schema = schemathesis.openapi.from_dict(server.get("/api/v1/openapi.json").json())
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and path.endswith("/rules"):
        pytest.skip("it takes nothing that could be wrong")

    @settings(
        max_examples=100,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        case.call_and_validate(base_url=f"http://{server.host}", checks=CHECKS, timeout=20)

    check()
