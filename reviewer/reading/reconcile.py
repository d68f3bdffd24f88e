"""Do the printed sums agree with what was read? In exact decimals of 万元, for documents of any origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reviewer.models import Document
from reviewer.reading.notes import Notes, Place, money

ROUNDING = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class UnitSum:
    """A unit's printed subtotal beside the sum of its projects."""

    name: str
    printed: Decimal
    added: Decimal

    @property
    def difference(self) -> Decimal:
        """Printed less added."""
        return self.printed - self.added

    @property
    def agrees(self) -> bool:
        """Whether the two are the same to the cent of a 万元."""
        return abs(self.difference) < ROUNDING


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The printed total beside the sums it should equal; amounts in 万元.

    ``units_total`` adds the printed subtotals (None without units), ``projects_total`` the projects. ``unpriced``
    counts projects whose amount is not known: with any of them, a difference proves nothing.
    """

    total: Decimal | None
    units_total: Decimal | None
    projects_total: Decimal
    units: tuple[UnitSum, ...]
    unpriced: int

    @property
    def agrees(self) -> bool | None:
        """Whether every printed sum equals what it sums; None when the document prints none."""
        if self.total is None and not self.units:
            return None
        return all(unit.agrees for unit in self.units) and not self.disagreeing

    @property
    def disagreeing(self) -> list[tuple[str, Decimal]]:
        """The sums that differ from the printed total, each with its name."""
        if self.total is None:
            return []
        sums = [("各单位小计之和", self.units_total), ("各项目之和", self.projects_total)]
        return [(name, added) for name, added in sums if added is not None and abs(added - self.total) >= ROUNDING]


def reconciliation(document: Document) -> Reconciliation:
    """Return how the printed sums of *document* compare with its projects.

    >>> from reviewer.models import Project, Unit
    >>> units = [Unit(name="水务局", total=100)]
    >>> projects = [Project(name="管网改造", unit="水务局", amount=60)]
    >>> found = reconciliation(Document(total=100, units=units, projects=projects))
    >>> found.agrees, found.units[0].difference
    (False, Decimal('40.0'))
    """
    added: dict[str | None, Decimal] = {}
    for project in document.projects:
        if project.amount is not None:
            added[project.unit] = added.get(project.unit, Decimal(0)) + _exact(project.amount)
    printed: dict[str, Decimal] = {}
    for unit in document.units:
        printed[unit.name] = printed.get(unit.name, Decimal(0)) + _exact(unit.total)
    return Reconciliation(
        total=None if document.total is None else _exact(document.total),
        units_total=sum(printed.values(), Decimal(0)) if printed else None,
        projects_total=sum(added.values(), Decimal(0)),
        units=tuple(UnitSum(name, total, added.get(name, Decimal(0))) for name, total in printed.items()),
        unpriced=sum(project.amount is None for project in document.projects),
    )


def report(found: Reconciliation, notes: Notes, places: Mapping[str | None, Place]) -> None:
    """Take note of every sum that does not agree; *places* gives the place of a unit, and of the total under None."""
    doubt = f"有 {found.unpriced} 个项目金额不明，" if found.unpriced else ""
    for unit in found.units:
        if not unit.agrees:
            message = (
                f"“{unit.name}”小计 {money(unit.printed)} 万元，{doubt}各项目之和为 {money(unit.added)} 万元，"
                f"相差 {money(abs(unit.difference))} 万元。"
            )
            notes.add("D001", message, places.get(unit.name))
    if found.total is not None:
        for name, added in found.disagreeing:
            message = (
                f"合计 {money(found.total)} 万元，{doubt}{name}为 {money(added)} 万元，"
                f"相差 {money(abs(found.total - added))} 万元。"
            )
            notes.add("D001", message, places.get(None))


def _exact(value: float) -> Decimal:
    """Return the decimal a float was printed as: 0.1 is one tenth."""
    return Decimal(repr(value))
