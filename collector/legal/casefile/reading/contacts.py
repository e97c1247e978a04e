"""Every contact about the account, what it led to, and what came in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from collector.dispatch.tables import InboundMessage
from collector.foundation.database import among
from collector.history.rules import LetterStep
from collector.history.tables import Attempt, LetterEvent, LetterRow, OutcomeRow
from collector.legal.casefile.reading.material import Letter
from collector.legal.casefile.reading.rows import rows_by, rows_of
from collector.portfolio.tables import Account

TASK = "task:"
"""How the key of an attempt begins that a task led to."""


def is_of_task(row: Attempt) -> bool:
    return row.natural_key.startswith(TASK) and row.natural_key.removeprefix(TASK).isdigit()


def attempts_of(session: Session, account: Account, ids: Collection[int], as_of: datetime) -> Sequence[Attempt]:
    rows = session.exec(
        select(Attempt)
        .where(
            among(session, Attempt.person_id, ids), Attempt.portfolio_id == account.portfolio_id, Attempt.at <= as_of
        )
        .order_by(col(Attempt.at), col(Attempt.id))
    )
    return [row for row in rows if row.account_id == account.id or account.id in row.debts]


def outcomes_of(session: Session, numbers: Collection[int], as_of: datetime) -> dict[int, OutcomeRow]:
    rows = select(OutcomeRow).where(among(session, OutcomeRow.attempt_id, numbers), OutcomeRow.recorded_at <= as_of)
    return {row.attempt_id: row for row in session.exec(rows.order_by(col(OutcomeRow.id)))}


def received_of(session: Session, account: Account, ids: Collection[int], as_of: datetime) -> Sequence[InboundMessage]:
    rows = select(InboundMessage).where(
        among(session, InboundMessage.person_id, ids),
        InboundMessage.portfolio_id == account.portfolio_id,
        InboundMessage.at <= as_of,
    )
    return session.exec(rows.order_by(col(InboundMessage.at), col(InboundMessage.id))).all()


def letters_of(session: Session, account: Account, as_of: datetime) -> list[Letter]:
    """Those to a person that were posted by then, each with the steps that were known of it. What goes to a court or
    the police, and what was only written, is no letter to who owes."""
    rows = [row for row in rows_of(session, LetterRow, account, "made_at") if row.person_id is not None]
    events: dict[int, dict[LetterStep, LetterEvent]] = {}
    for step in rows_by(session, LetterEvent, "letter_id", [row.id or 0 for row in rows]):
        if step.at <= as_of:
            events.setdefault(step.letter_id, {})[step.step] = step
    found = [Letter(row, events.get(row.id or 0, {})) for row in rows]
    return [one for one in found if LetterStep.posted in one.steps]
