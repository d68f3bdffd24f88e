"""Folding of width and blanks, with the way back to the code points of the source."""

from __future__ import annotations

import re

# One character for one, so that offsets survive: full-width ASCII, and look-alikes of comparators and dashes.
_LOOK_ALIKES = {
    "≥": "≧⩾",
    ">": "﹥〉",
    "≤": "≦⩽",
    "<": "﹤〈",
    "%": "﹪",
    "-": "—–－―−﹣‐‑",
    "~": "〜∼",
    "·": "•・‧∙",
    "×": "✕✖",
    ":": "∶﹕",
}
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(char): ord(plain) for plain, alikes in _LOOK_ALIKES.items() for char in alikes
}
_BLANK = re.compile(r"[\s\u200b\ufeff\u2060]")
_FOLDABLE = re.compile("[" + "".join(map(re.escape, map(chr, _FOLD))) + "]")


def fold(source: str) -> tuple[str, list[int] | None]:
    """Return *source* in half width without blanks, and for each of its characters the offset in *source*.

    The offsets are None when no blank was taken out, which is the common case.

    >>> fold("活 动≧９０次")
    ('活动≥90次', [0, 2, 3, 4, 5, 6])
    """
    text = source.translate(_FOLD) if _FOLDABLE.search(source) else source
    if not _BLANK.search(text):
        return text, None
    index = [at for at, char in enumerate(text) if not _BLANK.match(char)]
    return "".join([text[at] for at in index]), index
