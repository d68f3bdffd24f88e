"""The REST API as a program meets it: the contracts of the command line, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from reviewer import pipeline
from reviewer.models import Document, Indicator, Project, Review
from reviewer.reading import read
from reviewer.reporting.workbook import clean
from reviewer.rules.catalogue import SECTIONS, load_catalogue
from tests.web.serving import Running

ROW = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成")
DRAFT = Document(projects=[Project(name="电影放映", amount=70.47, goal="每村每月放映2场。", indicators=[ROW])])


def test_document_gets_the_review_of_the_command_line(server: Running) -> None:
    answer = server.post("/api/v1/review", DRAFT.model_dump_json(), content_type="application/json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert Review.model_validate_json(answer.body) == pipeline.review(DRAFT)


def test_text_file_gets_the_review_of_the_file(server: Running, sample: Path) -> None:
    answer = server.post("/api/v1/review/file?name=" + quote(sample.name), sample.read_bytes())
    assert answer.status == 200
    assert Review.model_validate_json(answer.body) == pipeline.review(read(sample))


def test_workbook_is_read(server: Running) -> None:
    workbook = clean(pipeline.review(DRAFT))
    answer = server.post("/api/v1/review/file?name=" + quote("申报表.xlsx"), workbook)
    assert answer.status == 200, answer.text
    [project] = answer.json()["projects"]
    assert project["indicators"][0]["name"] == "放映场次"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/hostname", "C:\\表", "\x00", "README.md"])
def test_name_of_a_file_opens_nothing(server: Running, name: str) -> None:
    answer = server.post(f"/api/v1/review/file?name={quote(name)}", b"nothing to see")
    assert answer.status == 422
    assert "root:" not in answer.text
    assert "没有找到" in answer.message


def test_file_needs_a_name(server: Running, sample: Path) -> None:
    answer = server.post("/api/v1/review/file", sample.read_bytes())
    assert answer.status == 422
    assert "query.name" in answer.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "内容.json"),
        (b"{", "内容.json"),
        (b"[]", "Document JSON"),
        (b'{"projects": []}', "没有一个项目"),
        (b"\xff\xfe\xff", "内容.json"),
    ],
)
def test_other_content_is_refused_with_the_reason(server: Running, body: bytes, said: str) -> None:
    answer = server.post("/api/v1/review", body)
    assert answer.status == 422
    assert said in answer.message


def test_catalogue_is_listed(server: Running) -> None:
    listed = server.get("/api/v1/rules").json()
    assert [rule["code"] for rule in listed] == [rule.code for rule in load_catalogue().rules]
    assert set(listed[0]) == {"code", "name", "title", "severity"}


@pytest.mark.parametrize("key", ["V101", "v101", "vague-plan-reference"])
def test_rule_is_explained_by_code_and_name(server: Running, key: str) -> None:
    rule = server.get(f"/api/v1/rules/{key}").json()
    assert rule["code"] == "V101"
    assert tuple(rule["sections"]) == SECTIONS
    assert all(rule["sections"].values())


def test_unknown_rule_is_404_with_the_nearest(server: Running) -> None:
    answer = server.get("/api/v1/rules/V1O1")
    assert answer.status == 404
    assert "V101" in answer.message


@pytest.mark.parametrize(("name", "model"), [("document", Document), ("review", Review)])
def test_schema_is_that_of_the_command_line(server: Running, name: str, model: type[Document] | type[Review]) -> None:
    schema = server.get(f"/api/v1/schema/{name}").json()
    assert schema == model.model_json_schema()


def test_openapi_describes_what_is_answered(server: Running) -> None:
    described = server.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) >= {f"/api/v1/{path}" for path in ("review", "review/file", "rules", "rules/{code}")}
    assert not [path for path in described["paths"] if not path.startswith("/api/v1/")]
    content = described["paths"]["/api/v1/review"]["post"]["requestBody"]["content"]["application/json"]
    whole = {**described, "$ref": "#/paths/~1api~1v1~1review/post/requestBody/content/application~1json/schema"}
    Draft202012Validator(whole).validate(content["example"])
    assert not Draft202012Validator(whole).is_valid({"projects": [{"name": 1}]})
    example = server.post("/api/v1/review", json.dumps(content["example"]).encode())
    assert "V101" in example.text


def test_no_page_of_documentation_loads_from_elsewhere(server: Running) -> None:
    for path in ("/docs", "/redoc", "/api/v1/docs"):
        assert server.get(path).status == 404
