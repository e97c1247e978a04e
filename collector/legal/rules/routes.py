"""By which route a claim is pursued: every route with what speaks for it, what is missing and what runs out first; the
strategy says what each asks, the legal team decides (handbook section 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from collector.facts.rules import AccountFacts, extra_of, lateness
from collector.history.rules import DocumentKind, Route
from collector.law.rules import Clock, ClockKind
from collector.strategy.rules import Considered, Strategy, Sued, consider

_CLAIM = frozenset({ClockKind.limitation})
RUNS_OUT: Mapping[Route, frozenset[ClockKind]] = {
    Route.guarantor_claim: frozenset({ClockKind.guarantee}),
    Route.suit_with_preservation: _CLAIM | {ClockKind.suit_after_preservation},
    Route.notarised_enforcement: _CLAIM | {ClockKind.enforcement},
    Route.fraud_report: frozenset(),
}
"""The clocks that a route has to be in time for; of the routes that are not named, the claim's own limitation."""


def case_of(
    account: AccountFacts,
    today: date,
    *,
    flags: Collection[str] = (),
    clocks: Iterable[Clock] = (),
    papers: Collection[DocumentKind] = (),
    alike: int = 0,
) -> Sued:
    """The case as the routes are asked about it, from the borrower's facts of the account, the clocks of the account
    and the kinds of papers on file. `alike`: as in `Sued`."""
    ends = [
        clock.cautious_on
        for clock in clocks
        if clock.kind is ClockKind.guarantee and not clock.is_over and clock.cautious_on >= today
    ]
    return Sued(
        account=account,
        days=lateness(account, today),
        today=today,
        is_deceased="deceased" in flags,
        guarantee_days=(min(ends) - today).days if ends else None,
        service_address=extra_of(account).service_address or DocumentKind.service_address in papers,
        alike=alike,
    )


def propose_routes(case: Sued, strategy: Strategy) -> tuple[Considered, ...]:
    """All routes of the strategy, best first: those that are open, then what lacks least."""
    return consider(strategy.handoff.legal.routes, case, strategy.scales)


def best_route(considered: Sequence[Considered]) -> Route | None:
    """The one that is proposed; None: none is open."""
    return considered[0].route if considered and considered[0].is_open else None


def runs_out(route: Route, clocks: Iterable[Clock], today: date) -> Clock | None:
    """What is lost first of that route, by the cautious date; None: nothing that is known."""
    kinds = RUNS_OUT.get(route, _CLAIM)
    running = [clock for clock in clocks if clock.kind in kinds and clock.runs(today)]
    return min(running, key=lambda clock: clock.cautious_on, default=None)
