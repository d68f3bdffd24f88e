"""What a bulk run with a model would take, before it is begun: the dry run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reviewer.bulk.events import Events
from reviewer.bulk.rundir import LEDGER
from reviewer.bulk.sources import files, left, load, parts
from reviewer.judging.cost import Estimate, Forecast, forecast
from reviewer.judging.outcomes import Tokens
from reviewer.settings import LLM


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What all inputs together would take; ``unreadable`` says for each that cannot be read why."""

    files: int
    projects: int
    forecast: Forecast
    unreadable: list[str]


def foresee(paths: Iterable[Path], folder: Path, llm: LLM, year: int | None, events: Events) -> Foreseen:
    """Return what judging *paths* in the run of *folder* would take of *llm*; nothing is sent and nothing written.

    What the ledger of the run answers already is not counted again. Inputs are read one after the other.
    """
    ledger = folder / LEDGER
    total = Forecast(0, Estimate(0, 0, Tokens()), 0.0 if llm.price else None)
    projects = 0
    unreadable = []
    listed = files(paths).files
    for path in listed:
        for number, source in enumerate(parts(path), 1):
            events.found(len(listed) + number - 1 + left(source, number))
            loaded = load(source)
            if loaded.document is None:
                unreadable.append(loaded.message or "")
                continue
            total += forecast(loaded.document, llm, year, ledger if ledger.exists() else Path(":memory:"))
            projects += len(loaded.document.projects)
            events.kept(len(loaded.document.projects), 0)
    return Foreseen(len(listed), projects, total, unreadable)
