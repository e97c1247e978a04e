"""A list that is longer than what one person may take in a day: another agrees to that very list, for once
(security section 2, exports)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.errors import BadInput
from collector.identity.queries import login_of
from collector.identity.rules import Actor, ApprovalState, Role
from collector.identity.tables import Approval

EXPORT = "export"
GOOD_FOR = timedelta(hours=24)
"""How long after the yes the list may be taken."""


def propose(
    session: Session,
    book: str,
    portfolio_ids: Sequence[int],
    wanted: dict[str, Any],
    columns: Sequence[str],
    rows: int,
    maker: Actor,
    now: datetime,
) -> Approval:
    """Ask for this list of so many rows. A list of several portfolios is decided by who sees the whole installation."""
    if not rows:
        raise BadInput("this list is empty; there is nothing to take")
    ids = sorted(portfolio_ids)
    body = {"book": book, "portfolios": ids, "list": wanted, "columns": list(columns), "rows": rows}
    subject = f"export:{login_of(session, maker)}"
    return ask(session, EXPORT, subject, body, maker, now, ids[0] if len(ids) == 1 else None)


def agreed(session: Session, book: str, wanted: dict[str, Any], maker: Actor, now: datetime) -> Sequence[Approval]:
    """What another agreed to of exactly this list, for this person, and not too long ago; the newest first."""
    mine = (
        Approval.kind == EXPORT,
        Approval.subject == f"export:{login_of(session, maker)}",
        Approval.state == ApprovalState.approved,
        col(Approval.decided_at) > now - GOOD_FOR,
    )
    rows = session.exec(select(Approval).where(*mine).order_by(col(Approval.id).desc())).all()
    return [row for row in rows if row.body["book"] == book and row.body["list"] == wanted]


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    """Nothing leaves with the yes: who asked comes for the file."""


KIND = Kind(EXPORT, frozenset({Role.supervisor, Role.admin}), carry_out)
