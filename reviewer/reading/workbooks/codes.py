"""The codes of number formats, such as ``#,##0.00;[Red]-#,##0.00``, taken apart into sections and tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: "#,##0;-#,##0;-",
    42: '"¥"#,##0;"¥"-#,##0;"¥"-',
    43: "#,##0.00;-#,##0.00;-",
    44: '"¥"#,##0.00;"¥"-#,##0.00;"¥"-',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""The formats that files refer to by number, as Chinese Excel shows them; any other number is General."""

_LONGEST_CODE = 255  # Excel's own limit
_SYSTEM_FORMATS = (("[$-F800]", BUILT_IN[31]), ("[$-F400]", BUILT_IN[21]))
_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"?
    | [\\!](?P<escaped>.)                            # 0!.0,"万" is the Chinese habit for 万
    | (?P<space>[_*].)                              # room as wide as a character, or filled with it: shown as nothing
    | \[(?P<elapsed>h+|m+|s+)\]
    | \[(?P<condition>[<>=]{1,2}-?[\d.]+)\]
    | \[\$(?P<currency>[^\]\-]*)[^\]]*\]            # [$¥-804], and [$-804] for a mere locale
    | (?P<bracket>\[[^\]]*\])                       # a colour, [DBNum1]: shown as nothing
    | (?P<general>General|G/通用格式|@)
    | (?P<half>AM/PM|A/P|上午/下午)
    | (?P<exponent>E[+-]0*)
    | (?P<date>y+|m+|d+|h+|s+|a{3,4}|e+)
    | (?P<digit>[0\#?])
    | (?P<mark>[.,%;/])
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SHOWN_AS_TEXT = frozenset({"quoted", "escaped", "currency", "other"})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a format code; ``kind`` is ``text``, ``digit``, ``date`` … or the mark itself (``.`` ``,`` ``%``)."""

    kind: str
    text: str


@dataclass(slots=True)
class Section:
    """What stands between two semicolons; ``condition`` (``>=100``) tells which numbers it is for, when it has one."""

    tokens: list[Token]
    condition: str = ""

    def has(self, kind: str) -> bool:
        """Whether a token is of this *kind*."""
        return any(token.kind == kind for token in self.tokens)

    @property
    def is_moment(self) -> bool:
        """Whether it prints a date or a time."""
        return self.has("date") or self.has("elapsed")

    @property
    def is_for_text(self) -> bool:
        """Whether it prints text."""
        return any(token.text == "@" and token.kind == "general" for token in self.tokens)


def sections_of(code: str) -> list[Section]:
    """Return the sections of *code*, none when it is no code that Excel would take."""
    for beginning, known in _SYSTEM_FORMATS:
        if code.upper().startswith(beginning):
            code = known
    if len(code) > _LONGEST_CODE:
        return []
    sections = [Section([])]
    for match in _TOKEN.finditer(code):
        kind = str(match.lastgroup)
        text = match[kind]
        if kind == "mark" and text == ";":
            sections.append(Section([]))
        elif kind == "condition":
            sections[-1].condition = text
        elif kind in _SHOWN_AS_TEXT:
            sections[-1].tokens.append(Token("text", text))
        elif kind not in ("space", "bracket"):
            sections[-1].tokens.append(Token(text if kind == "mark" else kind, text))
    return sections


def literals(tokens: list[Token]) -> str:
    """Return what *tokens* print whatever the number is."""
    return "".join(token.text for token in tokens if token.kind in ("text", "%", "/"))
