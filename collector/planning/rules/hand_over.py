"""A hand-over to skip-tracing or legal: proposed with its evidence, recalled when its reason is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.facts.rules import AccountFacts, extra_of
from collector.history.rules import ReferralKind


@dataclass(frozen=True, slots=True)
class Proposal:
    """An account to be handed over: why, and what speaks for it."""

    kind: ReferralKind
    account_id: int
    portfolio_id: int
    reasons: tuple[dict[str, Any], ...]
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recall:
    """A hand-over whose reason is gone."""

    kind: ReferralKind
    account_id: int
    reason: str


def is_referred(account: AccountFacts, kind: ReferralKind) -> bool:
    """An open hand-over of that kind: proposed or accepted."""
    return any(referral.startswith(f"{kind.value}/") for referral in extra_of(account).referrals)
