"""Settings of the model: which place wins, what each says about its origin, and what is wrong with a wrong one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from reviewer.configuration import read_configuration
from reviewer.errors import UsageError
from reviewer.settings import LLM, SPECS, Price, Settings
from reviewer.settings import load_settings as load

KEY = "sk-marked-0123456789abcdef"


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "reviewer.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def load_settings(
    flags: dict[str, str | None] | None = None, *, config: Path | None = None, recorded: dict[str, Any] | None = None
) -> Settings:
    return load(flags, read_configuration(config), recorded)


def test_defaults_say_so() -> None:
    settings = load_settings()
    assert settings.values["base_url"] == ("https://api.openai.com/v1", "默认")
    assert settings.values["temperature"] == (0.0, "默认")
    assert settings.values["api_key"] == (None, "未设置")
    assert settings.values["max_cost"] == (None, "未设置")
    assert settings.values.keys() == SPECS.keys()


def test_flags_beat_environment_beats_file_beats_default(monkeypatch: pytest.MonkeyPatch) -> None:
    write('[model]\nname = "文件"\nrpm = 10\ntpm = 1000\nconcurrency = 2\n')
    monkeypatch.setenv("REVIEWER_MODEL", "环境")
    monkeypatch.setenv("REVIEWER_RPM", "20")
    settings = load_settings({"model": "参数", "rpm": None})
    assert settings.values["model"] == ("参数", "--model")
    assert settings.values["rpm"] == (20, "环境变量 REVIEWER_RPM")
    assert settings.values["tpm"] == (1000, "reviewer.toml [model] tpm")
    assert settings.values["timeout"] == (180.0, "默认")
    assert settings.llm() == LLM(
        base_url="https://api.openai.com/v1", model="参数", rpm=20, tpm=1000, concurrency=2, prices={}
    )


def test_a_recording_beats_all_but_the_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_MODEL", "环境")
    recorded = {"model": "录音里的", "base_url": "http://127.0.0.1:8400/v1", "strategy": "json_schema"}
    settings = load_settings(recorded=recorded)
    assert settings.values["model"] == ("录音里的", "录音")
    assert load_settings({"model": "m"}, recorded=recorded).values["model"] == ("m", "--model")


def test_openais_own_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1/")
    settings = load_settings({"model": "qwen3"})
    assert settings.values["api_key"].origin == "环境变量 OPENAI_API_KEY"
    assert settings.llm().base_url == "http://127.0.0.1:11434/v1"
    monkeypatch.setenv("REVIEWER_BASE_URL", "http://own/v1")
    assert load_settings().values["base_url"].value == "http://own/v1"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_RPM", "")
    assert load_settings().values["rpm"] == (None, "未设置")


def test_the_key_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings = load_settings({"model": "m"})
    llm = settings.llm()
    assert llm.api_key == KEY
    for shown in (repr(llm), str(llm), f"{llm}", repr(settings), str(settings)):
        assert KEY not in shown


def test_without_a_model_it_says_where_to_name_one() -> None:
    with pytest.raises(UsageError, match=r"--model.*REVIEWER_MODEL.*reviewer\.toml"):
        load_settings().llm()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "api.example.com/v1"),
        ("base_url", "ftp://x/v1"),
        ("base_url", "https://user:word@x/v1"),
        ("base_url", "https://x/v1?key=1"),
        ("base_url", "http://[::1/v1"),
        ("model", "  "),
        ("temperature", "3"),
        ("temperature", "nan"),
        ("max_tokens", "1"),
        ("concurrency", "0"),
        ("concurrency", "2.5"),
        ("rpm", "-1"),
        ("tpm", "很多"),
        ("timeout", "0"),
        ("deadline", "inf"),
        ("repeat", "101"),
        ("max_cost", "-0.01"),
        ("max_tokens_total", "1e400"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_with_its_place(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=r"^--.*：要写.*不能是 ") as raised:
        load_settings({name: value})
    assert value in str(raised.value)


@pytest.mark.parametrize("key", ["密钥", "sk-abc def-0123456789", "sk-abc\ndef-0123456789"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(UsageError, match="环境变量 OPENAI_API_KEY：要写") as raised:
        load_settings()
    assert key not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[model]\ntemprature = 0.5", "不认识 [model] temprature（是不是 temperature？）。"),
        ("[modle]\nname = 'm'", "不认识 modle（是不是 model？）。"),
        ("[model]\nfoo = 1", "可用的有：base_url、name、"),
        ("[model]\napi_key = 'sk-1'", "密钥不要写在文件里，请放到环境变量 OPENAI_API_KEY"),
        ("model = 'm'", "model 应当是一节：写一行 [model]"),
        ("[model]\nrpm = true", "reviewer.toml [model] rpm：要写正整数，不能是 True"),
        ("[model]\nrpm = [1]", "reviewer.toml [model] rpm：要写正整数"),
        ("[model]\nname = 5", "reviewer.toml [model] name：要写模型的名称"),
        ("[prices.m]\ninput = 1", '[prices."m"] 缺少 output'),
        ("[prices.m]\ninput = 1\noutput = 'x'", '[prices."m"] output：要写每百万 token 的单价，不能是 x'),
        ("[prices.m]\ninput = 1\noutput = inf", "要写每百万 token 的单价"),
        ("[prices.m]\ninput = 1\noutput = 1\ncurency = '元'", "是不是 currency？"),
        ("[prices.gpt-4.1]\ninput = 1\noutput = 1", '写成 [prices."gpt-4.1"]'),
        ("[prices]\nm = 3", "prices.m 应当是一节"),
        ("name = ", "不是正确的 TOML"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(text: str, said: str) -> None:
    write(text)
    with pytest.raises(UsageError) as raised:
        load_settings()
    assert said in str(raised.value)
    assert str(raised.value).startswith("reviewer.toml")


def test_the_file_can_be_chosen(tmp_path: Path) -> None:
    path = write('\ufeff[model]\nname = "m"\n', "别的.toml")
    settings = load_settings(config=path)
    assert settings.values["model"] == ("m", "别的.toml [model] name")
    with pytest.raises(UsageError, match="没有这个文件"):
        load_settings(config=Path("没有.toml"))
    with pytest.raises(UsageError, match="读不了"):
        load_settings(config=tmp_path)
    Path("国标.toml").write_bytes('[model]\nname = "模型"'.encode("gb18030"))
    with pytest.raises(UsageError, match="不是 UTF-8"):
        load_settings(config=Path("国标.toml"))


def test_prices_come_from_the_file_only() -> None:
    assert load_settings({"model": "gpt-4.1"}).llm().price is None
    write('[prices."gpt-4.1"]\ninput = 2\noutput = 8.0\ncurrency = "美元"\n')
    assert load_settings({"model": "gpt-4.1"}).llm().price == Price(2.0, 8.0, "美元")
    assert load_settings({"model": "gpt-4.1-mini"}).llm().price is None


def test_a_cost_nobody_knows_cannot_be_capped() -> None:
    with pytest.raises(UsageError, match=r'不知道 m 的单价。.*--max-tokens.*\[prices\."m"\]'):
        load_settings({"model": "m", "max_cost": "5"}).llm()


def test_folders_of_rules_lie_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "设置" / "本单位").mkdir(parents=True)
    path = write(f'[rules]\nfolders = ["本单位", "{tmp_path}"]', "设置/reviewer.toml")
    assert read_configuration(path).rule_folders == [Path("设置/本单位"), tmp_path]
    assert read_configuration().rule_folders == []
    for text in ("folders = '本单位'", "folders = [1]", "folder = []", "folders = ['没有']"):
        with pytest.raises(UsageError, match=r"设置/reviewer\.toml：.*folders"):
            _ = read_configuration(write(f"[rules]\n{text}", "设置/reviewer.toml")).rule_folders


def test_the_page_lists_the_settings_as_they_are(root: Path) -> None:
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in page.splitlines() if row.startswith("| ")]
    options = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    settings = load_settings()
    expected = []
    for name, spec in SPECS.items():
        variables = "、".join(f"`{variable}`" for variable in spec.variables)
        flag = f"`{spec.flag}`" if f"  {spec.flag} " in options else ""
        value, origin = settings.values[name]
        expected.append(
            ["" if name == "api_key" else f"`{spec.name}`", variables, flag, str(value) if origin == "默认" else ""]
        )
    assert [row[:4] for row in rows[1:]] == expected


def test_the_file_shown_on_the_page_is_read(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    (tmp_path / "本单位的规则").mkdir()
    write(page.partition("```toml\n")[2].partition("```")[0])
    assert load_settings().llm().price == Price(2.4, 9.6)
    assert read_configuration().rule_folders == [Path("本单位的规则")]


def test_every_setting_has_a_field() -> None:
    fields = {field.name for field in dataclasses.fields(LLM)}
    assert SPECS.keys() == fields - {"record", "replay", "prices"}
