"""Arithmetic that a text states, read and computed again: ``28个村×12个月×2场=672场``, ``45家÷50家=90%``.

Words may stand around the numbers. A sum that stands in brackets is computed first; a chain (``a×b=c=d``) is read as
one calculation after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.language.numerals import chinese_number
from reviewer.language.text import fold

_SCALES = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_TOKEN = re.compile(
    r"""(?P<number>\d+(?:,\d{3})*(?:\.(?P<decimals>\d+))?)(?P<scale>[百千]?[万亿]|[百千](?!分))?(?P<percent>[%‰])?
    |(?P<chinese>[零〇一二两三四五六七八九十百千万亿]+)
    |(?P<times>[×*]|乘以|[xX](?=[\d(]))|(?P<over>÷|除以|/(?=[\d(]))|(?P<plus>\+|加上)|(?P<minus>-|减去)
    |(?P<open>\()|(?P<close>\))|(?P<equals>=|≈|约?等于)|(?P<stop>[。;,、:!?“”"]|\n)""",
    re.VERBOSE,
)
_REMARK = re.compile(r"\([^()\d]*\)")
_OPERATORS = {"times": "×", "over": "÷", "plus": "+", "minus": "-"}


class Operand(NamedTuple):
    """A number of a calculation as written, with the words up to the next sign.

    ``number`` has its scale counted in (1.2万 → 12000) but not its percent sign, which is ``per`` (1, 100 or 1000);
    ``step`` is the value of its last written digit.
    """

    number: float
    per: float
    step: float
    text: str
    words: str

    @property
    def value(self) -> float:
        """The number it stands for: 90% is 0.9."""
        return self.number / self.per


class Calculation(NamedTuple):
    """Operands, the result as stated, and the result as computed (None where division by zero forbids one)."""

    operands: tuple[Operand, ...]
    stated: Operand
    computed: float | None

    @property
    def comes_out(self) -> bool:
        """Whether the stated result is the computed one, rounded to the digits that are written."""
        if self.computed is None:
            return False
        slack = max(self.stated.step / self.stated.per / 2, abs(self.computed) * 1e-9)
        return abs(self.computed - self.stated.value) <= slack * (1 + 1e-9)


def calculations(source: str) -> list[Calculation]:
    """Return the calculations that *source* states, in order, whether they come out or not.

    >>> [found.comes_out for found in calculations("按28个村×12个月×2场=672场，每场1.2万元÷100人=130元/人")]
    [True, False]
    """
    text = _REMARK.sub("", fold(source)[0])
    found = []
    for sides in _equations(_tokens(text)):
        left = _last(sides[0])
        for side in sides[1:]:
            right = _first(side)
            operands = [token for token in left if isinstance(token, Operand)]
            numbers = [token for token in right if isinstance(token, Operand)]
            if len(operands) > 1 and len(numbers) == 1:
                found.append(Calculation(tuple(operands), numbers[0], _evaluate(left)))
            left = right
    return found


_Token = Operand | str


def _tokens(text: str) -> Iterator[_Token]:
    matches = list(_TOKEN.finditer(text))
    for at, match in enumerate(matches):
        kind = match.lastgroup or ""
        end = matches[at + 1].start() if at + 1 < len(matches) else len(text)
        if match["number"]:
            scale = 1.0
            for char in match["scale"] or "":
                scale *= _SCALES[char]
            number = float(match["number"].replace(",", "")) * scale
            per = {"%": 100.0, "‰": 1000.0}.get(match["percent"] or "", 1.0)
            step = scale * 10.0 ** -len(match["decimals"] or "")
            yield Operand(number, per, step, text[match.start() : end], text[match.end() : end])
        elif match["chinese"]:
            value = chinese_number(match["chinese"])
            if value is not None:
                yield Operand(value, 1.0, 1.0, text[match.start() : end], text[match.end() : end])
        else:
            yield _OPERATORS.get(kind, match.group() if kind in ("open", "close") else kind)


def _equations(tokens: Iterator[_Token]) -> Iterator[list[list[_Token]]]:
    """Yield the sides of each equation: what stands between two stops, parted at the equals signs."""
    sides: list[list[_Token]] = [[]]
    for token in (*tokens, "stop"):
        if token == "stop":
            if len(sides) > 1:
                yield sides
            sides = [[]]
        elif token == "equals":
            sides.append([])
        else:
            sides[-1].append(token)


def _expressions(tokens: Sequence[_Token]) -> list[list[_Token]]:
    """Part *tokens* where two numbers stand side by side outside brackets: 2023年放映28个村×12 begins anew at 28."""
    parts: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        previous = parts[-1][-1] if parts[-1] else None
        begins = isinstance(token, Operand) or token == "("
        ends = isinstance(previous, Operand) or previous == ")"
        if begins and ends and depth - (token == "(") <= 0:
            parts.append([])
        parts[-1].append(token)
    return parts


def _last(tokens: Sequence[_Token]) -> list[_Token]:
    return _expressions(tokens)[-1]


def _first(tokens: Sequence[_Token]) -> list[_Token]:
    return _expressions(tokens)[0]


def _evaluate(tokens: Sequence[_Token]) -> float | None:
    """The value of an expression; None when it is malformed or divides by zero."""
    try:
        reader = _Reader(list(tokens))
        value = reader.sum()
    except (IndexError, TypeError, ZeroDivisionError, OverflowError, RecursionError):
        return None
    return value if reader.at == len(reader.tokens) else None


@dataclass
class _Reader:
    """Reads sums of products of numbers and bracketed sums, from left to right."""

    tokens: list[_Token]
    at: int = 0

    def sum(self) -> float:
        value = self.product()
        while self._next() in ("+", "-"):
            sign = 1 if self._take() == "+" else -1
            value += sign * self.product()
        return value

    def product(self) -> float:
        value = self.factor()
        while self._next() in ("×", "÷"):
            value = value * self.factor() if self._take() == "×" else value / self.factor()
        return value

    def factor(self) -> float:
        token = self._take()
        if token == "(":
            value = self.sum()
            if self._take() != ")":
                raise TypeError("bracket not closed")
            return value
        if isinstance(token, str):
            raise TypeError("a number should stand here")
        return token.value

    def _next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token
