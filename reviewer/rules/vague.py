"""V101–V103: can a third party decide at year's end whether the target was met, and if not, why not.

First whether, then why: the annual value is vague when it holds no quantity, date, frequency, graded state, zero
of a bad event, visible completion or known yardstick (财预〔2021〕101号: no indicator whose value cannot be fixed).
"""

from __future__ import annotations

from reviewer.language import phrases
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.echo import repeats_name
from reviewer.rules.row import Row


def vague(row: Row) -> Result:
    """Return the one of V101, V102, V103 that says why the annual value cannot be verified."""
    text = row.annual.text
    if not text:
        return NOT_APPLICABLE  # E702 speaks about empty cells
    if row.basis:
        return PASS
    if pointer := phrases.reference(text):
        why = f"只写“{pointer.group()}”，没有写出要达到的数量、时间或标准本身。"
        return Hit("V101", "annual_value", *pointer.span(), why)
    if promise := phrases.no_value(text):
        why = f"“{promise.group()}”没有数值或时间，年底无法判断是否达到。"
        return Hit("V103", "annual_value", *promise.span(), why)
    if degree := phrases.degree(text):
        why = f"“{degree.group()}”是程度或口号，没有可观察的数值。"
        return Hit("V102", "annual_value", *degree.span(), why)
    if repeats_name(row):
        return PASS  # M204 says what is wrong: the row stays vague, but for one reason, not two
    return Hit("V103", "annual_value", 0, len(text), "没有数值、时间、比率、具体成果或分级标准，年底无法判断是否达到。")
