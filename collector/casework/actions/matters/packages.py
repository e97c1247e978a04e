"""Counsel's word that a package arrived. The package itself is made outside any transaction (`casework.casefiles`)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, select

from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict
from collector.history.actions.keep import fetch
from collector.identity.rules import Actor
from collector.legal.matters import actions as matters
from collector.legal.matters.tables import CounselPackage, CounselReceipt
from collector.portfolio.queries import portfolio_of


def note_receipt(
    session: Session,
    package_id: int,
    on: date,
    by: str,
    *,
    at: datetime,
    actor: Actor,
    document_id: int | None = None,
) -> CounselReceipt:
    """Counsel received it on that day. Once for each package."""
    package = fetch(session, CounselPackage, package_id)
    book = portfolio_of(session, package.portfolio_id)
    if not local_day(package.made_at, book.timezone) <= on <= local_day(at, book.timezone):
        raise BadInput("it was received on the day it was made, or later, and not ahead of today")
    if session.exec(select(CounselReceipt.id).where(CounselReceipt.package_id == package_id)).first() is not None:
        raise Conflict("the receipt of this package is on record already")
    return matters.add_receipt(session, package, on, by, document_id, at, actor)
