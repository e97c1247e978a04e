"""When may a person be contacted in the days ahead, by which way, and what closes the rest (screens: account page)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from collector.casework.office import Office
from collector.compliance.rules import Contact, NumberKind, Purpose, Role, Stretch, Use, stretches, uses
from collector.facts.queries import read_person
from collector.facts.rules import Kind, PersonFacts, Phone
from collector.foundation.clock import day_start, local_day
from collector.foundation.phone import masked
from collector.history.rules import Channel, Direction
from collector.planning.queries import read_context
from collector.planning.rules import Context, Round, progress
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import Account

DAYS = 7
BY_PHONE = (Channel.call, Channel.sms)
WITHOUT_PHONE = (Channel.email, Channel.letter, Channel.visit)
MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the person. `stretches` cover the strip without a gap; `used`: when it was used in it, seconds."""

    channel: Channel
    number: str
    """Masked; empty for a way without a phone."""
    stretches: Sequence[Stretch]
    used: Sequence[int]
    point: int | None = None
    """The contact point's id."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The strip, by the person's own days. `days`: each with its first second and that of the day after it."""

    zone: str
    zones: Sequence[str]
    """All zones the person may be in: open means open in each."""
    days: Sequence[tuple[date, int, int]]
    ways: Sequence[Way]
    titles: Mapping[str, Mapping[str, str]]
    """Rule id → its title by language."""
    uses: Sequence[Use]
    """How much of the caps on the person is used up today."""
    rounds: Mapping[int, Round]
    """Contact point → where its 3:3:3 round stands."""
    callers: Sequence[str]
    """The creditor's numbers for calls, in their order."""
    slots: Sequence[str]
    attempts: int
    """Calls after which a silent phone may be given up."""


def calendar(session: Session, office: Office, account: Account, at: datetime, by: str = "") -> Calendar:
    """The borrower's contact calendar for one account, from the day of `at` on, as it is for who looks at it (`by`,
    as "user:li"): calls may be left to one person."""
    facts = read_person(session, account.person_id, at)
    ctx = read_context(session, account.portfolio_id, at, office.capabilities)
    zone = ctx.person_zone(facts.body)
    days = _days(at, zone)
    start, end = days[0][1], days[-1][2]
    now = int(at.timestamp())
    owed = next((one for one in facts.accounts if one.account_id == account.id), None)
    purpose = Purpose.collect if owed is not None and owed.overdue else Purpose.reminder
    found = []
    for channel, phone in _ways(facts, account.portfolio_id):
        contact = _contact(channel, phone, account.id or 0, ctx, purpose, by)
        told = stretches(contact, facts, ctx.policy, now, end)
        shown = masked(phone.number) if phone else ""
        found.append(Way(channel, shown, told, _used(facts, channel, phone, start), phone.id if phone else None))
    return Calendar(
        zone=zone,
        zones=ctx.policy.setting.zones or facts.body.zones or (zone,),
        days=days,
        ways=found,
        titles={rule.id: rule.title for rule in ctx.policy.pack.rules},
        uses=[
            one
            for channel in BY_PHONE
            for one in uses(_contact(channel, None, account.id or 0, ctx, purpose, by), facts, ctx.policy, now)
        ],
        rounds={one.id: progress(one, ctx.strategy.retry, zone, now) for one in facts.body.phones},
        callers=[line.number for line in ctx.lines if "call" in line.channels],
        slots=[window.slot for window in ctx.windows(zone)],
        attempts=ctx.strategy.retry.attempts,
    )


def _days(at: datetime, zone: str) -> list[tuple[date, int, int]]:
    first = local_day(at, zone)
    days = [first + timedelta(days=later) for later in range(DAYS + 1)]
    starts = [int(day_start(day, zone).timestamp()) for day in days]
    return list(zip(days[:DAYS], starts, starts[1:], strict=False))


def _ways(facts: PersonFacts, portfolio_id: int) -> list[tuple[Channel, Phone | None]]:
    """Each own phone this portfolio brought, by call and, where it takes them, by message; then the other channels."""
    phones = [
        phone
        for phone in facts.body.phones
        if phone.portfolio_id == portfolio_id
        and phone.owner in (ContactOwner.own, ContactOwner.work)
        and phone.status is not ContactStatus.struck
    ]
    by_phone: list[tuple[Channel, Phone | None]] = [
        (channel, phone) for phone in phones for channel in BY_PHONE if channel is Channel.call or phone.label == MOBILE
    ]
    return [*by_phone, *((channel, None) for channel in WITHOUT_PHONE)]


def _contact(
    channel: Channel, phone: Phone | None, account_id: int, ctx: Context, purpose: Purpose, by: str
) -> Contact:
    return Contact(
        channel,
        (account_id,),
        ctx.collector,
        Role.debtor,
        phone.number if phone else None,
        NumberKind(phone.label) if phone and phone.label in NumberKind.__members__ else None,
        purpose,
        phone=phone,
        by=by if channel in (Channel.call, Channel.visit) else "",
    )


def _used(facts: PersonFacts, channel: Channel, phone: Phone | None, since: int) -> list[int]:
    return [
        event.at
        for event in facts.body.events
        if event.kind is Kind(channel.value)
        and event.direction is Direction.outbound
        and event.at >= since
        and (phone is None or event.number == phone.number)
    ]
