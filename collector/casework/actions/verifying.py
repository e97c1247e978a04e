"""Is it them? What the person says is compared with the file, and each try is kept (handbook section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from collector.casework.office import Office
from collector.casework.views.talks import Talk, talk_of, talk_with, tries_of
from collector.casework.views.verifying import held_of
from collector.dispatch.queries import held_inbound, held_task
from collector.dispatch.rules import AT_A_DESK
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
    return _try(session, office, talk_of(task), said, at, actor)


def verify_caller(
    session: Session, office: Office, call_id: int, said: Mapping[Identifier, str], at: datetime, actor: Actor
) -> Verification:
    """The same for somebody who called, once it is chosen who they say they are."""
    call = held_inbound(session, call_id=call_id)
    if call is None or call.user_id != actor.user_id or call.state not in AT_A_DESK:
        raise NotFound(f"there is no call {call_id} of yours")
    return _try(session, office, talk_with(session, call), said, at, actor)


def _try(
    session: Session, office: Office, talk: Talk, said: Mapping[Identifier, str], at: datetime, actor: Actor
) -> Verification:
    tries = tries_of(session, talk)
    before = next((one for one in tries if one.passed and one.person_id == talk.person_id), None)
    if before is not None:
        return before
    if sum(not one.passed for one in tries) >= TRIES:
        raise Conflict("three tries went wrong: say nothing of the debt, end the call, and record its result")
    held = held_of(session, office.keys, talk)
    needed = answers_needed(held)
    if sum(1 for words in said.values() if words.strip()) < needed:
        raise BadInput(f"ask for {needed} identifiers and type what they say")
    return history.note_verification(
        session,
        person_id=talk.person_id,
        account_id=talk.account_id,
        call=talk.task.id if talk.task is not None else None,
        inbound=talk.inbound.id if talk.inbound is not None else None,
        checked=check_identity(held, said),
        at=at,
        actor=actor,
    )
