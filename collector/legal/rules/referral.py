"""Which accounts go to the legal team, and when they come back (handbook section 8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from collector.facts.rules import AccountFacts, PersonFacts, extra_of, lateness
from collector.history.rules import ReferralKind
from collector.planning.rules.hand_over import Proposal, Recall, is_referred
from collector.portfolio.rules import PartyRole
from collector.strategy.rules import Strategy


def decide(facts: PersonFacts, account: AccountFacts, strategy: Strategy, today: date) -> Proposal | Recall | None:
    """What legal should do about one account of a borrower, or nothing. A referral is taken back when nothing is
    overdue any more; while something is, the team decides."""
    if account.role is not PartyRole.borrower:
        return None
    days = lateness(account, today)
    if is_referred(account, ReferralKind.legal):
        if days and not account.settled:
            return None
        return Recall(ReferralKind.legal, account.account_id, "settled" if account.settled else "paid")
    triggers = strategy.handoff.legal_triggers(account, days, today, frozenset(facts.body.flags))
    if not triggers:
        return None
    reasons = tuple({"trigger": trigger.value} for trigger in triggers)
    told = evidence(account, days, today)
    return Proposal(ReferralKind.legal, account.account_id, account.portfolio_id, reasons, told)


def evidence(account: AccountFacts, days: int, today: date) -> dict[str, Any]:
    """The state of the account on the day of the proposal; amounts in minor units."""
    extra = extra_of(account)
    return {
        "on": today.isoformat(),
        "days_past_due": days,
        "overdue": account.overdue,
        "owed": account.owed,
        "missed_consecutive": account.missed_consecutive,
        "missed_cumulative": account.missed_cumulative,
        "promises_broken": account.promises_broken,
        "refused_at": extra.refused_at,
        "cause": extra.cause,
        "lapses_on": account.lapses_on.isoformat() if account.lapses_on else None,
        "limitation_on": extra.limitation_on.isoformat() if extra.limitation_on else None,
        "guarantee_until": account.guarantee_until.isoformat() if account.guarantee_until else None,
    }


def is_new(account: AccountFacts, proposal: Proposal, looked_at: Collection[str], ended_on: date) -> bool:
    """Whether the team, which gave the case back or closed it, has something new to look at: a trigger it did not see
    (`looked_at`: those it saw), or lateness that began after it."""
    triggers = {str(reason["trigger"]) for reason in proposal.reasons}
    began_later = account.oldest_unpaid_due is not None and account.oldest_unpaid_due > ended_on
    return began_later or not triggers <= set(looked_at)
