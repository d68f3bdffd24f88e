"""Every way a command can go wrong: exit code 2, a Chinese sentence with place and advice, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reviewer.cli
from reviewer.cli import main

Command = Callable[..., Any]

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b(Error|Usage|Option|Argument|Missing|No such|Try|Invalid|required|default)\b")


def complaint(done: Any, *said: str) -> None:
    """Check that *done* failed as a bad command should, and *said* these words."""
    assert done.code == 2
    assert done.out == ""
    assert CHINESE.search(done.err)
    assert not ENGLISH.search(done.err)
    assert "Traceback" not in done.err
    for words in said:
        assert words in done.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("revew 表.txt", "review"),
        ("--verson", "--version"),
        ("review", "文件"),
        ("review 表.txt --frmat json", "--format"),
        ("review 表.txt --format", "--format"),
        ("review 表.txt --format doc", "markdown"),
        ("review 表.txt --offline=1", "--offline"),
        ("review 表.txt --year 23", "--year"),
        ("review 表.txt --year 二零二四", "--year"),
        ("review 表.txt --fail-under 中", "--fail-under"),
        ("review 表.txt --fail-under 101", "--fail-under"),
        ("review 表.txt --fail-under nan", "--fail-under"),
        ("inspect", "文件"),
        ("inspect 表.txt 表.txt", "多余"),
        ("inspect 表.txt --format jsonl", "terminal"),
        ("explain", "规则"),
        ("explain V109", "V101"),
        ("explain vague-degre", "V102"),
        ("schema", "名称"),
        ("schema rules", "document"),
        ("agree", "标注"),
        ("agree 没有.jsonl", "没有.jsonl"),
        ("rules V101", "多余"),
    ],
)
def test_bad_usage(run: Command, line: str, said: str) -> None:
    complaint(run(*line.split()), said)


def test_no_command_shows_the_help(run: Command) -> None:
    done = run()
    assert done.code == 2
    assert done.err.startswith("用法：reviewer")


def test_unknown_rule_is_a_usage_error_before_anything_is_written(run: Command, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "旧.json"
    out.write_text("旧的", encoding="utf-8")
    complaint(run("review", table, "--select", "V9", "--output", out), "V9")
    assert out.read_text(encoding="utf-8") == "旧的"


BAD = {
    "空.txt": b"",
    "空白.txt": b" \n\t\n",
    "闲话.txt": "今天天气很好。\n".encode(),
    "图片.txt": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01" + bytes(range(256)),
    "乱码.txt": bytes(range(128, 256)) * 20,
    "压缩.txt": b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + b"\x00\xff" * 50,
    "断.json": b'{"projects": [{"name": "x"',
    "空.json": b"",
    "数组.json": b"[1, 2]",
    "数.json": b"3",
    "多项.json": '{"projects": [], "項目": 1}'.encode(),
    "代理.json": b'{"title": "\\ud800", "projects": []}',
    "深.json": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["review", "inspect"])
def test_unreadable_input(run: Command, tmp_path: Path, name: str, command: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    complaint(run(command, path), name)


def test_input_that_is_no_file(run: Command, tmp_path: Path) -> None:
    complaint(run("review", tmp_path / "没有.txt"), "没有.txt")
    complaint(run("review", tmp_path), str(tmp_path))
    (tmp_path / "环.txt").symlink_to(tmp_path / "环.txt")
    complaint(run("review", tmp_path / "环.txt"), "环.txt")
    complaint(run("review", tmp_path / ("长" * 300)))
    complaint(run("review", ""))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_input_without_permission(run: Command, table: Path) -> None:
    table.chmod(0)
    complaint(run("review", table), "权限")


def test_labels_that_make_no_sense(run: Command, tmp_path: Path) -> None:
    gold = tmp_path / "标注.jsonl"
    gold.write_text('{"project": "甲"}\n', encoding="utf-8")
    complaint(run("agree", gold), "第 1 行")
    gold.write_text("不是 JSON\n", encoding="utf-8")
    complaint(run("agree", gold), "第 1 行")


@pytest.mark.parametrize("place", ["没有这个文件夹/a.json", "表.json/a.json", "表.json/", "长" * 300])
def test_output_that_cannot_be_written(run: Command, table: Path, tmp_path: Path, place: str) -> None:
    before = sorted(os.listdir(tmp_path)), table.read_bytes()
    complaint(run("review", table, "--output", tmp_path / place))
    assert (sorted(os.listdir(tmp_path)), table.read_bytes()) == before


def test_output_never_replaces_an_input(run: Command, table: Path, tmp_path: Path) -> None:
    before = table.read_bytes()
    (tmp_path / "链.json").symlink_to(table)
    for output in (table, tmp_path / "链.json", tmp_path / ".." / tmp_path.name / table.name):
        complaint(run("review", table, "--output", output), "原件")
    assert table.read_bytes() == before


def test_a_fault_in_the_program_is_told_without_traceback(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise KeyError("没料到")

    monkeypatch.setattr("reviewer.cli.app.run", broken)
    done = run("rules")
    assert done.code == reviewer.cli.INTERNAL_ERROR
    assert "KeyError" in done.err
    assert "Traceback" not in done.err


def test_interrupting_is_no_error(run: Command, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reviewer.pipeline.review", interrupt)
    done = run("review", table)
    assert done.code == 130
    assert "Traceback" not in done.err


def test_main_leaves_the_process_alive() -> None:
    assert main(["schema", "x"]) == 2


# Streams: a program of its own


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A declaration whose review does not fit into the buffer of a pipe."""
    row = {"no": 1, "level1": "产出指标", "level2": "数量指标", "name": "放映场次", "annual_value": "按合同约定完成"}
    projects = [{"name": f"项目{n}", "goal": "放映。", "indicators": [row] * 5} for n in range(200)]
    path = tmp_path / "大表.json"
    path.write_text(json.dumps({"projects": projects}, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [["review"], ["review", "--format", "json"], ["inspect"]])
def test_reader_that_leaves_early(program: Any, many: Path, command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = program(*command, many, stdout=write)
    finally:
        os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("line", [["rules"], ["--help"], ["review", "--help"], ["--version"], ["review"]])
def test_full_disk(program: Any, many: Path, line: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = program(*line, *([many] if line == ["review"] else []), stdout=full)
    assert done.returncode == 2
    assert "磁盘已满" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_closed_streams(table: Path) -> None:
    import subprocess

    command = f"exec {sys.executable} -m reviewer review {table}"
    done = subprocess.run(["bash", "-c", f"{command} >&-"], capture_output=True)
    assert done.returncode == 2
    assert "--output" in done.stderr.decode()
    done = subprocess.run(["bash", "-c", f"{command} 2>&-"], capture_output=True)
    assert done.returncode == 0
    assert "青禾县" in done.stdout.decode()
    done = subprocess.run(["bash", "-c", f"{command}x >&- 2>&-"], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


PLAIN = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


def test_locale_without_chinese(run: Command, program: Any, table: Path, tmp_path: Path) -> None:
    for line in (["review", table], ["review", table, "--format", "json"], ["--help"]):
        assert program(*line, env=PLAIN).stdout == run(*line).out.encode()
    done = program("review", tmp_path / "没有.txt", env=PLAIN)
    assert done.returncode == 2
    assert "没有.txt" in done.stderr.decode()
    program("review", table, "--output", tmp_path / "意见.md", env=PLAIN)
    assert "放映场次" in (tmp_path / "意见.md").read_text(encoding="utf-8")


def test_output_into_a_device(program: Any, table: Path) -> None:
    done = program("review", table, "--format", "json", "--output", "/dev/stdout")
    assert json.loads(done.stdout)["summary"]["projects"] == 2


def test_output_through_a_link_keeps_the_link(run: Command, table: Path, tmp_path: Path) -> None:
    target = tmp_path / "真.json"
    link = tmp_path / "链.json"
    target.write_text("旧", encoding="utf-8")
    link.symlink_to(target)
    run("review", table, "--output", link)
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8"))["summary"]["projects"] == 2
