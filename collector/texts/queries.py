"""Reading stored texts and their registrations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.texts.rules import Registration
from collector.texts.tables import TextRegistration, TextVersion
from collector.texts.template import key_of


def newest(session: Session) -> tuple[int, int]:
    """How many versions there are, and the last one's id: it changes with every version that is committed."""
    count, last = session.exec(select(func.count(), func.coalesce(func.max(TextVersion.id), 0))).one()
    return count, last or 0


def in_force(session: Session) -> Sequence[TextVersion]:
    """The highest version of each language and name."""
    rows = session.exec(select(TextVersion).order_by(col(TextVersion.version))).all()
    return list({(row.language, row.name): row for row in rows}.values())


def versions(session: Session, language: str, name: str) -> Sequence[TextVersion]:
    """Of one text, newest first."""
    mine = TextVersion.language == language, TextVersion.name == name
    return session.exec(select(TextVersion).where(*mine).order_by(col(TextVersion.version).desc())).all()


def registrations(session: Session, portfolio_ids: Sequence[int]) -> Sequence[TextRegistration]:
    """What counts for these portfolios: the last row of each carrier, language and name."""
    wanted = col(TextRegistration.portfolio_id).in_(portfolio_ids)
    rows = session.exec(select(TextRegistration).where(wanted).order_by(col(TextRegistration.id))).all()
    last = {(row.portfolio_id, row.carrier, row.language, row.name): row for row in rows}
    return list(last.values())


def registered(session: Session, portfolio_id: int, carrier: str, day: date) -> frozenset[str]:
    """Keys (`Template.key`) of the texts that this carrier has registered for the portfolio on that day."""
    return frozenset(
        key_of(row.language, row.name, row.digest)
        for row in registrations(session, [portfolio_id])
        if row.carrier == carrier
        and row.state is Registration.registered
        and row.since <= day
        and (row.until is None or day <= row.until)
    )
