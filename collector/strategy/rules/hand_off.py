"""When contact is not enough: what proposes an account for skip-tracing or for the legal team (handbook section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collector.facts.rules import AccountFacts, PersonFacts, days_to_lapse, extra_of
from collector.history.rules import Cause
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.strategy.rules.routes import Way

DAYS_IN_MONTH = 30
"""As in the buckets: M1 is 30 days."""


class Trigger(StrEnum):
    """Why a hand-off is proposed."""

    all_phones_given_up = "all_phones_given_up"
    consecutive = "consecutive"
    cumulative = "cumulative"
    refusal = "refusal"
    over_indebted = "over_indebted"
    death = "death"
    disappeared = "disappeared"
    late_and_large = "late_and_large"
    clock = "clock"
    fraud = "fraud"


@dataclass(frozen=True)
class Skiptrace:
    """`all_phones_given_up`: every phone of the borrower spent its 3:3:3 rounds (handbook section 6)."""

    all_phones_given_up: bool = True


@dataclass(frozen=True)
class Legal:
    """Each None or False: that trigger is off. `late_and_large`: months late, and overdue in minor units."""

    consecutive: int | None = 3
    cumulative: int | None = 6
    refusal: bool = True
    over_indebted: bool = True
    death: bool = True
    disappeared: bool = True
    late_and_large: tuple[int, int] | None = None
    clock_days: int | None = 30
    fraud: bool = True
    routes: tuple[Way, ...] = ()
    """Best first."""


@dataclass(frozen=True)
class Handoff:
    skiptrace: Skiptrace = Skiptrace()
    legal: Legal = Legal()

    def skiptrace_triggers(self, person: PersonFacts) -> tuple[Trigger, ...]:
        """Given up is what no own phone escaped: none is active, and at least one was given up. A person of whom
        no phone was ever known is lost as well."""
        if not self.skiptrace.all_phones_given_up:
            return ()
        own = [phone for phone in person.body.phones if phone.owner in (ContactOwner.own, ContactOwner.work)]
        reachable = any(phone.status is ContactStatus.active for phone in own)
        return () if reachable else (Trigger.all_phones_given_up,)

    def legal_triggers(
        self, account: AccountFacts, days: int, today: date, flags: frozenset[str] = frozenset()
    ) -> tuple[Trigger, ...]:
        """Every reason that holds. `days` past due; `flags` of the person, as in `PersonBody.flags`."""
        if account.settled or not days:
            return ()
        return tuple(_legal(self.legal, account, days, today, flags))


def _legal(legal: Legal, account: AccountFacts, days: int, today: date, flags: frozenset[str]) -> Iterator[Trigger]:
    extra = extra_of(account)
    if legal.consecutive is not None and account.missed_consecutive >= legal.consecutive:
        yield Trigger.consecutive
    if legal.cumulative is not None and account.missed_cumulative >= legal.cumulative:
        yield Trigger.cumulative
    if legal.refusal and (extra.refused_at is not None or extra.cause == Cause.refuses):
        yield Trigger.refusal
    if legal.over_indebted and extra.cause == Cause.over_indebted:
        yield Trigger.over_indebted
    if legal.death and "deceased" in flags:
        yield Trigger.death
    if legal.disappeared and extra.cause == Cause.disappeared:
        yield Trigger.disappeared
    if legal.fraud and extra.cause == Cause.suspected_fraud:
        yield Trigger.fraud
    if legal.late_and_large is not None:
        months, amount = legal.late_and_large
        if days > months * DAYS_IN_MONTH and account.overdue >= amount:
            yield Trigger.late_and_large
    if legal.clock_days is not None and _is_near(account, today, legal.clock_days):
        yield Trigger.clock


def _is_near(account: AccountFacts, today: date, within: int) -> bool:
    """Whether a right is lost within so many days; one that is lost is no reason any more."""
    left = days_to_lapse(account, today)
    return left is not None and left <= within
