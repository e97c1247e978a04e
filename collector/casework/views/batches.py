"""What a decision about many cases at once would do to each: shown before, and done exactly so."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, select

from collector.casework.views.lapsing import Line, lines
from collector.casework.views.negotiators import by_default, negotiators
from collector.foundation.database import among
from collector.foundation.errors import BadInput
from collector.history.rules import REFERRAL_MOVES, ReferralKind, ReferralState, Route
from collector.history.tables import Referral
from collector.identity.rules import Actor
from collector.identity.tables import User

MOST = 500
"""Cases of one decision."""


class Does(StrEnum):
    accept = "accept"
    give_back = "give_back"
    file = "file"


class Stays(StrEnum):
    """Why a chosen case is left as it is."""

    moved = "moved"
    """Somebody decided about it meanwhile, or it was paid."""
    no_route = "no_route"
    not_accepted = "not_accepted"
    filed = "filed"
    not_theirs = "not_theirs"
    """The named negotiator does not talk with borrowers of its portfolio."""


TO = {Does.accept: ReferralState.accepted, Does.give_back: ReferralState.returned}


@dataclass(frozen=True, slots=True)
class Decision:
    """`route` None: each by its own proposal; `negotiator_id` None: each account's owner, or else who decides."""

    does: Does
    route: Route | None = None
    negotiator_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A chosen case. `stays` None: the decision is carried out; by `route`."""

    referral: Referral
    line: Line
    route: Route | None
    talks: User | None
    """Who would go on talking."""
    stays: Stays | None


@dataclass(frozen=True, slots=True)
class Batch:
    decision: Decision
    entries: Sequence[Entry]

    @property
    def go(self) -> list[Entry]:
        return [one for one in self.entries if one.stays is None]

    @property
    def digest(self) -> str:
        """Tells whether it would still be the same."""
        told = [
            (one.referral.id, one.route, one.talks.id if one.talks else 0, one.stays, one.referral.state)
            for one in self.entries
        ]
        return hashlib.sha256(repr((self.decision, told)).encode()).hexdigest()[:32]


def batch(session: Session, actor: Actor, referral_ids: Collection[int], decision: Decision, at: datetime) -> Batch:
    """Those of the chosen cases that the reader may see. None chosen, too many, or a reason that is missing is a
    `BadInput`."""
    if not referral_ids:
        raise BadInput("choose cases first: tick them in the list")
    if len(referral_ids) > MOST:
        raise BadInput(f"choose at most {MOST} cases at once")
    if decision.does is Does.give_back and not decision.reason.strip():
        raise BadInput("a referral is returned with a reason: say what is missing")
    wanted = select(Referral).where(among(session, Referral.id, referral_ids), Referral.kind == ReferralKind.legal)
    if actor.scope.portfolio_ids is not None:
        wanted = wanted.where(among(session, Referral.portfolio_id, actor.scope.portfolio_ids))
    rows = {row.account_id: row for row in session.exec(wanted)}
    found = lines(session, list(rows), at)
    talking = {book: negotiators(session, book) for book in {line.portfolio_id for line in found}}
    entries = [
        _entry(rows[line.account_id], line, decision, _talks(talking[line.portfolio_id], line, decision, actor))
        for line in sorted(found, key=lambda one: one.key)
    ]
    differs = any(one.stays is None and one.route is not one.line.proposed for one in entries)
    if decision.does is Does.accept and differs and not decision.reason.strip():
        raise BadInput("say why another route is taken than the one that is proposed")
    return Batch(decision, entries)


def _talks(may_talk: Sequence[User], line: Line, decision: Decision, actor: Actor) -> User | None:
    if decision.does is not Does.accept:
        return None
    if decision.negotiator_id is not None:
        return next((user for user in may_talk if user.id == decision.negotiator_id), None)
    return by_default(may_talk, line.owner_id, actor.user_id)


def _entry(row: Referral, line: Line, decision: Decision, talks: User | None) -> Entry:
    route = (decision.route or line.proposed) if decision.does is Does.accept else row.route
    return Entry(row, line, route, talks, _stays(row, decision, route, talks))


def _stays(row: Referral, decision: Decision, route: Route | None, talks: User | None) -> Stays | None:
    if decision.does is Does.file:
        if row.state is not ReferralState.accepted:
            return Stays.not_accepted
        return Stays.filed if row.filing_id is not None else None
    if TO[decision.does] not in REFERRAL_MOVES[row.state]:
        return Stays.moved
    if decision.does is Does.give_back:
        return None
    if route is None:
        return Stays.no_route
    return Stays.not_theirs if talks is None else None
