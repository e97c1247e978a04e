"""By which route a claim is pursued: proposed with its reasons by the security, the legal team decides (section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.history.rules import Cause
from collector.portfolio.rules import Security


class Route(StrEnum):
    """The ways to a claim."""

    guarantor_claim = "guarantor_claim"
    court_sale = "court_sale"
    pledge_sale = "pledge_sale"
    suit = "suit"
    suit_with_preservation = "suit_with_preservation"
    fraud_report = "fraud_report"
    mediation = "mediation"
    payment_order = "payment_order"
    arbitration = "arbitration"
    notarised_enforcement = "notarised_enforcement"
    batch_filing = "batch_filing"


class RouteReason(StrEnum):
    """Why that one."""

    guarantee_runs = "guarantee_runs"
    guarantee_over = "guarantee_over"
    mortgage = "mortgage"
    pledge = "pledge"
    no_security = "no_security"
    assets_may_vanish = "assets_may_vanish"


@dataclass(frozen=True, slots=True)
class Proposed:
    route: Route
    reasons: tuple[RouteReason, ...]


BY_SECURITY: Mapping[Security, tuple[Route, RouteReason]] = {
    Security.guaranteed: (Route.guarantor_claim, RouteReason.guarantee_runs),
    Security.mortgaged: (Route.court_sale, RouteReason.mortgage),
    Security.pledged: (Route.pledge_sale, RouteReason.pledge),
    Security.credit: (Route.suit, RouteReason.no_security),
}
VANISHING = frozenset({Cause.over_indebted, Cause.disappeared, Cause.illness_or_death})
"""Causes after which assets may be gone before a judgment: preserve first."""


def propose_route(
    security: Security, *, cause: Cause | None = None, is_dead: bool = False, guarantee_runs: bool | None = None
) -> Proposed:
    """The first route. `guarantee_runs`: whether a claim on a guarantor is still open; None: not looked at."""
    route, reason = BY_SECURITY[security]
    reasons = [reason]
    if security is Security.guaranteed and guarantee_runs is False:
        route, reasons = Route.suit, [RouteReason.guarantee_over]
    if route is Route.suit and (is_dead or cause in VANISHING):
        route = Route.suit_with_preservation
        reasons.append(RouteReason.assets_may_vanish)
    return Proposed(route, tuple(reasons))
