"""One account, seen by one of its obligors, as it follows from the records (handbook section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from collector.facts.rules.agreed import begun, offers_at, schedule_at, waived_at
from collector.facts.rules.clocks import Near, claim_of, near
from collector.facts.rules.level import Worked, level_floor
from collector.facts.rules.records import (
    AccountRecord,
    DispositionRecord,
    Obligation,
    PromiseRecord,
    Records,
    ReferralRecord,
)
from collector.facts.rules.spell import spell_since
from collector.facts.rules.words import NO_EXTRA, AccountFacts, Extra, PromiseFact
from collector.history.rules import PromiseState, ReferralState, Willingness
from collector.portfolio.rules import Ageing, Instalment, Paid, PartyRole, Waived, age, lowering

ROLES = {role.value: role for role in PartyRole}
MAY_COME = frozenset({PromiseState.open.value, PromiseState.partial.value})
WITH_OTHERS = frozenset({ReferralState.proposed.value, ReferralState.accepted.value})
_encode = msgspec.json.Encoder().encode


class Touch(NamedTuple):
    """What was tried about an account with this person: the last day, the last cadence step, and at which levels."""

    on: date | None = None
    step: str | None = None
    step_on: date | None = None
    worked: tuple[Worked, ...] = ()


NEVER = Touch()


class Lateness(NamedTuple):
    """How an account stands on a day: by its schedule, or by what the creditor reported."""

    ageing: Ageing
    reported_on: date | None = None
    reported_min: int | None = None
    reported_max: int | None = None


def account_facts(
    records: Records, owed: Obligation, day: date, now: int, touch: Touch, turns: list[int]
) -> tuple[AccountFacts, date | None]:
    """The account as that obligor's on the portfolio's `day`, and the first later day on which it reads differently.

    Moments of records dated after `now` are added to `turns`.
    """
    account = records.accounts[owed.account_id]
    book = records.books[account.portfolio_id]
    received = begun(records.payments.get(account.id, ()), now, turns)
    payments = [Paid(row.on, row.amount) for row in received]
    waived = waived_at(records.waived.get(account.id, ()), now, turns)
    schedule = schedule_at(records, account.id, now, turns)
    state = lateness_of(schedule, account, payments, waived, book.grace_days, day)
    ageing = state.ageing
    promises = begun(records.promises.get(account.id, ()), now, turns)
    asked = touch.step or touch.worked or promises
    since = spell_since(schedule, lowering(payments, waived, day), day) if asked else None
    lowered = begun(records.lowered.get(account.id, ()), now, turns)
    told = begun(records.clocks.get(account.id, ()), now, turns)
    clocks = near(records, owed, claim_of(schedule, account, *state), received, promises, told, day)
    columns: tuple[Any, ...] = (
        owed.person_id,
        account.id,
        account.portfolio_id,
        ROLES[owed.role],
        *account[2:12],  # account_no, product, types, security, partner, autopay, principal, maturity, payday
        book.grace_days,
        *_amounts(ageing),
        *state[1:],
        account.owner_id,
        owed.guarantee_kind,
        owed.guarantee_until,
        *_step(touch, since, ageing.oldest_unpaid_due),
        touch.on,
        *_broken(promises, ageing, since, now),
        _extra(records, owed, ageing, promises, clocks, now, turns),
        level_floor(touch.worked, lowered, since) if ageing.overdue else None,
        clocks.lapses_on,
    )
    return AccountFacts(*columns), _earliest(ageing.fresh_until, clocks.turns_on, after=day)


def _amounts(ageing: Ageing) -> tuple[Any, ...]:
    return (
        ageing.oldest_unpaid_due,
        ageing.overdue,
        ageing.due_today,
        ageing.owed,
        ageing.next_due_on,
        ageing.next_due_amount,
        ageing.missed_consecutive,
        ageing.missed_cumulative,
        ageing.last_paid_on,
        ageing.settled_on is not None,
    )


def lateness_of(
    instalments: Sequence[Instalment],
    account: AccountRecord,
    payments: Sequence[Paid],
    waived: Sequence[Waived],
    grace_days: int,
    day: date,
) -> Lateness:
    """A schedule says more than a report, so where there is one the report is not asked."""
    if instalments or account.reported_on is None:
        return Lateness(age(instalments, payments, grace_days, day, waived))
    return _reported(account, account.reported_on, payments, waived, day)


def _reported(
    account: AccountRecord, reported_on: date, payments: Sequence[Paid], waived: Sequence[Waived], day: date
) -> Lateness:
    """What the creditor reported, less what was paid or waived since. Once all that was reported overdue is paid, the
    account is not late: when its next instalment falls due nobody said."""
    counted = [payment for payment in payments if payment.on <= day]
    paid = sum(payment.amount for payment in lowering(counted, waived, day) if payment.on > reported_on)
    was_overdue = account.reported_overdue or 0
    balance = account.reported_balance if account.reported_balance is not None else was_overdue
    overdue, owed = max(was_overdue - paid, 0), max(balance - paid, 0)
    last_paid_on = max((payment.on for payment in counted), default=None)
    settled = account.reported_balance is not None and not owed and not overdue
    ageing = Ageing(
        oldest_unpaid_due=None,
        overdue=overdue,
        due_today=0,
        owed=owed,
        overpaid=max(paid - balance, 0),
        next_due_on=None,
        next_due_amount=0,
        missed_consecutive=0,
        missed_cumulative=0,
        last_paid_on=last_paid_on,
        cured_on=None,
        settled_on=(last_paid_on or reported_on) if settled else None,
        fresh_until=min((payment.on for payment in payments if payment.on > day), default=None),
    )
    if was_overdue and not overdue:
        return Lateness(ageing)
    return Lateness(ageing, reported_on, account.reported_min, account.reported_max)


def _step(touch: Touch, since: date | None, oldest_due: date | None) -> tuple[str | None, date | None]:
    """The last step, unless it belongs to an earlier spell. Its day counts no further than this account was late then:
    a call about several accounts carries the step of the one that led, and money that came since may have made the
    account less late than it was."""
    if touch.step is None or touch.step_on is None or (since is not None and touch.step_on <= since):
        return None, None
    if oldest_due is None:
        return touch.step, touch.step_on
    cadence, _, offset = touch.step.rpartition("/")
    late = (touch.step_on - oldest_due).days
    if late <= 0:
        return None, None
    return f"{cadence}/{min(int(offset), late)}", touch.step_on


def promise_state(promise: PromiseRecord, now: int) -> str:
    """Where the promise stood then: what was decided later was open before."""
    decided_later = promise.decided_at is not None and promise.decided_at > now
    return PromiseState.open.value if decided_later else promise.state


def _broken(promises: Sequence[PromiseRecord], ageing: Ageing, since: date | None, now: int) -> tuple[int | None, int]:
    """When the last promise of this spell was broken, and how many ever were. One after whose deadline another was
    agreed is counted, and no news any more: the two have talked since."""
    broken = [promise for promise in promises if promise_state(promise, now) == PromiseState.broken]
    agreed_at = max((promise.at for promise in promises if promise.at <= now), default=0)
    news = [promise.decided_at or promise.due_at for promise in broken if promise.due_at >= agreed_at]
    if not news or ageing.settled_on is not None or ageing.cured_on is not None:
        return None, len(broken)
    last = max(news)
    earlier_spell = since is not None and datetime.fromtimestamp(last, UTC).date() < since
    return None if earlier_spell else last, len(broken)


def _extra(
    records: Records,
    owed: Obligation,
    ageing: Ageing,
    promises: Sequence[PromiseRecord],
    clocks: Near,
    now: int,
    turns: list[int],
) -> str | None:
    account_id = owed.account_id
    if not (promises or clocks.has_rare_parts or _has_rare_parts(records, owed)):
        return None
    account = records.accounts[account_id]
    refused_at, cause, willing = _said(records.dispositions.get(owed.person_id, ()), account_id, ageing, now, turns)
    disputes = begun(records.disputes.get(account_id, ()), now, turns)
    extra = Extra(
        promises=tuple(
            PromiseFact(row.id, row.amount, row.paid, row.due_at, row.at)
            for row in promises
            if promise_state(row, now) in MAY_COME
        ),
        pauses=_pauses(records, account_id, ageing),
        referrals=_referrals(begun(records.referrals.get(account_id, ()), now, turns), now),
        disputed_since=min(
            (row.at for row in disputes if row.answered_at is None or row.answered_at > now), default=None
        ),
        limitation_on=clocks.limitation_on,
        refused_at=refused_at,
        cause=cause,
        offers=offers_at(records.offers.get(account_id, ()), now, turns),
        waived=sum(one.amount for one in waived_at(records.waived.get(account_id, ()), now, turns)),
        sued_on=clocks.sued_on,
        lapsed=clocks.lapsed,
        willing=willing,
        arbitration=account.arbitration,
        notarised=account.notarised,
        service_address=account.service_address,
    )
    return None if extra == NO_EXTRA else _encode(extra).decode()


def _has_rare_parts(records: Records, owed: Obligation) -> bool:
    """Whether anything was recorded that could be among them: for most accounts nothing ever was."""
    account = records.accounts[owed.account_id]
    if account.arbitration or account.notarised or account.service_address:
        return True
    return owed.person_id in records.dispositions or any(
        owed.account_id in rows
        for rows in (records.pauses, records.referrals, records.disputes, records.offers, records.waived)
    )


def _pauses(records: Records, account_id: int, ageing: Ageing) -> tuple[tuple[date, date], ...]:
    """Those that can take days out of the lateness as it stands."""
    pauses = records.pauses.get(account_id)
    if not pauses:
        return ()
    account = records.accounts[account_id]
    start = ageing.oldest_unpaid_due or (account.reported_on if account.reported_on and ageing.overdue else None)
    return tuple(sorted(pause for pause in pauses if start is not None and pause[1] > start))


def _referrals(rows: Iterable[ReferralRecord], now: int) -> tuple[str, ...]:
    """Open ones. What was moved on later was still proposed then."""
    words = {
        f"{row.kind}/{row.state if row.state_at <= now else ReferralState.proposed.value}"
        for row in rows
        if row.state in WITH_OTHERS or row.state_at > now
    }
    return tuple(sorted(words))


def _said(
    rows: Sequence[DispositionRecord], account_id: int, ageing: Ageing, now: int, turns: list[int]
) -> tuple[int | None, str | None, bool]:
    """The refusal in force, the cause last named, and whether they were willing when last asked. A later talk or a
    later payment ends a refusal."""
    about = [row for row in begun(rows, now, turns) if row.account_id in (None, account_id)]
    if not about:
        return None, None, False
    newest = max(about, key=lambda row: row.at)
    refused_on = datetime.fromtimestamp(newest.at, UTC).date()
    stands = newest.refuses and not (ageing.last_paid_on and ageing.last_paid_on > refused_on)
    named = [row for row in about if row.cause is not None]
    asked = [row for row in about if row.willingness not in (None, Willingness.unknown)]
    willing = bool(asked) and max(asked, key=lambda row: row.at).willingness == Willingness.willing
    return newest.at if stands else None, max(named, key=lambda row: row.at).cause if named else None, willing


def _earliest(*days: date | None, after: date) -> date | None:
    return min((day for day in days if day is not None and day > after), default=None)
