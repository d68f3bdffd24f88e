"""The folder of a run: one process at a time, one set of settings, nothing of anybody else's."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reviewer.bulk.rundir import RunSettings, opened, opened_for_reading
from reviewer.bulk.store import FileRow
from reviewer.errors import RunError
from reviewer.models import Suppression
from reviewer.settings import LLM


def settings(**options: Any) -> RunSettings:
    return RunSettings.of(options)


def test_a_run_goes_on_with_the_same_settings(tmp_path: Path) -> None:
    given = Suppression(rule="V101", project="电影*", reason="合同在审")
    options = {"select": ["V", "M"], "year": 2024, "suppressions": [given], "severities": {"V102": "hint"}}
    with opened(tmp_path / "批次", settings(**options)) as run:
        run.store.put_file(FileRow("/表.txt", 0, "表.txt", "ab"))
    with opened(tmp_path / "批次", settings(**options)) as run:
        assert run.store.counts().files == 1
        assert run.settings.review_options()["select"] == ["V", "M"]
    with opened_for_reading(tmp_path / "批次") as run:
        assert run.settings.suppressions == [given]
        assert run.settings.mode == "rules"


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"year": 2025}, "年度（--year）：2024，这次是 2025"),
        ({"select": ["V"], "year": 2024}, "--select：无，这次是 V"),
        ({"ignore": ["V"], "year": 2024}, "--ignore：无，这次是 V"),
        ({"severities": {"V101": "off"}, "year": 2024}, "规则的内容、轻重和门槛："),
        (
            {"suppressions": [Suppression(rule="V101", project="甲", reason="在审")], "year": 2024},
            '这次是 {"rule":"V101","project":"甲","reason":"在审"}',
        ),
    ],
)
def test_other_settings_are_refused_and_named(tmp_path: Path, other: dict[str, Any], named: str) -> None:
    with opened(tmp_path / "批次", settings(year=2024)):
        pass
    with pytest.raises(RunError) as refused, opened(tmp_path / "批次", settings(**other)):
        pass
    assert named in str(refused.value)
    assert "换一个 --run 文件夹" in str(refused.value)


def test_a_model_is_part_of_the_settings_and_its_key_is_not(tmp_path: Path) -> None:
    llm = LLM("http://127.0.0.1:8000/v1", "qwen3", api_key="sk-secret", rpm=60)
    with opened(tmp_path / "批次", RunSettings.of({}, llm)) as run:
        assert run.settings.model
        assert set(run.settings.model.prompts) >= {"judge", "project", "reask"}
    assert "sk-secret" not in (tmp_path / "批次" / "run.json").read_text(encoding="utf-8")
    faster = LLM("http://127.0.0.1:8000/v1", "qwen3", concurrency=64, max_tokens_total=5)
    with opened(tmp_path / "批次", RunSettings.of({}, faster)):
        pass
    other = LLM("http://127.0.0.1:8000/v1", "qwen-max")
    with pytest.raises(RunError, match="qwen3，这次是 qwen-max"), opened(tmp_path / "批次", RunSettings.of({}, other)):
        pass
    with pytest.raises(RunError, match="请模型判断（--llm），这次是 只用规则"), opened(tmp_path / "批次", settings()):
        pass


def test_a_run_keeps_the_day_it_was_begun(tmp_path: Path) -> None:
    early = settings().model_copy(update={"begun": date(2024, 1, 31)})
    with opened(tmp_path / "批次", early):
        pass
    with opened(tmp_path / "批次", settings()) as run:
        assert run.settings.review_options()["today"] == date(2024, 1, 31)


HOLDER = """
import sys
from pathlib import Path
from reviewer.bulk.rundir import RunSettings, opened
with opened(Path(sys.argv[1]), RunSettings.of({})):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_processes_are_one_too_many(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "批次")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunError) as refused, opened(tmp_path / "批次", settings()):
            pass
        assert f"进程 {holder.pid}）正在做" in str(refused.value)
        with opened_for_reading(tmp_path / "批次") as run:
            assert run.store.counts().files == 0
        holder.kill()
    with opened(tmp_path / "批次", settings()):
        pass


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "申报表.xlsx").write_bytes(b"PK")
    with pytest.raises(RunError, match="里有别的文件"), opened(tmp_path, settings()):
        pass
    with pytest.raises(RunError, match="里没有批次"), opened_for_reading(tmp_path):
        pass
    with pytest.raises(RunError, match="这是一个文件"), opened(tmp_path / "申报表.xlsx", settings()):
        pass


@pytest.mark.parametrize("text", ["", "{", '{"schema_version": 2}', "不是 JSON"])
def test_settings_that_cannot_be_read_say_what_to_do(tmp_path: Path, text: str) -> None:
    with opened(tmp_path / "批次", settings()):
        pass
    (tmp_path / "批次" / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match="请用做这个批次的那一版"), opened(tmp_path / "批次", settings()):
        pass


def test_a_run_says_whether_it_came_to_its_end_and_whether_somebody_works_on_it(tmp_path: Path) -> None:
    def seen() -> tuple[bool, bool]:
        with opened_for_reading(tmp_path / "批次") as run:
            return run.is_complete, run.in_use

    with opened(tmp_path / "批次", settings()) as run:
        assert seen() == (False, True)
        run.complete()
    assert seen() == (True, False)
    with opened(tmp_path / "批次", settings()):
        assert seen() == (False, True)
    assert seen() == (False, False)
