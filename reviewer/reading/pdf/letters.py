"""Letters that a PDF's font turned into look-alikes, made plain again.

Fonts of printed PDFs map a glyph back to whichever of two identical characters comes first in Unicode: the radical ⽬
instead of 目. Nobody sees the difference, and no word is found.
"""

from __future__ import annotations

import unicodedata

# Radicals that have no plain form in Unicode's own tables (U+2E80–2EF3), as simplified fonts use them.
# fmt: off
_RADICALS = dict(zip(
    "⺁⺇⺈⺊⺋⺍⺎⺐⺓⺔⺕⺗⺘⺙⺛⺝⺞⺟⺠⺡⺢⺣⺤⺥⺨⺪⺫⺬⺭⺮⺯⺳⺴⺶⺸⺹⺻⺼⺽⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂几刀卜㔾小兀尢幺彑彐心手攴无月歹母民水水火爪爪犬疋目示示竹糸网网羊羊老聿肉臼艸艸虎衣西西见角讠贝足车辶辶邑钅長镸长门阜阜雨青韦页风飞食食食饣首马骨鬼鱼鸟卤麦黄黾齊齐齒齿龍龙龜龜龟",
    strict=True,
))
# fmt: on

# The plain forms of these radicals are traditional; simplified fonts draw the simplified ones.
_SIMPLIFIED = str.maketrans("戶靑", "户青")


def plain(text: str) -> str:
    """Return *text*, a letter or a few, without radicals, compatibility forms and ligatures.

    >>> plain("⽬"), plain("⻚"), plain("⼾"), plain("标"), plain("％")
    ('目', '页', '户', '标', '％')
    """
    if text.isascii():
        return text
    return "".join(map(_plain, text))


def _plain(letter: str) -> str:
    code = ord(letter)
    if 0x2E80 <= code <= 0x2EFF:
        return _RADICALS.get(letter, letter)
    if 0xFB00 <= code <= 0xFB06:
        return unicodedata.normalize("NFKC", letter)  # ligatures: ﬁ
    if 0x2F00 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F:
        return unicodedata.normalize("NFKC", letter).translate(_SIMPLIFIED)
    return letter
