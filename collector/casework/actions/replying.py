"""The one automatic answer: a confirmation of an opt-out, a way to a person, a word that "paid" is being checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.office import Office
from collector.dispatch.queries import book_of
from collector.dispatch.rules import Reach, Read, Reading
from collector.dispatch.tables import InboundMessage
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import Account, ContactPoint, Portfolio
from collector.texts.rules import Value, sender_values

REPLIES_A_DAY = 1
"""Automatic replies to one number: two machines must never talk to each other (security section 1)."""
TEMPLATES: Mapping[tuple[Reading, Reach], str] = {
    (Reading.stop, Reach.messages): "opt-out-confirmation",
    (Reading.stop, Reach.everything): "opt-out-all-confirmation",
    (Reading.help, Reach.messages): "reply-help",
    (Reading.says_paid, Reach.messages): "says-paid-received",
}


def reply_to(session: Session, office: Office, read: Read, row: InboundMessage, book: Portfolio) -> str | None:
    """The answer to a message, or None. Only what is clear is answered; who also says something else waits for a
    person's answer. Nothing of a debt is said to a number that is not known to be the borrower's own."""
    template = TEMPLATES.get((read.reading, read.reach))
    if template is None or _replied_today(session, row.from_number, row.at) >= REPLIES_A_DAY:
        return None
    is_clear = read.reading in read.certain or read.readings == (Reading.says_paid,)
    account_no = ""
    if read.reading is Reading.says_paid:
        account_no = _only_account(session, row, book) or ""
    if not is_clear or (read.reading is Reading.says_paid and not account_no):
        return None
    language = "zh" if book.language.startswith("zh") else "en"
    given = _values(book, language, row.to_number, account_no)
    wanted = office.catalogue.template(template, language)
    return wanted.render({name: given.get(name, "") for name in wanted.variables})


def _values(book: Portfolio, language: str, line: str, account_no: str) -> dict[str, Value]:
    return {
        **sender_values(language, *book_of(book).words),
        "call_back_number": line,
        "account_tail": account_no[-4:],
    }


def _only_account(session: Session, row: InboundMessage, book: Portfolio) -> str | None:
    """The number of the one account that can be meant, where the phone is the borrower's own."""
    own = select(ContactPoint.id).where(
        col(ContactPoint.value) == row.from_number,
        col(ContactPoint.person_id) == row.person_id,
        col(ContactPoint.owner) == ContactOwner.own,
        col(ContactPoint.status) == ContactStatus.active,
    )
    if session.exec(own.limit(1)).first() is None:
        return None
    accounts = select(Account.account_no).where(
        col(Account.person_id) == row.person_id, col(Account.portfolio_id) == book.id
    )
    found = session.exec(accounts.limit(2)).all()
    return found[0] if len(found) == 1 else None


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
