"""Writing down an original on paper and its steps."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.history.actions.keep import add, fetch
from collector.history.rules import ArchiveStep, Condition, Handover, require_archive_step
from collector.history.tables import Original, OriginalStep
from collector.identity.rules import Actor


def add_original(session: Session, row: Original) -> Original:
    """What it is called is in the row; the entry tells of ids, kind and level only."""
    detail = {"account": row.account_id, "document": row.document_id, "kind": row.kind.value, "level": row.level.value}
    add(session, row, row.actor, "original.archived", detail, row.at)
    return row


def add_original_step(
    session: Session, original_id: int, wanted: Handover, *, at: datetime, actor: Actor
) -> OriginalStep:
    """The next step of an original, or a `Conflict` where it can not follow: one on loan is not lent again."""
    original = fetch(session, Original, original_id)
    last = newest_step(session, original_id)
    if last is not None and told_before(last, wanted):
        return last
    is_lost = last is not None and last.condition is Condition.lost
    require_archive_step(last.step if last else None, is_lost, wanted, last.on if last else None)
    row = OriginalStep(
        original_id=original_id,
        number=last.number + 1 if last else 1,
        step=wanted.step,
        on=wanted.on,
        place=wanted.place or (last.place if last else ""),
        whom=wanted.whom,
        why=wanted.why,
        due_on=wanted.due_on if wanted.step is ArchiveStep.lent else None,
        condition=wanted.condition,
        at=at,
        actor=actor.name,
    )
    detail = {"original": original_id, "account": original.account_id, "number": row.number, "on": row.on.isoformat()}
    detail |= {"due": row.due_on.isoformat() if row.due_on else None, "condition": row.condition}
    add(session, row, actor.name, f"original.{row.step.value}", detail, at)
    return row


def told_before(last: OriginalStep, wanted: Handover) -> bool:
    """Whether the very same was recorded just now, as by a second click."""
    before = (last.step, last.on, last.whom, last.why, last.due_on, last.condition)
    again = (wanted.step, wanted.on, wanted.whom, wanted.why, wanted.due_on, wanted.condition)
    return before == again and wanted.place in ("", last.place)


def newest_step(session: Session, original_id: int) -> OriginalStep | None:
    """The last thing that happened to it."""
    steps = select(OriginalStep).where(OriginalStep.original_id == original_id)
    return session.exec(steps.order_by(col(OriginalStep.number).desc()).limit(1)).first()
