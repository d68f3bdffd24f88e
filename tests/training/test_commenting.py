"""``reviewer train rewrite --llm``: what a model says about a typed indicator, and what of it is believed."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.training.engine import alone
from reviewer.training.exercises import Kind, catalogue_exercises
from reviewer.training.grading import grade
from reviewer.training.session import assigned

from ..cli.conftest import serve  # noqa: F401
from ..faults.server import Behave, Call, Reply, Server, answer, completion, error

Serve = Callable[[Behave], AbstractContextManager[Server]]
KEY = "sk-marked-0123456789abcdef"
WORDS = ["--seed", "3", "--kind", "mend", "--count", "1", "--llm"]
(EXERCISE,) = assigned(catalogue_exercises(3), 3, 1, [Kind.MEND])
TYPED = EXERCISE.model.annual_value if EXERCISE.model else ""


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("REVIEWER_MODEL", "qwen3")


@pytest.fixture
def train(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def train(*words: str | Path, typed: str) -> Any:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        code = main(["train", "rewrite", *WORDS, *map(str, words)])
        out, err = capsys.readouterr()
        assert KEY not in out + err
        return code, out, err

    return train


def judging(call: Call) -> Reply:
    """A finding with a quote that stands there, and one with a quote that does not."""
    (number,) = call.numbers
    finding = {"rule": "irrelevant-target", "field": "annual_value", "why": "看不出和名称有什么关系。"}
    verdict = {
        "no": number,
        "reasoning": "值写明了。",
        "smart": dict.fromkeys(("specific", "measurable", "achievable", "relevant", "time_bound"), 3),
        "vague": False,
        "findings": [finding | {"quote": TYPED}, finding | {"quote": "表里没有的话"}],
        "rewrite": None,
    }
    return completion(answer([number], indicators=[verdict]))


def test_only_what_is_proven_is_shown_as_the_models_word(train: Callable[..., Any], serve: Serve) -> None:  # noqa: F811
    with serve(judging) as server:
        code, out, err = train("--base-url", server.url, typed=f"{EXERCISE.answer}\n")
    assert (code, err) == (0, "")
    said = [line for line in out.splitlines() if "模型：" in line]
    assert len(said) == 1
    assert TYPED in said[0]
    assert "表里没有的话" in out.partition("未采用")[2]
    assert not any("示例项目" not in call.body["messages"][1]["content"] for call in server.calls)


def test_an_endpoint_that_fails_costs_the_learner_nothing(train: Callable[..., Any], serve: Serve) -> None:  # noqa: F811
    with serve(lambda call: completion("", finish="content_filter")) as server:
        code, out, _ = train("--base-url", server.url, typed=f"{EXERCISE.answer}\n")
    assert code == 0
    assert "模型没能判断：" in out
    assert "改好了。" in out
    with serve(lambda call: error(401, "Incorrect API key provided")) as server:
        code, out, err = train("--learner", "小王", "--base-url", server.url, typed=f"{EXERCISE.answer}\n")
    assert code == 5
    assert "改好了。" in out
    assert "密钥" in err
    assert main(["train", "progress", "--learner", "小王"]) == 0


def test_what_is_not_understood_is_not_sent(train: Callable[..., Any], serve: Serve) -> None:  # noqa: F811
    with serve(judging) as server:
        code, _, _ = train("--base-url", server.url, typed="😀\n\n提示\n")
    assert code == 0
    assert server.calls == []


def test_recorded_answers_are_enough(train: Callable[..., Any], serve: Serve, tmp_path: Path) -> None:  # noqa: F811
    mended = grade(EXERCISE, EXERCISE.answer).mended
    assert mended is not None
    row = mended.row.model_copy(update={"no": 1})
    document = tmp_path / "一条.json"
    document.write_text(alone(row, EXERCISE.project, EXERCISE.year).model_dump_json(), encoding="utf-8")
    cassettes = tmp_path / "录音"
    with serve(judging) as server:
        words = ["--llm", "--base-url", server.url, "--record", str(cassettes), "--output", str(tmp_path / "结果.json")]
        assert main(["review", str(document), *words]) == 0
    before = sorted(path.read_bytes() for path in cassettes.iterdir())
    code, out, err = train("--replay", cassettes, typed=f"{EXERCISE.answer}\n")
    assert (code, err) == (0, "")
    assert "模型：" in out
    assert sorted(path.read_bytes() for path in cassettes.iterdir()) == before
