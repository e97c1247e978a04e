"""A strategy version: one person proposes it, another publishes it (security section 1, "the whole book").

What is approved is the text itself, with its reason and start: the digest is over all of it, so an edit afterwards is
another proposal. What a program brings by API key is proposed too: a key is a login that can be stolen, and may never
approve. Only the command line publishes at once; who sits there holds the database anyway.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.approvals.kind import Kind
from collector.casework.office import Office
from collector.foundation.clock import parse_moment
from collector.identity import actions as identity
from collector.identity.queries import find_user
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.tables import Portfolio
from collector.strategy import actions, drafting
from collector.strategy.compiling import digest_of
from collector.strategy.tables import StrategyDraft, StrategyVersion

STRATEGY = "strategy"


def propose(
    session: Session,
    office: Office,
    book: Portfolio | None,
    text: str,
    reason: str,
    starts_at: datetime,
    maker: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person to publish this text. It must be publishable as it stands: a `BadInput` names every problem.
    `book` None: for every portfolio that has none of its own."""
    owner = None if book is None else book.id
    actions.check_publishable(session, text, [owner], reason, starts_at, now, office.texts(session))
    body = {
        "portfolio": owner,
        "yaml": text,
        "digest": digest_of(text),
        "reason": reason.strip(),
        "starts_at": starts_at.isoformat(),
    }
    subject = f"portfolio:{owner or 0}"
    return identity.propose(session, STRATEGY, subject, body, maker, now, owner)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> StrategyVersion:
    """The version begins when it was to begin, or at once where that moment has passed meanwhile."""
    body = approval.body
    author = f"user:{approval.maker}" if find_user(session, approval.maker) else approval.maker
    starts_at = max(parse_moment(body["starts_at"]), at)
    [version] = actions.publish(
        session,
        body["yaml"],
        [body["portfolio"]],
        author,
        body["reason"],
        starts_at,
        at,
        office.texts(session),
        approver=actor.name,
    )
    for draft in session.exec(select(StrategyDraft).where(col(StrategyDraft.approval_id) == approval.id)):
        drafting.drop_draft(session, draft, actor, at)
    return version


def moment_of(approval: Approval) -> datetime:
    """When it is to begin."""
    return parse_moment(approval.body["starts_at"])


KIND = Kind(STRATEGY, frozenset({Role.supervisor, Role.admin}), carry_out)
