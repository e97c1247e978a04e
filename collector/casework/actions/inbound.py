"""What people write to us: stop words act at once, everything else comes before a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import Contacted, note_contact, person_at, portfolio_of_line
from collector.casework.actions.stops import sharing
from collector.casework.office import Office
from collector.dispatch.queries import book_of, lock_people
from collector.dispatch.rules import Read, Reading, read_inbound, values
from collector.dispatch.tables import InboundMessage
from collector.facts.queries import read_person
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput
from collector.history import actions as history
from collector.history.rules import Channel, Direction, HoldReason, HoldScope, StopKind
from collector.history.tables import Stop
from collector.identity.rules import CARRIER, Actor
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import Person, Portfolio
from collector.texts.rules import DEFAULTS, Value, head_signature

REPLIES_A_DAY = 1
"""Automatic replies to one number: two machines must never talk to each other (security section 1)."""
LONGEST = 1600
"""Characters of a message that are kept."""
QUIET_UNTIL_READ = timedelta(days=2)
"""How long contact rests when a message reads like a death, a lawyer, a bankruptcy, a dispute or a wrong number."""
RESTS = frozenset(
    {Reading.deceased, Reading.attorney, Reading.bankruptcy, Reading.dispute, Reading.wrong_number, Reading.says_paid}
)


def inbound_sms(
    session: Session, office: Office, *, sid: str, sender: str, to: str, body: str, at: datetime
) -> str | None:
    """A message came in: the text to answer with, or None. A repeated webhook changes nothing and answers nothing."""
    lock_key(session, f"inbound:{sid}")
    if session.exec(select(InboundMessage.id).where(col(InboundMessage.sid) == sid)).first():
        return None
    read = read_inbound(body)
    book = portfolio_of_line(session, to)
    person_id = person_at(session, sender, book)
    people = sharing(session, sender)
    lock_people(session, people)
    acted = _act(session, read, sender, person_id, at)
    row = InboundMessage(
        sid=sid,
        from_number=sender,
        to_number=to,
        body=body[:LONGEST],
        at=at,
        person_id=person_id,
        portfolio_id=book.id if book else None,
        reading=read.reading.value,
        handled_at=at if acted else None,
        handled_by=CARRIER.name if acted else None,
    )
    reply = _reply(session, office, read.reading, sender, to, person_id, book, at)
    row.replied = reply is not None
    session.add(row)
    if person_id is not None and book is not None:
        contact = Contacted(book, person_id, Channel.sms, sender, to, at)
        note_contact(session, contact, f"carrier:{sid}", Direction.inbound, "inbound", body[:LONGEST])
        if reply is not None:
            note_contact(session, contact, f"reply:{sid}", Direction.outbound, _REPLY[read.reading], reply)
    follow_up(session, office, people, at, CARRIER)
    return reply


def _act(session: Session, read: Read, sender: str, person_id: int | None, at: datetime) -> bool:
    """Carry out what is certain. A stop binds the number, for the whole installation. Returns whether a person need
    not look at it any more."""
    if read.reading is Reading.stop:
        history.stop(
            session,
            kind=StopKind.opt_out,
            at=at,
            actor=CARRIER,
            channel=None if read.no_calls else Channel.sms,
            number=sender,
            reason="the person's own word",
        )
        return True
    if read.reading is Reading.start:
        return _lift(session, sender, at)
    if read.reading in RESTS and person_id is not None and not _rests_already(session, sender, at):
        history.hold(
            session,
            scope=HoldScope.person,
            person_id=person_id,
            until=at + QUIET_UNTIL_READ,
            at=at,
            actor=CARRIER,
            reason=HoldReason.supervisor,
            note=f"an inbound message reads as: {read.reading}",
        )
    return read.reading is Reading.help


def _lift(session: Session, sender: str, at: datetime) -> bool:
    """Takes back what the same number asked for by message; a stop that a person recorded stays."""
    rows = session.exec(
        select(Stop).where(
            col(Stop.number) == sender,
            col(Stop.kind) == StopKind.opt_out,
            col(Stop.actor) == CARRIER.name,
            col(Stop.lifted_at).is_(None),
        )
    ).all()
    for row in rows:
        history.lift_stop(session, row.id or 0, at, CARRIER, "the person's own word")
    return bool(rows)


def _rests_already(session: Session, sender: str, at: datetime) -> bool:
    """Whether a message of theirs that asks for rest is still unread: writing daily does not stop contact for ever."""
    waiting = select(InboundMessage.id).where(
        col(InboundMessage.from_number) == sender,
        col(InboundMessage.reading).in_([word.value for word in RESTS]),
        col(InboundMessage.handled_at).is_(None),
        col(InboundMessage.at) <= at,
    )
    return session.exec(waiting.limit(1)).first() is not None


_REPLY = {Reading.stop: "opt-out-confirmation", Reading.help: "reply-help", Reading.says_paid: "says-paid-received"}


def _reply(
    session: Session,
    office: Office,
    reading: Reading,
    sender: str,
    to: str,
    person_id: int | None,
    book: Portfolio | None,
    at: datetime,
) -> str | None:
    """None also where the text can not be written, for want of an account: the message is kept all the same."""
    template = _REPLY.get(reading)
    if template is None or book is None or _replied_today(session, sender, at) >= REPLIES_A_DAY:
        return None
    language = "zh" if book.language.startswith("zh") else "en"
    wanted = office.catalogue.template(template, language)
    known = _known_of(session, person_id, sender, to, book, language, at)
    try:
        return wanted.render({name: known.get(name, "") for name in wanted.variables})
    except BadInput:
        return None


def _known_of(
    session: Session, person_id: int | None, sender: str, to: str, book: Portfolio, language: str, at: datetime
) -> Mapping[str, Value]:
    """What a reply may say: of the account only to a number that is the person's own."""
    facts = read_person(session, person_id, at) if person_id is not None else None
    own = facts is not None and any(
        phone.number == sender and phone.owner is ContactOwner.own and phone.status is not ContactStatus.wrong
        for phone in facts.body.phones
    )
    account = next((one for one in facts.accounts if one.portfolio_id == book.id), None) if facts and own else None
    if account is None:
        signature = head_signature(book.signature or book.sender_name)
        return {
            **DEFAULTS[language],
            "signature": signature,
            "sender_name": book.sender_name,
            "agent_name": book.sender_name,
            "call_back_number": to,
        }
    name = session.get_one(Person, person_id).name
    return values(book_of(book), account, language, name, "", to, at)


def _replied_today(session: Session, sender: str, at: datetime) -> int:
    return session.exec(
        select(func.count())
        .select_from(InboundMessage)
        .where(
            col(InboundMessage.from_number) == sender,
            col(InboundMessage.replied).is_(True),
            col(InboundMessage.at) > at - timedelta(days=1),
        )
    ).one()


def handle_inbound(session: Session, message_id: int, at: datetime, actor: Actor) -> InboundMessage:
    """A person read the message and did what it asked for."""
    row = session.get_one(InboundMessage, message_id, with_for_update=True)
    if row.handled_at is None:
        row.handled_at, row.handled_by = at, actor.name
        session.add(row)
        session.flush()
    return row
