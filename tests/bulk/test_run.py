"""A run from its inputs to its store: judged once, again only what changed, and nothing lost of what is gone."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reviewer
from reviewer.bulk.events import Silence
from reviewer.bulk.run import Plan, Summary, conduct
from reviewer.bulk.rundir import RunSettings, opened_for_reading
from reviewer.bulk.store import FileRow, ProjectRow
from reviewer.errors import RunError

from .inputs import document, files, project, results, write, write_folder, write_lines


class Log(Silence):
    """Events, remembered: the names of inputs that were read, and of projects that were judged."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.judged: list[str] = []
        self.kept_ = 0
        self.found_: list[int] = []
        self.notes: list[str] = []

    def found(self, files: int) -> None:
        self.found_.append(files)

    def kept(self, projects: int, left: int) -> None:
        self.kept_ += projects

    def file(self, row: FileRow) -> None:
        self.read.append(os.path.basename(row.name))

    def project(self, row: ProjectRow) -> None:
        self.judged.append(row.name)

    def note(self, text: str) -> None:
        self.notes.append(text)


Conduct = Callable[..., tuple[Summary, Log]]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "批次"


@pytest.fixture
def go(run: Path) -> Conduct:
    def go(*paths: Path, **options: Any) -> tuple[Summary, Log]:
        log = Log()
        return conduct(paths, run, RunSettings.of(options), None, Plan(), log), log

    return go


def test_a_run_says_what_a_review_says(go: Conduct, run: Path, sample: Path) -> None:
    summary, _ = go(sample)
    assert (summary.exit_code, summary.counts.projects, summary.counts.done) == (0, 27, 27)
    review = reviewer.review(reviewer.read(sample))
    with opened_for_reading(run) as opened:
        assert [row.review for row in opened.store.projects()] == review.projects
        ((_, file),) = opened.store.files()
        assert (file.head, file.diagnostics) == (review.document, review.diagnostics)
    assert sum(count for count, _ in summary.grades.values()) == 27


def test_hundreds_of_files_are_judged_once(go: Conduct, tmp_path: Path, run: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 300)
    summary, log = go(folder)
    assert (summary.counts.files, summary.counts.done) == (300, 600)
    assert (len(set(log.judged)), log.kept_) == (600, 0)
    before = results(run)
    summary, log = go(folder)
    assert (summary.counts.done, log.judged, log.read, log.kept_) == (600, [], [], 600)
    assert results(run) == before


def test_only_a_run_that_came_to_its_end_is_complete(go: Conduct, tmp_path: Path, run: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 3)
    go(folder)
    with opened_for_reading(run) as opened:
        assert opened.is_complete

    class Impatient(Log):
        def found(self, files: int) -> None:
            signal.raise_signal(signal.SIGINT)

    summary = conduct([folder], run, RunSettings.of({}), None, Plan(), Impatient())
    assert summary.exit_code == 4
    with opened_for_reading(run) as opened:
        assert not opened.is_complete


def test_a_changed_file_is_judged_anew_and_the_others_are_not(go: Conduct, tmp_path: Path, run: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 3)
    go(folder)
    changed = write(folder / "单位1" / "表0001.json", document(50))
    summary, log = go(folder)
    assert (summary.changed, log.read, log.judged) == (1, ["表0001.json"], ["电影放映50"])
    assert [name for name, *_ in results(run)].count(str(changed)) == 1


def test_the_clock_of_a_file_does_not_matter(go: Conduct, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 2)
    go(folder)
    os.utime(folder / "单位0" / "表0000.json", (0, 0))
    os.utime(folder / "单位1" / "表0001.json", (4e9, 4e9))
    assert go(folder)[1].read == []
    before = os.stat(folder / "单位0" / "表0000.json")
    write(folder / "单位0" / "表0000.json", document(7, 8))
    os.utime(folder / "单位0" / "表0000.json", (before.st_atime, before.st_mtime))
    assert go(folder)[1].judged == ["电影放映7", "电影放映8"]


def test_results_of_a_file_that_is_gone_stay_and_are_marked(go: Conduct, tmp_path: Path, run: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 3)
    gone = folder / "单位1" / "表0001.json"
    go(folder)
    before, contents = results(run), gone.read_bytes()
    gone.unlink()
    summary, _ = go(folder)
    assert (summary.gone, summary.unreadable, summary.exit_code) == (1, 0, 0)
    assert results(run) == before
    assert files(run)["表0001.json"] == ("read", "文件已经不在了，这里是它还在时的结果。")
    summary, _ = go(folder, gone)  # named, it is an input that cannot be read
    assert (summary.unreadable, summary.exit_code) == (1, 2)
    assert "没有这个文件" in (files(run)["表0001.json"][1] or "")
    assert results(run) == before
    gone.write_bytes(contents)
    summary, log = go(folder)
    assert (summary.gone, summary.exit_code, log.read) == (0, 0, [])
    assert files(run)["表0001.json"] == ("read", None)


def test_an_unreadable_file_is_a_row_with_the_reason_and_read_again(go: Conduct, tmp_path: Path, run: Path) -> None:
    good, bad = write(tmp_path / "好.json", document(1)), tmp_path / "坏.json"
    bad.write_text('{"projects": [', encoding="utf-8")
    summary, _ = go(good, bad, tmp_path / "打错.json")
    assert (summary.unreadable, summary.exit_code, summary.counts.done) == (2, 2, 1)
    assert "不是完整的 JSON" in summary.complaints[0]
    assert "没有这个文件" in summary.complaints[1]
    assert files(run)["坏.json"][0] == "unreadable"
    write(bad, document(2))
    summary, log = go(good, bad)
    assert (summary.exit_code, log.judged) == (0, ["电影放映2"])
    assert set(files(run)) == {"好.json", "坏.json"}, "a mistyped name is forgotten"


def test_a_file_that_became_unreadable_keeps_its_results(go: Conduct, tmp_path: Path, run: Path) -> None:
    path = write(tmp_path / "表.json", document(1, 2))
    go(path)
    before = results(run)
    path.write_bytes(b"")
    summary, _ = go(path)
    assert summary.exit_code == 2
    assert results(run) == before
    state, message = files(run)["表.json"]
    assert state == "read"
    assert message is not None
    assert message.endswith("这里是上次的结果。")


def test_lines_are_judged_in_parts_and_only_the_changed_part_again(go: Conduct, tmp_path: Path, run: Path) -> None:
    path = write_lines(tmp_path / "项目.jsonl", 450)
    summary, log = go(path, year=2024)
    assert (summary.counts.files, summary.counts.done) == (1, 450)
    assert log.found_[-1] == 3
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[300] = json.dumps(project(9_000), ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    summary, log = go(path, year=2024)
    assert (summary.changed, len(log.judged), log.kept_) == (1, 200, 250)
    path.write_text("\n".join(lines[:150]) + "\n", encoding="utf-8")
    summary, log = go(path, year=2024)
    assert summary.counts.done == len(results(run)) == 150
    path.write_text(json.dumps(document(1, 2)) + "\n" + "\n".join(lines[:10]), encoding="utf-8")
    summary, log = go(path, year=2024)
    assert summary.counts.done == len(results(run)) == 12
    path.write_bytes(b"")
    assert go(path, year=2024)[0].exit_code == 2


def test_a_run_may_grow(go: Conduct, tmp_path: Path, run: Path) -> None:
    write_folder(tmp_path / "甲", 2)
    write_folder(tmp_path / "乙", 2)
    go(tmp_path / "甲")
    summary, log = go(tmp_path / "乙")
    assert (summary.counts.files, summary.gone, len(log.read)) == (4, 0, 2)
    assert go(tmp_path)[1].read == []  # and neither is the folder of the run an input


def test_what_cannot_be_read_in_a_folder_is_said(go: Conduct, tmp_path: Path) -> None:
    write(tmp_path / "各单位" / "表.json", document(1))
    (tmp_path / "各单位" / "照片.jpg").write_bytes(b"")
    assert go(tmp_path / "各单位")[1].notes == ["跳过 1 个读不了的文件：照片.jpg。"]


def test_an_interrupt_finishes_what_is_under_way(tmp_path: Path, run: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 10)

    class Impatient(Log):
        def found(self, files: int) -> None:
            super().found(files)
            if len(self.found_) == 4:
                signal.raise_signal(signal.SIGINT)

    log = Impatient()
    before = signal.getsignal(signal.SIGINT)
    summary = conduct([folder], run, RunSettings.of({}), None, Plan(), log)
    assert (summary.stopped, summary.exit_code) == ("按 Ctrl-C 停下了", 4)
    assert 0 < summary.counts.files < 10
    assert "再按一次" in log.notes[0]
    assert signal.getsignal(signal.SIGINT) is before
    summary = conduct([folder], run, RunSettings.of({}), None, Plan(), Log())
    assert (summary.exit_code, summary.counts.files) == (0, 10)


def test_a_second_interrupt_keeps_what_is_finished(tmp_path: Path, run: Path) -> None:
    folder = write_folder(tmp_path / "各单位", 10)

    class Angry(Log):
        def found(self, files: int) -> None:
            super().found(files)
            if len(self.found_) == 5:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        conduct([folder], run, RunSettings.of({}), None, Plan(), Angry())
    assert 0 < len(files(run)) < 10


def test_a_fault_of_the_rules_costs_one_file(
    go: Conduct, tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reviewer.pipeline import Assembly

    folder = write_folder(tmp_path / "各单位", 3)
    judged = Assembly.project

    def fails(self: Assembly, result: Any, outcome: Any = None) -> Any:
        if result.facts.project.name == "电影放映3":
            raise ZeroDivisionError
        return judged(self, result, outcome)

    monkeypatch.setattr(Assembly, "project", fails)
    summary, _ = go(folder)
    assert (summary.exit_code, summary.counts.files, summary.unreadable) == (2, 2, 1)
    assert "程序的缺陷" in summary.complaints[0]
    monkeypatch.undo()
    assert go(folder)[0].counts.done == 6


def test_a_store_of_another_program_is_refused(go: Conduct, tmp_path: Path, run: Path) -> None:
    path = write(tmp_path / "表.json", document(1))
    go(path)
    with sqlite3.connect(run / "run.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(RunError, match="更新的 reviewer 写的"):
        go(path)
    for name in ("run.sqlite3", "run.sqlite3-wal", "run.sqlite3-shm"):
        (run / name).unlink(missing_ok=True)
    (run / "run.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(RunError, match="不是 reviewer 的数据文件"):
        go(path)
