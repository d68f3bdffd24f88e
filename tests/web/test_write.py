"""The page for writing by plain HTTP: what works without a script, and what the script asks for."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import docx
import pytest

from reviewer.models import Document
from reviewer.reading import read_bytes
from reviewer.web.drafts import FIRST_ROWS, MOST_ROWS, example
from reviewer.web.site import Site
from tests.web.drafts import FILM, GOAL, HEAD, RATE, Row, form, send
from tests.web.serving import FORM, Running, running


def rows_in(page: str) -> list[Row]:
    """Return the rows that a page shows."""
    lists = re.findall(r'<select name="class">(.*?)</select>', page.partition("<template")[0], re.DOTALL)
    chosen = [re.search(r'value="([^"]*)" selected', one) for one in lists]
    texts = [
        re.findall(rf'<textarea name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)[: len(lists)]
        for name in ("name", "cycle_value", "annual_value")
    ]
    columns = [[found[1] if found else "" for found in chosen], *texts]
    return [tuple(html.unescape(cell) for cell in row) for row in zip(*columns, strict=True)]  # type: ignore[misc]


def pressed(server: Running, *rows: Row, **button: str) -> str:
    """Press a button of the page, as a browser without a script does, and return the page that comes back."""
    answer = server.post("/", form(*rows, csrf=server.csrf(), **button), content_type=FORM)
    assert answer.status == 200
    return answer.text


def outcomes(page: str) -> list[str]:
    return re.findall(r'<div class="outcome">(.*?)</div>\s*</li>', page.partition("<template")[0], re.DOTALL)


def test_begins_empty(server: Running) -> None:
    page = server.get("/").text
    assert rows_in(page) == [("", "", "", "")] * FIRST_ROWS
    assert "data-given" not in page  # so that a script shows what the browser kept


def test_judged_without_a_script(server: Running) -> None:
    page = pressed(server, FILM, RATE)
    assert rows_in(page) == [FILM, RATE]
    assert "data-given" in page
    first, second = outcomes(page)
    assert "V101" in first
    assert "错误" not in second
    assert all(html.escape(value) in page for value in HEAD.values())
    assert '<a href="#row-1">第 1 条</a>' in page


def test_row_added(server: Running) -> None:
    assert rows_in(pressed(server, FILM, RATE, add="1")) == [FILM, RATE, ("", "", "", "")]


def test_row_removed(server: Running) -> None:
    page = pressed(server, FILM, RATE, remove="1")
    assert rows_in(page) == [RATE]
    assert "V101" not in page
    assert rows_in(pressed(server, FILM, remove="1")) == [("", "", "", "")]
    assert rows_in(pressed(server, FILM, remove="9")) == [FILM]


def test_rewrite_taken(server: Running) -> None:
    taken, kept = rows_in(pressed(server, FILM, RATE, take="1"))
    assert (taken[3], kept) == ("≥672场", RATE)
    assert rows_in(pressed(server, FILM, RATE, take="2")) == [FILM, RATE]


def test_rewrite_is_taken_by_the_rules_of_the_server(server: Running) -> None:
    bare: Row = ("满意度指标/服务对象满意度指标", "观众满意度", "", "≥90")
    assert rows_in(pressed(server, bare, take="1"))[0][3] == "≥90%"
    with running(Site(options={"ignore": ["M201"]})) as lenient:
        assert rows_in(pressed(lenient, bare, take="1")) == [bare]


def test_cleared(server: Running) -> None:
    page = pressed(server, FILM, clear="1")
    assert rows_in(page) == [("", "", "", "")] * FIRST_ROWS
    assert GOAL not in page


def test_example(server: Running) -> None:
    page = pressed(server, FILM, example="1")
    project = example().projects[0]
    assert [row[1] for row in rows_in(page)] == [row.name for row in project.indicators]
    assert 'name="amount" inputmode="decimal" value="70"' in page
    assert 'name="year" inputmode="numeric" value="2026"' in page
    assert Document.model_validate_json(server.get("/write/example").body) == example()


def test_empty_rows_keep_their_place(server: Running) -> None:
    empty = ("", "", "", "")
    found = send(server, "/write/check", form(empty, FILM, empty, RATE)).json()
    assert set(found["rows"]) == {"2", "4"}
    assert 'href="#row-2"' in found["goal"]


def test_what_was_not_understood_is_not_lost(server: Running) -> None:
    page = pressed(server, FILM, amount="七十来万", year="明年", goal="第一行\r\n第二行")
    assert 'value="七十来万"' in page
    assert 'value="明年"' in page
    assert ">第一行\n第二行</textarea>" in page
    assert 'value="1234567.89"' in pressed(server, FILM, amount="1234567.89")


def test_amount_and_year_as_they_are_typed(server: Running) -> None:
    other_year: Row = ("产出指标/时效指标", "完成时间", "", "2025年12月底前")
    for year in ("2026", "２０２６"):
        assert "T602" in send(server, "/write/check", form(other_year, year=year)).json()["rows"]["1"]
    assert "T602" not in send(server, "/write/check", form(other_year, year="2025")).json()["rows"]["1"]


def test_cycle_values(server: Running) -> None:
    row: Row = ("产出指标/数量指标", "放映场次", "放映场次", "≥672场")
    page = pressed(server, row)
    assert rows_in(page) == [row]
    assert 'class="with-cycle"' in page
    assert "周期" in outcomes(page)[0]


def test_class_that_is_none_of_the_list_stays(server: Running) -> None:
    odd: Row = ("产出指标/其他指标", "放映场次", "", "≥672场")
    assert rows_in(pressed(server, odd)) == [odd]
    old_form: Row = ("产出指标/成本指标", "每场费用", "", "≤200元")
    assert rows_in(pressed(server, old_form)) == [old_form]


def test_everything_is_escaped(server: Running) -> None:
    bad = '"><script>alert(1)</script>'
    row: Row = (bad, bad, bad, bad)
    page = pressed(server, row, project=bad, unit=bad, goal=bad, amount=bad, year=bad)
    assert "<script>alert" not in page
    assert rows_in(page)[0][1:] == row[1:]
    answer = send(server, "/write/check", form(row, project=bad, goal=bad))
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (form(*[FILM] * (MOST_ROWS + 1)), "最多"),
        (form(FILM) + "&name=多一栏", "四栏"),
        (form(FILM, remove="x"), "没有这一条"),
        (form(FILM, take="99999999"), "没有这一条"),
    ],
)
def test_forms_that_no_page_sends(server: Running, body: str, said: str) -> None:
    answer = send(server, "/", body)
    assert answer.status == 422
    assert said in answer.message


def test_full_table(server: Running) -> None:
    assert len(rows_in(pressed(server, *[FILM] * MOST_ROWS))) == MOST_ROWS
    assert send(server, "/", form(*[FILM] * MOST_ROWS, add="1")).status == 422


def test_files_are_not_taken_here(server: Running) -> None:
    part = '--b\r\ncontent-disposition: form-data; name="name"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n'
    answer = send(server, "/write/check", part, content_type="multipart/form-data; boundary=b")
    assert answer.status == 422


@pytest.mark.parametrize("path", ["/", "/write/check", "/write/paste", "/write/export/xlsx", "/write/ask"])
def test_only_from_a_page_of_this_server(server: Running, path: str) -> None:
    answer = send(server, path, form(FILM), x_reviewer_csrf="0" * 64)
    assert answer.status == 403
    assert "刷新" in answer.message


def test_errors_are_pages_for_people_and_json_for_scripts(server: Running) -> None:
    page = send(server, "/write/export/xlsx", form(), accept="text/html")
    assert page.status == 422
    assert "还没有写指标" in page.text
    assert page.text.startswith("<!DOCTYPE html>")
    assert "还没有写指标" in send(server, "/write/export/xlsx", form()).message


# ── Exports ──────────────────────────────────────────────────────────────────


def test_workbook_opens_again(server: Running) -> None:
    empty = ("", "", "", "")
    answer = send(server, "/write/export/xlsx", form(FILM, empty, RATE))
    name = unquote(answer.headers["content-disposition"].partition("''")[2])
    assert name == "农村公益电影放映.审核.xlsx"
    document = read_bytes(answer.body, Path(name))
    project = document.projects[0]
    assert (project.name, project.unit, project.amount, project.goal) == (HEAD["project"], HEAD["unit"], 70.0, GOAL)
    assert document.budget_year == 2026
    found = [(f"{row.level1}/{row.level2}", row.name, row.annual_value) for row in project.indicators]
    assert found == [(FILM[0], *FILM[1::2]), (RATE[0], *RATE[1::2])]


def test_letter_says_what_is_wrong(server: Running) -> None:
    answer = send(server, "/write/export/docx", form(FILM))
    letter = docx.Document(BytesIO(answer.body))
    text = "\n".join(element.text or "" for element in letter.element.iter() if element.text)
    assert "按合同约定完成" in text


def test_file_name_is_one(server: Running) -> None:
    answer = send(server, "/write/export/xlsx", form(FILM, project='../a/b"\r\nx: y' + "很" * 99))
    disposition = answer.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.%-]+", disposition)
    assert "x" not in answer.headers
