"""Several files in, several papers out: folders, formats side by side, names, and what does not fit together."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from .test_errors import complaint

Command = Callable[..., Any]


@pytest.fixture
def folder(table: Path, tmp_path: Path) -> Path:
    """A folder as departments keep it: tables here and below, and what is none."""
    for name in ("各单位/甲局/表.json", "各单位/乙局/表.json", "各单位/汇总.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(table.read_bytes())
    for name in ("~$汇总.json", ".隐藏.json", "汇总.审核.json", "照片.heic", ".git/配置.json"):
        path = tmp_path / "各单位" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"{}")
    return tmp_path / "各单位"


def test_a_folder_is_all_that_can_be_read_in_it(run: Command, folder: Path) -> None:
    done = run("review", folder, "--format", "jsonl")
    assert done.code == 0
    assert len(done.out.splitlines()) == 3
    assert "照片.heic" in done.err
    assert "隐藏" not in done.err


def test_a_folder_without_anything_to_read_says_what_could_be(run: Command, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    complaint(run("review", tmp_path / "空"), "空", ".xlsx")


def test_one_file_for_each_input_and_format(run: Command, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果" / "今年"
    done = run("review", folder, "--format", "json", "--format", "markdown", "--output", f"{out}/")
    assert (done.code, done.out) == (0, "")
    assert sorted(os.listdir(out)) == sorted(
        f"{stem}.审核{suffix}" for stem in ("汇总", "表", "甲局-表") for suffix in (".json", ".md")
    )
    assert all(json.loads(path.read_text(encoding="utf-8"))["summary"] for path in out.glob("*.json"))


def test_reports_beside_the_inputs_are_not_read_the_next_time(run: Command, folder: Path) -> None:
    for _ in range(2):
        assert run("review", folder, "--format", "json", "--output", f"{folder}/").code == 0
    assert len(run("review", folder, "--format", "jsonl").out.splitlines()) == 3


def test_the_terminal_and_a_file(run: Command, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    done = run("review", table, "--format", "terminal", "--format", "json", "--output", out)
    assert done.out == run("review", table).out
    assert json.loads(out.read_text(encoding="utf-8"))["schema_version"] == 1


def test_a_folder_without_a_format_gets_the_papers_people_hand_on(run: Command, table: Path, tmp_path: Path) -> None:
    done = run("review", table, "--output", tmp_path / "结果")
    assert done.code == 0
    assert {path.suffix for path in (tmp_path / "结果").iterdir()} == {".xlsx", ".docx", ".html"}
    assert done.err.count("已写") == 3


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
def test_standard_output_takes_whole_files_too(program: Any, table: Path, suffix: str) -> None:
    done = program("review", table, "--format", suffix[1:])
    assert done.returncode == 0, done.stderr.decode()
    assert zipfile.ZipFile(BytesIO(done.stdout)).testzip() is None


@pytest.mark.parametrize(
    "format_", ["terminal", "json", "jsonl", "markdown", "html", "csv", "xlsx", "docx", "sarif", "junit"]
)
def test_an_unreadable_file_leaves_no_report(run: Command, tmp_path: Path, format_: str) -> None:
    path = tmp_path / "坏.json"
    path.write_bytes(b"{")
    out = tmp_path / "结果"
    done = run("review", path, "--format", format_, "--output", f"{out}/")
    assert done.code == 2
    assert not out.exists()
    assert run("review", path, "--format", format_, "--output", tmp_path / "文件.out").code == 2
    assert not (tmp_path / "文件.out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "json", "--format", "csv"], "文件夹"),
        (["--format", "json", "--format", "csv", "--output", "a.json"], "文件夹"),
        (["--format", "terminal", "--format", "json"], "--output"),
    ],
)
def test_formats_that_do_not_fit_the_place(run: Command, table: Path, options: list[str], said: str) -> None:
    complaint(run("review", table, *options), said)


@pytest.mark.parametrize("format_", ["html", "xlsx", "docx"])
def test_papers_of_one_file_each(run: Command, table: Path, tmp_path: Path, format_: str) -> None:
    complaint(run("review", table, table, "--format", format_, "--output", tmp_path / f"a.{format_}"), "文件夹")
