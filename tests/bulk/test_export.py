"""Tables of a run: what they hold agrees with the reviews, their ids join, and they are whole or not there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reviewer
from reviewer.bulk.export import Kind, export_tables
from reviewer.bulk.export.tables import SCHEMA_VERSION, TABLES, Column
from reviewer.bulk.rundir import Run, RunSettings, opened
from reviewer.bulk.store import FileRow, row_of
from reviewer.cli import main
from reviewer.errors import UsageError
from reviewer.models import Diagnostic, DocumentHead, ProjectError, Review
from tests.bulk.runs import demanding

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow (extra parquet) is not installed")

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "samples" / "huangpu-2023.txt"
NAMES = ["files", "projects", "indicators", "findings"]

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def review() -> Review:
    return reviewer.review(reviewer.read(SAMPLE))


@pytest.fixture
def run(tmp_path: Path, review: Review) -> Iterator[Run]:
    """Two files that were read, of which the second is judged in part, and one between them that could not be."""
    noticed = [Diagnostic(code="D002", severity="warning", message="重复行", where="line 33")] * 2
    head = DocumentHead(department="宣传部", budget_year=2023, total=8777.2)
    projects = review.projects
    failed = projects[2].model_copy(update={"error": ProjectError(kind="timeout", message="没有回答")})
    with opened(tmp_path / "run", RunSettings.of({})) as run:
        first = FileRow("/甲.txt", 0, "甲.txt", "ab", head=head, diagnostics=noticed, projects=len(projects))
        id_ = run.store.put_file(first)
        run.store.put_projects(id_, [row_of(place, "k", project) for place, project in enumerate(projects)])
        run.store.put_file(FileRow("/乙.xlsx", 0, "乙.xlsx", None, "unreadable", "打不开"))
        id_ = run.store.put_file(FileRow("/丙.jsonl", 201, "丙.jsonl", "cd", head=DocumentHead(), projects=3))
        run.store.put_projects(id_, [row_of(2, "k", failed)])
        yield run


def read(folder: Path, kind: Kind) -> Rows:
    if kind == "parquet":
        return {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in NAMES}
    lines = {name: (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() for name in NAMES}
    return {name: [json.loads(line) for line in found] for name, found in lines.items()}


@pytest.fixture(params=["parquet", "jsonl"])
def rows(request: pytest.FixtureRequest, run: Run, tmp_path: Path) -> Rows:
    kind: Kind = request.param
    written = export_tables(run, tmp_path / "表", kind)
    assert written == [tmp_path / "表" / f"{name}.{kind}" for name in NAMES]
    assert sorted(path.name for path in (tmp_path / "表").iterdir()) == sorted(path.name for path in written)
    return read(tmp_path / "表", kind)


def test_all_that_was_judged_is_there(rows: Rows, review: Review) -> None:
    projects = review.projects
    assert [row["name"] for row in rows["files"]] == ["丙.jsonl", "乙.xlsx", "甲.txt"]
    assert len(rows["projects"]) == len(projects) + 1
    assert [row["name"] for row in rows["projects"][1:]] == [project.name for project in projects]
    assert [row["score"] for row in rows["projects"][1:]] == [project.score for project in projects]
    wanted = [row for project in [projects[2], *projects] for row in project.indicators]
    assert [row["annual_value"] for row in rows["indicators"]] == [row.annual_value for row in wanted]
    assert [row["measurable"] for row in rows["indicators"]] == [row.smart.measurable for row in wanted]
    assert [row["unchecked"] for row in rows["indicators"]] == [[left.rule for left in row.unchecked] for row in wanted]
    found = [finding for project in [projects[2], *projects] for finding in project.findings]
    found += [finding for row in wanted for finding in row.findings]
    in_text = [row for row in rows["findings"] if row["project_id"]]
    assert sorted((row["code"], row["quote"]) for row in in_text) == sorted((one.code, one.quote) for one in found)


def test_ids_join(rows: Rows) -> None:
    for name, key in [("files", "file_id"), ("projects", "project_id"), ("indicators", "indicator_id")]:
        assert len({row[key] for row in rows[name]}) == len(rows[name])
    assert len({row["finding_id"] for row in rows["findings"]}) == len(rows["findings"])
    indicators = {row["indicator_id"]: row for row in rows["indicators"]}
    projects = {row["project_id"]: row for row in rows["projects"]}
    files = {row["file_id"]: row for row in rows["files"]}
    assert {row["project_id"] for row in rows["indicators"]} <= projects.keys()
    assert {row["file_id"] for row in rows["projects"]} <= files.keys()
    for row in rows["findings"]:
        assert row["file_id"] in files
        if row["indicator_id"]:
            indicator = indicators[row["indicator_id"]]
            assert (row["project_id"], row["where"]) == (indicator["project_id"], indicator["where"])
            assert row["quote"] == (indicator[row["field"]] or "")[row["start"] : row["end"]]
        elif row["field"] == "goal":
            assert row["quote"] == projects[row["project_id"]]["goal"][row["start"] : row["end"]]


def test_what_was_not_judged_or_read_says_why(rows: Rows) -> None:
    part, unreadable, whole = rows["files"]
    assert (unreadable["state"], unreadable["message"], unreadable["digest"]) == ("unreadable", "打不开", None)
    assert (part["line"], part["projects"]) == (201, 3)
    assert (whole["department"], whole["budget_year"], whole["total"]) == ("宣传部", 2023, 8777.2)
    (failed,) = [row for row in rows["projects"] if row["error_kind"]]
    assert (failed["position"], failed["error_message"]) == (3, "没有回答")
    noticed = [row for row in rows["findings"] if row["project_id"] is None]
    assert [row["finding_id"].removeprefix(whole["file_id"]) for row in noticed] == ["-D002", "-D002.2"]
    assert (noticed[0]["rule"], noticed[0]["where"], noticed[0]["counts"]) == ("duplicate-row", "line 33", False)


def test_both_kinds_hold_the_same(run: Run, tmp_path: Path) -> None:
    export_tables(run, tmp_path, "parquet")
    export_tables(run, tmp_path, "jsonl")
    assert read(tmp_path, "parquet") == read(tmp_path, "jsonl")


def test_parquet_says_what_it_holds(run: Run, tmp_path: Path) -> None:
    export_tables(run, tmp_path, "parquet")
    schema = pq.read_schema(tmp_path / "findings.parquet")
    assert schema.metadata[b"schema_version"] == str(SCHEMA_VERSION).encode()
    assert schema.metadata[b"mode"] == b"rules"
    assert schema.field("start").metadata[b"meaning"].decode().startswith("原文从第几个字符")
    assert not schema.field("code").nullable
    assert schema.field("quote").nullable


def test_chinese_is_chinese(run: Run, tmp_path: Path) -> None:
    export_tables(run, tmp_path, "jsonl")
    for name in NAMES:
        assert not re.search(r"\\u[0-9a-f]{4}", (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8"))


def test_row_groups_are_bounded(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.bulk.export.sinks._MOST_ROWS", 50)
    export_tables(run, tmp_path, "parquet")
    file = pq.ParquetFile(tmp_path / "indicators.parquet")
    groups = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert len(groups) > 2
    assert set(groups[:-1]) == {50}


def test_an_export_that_fails_leaves_the_earlier_one(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export_tables(run, tmp_path / "表", "jsonl")
    before = {path.name: path.read_bytes() for path in (tmp_path / "表").iterdir()}

    def full(*_: object) -> Iterator[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reviewer.bulk.export.project_rows", full)
    with pytest.raises(UsageError, match=r"表：表写不进去，磁盘已满。"):
        export_tables(run, tmp_path / "表", "jsonl")
    assert {path.name: path.read_bytes() for path in (tmp_path / "表").iterdir()} == before


def test_a_file_in_the_place_of_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "表").write_text("")
    with pytest.raises(UsageError, match="这是一个文件"):
        export_tables(run, tmp_path / "表", "jsonl")


def test_without_pyarrow_there_is_jsonl_and_a_word_on_parquet() -> None:
    code = """
import sys
sys.modules["pyarrow"] = None
from pathlib import Path
from tempfile import TemporaryDirectory
from reviewer.bulk.export import export_tables
from reviewer.bulk.rundir import RunSettings, opened
from reviewer.cli import main
from reviewer.errors import UsageError
with TemporaryDirectory() as folder, opened(Path(folder, "run"), RunSettings.of({})) as run:
    assert len(export_tables(run, Path(folder), "jsonl")) == 4
    try:
        export_tables(run, Path(folder), "parquet")
    except UsageError as error:
        assert "pip install 'reviewer[parquet]'" in str(error), error
        assert not list(Path(folder).glob("*.parquet"))
    else:
        raise AssertionError
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def documented(columns: tuple[Column, ...]) -> str:
    """Return the table of the documentation for *columns*."""
    kinds = {"text": "string", "integer": "int64", "number": "float64", "flag": "bool", "texts": "list<string>"}
    lines = [
        f"| `{one.name}` | {kinds[one.kind]}{'，可空' if one.optional else ''} | {one.meaning} |" for one in columns
    ]
    return "\n".join(["| 列 | 类型 | 意思 |", "|---|---|---|", *lines])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_documentation_has_every_column(table: Any) -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    wanted = f"## {table.name}\n\n一行是{table.row}。\n\n{documented(table.columns)}\n"
    assert wanted in page, f"docs/export.md should say:\n{wanted}"


def test_the_command_writes_tables_beside_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, tables = demanding(tmp_path / "批次"), tmp_path / "表"
    given = ["report", str(folder), "--format", "parquet", "--format", "jsonl"]
    assert main([*given, "--output", str(tables)]) == 0
    kinds = ("parquet", "jsonl")
    assert {path.name for path in tables.iterdir()} == {f"{name}.{kind}" for name in NAMES for kind in kinds}
    assert capsys.readouterr().err.count("已写") == 8
    assert main([*given, "--format", "html", "--output", f"{tables}/"]) == 0
    assert len(list(tables.iterdir())) == 9


@pytest.mark.parametrize("output", [[], ["--output", "-"], ["--output", "问题.parquet"]])
def test_tables_need_a_folder(tmp_path: Path, output: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = demanding(tmp_path / "批次")
    assert main(["report", str(folder), "--format", "parquet", *output]) == 2
    assert "parquet 是几张表，--output 请给一个文件夹" in capsys.readouterr().err
