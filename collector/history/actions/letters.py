"""Writing down a letter and its steps."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, select

from collector.foundation.errors import BadInput
from collector.history.actions.keep import add
from collector.history.rules import LetterStep, ReturnReason, require_step
from collector.history.tables import LetterEvent, LetterRow
from collector.identity.rules import Actor


def add_letter(session: Session, row: LetterRow) -> LetterRow:
    """Its words are in the row; the entry tells of ids, kind and digest only."""
    detail = {
        "account": row.account_id,
        "person": row.person_id,
        "kind": row.kind.value,
        "task": row.task_id,
        "terms": row.terms_id,
    }
    detail |= {"language": row.language, "template": row.template}
    add(session, row, row.actor, "letter.made", detail, row.made_at)
    return row


def steps_of(session: Session, letter_id: int) -> dict[LetterStep, LetterEvent]:
    rows = session.exec(select(LetterEvent).where(LetterEvent.letter_id == letter_id)).all()
    return {row.step: row for row in rows}


def take_step(
    session: Session,
    row: LetterRow,
    step: LetterStep,
    on: date,
    *,
    now: datetime,
    actor: Actor,
    posting_no: str | None = None,
    reason: ReturnReason | None = None,
    attempt_id: int | None = None,
    document_id: int | None = None,
) -> LetterEvent:
    """Once a letter: told again, the first one stays. `Conflict`: it can not follow what there was. The letter must be
    held by the caller."""
    before = steps_of(session, row.id or 0)
    if step in before:
        return before[step]
    require_step(step, before.keys())
    earliest = max((one.on for one in before.values()), default=on)
    if on < earliest and step is not LetterStep.signed:
        raise BadInput(f"the day is before the step that came before it, {earliest.isoformat()}")
    event = LetterEvent(
        letter_id=row.id or 0,
        step=step,
        on=on,
        posting_no=posting_no,
        reason=reason,
        attempt_id=attempt_id,
        document_id=document_id,
        at=now,
        actor=actor.name,
    )
    detail = {"letter": row.id, "account": row.account_id, "on": on.isoformat()}
    detail |= {"attempt": attempt_id, "document": document_id, "reason": reason.value if reason else None}
    add(session, event, actor.name, f"letter.{step.value}", detail, now)
    return event
