"""Ways to pay, senders, caller numbers, links and call-back numbers: nobody changes them alone, and nobody at once
(security section 1, borrowers' payments)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio import ways
from collector.portfolio.rules.ways import Ways
from collector.portfolio.tables import Portfolio
from collector.portfolio.ways import WAYS


def propose(session: Session, portfolio: Portfolio, wanted: Ways, maker: Actor, now: datetime) -> Approval:
    """Ask a second person for what is otherwise in `wanted`. `BadInput` where nothing is, or something is unsound."""
    asked = ways.propose(session, portfolio, wanted, maker, now)
    if asked is None:
        raise BadInput("nothing would change: it is so already")
    return asked


def carry_out(session: Session, office: Office, approval: Approval, _actor: Actor, at: datetime) -> None:
    ways.agree(session, approval, timedelta(hours=office.settings.ways_wait_hours), at)


__all__ = ["KIND", "WAYS", "carry_out", "propose"]

KIND = Kind(WAYS, frozenset({Role.supervisor, Role.admin}), carry_out)
