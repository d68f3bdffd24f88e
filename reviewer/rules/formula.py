"""M203: the annual value tells how to calculate instead of what to reach."""

from __future__ import annotations

import re

from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

FORMULA = re.compile(
    r"""[\u4e00-\u9fff)](?:÷|除以)[\u4e00-\u9fff(][^,。;]*
    |\)/[\u4e00-\u9fff(][^,。;]*
    |[\u4e00-\u9fff]数/[\u4e00-\u9fff]+数[^,。;]*
    |[\u4e00-\u9fff]{2}[×*][\u4e00-\u9fff]{2}[^,。;]*
    |[÷×*/][^,。;]{0,20}?[×*]?100%
    |占[^,。;]{2,20}的(?:百分比|比例|比重)\Z""",
    re.VERBOSE,
)
"""A calculation written out: 合格数÷抽检数×100%, 占总数量的百分比."""


def formula(row: Row) -> Result:
    """M203: a formula or definition without a value beside it; then nothing decides, unless the cycle value does."""
    if not row.annual.text:
        return NOT_APPLICABLE
    found = FORMULA.search(row.annual.text)
    # The formula may explain a value that is stated too.
    if not found or any(value.op or not found.start() <= value.start <= found.end() for value in row.numbers):
        return PASS
    row.vague = row.cycle is None or not row.cycle.values
    return Hit("M203", "annual_value", *found.span(), "写的是计算公式，没有写要达到的数值。")
