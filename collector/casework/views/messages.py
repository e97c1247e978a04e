"""A message from outside as the person who answers it sees it: every reading, and what it suggests of a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from collector.casework.views.queues import account_for
from collector.dispatch.lexicon import load_tongues
from collector.dispatch.rules import CALLS, Reading, read_inbound
from collector.dispatch.rules.suggesting import suggest
from collector.dispatch.tables import InboundMessage
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.foundation.money import parse_amount
from collector.portfolio.tables import Account, Portfolio


@dataclass(frozen=True, slots=True)
class Seen:
    """`day` and `amount` (minor units) of a promise are suggestions: an agent agrees them with the person."""

    readings: Sequence[Reading]
    account_id: int | None = None
    currency: str = ""
    day: date | None = None
    amount: int | None = None


def seen(session: Session, message: InboundMessage) -> Seen:
    """The message read again, with the account it is most likely about."""
    readings: Sequence[Reading] = (Reading(message.reading),)
    if readings[0] not in CALLS:
        readings = read_inbound(message.body, load_tongues()).readings
    account_id = account_for(session, message)
    if account_id is None or Reading.will_pay not in readings:
        return Seen(readings, account_id)
    account = session.get_one(Account, account_id)
    book = session.get_one(Portfolio, account.portfolio_id)
    found = suggest(message.body, local_day(message.at, book.timezone), account.payday)
    amount = None if found.amount is None else _minor(f"{found.amount:f}", book.currency)
    if amount is None:
        amount = session.exec(select(AccountState.overdue).where(AccountState.account_id == account_id)).first() or None
    return Seen(readings, account_id, book.currency, found.day, amount)


def _minor(amount: str, currency: str) -> int | None:
    """None where it is no amount of that currency: the agent asks."""
    try:
        return parse_amount(amount, currency)
    except BadInput:
        return None
