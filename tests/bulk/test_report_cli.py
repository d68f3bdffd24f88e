"""``reviewer report`` as it is typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from reviewer.cli import main
from tests.bulk.runs import demanding, document, project, row, run_of


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return demanding(tmp_path / "批次")


def test_the_terminal_is_the_default(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run)]) == 0
    assert "总体得分 54.1 分" in capsys.readouterr().out


def test_a_folder_gets_what_people_hand_on(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--output", f"{tmp_path}/报告/"]) == 0
    assert {path.suffix for path in (tmp_path / "报告").iterdir()} == {".html", ".xlsx", ".docx"}
    assert capsys.readouterr().err.count("已写") == 3


def test_reports_are_not_read_as_declarations(run: Path, tmp_path: Path) -> None:
    main(["report", str(run), "--output", f"{tmp_path}/报告/"])
    assert main(["review", f"{tmp_path}/报告"]) == 2


@pytest.mark.parametrize("ending", ["html", "xlsx", "docx", "md", "json"])
def test_the_ending_says_the_format(run: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"报告.{ending}"
    assert main(["report", str(run), "--output", str(path)]) == 0
    starts = {"html": b"<!DOCTYPE", "xlsx": b"PK", "docx": b"PK", "md": b"# ", "json": b"{\n"}
    assert path.read_bytes().startswith(starts[ending])


def test_several_formats_go_into_a_folder(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "报告"
    given = ["--format", "json", "--format", "markdown", "--format", "terminal"]
    assert main(["report", str(run), *given, "--output", f"{folder}/"]) == 0
    assert {path.suffix for path in folder.iterdir()} == {".json", ".md"}
    assert "总体得分" in capsys.readouterr().out
    assert main(["report", str(run), *given[:4]]) == 2
    assert "请给一个文件夹" in capsys.readouterr().err


def test_the_json_fits_its_schema(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "report"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert main(["report", str(run), "--format", "json"]) == 0
    text = capsys.readouterr().out
    assert "\\u" not in text
    found = json.loads(text)
    jsonschema.validate(found, schema)
    assert found["schema_version"] == 1


def test_an_earlier_run_to_compare_with(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = run_of(tmp_path / "去年", [("甲", document(project("水库巡查", row("巡查里程", "≥36公里"))))])
    assert main(["report", str(run), "--against", str(before)]) == 0
    out = capsys.readouterr().out
    assert "与上次（去年）相比" in out
    assert "两次的设置不同" in out
    assert not re.search("[0-9a-f]{20}", out)  # nobody reads the hashes of prompts


def test_prices_of_the_configuration_give_the_cost(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "reviewer.toml"
    config.write_text("[prices.qwen-max]\ninput = 2\noutput = 10\n", encoding="utf-8")
    assert main(["report", str(run), "--config", str(config)]) == 0
    assert "费用约 0.06" in capsys.readouterr().out


def test_a_run_of_bulk_is_reported_and_outlives_its_files(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "申报"
    folder.mkdir()
    for name in ("甲.txt", "乙.txt"):
        (folder / name).write_bytes(sample.read_bytes())
    (folder / "坏.xlsx").write_bytes(b"no workbook")
    bulk = ["bulk", str(folder), "--run", str(tmp_path / "批次")]
    assert main(bulk) == 2
    (folder / "乙.txt").unlink()
    main(bulk)
    capsys.readouterr()
    assert main(["report", str(tmp_path / "批次"), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total"]["projects"], found["files"]) == (54, 3)
    assert {one["file"].rpartition("/")[2]: one["kept"] for one in found["open"]["unread"]} == {
        "坏.xlsx": 0,
        "乙.txt": 27,
    }
    assert sum(one["kind"] == "project" for one in found["repeats"]) == 27


@pytest.mark.parametrize("given", [["--against", "没有"], []])
def test_no_run_there(run: Path, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run if given else tmp_path
    assert main(["report", str(folder), *given]) == 2
    assert "里没有批次" in capsys.readouterr().err


def test_another_format_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--format", "csv"]) == 2
    assert "可用的有：terminal、html、xlsx、docx、markdown、json" in capsys.readouterr().err


def test_a_damaged_store_is_told(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "run.sqlite3").write_bytes(b"no database" * 1000)
    for leftover in run.glob("run.sqlite3-*"):
        leftover.unlink()
    assert main(["report", str(run)]) == 2
    assert "run.sqlite3" in capsys.readouterr().err
