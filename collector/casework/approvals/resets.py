"""A new password for who decides what others propose: it takes two admins (security section 2)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.foundation.errors import Conflict
from collector.identity.actions import RESET
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    """What follows a yes is a code that is shown once: only the page of users shows it, so only there it is decided
    (`identity.actions.decide_reset`)."""
    raise Conflict("a reset is decided under Users, where its code is shown")


KIND = Kind(RESET, frozenset({Role.admin}), carry_out)
