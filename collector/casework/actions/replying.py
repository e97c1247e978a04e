"""The one automatic answer: a confirmation of an opt-out, a way to a person, a word that "paid" is being checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.office import Office
from collector.compliance.rules import Answer as Says
from collector.compliance.rules import Purpose
from collector.dispatch.actions import Answer, is_own, judge_answer, writer_of
from collector.dispatch.queries import book_of
from collector.dispatch.rules import Reach, Read, Reading, points_elsewhere
from collector.dispatch.tables import InboundMessage
from collector.facts.queries import collectors
from collector.facts.rules import AccountFacts, PersonFacts
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Portfolio
from collector.texts.rules import sender_values
from collector.texts.template import Template

REPLIES_A_DAY = 1
"""Automatic replies to one number: two machines must never talk to each other (security section 1)."""
TEMPLATES: Mapping[tuple[Reading, Reach], str] = {
    (Reading.stop, Reach.messages): "opt-out-confirmation",
    (Reading.stop, Reach.everything): "opt-out-all-confirmation",
    (Reading.help, Reach.messages): "reply-help",
    (Reading.says_paid, Reach.messages): "says-paid-received",
}


def reply_to(session: Session, office: Office, read: Read, row: InboundMessage, book: Portfolio) -> str | None:
    """The answer to a message that is on record with what it led to, or None. Only what is clear is answered; who also
    says something else waits for a person's answer. What the gate refuses is not said."""
    template = TEMPLATES.get((read.reading, read.reach))
    is_clear = read.reading in read.certain or read.readings == (Reading.says_paid,)
    if template is None or not is_clear or _replied_today(session, row) >= REPLIES_A_DAY:
        return None
    facts = writer_of(session, row, book.language, collectors(session)[book.id or 0])
    account = None
    if read.reading is Reading.says_paid:
        account = _only_account(facts, row, book)
        if account is None:
            return None
    wanted = _template(session, office, template, facts, book)
    text = _written(wanted, row, book, account)
    if points_elsewhere(text, book_of(book), (account.account_no,) if account else (), row.to_number):
        return None
    purpose = Purpose.opt_out_confirmation if read.reading is Reading.stop else Purpose.answer
    answer = Answer(row, purpose, wanted.key, text, (account.account_id,) if account else ())
    verdict = judge_answer(session, answer, facts, book.id or 0, office.capabilities)
    return text if verdict.answer is Says.allow else None


def _template(session: Session, office: Office, name: str, facts: PersonFacts, book: Portfolio) -> Template:
    """In the writer's language where there is such a text, else in the portfolio's."""
    spoken = facts.body.language or book.language
    return office.texts(session).template(name, "zh" if spoken.startswith("zh") else "en")


def _written(wanted: Template, row: InboundMessage, book: Portfolio, account: AccountFacts | None) -> str:
    given = {
        **sender_values(wanted.language, *book_of(book).words),
        "call_back_number": row.to_number,
        "account_tail": account.account_no[-4:] if account else "",
    }
    return wanted.render({name: given.get(name, "") for name in wanted.variables})


def _only_account(facts: PersonFacts, row: InboundMessage, book: Portfolio) -> AccountFacts | None:
    """The one account that can be meant, where the phone is the borrower's own: nothing of a debt is said elsewhere."""
    phone = next((one for one in facts.body.phones if one.number == row.from_number), None)
    owed = [one for one in facts.accounts if one.portfolio_id == book.id and one.role is PartyRole.borrower]
    return owed[0] if len(owed) == 1 and is_own(phone) else None


def _replied_today(session: Session, row: InboundMessage) -> int:
    return session.exec(
        select(func.count())
        .select_from(InboundMessage)
        .where(
            col(InboundMessage.from_number) == row.from_number,
            col(InboundMessage.replied).is_(True),
            col(InboundMessage.at) > row.at - timedelta(days=1),
        )
    ).one()
