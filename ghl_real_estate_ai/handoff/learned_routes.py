"""What each route's outcomes taught, at hand for every decision: of all nodes, or else what this process remembers."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ghl_real_estate_ai.conversation.clock import Clock
from ghl_real_estate_ai.handoff.learning import Evidence, Learned, learn, learn_from
from ghl_real_estate_ai.handoff.model import BASE_THRESHOLDS, Route
from ghl_real_estate_ai.handoff.remembered import RememberedHandoffs

LEARNING_KEPT = timedelta(seconds=60)
"""How long what was learned stands before age alone makes it worth another look."""

Weights = Mapping[tuple[str, str], Mapping[str, tuple[int, float]]]
"""By (source, target) and outcome: the count and the weight of what was resolved."""


class LearnedRoutes:
    """What was learned of each route, worked out once and kept until something changes it."""

    def __init__(self, clock: Clock, remembered: RememberedHandoffs) -> None:
        """*remembered* is what it learns from as long as the other nodes' outcomes were not taken over."""
        self._clock = clock
        self._remembered = remembered
        self._own: dict[Route, tuple[datetime, Learned]] = {}
        self._of_all: Mapping[Route, Learned] | None = None

    def of(self, route: Route) -> Learned:
        """What was learned of *route*; nothing of one without a threshold."""
        if self._of_all is not None and route in self._of_all:
            return self._of_all[route]
        now = self._clock.now()
        cached = self._own.get(route)
        if cached is not None and now - cached[0] < LEARNING_KEPT:
            return cached[1]
        learned = self._learn_afresh(route, now)
        self._own[route] = (now, learned)
        return learned

    def by_route(self) -> Mapping[Route, Learned]:
        """The same of every route that has a threshold."""
        return {route: self.of(route) for route in BASE_THRESHOLDS}

    def take_over(self, weights: Weights) -> None:
        """Go by the outcomes of all nodes, until the next time or until `go_by_own`."""
        self._of_all = {route: _learn_from(weights.get(_names(route), {})) for route in BASE_THRESHOLDS}

    def go_by_own(self) -> None:
        """Go by what this process remembers."""
        self._of_all = None

    def look_again(self, route: Route) -> None:
        """An outcome of *route* was told: learn from this process's memory afresh when next asked."""
        self._own.pop(route, None)

    def look_again_everywhere(self) -> None:
        """The same of every route."""
        self._own.clear()

    def _learn_afresh(self, route: Route, now: datetime) -> Learned:
        if route not in BASE_THRESHOLDS:
            return learn((), now)
        return learn([(row.outcome, row.timestamp) for row in self._remembered.outcomes_on(route)], now)


def _learn_from(weights: Mapping[str, tuple[int, float]]) -> Learned:
    return learn_from({outcome: Evidence(count, weight) for outcome, (count, weight) in weights.items()})


def _names(route: Route) -> tuple[str, str]:
    return route[0].value, route[1].value
