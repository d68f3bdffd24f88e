"""Reading what a model wrote: everything that is an answer is read, and nothing that is not passes for one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reviewer.judging.wire import MAX_CHARACTERS, MAX_ERRORS, SCHEMA, Answer, AnswerError, WireField, parse_answer
from reviewer.models import AUDITS, DIMENSIONS, Grade

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scores = st.fixed_dictionaries({dimension: st.integers(1, 5) for dimension in DIMENSIONS})
rewrites = st.fixed_dictionaries(
    {
        "name": texts,
        "level1": texts,
        "level2": texts,
        "cycle_value": st.none() | texts,
        "annual_value": texts,
        "explanation": texts,
    }
)
findings = st.fixed_dictionaries(
    {"rule": texts, "field": st.sampled_from(get_args(WireField)), "quote": texts, "why": texts}
)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Return an answer as a model may give it, about indicators with any distinct numbers."""
    numbers = draw(st.lists(st.integers(1, 99), unique=True, max_size=4))
    return {
        "indicators": [
            {
                "no": number,
                "reasoning": draw(texts),
                "smart": draw(scores),
                "vague": draw(st.booleans()),
                "findings": draw(st.lists(findings, max_size=2)),
                "rewrite": draw(st.none() | rewrites),
            }
            for number in numbers
        ],
        "goal": {
            "elements": [
                {"text": draw(texts), "indicators": draw(st.lists(st.sampled_from(numbers), max_size=2))}
                for _ in range(draw(st.integers(0, 2)) if numbers else 0)
            ],
            "comment": draw(texts),
        },
        "audit": {name: {"reason": draw(texts), "grade": draw(st.sampled_from(get_args(Grade)))} for name in AUDITS},
    }


def numbers_of(value: dict[str, Any]) -> list[int]:
    return [indicator["no"] for indicator in value["indicators"]]


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def value() -> dict[str, Any]:
    """An answer about indicators 1 and 2."""
    indicator = {
        "no": 1,
        "reasoning": "问场次，只指向合同。",
        "smart": dict.fromkeys(DIMENSIONS, 3),
        "vague": True,
        "findings": [
            {"rule": "vague-plan-reference", "field": "annual_value", "quote": "按合同约定完成", "why": "没有场次"}
        ],
        "rewrite": None,
    }
    return {
        "indicators": [indicator, {**copy.deepcopy(indicator), "no": 2, "vague": False, "findings": []}],
        "goal": {"elements": [{"text": "每月放映2场", "indicators": [1]}], "comment": "有频次。"},
        "audit": {name: {"reason": "依据充分。", "grade": "良"} for name in AUDITS},
    }


def errors_of(text: str, numbers: list[int]) -> list[str]:
    with pytest.raises(AnswerError) as raised:
        parse_answer(text, numbers)
    return raised.value.errors


@given(answers())
def test_every_answer_is_read_as_it_stands_and_fits_the_schema(value: dict[str, Any]) -> None:
    assert parse_answer(dump(value), numbers_of(value)).model_dump(mode="json") == value
    Draft202012Validator(SCHEMA).validate(value)


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "fence": lambda text: f"```json\n{text}\n```",
    "fence without a language": lambda text: f"```\n{text}\n```\n",
    "byte order mark": lambda text: f"\ufeff{text}",
    "leading prose": lambda text: f"以下是审核结果（共 {{2}} 条，见 [1]）：\n\n{text}",
    "trailing prose": lambda text: f"{text}\n以上。如需修改请告诉我。",
    "both, and a fence": lambda text: f"好的。\n```json\n{text}\n```\n审核完毕 }}。",
    "thinking aloud": lambda text: f'\n<think>先看第1条……草稿 {{"indicators": []}}</think>\n{text}',
    "indented": lambda text: dump_indented(json.loads(text)),
    "escaped": lambda text: json.dumps(json.loads(text)),
    "in brackets": lambda text: f"[{text}]",
}


def dump_indented(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=4)


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_what_stands_around_the_object_is_passed_over(wrap: Callable[[str], str], value: dict[str, Any]) -> None:
    assert parse_answer(wrap(dump(value)), [1, 2]) == Answer.model_validate(value)


def test_a_line_break_inside_a_string_is_read(value: dict[str, Any]) -> None:
    text = dump(value).replace("问场次，", "问场次，\n")
    assert parse_answer(text, [1, 2]).indicators[0].reasoning == "问场次，\n只指向合同。"


@given(answers(), st.data())
def test_an_answer_cut_off_anywhere_is_an_error(value: dict[str, Any], data: st.DataObject) -> None:
    text = dump(value)
    cut = data.draw(st.integers(0, len(text) - 1))
    assert errors_of(text[:cut], numbers_of(value))


@given(st.text(max_size=200))
def test_any_text_is_an_answer_or_an_answer_error(text: str) -> None:
    assert errors_of(text, [1])


@given(answers())
def test_numbers_are_answered_exactly_once(value: dict[str, Any]) -> None:
    numbers = numbers_of(value)
    assert errors_of(dump(value), [*numbers, 100]) == ["indicators 里缺少第 100 条指标的答案"]
    if numbers:
        extra = errors_of(dump(value), numbers[1:])
        assert extra[0] == f"indicators 里多出了没有问的编号 {numbers[0]}"
        value["indicators"].append(copy.deepcopy(value["indicators"][0]))
        assert errors_of(dump(value), numbers) == [f"indicators 里编号 {numbers[0]} 出现了不止一次"]


def test_goal_elements_name_only_numbers_that_were_asked(value: dict[str, Any]) -> None:
    value["goal"]["elements"][0]["indicators"] = [1, 7]
    assert errors_of(dump(value), [1, 2]) == ["goal.elements 里有没有问的编号 7"]


@pytest.mark.parametrize("key", ["result", "answer", "output", "data"])
def test_an_answer_in_a_wrapper_is_an_error_that_names_it(key: str, value: dict[str, Any]) -> None:
    errors = errors_of(dump({key: value}), [1, 2])
    assert f"不认识的键 {key}" in errors
    assert "缺少 indicators" in errors


@pytest.mark.parametrize(
    "empty", ["", "{}", "[]", "null", '""', "没有发现问题。", '{"indicators": []}', "[[]]", "``` \n```"]
)
def test_nothing_is_never_an_answer_without_findings(empty: str) -> None:
    assert errors_of(empty, [1])


def test_no_indicators_in_a_whole_answer_is_an_error(value: dict[str, Any]) -> None:
    value["indicators"] = []
    value["goal"]["elements"] = []
    assert errors_of(dump(value), [1, 2]) == ["indicators 里缺少第 1、2 条指标的答案"]


def mutated(value: dict[str, Any], path: tuple[str | int, ...], new: object) -> str:
    holder: Any = value
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = new
    return dump(value)


FIRST = ("indicators", 0)


@pytest.mark.parametrize(
    ("path", "new", "error"),
    [
        ((*FIRST, "no"), "1", 'indicators[0].no 应是整数，收到的是 "1"'),
        ((*FIRST, "no"), True, "indicators[0].no 应是整数，收到的是 true"),
        ((*FIRST, "vague"), "是", 'indicators[0].vague 应是 true 或 false，收到的是 "是"'),
        ((*FIRST, "vague"), 1, "indicators[0].vague 应是 true 或 false，收到的是 1"),
        ((*FIRST, "reasoning"), None, "indicators[0].reasoning 应是文字，收到的是 null"),
        ((*FIRST, "smart", "specific"), 6, "indicators[0].smart.specific 只能是 1 到 5 的整数，收到的是 6"),
        ((*FIRST, "smart", "specific"), 0, "indicators[0].smart.specific 只能是 1 到 5 的整数，收到的是 0"),
        ((*FIRST, "smart", "specific"), 4.5, "indicators[0].smart.specific 应是整数，收到的是 4.5"),
        ((*FIRST, "smart"), [3, 3, 3, 3, 3], "indicators[0].smart 应是对象，收到的是 [3, 3, 3, 3, 3]"),
        ((*FIRST, "findings"), None, "indicators[0].findings 应是数组，收到的是 null"),
        (
            (*FIRST, "findings", 0, "field"),
            "goal",
            'indicators[0].findings[0].field 只能是 annual_value、cycle_value、name、level2，收到的是 "goal"',
        ),
        ((*FIRST, "rewrite"), "无", 'indicators[0].rewrite 应是对象，收到的是 "无"'),
        (("goal",), "好", 'goal 应是对象，收到的是 "好"'),
        (("audit", "relevance", "grade"), "A", 'audit.relevance.grade 只能是 优、良、中、差，收到的是 "A"'),
        ((*FIRST, "score"), 60, "不认识的键 indicators[0].score"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(
    path: tuple[str | int, ...], new: object, error: str, value: dict[str, Any]
) -> None:
    assert errors_of(mutated(value, path, new), [1, 2]) == [error]


@pytest.mark.parametrize("key", ["findings", "rewrite", "vague", "smart", "reasoning"])
def test_a_missing_key_is_named(key: str, value: dict[str, Any]) -> None:
    del value["indicators"][1][key]
    assert errors_of(dump(value), [1, 2]) == [f"缺少 indicators[1].{key}"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"indicators": [], "indicators": [], "goal": 1}', "键 indicators 出现了不止一次"),
        ('{"indicators": NaN}', "JSON 里不能有 NaN"),
        ('{"indicators": [{"no": 1' + "0" * 5000 + "}]}", "太长"),
        ('{"indicators": [1,, 2]}', '第 1 行第 19 列不是正确的 JSON，在“{"indicators": [1,, 2]}”附近'),
        ('{"indicators": [', "没有写完"),
        ('{"indicators": "按合', "没有写完"),
        ('{"goal": "\\ud800"}', "残缺的字符"),
        ('{"a": 1} {"b": 2}', "不止一个 JSON 对象"),
    ],
)
def test_broken_json_is_named(text: str, error: str) -> None:
    assert error in errors_of(text, [1])[0]


def test_an_answer_about_nothing_but_prose_names_the_remedy() -> None:
    assert errors_of("这个项目的指标总体不错。", [1]) == [
        "答案里没有 JSON 对象。请只输出一个以 { 开头、以 } 结尾的 JSON 对象"
    ]


@pytest.mark.parametrize(
    "huge",
    [
        '{"indicators": [' + "[" * 199_000,
        '{"a":' * 39_000,
        "{" * 199_000,
        '{"a": "' + "汉" * 199_000,
        "<think>" * 28_000,
        '{"a": {"b": [' + '{"no": 1},' * 19_000,
        " " * 199_000,
        '{"indicators": [' + ",".join(['{"no": true}'] * 15_000) + "]}",
        "汉" * (MAX_CHARACTERS + 1),
    ],
    ids=["brackets", "objects", "braces", "string", "thoughts", "rows", "blanks", "errors", "too long"],
)
def test_a_huge_answer_is_read_once_and_its_errors_stay_short(huge: str) -> None:
    # A reader that tried every brace anew would take minutes here.
    errors = errors_of(huge, list(range(1, 13)))
    assert len(errors) <= MAX_ERRORS + 1
    assert all(len(error) < 300 for error in errors)


def walk(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in walk(item)]
    if isinstance(node, dict):
        return [node, *(found for item in node.values() for found in walk(item))]
    return []


def test_the_schema_is_strict_and_uses_only_what_all_endpoints_know() -> None:
    Draft202012Validator.check_schema(dict(SCHEMA))
    for node in walk(SCHEMA):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if isinstance(node.get("type"), str):
            assert set(node) <= {"type", "enum", "items", "properties", "required", "additionalProperties"}
    text = json.dumps(SCHEMA, ensure_ascii=False)
    assert not any(word in text for word in ("$ref", "$defs", "minimum", "default", "title", "\\u"))


def test_reasons_come_before_verdicts() -> None:
    indicator = SCHEMA["properties"]["indicators"]["items"]
    assert list(indicator["properties"]) == ["no", "reasoning", "smart", "vague", "findings", "rewrite"]
    for audit in SCHEMA["properties"]["audit"]["properties"].values():
        assert list(audit["properties"]) == ["reason", "grade"]
