"""M206 where the goal gives no number: the parts of the row are brought in line with each other."""

from __future__ import annotations

from reviewer.language.classes import COSTS
from reviewer.rewriting import naming
from reviewer.rewriting.case import Case, Draft
from reviewer.rewriting.product import first_yearly
from reviewer.rewriting.wording import OWN_CYCLE, OWN_VALUE, quoted, target, written


def turned(case: Case) -> Draft | None:
    """Return the row with its comparator the right way round."""
    row, name = case.row, naming.own_name(case.row.name)
    value = row.numbers[0] if row.numbers else None
    less = case.is_ceiling(name, value)
    if value is None or value.op not in ("≥", ">", "≤", "<") or (value.op in ("≤", "<")) == less:
        return None
    # A tariff is paid as it stands: neither more nor less.
    op = "" if value.per and less else "≤" if less else "≥"
    figure = op + written(row.annual.text, value)
    why = "成本要控制上限" if case.kind in COSTS else f"“{name}”越低越好" if less else f"“{name}”越高越好"
    return Draft(
        name, figure, case.kind, f"{why}，{quoted(row.annual.text)}方向相反，改为{quoted(figure)}。{OWN_VALUE}"
    )


def as_named(case: Case) -> Draft | None:
    """Return the row with the number that its name states."""
    row = case.row
    if not row.numbers:
        return None
    own = row.numbers[0]
    named = [v for v in row.name_parsed.values if v.dimension == own.dimension and v.low != own.low]
    if len(named) != 1:
        return None
    figure = target(row.name_parsed.text, named[0], ceiling=case.is_ceiling(row.name.text))
    stated = quoted(written(row.name_parsed.text, named[0]))
    why = f"{quoted(row.annual.text)}和指标名称里的{stated}对不上，以名称为准，请核对"
    return Draft(row.name.text, figure, case.kind, f"{why}。依据：本条指标名称。")


def with_unit_of_cycle(case: Case) -> Draft | None:
    """Return the row with the cycle value's unit, when both hold the same number (85分, 85%)."""
    row, cycle = case.row, case.row.cycle
    if cycle is None or len(row.numbers) != 1 or len(cycle.values) != 1:
        return None
    own, other = row.numbers[0], cycle.values[0]
    if own.low != other.low or own.unit == other.unit:
        return None
    figure = target(cycle.text, other, ceiling=case.is_ceiling(row.name.text))
    why = f"{quoted(row.annual.text)}和实施周期指标值{quoted(cycle.text)}数同单位不同，按后者统一"
    return Draft(naming.own_name(row.name), figure, case.kind, f"{why}。{OWN_CYCLE}", cycle=cycle.source)


def as_often_as_cycle(case: Case) -> Draft | None:
    """Return the row with the yearly number that the cycle value tells by month or quarter (每季度1次 → 4次)."""
    row, cycle = case.row, case.row.cycle
    if cycle is None or len(row.numbers) != 1:
        return None
    product = first_yearly(cycle, (row.numbers[0].dimension,))
    if product is None:
        return None
    why = f"{quoted(row.annual.text)}和实施周期指标值{quoted(cycle.text)}对不上，按后者算：{product.statement}"
    return Draft(naming.own_name(row.name), f"≥{product.figure}", case.kind, f"{why}。{OWN_CYCLE}", cycle=cycle.source)


def cycle_in_line(case: Case) -> Draft | None:
    """Return the row with its annual value as cycle value, too."""
    row = case.row
    if row.cycle is None or not row.basis:
        return None
    why = f"实施周期指标值{quoted(row.cycle.text)}和年度指标值对不上，先按年度值统一；跨年度的另填周期总数"
    return Draft(naming.own_name(row.name), row.annual.text, case.kind, f"{why}。{OWN_VALUE}", cycle=row.annual.source)
