"""People who call one of our numbers: to the desk that knows the account, to another that may help, else a sentence
and work for a person (design section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.calling_back import take_message
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import Contacted, Owing, note_contact, owing_at, portfolio_of_line
from collector.casework.actions.recordings import announced, keeps_years
from collector.casework.addresses import Addresses
from collector.casework.office import Office
from collector.casework.views.account import standing_of
from collector.dispatch import twiml
from collector.dispatch.queries import desk_phones, held_inbound, left_behind, lock_people
from collector.dispatch.rules import MOST_RUNG, DeskPhone, InboundState, Reading, move_inbound, ring_order
from collector.dispatch.tables import InboundCall
from collector.foundation.database import among, lock_key
from collector.history.rules import Channel, Direction, ReferralState
from collector.history.tables import Referral
from collector.identity.rules import CARRIER, Level
from collector.identity.tables import User
from collector.portfolio.tables import Account, Portfolio

NOBODY = {
    "en": "Thank you for calling. Nobody is free right now; we will call you back.",
    "zh": "感谢来电，目前坐席繁忙，我们会尽快回电。",
}
ANSWERED = frozenset({"completed", "answered"})
RINGS_AT_MOST, TALKS_AT_MOST = timedelta(minutes=10), timedelta(hours=4)
"""After that the carrier's word on how a call ended is taken for lost."""


def inbound_call(session: Session, office: Office, *, sid: str, sender: str, to: str, at: datetime) -> str:
    """Somebody calls: what the carrier does with it, as TwiML. A repeated webhook gets the same and changes nothing."""
    lock_key(session, f"inbound:{sid}")
    before = held_inbound(session, sid=sid)
    if before is not None:
        return _told_again(session, office, before)
    book = portfolio_of_line(session, to)
    people = owing_at(session, sender, book, at) if book is not None else []
    lock_people(session, [one.person_id for one in people])
    call = InboundCall(sid=sid, from_number=sender, to_number=to, at=at, portfolio_id=book.id if book else None)
    session.add(call)
    session.flush()
    detail = {"portfolio": call.portfolio_id, "people": [one.person_id for one in people]}
    record(session, CARRIER.name, "inbound_call.arrived", f"inbound_call:{call.id}", detail, at)
    if len(people) == 1 and book is not None:
        _know(session, office, call, book, people[0])
    return _ring(session, office, call, book, people, at)


def _know(session: Session, office: Office, call: InboundCall, book: Portfolio, who: Owing) -> None:
    """The number is one person's: their contact is on record from now on, whoever answers it."""
    call.person_id, call.account_id = who.person_id, who.accounts[0].account_id
    contact = Contacted(book, who.person_id, Channel.call, call.from_number, call.to_number, call.at)
    key = f"carrier:{call.sid}"
    call.attempt_id = note_contact(session, contact, key, Direction.inbound, "inbound", debts=who.debts).id
    session.add(call)
    follow_up(session, office, {who.person_id}, call.at, CARRIER)


def _ring(
    session: Session, office: Office, call: InboundCall, book: Portfolio | None, people: Sequence[Owing], at: datetime
) -> str:
    """The next desk, one call at a time so that no phone is given two."""
    lock_key(session, "inbound:desks")
    desk = _next_desk(session, call, book, people, at)
    if desk is None or desk.phone is None:
        return _sorry(session, office, call, book, Reading.missed_call, at)
    call.user_id, call.rung = desk.user_id, [*call.rung, desk.user_id]
    session.add(call)
    session.flush()
    record(session, CARRIER.name, "inbound_call.rings", f"inbound_call:{call.id}", {"user": desk.user_id}, at)
    return _connect(session, office, call, desk.phone)


def _connect(session: Session, office: Office, call: InboundCall, phone: str) -> str:
    """They hear that they are recorded once, before the first desk rings."""
    addresses = Addresses(office.settings.public_url)
    book = session.get(Portfolio, call.portfolio_id) if call.portfolio_id is not None else None
    if book is None or keeps_years(office, book) is None:
        return twiml.connect(phone, addresses.voice_in_ended, addresses.voice_in_desk)
    first = announced(book) if len(call.rung) == 1 else None
    done = addresses.voice_in_recording(call.sid)
    return twiml.connect(phone, addresses.voice_in_ended, addresses.voice_in_desk, done, first)


def _next_desk(
    session: Session, call: InboundCall, book: Portfolio | None, people: Sequence[Owing], at: datetime
) -> DeskPhone | None:
    if book is None or len(call.rung) >= MOST_RUNG:
        return None
    owed = [session.get_one(Account, one.account_id) for who in people for one in who.accounts]
    named = _negotiators(session, owed)
    theirs = named + [
        user_id for account in owed for user_id in (account.owner_id, account.standby_id) if user_id is not None
    ]
    needs = Level(standing_of(session, people[0].accounts[0], at).level) if people else None
    order = ring_order(desk_phones(session, book.id or 0, at), theirs, needs, call.rung)
    return order[0] if order else None


def _negotiators(session: Session, owed: Sequence[Account]) -> list[int]:
    """Who talks about accounts that the legal team has: they are rung first."""
    rows = select(Referral.negotiator_id).where(
        among(session, Referral.account_id, [account.id or 0 for account in owed]),
        col(Referral.state) == ReferralState.accepted,
        col(Referral.negotiator_id).is_not(None),
    )
    return [number for number in session.exec(rows) if number is not None]


def inbound_desk(session: Session, *, sid: str, status: str, at: datetime) -> bool:
    """What the carrier says of the desk's phone: answered, so they talk. False: no news."""
    call = held_inbound(session, sid=sid)
    if call is None or call.state is not InboundState.ringing or status not in ("answered", "in-progress"):
        return False
    call.state, call.answered_at = move_inbound(call.state, InboundState.talking), at
    session.add(call)
    record(session, CARRIER.name, "inbound_call.answered", f"inbound_call:{call.id}", {"user": call.user_id}, at)
    return True


def inbound_call_ended(
    session: Session,
    office: Office,
    *,
    sid: str,
    sender: str,
    to: str,
    status: str,
    at: datetime,
    hung_up: bool = False,
    seconds: int | None = None,
) -> str:
    """The desk's leg ended. Nobody took it: the next desk rings, and after the last a sentence, and work for a person.
    `hung_up`: the caller is gone."""
    lock_key(session, f"inbound:{sid}")
    call = held_inbound(session, sid=sid)
    if call is None:  # its arrival was never heard of: a person must know all the same
        call = InboundCall(sid=sid, from_number=sender, to_number=to, at=at)
        session.add(call)
        session.flush()
    book = portfolio_of_line(session, to)
    if status in ANSWERED:
        return _over(session, call, at, seconds)
    if call.state is not InboundState.ringing:
        return twiml.hang_up()
    people = owing_at(session, sender, book, at) if book is not None else []
    lock_people(session, [one.person_id for one in people])
    if hung_up:
        return _sorry(session, office, call, book, Reading.abandoned_call, at)
    return _ring(session, office, call, book, people, at)


def _over(session: Session, call: InboundCall, at: datetime, seconds: int | None) -> str:
    """They talked, and it is over: it waits for the agent's word, unless that was said already."""
    if call.ended_at is None:
        call.ended_at, call.seconds = at, seconds
        call.answered_at = call.answered_at or at - timedelta(seconds=seconds or 0)
        if call.state is not InboundState.done:
            call.state = move_inbound(call.state, InboundState.over)
        session.add(call)
        record(session, CARRIER.name, "inbound_call.over", f"inbound_call:{call.id}", {"seconds": seconds}, at)
    return twiml.hang_up()


def _sorry(
    session: Session, office: Office, call: InboundCall, book: Portfolio | None, reading: Reading, at: datetime
) -> str:
    """Once: a message is taken, and who is known is called back."""
    call.state = move_inbound(
        call.state, InboundState.abandoned if reading is Reading.abandoned_call else InboundState.missed
    )
    call.ended_at = at
    session.add(call)
    record(session, CARRIER.name, f"inbound_call.{call.state}", f"inbound_call:{call.id}", {"rung": call.rung}, at)
    take_message(session, office, call, book, reading, at)
    return _words(book)


def _words(book: Portfolio | None) -> str:
    language = "zh" if book is not None and book.language.startswith("zh") else "en"
    return twiml.say(NOBODY[language], language)


def _told_again(session: Session, office: Office, call: InboundCall) -> str:
    """The same answer as before, as long as it holds."""
    user = session.get(User, call.user_id) if call.state is InboundState.ringing and call.user_id else None
    if user is not None and user.phone:
        return _connect(session, office, call, user.phone)
    if call.state in (InboundState.missed, InboundState.abandoned):
        return _words(portfolio_of_line(session, call.to_number))
    return twiml.hang_up()


def settle_inbound(office: Office, at: datetime) -> int:
    """Calls whose end the carrier never told: those that rang are missed, those that were talked in wait for the
    agent's word. How many there were."""
    with office.database.read() as session:
        left = [call.sid for call in left_behind(session, at - RINGS_AT_MOST, at - TALKS_AT_MOST)]
    for sid in left:
        with office.database.begin() as session:
            lock_key(session, f"inbound:{sid}")
            call = held_inbound(session, sid=sid)
            if call is not None and call.state is InboundState.talking:
                _over(session, call, at, None)
            elif call is not None and call.state is InboundState.ringing:
                _sorry(session, office, call, portfolio_of_line(session, call.to_number), Reading.missed_call, at)
    return len(left)
