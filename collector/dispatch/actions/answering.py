"""Automatic answers to what people write: judged at the moment they go out, like every contact."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.compliance.rules import Contact, NumberKind, Policy, Purpose, Role, Verdict, judge
from collector.dispatch.actions.moving import audit_verdict
from collector.dispatch.rules import Judged, denied, facts_mac
from collector.dispatch.tables import InboundMessage
from collector.facts.actions import refresh
from collector.facts.queries import read_person
from collector.facts.rules import Event, Kind, Mark, PersonBody, PersonFacts, Phone, Standing
from collector.history.rules import Channel, Direction, StopKind
from collector.history.tables import Stop
from collector.identity.rules import CARRIER
from collector.planning.queries import CarriedIn, read_context
from collector.planning.rules import Context
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import Person

MOMENT = "answer"
"""What the audit calls the moment of these verdicts."""


class Answer(NamedTuple):
    """What is to be said, and to which message."""

    message: InboundMessage
    purpose: Purpose
    template: str
    text: str
    debts: tuple[int, ...] = ()
    """Ids of the accounts it tells of; empty: it tells of none."""


def writer_of(session: Session, message: InboundMessage, language: str, collector: int) -> PersonFacts:
    """The facts of whoever wrote, what was just recorded of them included. Of a number that nobody here has, only what
    it said itself is known."""
    if message.person_id is not None:
        refresh(session, [message.person_id], message.at)
        return read_person(session, message.person_id, message.at)
    stops = select(Stop).where(
        col(Stop.number) == message.from_number, col(Stop.kind) == StopKind.opt_out, col(Stop.lifted_at).is_(None)
    )
    said = tuple(
        Standing(Mark.opt_out, int(stop.at.timestamp()), channel=stop.channel, number=stop.number)
        for stop in session.exec(stops)
    )
    at, number = int(message.at.timestamp()), message.from_number
    wrote = Event(Kind.sms, at, Direction.inbound, number=number, collector=collector)
    return PersonFacts(0, PersonBody(language=language, standing=said, events=(wrote,)), ())


def judge_answer(
    session: Session, answer: Answer, facts: PersonFacts, portfolio_id: int, carried_in: CarriedIn
) -> Verdict:
    """The gate's word on an answer, with its audit entry. Our own holds on somebody do not keep us from answering them;
    the red switch does. The message is on record."""
    message = answer.message
    ctx = read_context(session, portfolio_id, message.at, carried_in)
    contact = _contact(answer, facts, ctx)
    judged = _judged(session, contact, facts, ctx.policy, answer) if not ctx.is_held else denied(*HELD)
    about = {
        "moment": MOMENT,
        "person": message.person_id,
        "account": answer.debts[0] if answer.debts else None,
        "contact_point": contact.phone.id if contact.phone else None,
        "channel": contact.channel.value,
        "purpose": contact.purpose.value,
    }
    subject = f"inbound_message:{message.id}"
    audit_verdict(session, subject, about, judged, portfolio_id, message.at, CARRIER.name)
    return judged.verdict


HELD = ("HOUSE-HOLD", "contact is on hold here")


def _judged(session: Session, contact: Contact, facts: PersonFacts, policy: Policy, answer: Answer) -> Judged:
    salt = session.exec(select(Person.salt).where(col(Person.id) == facts.person_id)).first()
    mac = facts_mac(salt, facts) if salt is not None else None
    return Judged(judge(contact, facts, policy, answer.message.at), policy, mac)


def _contact(answer: Answer, facts: PersonFacts, ctx: Context) -> Contact:
    """Whoever writes from a number that is not known to be the person's own may be anybody: nothing of a debt."""
    number = answer.message.from_number
    phone = next((one for one in facts.body.phones if one.number == number), None)
    return Contact(
        Channel.sms,
        answer.debts,
        ctx.collector,
        Role.debtor if is_own(phone) else Role.contact,
        number,
        NumberKind(phone.label) if phone and phone.label in NumberKind.__members__ else None,
        answer.purpose,
        text=answer.text,
        phone=phone,
        template=answer.template,
    )


def is_own(phone: Phone | None) -> bool:
    """Whether that number is known to be the person's own and in use."""
    return phone is not None and phone.owner is ContactOwner.own and phone.status is ContactStatus.active
