"""Model indicators by kind of project: ``data/library/*.yaml``, compiled once.

A file names a trade, the words that tell its projects, and model indicators. Their names and values may hold
``{对象}`` (what the row is about), ``{词}`` (the word that found the model), ``{名称}`` (the row's own name),
``{数目}`` (that as a count), ``{事项}`` (that as a matter that is due), ``{数量}`` ``{单位}`` ``{每}`` (measure words),
``{符号}`` (≥ or ≤) and ``{原值}`` (the row's own percentage). A model with ``keeps`` serves rows whose name says
already what to measure; a word with ``$`` must end the name; without ``level2`` a model serves every benefit class.
Target numbers never stand in the library: they are blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.errors import CatalogueError
from reviewer.language.classes import BENEFITS, Kind, normalise_class
from reviewer.language.lexicon import any_of
from reviewer.language.names import RATES, Denotes
from reviewer.resources import resource_dir
from reviewer.rewriting import naming
from reviewer.rules.examples import load_yaml

GENERAL = "通用"
"""The trade whose models serve every project."""

_KEEPS: dict[str, frozenset[Denotes]] = {
    "比率": RATES - {Denotes.PUNCTUAL_RATE, Denotes.BASELESS_RATE},
    "按时率": frozenset({Denotes.PUNCTUAL_RATE}),
    "计数": frozenset({Denotes.COUNT, Denotes.MEASURE}),
    "金额": frozenset({Denotes.MONEY}),
    "满意度": frozenset({Denotes.SATISFACTION}),
}
_KINDS: tuple[Kind, ...] = tuple(
    kind for kind in Kind if kind not in (Kind.UNKNOWN, Kind.OUTPUT, Kind.BENEFIT, Kind.COST)
)

# How near a model is: the weight of a word by its place, and what is added.
_IN_FIRST = 3.0
_IN_NAME = 1.5
_IN_VALUE = 1.0
_HEAD = 4.0  # the last word of a noun phrase says what it is
_OF_TRADE = 1.5
_LESS_SURE = 0.25
_AT_END = "$"
_NEVER = "(?!)"
_MOST_TRADES = 3
_MORE_WORDS = 0.5
_EXACT = 0.5  # among benefits: the class itself before any of them

_FIELDS = {"level1", "level2", "name", "annual_value", "words", "keeps", "why"}


class Model(NamedTuple):
    """One model indicator; ``kind`` is BENEFIT when it serves every benefit class, ``heads`` must end a name."""

    trade: str
    kind: Kind
    name: str
    annual: str
    words: tuple[str, ...]
    heads: frozenset[str]
    keeps: frozenset[Denotes]
    why: str

    def head_of(self, word: str) -> int:
        """Return the length of its shortest word that ends *word*: 意识 of 安全意识 (安全 is the object's)."""
        return min(len(one) for one in self.words if word.endswith(one))

    def serves(self, kind: Kind) -> bool:
        """Whether the model fits a row of class *kind*."""
        return self.kind is kind or (self.kind is Kind.BENEFIT and kind in BENEFITS)


class Asks(NamedTuple):
    """What a row asks of the library: a class, what its name denotes, its trades, whether it says what it is about."""

    kind: Kind
    denotes: Denotes
    trades: list[str]
    names_subject: bool


class Match(NamedTuple):
    """A model with the word of the row's name that found it and its place (None: it was not found in the name)."""

    model: Model
    at: int | None
    word: str


class _Word(NamedTuple):
    """A word of a model as it is looked up: its length and that of its head, and what of the model decides.

    ``last`` says that it must end the name; ``surer`` is what a model of the class itself has over one that serves all
    benefits.
    """

    size: int
    head: int
    last: bool
    place: int
    trade: str
    keeps: frozenset[Denotes]
    surer: float


class _Finder(NamedTuple):
    """The words of all models that serve one class: the pattern finds the longest at every place.

    ``words`` leads from a word to itself and the words it begins with.
    """

    pattern: re.Pattern[str]
    words: dict[str, list[_Word]]


class _Shelf(NamedTuple):
    """Models of one class that need no word of the row: places in the library."""

    keeping: dict[Denotes, list[int]]  # keep the name of whatever denotes this
    of_trade: dict[str, list[int]]
    about_row: list[int]  # general, with the row's subject in their name
    for_all: list[int]

    def others(self, asks: Asks) -> Iterator[int]:
        """Yield what keeps the row's subject, if it has one, then what is usual in the trade, then what fits all."""
        of_trade = [place for trade in asks.trades for place in self.of_trade.get(trade, ())]
        yield from self.about_row + of_trade if asks.names_subject else of_trade + self.about_row
        yield from self.for_all


class Library:
    """All models, found by one pass over a text."""

    def __init__(self, models: Iterable[Model], trades: dict[str, tuple[str, ...]]) -> None:
        self.models = tuple(models)
        self._trades_by_word: dict[str, list[str]] = {}
        for trade, words in trades.items():
            for word in words:
                self._trades_by_word.setdefault(word, []).append(trade)
        self._trade_word = re.compile(any_of(list(self._trades_by_word)))
        self._finders = {kind: self._finder(kind) for kind in _KINDS}
        self._shelves = {kind: self._shelf(kind) for kind in _KINDS}

    def _shelf(self, kind: Kind) -> _Shelf:
        shelf = _Shelf({}, {}, [], [])
        for place, model in enumerate(self.models):
            if not model.serves(kind):
                continue
            if model.trade != GENERAL:
                shelf.of_trade.setdefault(model.trade, []).append(place)
            elif not model.words:  # with words it is only for rows that say them
                for denotes in model.keeps:
                    shelf.keeping.setdefault(denotes, []).append(place)
                if not model.keeps:
                    (shelf.about_row if "{" in model.name else shelf.for_all).append(place)
        return shelf

    def _finder(self, kind: Kind) -> _Finder:
        by_word: dict[str, list[_Word]] = {}
        for place, model in enumerate(self.models):
            if model.serves(kind):
                surer = _EXACT * (model.kind is kind)
                for word in model.words:
                    last = word in model.heads
                    found = _Word(len(word), model.head_of(word), last, place, model.trade, model.keeps, surer)
                    by_word.setdefault(word, []).append(found)
        starts = {word: [word[:end] for end in range(1, len(word) + 1) if word[:end] in by_word] for word in by_word}
        words = {word: [one for start in starts[word] for one in by_word[start]] for word in by_word}
        return _Finder(re.compile(f"(?=({any_of(list(by_word)) or _NEVER}))"), words)

    def trades(self, name: str, goal: str = "") -> list[str]:
        """Return up to three trades that a name speaks of, the surest first; the goal counts a third.

        >>> load_library().trades("农村电影放映补助")[0]
        '电影放映'
        """
        weights: dict[str, int] = {}
        for text, weight in ((name, 3), (goal, 1)):
            for word in dict.fromkeys(self._trade_word.findall(text)):
                for trade in self._trades_by_word[word]:
                    weights[trade] = weights.get(trade, 0) + weight * len(word)
        return sorted(weights, key=weights.__getitem__, reverse=True)[:_MOST_TRADES] if weights else []

    def matches(self, name: str, value: str, asks: Asks) -> Iterator[Match]:
        """Yield the models for a row, the nearest first: those that keep its name, by words, then by its class."""
        scores, places = self._scored(name, value, asks)
        ranked = sorted(scores, key=scores.__getitem__, reverse=True)
        models = self.models
        seen: set[int] = set()
        shelf = self._shelves[asks.kind]
        keeping = [one for one in ranked if models[one].keeps] + shelf.keeping.get(asks.denotes, [])
        for place in chain(keeping, ranked, shelf.others(asks)):
            if place not in seen:
                seen.add(place)
                yield Match(models[place], *places.get(place, (None, "")))

    def _scored(self, name: str, value: str, asks: Asks) -> tuple[dict[int, float], dict[int, tuple[int, str]]]:
        """How near the models are whose words a row says, and the head and place of the first such word in its name.

        The first of several listed things counts most (网络安全**意识**和防范能力), the values least.
        """
        first = naming.end_of_first(name)
        surer = {trade: _OF_TRADE - rank * _LESS_SURE for rank, trade in enumerate(asks.trades)}
        surer[GENERAL] = 0.0
        pattern, words = self._finders[asks.kind]
        scores: dict[int, float] = {}
        places: dict[int, tuple[int, str]] = {}
        for text, in_name in ((name, True), (value, False)):
            for found in pattern.finditer(text):
                start = found.start()
                for size, head, last, place, trade, keeps, exact in words[found.group(1)]:
                    if trade not in surer or (keeps and asks.denotes not in keeps):
                        continue
                    end = start + size
                    is_head = in_name and (end == first or end == len(name))
                    if last and not is_head:
                        continue
                    weight = _IN_VALUE if not in_name else _IN_FIRST if end <= first else _IN_NAME
                    near = weight * (size + end / (len(text) + 1)) + _HEAD * is_head + (surer[trade] + exact)
                    scores[place] = max(scores[place], near) + _MORE_WORDS if place in scores else near
                    if in_name and place not in places:
                        places[place] = (end - head, name[end - head : end])
        return scores, places


@cache
def load_library() -> Library:
    """Return the library of ``data/library``. Raises ``CatalogueError`` with file and entry when one is malformed."""
    models: list[Model] = []
    trades: dict[str, tuple[str, ...]] = {}
    for path in sorted((resource_dir("data") / "library").glob("*.yaml")):
        data = load_yaml(path.read_text(encoding="utf-8"), path.name)
        if not isinstance(data, dict) or {"kind", "words", "indicators"} != data.keys():
            raise CatalogueError(f"{path.name}：须有且只有 kind、words、indicators 三项。")
        trades[data["kind"]] = tuple(data["words"])
        models += [_model(path, data["kind"], number, entry) for number, entry in enumerate(data["indicators"], 1)]
    return Library(models, trades)


def _model(path: Path, trade: str, number: int, entry: dict[str, Any]) -> Model:
    place = f"{path.name} 第 {number} 条"
    for key in ("level1", "name", "annual_value", "words", "why"):
        if key not in entry:
            raise CatalogueError(f"{place}：缺少 {key}。")
    for key in entry.keys() - _FIELDS:
        raise CatalogueError(f"{place}：不认识 {key}。可用的有：{'、'.join(sorted(_FIELDS))}。")
    kind = normalise_class(entry["level1"], entry.get("level2", "")).kind
    if kind in (Kind.UNKNOWN, Kind.OUTPUT):
        raise CatalogueError(f"{place}：level1、level2 不是标准类别。")
    keeps = entry.get("keeps", ())
    for name in keeps:
        if name not in _KEEPS:
            raise CatalogueError(f"{place}：keeps 不能是 {name}，只能是 {'、'.join(_KEEPS)}。")
    return Model(
        trade=trade,
        kind=kind,
        name=entry["name"],
        annual=str(entry["annual_value"]),
        words=tuple(word.removesuffix(_AT_END) for word in entry["words"]),
        heads=frozenset(word.removesuffix(_AT_END) for word in entry["words"] if word.endswith(_AT_END)),
        keeps=frozenset().union(*(_KEEPS[name] for name in keeps)),
        why=entry["why"],
    )
