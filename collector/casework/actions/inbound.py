"""What people send and whom they call: stop words act at once, everything else comes before a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.messages import seen_before
from collector.casework.actions.stops import hold, lift_stop, sharing
from collector.casework.addresses import Addresses
from collector.casework.office import Office
from collector.dispatch import twiml
from collector.dispatch.rules import Reading, read_inbound
from collector.dispatch.tables import InboundMessage
from collector.facts.queries import read_person
from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.rules import Channel, Direction, HoldReason, HoldScope, StopKind
from collector.history.tables import Stop
from collector.identity.rules import CARRIER, Actor
from collector.identity.tables import User
from collector.portfolio.tables import Account, CallerNumber, ContactPoint, Portfolio
from collector.texts.rules import DEFAULTS, head_signature

REPLIES_A_DAY = 1
"""Automatic replies to one number: two machines must never talk to each other (security section 1)."""

QUIET_UNTIL_READ = timedelta(days=2)
"""How long contact rests when a message reads like a death, a lawyer, a bankruptcy, a dispute or a wrong number."""

RESTS = frozenset(
    {Reading.deceased, Reading.attorney, Reading.bankruptcy, Reading.dispute, Reading.wrong_number, Reading.says_paid}
)

NOBODY = {
    "en": "Thank you for calling. Nobody is free right now; we will call you back.",
    "zh": "感谢来电，目前坐席繁忙，我们会尽快回电。",
}


def inbound_sms(
    session: Session, office: Office, *, sid: str, sender: str, to: str, body: str, at: datetime
) -> str | None:
    """A message came in: the text to answer with, or None. A repeated webhook changes nothing and answers nothing."""
    if session.exec(select(InboundMessage).where(col(InboundMessage.sid) == sid)).first():
        return None
    read = read_inbound(body)
    book = _portfolio_of(session, to)
    person_id = _person_at(session, sender, book)
    acted = _act(session, office, read.reading, sender, person_id, at)
    row = InboundMessage(
        sid=sid,
        from_number=sender,
        to_number=to,
        body=body[:1600],
        at=at,
        person_id=person_id,
        portfolio_id=book.id if book else None,
        reading=read.reading.value,
        handled_at=at if acted else None,
        handled_by=CARRIER.name if acted else None,
    )
    session.add(row)
    session.flush()
    if person_id is not None and book is not None:
        _note_contact(session, book, person_id, sid, Channel.sms, sender, to, at, body)
        follow_up(session, office, {person_id} | sharing(session, sender), at, CARRIER)
    reply = _reply(session, office, read.reading, sender, book, at)
    row.replied = reply is not None
    session.add(row)
    return reply


def _act(
    session: Session, office: Office, reading: Reading, sender: str, person_id: int | None, at: datetime
) -> bool:
    """Carry out what is certain. A stop binds the number, and the channel, for the whole installation."""
    if reading is Reading.stop:
        history.stop(
            session,
            kind=StopKind.opt_out,
            at=at,
            actor=CARRIER,
            channel=Channel.sms,
            number=sender,
            reason="the person's own word",
        )
        return True
    if reading is Reading.start:
        return _lift(session, office, sender, at)
    if reading in RESTS and person_id is not None:
        hold(
            session,
            office,
            scope=HoldScope.person,
            person_id=person_id,
            until=at + QUIET_UNTIL_READ,
            at=at,
            actor=CARRIER,
            reason=HoldReason.supervisor,
            note=f"an inbound message reads as: {reading}",
        )
    return reading is Reading.help


def _lift(session: Session, office: Office, sender: str, at: datetime) -> bool:
    rows = session.exec(
        select(Stop).where(
            col(Stop.number) == sender,
            col(Stop.kind) == StopKind.opt_out,
            col(Stop.channel) == Channel.sms,
            col(Stop.lifted_at).is_(None),
        )
    ).all()
    for row in rows:
        lift_stop(session, office, row.id or 0, at, CARRIER, "the person's own word")
    return bool(rows)


def _portfolio_of(session: Session, number: str) -> Portfolio | None:
    line = session.exec(select(CallerNumber).where(col(CallerNumber.number) == number).limit(1)).first()
    return session.get(Portfolio, line.portfolio_id) if line else None


def _person_at(session: Session, number: str, book: Portfolio | None) -> int | None:
    """Who has this number: somebody of the portfolio that was written to first."""
    rows = session.exec(
        select(ContactPoint.person_id, ContactPoint.portfolio_id)
        .where(col(ContactPoint.value) == number)
        .order_by(col(ContactPoint.id))
    ).all()
    ours = [person for person, portfolio in rows if book is not None and portfolio == book.id]
    return next(iter(ours), None) or next((person for person, _ in rows), None)


def _note_contact(
    session: Session,
    book: Portfolio,
    person_id: int,
    sid: str,
    channel: Channel,
    sender: str,
    to: str,
    at: datetime,
    text: str | None,
) -> None:
    facts = read_person(session, person_id, at)
    zone = facts.body.zones[0] if facts.body.zones else book.timezone
    account = session.exec(
        select(Account.id).where(col(Account.person_id) == person_id, col(Account.portfolio_id) == book.id).limit(1)
    ).first()
    history.record_attempt(
        session,
        natural_key=f"carrier:{sid}",
        person_id=person_id,
        portfolio_id=book.id or 0,
        channel=channel,
        at=at,
        day=local_day(at, zone),
        now=at,
        actor=CARRIER,
        account_id=account,
        direction=Direction.inbound,
        number=sender,
        caller=to,
        purpose="inbound",
        text=text,
    )


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


def inbound_call(
    session: Session, office: Office, *, sid: str, sender: str, to: str, at: datetime
) -> str:
    """Somebody calls one of our numbers: to the owner's desk with the account, else a sentence and a call-back."""
    book = _portfolio_of(session, to)
    language = book.language if book else "en"
    person_id = _person_at(session, sender, book)
    if book is None or person_id is None:
        return twiml.say(NOBODY["zh" if language.startswith("zh") else "en"], language)
    if not seen_before(session, sid, "inbound", "ringing", at):
        _note_contact(session, book, person_id, sid, Channel.call, sender, to, at, None)
        follow_up(session, office, {person_id}, at, CARRIER)
    desk = _desk_of(session, person_id, book)
    if desk is None:
        return twiml.say(NOBODY["zh" if language.startswith("zh") else "en"], language)
    return twiml.connect(desk, Addresses(office.settings.public_url).voice_in + "/ended")


def _desk_of(session: Session, person_id: int, book: Portfolio) -> str | None:
    """The phone of the account's owner, else of the stand-in."""
    account = session.exec(
        select(Account)
        .where(col(Account.person_id) == person_id, col(Account.portfolio_id) == book.id)
        .order_by(col(Account.id))
        .limit(1)
    ).first()
    for user_id in (account.owner_id, account.standby_id) if account else ():
        user = session.get(User, user_id) if user_id else None
        if user is not None and user.phone and user.disabled_at is None:
            return user.phone
    return None


def handle_inbound(session: Session, message_id: int, at: datetime, actor: Actor) -> InboundMessage:
    """A person read the message and did what it asked for."""
    row = session.get_one(InboundMessage, message_id, with_for_update=True)
    if row.handled_at is None:
        row.handled_at, row.handled_by = at, actor.name
        session.add(row)
        session.flush()
    return row
