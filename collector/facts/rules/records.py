"""The records that facts follow from, as plain tuples: what `collector.facts.records` reads, and `build` folds.

Moments are whole seconds since 1970 (UTC); words are plain text, as stored. Nothing here is filtered by a moment:
`build` leaves out what is dated after the moment it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from collector.law.rules import Guarantor, Statute
from collector.portfolio.rules import Instalment


class BookRecord(NamedTuple):
    """What a portfolio says about all of its accounts."""

    id: int
    zone: str
    language: str
    jurisdiction: str
    grace_days: int
    collector: int
    """Who contacts: the same number for all portfolios of one creditor, or of the agency."""
    law: Statute
    """Of its jurisdiction: what lets a claim lapse, and what does not."""


class AccountRecord(NamedTuple):
    id: int
    portfolio_id: int
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
    owner_id: int | None
    language: str | None
    zone: str | None
    reported_on: date | None
    reported_min: int | None
    reported_max: int | None
    reported_overdue: int | None
    reported_balance: int | None
    opened_on: date | None
    arbitration: bool = False
    notarised: bool = False
    service_address: bool = False


class Obligation(NamedTuple):
    """That a person owes an account, and as what."""

    person_id: int
    account_id: int
    role: str
    guarantee_kind: str | None
    guarantee_until: date | None


class PaymentRecord(NamedTuple):
    """A standing payment: its moment, and its local day, which ageing counts by."""

    at: int
    on: date
    amount: int
    id: int = 0


class WaivedRecord(NamedTuple):
    """What was given up of the debt, and when it was taken back."""

    at: int
    on: date
    amount: int
    ended_at: int | None


class FormerSchedule(NamedTuple):
    """The instalments that held until they were replaced by agreement."""

    until: int
    lines: list[Instalment]


class OfferRecord(NamedTuple):
    """Terms that were offered to the borrower: a sum by a day. `kept_at`: it was paid in time."""

    id: int
    account_id: int
    total: int
    at: int
    due_at: int
    kept_at: int | None
    ended_at: int | None


class AttemptRecord(NamedTuple):
    """A contact with the outcome that holds now; `delivered_at` from the receipt of an SMS."""

    id: int
    at: int
    day: date
    person_id: int
    portfolio_id: int
    contact_point_id: int | None
    channel: str
    direction: str
    number: str | None
    caller: str | None
    slot: str | None
    purpose: str
    step: str | None
    debts: tuple[int, ...]
    outcome: str | None
    delivered_at: int | None
    level: str | None = None


class PromiseRecord(NamedTuple):
    id: int
    account_id: int
    amount: int
    paid: int
    due_at: int
    at: int
    state: str
    decided_at: int | None


class LoweredRecord(NamedTuple):
    """A supervisor let the account go down to that level of collector."""

    account_id: int
    at: int
    level: str


class ReferralRecord(NamedTuple):
    account_id: int
    person_id: int
    kind: str
    state: str
    at: int
    state_at: int


class NegotiatorRecord(NamedTuple):
    """How an account stands with the legal team from then on: who alone talks with who owes it; None: everybody may,
    for it is with the team no more. `accepted`: whether it is with the team."""

    account_id: int
    at: int
    accepted: bool
    user_id: int | None
    name: str | None


class ClockRecord(NamedTuple):
    """An event that starts, moves or ends a clock. `at`: when it was written down; `on`: when it happened."""

    account_id: int
    at: int
    id: int
    kind: str
    on: date
    until: date | None
    guarantor_id: int | None
    about: int | None
    place: str | None
    contract: str | None
    clock: str | None
    document_id: int | None
    attempt_id: int | None


class DisputeRecord(NamedTuple):
    account_id: int
    at: int
    answered_at: int | None


class DispositionRecord(NamedTuple):
    person_id: int
    account_id: int | None
    at: int
    refuses: bool
    cause: str | None
    willingness: str | None = None


class StopRecord(NamedTuple):
    person_id: int | None
    kind: str
    channel: str | None
    number: str | None
    at: int
    until: int | None
    lifted_at: int | None


class StandingRecord(NamedTuple):
    person_id: int
    portfolio_id: int | None
    kind: str
    channel: str | None
    number: str | None
    at: int
    until: int | None
    detail: dict[str, Any]
    id: int
    account_id: int | None


class HoldRecord(NamedTuple):
    account_id: int | None
    person_id: int | None
    scope: str
    reason: str
    at: int
    until: int | None
    lifted_at: int | None


class CallbackRecord(NamedTuple):
    id: int
    person_id: int
    account_id: int
    contact_point_id: int | None
    user_id: int | None
    due_at: int
    at: int
    done_at: int | None


class CampaignRecord(NamedTuple):
    """An account of a campaign that was released to be contacted. `at`: when; `until`: the campaign's last moment."""

    person_id: int
    campaign_id: int
    account_id: int
    channel: str
    template: str | None
    tone: str | None
    slot: str | None
    at: int
    until: int
    ended_at: int | None


class PhoneRecord(NamedTuple):
    id: int
    person_id: int
    number: str
    owner: str
    status: str
    label: str
    zone: str | None
    verified_at: int | None
    portfolio_id: int


class RoundEndRecord(NamedTuple):
    contact_point_id: int
    at: int
    how: str


class ClosingRefusedRecord(NamedTuple):
    contact_point_id: int
    at: int
    rules: tuple[str, ...]


def _lists() -> defaultdict[int, list[Any]]:
    return defaultdict(list)


@dataclass(slots=True)
class Records:
    """The records of some people, by the id each kind is looked up by. Attempts are oldest first."""

    books: dict[int, BookRecord] = field(default_factory=dict)
    languages: dict[int, str] = field(default_factory=dict)
    """By person: everyone who was asked for and exists."""
    accounts: dict[int, AccountRecord] = field(default_factory=dict)
    obligations: dict[int, list[Obligation]] = field(default_factory=_lists)
    instalments: dict[int, list[Instalment]] = field(default_factory=_lists)
    payments: dict[int, list[PaymentRecord]] = field(default_factory=_lists)
    """Standing payments by account."""
    former: dict[int, list[FormerSchedule]] = field(default_factory=_lists)
    """By account, oldest first; for most accounts there never was another schedule."""
    waived: dict[int, list[WaivedRecord]] = field(default_factory=_lists)
    offers: dict[int, list[OfferRecord]] = field(default_factory=_lists)
    """Oldest first."""
    pauses: dict[int, list[tuple[date, date]]] = field(default_factory=_lists)
    promises: dict[int, list[PromiseRecord]] = field(default_factory=_lists)
    referrals: dict[int, list[ReferralRecord]] = field(default_factory=_lists)
    negotiators: dict[int, list[NegotiatorRecord]] = field(default_factory=_lists)
    """By account, oldest first."""
    disputes: dict[int, list[DisputeRecord]] = field(default_factory=_lists)
    lowered: dict[int, list[LoweredRecord]] = field(default_factory=_lists)
    guarantors: dict[int, list[Guarantor]] = field(default_factory=_lists)
    """Of the accounts that these people borrowed."""
    clocks: dict[int, list[ClockRecord]] = field(default_factory=_lists)
    account_holds: dict[int, list[HoldRecord]] = field(default_factory=_lists)
    about: dict[int, list[AttemptRecord]] = field(default_factory=_lists)
    """By lead account: contacts with people who do not owe it."""
    attempts: dict[int, list[AttemptRecord]] = field(default_factory=_lists)
    """From here on by person."""
    dispositions: dict[int, list[DispositionRecord]] = field(default_factory=_lists)
    stops: dict[int, list[StopRecord]] = field(default_factory=_lists)
    standing: dict[int, list[StandingRecord]] = field(default_factory=_lists)
    person_holds: dict[int, list[HoldRecord]] = field(default_factory=_lists)
    callbacks: dict[int, list[CallbackRecord]] = field(default_factory=_lists)
    campaigns: dict[int, list[CampaignRecord]] = field(default_factory=_lists)
    phones: dict[int, list[PhoneRecord]] = field(default_factory=_lists)
    """In the order of the book."""
    round_ends: dict[int, list[RoundEndRecord]] = field(default_factory=_lists)
    """By contact point, as are the refused closing SMS."""
    closings_refused: dict[int, list[ClosingRefusedRecord]] = field(default_factory=_lists)
    number_stops: dict[str, list[StopRecord]] = field(default_factory=lambda: defaultdict(list))
    """By number: opt-outs bind whoever has it."""
