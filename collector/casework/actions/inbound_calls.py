"""People who call one of our numbers: to the desk that knows the account, else a sentence and a note for a person."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import Contacted, note_contact, note_inbound, person_at, portfolio_of_line
from collector.casework.actions.receipts import seen_before
from collector.casework.addresses import Addresses
from collector.casework.office import Office
from collector.dispatch import twiml
from collector.dispatch.queries import is_on_break, lock_people
from collector.dispatch.rules import Reading
from collector.dispatch.tables import InboundMessage
from collector.facts.queries import read_person
from collector.foundation.database import lock_key
from collector.history.rules import Channel, Direction
from collector.identity.absences import away
from collector.identity.rules import CARRIER
from collector.identity.tables import User
from collector.portfolio.tables import Account, Portfolio

NOBODY = {
    "en": "Thank you for calling. Nobody is free right now; we will call you back.",
    "zh": "感谢来电，目前坐席繁忙，我们会尽快回电。",
}
ANSWERED = frozenset({"completed", "answered"})


def inbound_call(session: Session, office: Office, *, sid: str, sender: str, to: str, at: datetime) -> str:
    """Somebody calls: what the carrier does with it, as TwiML. A repeated webhook gets the same and changes nothing."""
    lock_key(session, f"inbound:{sid}")
    book = portfolio_of_line(session, to)
    person_id = person_at(session, sender, book)
    if person_id is not None and book is not None:
        lock_people(session, [person_id])
        if not seen_before(session, sid, "inbound", "ringing", at):
            contact = Contacted(book, person_id, Channel.call, sender, to, at)
            note_contact(session, contact, f"carrier:{sid}", Direction.inbound, "inbound")
            follow_up(session, office, {person_id}, at, CARRIER)
    desk = _desk_of(session, person_id, book, at) if person_id is not None and book is not None else None
    if desk is not None:
        return twiml.connect(desk, Addresses(office.settings.public_url).voice_in_ended)
    return _sorry(session, sid, sender, to, person_id, book, at)


def inbound_call_ended(session: Session, *, sid: str, sender: str, to: str, status: str, at: datetime) -> str:
    """The desk's leg ended. Nobody took it: a sentence, and the call waits for a person like a message."""
    lock_key(session, f"inbound:{sid}")
    if status in ANSWERED:
        return twiml.hang_up()
    book = portfolio_of_line(session, to)
    return _sorry(session, sid, sender, to, person_at(session, sender, book), book, at)


def _sorry(
    session: Session, sid: str, sender: str, to: str, person_id: int | None, book: Portfolio | None, at: datetime
) -> str:
    if session.exec(select(InboundMessage.id).where(col(InboundMessage.sid) == sid)).first() is None:
        missed = InboundMessage(
            sid=sid,
            from_number=sender,
            to_number=to,
            body="",
            at=at,
            person_id=person_id,
            portfolio_id=book.id if book else None,
            reading=Reading.missed_call.value,
        )
        note_inbound(session, missed)
    language = "zh" if book is not None and book.language.startswith("zh") else "en"
    return twiml.say(NOBODY[language], language)


def _desk_of(session: Session, person_id: int, book: Portfolio, at: datetime) -> str | None:
    """The phone of whoever owns an account that this person owes, else of its stand-in; what is overdue goes first. Who
    is on a break or away is not rung."""
    not_here = away(session, at)
    owed = [one for one in read_person(session, person_id, at).accounts if one.portfolio_id == book.id]
    for facts in sorted(owed, key=lambda one: (one.settled, -one.overdue, one.account_id)):
        account = session.get_one(Account, facts.account_id)
        for user_id in (account.owner_id, account.standby_id):
            user = session.get(User, user_id) if user_id else None
            may_ring = user is not None and user.phone and user.id not in not_here
            if user is not None and may_ring and not is_on_break(session, user.id):
                return user.phone
    return None
