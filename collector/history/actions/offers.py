"""Terms that were told to the borrower, as contact reads of them: opened, kept, ended."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.history.actions.keep import add, change
from collector.history.tables import Offer
from collector.identity.rules import Actor


def open_offer(
    session: Session, *, account_id: int, total: int, due_at: datetime, source: str, at: datetime, actor: Actor
) -> Offer:
    """That sum, in minor units, by that moment. `source`: whose terms they are, as "terms:12"."""
    row = Offer(account_id=account_id, total=total, at=at, due_at=due_at, source=source, actor=actor.name)
    detail = {"account": account_id, "total": total, "due_at": due_at.isoformat(), "for": source}
    add(session, row, actor.name, "offer.opened", detail, at)
    return row


def keep_offer(session: Session, row: Offer, kept: bool, at: datetime, actor: Actor) -> None:
    """It was paid in time, even if it was taken to be over before that payment was known; or it is not any more, since
    a payment was taken back."""
    row.kept_at = at if kept else None
    row.ended_at = None if kept else row.ended_at
    detail = {"account": row.account_id, "kept": kept, "for": row.source}
    change(session, row, actor.name, "offer.kept" if kept else "offer.reopened", detail, at)


def end_offer(session: Session, row: Offer, at: datetime, actor: Actor) -> None:
    """It lapsed or was withdrawn: contact goes on as if it had never been."""
    row.ended_at = at
    change(session, row, actor.name, "offer.ended", {"account": row.account_id, "for": row.source}, at)
