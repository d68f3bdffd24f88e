"""``reviewer train``: exercises at the keyboard, and what a learner knows by now."""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewer.cli.app import command
from reviewer.cli.model import BaseUrl, Config, ModelName, Replay, model_for
from reviewer.cli.options import action_of, count_of, one_of
from reviewer.cli.output import color_wanted, emit, is_standard_output, width
from reviewer.configuration import read_configuration
from reviewer.errors import UsageError
from reviewer.reporting.formats import Format

if TYPE_CHECKING:
    from reviewer.settings import LLM
    from reviewer.training.models import Exercise, Kind

_NOBODY = "本人"
_COUNTS = {"quiz": 10, "rewrite": 5, "handout": 6}


class Action(StrEnum):
    """What to do."""

    QUIZ = "quiz"
    REWRITE = "rewrite"
    HANDOUT = "handout"
    PROGRESS = "progress"


@command(
    "练习：找毛病、认规则、改指标，当场判分；看学得怎样；印讲义和答案。",
    "reviewer train quiz",
    "reviewer train rewrite --count 3",
    "reviewer train quiz --learner 小李 --review 申报表.xlsx --mask",
    "reviewer train handout --lesson 3 --output 第3课.docx",
    "reviewer train handout --review 申报表.xlsx --mask --seed 7",
    "reviewer train progress",
    "reviewer train progress --format csv --output 进度.csv",
    details="quiz 出短题，每题答完有解释和依据；rewrite 改写指标，说明哪些毛病没有了、哪些还在；"
    "handout 写出讲义和答案两个文件，可以直接打印：不写 --lesson 是全部 12 课，写了 --review 就先讲那张表最常见的毛病；"
    "progress 看每条规则的掌握程度。\n"
    "题目来自规则的样例和指标库，写了 --review 就来自那张表。答错的规则会按遗忘的快慢再出现。"
    "记录在 REVIEWER_HOME 里，只记所写的名字。随时可以退出，再运行同一条命令就接着答。",
)
def train(
    action: Annotated[
        Action,
        typer.Argument(metavar="quiz|rewrite|handout|progress", parser=action_of("train", Action), help="做什么。"),
    ],
    learner: Annotated[
        str | None, typer.Option(metavar="名字", help=f"谁在学，可以不用真名，默认是“{_NOBODY}”。")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(parser=count_of("--count"), metavar="N", help="几道题；默认 10，rewrite 是 5，handout 每一课 6。"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(parser=count_of("--seed"), metavar="N", help="题号：同一个数，同一份题；不写就随机。")
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="题型", help="只出这种题：find、rule、class、order、mend、write，可以写多次。"),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--review", metavar="文件", help="从这张申报表，或存下的审核结果（json）里出题，最差的在前。"),
    ] = None,
    mask: Annotated[bool, typer.Option("--mask", help="和 --review 一起用：隐去单位、项目和地名。")] = False,
    lesson: Annotated[
        list[int] | None, typer.Option("--lesson", metavar="N", help="handout：第几课，可以写多次。")
    ] = None,
    llm: Annotated[bool, typer.Option("--llm", help="改写的指标也请模型看。")] = False,
    model: ModelName = None,
    base_url: BaseUrl = None,
    replay: Replay = None,
    config: Config = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            parser=one_of(Format.TERMINAL, Format.CSV, Format.DOCX, Format.HTML, Format.MARKDOWN),
            metavar="格式",
            help="progress：terminal（默认）或 csv（给培训的人，所有学员）；"
            "handout：docx、html 或 markdown，不写就看 --output 的后缀。",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="文件", help="progress：写到这个文件，不写或写 - 是标准输出；handout：讲义写到这里，答案写在旁边。"
        ),
    ] = None,
) -> int:
    """Ask questions, print a handout, or show progress."""
    if lesson and action is not Action.HANDOUT:
        raise UsageError("--lesson 用于 handout。")
    if action is Action.PROGRESS:
        if count or seed or kinds or source or mask or llm:
            raise UsageError("--count、--seed、--kind、--review、--mask 和 --llm 不用于 progress。")
        if format_ not in (None, Format.TERMINAL, Format.CSV):
            raise UsageError(f"progress 不能写成 {format_}，可用的有：terminal、csv。")
        _progress(learner, format_ or Format.TERMINAL, output)
        return 0
    if mask and source is None:
        raise UsageError("--mask 要和 --review 一起用。")
    if action is Action.HANDOUT:
        if learner or kinds or llm:
            raise UsageError("--learner、--kind 和 --llm 不用于 handout。")
        from reviewer.cli.train_handout import write

        write(source, lesson or (), format_, output, seed=seed or 1, count=count or _COUNTS[action], masked=mask)
        return 0
    if format_ is not None or output is not None:
        raise UsageError("--format 和 --output 用于 handout 和 progress。")
    flags = {"model": model, "base_url": base_url}
    asked = model_for(llm, False, flags, read_configuration(config), record=None, replay=replay, dry_run=False)
    _session(action, _named(learner), count or _COUNTS[action], seed, _kinds(action, kinds), source, mask, asked)
    return 0


def _named(learner: str | None) -> str:
    from reviewer.training.progress import learner_of

    name = learner_of(_NOBODY if learner is None else learner)
    if not name:
        raise UsageError("--learner 里没有看得见的字。")
    return name


def _kinds(action: Action, names: list[str] | None) -> list[Kind]:
    from reviewer.training.models import TYPED, Kind

    allowed = sorted(TYPED) if action is Action.REWRITE else list(Kind)
    if unknown := [name for name in names or () if name not in allowed]:
        raise UsageError(f"{action} 没有 {'、'.join(unknown)} 这种题，有：{'、'.join(allowed)}。")
    return [Kind(name) for name in names or allowed]


def _session(
    action: Action,
    learner: str,
    count: int,
    seed: int | None,
    kinds: list[Kind],
    source: Path | None,
    mask: bool,
    llm: LLM | None,
) -> None:
    """Go on where the last session of the same kind stopped, or begin one."""
    from reviewer.cli.train_dialogue import Dialogue, reader
    from reviewer.training.progress import Place, Progress
    from reviewer.training.session import Session, assigned, new_seed

    about = "·".join([str(source.resolve()) if source else "", "masked" if mask else "", *sorted(kinds)])
    with Progress() as progress:
        place, chosen = progress.place(learner, action, about), []
        if place is not None and seed in (None, place.seed):
            known = {exercise.id: exercise for exercise in _exercises(source, mask, place.seed)}
            chosen = [known[id_] for id_ in place.answers if id_ in known]
        if place is None or not chosen:
            place = Place(seed or new_seed(), {})
            # A paper asked for by its seed is the same for everybody, whatever they know.
            due = [] if seed else progress.due(learner)
            asked = {} if seed else progress.asked(learner)
            exercises = _exercises(source, mask, place.seed)
            chosen = assigned(exercises, place.seed, count, kinds, due=due, asked=asked)
            place.answers = dict.fromkeys((exercise.id for exercise in chosen), None)
        if not chosen:
            raise UsageError("没有可出的题：这张表里没有这种毛病，或者都已经答对了。写 --seed 1 可以再做。")
        progress.keep(learner, action, about, place)
        Dialogue(Session(chosen, progress, learner, action, about, place), reader(), llm).run()


def _exercises(source: Path | None, mask: bool, seed: int) -> list[Exercise]:
    from reviewer.training.exercises import catalogue_exercises, review_exercises

    if source is None:
        return catalogue_exercises(seed)
    from reviewer.comparison.sources import review_of

    return review_exercises(review_of(source, {}), seed, masked=mask)


def _progress(learner: str | None, format_: Format, output: Path | None) -> None:
    from reviewer.reporting.layout import Paint
    from reviewer.reporting.training import Sheet, progress_csv
    from reviewer.training.progress import Progress

    with Progress() as progress:
        standings = progress.standings(None if learner is None else _named(learner))
    if format_ is Format.CSV:
        emit([progress_csv(standings)], output)
        return
    sheet = Sheet(width(), Paint(is_standard_output(output) and color_wanted()))
    lines: list[str] = []
    for name, found in groupby(standings, key=lambda standing: standing.learner):
        lines += [*([""] if lines else []), *sheet.progress(name, list(found))]
    lines = lines or list(sheet.progress(_named(learner), []))
    emit((f"{line}\n" for line in lines), output)
