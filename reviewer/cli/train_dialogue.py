"""A session at the keyboard, or with lines from a pipe: what is typed, and what it is answered with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from reviewer.cli.output import color_wanted, complain, emit, is_terminal, width
from reviewer.reporting.layout import Paint, wrap
from reviewer.reporting.training import Sheet
from reviewer.training.models import TYPED, Exercise
from reviewer.training.session import Session

if TYPE_CHECKING:
    from reviewer.settings import LLM

_COMMANDS = {
    "list": "list 列表 目录",
    "next": "next 下一题 不会 答案",
    "hint": "hint 提示",
    "skip": "skip 跳过",
    "fields": "fields 逐项",
    "quit": "quit exit q 退出 结束",
    "help": "help ? 帮助",
}
_BY_WORD = {word: command for command, words in _COMMANDS.items() for word in words.split()}
_HELP = (
    "提示 hint：说一点，共三步",
    "跳过 skip：这题放到最后",
    "下一题 next：看答案，算没有答出",
    "列表 list：全部题目",
    "逐项 fields：改指标时一项一项地写",
    "退出 quit：记下，下次接着答",
)

Reader = Callable[[str], str | None]


def reader() -> Reader:
    """Return what gives the next line, or None at the end: from a terminal with a prompt, else without."""
    if is_terminal(sys.stdin) and is_terminal(sys.stdout):
        with suppress(ImportError):  # Windows has none, and edits lines by itself
            import readline  # noqa: F401  # lets a line with Chinese characters be edited
        return _ask
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    return _next


def _next(prompt: str) -> str | None:
    try:
        return sys.stdin.readline() or None
    except (AttributeError, OSError, ValueError):
        return None  # there is no standard input, or it is closed


def _ask(prompt: str) -> str | None:
    try:
        return input(prompt)
    except EOFError:
        emit(["\n"])
        return None
    except UnicodeDecodeError:
        return ""  # half a character, from a terminal that is not set to UTF-8


class Dialogue:
    """Leads *session* to its end, or to where the learner leaves it; *llm* comments on indicators, if given."""

    def __init__(self, session: Session, read: Reader, llm: LLM | None) -> None:
        self._session = session
        self._read = read
        self._llm = llm
        self._sheet = Sheet(width(), Paint(color_wanted()))

    def run(self) -> None:
        """Ask until nothing is left to ask, the input ends, or the learner quits."""
        session = self._session
        if session.answered:
            self._tell(f"接着上次：已经答了 {session.answered} 题。")
        self._tell("写答案；也可以写：提示、跳过、下一题、列表、退出、帮助。")
        shown = None
        while (exercise := session.current) is not None:
            if exercise is not shown:
                _say(self._sheet.question(exercise, session.number, len(session.exercises)))
                shown = exercise
            line = self._read("> ")
            if line is None or not self._answered(line, exercise):
                break
        _say(self._sheet.ended(session))

    def _tell(self, text: str) -> None:
        _say(wrap(text, self._sheet.width))

    def _answered(self, line: str, exercise: Exercise) -> bool:
        """Do what *line* asks for; False when the learner leaves."""
        match _BY_WORD.get(line.strip().lower()):
            case "quit":
                return False
            case "help":
                for text in _HELP:
                    self._tell(text)
            case "list":
                _say(self._sheet.questions(self._session))
            case "hint":
                _say(self._sheet.hint(*self._session.hint()))
            case "skip":
                self._session.skip()
                if self._session.current is exercise:
                    self._tell("只剩这一题了。")
            case "next":
                _say(self._sheet.solution(self._session.give_up()))
            case "fields" if exercise.kind in TYPED:
                self._grade(self._by_fields(), exercise)
            case _:
                self._grade(line, exercise)
        return True

    def _grade(self, text: str, exercise: Exercise) -> None:
        graded = self._session.answer(text)
        _say(self._sheet.graded(graded))
        if graded.mended is not None and self._llm is not None:
            from reviewer.training.commenting import comment

            if is_terminal(sys.stderr):
                complain("正在问模型……")
            _say(self._sheet.comment(*comment(exercise, graded.mended.row, self._llm)))
        if graded.understood and not graded.right and exercise.kind in TYPED:
            self._tell("再改一次；或写：提示、下一题。")

    def _by_fields(self) -> str:
        """Ask for the fields one by one; an empty line leaves a field as it is."""
        self._tell("不改的直接回车。")
        lines = []
        for title in ("名称", "类别", "年度值", "周期值"):
            text = (self._read(f"{title}：") or "").strip()
            if text:
                lines.append(f"{title}：{text}")
        return "\n".join(lines)


def _say(lines: Iterable[str]) -> None:
    emit(_ended(lines))


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"{line}\n"
