"""M203: the annual value tells how to calculate instead of what to reach."""

from __future__ import annotations

import re

from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

_FORMULA = re.compile(
    r"""[\u4e00-\u9fff)](?:÷|除以)[\u4e00-\u9fff(][^,。;]*
    |\)/[\u4e00-\u9fff(][^,。;]*
    |[\u4e00-\u9fff]数/[\u4e00-\u9fff]+数[^,。;]*
    |[\u4e00-\u9fff]{2}[×*][\u4e00-\u9fff]{2}[^,。;]*
    |[÷×*/][^,。;]{0,20}?[×*]?100%
    |占[^,。;]{2,20}的(?:百分比|比例|比重)\Z""",
    re.VERBOSE,
)
_SIGN = re.compile("[÷×*/除占]")  # without one of these nothing above can match


def find_formula(text: str) -> re.Match[str] | None:
    """Return the first calculation that is written out (合格数÷抽检数×100%, 占总数量的百分比) in a folded text.

    >>> find_formula("合格数÷抽检数×100%").group()
    '数÷抽检数×100%'
    """
    return _FORMULA.search(text) if _SIGN.search(text) else None


def formula(row: Row) -> Result:
    """M203: a formula or definition without a value beside it; then nothing decides, unless the cycle value does."""
    if not row.annual.text:
        return NOT_APPLICABLE
    found = row.annual.says(find_formula)
    # The formula may explain a value that is stated too.
    if not found or any(value.op or not found.start() <= value.start <= found.end() for value in row.numbers):
        return PASS
    row.vague = row.cycle is None or not row.cycle.values
    return Hit("M203", "annual_value", *found.span(), "写的是计算公式，没有写要达到的数值。")
