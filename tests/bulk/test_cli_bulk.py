"""``reviewer bulk`` by the rules alone, as a user meets it: what it prints, refuses and forecasts."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from reviewer.bulk.keeping import Keeper
from reviewer.bulk.rundir import RunSettings
from reviewer.bulk.sources import Source
from reviewer.bulk.store import FileRow, ProjectRow, Store, row_of
from reviewer.bulk.work import Worker
from reviewer.cli import main
from reviewer.cli.bulk_progress import Watch
from reviewer.models import Document, Usage
from reviewer.reporting.layout import width_of

from .inputs import bulk, command, document, project, results, write, write_folder, write_lines


class Done(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run ``reviewer bulk`` in this process, with one worker."""

    def run(*args: str | Path) -> Done:
        code = main(["bulk", *map(str, args)])
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "各单位", 6)


def test_the_summary_says_what_came_of_it_and_what_to_do_next(tmp_path: Path, folder: Path) -> None:
    write(folder / "坏.json", "{")
    place = tmp_path / "2024 批次"
    done = bulk(folder, "--run", place)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert lines[0] == "6 个文件 · 12 个项目 · 36 条指标"
    grades = [re.fullmatch(r"  ([优良中差]) ([\d,]+) 个项目 · ([\d,]+\.\d\d) 万元", line) for line in lines[1:5]]
    assert sum(int(found[2]) for found in grades if found) == 12
    assert sum(float(found[3].replace(",", "")) for found in grades if found) == sum(10 + n for n in range(12))
    assert lines[5] == "读不了的有 1 份："
    assert "坏.json" in lines[6]
    assert lines[7].startswith("其余的做完了。")
    assert shlex.split(lines[-1].removeprefix("报告："))[:3] == ["reviewer", "report", str(place)]
    (line,) = done.stderr.splitlines()
    assert re.fullmatch(r"100% · 7/7 份文件 · 12 个项目 · 还要 0 秒 · [\d,]+ 个/秒", line)


def test_one_worker_and_many_say_the_same(tmp_path: Path, folder: Path) -> None:
    one = bulk(folder, "--run", tmp_path / "一", "--workers", "1")
    many = bulk(folder, "--run", tmp_path / "多", "--workers", "3")
    assert (one.returncode, many.returncode) == (0, 0)
    assert results(tmp_path / "一") == results(tmp_path / "多")


def test_reasons_are_listed_up_to_a_few(run: Callable[..., Done], tmp_path: Path, folder: Path) -> None:
    for number in range(8):
        (folder / f"空{number}.json").write_bytes(b"")
    done = run(folder, "--run", tmp_path / "批次", "--workers", "1")
    assert done.code == 2
    assert "读不了的有 8 份：" in done.out
    assert done.out.count("文件是空的") == 5
    assert "其余 3 份见报告。" in done.out


def test_other_settings_are_refused_and_named(run: Callable[..., Done], tmp_path: Path, folder: Path) -> None:
    place = tmp_path / "批次"
    base = (folder, "--run", place, "--workers", "1")
    assert run(*base, "--select", "V,M", "--year", "2024").code == 0
    before = results(place)
    for other, named in (
        (("--select", "V", "--year", "2024"), "--select：V、M，这次是 V"),
        (("--select", "V,M", "--year", "2025"), "年度（--year）：2024，这次是 2025"),
        (("--select", "V,M", "--year", "2024", "--ignore", "V101"), "--ignore：无，这次是 V101"),
    ):
        done = run(*base, *other)
        assert (done.code, done.out) == (2, "")
        assert named in done.err
        assert "请按原来的设置接着做，或者换一个 --run 文件夹" in done.err
    assert results(place) == before
    assert run(*base, "--select", "V", "--select", "M", "--year", "2024").code == 0


def test_settings_of_the_department_hold(run: Callable[..., Done], tmp_path: Path, folder: Path) -> None:
    place = tmp_path / "批次"
    settings = tmp_path / "reviewer.toml"
    settings.write_text('[review]\nselect = ["V101"]\n', encoding="utf-8")
    assert run(folder, "--run", place, "--workers", "1", "--config", settings).code == 0
    codes = {
        finding["code"]
        for *_, review in results(place)
        for indicator in json.loads(review)["indicators"]
        for finding in indicator["findings"]
    }
    assert codes == {"V101"}
    settings.write_text('[review]\nselect = ["V102"]\n', encoding="utf-8")
    assert "--select：V101，这次是 V102" in run(folder, "--run", place, "--workers", "1", "--config", settings).err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "缺少参数"),
        (("--run", ""), "文件名是空的"),
        (("--run", "批次", "--workers", "0"), "--workers 要写大于 0 的整数，不能是 0"),
        (("--run", "批次", "--workers", "两"), "--workers 要写大于 0 的整数"),
        (("--run", "批次", "--max-failures", "3"), "--max-failures 要和 --llm 一起用"),
        (("--run", "批次", "--max-cost", "3"), "--max-cost 要和 --llm 一起用"),
        (("--run", "批次", "--dry-run"), "--dry-run 要和 --llm 一起用"),
        (("--run", "批次", "--engine", "spark"), "--engine 只能是 local 或 ray"),
        (("--run", "批次", "--ray-address", "auto"), "--ray-address 要和 --engine ray 一起用"),
        (("--run", "批次", "--engine", "ray", "--workers", "2"), "--workers 只管本机"),
        (("--run", "批次", "--llm", "--model", "m", "--workers", "2"), "--workers 只管本机"),
        (("--run", "批次", "--llm", "--offline"), "--llm 和 --offline 只能写一个"),
        (("--run", "批次", "--llm"), "没有写用哪个模型"),
        (("--run", "批次", "--select", "V999"), "V999"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_made(
    run: Callable[..., Done],
    folder: Path,
    options: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(folder, *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert not (tmp_path / "批次").exists()


def test_a_dry_run_adds_up_all_inputs_and_makes_nothing(run: Callable[..., Done], tmp_path: Path, folder: Path) -> None:
    write(folder / "坏.json", "{")
    lines = write_lines(tmp_path / "项目.jsonl", 250)
    prices = tmp_path / "价.toml"
    prices.write_text('[prices."m"]\ninput = 2.0\noutput = 8.0\n', encoding="utf-8")
    done = run(folder, lines, "--run", tmp_path / "批次", "--llm", "--model", "m", "--dry-run", "--config", prices)
    assert done.code == 2
    assert "坏.json" in done.err
    assert "8 个文件 · 262 个项目\n  262 个请求 · " in done.out
    assert re.search(r"约 [\d.]+ 元", done.out)
    assert "什么也没有发出" in done.out
    assert not (tmp_path / "批次").exists()
    assert not (tmp_path / "home").exists()


def test_ten_thousand_projects_stream_through_a_bounded_memory(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from reviewer.cli import main; code = main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    peaks = []
    for count in (400, 10_000):
        path = tmp_path / f"{count}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number in range(count):
                file.write(json.dumps(project(number, rows=1), ensure_ascii=False) + "\n")
        words = ["bulk", str(path), "--run", str(tmp_path / f"批次{count}"), "--workers", "1", "--select", "V"]
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, encoding="utf-8", check=True)
        *_, report, peak = done.stdout.splitlines()
        assert report.startswith("报告：")
        assert f" · {count:,} 个项目 · {count:,} 条指标" in done.stdout
        peaks.append(int(peak))
    assert peaks[1] - peaks[0] < 40 * 1024, "KiB"


def test_a_terminal_gets_a_bar_and_no_lines(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "项目.jsonl", 1_000)
    master, slave = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "70"}
    words = command(lines, "--run", tmp_path / "批次", "--workers", "1")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=slave, env=environment) as process:
        os.close(slave)
        drawn = b""
        try:
            while part := os.read(master, 65536):
                drawn += part
        except OSError:  # the other end was closed
            pass
        os.close(master)
    assert process.returncode == 0
    bars = drawn.decode().split("\r")
    assert any("█" in bar and "份文件" in bar for bar in bars)
    assert all(width_of(bar.removesuffix("\x1b[K")) < 70 for bar in bars)
    assert drawn.endswith(b"\r\x1b[K")
    assert b"\n" not in drawn


class Terminal(io.StringIO):
    """A standard error that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_the_line_projects_time_and_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    started = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: started)
    watch = Watch("元")
    assert watch.line().startswith("░░░░░░░░░░░░░░░░░░░░ 0% · 0/0 份文件")
    with Store(Path(":memory:")) as store:
        keeper = Keeper(store, watch)
        watch.found(4)
        keeper.begin(Source(Path("/1.json"), 0, "1.json"), FileRow("/1.json", 0, "1.json", "ab", projects=10))
    watch.kept(10, 0)
    for _ in range(5):
        watch.project(judged())
    watch.usage(Usage(requests=20, cached=3, input_tokens=9_000, output_tokens=1_000, cost=2.0))
    monkeypatch.setattr(time, "monotonic", lambda: started + 10)
    # 20 projects in two of four inputs: 40 are expected, 15 are finished, 5 of them in these ten seconds.
    assert watch.line() == (
        "███████░░░░░░░░░░░░░ 38% · 2/4 份文件 · 15 个项目 · 还要 50 秒 · 2.0 请求/秒 · 账本里有 3 · 10,000 token"
        " · 2.00 元，全部约 12.00 元"
    )


def judged() -> ProjectRow:
    assembly = Worker(RunSettings.of({"select": ["V101"]})).assembly
    (result,) = assembly.results(Document.model_validate(document(1)))
    return row_of(0, "key", assembly.project(result))


def test_notes_come_between_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with Watch() as watch:
        watch.note("跳过 1 个读不了的文件：照片.jpg。")
    assert screen.getvalue() == "跳过 1 个读不了的文件：照片.jpg。\n"
