"""What is remembered of a learner: by rule, across processes, and whatever the clock does."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import TrainingError
from reviewer.models import Document
from reviewer.training.exercises import Exercise, Kind, catalogue_exercises
from reviewer.training.progress import Place, Progress, learner_of
from reviewer.training.session import Session, assigned

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def about(code: str, number: int = 1) -> Exercise:
    return Exercise(Kind.RULE, code, f"第{number}问", Document(), "row", ("甲", "乙"), "A", "因为", "", "")


def test_wrong_comes_back_soon_and_right_ever_later() -> None:
    with Progress(Path(":memory:")) as progress:
        progress.record("小李", about("V101"), right=False, helped=False, now=NOW)
        progress.record("小李", about("M201"), right=True, helped=False, now=NOW)
        assert progress.due("小李", NOW) == []
        assert progress.due("小李", NOW + 2 * MINUTE) == ["V101"]
        assert progress.due("小李", NOW + DAY) == ["V101", "M201"]
        waits = []
        at = NOW
        for _ in range(8):
            (standing,) = [one for one in progress.standings("小李", at) if one.code == "M201"]
            at = standing.due
            waits.append(standing.due - standing.last)
            progress.record("小李", about("M201"), right=True, helped=False, now=at)
        assert waits == sorted(waits)
        assert waits[-1] > 7 * DAY
        progress.record("小李", about("M201"), right=False, helped=False, now=at)
        assert progress.due("小李", at + DAY)[-1:] == ["M201"]


def test_help_makes_it_come_back_sooner() -> None:
    due = []
    for helped in (True, False):
        with Progress(Path(":memory:")) as progress:
            for day in (0, 1):
                progress.record("小李", about("V101"), right=True, helped=helped, now=NOW + day * DAY)
            due.append(progress.standings("小李", NOW + DAY)[0].due)
    assert due[0] < due[1]


def test_mastery_is_the_share_of_the_last_ten() -> None:
    with Progress(Path(":memory:")) as progress:
        for at in range(12):
            progress.record("小李", about("V101", at), right=at >= 7, helped=False, now=NOW + at * MINUTE)
        (standing,) = progress.standings("小李", NOW + DAY)
        assert (standing.answered, standing.right, standing.mastery) == (12, 5, 0.5)


def test_learners_do_not_mix(tmp_path: Path) -> None:
    with Progress(tmp_path / "training.sqlite3") as progress:
        progress.record("小李", about("V101"), right=True, helped=False, now=NOW)
        progress.record("小'; DROP TABLE cards; --", about("M201"), right=False, helped=False, now=NOW)
    with Progress(tmp_path / "training.sqlite3") as progress:
        assert [one.code for one in progress.standings("小李", NOW)] == ["V101"]
        assert len(progress.standings(None, NOW)) == 2
        assert progress.asked("小李") == {about("V101").id: True}


MOMENTS = st.one_of(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from([datetime(1, 1, 1), datetime(1970, 1, 1), datetime(9999, 12, 31), datetime(2024, 2, 29)]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.booleans()), min_size=1, max_size=6))
def test_the_clock_may_jump(steps: list[tuple[datetime, bool]]) -> None:
    with Progress(Path(":memory:")) as progress:
        for moment, right in steps:
            now = moment.replace(tzinfo=UTC)
            progress.record("小李", about("V101"), right=right, helped=False, now=now)
            (standing,) = progress.standings("小李", now)
            # Never later than a year from what the clock says now.
            assert standing.due - min(now, datetime(9000, 1, 1, tzinfo=UTC)) <= 366 * DAY
        assert progress.standings("小李", NOW)[0].due - NOW <= 366 * DAY


def test_after_a_visit_to_the_future_the_wait_starts_now() -> None:
    with Progress(Path(":memory:")) as progress:
        progress.record("小李", about("V101"), right=False, helped=False, now=NOW + 3650 * DAY)
        (standing,) = progress.standings("小李", NOW)
        assert standing.due == NOW + MINUTE


def test_what_is_due_is_asked_first_and_known_questions_are_not() -> None:
    exercises = catalogue_exercises(1)
    drawn = assigned(exercises, 3, 6, due=["M201", "T601"])
    assert [exercise.code for exercise in drawn[:2]] == ["M201", "T601"]
    again = assigned(exercises, 3, 6, due=["M201"], asked={drawn[0].id: True, drawn[1].id: False})
    assert drawn[0].id not in {exercise.id for exercise in again}
    assert len({exercise.id for exercise in again}) == 6
    assert {one.kind for one in assigned(exercises, 3, 6, [Kind.MEND], due=["M201"])} == {Kind.MEND}
    assert len(assigned(exercises, 3, 2, due=["M201", "T601", "V101"])) == 2


def test_a_session_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "training.sqlite3"
    exercises = [about("V101", number) for number in range(1, 5)]
    place = Place(7, dict.fromkeys((one.id for one in exercises), None))
    with Progress(path) as progress:
        session = Session(exercises, progress, "小李", "quiz", "", place)
        assert session.answer("A").right
        assert not session.answer("???").understood
        session.skip()
        assert session.current is exercises[2]
        assert session.answer("B").understood
        progress.keep("小李", "rewrite", "", Place(1, {}))
    with Progress(path) as progress:
        kept = progress.place("小李", "quiz", "")
        assert kept is not None
        assert kept == Place(
            7, {exercises[0].id: True, exercises[1].id: None, exercises[2].id: False, exercises[3].id: None}
        )
        session = Session(exercises, progress, "小李", "quiz", "", kept)
        assert (session.answered, session.right, session.current) == (2, 1, exercises[1])
        session.give_up()
        assert session.hint()[0] == 1
        session.answer("A")
        assert session.current is None
        assert progress.place("小李", "quiz", "") is None
        assert progress.place("小王", "quiz", "") is None
        with pytest.raises(IndexError):
            session.answer("A")


def test_hints_come_in_three_steps_for_each_question() -> None:
    exercises = [one for one in catalogue_exercises(1) if one.kind is Kind.CLASS][:2]
    with Progress(Path(":memory:")) as progress:
        place = Place(1, dict.fromkeys((one.id for one in exercises), None))
        session = Session(exercises, progress, "小李", "quiz", "", place)
        assert [session.hint()[0] for _ in range(4)] == [1, 2, 3, 3]
        session.give_up()
        assert session.hint()[0] == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [(" 小 李\t", "小 李"), ("\x1b[31m红", "[31m红"), ("甲" * 100, "甲" * 40), ("\u202e", ""), ("😀", "😀"), ("", "")],
)
def test_names_are_bounded(name: str, kept: str) -> None:
    assert learner_of(name) == kept


def test_a_file_that_is_something_else_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "training.sqlite3"
    path.write_bytes(random.Random(1).randbytes(4096))
    with pytest.raises(TrainingError, match="不是 reviewer 的数据文件"):
        Progress(path)
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="文件夹建不了"):
        Progress(tmp_path / "file" / "training.sqlite3")


def test_what_is_damaged_inside_does_not_stop_anybody(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "training.sqlite3"
    with Progress(path) as progress:
        progress.record("小李", about("V101"), right=True, helped=False, now=NOW)
        progress.keep("小李", "quiz", "", Place(1, {"a": None}))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE cards SET due = 'soon', last_review = ''")
        db.execute("UPDATE sessions SET questions = '[1'")
    db.close()
    with Progress(path) as progress:
        assert progress.due("小李", NOW) == ["V101"]
        assert progress.place("小李", "quiz", "") == Place(1, {})
