"""Input that is no declaration, is only part of one, or is hostile: a clear message with its place, in bounded time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer.errors import InputError
from reviewer.models import Diagnostic, Document
from reviewer.reading import blocks, read
from reviewer.reading.lines import MAX_LINE, MAX_LINES
from reviewer.reading.notes import Notes
from reviewer.reading.table import MAX_ROWS
from reviewer.reading.text import read_text

from .forms import WATER, fields

TABLE = WATER.text().partition("绩效指标")[0]


def found(document: Document, code: str) -> list[Diagnostic]:
    return [item for item in document.diagnostics if item.code == code]


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path)), "the place comes first"
    assert caught.value.hint, "what to do comes last"
    return message


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert "没有这个文件" in refused(tmp_path / "没有.txt")
    assert "文件夹" in refused(tmp_path)
    fifo = tmp_path / "管道"
    os.mkfifo(fifo)
    assert "不是普通文件" in refused(fifo)
    assert "没有这个文件" in refused(Path("表\0.txt"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "空的"),
        (b" \n\t\n", "空的"),
        ("\u3000\n".encode(), "只有空白"),
        (b"PK\x03\x04rest", "压缩包的目录读不出来"),
        (b"\xd0\xcf\x11\xe0rest", "旧版 Office 文档"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "图片"),
        ("项目名称\0总计".encode(), "NUL"),
        (bytes(range(1, 128)) * 20, "二进制"),
        (b"\xff\xff\xfe\x80" * 50, "认不出文字编码"),
        (os.urandom(20_000), ""),
        ("会议纪要\n今天开会。".encode(), "没有找到项目支出绩效目标表"),
        ("1、1-产出指标；11-数量指标；次数；年度指标值：5次。".encode(), "只有绩效指标"),
        ("项目名称\t总计\t绩效目标\n".encode(), "没有一个项目"),
        ("项目名称\t总计\t绩效目标\n合计\t5\t\n水务局\t5\t\n".encode(), "没有一个项目"),
    ],
)
def test_files_that_are_no_declaration(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "表.txt"
    path.write_bytes(raw)
    assert said in refused(path)


def test_two_tables_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text(WATER.text() + "\n" + WATER.text(), encoding="utf-8")
    assert "第 26 行" in refused(path)
    assert "又有一张表" in refused(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.txt"
    path.write_bytes(WATER.text().encode(encoding))
    document = read(path)
    assert fields(document) == WATER.fields()
    assert len(found(document, "D007")) == (encoding != "utf-8-sig")
    assert {item.severity for item in document.diagnostics} <= {"hint"}


def test_a_few_broken_bytes_do_not_make_it_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    raw = WATER.text().encode()
    at = raw.index("灌区巡查".encode())
    path.write_bytes(raw[: at + 1] + raw[at + 2 :])
    document = read(path)
    assert document.projects[0].name == "村级供水管网改造"
    assert {item.where for item in found(document, "D007")} == {None, "line 12"}


def test_a_table_without_indicators_is_read(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text(TABLE, encoding="utf-8")
    document = read(path)
    assert len(document.projects) == 3
    (missing,) = document.diagnostics
    assert (missing.code, missing.severity) == ("D008", "error")


@pytest.mark.parametrize("end", range(TABLE.index("泵站维修") + 2, len(TABLE), 7))
def test_a_table_cut_off_is_read_as_far_as_it_goes(end: int) -> None:
    document = read_text(TABLE[:end], "表.txt", Notes())
    assert document.projects[0].name == "村级供水管网改造"
    assert document.projects[0].amount == 60
    assert found(document, "D008")
    assert found(document, "D001") or len(document.projects) == 3


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert "200.0 MiB" in refused(path)


def test_a_line_of_10_megabytes_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text(WATER.text() + "长" * 3_500_000, encoding="utf-8")
    message = refused(path)
    assert "第 20 行" in message
    assert f"{MAX_LINE:,}" in message


def test_100_000_projects_are_refused_with_the_line_they_are_too_many_at(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    rows = "".join(f"项目{number}\t1.00\t完成{number}件\n" for number in range(100_000))
    path.write_text("项目名称\t总计\t绩效目标\n" + rows, encoding="utf-8")
    message = refused(path)
    assert f"{MAX_ROWS:,} 行的上限" in message
    assert f"第 {MAX_ROWS + 2} 行" in message


def test_more_lines_than_any_table_has_are_refused() -> None:
    with pytest.raises(InputError, match="行的上限"):
        read_text("\n" * (MAX_LINES + 1), "表.txt", Notes())


def test_more_indicators_than_any_table_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MAX_RECORDS", 6)
    with pytest.raises(InputError, match="指标有 7 条，超过 6 条的上限"):
        read_text(WATER.text(), "表.txt", Notes())


LONG = 330_000  # a megabyte of Chinese
HOSTILE = {
    "digits": "1" * LONG,
    "numbers": "1、" * (LONG // 2),
    "level 1 only": "1、1-产出指标；" * (LONG // 9),
    "cut headers": "。1" * (LONG // 2),
    "labels": "年度指标值：" * (LONG // 6),
    "blanks": "a" + " " * LONG + "b",
    "blanks after a number": "1" + " " * LONG + "x",
    "blanks after a page": "第1页" + " " * LONG + "x",
    "tabs": "a\t" * (LONG // 2),
    "brackets": "（1" * (LONG // 2),
    "money": "单位：" * (LONG // 3),
    "departments": "部门" * (LONG // 2) + "：",
    "markup": "<p" + " x" * (LONG // 2),
    "dashes": "-" * LONG + "x",
    "separators": "；" * LONG,
    "quotation marks": "“" * LONG,
}


@pytest.mark.parametrize("region", ["above", "goal", "table", "block"])
@pytest.mark.parametrize("line", HOSTILE)
def test_no_line_takes_more_than_linear_time(region: str, line: str) -> None:
    """A quadratic expression would need hours for these; the suite would not end."""
    long = HOSTILE[line]
    text = {
        "above": f"{long}\n{WATER.text()}",
        "goal": WATER.text().replace("10月底前完工。", long),
        "table": WATER.text().replace("\n\n绩效指标", f"\n{long}\n\n绩效指标"),
        "block": f"{WATER.text()}{long}\n",
    }[region]
    assert read_text(text, "表.txt", Notes()).projects[0].name == "村级供水管网改造"


def test_many_short_lines_take_linear_time() -> None:
    parts = "\n\n".join("农村用水户满意度年度指标值" for _ in range(10_000))
    document = read_text(WATER.text() + "\n" + parts, "表.txt", Notes())
    assert len(document.projects) == 3
    rows = "\n".join("建设水文站\t1\t" for _ in range(15_000))
    document = read_text(
        f"项目名称\t总计\t绩效目标\n合计\t15001\t\n水务局\t15001\t\n{rows}\n管网\t1\t改造\n", "表.txt", Notes()
    )
    assert document.projects[-1].name == "管网"
