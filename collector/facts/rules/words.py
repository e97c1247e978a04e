"""The facts: one frozen view of a person and that person's accounts, which every decision reads (design section 1).

Moments inside facts are whole seconds since 1970 (UTC), so that windows of days are compared without converting
each event; dates are dates; money is minor units. Ids are the database's, or whatever `collector check` numbers.
"""

from __future__ import annotations

from datetime import date
from enum import IntFlag, StrEnum

import msgspec

from collector.history.rules import Channel, Direction, Outcome
from collector.portfolio.rules import (
    ContactOwner,
    ContactStatus,
    PartyRole,
    Pause,
    Reported,
    days_past_due,
    reported_days,
)


class Kind(StrEnum):
    """What a past contact was. `conversation` is told apart from the call that led to it."""

    call = "call"
    conversation = "conversation"
    sms = "sms"
    email = "email"
    letter = "letter"
    visit = "visit"


class Mark(StrEnum):
    """What is standing about a person: stops, consents, wishes, disputes, holds. Read by the gate."""

    opt_out = "opt_out"
    cease = "cease"
    attorney = "attorney"
    bankruptcy = "bankruptcy"
    deceased = "deceased"
    vulnerable = "vulnerable"
    breathing_space = "breathing_space"
    hardship = "hardship"
    employer_forbids = "employer_forbids"
    contact_refused = "contact_refused"
    consent = "consent"
    revoked = "revoked"
    preference = "preference"
    agreement = "agreement"
    dispute = "dispute"
    verification_sent = "verification_sent"
    validation_due = "validation_due"
    """The debt came without proof that its validation notice was sent (12 CFR 1006.34)."""
    validation_notice = "validation_notice"
    number_checked = "number_checked"
    """A complete and accurate database says that the number was not given to somebody else (12 CFR 1006.6(d)(5))."""
    mental_health_crisis = "mental_health_crisis"
    hold = "hold"
    with_legal = "with_legal"
    """The legal team has the account: one named person talks with who owes it, and nobody else."""


class Event(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One past contact, placed or received. Also a task in flight, which counts as placed."""

    kind: Kind
    at: int
    direction: Direction = Direction.outbound
    outcome: str | None = None
    """Of a call: a word of `Outcome`, or `busy_tone` for a proven one, or `answered` where more is not known."""
    number: str | None = None
    caller: str | None = None
    debts: tuple[int, ...] = ()
    collector: int = 0
    """Who contacted: the portfolio's creditor or agency. Caps of the US law are per collector."""
    person: int | None = None
    """Who was contacted, when it was not the person of these facts (a third person about this borrower)."""


class Standing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something that goes on being true from `at` until `until` (None: until it is lifted)."""

    mark: Mark
    at: int
    until: int | None = None
    channel: Channel | None = None
    number: str | None = None
    debts: tuple[int, ...] = ()
    """Empty: all of the person's debts."""
    collector: int | None = None
    detail: dict[str, str | list[str] | None] = {}
    """For preferences: not_before, not_after, weekdays, place; agreements: evidence_id, hours; holds: reason.
    With legal: negotiator, the login of the one who may talk, and user, its number."""


class RoundCall(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call of the open 3:3:3 round of a phone."""

    at: int
    day: date
    """The person's local day."""
    caller: str
    slot: str
    outcome: Outcome


class Phone(msgspec.Struct, frozen=True, array_like=True):
    """A number of the person, with its open 3:3:3 round."""

    id: int
    number: str
    owner: ContactOwner = ContactOwner.own
    status: ContactStatus = ContactStatus.active
    label: str = "mobile"
    """mobile | home | work"""
    zones: tuple[str, ...] = ()
    verified_at: int | None = None
    portfolio_id: int = 0
    """Who brought it: shown only there, judged everywhere."""
    round: tuple[RoundCall, ...] = ()
    """Placed outbound calls since the last round ended, oldest first."""
    closing_at: int | None = None
    """When the closing SMS of the open round was sent or recorded as impossible or forbidden."""
    closing_refused: tuple[str, ...] = ()
    """Rules that forbade the closing SMS; empty when it was sent."""
    closing_delivered: bool = False
    reopened: bool = False
    """A delivered receipt reopened the round; it does so only once."""
    ended: str | None = None
    """How the last round ended (`RoundEnd`), when no call came after it."""
    last_outcome: Outcome | None = None
    last_at: int | None = None


class Callback(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call the person agreed to."""

    id: int
    at: int
    account_id: int
    phone_id: int | None
    user_id: int | None


class Asked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A campaign asks for one contact with this person about that account, by that channel. Once it was made, or the
    campaign takes it back, it is no fact any more."""

    campaign_id: int
    account_id: int
    channel: Channel
    template: str | None = None
    tone: str | None = None
    slot: str | None = None


class PromiseFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An open or partly kept promise. Amounts in minor units."""

    id: int
    amount: int
    paid: int
    due_at: int
    made_at: int


class OfferFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Terms that were offered and neither lapsed nor were withdrawn: a total in minor units, by a moment. `kept`: it
    was paid in time, and what was above it is waived as long as the payments stand."""

    id: int
    total: int
    due_at: int
    at: int
    kept: bool = False


class AccountFacts(msgspec.Struct, frozen=True, gc=False):
    """One account, seen by one of its obligors. Kept as columns of `account_state`, in this order."""

    person_id: int
    account_id: int
    portfolio_id: int
    role: PartyRole
    account_no: str
    product: str
    borrower_type: str
    value_tier: str
    security: str
    partner: str | None
    autopay: bool
    principal: int
    matures_on: date | None
    payday: int | None
    grace_days: int
    oldest_unpaid_due: date | None
    overdue: int
    due_today: int
    owed: int
    next_due_on: date | None
    next_due_amount: int
    missed_consecutive: int
    missed_cumulative: int
    last_paid_on: date | None
    settled: bool
    reported_on: date | None
    """When lateness is only reported by the creditor: the day of the report, and the range it gave."""
    reported_min: int | None
    reported_max: int | None
    owner_id: int | None
    guarantee_kind: str | None
    guarantee_until: date | None
    step: str | None
    """The last cadence step done in this spell of lateness, as "cadence/offset"; None: none yet."""
    step_on: date | None
    touched_on: date | None
    """Last day a contact about this account was attempted."""
    broken_at: int | None
    """When the last promise was broken; None when none is, it was kept after all, or another was agreed since."""
    promises_broken: int
    extra: str | None
    """The rare parts as JSON (`Extra`): open promises, pauses, referrals, disputes. None: none of them."""
    level_floor: str | None = None
    """The level of collector it may not silently fall below in this spell of lateness; None: the lowest."""
    lapses_on: date | None = None
    """The cautious date of whatever right is lost first (limitation, guarantee, a term of court), kept from a year
    before it. None: none is near."""


class Extra(msgspec.Struct, frozen=True, omit_defaults=True):
    """What few accounts have."""

    promises: tuple[PromiseFact, ...] = ()
    pauses: tuple[tuple[date, date], ...] = ()
    referrals: tuple[str, ...] = ()
    """Open ones: "legal/proposed", "skiptrace/accepted" ..."""
    disputed_since: int | None = None
    limitation_on: date | None = None
    """Cautious date on which the claim lapses, where it is known."""
    refused_at: int | None = None
    """When the borrower refused to pay."""
    cause: str | None = None
    sued_on: date | None = None
    """When the debtor was sued or arbitration was asked for, where that is known."""
    offers: tuple[OfferFact, ...] = ()
    waived: int = 0
    """Minor units that were given up and count as if they were paid."""
    lapsed: bool = False
    """Whether all clocks of the account ran out: `lapses_on` is the day on which the last of them did."""
    willing: bool = False
    """Whether the borrower, when last talked with, was willing to pay."""
    arbitration: bool = False
    """With the two below, what is known of the contract: disputes go to arbitration."""
    notarised: bool = False
    """A notary made it enforceable without a judgment."""
    service_address: bool = False
    """It names an address at which papers of a court count as served."""


NO_EXTRA = Extra()
_extra = msgspec.json.Decoder(Extra)


def extra_of(account: AccountFacts) -> Extra:
    """The rare parts of an account."""
    return NO_EXTRA if account.extra is None else _extra.decode(account.extra)


class PersonBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a person, as one JSON text in `person_state`."""

    zones: tuple[str, ...] = ()
    """All zones the person may be in; empty: unknown."""
    language: str = ""
    flags: tuple[str, ...] = ()
    """Of `bankrupt, deceased, attorney, unreachable, hardship, breathing_space, settled`."""
    standing: tuple[Standing, ...] = ()
    phones: tuple[Phone, ...] = ()
    events: tuple[Event, ...] = ()
    """Contacts of the last 8 local days, oldest first, tasks in flight included."""
    callbacks: tuple[Callback, ...] = ()
    campaigns: tuple[Asked, ...] = ()
    enquiries: tuple[Event, ...] = ()
    """Older contacts that may have asked where a borrower is, the last with each person asked: third persons about this
    borrower, and this person about debts of others. They count as long as they stand on record."""


body_decoder: msgspec.json.Decoder[PersonBody] = msgspec.json.Decoder(PersonBody)
body_encoder = msgspec.json.Encoder()


class Attention(IntFlag):
    """Bits of `person_state.attention`: whom the night plan must open although no cadence step is due."""

    CALLBACK = 1
    ROUND = 2
    PROMISE = 4
    HOLD = 8
    CAMPAIGN = 16


class PersonFacts(msgspec.Struct, frozen=True):
    """One person: the unit of planning, and of every cap."""

    person_id: int
    body: PersonBody
    accounts: tuple[AccountFacts, ...]


def days_to_lapse(account: AccountFacts, today: date) -> int | None:
    """Days until a right about this account is lost, by the cautious date; below 0 when only the legal one is still
    ahead. None: no clock is near, or all of them ran out."""
    if account.lapses_on is None:
        return None
    days = (account.lapses_on - today).days
    return None if days < 0 and extra_of(account).lapsed else days


def lateness(account: AccountFacts, today: date) -> int:
    """Days past due on that day, in the portfolio's zone: pauses taken out, 0 within grace (handbook section 3).

    Where the creditor only reported a range, its lower end: nobody is called later than is known.
    """
    if account.reported_min is not None and account.reported_on is not None:
        said = Reported(account.reported_on, account.reported_min, account.reported_max, account.overdue, account.owed)
        days, _ = reported_days(said, _pauses(account), today)
    elif account.oldest_unpaid_due is None or today <= account.oldest_unpaid_due:
        return 0
    elif account.extra is None:
        days = (today - account.oldest_unpaid_due).days
    else:
        days = days_past_due(account.oldest_unpaid_due, _pauses(account), today)
    return days if days > account.grace_days else 0


def _pauses(account: AccountFacts) -> list[Pause]:
    return [Pause(first, last) for first, last in extra_of(account).pauses]
