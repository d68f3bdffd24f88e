"""V101–V103: can a third party decide at year's end whether the target was met, and if not, why not.

First whether, then why: the annual value is vague when it holds no quantity, date, frequency, graded state, zero
of a bad event, visible completion or known yardstick (财预〔2021〕101号: no indicator whose value cannot be fixed).
"""

from __future__ import annotations

from reviewer.language import phrases
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row


def vague(row: Row) -> Result:
    """Return the one of V101, V102, V103 that says why the annual value cannot be verified."""
    text = row.annual.text
    if not text:
        return NOT_APPLICABLE  # E702 speaks about empty cells
    if row.basis:
        return PASS
    pointer = phrases.reference(text)
    if pointer:
        return Hit("V101", "annual_value", *pointer.span(), f"只写“{pointer.group()}”，没有写出要达到的数量、时间或标准本身。")
    promise = phrases.no_value(text)
    if promise:
        return Hit("V103", "annual_value", *promise.span(), f"“{promise.group()}”没有数值或时间，年底无法判断是否达到。")
    degree = phrases.degree(text)
    if degree:
        return Hit("V102", "annual_value", *degree.span(), f"“{degree.group()}”是程度或口号，没有可观察的数值。")
    if text in row.name.text and phrases.degree(row.name.text):
        return Hit("V102", "annual_value", 0, len(text), "只重复了名称里的程度或口号，没有可观察的数值。")
    return Hit("V103", "annual_value", 0, len(text), "没有数值、时间、比率、具体成果或分级标准，年底无法判断是否达到。")
