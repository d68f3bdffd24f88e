"""Workbooks that are broken, disguised or made to do harm: a clear Chinese error or a clean reading, in bounds."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import InputError
from reviewer.reading import package
from reviewer.reading.notes import Notes
from reviewer.reading.sheet import read_sheets
from tests.reading.packages import FIRST_SHEET, MAIN, PACKAGE, content_types, parts, workbook, zipped
from tests.reading.test_sheet import ods, saved

MEMORY = 512 * 1024**2
SECONDS = 30
ENTITY_BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL_ENTITY = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@cache
def xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表1")
    for row in range(40):
        sheet.write(row, 0, f"指标{row}")
        sheet.write(row, 1, row / 7)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@cache
def xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in range(40):
        book.active.append([f"指标{row}", row / 7])
    book.active.merge_cells("A1:A3")
    return saved(book)


def word() -> bytes:
    buffer = BytesIO()
    docx.Document().save(buffer)
    return buffer.getvalue()


def error(raw: bytes) -> str:
    """The message that *raw* is refused with: it names the file, and says what to do."""
    with pytest.raises(InputError) as caught:
        read_sheets(raw, "附件/表.xlsx", Notes())
    message = str(caught.value)
    assert message.startswith("附件/表.xlsx：")
    assert caught.value.hint
    assert caught.value.hint.endswith("。")
    return message


def reads_or_refuses(raw: bytes) -> None:
    """Anything else that is raised fails the test."""
    with suppress(InputError):
        read_sheets(raw, "表.xlsx", Notes())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "空文件"),
        (b"%PDF-1.7\n", "PDF 文件"),
        (b"\x89PNG\r\n", "图片"),
        (b"Rar!\x1a\x07\x00", "rar 压缩包"),
        (b"\x00\x01\x02\x03" * 20, "认不出的二进制文件"),
        ("项目名称,金额\n".encode("gb18030"), "文本文件"),
        ("\ufeff项目名称\t金额\n".encode(), "文本文件"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML Spreadsheet"),
        (zipped({"表.txt": "项目"}), "zip 压缩包"),
        (word(), "Word 文档（.docx）"),
        (
            zipped({"[Content_Types].xml": content_types("application/vnd.ms-excel.sheet.binary.macroEnabled.main")}),
            ".xlsb",
        ),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), ".odt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "WordDocument".encode("utf-16-le") + b"\0\0", ".doc"),
    ],
)
def test_what_is_no_workbook_is_called_what_it_is(raw: bytes, said: str) -> None:
    assert said in error(raw)


class TestPasswords:
    def test_an_encrypted_xlsx_or_docx(self) -> None:
        raw = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0\0"
        assert "打开密码" in error(raw)

    def test_an_encrypted_xls(self) -> None:
        raw = bytearray(xls())
        stream = raw.index(b"\x09\x08\x10\x00")  # BOF; the record after it is made FILEPASS
        raw[stream + 20 : stream + 22] = b"\x2f\x00"
        assert "打开密码" in error(bytes(raw))

    def test_an_encrypted_ods(self) -> None:
        manifest = '<manifest:manifest xmlns:manifest="urn:x"><manifest:encryption-data/></manifest:manifest>'
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        assert "打开密码" in error(
            zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": b"\x01"})
        )

    def test_an_encrypted_zip(self) -> None:
        raw = bytearray(workbook())
        raw[raw.index(b"PK\x01\x02") + 8] |= 1
        assert "密码" in error(bytes(raw))


class TestBombs:
    def test_a_part_that_swells(self) -> None:
        raw = zipped(parts() | {FIRST_SHEET: b" " * (package.RATIO_COUNTS_FROM + 1)})
        assert "压缩炸弹" in error(raw)

    def test_a_total_that_is_too_large_though_no_ratio_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "MAX_UNPACKED", 1000)
        assert "压缩炸弹" in error(workbook())

    def test_a_size_that_lies(self) -> None:
        raw = bytearray(zipped(parts() | {FIRST_SHEET: f"<worksheet xmlns='{MAIN}'>{' ' * 100_000}</worksheet>"}))
        name = raw.rindex(FIRST_SHEET.encode())  # in the directory, whose entry has the size 22 bytes before the name
        raw[name - 22 : name - 18] = struct.pack("<I", 100)
        assert FIRST_SHEET in error(bytes(raw))

    @pytest.mark.parametrize(
        "part", ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]
    )
    def test_a_part_that_is_kept_in_memory(self, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "MAX_TREE", 1000)
        swollen = parts()
        swollen[part] = str(swollen[part]).replace("</", f"<!--{' ' * 1000}--></", 1)
        assert part in error(zipped(swollen))

    def test_sheets_that_are_one_and_the_same(self) -> None:
        doubled = parts()
        sheet = '<sheet name="表" sheetId="1" r:id="r1"/>'
        doubled["xl/workbook.xml"] = str(doubled["xl/workbook.xml"]).replace(sheet, sheet * 1000)
        assert "另一个工作表" in error(zipped(doubled))

    def test_more_elements_than_any_workbook_has(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(package, "MAX_ELEMENTS", 1000)
        assert "个元素" in error(workbook(f"<sheetData>{'<row/>' * 1000}</sheetData>"))

    def test_more_parts_than_any_workbook_has(self) -> None:
        assert "个部件" in error(zipped({f"{number}": "" for number in range(package.MAX_PARTS + 1)}))

    def test_a_package_in_a_package_stays_closed(self) -> None:
        bomb = zipped({"inner": b"\0" * 50_000_000})
        grids = read_sheets(zipped(parts() | {"xl/embeddings/表.zip": bomb}), "表.xlsx", Notes())
        assert len(grids) == 1

    @pytest.mark.parametrize("part", ["xl/workbook.xml", FIRST_SHEET, "xl/sharedStrings.xml", "[Content_Types].xml"])
    @pytest.mark.parametrize("doctype", [ENTITY_BOMB, EXTERNAL_ENTITY, "<!DOCTYPE a SYSTEM 'http://127.0.0.1/a.dtd'>"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entities(self, part: str, doctype: str, encoding: str) -> None:
        attacked = parts()
        attacked[part] = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{attacked[part]}'.encode(encoding)
        message = error(zipped(attacked))
        assert part in message
        assert "DOCTYPE" in message

    def test_a_doctype_behind_a_long_comment(self) -> None:
        attacked = parts()
        attacked[FIRST_SHEET] = f"<!--{' ' * 100_000}-->{ENTITY_BOMB}{attacked[FIRST_SHEET]}"
        assert FIRST_SHEET in error(zipped(attacked))

    def test_elements_in_elements(self) -> None:
        assert "嵌套" in error(workbook("<sheetData>" + "<row>" * 100_000 + "</row>" * 100_000 + "</sheetData>"))

    def test_an_endless_tag(self) -> None:
        noise = "".join(f"{number:x}" for number in range(2_000_000))
        assert "标记" in error(workbook(f'<sheetData><row spans="{noise}"/></sheetData>'))

    def test_an_endless_text(self) -> None:
        noise = "".join(map(str, range(300_000)))
        sheet = "<sheetData><row><c t='s'><v>0</v></c></row></sheetData>"
        assert "1,000,000 字" in error(workbook(sheet, strings=f"<si><t>{noise}</t></si>"))

    def test_merged_areas_that_cover_each_other(self) -> None:
        far = "<row r='1'><c r='A1'><v>1</v></c></row><row r='9000'><c r='XA9000'><v>1</v></c></row>"
        merged = '<mergeCell ref="A1:XFD1048576"/>' * 10_000
        assert "上限" in error(workbook(f"<sheetData>{far}</sheetData><mergeCells>{merged}</mergeCells>"))

    def test_columns_hidden_again_and_again(self) -> None:
        hidden = '<col min="1" max="16384" hidden="1"/>' * 100_000
        assert "上限" in error(workbook(f"<cols>{hidden}</cols><sheetData/>"))


class TestDamage:
    @pytest.mark.parametrize("make", [xlsx, xls, cache(ods)])
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_cut_off_anywhere(self, make: Callable[[], bytes], data: st.DataObject) -> None:
        raw = make()
        reads_or_refuses(raw[: data.draw(st.integers(0, len(raw) - 1))])

    @pytest.mark.parametrize("make", [xlsx, xls, cache(ods)])
    @settings(max_examples=100, deadline=None)
    @given(data=st.data())
    def test_bytes_changed_anywhere(self, make: Callable[[], bytes], data: st.DataObject) -> None:
        raw = bytearray(make())
        for at in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=8)):
            raw[at] = data.draw(st.integers(0, 255))
        reads_or_refuses(bytes(raw))

    def test_cut_off_is_called_incomplete(self) -> None:
        assert "不完整" in error(xlsx()[:3000])
        assert "不完整" in error(xls()[:3000])

    def test_a_shared_string_that_does_not_exist(self) -> None:
        message = error(workbook("<sheetData><row r='7'><c r='E7' t='s'><v>999</v></c></row></sheetData>"))
        assert "表!E7" in message
        assert "999" in message

    @pytest.mark.parametrize(
        "sheet",
        [
            "<row r='七'><c><v>1</v></c></row>",
            "<row r='1'><c r='#1'><v>1</v></c></row>",
            "<row r='1'><c r='AAAA1'><v>1</v></c></row>",
            "<row r='1'><c r='XFE1'><v>1</v></c></row>",
            "<row r='1048577'><c><v>1</v></c></row>",
            "<row r='99999999999999999999'><c><v>1</v></c></row>",
            "<row r='-5'><c><v>1</v></c></row>",
            "<row r='1'><c t='s'><v>一</v></c></row>",
            "<row r='-5'><c t='e'><v> </v></c></row>",
            "<row r='1'><c",
        ],
    )
    def test_coordinates_that_are_none(self, sheet: str) -> None:
        assert "损坏" in error(workbook(f"<sheetData>{sheet}</sheetData>"))

    def test_a_sheet_that_is_not_there(self) -> None:
        broken = parts()
        del broken[FIRST_SHEET]
        assert FIRST_SHEET in error(zipped(broken))

    @pytest.mark.parametrize("target", ["../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd"])
    def test_a_sheet_outside_the_package(self, target: str) -> None:
        broken = parts()
        relations = str(broken["xl/_rels/workbook.xml.rels"])
        broken["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", target)
        assert "缺少部件" in error(zipped(broken))

    def test_a_sheet_on_another_machine(self) -> None:
        broken = parts()
        relations = str(broken["xl/_rels/workbook.xml.rels"])
        outside = 'Target="http://127.0.0.1/sheet1.xml" TargetMode="External"'
        broken["xl/_rels/workbook.xml.rels"] = relations.replace('Target="worksheets/sheet1.xml"', outside)
        assert "“表”" in error(zipped(broken))

    def test_a_part_that_stands_twice(self) -> None:
        raw = zipped(parts() | {"xl/worksheets/sheetX.xml": "<worksheet/>"})
        assert "重名" in error(raw.replace(b"sheetX.xml", b"sheet1.xml"))


LOADED = """
import io, json, resource, sys, zipfile
from contextlib import suppress
from pathlib import Path
from reviewer.errors import InputError
from reviewer.reading.notes import Notes
from reviewer.reading.sheet import read_sheets
from reviewer.reading.workbooks import ods, xls, xlsx
raw = Path(sys.argv[1]).read_bytes()
with zipfile.ZipFile(harmless := io.BytesIO(), "w") as archive:
    archive.writestr("a.xml", "<a/>")
with suppress(InputError):
    read_sheets(harmless.getvalue(), "", Notes())  # whatever Python loads late is loaded now
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
seen = []
sys.addaudithook(lambda event, args: seen.append(event))
try:
    said = {"rows": sum(len(grid.rows) for grid in read_sheets(raw, "表.xlsx", Notes()))}
except InputError as error:
    said = {"error": str(error)}
print(json.dumps(said | {"seen": sorted(set(seen))}))
"""


def alone(raw: bytes, folder: Path) -> dict[str, object]:
    """Read *raw* in a process of its own that may not take more memory and time than we promise."""
    path = folder / "表.xlsx"
    path.write_bytes(raw)
    command = [sys.executable, "-c", LOADED, str(path), str(MEMORY)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def cells(rows: int, columns: str, cell: str) -> str:
    line = "".join(cell.replace("$", f"{column}#") for column in columns)
    inner = "".join(f'<row r="{row}">{line.replace("#", str(row))}</row>' for row in range(1, rows + 1))
    return f"<sheetData>{inner}</sheetData>"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda: workbook(cells(490_000, "A", '<c r="$"><v>5</v></c>')), "rows", id="rows below the limit"),
        pytest.param(lambda: workbook(cells(260_000, "A", '<c r="$" t="e"><v>#REF!</v></c>')), "rows", id="errors"),
        pytest.param(lambda: workbook(cells(20_000, ["XFD"], '<c r="$"><v>5</v></c>')), "error", id="far right"),
        pytest.param(lambda: spread(), "rows", id="one merged area under all text"),
        pytest.param(lambda: repeated_ods(), "error", id="repeated cells of ods"),
    ],
)
def test_memory_and_time_are_bounded(make: Callable[[], bytes], said: str, tmp_path: Path) -> None:
    assert said in alone(make(), tmp_path)


def spread() -> bytes:
    """A merged area of nearly a million places."""
    far = "<row r='1'><c r='A1'><v>1</v></c></row><row r='61'><c r='XFD61'><v>1</v></c></row>"
    return workbook(f"<sheetData>{far}</sheetData><mergeCells><mergeCell ref='A1:XFD61'/></mergeCells>")


def ods_of(tables: str) -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
    content = f"<office:body {names}>{tables}</office:body>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def repeated_ods() -> bytes:
    """A cell of five characters that its sheet repeats 17 thousand million times."""
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>很长的文字</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return ods_of(f'<table:table table:name="表">{row}</table:table>')


def test_sheets_without_number() -> None:
    assert "工作表超过" in error(ods_of("<table:table/>" * 10_000))


def test_stored_cells_of_other_files_are_left_out_and_said_once() -> None:
    row = "<table:table-row><table:table-cell><text:p>别人的</text:p></table:table-cell></table:table-row>"
    copy = f"<table:table table:name='b'><table:table-source/>{row}</table:table>"
    link = f"<table:dde-links><table:dde-link><table:table>{row}</table:table></table:dde-link></table:dde-links>"
    notes = Notes()
    grids = read_sheets(ods_of(copy * 3 + link), "表.ods", notes)
    assert not any(grid.rows for grid in grids)
    assert ["没有打开" in note.message for note in notes.in_order()] == [True]


def test_nothing_is_opened_run_or_called(tmp_path: Path) -> None:
    link = '<Relationship Id="r1" Type="x/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/>'
    sheet = (
        "<sheetData><row>"
        '<c t=\'str\'><f>HYPERLINK("http://127.0.0.1/","点此")</f><v>点此</v></c>'
        "<c t='str'><f>cmd|'/C calc'!A0</f><v>x</v></c>"
        "<c><f>[1]Sheet1!A1</f><v>5</v></c>"
        "<c t='str'><f>WEBSERVICE(\"http://127.0.0.1/\")</f></c>"
        "</row></sheetData><hyperlinks><hyperlink ref='A1' location='http://127.0.0.1/'/></hyperlinks>"
    )
    relations = f'<Relationships xmlns="{PACKAGE}/relationships">{link}</Relationships>'
    raw = zipped(
        parts(sheet)
        | {
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": relations,
        }
    )
    result = alone(raw, tmp_path)
    assert result["rows"] == 1
    forbidden = ("open", "socket", "subprocess", "os.", "exec", "urllib", "compile", "ctypes")
    assert not [event for event in result["seen"] if event.startswith(forbidden)]
    notes = Notes()
    read_sheets(raw, "表.xlsx", notes)
    assert any("没有打开那些文件" in note.message for note in notes.in_order())
