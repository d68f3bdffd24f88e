"""What a name is about: sets of words under ``data/lexicon/topics.txt``, each compiled once."""

from __future__ import annotations

import re
from functools import cache

from reviewer.language.lexicon import any_of, words


@cache
def topic(name: str) -> re.Pattern[str]:
    """Return the pattern that finds any word of section *name*.

    >>> topic("harm").search("施工扬尘投诉").group()
    '扬尘'
    """
    return re.compile(any_of(words("topics", name)))
