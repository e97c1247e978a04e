"""A call that nobody took is work: it waits for a person, and who is known is called back by whom they belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import note_inbound, person_at
from collector.casework.office import Office
from collector.dispatch.queries import signed_in
from collector.dispatch.rules import CALLS, Reading, call_back_at
from collector.dispatch.tables import InboundCall, InboundMessage
from collector.facts.queries import read_person
from collector.foundation.database import among
from collector.history import actions as history
from collector.history.rules import banking_country
from collector.history.tables import CallbackRow
from collector.identity.rules import CARRIER, Actor
from collector.identity.tables import User
from collector.portfolio.tables import Account, ContactPoint, Portfolio

_CALLS = [one.value for one in CALLS]


def take_message(
    session: Session, office: Office, call: InboundCall, book: Portfolio | None, reading: Reading, at: datetime
) -> InboundMessage:
    """The call on the list of what waits for a person. Of somebody who is known, with a call-back as it was just
    promised to them; the gate has its word on that as on every call."""
    row = InboundMessage(
        sid=call.sid,
        from_number=call.from_number,
        to_number=call.to_number,
        body="",
        at=at,
        person_id=call.person_id or _only_one(session, call, book),
        portfolio_id=book.id if book else None,
        reading=reading.value,
        call_id=call.id,
    )
    if book is not None and call.person_id is not None and call.account_id is not None:
        row.callback_id = _call_back(session, call, book, call.person_id, call.account_id, at)
    note_inbound(session, row)
    if row.callback_id is not None and call.person_id is not None:
        follow_up(session, office, {call.person_id}, at, CARRIER)
    return row


def _only_one(session: Session, call: InboundCall, book: Portfolio | None) -> int | None:
    """Whose number it is, where it is one person's: one who owes nothing here is known, too."""
    owners = session.exec(select(ContactPoint.person_id).where(col(ContactPoint.value) == call.from_number)).all()
    return person_at(session, call.from_number, book) if len(set(owners)) == 1 else None


def _call_back(
    session: Session, call: InboundCall, book: Portfolio, person_id: int, account_id: int, at: datetime
) -> int | None:
    """One at a time: who calls three times is called back once."""
    waiting = select(CallbackRow.id).where(col(CallbackRow.person_id) == person_id, col(CallbackRow.done_at).is_(None))
    before = session.exec(waiting.order_by(col(CallbackRow.due_at)).limit(1)).first()
    if before is not None:
        return before
    zones = read_person(session, person_id, at).body.zones
    point = session.exec(
        select(ContactPoint.id).where(
            col(ContactPoint.person_id) == person_id, col(ContactPoint.value) == call.from_number
        )
    ).first()
    return history.agree_callback(
        session,
        person_id=person_id,
        account_id=account_id,
        due_at=call_back_at(at, zones[0] if zones else book.timezone, banking_country(book.currency)),
        now=at,
        actor=CARRIER,
        contact_point_id=point,
        user_id=_whose(session, session.get_one(Account, account_id), at),
    ).id


def _whose(session: Session, account: Account, at: datetime) -> int | None:
    """The owner's; the stand-in's while the owner is not here (handbook section 1)."""
    ids = [user_id for user_id in (account.owner_id, account.standby_id) if user_id is not None]
    active = [user_id for user_id in ids if session.get_one(User, user_id).disabled_at is None]
    here = signed_in(session, active, at)
    return next((user_id for user_id in active if user_id in here), active[0] if active else None)


def settle_calls(
    session: Session,
    at: datetime,
    actor: Actor,
    *,
    callbacks: Collection[int] = (),
    person_id: int | None = None,
) -> None:
    """Somebody whose call was missed was called back, or came through themselves: nothing waits for them any more."""
    of_whom = (
        among(session, InboundMessage.callback_id, callbacks)
        if callbacks
        else (col(InboundMessage.person_id) == person_id)
    )
    rows = session.exec(
        select(InboundMessage).where(
            col(InboundMessage.handled_at).is_(None), col(InboundMessage.reading).in_(_CALLS), of_whom
        )
    ).all()
    for row in rows:
        row.handled_at, row.handled_by = at, actor.name
        session.add(row)
        record(session, actor.name, "inbound.handled", f"inbound_message:{row.id}", {"reading": row.reading}, at)
        if row.callback_id is not None:
            history.finish_callback(session, row.callback_id, at, actor)
    session.flush()
