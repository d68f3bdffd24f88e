"""Word lists of ``data/lexicon/*.txt`` and the regular expressions made of them.

A file holds sections ``[name]``; under each, words separated by blanks, ``#`` starts a comment line, a token ``=0.01``
ends a line of synonyms with their factor to the section's first unit.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from reviewer.errors import CatalogueError
from reviewer.resources import resource_dir


class Line(NamedTuple):
    """One line of a word list: synonyms, the first being the normal form, and an optional factor."""

    words: tuple[str, ...]
    factor: float


@cache
def sections(file: str) -> dict[str, tuple[Line, ...]]:
    """Return the sections of ``data/lexicon/<file>.txt``, each as its lines.

    >>> sections("units")["length"][1].words[0]
    '公里'
    """
    path = resource_dir("data") / "lexicon" / f"{file}.txt"
    found: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("[") and text.endswith("]"):
            current = found.setdefault(text[1:-1], [])
            continue
        if current is None:
            raise CatalogueError(f"{path.name} 第 {number} 行：词语前缺少 [分组] 行。")
        words = text.split()
        factor = 1.0
        if words[-1].startswith("="):
            factor = float(words.pop()[1:])
        current.append(Line(tuple(words), factor))
    return {name: tuple(lines) for name, lines in found.items()}


def words(file: str, *names: str) -> list[str]:
    """Return all words of the named sections, in file order."""
    return [word for name in names for line in sections(file)[name] for word in line.words]


def any_of(alternatives: list[str]) -> str:
    """Return a regular expression that matches the longest of *alternatives* at a place, as a prefix tree.

    A plain alternation of n words costs n comparisons at every character; the tree costs one per level.

    >>> any_of(["提升", "提高", "改善"])
    '(?:提(?:升|高)|改善)'
    """
    tree: _Node = {}
    for word in alternatives:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _grouped(tree) if len(tree) > _MANY else _branch(tree)


# A node of the tree: the next characters; "" marks the end of a word.
_Node = dict[str, "_Node"]
_MANY = 48
_GROUP = 32


def _grouped(tree: _Node) -> str:
    """Put a look at the first character before groups of branches: most places of a text match none of them."""
    chars = sorted(tree)
    groups = [{char: tree[char] for char in chars[at : at + _GROUP]} for at in range(0, len(chars), _GROUP)]
    parts = [f"(?={_any_char(group)}){_branch(group)}" for group in groups]
    return f"(?={_any_char(tree)})(?:{'|'.join(parts)})"


def _any_char(node: _Node) -> str:
    return f"[{''.join(map(re.escape, sorted(node)))}]"


def _branch(node: _Node) -> str:
    ends = "" in node
    parts = [re.escape(char) + _branch(child) for char, child in sorted(node.items()) if char]
    if not parts:
        return ""
    if len(parts) == 1 and not ends:
        return parts[0]
    return f"(?:{'|'.join(parts)})" + ("?" if ends else "")
