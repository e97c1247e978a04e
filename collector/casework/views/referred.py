"""What was decided about a case that was handed to legal, and what may be decided next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from collector.casework.views.negotiators import negotiators
from collector.foundation.database import among
from collector.history.rules import ReferralKind, ReferralState
from collector.history.tables import Filing, Referral, ReferralStep
from collector.identity.tables import User
from collector.portfolio.tables import Account


@dataclass(frozen=True, slots=True)
class Step:
    """One decision. `negotiator`: who alone talks from then on; `filing`: the number it was filed under."""

    row: ReferralStep
    negotiator: str
    filing: str


@dataclass(frozen=True, slots=True)
class Referred:
    """Of one account: every step of its hand-overs to legal, oldest first, and who may be named."""

    steps: Sequence[Step]
    negotiator: str
    filing: str
    may_talk: Sequence[User]
    """The account's owner first."""


def referred(session: Session, account: Account, referral: Referral | None) -> Referred:
    """`referral`: the one that is open, if there is one."""
    wanted = select(ReferralStep).where(
        ReferralStep.account_id == account.id, ReferralStep.referred_to == ReferralKind.legal
    )
    rows = session.exec(wanted.order_by(col(ReferralStep.id))).all()
    talked = select(User).where(among(session, User.id, {row.negotiator_id for row in rows} - {None}))
    names = {user.id or 0: user.display_name or user.name for user in session.exec(talked)}
    filed = select(Filing).where(among(session, Filing.id, {row.filing_id for row in rows} - {None}))
    numbers = {one.id or 0: one.number for one in session.exec(filed)}
    talking = sorted(negotiators(session, account.portfolio_id), key=lambda user: user.id != account.owner_id)
    return Referred(
        [Step(row, names.get(row.negotiator_id or 0, ""), numbers.get(row.filing_id or 0, "")) for row in rows],
        names.get((referral.negotiator_id if referral else None) or 0, ""),
        numbers.get((referral.filing_id if referral else None) or 0, ""),
        talking,
    )


def negotiator_named(session: Session, referrals: Sequence[Referral]) -> str | None:
    """Login of who alone talks about an account with these hand-overs; empty: nobody was named; None: legal has it
    not."""
    held = [one for one in referrals if one.kind is ReferralKind.legal and one.state is ReferralState.accepted]
    if not held:
        return None
    number = held[-1].negotiator_id
    return session.get_one(User, number).name if number is not None else ""
