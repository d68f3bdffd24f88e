"""Rows copied from a table, with their header and without: which column is which."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reporting.template.wording import EXAMPLE_ROWS
from reviewer.web.pasted import rows_of
from tests.web.serving import Running

HEADER = "一级指标\t二级指标\t三级指标\t指标值\n"
FULL = """\
产出指标\t数量指标\t放映场次\t≥672场
\t质量指标\t设备完好率\t≥95%
满意度指标\t服务对象满意度指标\t观众满意度\t≥90%\r
"""
SHOWN = ("数量指标", "放映场次", None, "≥672场")


def read(text: str) -> Document:
    return Document.model_validate_json(rows_of(text.encode()))


def rows(text: str) -> list[tuple[str, str, str | None, str]]:
    (project,) = read(text).projects
    return [(row.level2, row.name, row.cycle_value, row.annual_value) for row in project.indicators]


@pytest.mark.parametrize("header", [HEADER, ""])
def test_with_a_header_and_without(header: str) -> None:
    assert rows(header + FULL) == [
        SHOWN,
        ("质量指标", "设备完好率", None, "≥95%"),
        ("服务对象满意度指标", "观众满意度", None, "≥90%"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("数量指标\t放映场次\t≥672场", SHOWN),
        ("3\t产出指标\t数量指标\t放映场次\t≥672场", SHOWN),
        ("产出指标\t11-数量指标\t放映场次\t≥672场", SHOWN),
        ("产出指标\t数量指标\t放映场次\t≥\t672\t场\t20", SHOWN),
        ("产出指标\t数量指标\t放映场次\t≥672\t场", SHOWN),
        ("产出指标\t数量指标\t放映场次\t≥672场\t20", SHOWN),
        ('产出指标\t数量指标\t"放映\n场次"\t≥672场', SHOWN),
        ("\t\t产出指标\t数量指标\t放映场次\t≥672场\t\t", SHOWN),
        ("\ufeff产出指标\t数量指标\t放映场次\t≥672场", SHOWN),
        (
            "数量指标\t发放图书、期刊,报纸\t1,200册，3,000份",
            ("数量指标", "发放图书、期刊,报纸", None, "1,200册，3,000份"),
        ),
        ("数量指标\t放映场次\t≥2016场\t≥672场", ("数量指标", "放映场次", "≥2016场", "≥672场")),
        ("放映场次\t≥672场", ("", "放映场次", None, "≥672场")),
        # A name that may be a class is a name where nothing else is.
        ("观众满意度\t≥90%", ("", "观众满意度", None, "≥90%")),
        ("满意度指标\t观众满意度\t≥90%", ("服务对象满意度指标", "观众满意度", None, "≥90%")),
    ],
)
def test_columns_show_what_they_are(text: str, found: tuple[str, str, str | None, str]) -> None:
    assert rows(text) == [found]


def test_rows_of_our_own_form() -> None:
    text = "\n".join("\t".join(map(str, row)) for row in EXAMPLE_ROWS)
    read_in = rows(text)
    assert [name for _, name, _, _ in read_in] == [row[2] for row in EXAMPLE_ROWS]
    assert read_in[0][3] == "≥672场"
    assert read_in[3][3] == "每月25日前"


def test_whole_form() -> None:
    project = read(f"项目名称\t电影放映\n项目金额（万元）\t70\n绩效目标\t全年放映672场\n{HEADER}{FULL}").projects[0]
    assert (project.name, project.amount, project.goal) == ("电影放映", 70.0, "全年放映672场")
    assert len(project.indicators) == 3


@pytest.mark.parametrize("text", ["\t\n\t\n", "", HEADER, "≥672场\t\n≥90%\t\n", '"\t"'])
def test_nothing_like_an_indicator(text: str) -> None:
    with pytest.raises(InputError, match="没有认出指标"):
        rows_of(text.encode())


@given(st.text(alphabet=st.sampled_from('\t\n\r" ,;产出数量指标满意度≥90%第一级\x00\ud7ff'), max_size=60))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        assert any(project.indicators for project in read(text).projects)


def test_pasted_over_http(server: Running) -> None:
    asked = {"content_type": "text/plain", "accept": "application/json", "x_reviewer_csrf": server.csrf()}
    answer = server.post("/write/paste", FULL.encode(), **asked)
    assert len(Document.model_validate_json(answer.body).projects[0].indicators) == 3
    refused = server.post("/write/paste", b"\xff\xfe\t\x00", **asked)
    assert refused.status == 422
    assert "请连表头一起复制" in refused.message
