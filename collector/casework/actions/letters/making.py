"""A letter made: its words filled in from the facts of this moment, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from collector.casework.letters import wording
from collector.casework.letters.agreed import agreed
from collector.casework.letters.amounts import amounts_of, require_amounts
from collector.casework.letters.gathering import (
    Gathered,
    foreign,
    gather,
    letter_language,
    rows_for,
    values_for,
)
from collector.casework.letters.itemizing import LAW_LINK, itemized
from collector.casework.letters.missing import require_whole
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.rules import LetterStep
from collector.history.tables import LetterEvent, LetterRow
from collector.identity.rules import Actor
from collector.portfolio.queries import creditor_of
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account
from collector.texts.letters.template import LetterTemplate
from collector.texts.rules import AGREEMENTS, CONTACTS, LetterKind

HOLDS_GOOD = timedelta(days=7)
"""How long an unposted letter may wait while the amounts stay: the answer it asks for would soon be overdue."""


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """What is to be made. `person_id`: who is addressed, of letters to somebody who owes. `language`: None, the
    portfolio's. `entered`: by value, what only a person knows. `task_id`: the task of the plan that asked for it."""

    account_id: int
    kind: LetterKind
    person_id: int | None = None
    language: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    task_id: int | None = None


def make_letter(session: Session, office: Office, order: LetterOrder, *, at: datetime, actor: Actor) -> LetterRow:
    """The letter with its words; it is printed afterwards. The same letter to the same person that is not posted yet,
    is at most a week old and names the same amounts, is that letter. `BadInput`: what is missing, by name."""
    lock_key(session, f"letter:{order.account_id}/{order.person_id}/{order.kind}")
    account = session.get_one(Account, order.account_id)
    template, gathered = _prepared(session, office, account, order, at)
    if order.kind in CONTACTS:
        waiting = _waiting(session, order, gathered, template, at)
        if waiting is not None:
            return waiting
    approved = gathered.approved if order.kind in CONTACTS | AGREEMENTS else None
    values = values_for(gathered, order.person_id, template.language)
    terms = agreed(session, order.account_id, order.kind, gathered.book.currency, template.language)
    values |= terms.values if terms else {}
    held = creditor_of(session, account.portfolio_id)
    asked = [one for one in template.entries if one.name not in held]
    values |= wording.entered(asked, order.entered, gathered.book.currency, template.language, approved)
    values |= held
    rows = {**rows_for(gathered, template), **(terms.rows if terms else {})}
    if order.kind is LetterKind.validation_notice:
        notice = itemized(session, gathered, order.entered, template.language, at)
        values, rows = {**values, **notice.values}, {**rows, **notice.rows}
    require_amounts(template, gathered.amounts)
    require_whole(template, values, rows, gathered.one(order.person_id).role if order.person_id else None)
    letter = template.fill(values, rows)
    words = _without(letter.words, [*order.entered.values(), *held.values()])
    of_law = [LAW_LINK] if order.kind is LetterKind.validation_notice else []
    if found := foreign(gathered, order.kind, words, of_law):
        raise BadInput(f"the letter points to {len(found)} links or numbers that nobody approved; it is not made")
    row = LetterRow(
        portfolio_id=account.portfolio_id,
        account_id=order.account_id,
        person_id=order.person_id,
        kind=order.kind,
        language=letter.language,
        template=letter.template,
        body=letter.as_data(),
        overdue=gathered.facts.overdue,
        owed=gathered.facts.owed,
        amounts=gathered.amounts.as_data(),
        task_id=order.task_id,
        terms_id=terms.terms_id if terms else None,
        made_at=at,
        actor=actor.name,
    )
    return history.add_letter(session, row)


def _prepared(
    session: Session, office: Office, account: Account, order: LetterOrder, at: datetime
) -> tuple[LetterTemplate, Gathered]:
    """The words and the facts; what does not go together is refused before anything is looked at."""
    if (order.kind in CONTACTS) is (order.person_id is None):
        raise BadInput("a letter to somebody who owes names that person, and no other paper does")
    gathered = gather(session, office.keys, account, _language(session, account, order), at)
    if order.person_id is not None:
        one = gathered.one(order.person_id)
        if order.kind is LetterKind.guarantor_notice and one.role is not PartyRole.guarantor:
            raise BadInput("a notice to the guarantor goes to a guarantor: choose one, or another letter")
        if one.party is not None and one.party.guarantee_until and one.party.guarantee_until < gathered.today:
            raise Conflict("the guarantee period is over: a later letter does not revive it; ask the legal team")
    if order.kind in CONTACTS and min(gathered.facts.overdue, gathered.amounts.overdue) <= 0:
        raise Conflict("nothing is overdue on this account: there is nothing to write about")
    return office.letters.letter(order.kind, _language(session, account, order)), gathered


def _language(session: Session, account: Account, order: LetterOrder) -> str:
    return letter_language(session, account, order.language)


def _without(words: str, judged: Sequence[str]) -> str:
    """The words without what was entered, or set for the portfolio by two people: that was judged by itself."""
    for text in judged:
        words = words.replace(text.strip(), "") if text.strip() else words
    return words


def _waiting(
    session: Session, order: LetterOrder, gathered: Gathered, template: LetterTemplate, at: datetime
) -> LetterRow | None:
    """The same letter, made lately and not posted, of whose day the books still say what it says. A day more of penalty
    alone is no reason for another."""
    posted = select(LetterEvent.letter_id).where(LetterEvent.step == LetterStep.posted)
    statement = (
        select(LetterRow)
        .where(
            LetterRow.account_id == order.account_id,
            LetterRow.person_id == order.person_id,
            LetterRow.kind == order.kind,
            LetterRow.template == template.digest,
            LetterRow.overdue == gathered.facts.overdue,
            LetterRow.owed == gathered.facts.owed,
            col(LetterRow.made_at) > at - HOLDS_GOOD,
            col(LetterRow.id).not_in(posted),
        )
        .order_by(col(LetterRow.id).desc())
        .limit(1)
    )
    found = session.exec(statement).first()
    return found if found is not None and _still_says(session, gathered, found, at) else None


def _still_says(session: Session, gathered: Gathered, row: LetterRow, at: datetime) -> bool:
    if row.amounts is None:
        return False
    day = local_day(row.made_at, gathered.book.timezone)
    now = amounts_of(session, gathered.account, gathered.book, gathered.facts, day, at)
    return now.as_data() == row.amounts
