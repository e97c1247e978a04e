"""What stands against a removal, whatever terms end: read by set, a few statements for thousands of accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, func, or_, union
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from collector.foundation.database import among
from collector.history.rules import ArchiveStep, Condition, ReferralKind, ReferralState
from collector.history.tables import Complaint, Dispute, Original, OriginalStep, Referral
from collector.legal.matters.rules import MatterStage
from collector.legal.matters.tables import CourtDate, MatterStep
from collector.legal.retention.rules import Bar
from collector.legal.retention.tables import RetentionHold
from collector.portfolio.tables import Account, Party
from collector.terms.rules import LIVE
from collector.terms.tables import Terms

OPEN_REFERRAL = (ReferralState.proposed, ReferralState.accepted)


def bars_of(session: Session, ids: Collection[int]) -> dict[int, set[Bar]]:
    """What stands against the removal of anything of these accounts."""
    disputed = columns(col(Dispute.account_id)).where(
        among(session, Dispute.account_id, ids), col(Dispute.answered_at).is_(None)
    )
    agreed = columns(col(Terms.account_id)).where(among(session, Terms.account_id, ids), col(Terms.state).in_(LIVE))
    asked = {
        Bar.legal_matter: _legal(session, ids),
        Bar.dispute: disputed,
        Bar.complaint: _complaints(session, ids),
        Bar.terms: agreed,
        Bar.original_out: _out(session, ids),
        Bar.regulator: _held(session, ids),
    }
    found: dict[int, set[Bar]] = defaultdict(set)
    for bar, wanted in asked.items():
        for (number,) in session.connection().execute(wanted):
            found[number].add(bar)
    return found


def _legal(session: Session, ids: Collection[int]) -> Any:
    """Referred and not ended; or with a matter that was not closed, or a day at court that is to come, whatever became
    of the referral."""
    referred = columns(col(Referral.account_id)).where(
        among(session, Referral.account_id, ids),
        col(Referral.kind) == ReferralKind.legal,
        col(Referral.state).in_(OPEN_REFERRAL),
    )
    strikes, closed = aliased(MatterStep), aliased(MatterStep)
    struck = exists().where(col(strikes.strikes_id) == col(closed.id))
    same = col(closed.referral_id) == col(MatterStep.referral_id)
    ended = (col(closed.stage) == MatterStage.closed, col(closed.strikes_id).is_(None))
    over = exists().where(same, *ended, ~struck)
    running = columns(col(MatterStep.account_id)).where(among(session, MatterStep.account_id, ids), ~over)
    at_court = columns(col(CourtDate.account_id)).where(
        among(session, CourtDate.account_id, ids), col(CourtDate.ended).is_(None)
    )
    return union(referred, running, at_court)


def _complaints(session: Session, ids: Collection[int]) -> Any:
    """About the account; or about none in particular, of anybody who has to do with it."""
    open_ = col(Complaint.answered_at).is_(None)
    about = columns(col(Complaint.account_id)).where(among(session, Complaint.account_id, ids), open_)
    everyone = open_ & col(Complaint.account_id).is_(None)
    own = columns(col(Account.id)).join(Complaint, col(Complaint.person_id) == col(Account.person_id))
    theirs = columns(col(Party.account_id)).join(Complaint, col(Complaint.person_id) == col(Party.person_id))
    return union(
        about,
        own.where(among(session, Account.id, ids), everyone),
        theirs.where(among(session, Party.account_id, ids), everyone),
    )


def _out(session: Session, ids: Collection[int]) -> Any:
    """Whose newest step of an original is a loan, or that it was lost."""
    newest = (
        columns(func.max(col(OriginalStep.number)))
        .where(col(OriginalStep.original_id) == col(Original.id))
        .correlate(Original)
        .scalar_subquery()
    )
    away = or_(col(OriginalStep.step) == ArchiveStep.lent, col(OriginalStep.condition) == Condition.lost)
    return (
        columns(col(Original.account_id))
        .join(OriginalStep, col(OriginalStep.original_id) == col(Original.id))
        .where(among(session, Original.account_id, ids), col(OriginalStep.number) == newest, away)
    )


def _held(session: Session, ids: Collection[int]) -> Any:
    same = (col(RetentionHold.account_id) == col(Account.id)) | (
        col(RetentionHold.account_id).is_(None) & (col(RetentionHold.portfolio_id) == col(Account.portfolio_id))
    )
    held = columns(col(Account.id)).join(RetentionHold, same)
    return held.where(among(session, Account.id, ids), col(RetentionHold.lifted_at).is_(None))
