"""What one proposes and another decides: maker is never checker (security section 1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.identity.rules import Actor, ApprovalState, Hand, Touch, why_not_decide
from collector.identity.tables import Approval, User


def shown_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of what an approver is shown: an edit after submission gives another digest."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def propose(
    session: Session,
    kind: str,
    subject: str,
    body: Mapping[str, Any],
    maker: Actor,
    now: datetime,
    portfolio_id: int | None,
) -> Approval:
    """Ask a second person. A program may ask; it never decides."""
    user = session.get_one(User, maker.user_id) if maker.user_id is not None else None
    row = Approval(
        kind=kind,
        subject=subject,
        portfolio_id=portfolio_id,
        body=dict(body),
        digest=shown_digest(body),
        maker=user.name if user else maker.name,
        maker_staff_no=user.staff_no if user else maker.name,
        made_at=now,
    )
    session.add(row)
    session.flush()
    record(session, maker.name, f"{kind}.propose", f"approval:{row.id}", {"digest": row.digest}, now)
    return row


def touches(session: Session, user: User) -> list[Touch]:
    """Whose hands were on this login, and when."""
    return [Touch(hand, _staff_no(session, by), at) for hand, by, at in _hands(user)]


def _hands(user: User) -> Iterator[tuple[Hand, str | None, datetime]]:
    yield Hand.created, user.created_by, user.created_at
    if user.reset_at is not None:
        yield Hand.reset, user.reset_by, user.reset_at
        if user.reset_asked_by is not None:
            yield Hand.reset, user.reset_asked_by, user.reset_at
    if user.promoted_at is not None:
        yield Hand.promoted, user.promoted_by, user.promoted_at


def _staff_no(session: Session, by: str | None) -> str | None:
    """The person behind an actor; None: the command line."""
    kind, _, name = (by or "").partition(":")
    return session.exec(select(User.staff_no).where(User.name == name)).first() if kind == "user" else None


def decide(
    session: Session,
    approval_id: int,
    shown: str,
    approve: bool,
    checker: User,
    reason: str,
    now: datetime,
) -> Approval:
    """Approve or reject what was shown. One decision wins; the maker, the maker's other login, and a login that was in
    the maker's hands of late never decide."""
    row = session.get(Approval, approval_id)
    if row is None:
        raise BadInput("there is no such approval")
    why_not = why_not_decide(row.maker_staff_no, checker.staff_no, touches(session, checker), now)
    if why_not is not None:
        raise Forbidden(why_not)
    state = ApprovalState.approved if approve else ApprovalState.rejected
    changed = session.execute(
        update(Approval)
        .where(
            col(Approval.id) == approval_id,
            col(Approval.state) == ApprovalState.open,
            col(Approval.digest) == shown,
        )
        .values(state=state, checker=checker.name, decided_at=now, reason=reason)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        session.refresh(row)
        if row.checker:
            raise Conflict(f"this was {row.state} already, by {row.checker}; nothing was changed")
        if row.state is not ApprovalState.open:
            raise Conflict(f"this was {row.state} already; nothing was changed")
        raise Conflict("this was changed since it was shown; open it again")
    session.refresh(row)
    record(session, f"user:{checker.name}", f"{row.kind}.{state}", f"approval:{row.id}", {"digest": shown}, now)
    return row


def withdraw(session: Session, row: Approval, maker: Actor, now: datetime, reason: str = "") -> None:
    """Who asked asks no more. Only what still waits can be withdrawn; a `Conflict` says what became of it."""
    if row.maker not in (maker.name, maker.name.removeprefix("user:")):
        raise Forbidden("only who proposed something can withdraw it")
    changed = session.execute(
        update(Approval)
        .where(col(Approval.id) == row.id, col(Approval.state) == ApprovalState.open)
        .values(state=ApprovalState.withdrawn, decided_at=now, reason=reason)
    )
    session.refresh(row)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        if row.checker:
            raise Conflict(f"this was {row.state} already, by {row.checker}; nothing was changed")
        raise Conflict(f"this was {row.state} already; nothing was changed")
    record(session, maker.name, f"{row.kind}.withdrawn", f"approval:{row.id}", {"digest": row.digest}, now)
