"""Calls that are at desks now, and who may be calling: without a word about any debt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.lines import owing_at
from collector.casework.views.find import Line, search
from collector.dispatch.queries import at_desks, inbound_in_hand
from collector.dispatch.rules import AT_A_DESK, InboundState
from collector.dispatch.tables import InboundCall
from collector.foundation.database import among
from collector.foundation.errors import NotFound
from collector.foundation.phone import masked
from collector.identity.rules import Actor
from collector.portfolio.rules import ContactKind
from collector.portfolio.tables import Account, ContactPoint, Person, Portfolio

HIDDEN = "··"


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A call as the desk whose phone rings is told of it. `name` is masked, and empty while it is not known who it
    is."""

    call_id: int
    state: InboundState
    number: str
    name: str
    account_id: int | None


@dataclass(frozen=True, slots=True)
class MayBe:
    """Somebody who may be calling."""

    person_id: int
    account_id: int
    name: str
    number: str
    creditor: str


def everywhere(session: Session) -> dict[int, AtDesk]:
    """By user, the call at their desk: one look for all of them."""
    rows = at_desks(session)
    names = _names(session, rows)
    return {row.user_id: _told(row, names) for row in rows if row.user_id is not None}


def at_desk(session: Session, user_id: int | None) -> AtDesk | None:
    """The call at this user's desk."""
    row = inbound_in_hand(session, user_id)
    return _told(row, _names(session, [row])) if row is not None else None


def _names(session: Session, rows: Sequence[InboundCall]) -> dict[int, str]:
    ids = {row.person_id for row in rows if row.person_id is not None}
    if not ids:
        return {}
    return {
        number or 0: name
        for number, name in session.exec(select(Person.id, Person.name).where(among(session, Person.id, ids)))
    }


def _told(row: InboundCall, names: dict[int, str]) -> AtDesk:
    name = hidden(names[row.person_id]) if row.person_id in names else ""
    return AtDesk(row.id or 0, row.state, masked(row.from_number), name, row.account_id)


def hidden(name: str) -> str:
    """Enough to recognise somebody whom one expects, too little to tell a stranger whose number it is."""
    first = name.strip().split(" ")[0]
    return (first[:1] if not first.isascii() or len(first) < 3 else first) + HIDDEN if first else ""


def theirs(session: Session, actor: Actor, call_id: int) -> InboundCall:
    """The call of this agent, or a `NotFound`."""
    row = session.get(InboundCall, call_id)
    if row is None or actor.user_id is None or row.user_id != actor.user_id:
        raise NotFound
    return row


def may_be(session: Session, call: InboundCall, now: datetime) -> list[MayBe]:
    """Everyone who has the caller's number and owes the portfolio whose line they called something."""
    book = session.get(Portfolio, call.portfolio_id) if call.portfolio_id is not None else None
    if book is None or call.state not in AT_A_DESK:
        return []
    found = owing_at(session, call.from_number, book, now)
    people = {one.person_id: session.get_one(Person, one.person_id).name for one in found}
    return [
        MayBe(
            one.person_id,
            one.accounts[0].account_id,
            hidden(people[one.person_id]),
            masked(call.from_number),
            book.creditor,
        )
        for one in found
    ]


def found_by(session: Session, actor: Actor, asked: str, now: datetime) -> list[MayBe]:
    """Borrowers by what the caller says of themselves: the search that is everywhere, masked, one row each."""
    return _people(session, search(session, actor.scope, asked, now))


def _people(session: Session, lines: Sequence[Line]) -> list[MayBe]:
    rows = session.exec(
        select(Account.id, Account.person_id, Portfolio.creditor)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(among(session, Account.id, [one.id for one in lines]))
    ).all()
    of = {account_id or 0: (person_id, creditor) for account_id, person_id, creditor in rows}
    found: dict[int, MayBe] = {}
    for one in lines:
        person_id, creditor = of[one.id]
        if person_id not in found:
            found[person_id] = MayBe(person_id, one.id, hidden(one.name), _phone(session, person_id), creditor)
    return list(found.values())


def _phone(session: Session, person_id: int) -> str:
    """To tell two of one name apart: nothing that they may be asked for."""
    own = (col(ContactPoint.person_id) == person_id, col(ContactPoint.kind) == ContactKind.phone)
    first = select(ContactPoint.value).where(*own).order_by(col(ContactPoint.rank), col(ContactPoint.id)).limit(1)
    number = session.exec(first).first()
    return masked(number) if number else ""
