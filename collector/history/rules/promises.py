"""When a promise to pay is kept, partly kept or broken (handbook section 7, design section 3).

Pure: amounts in minor units, moments aware. A payment belongs to one promise: what keeps one can not keep another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from collector.foundation.clock import day_start, local, local_day
from collector.foundation.errors import BadInput
from collector.history.rules.words import PromiseState
from collector.portfolio.rules import OBLIGORS, PartyRole


class PromiseTerms(NamedTuple):
    """What was promised, and where the promise stands now."""

    id: int
    amount: int
    made_at: datetime
    due_at: datetime
    state: PromiseState = PromiseState.open


class PaymentMade(NamedTuple):
    """A standing payment. `first` and `last` are the span in which it was made: the same moment, or a whole local
    day where only the day is known."""

    first: datetime
    last: datetime
    amount: int


class Settled(NamedTuple):
    """How a promise stands after payments: its state, and how much of it is paid."""

    state: PromiseState
    paid: int


BANKING = {"CNY": "CN", "USD": "US", "INR": "IN", "GBP": "GB"}
NO_PAYMENTS: tuple[PaymentMade, ...] = ()


def banking_country(currency: str) -> str:
    """Whose banking days settle a currency (ISO 3166); for one we have no calendar of, China's."""
    return BANKING.get(currency, "CN")


def paid_on_day(paid_at: datetime, amount: int, zone_name: str) -> PaymentMade:
    """A payment as loaded. Midnight sharp, local time, is how a file's bare date arrives: then the whole day is
    meant, to the borrower's favour."""
    if local(paid_at, zone_name).time() != time(0):
        return PaymentMade(paid_at, paid_at, amount)
    tomorrow = day_start(local_day(paid_at, zone_name) + timedelta(days=1), zone_name)
    return PaymentMade(paid_at, tomorrow - timedelta(microseconds=1), amount)


def check_promise(amount: int, promised_by: str, made_at: datetime, due_at: datetime, now: datetime) -> None:
    """Refuses what is no promise: `BadInput` with the reason. Only a borrower or another obligor can promise."""
    if amount <= 0:
        raise BadInput("a promise needs an amount above zero")
    if promised_by not in {role.value for role in OBLIGORS}:
        raise BadInput(f"only who owes can promise: {', '.join(role for role in PartyRole if role in OBLIGORS)}")
    if made_at > now:
        raise BadInput("a promise can not be made in the future")
    if due_at <= made_at:
        raise BadInput("a promise must be due after it was made; give the exact date and time")


def settle(
    promise: PromiseTerms,
    payments: Sequence[PaymentMade],
    payments_as_of: datetime | None,
    deadline_covered: datetime,
    now: datetime,
) -> Settled:
    """One promise alone: its next state, and what is paid of it. See `settle_all`.

    `deadline_covered`: the deadline plus one banking day. Broken is decided only once payments up to then are loaded.
    """
    return settle_all([promise], payments, payments_as_of, {promise.id: deadline_covered}, now)[promise.id]


def settle_all(
    promises: Sequence[PromiseTerms],
    payments: Sequence[PaymentMade],
    payments_as_of: datetime | None,
    deadline_covered: Mapping[int, datetime],
    now: datetime,
) -> dict[int, Settled]:
    """All promises of one account, by id: every payment goes to the promise due first among those it is dated in.

    Promises that were kept are served before the others, so that a new promise never breaks a kept one. Money dated
    after `now` does not count yet.
    """
    counted = [payment for payment in payments if payment.first <= now]
    standing = [promise for promise in promises if promise.state is not PromiseState.withdrawn]
    kept = [promise for promise in standing if promise.state is PromiseState.kept]
    others = [promise for promise in standing if promise.state is not PromiseState.kept]
    paid, left = _share(kept, counted)
    more, _ = _share(others, left)
    paid |= more
    return {
        promise.id: Settled(
            _state(promise, paid.get(promise.id, 0), payments_as_of, deadline_covered[promise.id], now),
            paid.get(promise.id, 0),
        )
        for promise in promises
    }


def _share(
    promises: Sequence[PromiseTerms], payments: Sequence[PaymentMade]
) -> tuple[dict[int, int], list[PaymentMade]]:
    """What each promise gets, oldest due first, and the money that is left."""
    missing = {promise.id: promise.amount for promise in promises}
    by_due = sorted(promises, key=lambda promise: (promise.due_at, promise.id))
    left: list[PaymentMade] = []
    for payment in sorted(payments):
        rest = payment.amount
        for promise in by_due:
            if payment.last < promise.made_at or payment.first > promise.due_at:
                continue
            used = min(rest, missing[promise.id])
            missing[promise.id] -= used
            rest -= used
        if rest:
            left.append(payment._replace(amount=rest))
    return {promise.id: promise.amount - missing[promise.id] for promise in promises}, left


def _state(
    promise: PromiseTerms, paid: int, payments_as_of: datetime | None, covered: datetime, now: datetime
) -> PromiseState:
    if promise.state is PromiseState.withdrawn:
        return promise.state
    if paid >= promise.amount:
        return PromiseState.kept
    if promise.state is PromiseState.broken:
        return promise.state  # only money dated in time makes it good again
    if now > promise.due_at and payments_as_of is not None and payments_as_of >= covered:
        return PromiseState.broken
    return PromiseState.partial if paid else PromiseState.open
