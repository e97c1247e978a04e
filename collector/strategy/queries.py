"""Which strategy holds: the last to have started, of the portfolio, of the house, or the shipped one; and drafts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from collector.foundation.known import once
from collector.identity.rules import Actor
from collector.portfolio.queries import portfolio_of
from collector.strategy.compiling import compile_document, default_text, digest_of
from collector.strategy.reading import parse
from collector.strategy.rules import Strategy
from collector.strategy.tables import StrategyDraft, StrategyTrial, StrategyVersion

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when the shipped strategies hold."""


def active(session: Session, portfolio_id: int, at: datetime) -> StrategyVersion:
    """The version that holds at that moment: the portfolio's own, else the house's. Where nothing was published: the
    shipped one as version 0, not stored.

    Of several that have started, the one that started last; of those, the one published last.
    """
    owner = col(StrategyVersion.portfolio_id)
    found = session.exec(
        select(StrategyVersion)
        .where(or_(owner == portfolio_id, owner.is_(None)), col(StrategyVersion.starts_at) <= at)
        .order_by(owner.is_(None), col(StrategyVersion.starts_at).desc(), col(StrategyVersion.version).desc())
        .limit(1)
    ).first()
    if found is not None:
        return found
    return shipped(portfolio_of(session, portfolio_id).jurisdiction)


def versions(session: Session, portfolio_id: int | None) -> list[StrategyVersion]:
    """What was published for a portfolio (None: for all), newest first."""
    return list(
        session.exec(
            select(StrategyVersion).where(_published_for(portfolio_id)).order_by(col(StrategyVersion.version).desc())
        )
    )


def compiled(session: Session, portfolio_id: int, at: datetime) -> Strategy:
    """The strategy that decides for a portfolio at that moment, in its currency."""
    version = once(session, ("strategy", portfolio_id, at), lambda: active(session, portfolio_id, at))
    currency = portfolio_of(session, portfolio_id).currency
    return compiled_text(version.body, currency, version.version)


@lru_cache(maxsize=256)
def compiled_text(body: str, currency: str, version: int) -> Strategy:
    """A text as a strategy; the same object for the same text, currency and version."""
    return compile_document(parse(body), currency, version)


def shipped(jurisdiction: str) -> StrategyVersion:
    """The shipped strategy of a jurisdiction, as a version that is not stored."""
    body = default_text(jurisdiction)
    return StrategyVersion(
        version=0,
        body=body,
        digest=digest_of(body),
        author="collector",
        reason="shipped",
        published_at=ALWAYS,
        starts_at=ALWAYS,
    )


def _published_for(portfolio_id: int | None) -> ColumnElement[bool]:
    own = col(StrategyVersion.portfolio_id)
    return own.is_(None) if portfolio_id is None else own == portfolio_id


def drafts_of(session: Session, portfolio_id: int) -> Sequence[StrategyDraft]:
    """Everybody's, the one touched last first."""
    own = select(StrategyDraft).where(col(StrategyDraft.portfolio_id) == portfolio_id)
    return session.exec(own.order_by(col(StrategyDraft.changed_at).desc())).all()


def draft_of(session: Session, portfolio_id: int, actor: Actor) -> StrategyDraft | None:
    """The user's own."""
    return session.exec(
        select(StrategyDraft).where(
            col(StrategyDraft.portfolio_id) == portfolio_id, col(StrategyDraft.user_id) == actor.user_id
        )
    ).first()


def trial_of(session: Session, draft_id: int) -> StrategyTrial | None:
    """What trying that draft came to, or how far it is."""
    return session.get(StrategyTrial, draft_id)
