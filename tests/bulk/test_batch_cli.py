"""``reviewer batch`` as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reviewer.cli import main
from tests.bulk.batch_runs import declarations, serving
from tests.bulk.batch_server import BatchApi, good
from tests.faults.drill import KEY
from tests.faults.server import completion, error

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def api() -> BatchApi:
    return BatchApi()


@pytest.fixture
def url(api: BatchApi) -> Iterator[str]:
    with serving(api) as url:
        yield url


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run ``reviewer batch`` in a folder with two declarations; returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    declarations(tmp_path / "各单位", 2)

    def say(line: str) -> tuple[int, str, str]:
        code = main(["batch", *line.split()])
        out, err = capsys.readouterr()
        return code, out, err

    return say


def test_from_submit_to_report(api: BatchApi, url: str, say: Say, tmp_path: Path) -> None:
    (tmp_path / "reviewer.toml").write_text('[prices."m"]\ninput = 2.0\noutput = 8.0\n', encoding="utf-8")
    code, out, err = say(f"submit 各单位 --run 批次 --model m --base-url {url}")
    assert code == 0
    assert "交出 0001.jsonl：4 个请求，批次 batch-1。" in err
    assert "2 个文件 · 4 个项目，已经判断 0 个\n这次交出 4 个请求 · 在等结果的共 4 个\n" in out

    code, out, _ = say("status --run 批次")
    assert (code, "0001.jsonl  4 个请求  检查中（batch-1） · 答了 0，失败 0，共 4 · 最晚" in out) == (0, True)

    code, out, _ = say("collect --run 批次")
    assert code == 4
    assert "没有做完：还有 4 个请求在等结果。" in out
    api.batches["batch-1"].statuses = ["completed"]
    assert "有做完的：reviewer batch collect --run" in say("status --run 批次")[1]
    code, out, err = say("collect --run 批次")
    assert code == 0
    assert "0001.jsonl：做完了，4 个请求有结果。" in err
    assert "这次收到 4 个结果 · 3,600 + 400 token · 按单价 0.01 元" in out
    assert "没有做完" not in out
    assert "0001.jsonl  4 个请求  收完了\n4/4 个项目已经判断\n" in say("status --run 批次")[1]


def test_rounds(api: BatchApi, url: str, say: Say) -> None:
    replies = iter([error(429, "slow down"), completion("{}"), error(400, "content_policy")])
    api.respond = lambda body: next(replies, None) or good(body)
    api.statuses = ["completed"]
    say(f"submit 各单位 --run 批次 --model m --base-url {url}")
    code, out, _ = say("collect --run 批次")
    assert code == 4
    assert "其中 3 个不是回答：\n" in out
    assert "  1 个：端点说请求太多（429）：“slow down”\n" in out
    assert "没有做完：还有 2 个请求要（再）问。交下一轮：reviewer batch submit --run" in out
    code, out, _ = say("submit --run 批次")  # neither files nor flags again
    assert (code, "这次交出 2 个请求" in out) == (0, True)
    code, out, _ = say("collect --run 批次")
    assert code == 3
    assert "没能请模型判断的有 1 个项目" in out


def test_files_only(api: BatchApi, url: str, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    code, out, _ = say(f"submit 各单位 --run 批次 --model qwen3 --base-url {url} --only-files 请求")
    assert (code, "得到结果以后：reviewer batch collect --run" in out) == (0, True)
    lines = [json.loads(line) for line in (tmp_path / "请求" / "0001.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["url"] for line in lines} == {"/v1/chat/completions"}
    assert "请求/0001.jsonl" in say("status --run 批次")[1]
    (tmp_path / "结果").mkdir()
    with (tmp_path / "结果" / "0001.jsonl").open("w", encoding="utf-8") as results:
        for line in lines:
            body = json.loads(good(line["body"]).body)
            row = {"id": "v", "custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}}
            results.write(json.dumps(row | {"error": None}, ensure_ascii=False) + "\n")
    code, out, _ = say("collect --run 批次 --from 结果")
    assert (code, "没有做完" in out) == (0, False)
    assert not api.routes


def test_a_file_that_cannot_be_read_is_said_and_the_others_go_on(api: BatchApi, url: str, say: Say) -> None:
    Path("各单位/坏.json").write_text("{", encoding="utf-8")
    code, out, _ = say(f"submit 各单位 --run 批次 --model m --base-url {url}")
    assert (code, "读不了：" in out) == (2, True)
    assert say("collect --run 批次")[0] == 4  # a loop that waits must not end here
    api.batches["batch-1"].statuses = ["completed"]
    assert say("collect --run 批次")[0] == 2


MISTAKES = [
    ("status --run 批次", "批次 里还没有提交过。请先运行 reviewer batch submit"),
    ("collect --run 批次", "还没有提交过"),
    ("submit --run 批次 --model m", "没有写要审核的文件或文件夹。"),
    ("submit 各单位 --run 批次", "没有写用哪个模型。"),
    ("submit 各单位 --run 批次 --model m --only-files 各单位/请求", "各单位/请求 在要审核的文件夹里"),
    ("collect --run 批次 --model m", "collect 只要 --run"),
    ("status --run 批次 --from 结果", "--from 只用于 collect。"),
    ("cancel --run 批次", "batch 后面不能写 cancel，可以写：submit、status、collect。"),
    ("submit 各单位 --model m", "缺少参数“文件夹”"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_mistakes(line: str, message: str, say: Say) -> None:
    code, out, err = say(line)
    assert (code, out) == (2, "")
    assert message in err


def test_a_file_that_is_not_there_is_said_once(say: Say) -> None:
    code, out, _ = say("submit 没有.xlsx 各单位 --run 批次 --model m --only-files 请求")
    assert (code, "没有.xlsx：没有这个文件。" in out) == (2, True)
    code, out, _ = say("submit --run 批次")
    assert (code, "没有.xlsx" in out) == (0, False)


def test_mistakes_about_a_run_that_was_begun(url: str, say: Say) -> None:
    say(f"submit 各单位 --run 批次 --model m --base-url {url}")
    code, _, err = say("submit --run 批次 --model other")
    assert (code, "原来是 模型（--model）：m，这次是 other" in err) == (2, True)
    code, _, err = say("collect --run 批次 --from 没有.jsonl")
    assert (code, "没有.jsonl：结果文件读不了。" in err) == (2, True)
    assert "没有 .jsonl 文件" in say("collect --run 批次 --from 各单位")[2]


def test_an_endpoint_that_refuses_or_has_no_batches(api: BatchApi, url: str, say: Say) -> None:
    api.faults["POST /files"] = [error(401, "bad key"), error(404, "Not Found")]
    line = f"submit 各单位 --run 批次 --model m --base-url {url}"
    code, _, err = say(line)
    assert (code, "端点不接受密钥" in err) == (5, True)
    code, _, err = say(line)
    assert (code, "没有批量接口" in err) == (5, True)
    assert say(line)[0] == 0
