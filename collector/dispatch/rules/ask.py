"""What the gate is asked at the moment of contact: the task as a contact, and what is in flight as contacts made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from collector.audit.rules import veiled
from collector.compliance.rules import Answer, Contact, Fired, NumberKind, Policy, Role, Verdict
from collector.facts.rules import AccountFacts, Event, Kind, PersonFacts, Phone, negotiator_of
from collector.history.rules import Channel, Direction
from collector.planning.rules import Purpose, gate_purpose
from collector.portfolio.rules import PartyRole

ROLES = {
    PartyRole.borrower: Role.debtor,
    PartyRole.co_borrower: Role.co_borrower,
    PartyRole.guarantor: Role.guarantor,
}


class InFlight(NamedTuple):
    """A contact that was begun and has no attempt on record yet: it counts as placed."""

    person_id: int
    channel: Channel
    at: datetime
    number: str | None
    caller: str | None
    debts: tuple[int, ...]
    collector: int


class Judged(NamedTuple):
    """A verdict with what it was reached on. Without a policy the task itself, or a hold, refused the contact."""

    verdict: Verdict
    policy: Policy | None = None
    facts: str | None = None
    """HMAC of the facts under the person's salt: the same facts give the same value."""


def facts_mac(salt: str, facts: PersonFacts) -> str:
    return veiled(salt, msgspec.json.encode(facts).decode())


def with_flights(facts: PersonFacts, flights: Iterable[InFlight]) -> PersonFacts:
    """The same person with what is in flight among the events, so that two desks can not both place the last call."""
    begun = tuple(
        Event(
            Kind(flight.channel.value),
            int(flight.at.timestamp()),
            number=flight.number,
            caller=flight.caller,
            debts=flight.debts,
            collector=flight.collector,
        )
        for flight in flights
        if flight.person_id == facts.person_id
    )
    if not begun:
        return facts
    events = tuple(sorted((*facts.body.events, *begun), key=lambda event: event.at))
    return PersonFacts(facts.person_id, msgspec.structs.replace(facts.body, events=events), facts.accounts)


def with_neighbours(facts: PersonFacts, number: str, others: Iterable[PersonFacts]) -> PersonFacts:
    """The same person with the calls that were placed to this number about others who have it: the cap on a number
    counts the phone that rings, whoever it is about."""
    rang = [
        msgspec.structs.replace(event, person=event.person or other.person_id, debts=())
        for other in others
        for event in other.body.events
        if event.number == number and event.kind is Kind.call and event.direction is Direction.outbound
    ]
    if not rang:
        return facts
    events = tuple(sorted((*facts.body.events, *rang), key=lambda event: event.at))
    return PersonFacts(facts.person_id, msgspec.structs.replace(facts.body, events=events), facts.accounts)


def contact_of(
    account: AccountFacts,
    phone: Phone | None,
    channel: Channel,
    purpose: Purpose,
    debts: tuple[int, ...],
    collector: int,
    template: str | None = None,
    text: str | None = None,
    by: str = "",
) -> Contact:
    """The task as the gate knows it. A text that is not written yet is judged without its content."""
    return Contact(
        channel,
        debts,
        collector,
        ROLES.get(account.role, Role.contact),
        phone.number if phone else None,
        NumberKind(phone.label) if phone and phone.label in NumberKind.__members__ else None,
        gate_purpose(purpose, account.overdue),
        phone=phone,
        text=text,
        template=template,
        by=by,
    )


def speaker(purpose: Purpose, facts: PersonFacts, account_id: int, by: str) -> str:
    """In whose name it goes, as `Contact.by`: what the person asked for in a talk goes in that of the one who alone
    may talk about the account, whoever sends it."""
    named = negotiator_of(facts.body, account_id) if purpose is Purpose.how_to_pay else None
    return named.actor if named else by


def denied(rule: str, reason: str, source: str = "house") -> Judged:
    """A refusal that comes from the task itself: a hold, a text that can not be written, an account that is gone."""
    return Judged(Verdict(Answer.deny, (Fired(rule, Answer.deny, reason, source),)))
