"""What people write to us: clear stop words act at once, everything else comes before a person."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import Contacted, note_contact, note_inbound, person_at, portfolio_of_line
from collector.casework.actions.replying import TEMPLATES, reply_to
from collector.casework.actions.stops import sharing
from collector.casework.office import Office
from collector.dispatch.lexicon import DEFAULT, closes, load_tongues
from collector.dispatch.queries import lock_people
from collector.dispatch.rules import Read, Reading, read_inbound
from collector.dispatch.tables import InboundMessage
from collector.foundation.clock import local_day
from collector.foundation.database import lock_key
from collector.history import actions as history
from collector.history.rules import Channel, Direction, HoldReason, HoldScope, Standing, StopKind
from collector.history.tables import Hold, Stop
from collector.identity.rules import CARRIER, Actor
from collector.portfolio.tables import Portfolio

LONGEST = 1600
"""Characters of a message that are kept, the carriers' own limit."""
MOST_READ = 20_000
"""Characters of a message that are read."""
NO_REST = frozenset({Reading.start, Reading.help, Reading.will_pay, Reading.other})
"""Readings that do not ask for rest. All others close contact until a person has read the message."""
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What a database can not hold or a terminal obeys."""


def inbound_sms(
    session: Session, office: Office, *, sid: str, sender: str, to: str, body: str, at: datetime
) -> str | None:
    """A message came in: the text to answer with, or None. A repeated webhook changes nothing and answers nothing."""
    lock_key(session, f"inbound:{sender}")
    if session.exec(select(InboundMessage.id).where(col(InboundMessage.sid) == sid)).first():
        return None
    body = _UNKEPT.sub("", body)
    read = read_inbound(body[:MOST_READ], load_tongues())
    book = portfolio_of_line(session, to)
    people = sharing(session, sender)
    lock_people(session, people)
    row = InboundMessage(
        sid=sid,
        from_number=sender,
        to_number=to,
        body=body[:LONGEST],
        at=at,
        person_id=person_at(session, sender, book),
        portfolio_id=book.id if book else None,
        reading=read.reading.value,
    )
    closed = _closed(session, sender)
    done = _act(session, read, row, people, book)
    session.add(row)
    session.flush()
    contact = _heard(session, row, book)
    reply = None
    if book is not None and _NUMBER.fullmatch(sender) and Channel.sms not in closed and None not in closed:
        reply = reply_to(session, office, read, row, book)
    if done and (reply is not None or Reading.help not in read.certain):
        row.handled_at, row.handled_by = at, CARRIER.name
    row.replied = reply is not None
    note_inbound(session, row)
    if contact is not None and reply is not None:
        purpose = TEMPLATES[read.reading, read.reach]
        note_contact(session, contact, f"reply:{row.sid}", Direction.outbound, purpose, reply)
    follow_up(session, office, people, at, CARRIER)
    return reply


def _heard(session: Session, row: InboundMessage, book: Portfolio | None) -> Contacted | None:
    """The message as a contact on record, where it is known whose it is."""
    if row.person_id is None or book is None:
        return None
    contact = Contacted(book, row.person_id, Channel.sms, row.from_number, row.to_number, row.at)
    note_contact(session, contact, f"carrier:{row.sid}", Direction.inbound, "inbound", row.body)
    return contact


def _closed(session: Session, sender: str) -> set[Channel | None]:
    """The media that are closed at that number by an opt-out; None: every one."""
    stops = select(Stop).where(
        col(Stop.number) == sender, col(Stop.kind) == StopKind.opt_out, col(Stop.lifted_at).is_(None)
    )
    return {stop.channel for stop in session.exec(stops)}


def _act(session: Session, read: Read, row: InboundMessage, people: Collection[int], book: Portfolio | None) -> bool:
    """Carry out what is certain, and let contact rest until a person has read the rest. A stop binds the number, for
    the whole installation. Returns whether nothing is left for a person."""
    resting = [word for word in read.readings if word not in NO_REST and word not in read.certain]
    if resting:
        _rest(session, resting[0], row, people)
    done = read.is_done
    if Reading.stop in read.certain:
        done = _stop(session, read, row, book) and done
    elif Reading.start in read.certain:
        done = _lift(session, row) and done
    return done


def _stop(session: Session, read: Read, row: InboundMessage, book: Portfolio | None) -> bool:
    """A name that is no number can not be bound: a person looks."""
    if not _NUMBER.fullmatch(row.from_number):
        return False
    code, zone = (book.jurisdiction, book.timezone) if book else (DEFAULT, UTC.tzname(None))
    for channel in closes(read.reach, code, local_day(row.at, zone)):
        history.stop(
            session,
            kind=StopKind.opt_out,
            at=row.at,
            actor=CARRIER,
            channel=channel,
            number=row.from_number,
            reason="the person's own word",
        )
    return True


def _lift(session: Session, row: InboundMessage) -> bool:
    """Takes back the stop of messages that the same number asked for by message. What a person recorded stays, and so
    does what closes calls: "start" says nothing of them."""
    asked = select(Stop).where(
        col(Stop.number) == row.from_number,
        col(Stop.kind) == StopKind.opt_out,
        col(Stop.channel) == Channel.sms,
        col(Stop.actor) == CARRIER.name,
        col(Stop.lifted_at).is_(None),
    )
    stops = session.exec(asked).all()
    for stop in stops:
        history.lift_stop(session, stop.id or 0, row.at, CARRIER, "the person's own word")
    if stops and row.person_id is not None:
        _consent(session, row, row.person_id)
    return bool(stops) and not _closed(session, row.from_number)


def _consent(session: Session, row: InboundMessage, person_id: int) -> None:
    """Who asks for messages again consents to them: what closed calls by the same word does not keep them closed."""
    history.standing(
        session,
        person_id=person_id,
        kind=Standing.consent,
        at=row.at,
        now=row.at,
        actor=CARRIER,
        portfolio_id=row.portfolio_id,
        channel=Channel.sms,
        number=row.from_number,
        natural_key=f"start:{row.sid}",
    )


def _rest(session: Session, reading: Reading, row: InboundMessage, people: Collection[int]) -> None:
    """No contact with whoever has this number until somebody has read the message."""
    session.add(row)
    session.flush()
    for person_id in sorted(people):
        history.hold(
            session,
            scope=HoldScope.person,
            person_id=person_id,
            at=row.at,
            actor=CARRIER,
            reason=HoldReason.supervisor,
            note=f"{_mark(row)} reads as {reading}",
        )


def _mark(row: InboundMessage) -> str:
    return f"message {row.id}:"


def handle_inbound(session: Session, office: Office, message_id: int, at: datetime, actor: Actor) -> InboundMessage:
    """A person read the message and did what it asked for: contact rests no longer on its account, and who was to be
    called back was."""
    row = session.get_one(InboundMessage, message_id, with_for_update=True)
    if row.handled_at is not None:
        return row
    row.handled_at, row.handled_by = at, actor.name
    session.add(row)
    record(session, actor.name, "inbound.handled", f"inbound_message:{row.id}", {"reading": row.reading}, at)
    people = set()
    if row.callback_id is not None:
        people.add(history.finish_callback(session, row.callback_id, at, actor).person_id)
    held = select(Hold).where(
        col(Hold.actor) == CARRIER.name,
        col(Hold.lifted_at).is_(None),
        col(Hold.person_id).in_(sharing(session, row.from_number)),
        col(Hold.note).startswith(_mark(row)),
    )
    rows = session.exec(held).all()
    for hold in rows:
        history.lift_hold(session, hold.id or 0, at, actor)
    people |= {hold.person_id for hold in rows if hold.person_id is not None}
    follow_up(session, office, people, at, actor)
    return row
