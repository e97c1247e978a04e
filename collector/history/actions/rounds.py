"""The end of a 3:3:3 round of a phone, and the closing SMS that could not be sent (handbook section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from collector.foundation.errors import NotFound
from collector.history.actions.keep import add
from collector.history.rules import RoundEnd
from collector.history.tables import ClosingRefused, RoundEnded
from collector.identity.rules import Actor
from collector.portfolio.tables import ContactPoint


def end_round(
    session: Session, contact_point_id: int, how: RoundEnd, evidence: dict[str, Any], at: datetime, actor: Actor
) -> RoundEnded:
    """The round of this phone ended, with the calls that prove it; the next call opens a new one."""
    row = RoundEnded(
        contact_point_id=contact_point_id,
        person_id=_person_of(session, contact_point_id),
        how=how,
        at=at,
        evidence=evidence,
    )
    detail = {"contact_point": contact_point_id, "person": row.person_id, "how": how.value}
    add(session, row, actor.name, "round.ended", detail, at)
    return row


def closing_refused(
    session: Session, contact_point_id: int, rules: Sequence[str], at: datetime, actor: Actor
) -> ClosingRefused:
    """The closing SMS of this phone's round is impossible or forbidden, by these rules."""
    row = ClosingRefused(
        contact_point_id=contact_point_id,
        person_id=_person_of(session, contact_point_id),
        at=at,
        rules=list(rules),
    )
    detail = {"contact_point": contact_point_id, "person": row.person_id, "rules": row.rules}
    add(session, row, actor.name, "closing.refused", detail, at)
    return row


def _person_of(session: Session, contact_point_id: int) -> int:
    point = session.get(ContactPoint, contact_point_id)
    if point is None:
        raise NotFound(f"there is no contact point {contact_point_id}")
    return point.person_id
