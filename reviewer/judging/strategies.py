"""Which output strategy works with which model at which endpoint: found once, and kept in the ledger."""

from __future__ import annotations

from reviewer.judging.outcomes import STRATEGIES, Strategy
from reviewer.judging.requests import Request
from reviewer.ledger import Ledger


class Strategies:
    """The output strategy that works with each model, found once and kept in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._current: dict[tuple[str, str], Strategy] = {}
        self._proven: set[tuple[str, str, Strategy]] = set()

    def current(self, request: Request) -> Strategy:
        """Return the strategy to begin with."""
        place = request.base_url, request.model
        if place not in self._current:
            known = self._ledger.strategy(*place)
            self._current[place] = next((strategy for strategy in STRATEGIES if strategy == known), STRATEGIES[0])
        return self._current[place]

    def proven(self, request: Request, strategy: Strategy) -> bool:
        """Whether this strategy was seen to work in this run."""
        return (request.base_url, request.model, strategy) in self._proven

    def worked(self, request: Request, strategy: Strategy) -> None:
        """Take note that it did. Requests keep to the strictest strategy that did, and to none that never has."""
        if self.proven(request, strategy):
            return
        place = request.base_url, request.model
        self._proven.add((*place, strategy))
        current = self.current(request)
        if not self.proven(request, current) or STRATEGIES.index(strategy) <= STRATEGIES.index(current):
            self._current[place] = strategy
            self._ledger.remember_strategy(*place, strategy)
