"""Hand-overs to skip-tracing and legal: their states, and by which route a claim is pursued (handbook section 8)."""

from __future__ import annotations

from enum import StrEnum

from collector.foundation.errors import Conflict


class ReferralKind(StrEnum):
    skiptrace = "skiptrace"
    legal = "legal"


class ReferralState(StrEnum):
    proposed = "proposed"
    accepted = "accepted"
    returned = "returned"
    recalled = "recalled"
    closed = "closed"


REFERRAL_MOVES: dict[ReferralState, frozenset[ReferralState]] = {
    ReferralState.proposed: frozenset({ReferralState.accepted, ReferralState.returned, ReferralState.recalled}),
    ReferralState.accepted: frozenset({ReferralState.recalled, ReferralState.closed, ReferralState.returned}),
    ReferralState.returned: frozenset(),
    ReferralState.recalled: frozenset(),
    ReferralState.closed: frozenset(),
}


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


class StepKind(StrEnum):
    """What was changed of a referral."""

    moved = "moved"
    route = "route"
    negotiator = "negotiator"
    filed = "filed"
    """With others, under one number."""


def move_referral(now: ReferralState, to: ReferralState) -> ReferralState:
    """The next state of a referral, or a `Conflict` when that move does not exist."""
    if to not in REFERRAL_MOVES[now]:
        raise Conflict(f"a referral that is {now} can not become {to}; open the page again")
    return to
