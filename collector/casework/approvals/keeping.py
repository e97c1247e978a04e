"""An agent asks to keep an account beyond its holding period; a supervisor agrees (handbook section 2, 留案)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval

KEEP = "keep"


def carry_out(session: Session, _office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    actions.keep_as_asked(session, approval, at, actor)


KIND = Kind(KEEP, frozenset({Role.supervisor}), carry_out)
