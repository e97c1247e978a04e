"""Writing down a try to verify who is on the line."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.history.actions.keep import add
from collector.history.rules import Checked
from collector.history.tables import Verification
from collector.identity.rules import Actor


def note_verification(
    session: Session,
    *,
    person_id: int,
    account_id: int,
    call: int | None,
    checked: Checked,
    at: datetime,
    actor: Actor,
    inbound: int | None = None,
) -> Verification:
    """One try, passed or not. `call`: the task of the call it was made in; `inbound`: the call that came in."""
    row = Verification(
        person_id=person_id,
        account_id=account_id,
        call=call,
        inbound=inbound,
        at=at,
        right=[one.value for one in checked.right],
        wrong=[one.value for one in checked.wrong],
        passed=checked.passed,
        actor=actor.name,
    )
    detail = {"person": person_id, "account": account_id, "right": row.right, "wrong": row.wrong}
    add(session, row, actor.name, "person.verified" if row.passed else "person.not_verified", detail, at)
    return row
