"""A file is what its bytes say; a name that says otherwise is refused with the way out, a workbook's is forgiven."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from reviewer.errors import InputError
from reviewer.models import Document, Project
from reviewer.reading import read

from .written import as_list, write_docx, write_xlsx

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def document() -> Document:
    row = {"no": 1, "level1": "产出指标", "level2": "数量指标", "name": "河长", "annual_value": "26公里"}
    project = Project.model_validate({"name": "河道保洁", "amount": 12, "goal": "保洁", "indicators": [row]})
    return Document(title="2024年项目绩效目标表", department="水务局", total=12, projects=[project])


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize("name", ["表.docx", "表.pdf", "表.txt", "表.csv", "表"])
def test_a_workbook_under_another_name(name: str, document: Document, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", [as_list(document)]).rename(tmp_path / name)
    message = refused(path)
    assert "Excel 工作簿（.xlsx）" in message
    assert "改成 .xlsx 再读" in message


def test_one_workbook_under_the_name_of_another_is_read_and_said(document: Document, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", [as_list(document)]).rename(tmp_path / "表.xls")
    found = read(path)
    assert found.projects[0].indicators[0].annual_value == "26公里"
    said = [item.message for item in found.diagnostics if "扩展名" in item.message]
    assert said == ["扩展名是 .xls，内容是Excel 工作簿（.xlsx），按内容读取。"]


def test_a_word_document_called_a_workbook(document: Document, tmp_path: Path) -> None:
    path = write_docx(tmp_path / "表.docx", [as_list(document)]).rename(tmp_path / "表.xlsx")
    assert "改成 .docx 再读" in refused(path)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("表.xlsx", b"%PDF-1.7\n", "改成 .pdf 再读"),
        ("表.docx", "项目名称\t总计".encode(), "改成 .txt"),
        ("表.xls", "项目名称,金额".encode("gb18030"), ".csv"),
        ("表.doc", COMPOUND + "WordDocument\0".encode("utf-16-le"), "另存为 .docx"),
        ("表.wps", COMPOUND + "WordDocument\0".encode("utf-16-le"), "另存为 .docx"),
        ("表.ppt", COMPOUND + "PowerPoint Document\0".encode("utf-16-le"), "演示文稿"),
        ("表.rtf", b"{\\rtf1 ...}", "另存为 .docx"),
        ("表.xls", b"<html><table><tr><td>1</td></tr></table></html>", "另存为 .xlsx"),
        ("表.jpg", b"\xff\xd8\xff\xe0 ...", "图片里没有文字可读"),
        ("表.rar", b"Rar!\x1a\x07", "解压"),
        ("表.xlsx", b"", "空的"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(name: str, raw: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert said in refused(path)


def test_an_archive_of_files(tmp_path: Path) -> None:
    path = tmp_path / "全部.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("表.txt", "项目名称")
    assert "先解压" in refused(path)
