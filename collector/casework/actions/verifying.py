"""Is it them? What the person says is compared with the file, and each try is kept (handbook section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from collector.casework.office import Office
from collector.casework.views.verifying import held_of, tries_of
from collector.dispatch.queries import held_task
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import TRIES, Identifier, answers_needed, check_identity
from collector.history.tables import Verification
from collector.identity.rules import Actor


def verify(
    session: Session, office: Office, task_id: int, said: Mapping[Identifier, str], at: datetime, actor: Actor
) -> Verification:
    """One try in the call that this agent holds. Passed once, it stays so for the call; after three wrong tries no
    other is taken. Too few answers are a `BadInput` and no try."""
    task = held_task(session, task_id)
    if task is None or task.claimed_by != actor.name:
        raise NotFound(f"there is no call {task_id} of yours")
    tries = tries_of(session, task)
    before = next((one for one in tries if one.passed), None)
    if before is not None:
        return before
    if len(tries) >= TRIES:
        raise Conflict("three tries went wrong: say nothing of the debt, end the call, and record its result")
    held = held_of(session, office.keys, task)
    needed = answers_needed(held)
    if sum(1 for words in said.values() if words.strip()) < needed:
        raise BadInput(f"ask for {needed} identifiers and type what they say")
    checked = check_identity(held, said)
    return history.note_verification(
        session,
        person_id=task.person_id,
        account_id=task.account_id,
        call=task.id,
        checked=checked,
        at=at,
        actor=actor,
    )
