"""One person, as it follows from the records: marks, phones, contacts, zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from collector.facts.rules.accounts import NEVER, Touch, account_facts
from collector.facts.rules.agreed import begun
from collector.facts.rules.contacts import enquiries_of, events_of, first_day_of, in_order
from collector.facts.rules.level import Worked
from collector.facts.rules.records import (
    AttemptRecord,
    CallbackRecord,
    CampaignRecord,
    HoldRecord,
    NegotiatorRecord,
    PhoneRecord,
    Records,
    StandingRecord,
    StopRecord,
)
from collector.facts.rules.rounds import phone_of
from collector.facts.rules.words import (
    AccountFacts,
    Asked,
    Attention,
    Callback,
    Mark,
    PersonBody,
    PersonFacts,
    Phone,
    Standing,
    extra_of,
)
from collector.foundation.clock import local_day
from collector.foundation.phone import possible_zones
from collector.history.rules import NOT_PLACED, Channel, RoundEnd, StopKind
from collector.history.rules import Standing as Said
from collector.portfolio.rules import ContactOwner, ContactStatus

FLAGS = {
    StopKind.bankruptcy.value: "bankrupt",
    StopKind.deceased.value: "deceased",
    StopKind.attorney.value: "attorney",
    StopKind.hardship.value: "hardship",
    StopKind.breathing_space.value: "breathing_space",
}
CALLBACK, ROUND, PROMISE, HOLD, CAMPAIGN = (bit.value for bit in Attention)
CHANNELS = {channel.value: channel for channel in Channel}
WITHDRAWN = Said.withdrawn.value
NEVER_PLACED = {outcome.value for outcome in NOT_PLACED}
CHINA = ("Asia/Shanghai",)
"""One zone for every number of the country (compliance.md). In North America area code and exchange decide."""


_day = lru_cache(maxsize=1_000)(local_day)
"""Of all the people of a chunk it is the same moment, in few zones."""


class Built(NamedTuple):
    """The facts of a person at a moment, and until when they read the same without any new record."""

    facts: PersonFacts
    attention: Attention
    days: tuple[tuple[date, date | None], ...]
    """For each account: the portfolio's day it was built for, and the first later day on which it reads differently."""
    fresh_until: int | None
    """Moment at which something dated ahead begins, or a stop ends."""


def build_person(records: Records, person_id: int, at: datetime) -> Built:
    """The facts of one person at `at`, from the records alone: what is dated later does not count yet."""
    now, turns = int(at.timestamp()), list[int]()
    attempts = placed(begun(records.attempts.get(person_id, ()), now, turns))
    touched = _touched(attempts)
    accounts: list[AccountFacts] = []
    days: list[tuple[date, date | None]] = []
    for owed in records.obligations.get(person_id, ()):
        day = _day(at, records.books[records.accounts[owed.account_id].portfolio_id].zone)
        touch = touched.get(owed.account_id, NEVER)
        account, fresh_until = account_facts(records, owed, day, now, touch, turns)
        accounts.append(account)
        days.append((day, fresh_until))
    body = _body(records, person_id, accounts, attempts, at, turns)
    return Built(
        PersonFacts(person_id, body, tuple(accounts)),
        _attention(accounts, body),
        tuple(days),
        min((turn for turn in turns if turn > now), default=None),
    )


def placed(attempts: Sequence[AttemptRecord]) -> list[AttemptRecord]:
    """Those that count at all: a failure in our own system counts for nothing (handbook section 6)."""
    return [attempt for attempt in attempts if attempt.outcome not in NEVER_PLACED] if attempts else []


def _touched(attempts: Iterable[AttemptRecord]) -> dict[int, Touch]:
    """By account: the last day it was tried, the last step that was done, and when it was last worked at each level.
    Attempts are oldest first."""
    tried: dict[int, date] = {}
    stepped: dict[int, tuple[str, date]] = {}
    worked: dict[int, dict[str, Worked]] = {}
    for attempt in attempts:
        if attempt.direction != "outbound":
            continue
        for debt in attempt.debts:
            tried[debt] = attempt.day
            if attempt.step:
                stepped[debt] = attempt.step, attempt.day
            if attempt.level:
                worked.setdefault(debt, {})[attempt.level] = Worked(attempt.level, attempt.at, attempt.day)
    found: dict[int, Touch] = {}
    for debt, day in tried.items():
        step, step_on = stepped.get(debt, (None, None))
        found[debt] = Touch(day, step, step_on, tuple(worked.get(debt, {}).values()))
    return found


def _body(
    records: Records,
    person_id: int,
    accounts: Sequence[AccountFacts],
    attempts: Sequence[AttemptRecord],
    at: datetime,
    turns: list[int],
) -> PersonBody:
    now = int(at.timestamp())
    stops = _in_force(_stops(records, person_id), now, turns)
    phones = _phones(records, person_id, attempts, now, turns)
    third = [
        row
        for account in (accounts if records.about else ())
        for row in placed(begun(records.about.get(account.account_id, ()), now, turns))
    ]
    first_day = first_day_of(at)
    return PersonBody(
        zones=_zones(records, accounts, phones, records.phones.get(person_id, ())),
        language=_language(records, person_id, accounts),
        flags=_flags(stops, accounts, phones),
        standing=tuple(_standing(records, person_id, accounts, stops, now, turns)),
        phones=tuple(phones),
        events=events_of(records, person_id, in_order(attempts, third), first_day),
        enquiries=enquiries_of(records, person_id, attempts, third, first_day),
        callbacks=_callbacks(begun(records.callbacks.get(person_id, ()), now, turns), now),
        campaigns=_asked(begun(records.campaigns.get(person_id, ()), now, turns), now, turns),
    )


def _stops(records: Records, person_id: int) -> list[StopRecord]:
    """The person's own, and those of their numbers, whoever they were said by."""
    stops = list(records.stops.get(person_id, ()))
    if records.number_stops:
        for phone in records.phones.get(person_id, ()):
            stops += [row for row in records.number_stops.get(phone.number, ()) if row.person_id != person_id]
    return stops


def _in_force(stops: Sequence[StopRecord], now: int, turns: list[int]) -> list[StopRecord]:
    standing = [row for row in begun(stops, now, turns) if row.lifted_at is None or row.lifted_at > now]
    turns.extend(row.until for row in standing if row.until is not None)
    return [row for row in standing if row.until is None or row.until > now]


def _standing(
    records: Records,
    person_id: int,
    accounts: Sequence[AccountFacts],
    stops: Sequence[StopRecord],
    now: int,
    turns: list[int],
) -> Iterable[Standing]:
    for row in stops:
        yield Standing(Mark(row.kind), row.at, row.until, _channel(row.channel), row.number)
    for said in _still_said(begun(records.standing.get(person_id, ()), now, turns)):
        yield _said(records, said)
    for account in accounts:
        for dispute in begun(records.disputes.get(account.account_id, ()), now, turns):
            if dispute.answered_at is None or dispute.answered_at > now:
                yield Standing(Mark.dispute, dispute.at, debts=(account.account_id,))
        yield from _with_legal(records.negotiators.get(account.account_id, ()), now, turns)
        yield from _holds(records.account_holds.get(account.account_id, ()), now, turns)
    yield from _holds(records.person_holds.get(person_id, ()), now, turns)


def _still_said(rows: Sequence[StandingRecord]) -> Iterable[StandingRecord]:
    """Without what was withdrawn since."""
    ended = {row.detail.get("standing") for row in rows if row.kind == WITHDRAWN}
    return (row for row in rows if row.kind != WITHDRAWN and row.id not in ended) if ended else rows


def _said(records: Records, row: StandingRecord) -> Standing:
    collector = records.books[row.portfolio_id].collector if row.portfolio_id is not None else None
    debts = () if row.account_id is None else (row.account_id,)
    channel = _channel(row.channel)
    return Standing(Mark(row.kind), row.at, row.until, channel, row.number, debts, collector, row.detail)


def _with_legal(rows: Sequence[NegotiatorRecord], now: int, turns: list[int]) -> Iterable[Standing]:
    """As the last step left it: with the team, or not any more."""
    known = begun(rows, now, turns)
    if known and known[-1].accepted:
        last = known[-1]
        detail: dict[str, str | list[str] | None] = {"negotiator": last.name, "user": str(last.user_id or "")}
        yield Standing(Mark.with_legal, last.at, debts=(last.account_id,), detail=detail)


def _holds(rows: Sequence[HoldRecord], now: int, turns: list[int]) -> Iterable[Standing]:
    for row in begun(rows, now, turns):
        lifted = row.lifted_at is not None and row.lifted_at <= now
        if not lifted and (row.until is None or row.until > now):
            turns.extend([row.until] if row.until is not None else ())
            debts = (row.account_id,) if row.scope == "account" and row.account_id is not None else ()
            yield Standing(Mark.hold, row.at, row.until, debts=debts, detail={"reason": row.reason})


def _channel(word: str | None) -> Channel | None:
    return None if word is None else CHANNELS[word]


def _phones(
    records: Records, person_id: int, attempts: Sequence[AttemptRecord], now: int, turns: list[int]
) -> list[Phone]:
    phones = records.phones.get(person_id, ())
    on_phone: dict[int, list[AttemptRecord]] = defaultdict(list)
    by_number = {phone.number: phone.id for phone in phones}
    for attempt in attempts:
        point = attempt.contact_point_id or by_number.get(attempt.number or "")
        if point is not None:
            on_phone[point].append(attempt)
    return [_phone(records, phone, on_phone.get(phone.id, ()), now, turns) for phone in phones]


def _phone(
    records: Records, phone: PhoneRecord, attempts: Sequence[AttemptRecord], now: int, turns: list[int]
) -> Phone:
    ends = begun(records.round_ends.get(phone.id, ()), now, turns)
    refused = begun(records.closings_refused.get(phone.id, ()), now, turns)
    turns.extend(row.delivered_at for row in attempts if row.delivered_at is not None)
    zones = (phone.zone,) if phone.zone else zones_of(phone.number)
    return phone_of(phone, zones, attempts, ends, refused, now)


def zones_of(number: str) -> tuple[str, ...]:
    """Every zone a number may be in, by its own digits."""
    if number.startswith("+86"):
        return CHINA
    return _looked_up(f"{number[:8]}0000" if number.startswith("+1") else number)


@lru_cache(maxsize=100_000)
def _looked_up(number: str) -> tuple[str, ...]:
    return possible_zones(number)


def _zones(
    records: Records, accounts: Sequence[AccountFacts], phones: Sequence[Phone], points: Sequence[PhoneRecord]
) -> tuple[str, ...]:
    """Where the person may be: where the book says; else wherever their numbers may be; else the portfolios' zones."""
    found = {records.accounts[account.account_id].zone for account in accounts}
    found.update(point.zone for point in points)
    found.discard(None)
    if not found:
        found.update(zone for phone in phones if phone.owner is ContactOwner.own for zone in phone.zones)
    if not found:
        found.update(records.books[account.portfolio_id].zone for account in accounts)
    return tuple(sorted(filter(None, found)))


def _language(records: Records, person_id: int, accounts: Sequence[AccountFacts]) -> str:
    own = records.languages.get(person_id)
    if own:
        return own
    of_accounts = (records.accounts[account.account_id].language for account in accounts)
    of_books = (records.books[account.portfolio_id].language for account in accounts)
    return next(filter(None, chain(of_accounts, of_books)), "")


def _flags(stops: Sequence[StopRecord], accounts: Sequence[AccountFacts], phones: Sequence[Phone]) -> tuple[str, ...]:
    flags = {FLAGS[row.kind] for row in stops if row.kind in FLAGS}
    if accounts and all(account.settled for account in accounts):
        flags.add("settled")
    if unreachable(accounts, phones):
        flags.add("unreachable")
    return tuple(sorted(flags))


def unreachable(accounts: Sequence[AccountFacts], phones: Sequence[Phone]) -> bool:
    """Documented unreachable: a number of theirs was given up and none is left, or they are being traced."""
    own = [phone for phone in phones if phone.owner in (ContactOwner.own, ContactOwner.work)]
    given_up = any(phone.status is ContactStatus.given_up for phone in own)
    traced = any(
        word.startswith("skiptrace/")
        for account in accounts
        if account.extra is not None
        for word in extra_of(account).referrals
    )
    return traced or (given_up and not any(phone.status is ContactStatus.active for phone in own))


def _callbacks(rows: Sequence[CallbackRecord], now: int) -> tuple[Callback, ...]:
    waiting = (row for row in rows if row.done_at is None or row.done_at > now)
    return tuple(
        Callback(row.id, row.due_at, row.account_id, row.contact_point_id, row.user_id)
        for row in sorted(waiting, key=lambda row: (row.due_at, row.id))
    )


def _asked(rows: Sequence[CampaignRecord], now: int, turns: list[int]) -> tuple[Asked, ...]:
    standing = [row for row in rows if row.until > now and (row.ended_at is None or row.ended_at > now)]
    turns.extend(row.until for row in standing)
    return tuple(
        Asked(row.campaign_id, row.account_id, CHANNELS[row.channel], row.template, row.tone, row.slot)
        for row in sorted(standing, key=lambda row: (row.campaign_id, row.account_id))
    )


def _attention(accounts: Sequence[AccountFacts], body: PersonBody) -> Attention:
    bits = 0
    if body.callbacks:
        bits |= CALLBACK
    if body.campaigns:
        bits |= CAMPAIGN
    for phone in body.phones:
        if phone.round or phone.closing_at is not None or phone.ended == RoundEnd.found:
            bits |= ROUND
    for account in accounts:
        if account.broken_at is not None or (account.extra is not None and extra_of(account).promises):
            bits |= PROMISE
    for row in body.standing:
        if row.mark is Mark.hold:
            bits |= HOLD
    return Attention(bits)
