"""The prompts: read from files, replaced file by file, rendered with what they declare, and true to the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.errors import CatalogueError, UsageError
from reviewer.judging.prompts import Prompts, load_prompts
from reviewer.judging.wire import SCHEMA, Answer, parse_answer
from reviewer.models import AUDITS, DIMENSIONS, Indicator, Project
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import check_project

JUDGE = load_prompts()["judge"]
FENCE = re.compile(r"^```json\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A folder with prompt files of one's own."""

    def folder(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        return tmp_path

    return folder


def prompt(id_: str, text: str, *, head: str = "version: 2\npurpose: 试用") -> str:
    return f"---\nid: {id_}\n{head}\n---\n{text}\n"


# Files ----------------------------------------------------------------------------------------------------------------


def test_own_files_replace_the_packaged_ones_one_by_one(folder: Callable[..., Path]) -> None:
    own = load_prompts(folder(judge=prompt("judge", "只看有没有数。"), README="不是提示词"))
    packaged = load_prompts()
    assert own["judge"].render() == "只看有没有数。"
    assert own.stamps["judge"].startswith("2+")
    assert own.stamps["judge"] != packaged.stamps["judge"]
    assert {id_: own.stamps[id_] for id_ in ("project", "reask", "doctor")} == {
        id_: packaged.stamps[id_] for id_ in ("project", "reask", "doctor")
    }


def test_the_stamp_follows_every_change_of_text_but_not_line_ends(tmp_path: Path) -> None:
    stamps = []
    for name, text in [("a", "看数。"), ("b", "看数值。"), ("c", "看数。")]:
        (tmp_path / name).mkdir()
        line_end = "\r\n" if name == "c" else "\n"
        (tmp_path / name / "judge.md").write_text(prompt("judge", text), encoding="utf-8", newline=line_end)
        stamps.append(load_prompts(tmp_path / name)["judge"].stamp)
    assert stamps[0] == stamps[2] != stamps[1]


WRONG_FILES = {
    "no front matter": ("看数。", "judge.md 第 1 行：文件须以 --- 之间的 YAML 头部开始"),
    "not closed": ("---\nid: judge\n", "judge.md 第 1 行"),
    "broken YAML": ("---\nid: [\nversion: 1\n---\n看\n", "judge.md 第"),
    "unknown key": (prompt("judge", "看", head="version: 1\npurpose: 试\nmodle: x"), "judge.md 头部：不认识 modle"),
    "missing key": (prompt("judge", "看", head="version: 1"), "judge.md 头部：缺少 purpose"),
    "version in words": (prompt("judge", "看", head="version: 一\npurpose: 试"), "judge.md 头部：version 的写法不对"),
    "not a mapping": ("---\n- 1\n---\n看\n", "judge.md 头部"),
    "another id": (prompt("project", "看"), "judge.md 头部：id 是 project，应和文件名相同，写 judge"),
    "undeclared variable": (prompt("judge", "看 {{ data }}"), "judge.md：正文用了变量 data，头部 variables 里没有写"),
    "unused variable": (
        prompt("judge", "看", head="version: 1\npurpose: 试\nvariables:\n  data: json"),
        "judge.md：头部 variables 里的 data 正文没有用到，请在正文写 {{ data }}",
    ),
    "unknown type": (
        prompt("judge", "{{ data }}", head="version: 1\npurpose: 试\nvariables:\n  data: yaml"),
        "judge.md 头部：variables.data 不能是 'yaml'",
    ),
}


@pytest.mark.parametrize(("text", "error"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_malformed_file_is_named_with_its_fault(text: str, error: str, folder: Callable[..., Path]) -> None:
    with pytest.raises(CatalogueError) as raised:
        load_prompts(folder(judge=text))
    assert str(raised.value).startswith(error)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "judge.md").write_bytes("看数".encode("gbk"))
    with pytest.raises(CatalogueError, match=r"judge\.md：读不出来.*UTF-8"):
        load_prompts(tmp_path)


def test_a_folder_must_exist_and_replace_something(folder: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="找不到提示词文件夹"):
        load_prompts(tmp_path / "没有")
    with pytest.raises(UsageError, match="里面没有提示词文件"):
        load_prompts(tmp_path)
    with pytest.raises(UsageError, match=r"judeg\.md：没有可以替换的同名提示词。可以替换的有：.*judge\.md"):
        load_prompts(folder(judeg=prompt("judeg", "看")))


# Rendering ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(folder: Callable[..., Path]) -> Prompts:
    head = "version: 1\npurpose: 试\nvariables:\n  part: integer\n  previous: text\n  errors: lines\n  data: json"
    text = "{{ part }}|{{previous}}|{{ errors }}|{{ data }}"
    return load_prompts(folder(project=prompt("project", text, head=head)))


GIVEN: dict[str, Any] = {
    "part": 1,
    "previous": "上次",
    "errors": ["缺少 goal", "多了 x"],
    "data": {"goal": "放映“2场”"},
}


def test_each_type_is_written_its_way(own: Prompts) -> None:
    assert own["project"].render(**GIVEN) == '1|上次|1. 缺少 goal\n2. 多了 x|{\n"goal": "放映“2场”"\n}'


def test_a_value_is_never_read_as_a_template(own: Prompts) -> None:
    rendered = own["project"].render(**(GIVEN | {"previous": "{{ part }} {% for x in y %} \\1 $part"}))
    assert "|{{ part }} {% for x in y %} \\1 $part|" in rendered


def test_a_missing_unknown_or_mistyped_variable_is_named(own: Prompts) -> None:
    project = own["project"]
    with pytest.raises(CatalogueError, match=r"project\.md：变量 errors 没有给值"):
        project.render(**{name: value for name, value in GIVEN.items() if name != "errors"})
    with pytest.raises(CatalogueError, match=r"project\.md：没有变量 year。头部 variables 里有：part、previous"):
        project.render(**GIVEN, year=2024)
    for name, wrong in [("part", "1"), ("part", True), ("previous", 1), ("errors", "缺少"), ("data", [])]:
        with pytest.raises(CatalogueError, match=rf"project\.md：变量 {name} 应是"):
            project.render(**(GIVEN | {name: wrong}))


def test_an_unknown_prompt_is_named() -> None:
    with pytest.raises(UsageError, match=r"没有 jugde 这个提示词，有的是：.*judge"):
        load_prompts()["jugde"]


def test_the_trial_project_is_weak_enough_to_be_worth_asking_about() -> None:
    project = load_prompts().trial
    (row,) = check_project(project, load_catalogue().select(), 2024).rows
    assert row.row.vague


def test_a_trial_that_is_no_project_is_named(folder: Callable[..., Path]) -> None:
    with pytest.raises(CatalogueError, match=r"doctor\.md：```json 代码块里不是一个项目"):
        _ = load_prompts(folder(doctor=prompt("doctor", '```json\n{"goal": "无"}\n```'))).trial


# What the judging prompt says -----------------------------------------------------------------------------------------


def headings() -> dict[str, str]:
    return dict(re.findall(r"^### ([a-z-]+) (.+)$", JUDGE.text, re.MULTILINE))


def test_rule_names_and_titles_are_those_of_the_catalogue() -> None:
    rules = {rule.name: rule.title for rule in load_catalogue().rules if rule.applies_to == "indicator"}
    # Whether a comparator is there is counted, not judged: the prompt says to leave it to the program.
    del rules["missing-comparator"]
    assert headings() == rules
    assert "missing-comparator（没有 ≥、≤）由程序检查，你不要报" in JUDGE.text


def test_every_rule_says_when_not_to_use_it() -> None:
    sections = re.split(r"^### ", JUDGE.text.partition("## quote 怎样写")[0], flags=re.MULTILINE)[1:]
    assert len(sections) == len(headings())
    assert all(re.search("^不报：|^不矛盾：|不必再报", section, re.MULTILINE) for section in sections)


def test_every_level_of_every_dimension_has_an_anchor() -> None:
    anchors = JUDGE.text.partition("# 评分：smart")[2].partition("\n# ")[0]
    for dimension in DIMENSIONS:
        levels = anchors.partition(f"**{dimension} ")[2].split("**", 1)[1].partition("**")[0]
        assert re.findall(r"^- ([1-5]) \S", levels, re.MULTILINE) == ["5", "4", "3", "2", "1"]


def test_every_key_of_the_answer_is_shown() -> None:
    shown = JUDGE.text.partition("# 答案格式")[2].partition("```\n")[2].partition("```")[0]

    def keys(node: Any) -> set[str]:
        if isinstance(node, list):
            return {key for item in node for key in keys(item)}
        if not isinstance(node, dict):
            return set()
        return {*node.get("properties", {}), *(key for item in node.values() for key in keys(item))}

    assert keys(dict(SCHEMA)) <= set(re.findall(r'"([a-z_0-9]+)"', shown))
    for audit in AUDITS:
        assert f"**{audit} " in JUDGE.text


EXAMPLES = [
    (json.loads(data), answer)
    for data, answer in zip(FENCE.findall(JUDGE.text)[::2], FENCE.findall(JUDGE.text)[1::2], strict=True)
]


def example(data: dict[str, Any], answer: str) -> tuple[Project, Answer]:
    keys = {"name": data["project"], **{key: data[key] for key in ("unit", "amount", "goal")}}
    project = Project(**keys, indicators=[Indicator(**row) for row in data["indicators"]])
    return project, parse_answer(answer, [row.no for row in project.indicators])


@pytest.mark.parametrize(("data", "text"), EXAMPLES, ids=["good", "bad"])
class TestWorkedExample:
    """What the model is shown must itself be what is asked for."""

    def test_quotes_and_elements_are_verbatim_and_rules_known(self, data: dict[str, Any], text: str) -> None:
        project, answer = example(data, text)
        for row, judged in zip(project.indicators, answer.indicators, strict=True):
            for finding in judged.findings:
                assert finding.quote in getattr(row, finding.field)
                assert finding.rule in headings()
        for element in answer.goal.elements:
            assert element.text in project.goal

    def test_findings_are_those_of_the_rules_as_far_as_these_can_tell(self, data: dict[str, Any], text: str) -> None:
        project, answer = example(data, text)
        catalogue = load_catalogue()
        checked = check_project(project, catalogue.select(ignore=["M207"]), data["budget_year"])
        for row, judged in zip(checked.rows, answer.indicators, strict=True):
            found = {finding.rule for finding in judged.findings}
            # That 24 communities with one corner each make 24 corners is left to the model.
            assert found - {"value-conflict"} == {catalogue.get(hit.code).name for hit in row.hits} - {"value-conflict"}
            assert judged.vague == row.row.vague

    def test_rewrites_pass_the_rules_and_keep_their_place(self, data: dict[str, Any], text: str) -> None:
        project, answer = example(data, text)
        rewritten = [
            row.model_copy(update=judged.rewrite.model_dump(exclude={"explanation"}) if judged.rewrite else {})
            for row, judged in zip(project.indicators, answer.indicators, strict=True)
        ]
        on = load_catalogue().select(ignore=["M207"])
        for row in check_project(project.model_copy(update={"indicators": rewritten}), on, data["budget_year"]).rows:
            assert not row.hits
            assert not row.row.vague
        for judged in answer.indicators:
            assert (judged.rewrite is not None) == bool(judged.findings)


def test_the_examples_are_one_good_and_one_bad() -> None:
    good, bad = (example(data, text)[1] for data, text in EXAMPLES)
    assert not any(judged.findings for judged in good.indicators)
    assert all(judged.findings for judged in bad.indicators)


def test_no_text_of_the_published_sample_is_in_the_prompt(sample: Path) -> None:
    """An answer that was shown is no judgement: ten characters in a row are more than the words of the trade."""

    def pieces(text: str) -> set[str]:
        runs = re.findall(r"[\w%≥≤]+", text)
        return {run[at : at + 10] for run in runs for at in range(len(run) - 9)}

    assert not pieces(JUDGE.text) & pieces(sample.read_text(encoding="utf-8"))


# The command ----------------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    code = main(["prompts", *map(str, args)])
    return code, *capsys.readouterr()


def test_list_names_every_prompt_with_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list")
    assert code == 0
    assert [line.split("@")[0] for line in out.splitlines() if "@1+" in line] == ["doctor", "judge", "project", "reask"]


def test_show_prints_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "show", "judge") == (0, JUDGE.path.read_text(encoding="utf-8"), "")


def test_render_prints_what_is_sent(capsys: pytest.CaptureFixture[str], sample: Path) -> None:
    code, out, err = run(capsys, "render", sample, "--project", "2")
    assert (code, err) == (0, "")
    assert JUDGE.text in out
    assert '"project": "报刊征订"' in out
    assert "\\u" not in out


def test_render_uses_own_prompts(capsys: pytest.CaptureFixture[str], sample: Path, folder: Callable[..., Path]) -> None:
    own = folder(judge=prompt("judge", "只看有没有数。"))
    _, out, _ = run(capsys, "render", sample, "--prompts", own)
    assert "只看有没有数。\n" in out
    assert JUDGE.text not in out


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["print"], "prompts 后面不能写 print，可以写：list、show、render"),
        (["show"], "请写明看哪一份：doctor、judge、project、reask"),
        (["show", "judgement"], "没有 judgement 这个提示词"),
        (["render"], "请写明要审核的文件"),
        (["render", "没有.txt"], "没有.txt"),
        (["list", "judge"], "prompts list 后面多了 judge"),
        (["render", "{sample}", "--project", "28"], "里有 27 个项目，没有第 28 个"),
        (["render", "{sample}", "--project", "0"], "里有 27 个项目，没有第 0 个"),
    ],
)
def test_a_wrong_call_is_explained(
    args: list[str], error: str, capsys: pytest.CaptureFixture[str], sample: Path
) -> None:
    code, out, err = run(capsys, *(arg.replace("{sample}", str(sample)) for arg in args))
    assert (code, out) == (2, "")
    assert error in err
