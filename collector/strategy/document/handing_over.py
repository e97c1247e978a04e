"""To whom an account goes: skip-tracing, legal and by which routes, and which collector."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from collector.history.rules import Route
from collector.identity.rules import Level
from collector.strategy.document.values import Count, Money, Name, Part, Positive


class SkiptracePart(Part):
    all_phones_given_up: bool = True


class LateAndLarge(Part):
    months: Positive = 3
    amount: Money = Decimal(0)


class RouteRow(Part):
    """A route, and all that must hold for it; without `when` it is open to every case. Several rows of one route are
    several ways to it."""

    route: Route
    when: dict[str, Any] | None = None


def _rows(*rows: tuple[Route, dict[str, Any]]) -> tuple[RouteRow, ...]:
    return tuple(RouteRow(route=route, when=when or None) for route, when in rows)


SHIPPED_ROUTES = _rows(
    (Route.guarantor_claim, {"security": ["guaranteed"], "guarantee_days": {"gte": 0}}),
    (Route.court_sale, {"security": ["mortgaged"]}),
    (Route.pledge_sale, {"security": ["pledged"]}),
    (Route.suit_with_preservation, {"cause": ["over_indebted", "disappeared", "illness_or_death", "suspected_fraud"]}),
    (Route.suit_with_preservation, {"deceased": True}),
    (Route.suit, {}),
)
"""By the security alone (handbook section 8): what holds where a strategy names no routes."""


class LegalPart(Part):
    """null or false: that trigger is off."""

    consecutive: Positive | None = 3
    cumulative: Positive | None = 6
    refusal: bool = True
    over_indebted: bool = True
    death: bool = True
    disappeared: bool = True
    late_and_large: LateAndLarge | None = None
    clock_days: Count | None = 30
    fraud: bool = True
    routes: Annotated[tuple[RouteRow, ...], Field(max_length=100)] = SHIPPED_ROUTES
    """Best first."""


class HandoffPart(Part):
    skiptrace: SkiptracePart = SkiptracePart()
    legal: LegalPart = LegalPart()


class KeepPart(Part):
    promise: bool = True
    paid_within_days: Positive | None = None
    asked_days: Count = 30


class AllocationRow(Part):
    """A rule of allocation. `when` as in a segment; without it the rule takes all accounts that reach it."""

    name: Name
    when: dict[str, Any] | None = None
    level: Level
    accounts: Annotated[Positive, Field(le=10_000)]
    days: Positive | None = None
    rotate: bool = True
    keep: KeepPart = KeepPart()


class RecallPart(Part):
    """false or null: that is no reason to take an account back."""

    cured: bool = True
    legal: bool = True
    skiptrace: bool = False
    term_days: Positive | None = None


class AllocationPart(Part):
    automatic: bool = False
    rules: Annotated[tuple[AllocationRow, ...], Field(max_length=100)] = ()
    recall: RecallPart = RecallPart()
