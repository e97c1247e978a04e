"""Payments that matched no account, put where a person says they belong (handbook section 2)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.actions.ledger import compare_again
from collector.casework.office import Office
from collector.identity.rules import Actor
from collector.portfolio import actions as portfolio
from collector.portfolio.tables import PaymentRow


def match_payment(
    session: Session, office: Office, *, payment_id: int, account_id: int, at: datetime, actor: Actor
) -> PaymentRow:
    """Put a held payment on an account. Pages ask a second person first; the decision is carried out here."""
    row = portfolio.match_payment(session, payment_id, account_id, actor=actor.name, at=at)
    follow_up(session, office, people_of_account(session, account_id), at, actor)
    compare_again(session, [account_id], at, actor)
    return row
