"""The pages of a department, over runs that `reviewer bulk` made."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.bulk.rundir import RunSettings, opened
from reviewer.web.runs import id_of
from reviewer.web.site import Site
from tests.web.serving import Running, running


@pytest.fixture(scope="module")
def folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name in ("2023", "<b>2024"):
        command = [sys.executable, "-m", "reviewer", "bulk", str(sample), "--run", str(folder / name), "--offline"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    (folder / "坏").mkdir()
    (folder / "坏" / "run.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with running(Site(runs=folder)) as one:
        yield one


def test_the_list_names_every_run_and_says_which_is_broken(server: Running, folder: Path) -> None:
    page = server.get("/runs").text
    assert page.count("做完了 · 只用规则 · 1 个文件") == 2
    assert "&lt;b&gt;2024" in page
    assert "<b>2024" not in page
    assert "不是本版 reviewer" in page
    assert str(folder) not in page


@pytest.mark.parametrize("query", ["", "?against=" + id_of(Path("<b>2024"))])
def test_a_report_has_its_own_policy(server: Running, query: str) -> None:
    answer = server.get(f"/runs/{id_of(Path('2023'))}{query}")
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "sha256-" in policy
    assert "unsafe" not in policy
    assert "'self'" not in policy
    assert ("&lt;b&gt;2024" in answer.text) == bool(query)
    score = re.search(r"总体得分 ([\d.]+) 分", server.get("/runs").text)
    assert score
    assert score[1] in answer.text


def test_a_project_is_reached_from_the_list_of_projects(server: Running) -> None:
    listed = server.get(f"/runs/{id_of(Path('2023'))}/projects")
    first = re.search(r'<li><a href="(/runs/\w+/projects/\d+)">([^<]+)</a>', listed.text)
    assert first
    project = server.get(first[1])
    assert project.status == 200
    assert first[2] in project.text


@pytest.mark.parametrize("by", ["score", "amount", "order"])
def test_projects_are_sorted(server: Running, by: str) -> None:
    page = server.get(f"/runs/{id_of(Path('2023'))}/projects?by={by}").text
    scores = [float(score) for score in re.findall(r"</a> ([\d.]+) 分", page)]
    assert scores
    assert by != "score" or scores == sorted(scores)


@pytest.mark.parametrize("path", ["nothing", "..%2F2023", "2023", f"{id_of(Path('2023'))}/projects/99999"])
def test_what_is_not_there_is_not_found(server: Running, path: str) -> None:
    assert server.get(f"/runs/{path}").status == 404


def test_a_broken_run_is_refused_without_its_path(server: Running, folder: Path) -> None:
    answer = server.get(f"/runs/{id_of(folder / '坏')}")
    assert answer.status == 422
    assert "不是本版 reviewer" in answer.text
    assert str(folder) not in answer.text


def test_a_server_without_runs_has_no_such_page() -> None:
    with running(Site()) as one:
        assert one.get("/runs").status == 404


def test_a_run_that_somebody_works_on_is_going_on(server: Running, folder: Path) -> None:
    with opened(folder / "2023", RunSettings.of({})):
        page = server.get("/runs").text
    assert page.count("正在做 · 只用规则") == 1
    assert "正在做" not in server.get("/runs").text
