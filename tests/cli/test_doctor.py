"""``reviewer doctor``: settings with their origin, and each check with what to do, whatever the endpoint does."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from reviewer.ledger import Ledger

from ..faults.server import Behave, Call, Reply, Server, completion, error, good

Command = Callable[..., Any]
KEY = "sk-marked-0123456789abcdef"


def models(*names: str, **headers: str) -> Reply:
    body = {"object": "list", "data": [{"id": name, "object": "model"} for name in names]}
    return Reply(json.dumps(body).encode(), headers={"content-type": "application/json", **headers})


def endpoint(listing: Reply, behave: Behave = good) -> Behave:
    """Give the *listing* to whoever sends nothing, dated now unless it has a date, and else *behave*."""

    def answer(call: Call) -> Reply:
        if call.raw:
            return behave(call)
        now = format_datetime(datetime.now(UTC), usegmt=True)
        return replace(listing, headers={"date": now, **listing.headers})

    return answer


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def doctor(run: Command, serve: Callable[[Behave], AbstractContextManager[Server]]) -> Callable[..., Any]:
    """Run the command against an endpoint that behaves so; no traceback and no key may ever be printed."""

    def doctor(behave: Behave, *args: str) -> Any:
        with serve(behave) as server:
            done = run("doctor", "--model", "qwen3", "--base-url", server.url, *args)
        assert "Traceback" not in done.out + done.err
        assert KEY not in done.out + done.err
        return done

    return doctor


def lines(text: str) -> dict[str, str]:
    """Return what stands behind 通过 and 失败, by the name of the check."""
    checks = [line.split(maxsplit=2) for line in text.splitlines() if line.startswith(("通过", "失败"))]
    return {name: f"{mark} {seen}" for mark, name, seen in checks}


def test_all_is_well(doctor: Command) -> None:
    done = doctor(endpoint(models("qwen3", "qwen-max")))
    assert (done.code, done.err) == (0, "")
    found = lines(done.out)
    assert list(found) == ["提示词", "账本", "端点", "时钟", "试判"]
    assert all(seen.startswith("通过") for seen in found.values())
    assert "judge@" in found["提示词"]
    assert "模型列表里有 qwen3" in found["端点"]
    assert "输出方式 json_schema" in found["试判"]
    assert "输入 900、输出 100 token" in found["试判"]
    assert "“更新图书册数 按计划完成”不空泛" in found["试判"]


def test_settings_show_their_origin_and_no_key(doctor: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("reviewer.toml").write_text("[model]\nrpm = 60\n[prices.qwen3]\ninput = 1\noutput = 2\n", encoding="utf-8")
    monkeypatch.setenv("REVIEWER_TPM", "9000")
    done = doctor(endpoint(models("qwen3")))
    rows = [line.split() for line in done.out.splitlines()]
    assert ["name", "qwen3", "--model"] in rows
    assert ["rpm", "60", "reviewer.toml", "[model]", "rpm"] in rows
    assert ["tpm", "9000", "环境变量", "REVIEWER_TPM"] in rows
    assert ["timeout", "180.0", "默认"] in rows
    assert ["api_key", "有（26", "个字符）", "环境变量", "OPENAI_API_KEY"] in rows
    assert "单价：输入 1、输出 2 元（每百万 token）" in done.out


def test_the_strategy_that_works_is_kept_for_later_runs(doctor: Command) -> None:
    def old(call: Call) -> Reply:
        return error(400, "response_format is not supported") if call.strategy == "json_schema" else good(call)

    done = doctor(endpoint(models("qwen3"), old))
    assert done.code == 0
    assert "输出方式 json_object" in lines(done.out)["试判"]
    assert "发出 2 次" in lines(done.out)["试判"]
    with Ledger() as ledger:
        (use,) = ledger._db.execute("SELECT strategy FROM strategies").fetchall()
        assert use == ("json_object",)
        assert list(ledger.entries()) == []


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (models("other"), "但模型列表里没有 qwen3，只有 other"),
        (models(), "模型列表是空的"),
        (error(404, "no such path"), "没有模型列表，不影响使用"),
        (Reply(b"<html>welcome</html>"), "没有模型列表，不影响使用"),
        (Reply(b'{"data": [1, null]}'), "没有模型列表，不影响使用"),
    ],
)
def test_an_endpoint_without_a_proper_list_of_models_is_still_tried(doctor: Command, listing: Reply, said: str) -> None:
    done = doctor(endpoint(listing))
    assert done.code == 0
    assert said in lines(done.out)["端点"]


@pytest.mark.parametrize(
    ("listing", "behave", "name", "said"),
    [
        (error(401, f"Incorrect API key provided: {KEY}"), good, "端点", "请检查 OPENAI_API_KEY"),
        (error(403, "country not supported"), good, "端点", "端点不允许这样使用"),
        (models("qwen3"), lambda call: error(401, f"bad key {KEY}"), "试判", "请检查 OPENAI_API_KEY"),
        (models("qwen3"), lambda call: error(402, "Insufficient Balance"), "试判", "请充值"),
        (models("qwen3"), lambda call: error(404, "The model `qwen3` does not exist"), "试判", "没有这个模型"),
        (models("qwen3"), lambda call: error(400, "bad request"), "试判", "不接受这个请求"),
        (models("qwen3"), lambda call: completion("我不会 JSON"), "试判", "请换一个"),
        (models("qwen3"), lambda call: completion("{", finish="length"), "试判", "REVIEWER_ANSWER_TOKENS"),
        (models("qwen3"), lambda call: completion("", refusal="不行"), "试判", "请换一个模型或端点"),
        (Reply(cut="before"), good, "端点", "请检查地址、网络和代理设置"),
        (Reply(b"x" * 50, cut="middle"), good, "端点", "请检查地址、网络和代理设置"),
    ],
)
def test_what_the_endpoint_refuses_is_named(
    doctor: Command, listing: Reply, behave: Behave, name: str, said: str
) -> None:
    done = doctor(endpoint(listing, behave))
    assert done.code == 5
    found = lines(done.out)
    assert found[name].startswith("失败")
    assert said in found[name]
    assert list(found)[-1] == ("试判" if name == "试判" else "端点")


def test_nobody_at_the_address(run: Command) -> None:
    done = run("doctor", "--model", "qwen3", "--base-url", "http://127.0.0.1:9/v1")
    assert done.code == 5
    assert lines(done.out)["端点"].startswith("失败 连不上")
    assert "本机的服务要先启动" in done.out


@pytest.mark.parametrize(("hours", "said"), [(-3, "快 10"), (3, "慢 10")])
def test_a_clock_that_is_off_is_named(doctor: Command, hours: int, said: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    done = doctor(endpoint(models("qwen3", date=date)))
    assert done.code == 2
    assert f"比端点{said}" in lines(done.out)["时钟"]
    assert "请校准本机时间" in lines(done.out)["时钟"]


def test_an_endpoint_that_does_not_say_the_time_is_no_fault(doctor: Command) -> None:
    for date in ("", "昨天".encode().decode("latin-1")):
        assert "没有比较" in lines(doctor(endpoint(models("qwen3", date=date))).out)["时钟"]


def test_a_broken_ledger_and_broken_prompts_are_named(doctor: Command, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "ledger.sqlite3").write_text("不是数据库" * 500, encoding="utf-8")
    (tmp_path / "提示词").mkdir()
    done = doctor(endpoint(models("qwen3")), "--prompts", "提示词")
    assert done.code == 2
    found = lines(done.out)
    assert found["提示词"].startswith("失败")
    assert "不是 reviewer 的数据文件" in found["账本"]


def test_without_a_model_the_settings_are_shown_all_the_same(run: Command) -> None:
    done = run("doctor")
    assert done.code == 2
    assert "base_url" in done.out
    assert "--model" in done.err
