"""Blocks of indicators, one block a project.

An indicator reads ``1、1-产出指标；11-数量指标；NAME；实施周期指标值：V；年度指标值：V。`` Every separator may stand in
a value and a page break may cut anywhere. So the lines are read as one text: first the headers are found, then the
labels of the values between them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from reviewer.errors import InputError
from reviewer.models import Severity
from reviewer.reading.head import Head
from reviewer.reading.headers import Header, find_headers, opens_indicator
from reviewer.reading.lines import Line, after_marker, is_foot
from reviewer.reading.notes import Notes
from reviewer.reading.seams import joint
from reviewer.reading.stream import Stream

MAX_RECORDS = 100_000

_EDGE = 80  # code points on either side of a line break that a note looks at
_LONGEST_COMPARED = 500

Kind = Literal["cycle", "annual", "plain"]

_GAP = r"\s{0,9}"


def _spaced(*words: str) -> str:
    """Match any of *words*, even where OCR set blanks into it or a line break cut it."""
    return "(?:" + "|".join(_GAP.join(word) for word in words) + ")"


_VALUE = _spaced("指标值", "目标值")
_LABEL = re.compile(
    rf"(?:(?P<cycle>{_spaced('实施周期', '实施期', '周期', '总体', '中期')}{_GAP}{_VALUE})"
    rf"|(?P<annual>{_spaced('年度', '全年', '本年', '当年')}{_GAP}{_VALUE})"
    rf"|(?P<plain>{_VALUE})){_GAP}[：:]"
)
_HEADING = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])?\s{0,9}(?:项目(?:名称)?[：:])?\s{0,9}|[：:]$"
)
_FIELD_NAMES = {"name": "名称", "cycle": "实施周期指标值", "annual": "年度指标值"}


class Doubt(NamedTuple):
    """A diagnostic that waits for the name of its project."""

    code: str
    message: str
    line: int
    severity: Severity | None


@dataclass(slots=True)
class Record:
    """An indicator as printed; ``annual_value`` is None when it breaks off before it. ``line`` is where it begins.

    ``damaged``: a page break cut one of its fields, so words may be missing or garbled there.
    """

    no: int
    line: int
    begins_line: bool
    level1: str
    level2: str
    name: str
    cycle_value: str | None
    annual_value: str | None
    text: str
    damaged: bool = False
    doubts: list[Doubt] = field(default_factory=list)

    def note(self, code: str, message: str, line: int, severity: Severity | None = None) -> None:
        """Keep what there is to say about this indicator until its project is known."""
        self.doubts.append(Doubt(code, f"第 {self.no} 条“{self.name}”{message}", line, severity))


@dataclass(slots=True)
class Block:
    """The indicators of one project, those that break off among them; ``heading``: the project's name above them."""

    records: list[Record] = field(default_factory=list)
    heading: str | None = None

    @property
    def complete(self) -> list[Record]:
        """The indicators that have an annual value."""
        return [record for record in self.records if record.annual_value is not None]


class _Mark(NamedTuple):
    start: int
    end: int
    kind: Kind
    separated: bool  # a separator or a line end stands before the label


def read_blocks(lines: list[Line], projects: set[str], head: Head, notes: Notes, where: str) -> list[Block]:
    """Read the lines below the table; what is no indicator goes to *head* or into *notes*.

    A line that is one of the names of *projects* is the heading of the block below it.
    Raises ``InputError`` when there are more indicators than any table has.
    """
    headings: dict[int, str] = {}
    text = Stream(_body(lines, projects, headings, head, notes))
    marks = list(_marks(text.text))
    headers = find_headers(text.text, [mark.start for mark in marks if mark.kind != "cycle"])
    if len(headers) > MAX_RECORDS:
        found = f"指标有 {len(headers):,} 条，超过 {MAX_RECORDS:,} 条的上限。"
        raise InputError(found, where=where, hint="请按单位分成几个文件。")
    edges = [*(header.start for header in headers), len(text.text)]
    for line, piece in text.pieces_until(edges[0]):
        notes.unused(piece, line)
    starts = [mark.start for mark in marks]
    records = []
    for header, end in zip(headers, edges[1:], strict=True):
        inside = marks[bisect_left(starts, header.end) : bisect_left(starts, end)]
        records.append(_Reader(text, header, end, inside).read())
    return list(_blocks(records, headings))


def _body(lines: list[Line], projects: set[str], headings: dict[int, str], head: Head, notes: Notes) -> Iterator[Line]:
    """Yield the lines that hold indicators, stripped; headings go into *headings* by their line."""
    foot = False
    for line in lines:
        text = line.text.strip()
        if (name := _HEADING.sub("", text)) in projects:
            headings[line.no] = name
            continue
        if not opens_indicator(text):
            marked = after_marker(text)
            text = head.take(line._replace(text=text)) if marked is None else marked
            foot = foot or is_foot(text)
            if foot and text:
                notes.unused(text, line.no)
                continue
        else:
            foot = False
        if text:
            yield Line(line.no, text, line.seam)


def _marks(text: str) -> Iterator[_Mark]:
    for match in _LABEL.finditer(text):
        start = match.start()
        before = text[max(start - 10, 0) : start].rstrip(" \t\u3000")
        separated = not before or before[-1] in "；;。\n"
        kind: Kind = "cycle" if match["cycle"] else "annual" if match["annual"] else "plain"
        yield _Mark(start, match.end(), kind, separated)


class _Reader:
    """Reads one indicator: the text from its header to the next."""

    def __init__(self, text: Stream, header: Header, end: int, marks: list[_Mark]) -> None:
        self.text, self.header, self.end, self.marks = text, header, end, marks
        self.spans: dict[str, tuple[int, int]] = {}

    def read(self) -> Record:
        header = self.header
        chosen = self._labels()
        for kind, start, end in self._between(chosen):
            self.spans[kind] = self._trimmed(kind, start, end)
        annual = self._field("annual")
        if not annual and self.spans.get("annual", (0, 0))[1] == self._written_to():
            annual = None  # it breaks off behind the label; an empty value would have its full stop
        record = Record(
            no=header.no,
            line=self.text.line_at(header.start),
            begins_line=header.begins_line,
            level1=header.level1,
            level2=header.level2,
            name=self._field("name") or "",
            cycle_value=self._field("cycle"),
            annual_value=annual if header.whole else None,
            text=_joined(self.text.text[header.start : self.end]),
        )
        if record.annual_value is None:
            found = f"第 {record.no} 条指标残缺，没有读到年度指标值，没有计入：“{record.text}”。"
            record.doubts.append(Doubt("D004", found, record.line, None))
            return record
        self._report_seams(record)
        if sum(mark.kind == "annual" and mark.separated for mark in self.marks) > 1:
            record.damaged = True
            found = "里有两个“年度指标值”，中间可能丢了下一条的序号和类别，照原样读入。"
            record.note("D009", found, record.line, "warning")
        return record

    def _labels(self) -> list[_Mark]:
        """Choose the labels of the two values: the first of each kind, separated ones before others."""
        first: dict[Kind, _Mark] = {}
        for mark in sorted(self.marks, key=lambda mark: not mark.separated):
            first.setdefault(mark.kind, mark)
        plain = first.pop("plain", None)
        if plain and "annual" not in first:
            first["annual"] = plain._replace(kind="annual")
        return sorted(first.values())

    def _between(self, chosen: list[_Mark]) -> Iterator[tuple[str, int, int]]:
        starts = [mark.start for mark in chosen] + [self.end]
        yield "name", self.header.end, starts[0]
        for mark, end in zip(chosen, starts[1:], strict=True):
            yield mark.kind, mark.end, end

    def _trimmed(self, kind: str, start: int, end: int) -> tuple[int, int]:
        """Return the span without blanks and separators around it; the last value loses its full stop."""
        text = self.text.text
        last = end == self.end
        while start < end and text[start].isspace():
            start += 1
        stripped = text[start:end].rstrip("；; \t\r\n\u3000")
        if last and kind != "name":
            stripped = stripped.removesuffix("。").rstrip()
        return start, start + len(stripped)

    def _field(self, kind: str) -> str | None:
        return _joined(self.text.text[slice(*self.spans[kind])]) if kind in self.spans else None

    def _written_to(self) -> int:
        return self.header.end + len(self.text.text[self.header.end : self.end].rstrip())

    def _report_seams(self, record: Record) -> None:
        """Take note of every line break within the indicator; words may be missing only where it cut a field."""
        text = self.text.text
        for at, line in self.text.breaks(self.header.start, self._written_to()):
            cut = next((kind for kind, (start, end) in self.spans.items() if start < at - 1 and at < end), None)
            twice = self.text.repeats.get(at, "")
            before = text[max(at - _EDGE, self.header.start) : at - 1].replace("\n", "")
            after = text[at : min(at + _EDGE, self.end)].split("\n")[0]
            place = f"的{_FIELD_NAMES[cut]}" if cut else ""
            doubtful = bool(twice) or (cut is not None and line.seam)
            message = f"{place}在这一行接续：{joint(before, after, twice)}。"
            if doubtful and not record.damaged and _differ(record):
                message += "两个指标值相近而不同，其中一处可能识别错了，照原样读入。"
            record.damaged = record.damaged or doubtful
            record.note("D003", message, line.no, "warning" if doubtful else "hint")


def _differ(record: Record) -> bool:
    """Whether the two values of an indicator are nearly, but not quite, the same."""
    cycle, annual = record.cycle_value or "", record.annual_value or ""
    if cycle == annual or max(len(cycle), len(annual)) > _LONGEST_COMPARED:
        return False
    return SequenceMatcher(None, cycle, annual, autojunk=False).ratio() > 0.8


def _joined(text: str) -> str:
    """Join what line breaks cut."""
    return text.replace("\n", "").strip()


def _blocks(records: list[Record], headings: dict[int, str]) -> Iterator[Block]:
    """Yield a block for every heading and for every time the numbers start again."""
    block = Block()
    ahead = deque(headings.items())
    for record in records:
        heading = None
        while ahead and ahead[0][0] < record.line:
            _, heading = ahead.popleft()
        last = block.records[-1] if block.records else None
        if last is not None and (heading or _starts_again(last, record)):
            yield block
            block = Block()
        block.heading = heading or block.heading
        block.records.append(record)
    if block.records:
        yield block


def _starts_again(last: Record, record: Record) -> bool:
    if record.no > last.no:
        return False
    if not record.begins_line and record.no == last.no and last.annual_value is None:
        return False  # an indicator that broke off at a page end and its number's next try
    return record.no == 1 or (record.begins_line and record.no < last.no)


def numbering(block: Block) -> str | None:
    """Say which numbers of the indicators are missing or stand twice; None when none."""
    read = {record.no for record in block.records}
    missing = [no for no in range(1, max(read) + 1) if no not in read]
    again = [no for no, times in Counter(record.no for record in block.complete).items() if times > 1]
    faults = (("缺", missing), ("重复", again))
    said = "，".join(f"{fault} {'、'.join(map(str, found[:20]))}" for fault, found in faults if found)
    return f"指标序号{said}，请核对原件。" if said else None
