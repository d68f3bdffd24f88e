"""Projects from Parquet are judged like the same projects from JSONL; a file of another shape says what is wrong."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import reviewer
from reviewer.bulk.parquet import PART_ROWS
from reviewer.bulk.sources import Loaded, load
from reviewer.models import Document, Project

from .runs import sources

pa = pytest.importorskip("pyarrow", reason="pyarrow (extra parquet) is not installed")
pq = pytest.importorskip("pyarrow.parquet")

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "samples" / "huangpu-2023.txt"
ROW = {"no": 1, "level1": "产出指标", "level2": "数量指标", "name": "放映场次", "annual_value": "≥672场"}


def project(number: int) -> dict[str, Any]:
    return {"name": f"项目{number}", "unit": None, "amount": 1.5, "goal": "每村2场", "indicators": [ROW]}


def loaded(path: Path) -> list[Loaded]:
    return [load(source) for source in sources([path])]


def projects(path: Path) -> list[Project]:
    found = []
    for part in loaded(path):
        assert part.document, part.message
        found += part.document.projects
    return found


def test_projects_come_back_as_they_were_written(tmp_path: Path) -> None:
    written = reviewer.read(SAMPLE).projects
    pq.write_table(pa.Table.from_pylist([one.model_dump() for one in written]), tmp_path / "全省.parquet")
    assert projects(tmp_path / "全省.parquet") == written


def test_parts_keep_to_row_groups_and_are_known_by_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "全省.parquet"
    pq.write_table(pa.Table.from_pylist([project(number) for number in range(700)]), path, row_group_size=500)
    parts = list(sources([path]))
    assert [(part.line, part.size) for part in parts] == [(1, 200), (201, 200), (401, 100), (501, 200)]
    assert parts[1].name == f"{path} 第 201 行起"
    digests = [part.digest for part in loaded(path)]
    assert len(set(digests)) == 4
    # Written otherwise, with the same rows: the same parts, where they begin alike.
    pq.write_table(pa.Table.from_pylist([project(number) for number in range(700)]), path, compression="gzip")
    assert [part.digest for part in loaded(path)][:2] == digests[:2]


def test_parts_may_be_asked_for_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "全省.parquet"
    pq.write_table(pa.Table.from_pylist([project(number) for number in range(1500)]), path, row_group_size=1000)
    parts = list(sources([path]))
    random.Random(7).shuffle(parts)
    for part in parts:
        document = load(part).document
        assert document
        assert [one.name for one in document.projects] == [f"项目{part.start + at}" for at in range(part.size)]


def test_numbers_and_texts_of_other_widths(tmp_path: Path) -> None:
    table = pa.table(
        {
            "name": pa.array(["电影", None], pa.large_string()),
            "unit": pa.array(["县", "县"]).dictionary_encode(),
            "amount": pa.array([Decimal("70.47"), None], pa.decimal128(12, 2)),
            "indicators": pa.array(
                [[ROW], None], pa.list_(pa.struct([(k, pa.string() if k != "no" else pa.int16()) for k in ROW]))
            ),
        }
    )
    pq.write_table(table, tmp_path / "表.parquet")
    first, second = projects(tmp_path / "表.parquet")
    assert (first.name, first.unit, first.amount, first.goal, len(first.indicators)) == ("电影", "县", 70.47, "", 1)
    assert (second.name, second.amount, second.indicators) == ("", None, [])


def test_a_wrong_row_is_reported_with_its_number(tmp_path: Path) -> None:
    rows = [project(number) for number in range(PART_ROWS + 5)]
    rows[PART_ROWS + 2] = project(0) | {"indicators": [ROW | {"no": None}]}
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "表.parquet")
    document = loaded(tmp_path / "表.parquet")[1].document
    assert isinstance(document, Document)
    assert [one.where.split(",")[0] for one in document.diagnostics if one.code == "D009" and one.where] == ["line 203"]


WRONG = {
    "unknown": ({"name": ["A"], "区县": ["B"], "indicators": [[ROW]]}, "不认识列 区县；认识的有：name、unit、amount"),
    "missing": ({"indicators": [[ROW]]}, "缺少列 name"),
    "no indicators": ({"name": ["A"]}, "缺少列 indicators"),
    "not a text": ({"name": [1], "indicators": [[ROW]]}, "列 name 的类型是 int64，应当是文字"),
    "not a number": (
        {"name": ["A"], "amount": ["1万"], "indicators": [[ROW]]},
        "列 amount 的类型是 string，应当是数字",
    ),
    "no list": ({"name": ["A"], "indicators": ["[]"]}, "列 indicators 的类型是 string，应当是 list<struct>"),
    "inside": ({"name": ["A"], "indicators": [[ROW | {"值": 1}]]}, "不认识列 indicators 的 值"),
    "no rows": (
        {
            "name": pa.array([], pa.string()),
            "indicators": pa.array(
                [], pa.list_(pa.struct([("no", pa.int64()), ("name", pa.string()), ("annual_value", pa.string())]))
            ),
        },
        "一行也没有",
    ),
}


@pytest.mark.parametrize(("columns", "message"), WRONG.values(), ids=WRONG)
def test_a_table_of_something_else_says_what_is_wrong(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    path = tmp_path / "表.parquet"
    pq.write_table(pa.table(columns), path)
    (part,) = loaded(path)
    assert part.message
    assert part.message.startswith(f"{path}：{message}")
    assert "reviewer schema document" in part.message


def test_a_broken_file_is_one_input_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "表.parquet"
    path.write_bytes(b"PAR1 nothing")
    (part,) = loaded(path)
    assert part.message == f"{path}：不是完整的 Parquet 文件。 请重新导出。"


def test_damage_in_the_middle_leaves_the_other_parts(tmp_path: Path) -> None:
    path = tmp_path / "表.parquet"
    rows = [project(number) for number in range(600)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=200, compression="zstd")
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    raw = bytearray(path.read_bytes())
    raw[start : start + 60] = b"\xff" * 60
    path.write_bytes(raw)
    states = [part.document is not None for part in loaded(path)]
    assert states == [True, False, True]
    assert "第 201–400 行：读不出来" in (loaded(path)[1].message or "")


def test_a_file_that_became_shorter_says_so(tmp_path: Path) -> None:
    path = tmp_path / "表.parquet"
    pq.write_table(pa.Table.from_pylist([project(number) for number in range(400)]), path)
    parts = list(sources([path]))
    pq.write_table(pa.Table.from_pylist([project(number) for number in range(200)]), path)
    assert load(parts[0]).document
    assert "文件在运行当中变了" in (load(parts[1]).message or "")
