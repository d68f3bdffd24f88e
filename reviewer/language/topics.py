"""What a name is about: sets of words under ``data/lexicon/topics.txt``, each compiled once."""

from __future__ import annotations

import re
from functools import cache

from reviewer.language.lexicon import any_of, sections, words


@cache
def topic(name: str) -> re.Pattern[str]:
    """Return the pattern that finds any word of section *name*.

    >>> topic("harm").search("施工扬尘投诉").group()
    '扬尘'
    """
    return re.compile(any_of(words("topics", name)))


@cache
def _fields() -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
    of: dict[str, set[str]] = {}
    for name, lines in sections("fields").items():
        for line in lines:
            for word in line.words:
                of.setdefault(word, set()).add(name)
    return re.compile(any_of(list(of))), {word: frozenset(names) for word, names in of.items()}


def fields(text: str) -> frozenset[str]:
    """Return what a slogan speaks of, as sections of ``data/lexicon/fields.txt``; empty when it is too general to say.

    >>> sorted(fields("提升区域形象，激发创业热情"))
    ['enterprise', 'reputation']
    """
    pattern, of = _fields()
    return frozenset().union(*(of[match.group()] for match in pattern.finditer(text)))
