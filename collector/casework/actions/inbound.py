"""What people write to us: stop words act at once, everything else comes before a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import Contacted, note_contact, note_inbound, person_at, portfolio_of_line
from collector.casework.actions.stops import sharing
from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.dispatch.rules import Read, Reading, read_inbound
from collector.dispatch.tables import InboundMessage
from collector.foundation.database import lock_key
from collector.history import actions as history
from collector.history.rules import Channel, Direction, HoldReason, HoldScope, StopKind
from collector.history.tables import Stop
from collector.identity.rules import CARRIER, Actor
from collector.portfolio.tables import Portfolio
from collector.texts.rules import DEFAULTS, head_signature

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
    reply = _reply(session, office, read.reading, sender, book, at)
    row.replied = reply is not None
    note_inbound(session, row)
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
    session: Session, office: Office, reading: Reading, sender: str, book: Portfolio | None, at: datetime
) -> str | None:
    template = _REPLY.get(reading)
    if template is None or book is None or _replied_today(session, sender, at) >= REPLIES_A_DAY:
        return None
    language = "zh" if book.language.startswith("zh") else "en"
    values = {
        "signature": head_signature(book.signature or book.sender_name),
        "sender_name": book.sender_name,
        "call_back_number": "",
        "agent_name": book.sender_name,
        **DEFAULTS[language],
    }
    wanted = office.catalogue.template(template, language)
    return wanted.render({name: values.get(name, "") for name in wanted.variables})


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
        record(session, actor.name, "inbound.handled", f"inbound_message:{row.id}", {"reading": row.reading}, at)
    return row
