"""Inputs: what is found, how a JSONL file is parted, and that digest and contents are those of one moment."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from reviewer.bulk import sources as module
from reviewer.bulk.sources import Source, files, load, parts
from reviewer.errors import InputError

from .inputs import document, project, write, write_lines
from .runs import sources


def names(*paths: Path) -> list[str]:
    return [source.path.name for source in sources(paths)]


def test_a_file_is_found_once_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "甲" / "表1.json", document(1))
    write(tmp_path / "甲" / "表2.json", document(2))
    monkeypatch.chdir(tmp_path)
    assert names(tmp_path / "甲", Path("甲/表2.json"), Path("甲/../甲/表1.json")) == ["表1.json", "表2.json"]


def test_folders_of_runs_are_no_inputs(tmp_path: Path) -> None:
    write(tmp_path / "表.json", document(1))
    for name in ("run.sqlite3", "run.json", "报告/报告.json"):
        write(tmp_path / "批次" / name, {})
    assert names(tmp_path) == ["表.json"]
    assert files([tmp_path]).skipped == []


def test_lines_of_projects_make_parts_of_two_hundred(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "项目.jsonl", 450)
    found = list(sources([path]))
    assert [source.line for source in found] == [1, 201, 401]
    raw = path.read_bytes()
    assert sum(source.size for source in found) == len(raw)
    for source in found:
        loaded = load(source)
        assert loaded.document is not None
        assert loaded.document.projects[0].name == f"电影放映{source.line - 1}"
        assert loaded.digest == hashlib.sha256(raw[source.start : source.start + source.size]).hexdigest()
    assert [len(loaded.document.projects) for loaded in map(load, found) if loaded.document] == [200, 200, 50]


def test_a_line_may_hold_a_whole_document(tmp_path: Path) -> None:
    lines = [project(1), project(2), document(3, 4), document(5), project(6)]
    path = tmp_path / "表.jsonl"
    path.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    loaded = [load(source) for source in sources([path])]
    assert [one.source.line for one in loaded] == [1, 5, 7, 9]
    assert [len(one.document.projects) for one in loaded if one.document] == [2, 2, 1, 1]
    assert [one.document.budget_year for one in loaded if one.document] == [None, 2024, 2024, None]


def test_a_wrong_line_is_reported_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "表.jsonl"
    lines = [json.dumps(project(number), ensure_ascii=False) for number in range(5)]
    lines[1] = lines[1][:-4]
    lines[3] = json.dumps(project(3) | {"amount": "许多"}, ensure_ascii=False)
    path.write_text("\n".join(lines), encoding="utf-8")
    (loaded,) = map(load, sources([path]))
    assert loaded.document is not None
    assert [one.name for one in loaded.document.projects] == [f"电影放映{number}" for number in (0, 2, 3, 4)]
    said = {(note.where, note.severity) for note in loaded.document.diagnostics}
    assert {("line 2", "error"), ("line 4", "warning")} <= said


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"{", b"[1]\n[2]\n", b"\xff\xfe\x00", "项目".encode("utf-16")])
def test_lines_with_nothing_to_read_are_one_input_that_says_why(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "表.jsonl"
    path.write_bytes(raw)
    (loaded,) = map(load, sources([path]))
    assert loaded.document is None
    assert loaded.message
    assert loaded.message.startswith(str(path))


def test_lines_in_gb18030_and_with_a_mark_are_read(tmp_path: Path) -> None:
    text = "\r\n".join(json.dumps(project(number), ensure_ascii=False) for number in range(3))
    for encoding in ("gb18030", "utf-8-sig"):
        path = tmp_path / f"{encoding}.jsonl"
        path.write_bytes(text.encode(encoding))
        (loaded,) = map(load, sources([path]))
        assert loaded.document is not None
        assert [one.name for one in loaded.document.projects] == ["电影放映0", "电影放映1", "电影放映2"]


def test_lines_are_cut_by_their_size_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_lines(tmp_path / "表.jsonl", 10)
    monkeypatch.setattr(module, "PART_BYTES", 2_000)
    found = list(parts(path))
    assert len(found) > 2
    assert max(source.size for source in found) < 2_000
    assert sum(len(loaded.document.projects) for loaded in map(load, found) if loaded.document) == 10


def test_one_endless_line_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "表.jsonl"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)  # no blocks on the disk
    (source,) = parts(path)
    loaded = load(source)
    assert loaded.message is not None
    assert "超过 64 MiB" in loaded.message


def test_a_part_that_moved_since_it_was_found_is_not_read(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "表.jsonl", 450)
    first, second, third = parts(path)
    path.write_bytes(b" " + path.read_bytes())
    assert "在运行当中变了" in (load(second).message or "")
    path.write_bytes(path.read_bytes()[: second.start + 10])
    assert "在运行当中变了" in (load(third).message or "")
    path.unlink()
    assert "打不开文件" in (load(first).message or "")


def test_a_known_digest_saves_the_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "表.json", document(1))
    source = Source(path, 0, "表.json")
    loaded = load(source)
    again = load(source, unless=loaded.digest)
    assert (again.digest, again.document, again.message) == (loaded.digest, None, None)
    write(path, document(2))
    assert load(source, unless=loaded.digest).document is not None


def test_what_cannot_be_read_says_why_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 damaged")
    os.mkfifo(tmp_path / "管道.json")
    for name, reason in (
        ("坏.xlsx", ""),
        ("没有.txt", "没有这个文件"),
        ("管道.json", "不是普通文件"),
        ("a\0b.txt", ""),
    ):
        (loaded,) = map(load, sources([tmp_path / name]))
        assert loaded.document is None
        assert reason in (loaded.message or "")
    (tmp_path / "空").mkdir()
    with pytest.raises(InputError, match="没有能读的文件"):
        files([tmp_path / "空"])


def test_a_name_that_is_no_text_is_spelt_out(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xb1\xed.json")
    write(path, document(1))
    (source,) = sources([tmp_path])
    assert source.address.endswith(r"/\udcb1\udced.json")
    assert load(source).document is not None
