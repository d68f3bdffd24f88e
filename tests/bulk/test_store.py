"""The store: rows come back as they were put, in order, whole or not at all, and also for a second reader."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import reviewer
from reviewer.bulk.store import FileRow, ProjectRow, Store, key_of, row_of
from reviewer.errors import RunError
from reviewer.models import Diagnostic, Document, DocumentHead, Indicator, Project, ProjectError, ProjectReview


def judged(name: str = "电影放映", error: ProjectError | None = None) -> ProjectReview:
    row = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成")
    project = Project(name=name, unit="县电影队", amount=70.47, goal="每村每月放映2场。", indicators=[row])
    return reviewer.review(Document(projects=[project])).projects[0].model_copy(update={"error": error})


def row(position: int, name: str = "电影放映", error: ProjectError | None = None) -> ProjectRow:
    return row_of(position, f"key{position}", judged(name, error))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened


def test_a_project_comes_back_as_it_was_judged(store: Store) -> None:
    file = store.put_file(FileRow("/表.txt", 0, "表.txt", "ab", projects=1))
    store.put_projects(file, [row(0)])
    (stored,) = store.projects()
    assert stored.review == judged()
    assert (stored.file, stored.file_name, stored.position, stored.key) == (file, "表.txt", 0, "key0")
    assert (stored.name, stored.unit, stored.amount, stored.vague, stored.indicators) == (
        "电影放映",
        "县电影队",
        70.47,
        1,
        1,
    )
    assert (stored.score, stored.grade, stored.state) == (judged().score, judged().grade, "done")


def test_a_file_comes_back_as_it_was_read(store: Store) -> None:
    head = DocumentHead(title="2024年绩效目标表", budget_year=2024, total=70.47)
    diagnostic = Diagnostic(code="D002", severity="warning", message="重复行", where="line 33")
    whole = FileRow("/表.txt", 0, "表.txt", "ab", "read", None, head, [diagnostic], 3)
    broken = FileRow("/坏.xlsx", 0, "坏.xlsx", None, "unreadable", "坏.xlsx：打不开文件。")
    store.put_file(whole)
    store.put_file(broken)
    assert [file for _, file in store.files()] == [broken, whole]
    assert [file for _, file in store.files("unreadable")] == [broken]


def test_projects_are_in_the_order_of_paths_and_places_whenever_they_came(store: Store) -> None:
    for name in ("乙", "甲"):
        file = store.put_file(FileRow(f"/{name}", 0, name, "ab", projects=2))
        store.put_projects(file, [row(1, f"{name}1")])
        store.put_projects(file, [row(0, f"{name}0")])
    assert [project.name for project in store.projects()] == sorted(["乙0", "乙1", "甲0", "甲1"])


def test_a_file_that_is_put_again_begins_anew(store: Store) -> None:
    first = store.put_file(FileRow("/表.txt", 0, "表.txt", "ab", projects=2))
    store.put_projects(first, [row(0), row(1)])
    assert store.put_file(FileRow("/表.txt", 0, "表.txt", "cd", projects=1)) == first
    known = store.known("/表.txt", 0)
    assert known
    assert (known.digest, known.done, known.complete) == ("cd", frozenset(), False)


def test_what_is_known_says_what_is_left(store: Store) -> None:
    assert store.known("/表.txt", 0) is None
    file = store.put_file(FileRow("/表.txt", 0, "表.txt", "ab", projects=3))
    store.put_projects(file, [row(0), row(2, error=ProjectError(kind="timeout", message="没有回答"))])
    known = store.known("/表.txt", 0)
    assert known
    assert (known.done, known.failed, known.complete) == ({0}, {2}, False)
    store.put_projects(file, [row(1), row(2)])
    known = store.known("/表.txt", 0)
    assert known
    assert (known.done, known.failed, known.complete) == ({0, 1, 2}, frozenset(), True)
    assert len(list(store.projects())) == 3


def test_counts(store: Store) -> None:
    file = store.put_file(FileRow("/表.txt", 0, "表.txt", "ab", projects=4))
    store.put_file(FileRow("/坏.txt", 0, "坏.txt", None, "unreadable", "坏"))
    store.put_projects(file, [row(0), row(1), row(2, error=ProjectError(kind="timeout", message="没有回答"))])
    counts = store.counts()
    assert (counts.files, counts.unreadable, counts.projects, counts.done, counts.failed) == (1, 1, 4, 2, 1)
    assert (counts.missing, counts.indicators) == (1, 3)
    (failed,) = store.projects("failed")
    assert failed.error == ProjectError(kind="timeout", message="没有回答")
    assert failed.review.error == failed.error


def test_parts_after_the_end_of_a_shorter_file_are_dropped(store: Store) -> None:
    for line in (1, 201, 401):
        store.put_projects(store.put_file(FileRow("/全省.jsonl", line, "全省", "ab", projects=1)), [row(0)])
    store.forget_parts("/全省.jsonl", 250)
    assert [file.line for _, file in store.files()] == [1, 201]
    assert len(list(store.projects())) == 2


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    halves = [row(0), None]
    with pytest.raises(AttributeError), store.transaction():
        store.put_projects(store.put_file(FileRow("/表.txt", 0, "表.txt", "ab", projects=2)), halves)  # type: ignore[arg-type]
    assert list(store.files()) == []


def test_a_reader_sees_what_is_written_so_far_and_changes_nothing(store: Store, path: Path) -> None:
    store.put_file(FileRow("/表.txt", 0, "表.txt", "ab", projects=1))
    with Store.for_reading(path) as reading:
        assert reading.counts().files == 1
        store.put_file(FileRow("/乙.txt", 0, "乙.txt", "ab", projects=1))
        assert reading.counts().files == 2
        with pytest.raises(RunError, match="只能读"):
            reading.put_file(FileRow("/丙.txt", 0, "丙.txt", "ab"))


def test_chinese_lies_in_the_file_as_chinese(store: Store, path: Path) -> None:
    store.put_file(FileRow("/坏.txt", 0, "坏.txt", None, "unreadable", "打不开文件"))
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT message FROM files").fetchone() == ("打不开文件",)


def test_a_store_of_a_newer_reviewer_says_so(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    for opened in (Store, Store.for_reading):
        with pytest.raises(RunError, match=r"结果库 .*更新的 reviewer.*格式 99.*请升级 reviewer"):
            opened(path)


def test_half_made_store_is_no_report(path: Path) -> None:
    sqlite3.connect(path).close()
    with pytest.raises(RunError, match="没有写完"):
        Store.for_reading(path)


def test_equal_projects_have_equal_keys() -> None:
    project = Project(name="电影放映", goal="每村每月放映2场。")
    assert key_of(project, 2024) == key_of(project.model_copy(), 2024)
    assert key_of(project, 2024) != key_of(project, 2025)
    assert key_of(project, 2024) != key_of(project.model_copy(update={"amount": 1.0}), 2024)
