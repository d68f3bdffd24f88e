"""Files uploaded without a script: what is read, what comes back, what is refused, and what is kept of it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from reviewer.models import Review
from reviewer.reading import read, read_bytes
from reviewer.web.uploads import Result, Results, Summary, received
from tests.reading.written import as_list, write_csv, write_docx, write_pdf, write_xlsx
from tests.web.serving import Answer, Running

BOUNDARY = "----a-boundary"
SMALL = b'{"projects": [{"name": "A", "indicators": [{"no": 1, "name": "x", "annual_value": "y"}]}]}'


def form(files: Iterable[tuple[str, bytes]], csrf: str) -> bytes:
    """Return the body that a browser sends."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'.encode()]
    for name, raw in files:
        quoted = name.replace("\\", "\\\\").replace('"', "%22")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + raw + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def upload(server: Running, *files: tuple[str, bytes], csrf: str | None = None, **headers: str) -> Answer:
    body = form(files, server.csrf() if csrf is None else csrf)
    return server.post("/upload", body, content_type=f"multipart/form-data; boundary={BOUNDARY}", **headers)


def result_of(answer: Answer) -> str:
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def saved_name(answer: Answer) -> str:
    kind, _, name = answer.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert kind == "attachment"
    return unquote(name)


def written(kind: str, sample: Path, folder: Path) -> bytes:
    document = read(sample)
    document = document.model_copy(update={"projects": document.projects[:2]})
    table, path = as_list(document), folder / f"表.{kind}"
    match kind:
        case "xlsx":
            write_xlsx(path, [table])
        case "docx":
            write_docx(path, [table])
        case "pdf":
            write_pdf(path, [table])
        case "csv":
            write_csv(path, table)
        case "txt":
            return sample.read_bytes()
        case "json":
            return document.model_dump_json().encode()
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf", "csv", "txt", "json"])
def test_every_format_comes_back_reviewed(server: Running, sample: Path, tmp_path: Path, kind: str) -> None:
    raw = written(kind, sample, tmp_path)
    expected = read_bytes(raw, Path(f"表.{kind}"))
    address = result_of(upload(server, (f"表.{kind}", raw)))
    page = server.get(address)
    assert page.status == 200
    assert all(project.name in page.text for project in expected.projects)

    as_json = server.get(f"{address}/json")
    review = Review.model_validate_json(as_json.body)
    assert saved_name(as_json) == "表.审核.json"
    assert [project.name for project in review.projects] == [project.name for project in expected.projects]

    letter = server.get(f"{address}/docx")
    assert saved_name(letter) == "表.审核.docx"
    assert "word/document.xml" in zipfile.ZipFile(BytesIO(letter.body)).namelist()

    book = server.get(f"{address}/xlsx")
    assert saved_name(book) == "表.审核.xlsx"
    assert any(cell.comment for sheet in load_workbook(BytesIO(book.body)) for row in sheet for cell in row)


def test_workbook_comes_back_with_everything_that_was_in_it(server: Running, sample: Path, tmp_path: Path) -> None:
    raw = written("xlsx", sample, tmp_path)
    before = load_workbook(BytesIO(raw))
    before["绩效目标"]["Z99"] = "别人的话"
    changed = BytesIO()
    before.save(changed)
    address = result_of(upload(server, ("申报表.xlsx", changed.getvalue())))
    assert "下载批注好的原表（副本）" in server.get(address).text
    after = load_workbook(BytesIO(server.get(f"{address}/xlsx").body))
    assert after["绩效目标"]["Z99"].value == "别人的话"
    assert len(after.sheetnames) > len(before.sheetnames)


@pytest.mark.parametrize("name", ["申报表.et", "申报表.xlsm"])
def test_copy_is_named_for_what_it_is(server: Running, sample: Path, tmp_path: Path, name: str) -> None:
    address = result_of(upload(server, (name, written("xlsx", sample, tmp_path))))
    book = server.get(f"{address}/xlsx")
    assert saved_name(book) == "申报表.审核.xlsx"
    assert book.headers["content-type"].endswith("spreadsheetml.sheet")


def test_report_runs_under_its_own_policy_and_no_other(server: Running) -> None:
    address = result_of(upload(server, ("表.json", SMALL)))
    report = server.get(f"{address}/report")
    policy = report.headers["content-security-policy"]
    assert report.text.startswith("<!DOCTYPE html>")
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert "'self'" not in policy
    assert "frame-ancestors 'none'" in policy
    assert report.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.json", "C:\\表\\表.json", "<script>alert(1)</script>.json", "a\u202ejson.json", "表" * 999],
)
def test_hostile_names_are_only_shown(server: Running, name: str) -> None:
    address = result_of(upload(server, (name, SMALL)))
    for path in (address, f"{address}/report"):
        text = server.get(path).text
        assert "<script>alert" not in text
        assert "../" not in text
        assert "\u202e" not in text
        assert "C:\\" not in text
    stem = saved_name(server.get(f"{address}/json"))
    assert len(stem) < 150
    assert not set("/\\\r\n") & set(stem)


def test_name_cannot_add_a_header(server: Running) -> None:
    address = result_of(upload(server, ("a%0d%0aset-cookie: x=1.json", SMALL)))
    answer = server.get(f"{address}/json")
    assert "set-cookie" not in answer.headers


def bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"\0" * (1 << 30))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("空.xlsx", b"", "空.xlsx"),
        ("图.png", b"\x89PNG\r\n\x1a\n", "图片里没有文字可读"),
        ("表.xlsx", b"PK\x03\x04broken", "表.xlsx"),
        ("表.xlsx", b"%PDF-1.7", "请把扩展名改成 .pdf"),
        ("表.json", b'{"projects": 1}', "表.json"),
        ("表.txt", b"\xff\xfe\x00", "表.txt"),
    ],
)
def test_what_cannot_be_read_is_said_with_place_and_way_out(server: Running, name: str, raw: bytes, said: str) -> None:
    answer = upload(server, (name, raw))
    assert answer.status == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert "Traceback" not in answer.text


def test_zip_bomb_is_refused_and_the_server_goes_on(server: Running) -> None:
    answer = upload(server, ("表.xlsx", bomb()))
    assert answer.status == 422
    assert "表.xlsx" in answer.text
    assert server.goes_on()


@pytest.mark.parametrize("files", [[], [("", b"")]])
def test_no_file_is_said(server: Running, files: list[tuple[str, bytes]]) -> None:
    answer = upload(server, *files)
    assert answer.status == 422
    assert "请先选择要审核的文件" in answer.text


def test_several_files_each_have_an_outcome(server: Running) -> None:
    answer = upload(server, ("甲.json", SMALL), ("乙.png", b"\x89PNG\r\n\x1a\n"), ("丙.json", SMALL))
    assert answer.status == 422
    assert len(set(re.findall(r'href="(/results/[\w-]+)"', answer.text))) == 2
    assert "乙.png：这是图片" in answer.text
    assert upload(server, *[(f"{at}.json", SMALL) for at in range(21)]).status == 400


def test_script_is_answered_in_json(server: Running) -> None:
    answer = upload(server, ("甲.json", SMALL), accept="application/json")
    assert answer.status == 200
    assert server.get(answer.json()["address"]).status == 200
    refused = upload(server, ("甲.json", b"{"), accept="application/json")
    assert refused.status == 422
    assert refused.message.startswith("甲.json")


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_form_of_another_server_is_refused(server: Running, csrf: str) -> None:
    answer = upload(server, ("甲.json", SMALL), csrf=csrf)
    assert answer.status == 403
    assert "刷新" in answer.text


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=other", 400),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_other_bodies_are_refused(server: Running, content_type: str, status: int) -> None:
    body = form([("甲.json", SMALL)], server.csrf())
    assert server.post("/upload", body, content_type=content_type).status == status


def test_too_large_a_file_is_refused(server: Running) -> None:
    answer = server.post(
        "/upload", form([("大.txt", b"x" * (33 << 20))], ""), content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    assert answer.status == 413
    assert "最多 32 MB" in answer.text


@pytest.mark.parametrize("path", ["x", "x/report", "x/json", "../etc/passwd", "%2e%2e%2fetc/json", "x/exe"])
def test_other_results_are_not_there(server: Running, path: str) -> None:
    assert server.get(f"/results/{path}").status in (404, 422)


def test_result_can_be_deleted_at_once(server: Running) -> None:
    address = result_of(upload(server, ("甲.json", SMALL)))
    assert server.post(f"{address}/forget").status == 403
    assert server.get(address).status == 200
    assert server.post(f"{address}/forget", x_reviewer_csrf=server.csrf()).status == 303
    gone = server.get(address)
    assert gone.status == 404
    assert "请重新上传" in gone.text


def test_nothing_is_written(server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))  # a file there could not be made
    large = SMALL.replace(b'"x"', b'"' + b"x" * (3 << 20) + b'"')
    assert upload(server, ("甲.json", large)).status in (303, 422)


def summary() -> Summary:
    return received(SMALL, "表.json", {}).summary


def test_oldest_results_go_first() -> None:
    results, about = Results(), summary()
    keys = [results.add(Result(f"{at}", b"", ".xlsx", b"{}", about), now=0.0) for at in range(101)]
    assert results.get(keys[0], now=1.0) is None
    assert all(results.get(key, now=1.0) for key in keys[1:])
    assert len(set(keys)) == 101
    assert min(map(len, keys)) >= 32


def test_bytes_of_results_are_bounded() -> None:
    results, about = Results(), summary()
    raw = bytes(100 << 20)
    keys = [results.add(Result("甲", raw, ".xlsx", b"{}", about), now=0.0) for _ in range(3)]
    assert [results.get(key, now=1.0) is not None for key in keys] == [False, True, True]
    results.forget_old(now=3600.0)
    assert [results.get(key, now=1.0) for key in keys] == [None] * 3
