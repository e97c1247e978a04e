"""When a borrower counts as lost, and when no longer (handbook sections 6 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from collector.facts.rules import AccountFacts, PersonFacts, lateness
from collector.history.rules import ReferralKind, RoundEnd
from collector.planning.rules.hand_over import Proposal, Recall, is_referred
from collector.portfolio.rules import ContactOwner, ContactStatus, PartyRole
from collector.strategy.rules import Strategy


def decide(facts: PersonFacts, account: AccountFacts, strategy: Strategy, today: date) -> Proposal | Recall | None:
    """What skip-tracing should do about one account of a borrower, or nothing."""
    if account.role is not PartyRole.borrower:
        return None
    is_open = is_referred(account, ReferralKind.skiptrace)
    late = lateness(account, today) > 0 and not account.settled
    triggers = strategy.handoff.skiptrace_triggers(facts) if late else ()
    if is_open:
        if triggers:
            return None
        return Recall(ReferralKind.skiptrace, account.account_id, "found" if late else "paid")
    if not triggers:
        return None
    reasons = tuple({"trigger": trigger.value} for trigger in triggers)
    return Proposal(ReferralKind.skiptrace, account.account_id, account.portfolio_id, reasons, evidence(facts))


def evidence(facts: PersonFacts) -> dict[str, Any]:
    """The phones that were given up, by contact point; casework adds the calls of their rounds from the record."""
    own = [phone for phone in facts.body.phones if phone.owner in (ContactOwner.own, ContactOwner.work)]
    return {
        "phones": [
            {
                "contact_point": phone.id,
                "status": phone.status,
                "given_up": phone.status is ContactStatus.given_up or phone.ended == RoundEnd.given_up,
                "last_outcome": phone.last_outcome,
                "last_at": phone.last_at,
            }
            for phone in own
        ]
    }


def is_new(given_up: Sequence[datetime], looked_at: datetime) -> bool:
    """Whether a phone was given up since the tracers last gave the case back or closed it: only then is it theirs
    again."""
    return any(at > looked_at for at in given_up)
