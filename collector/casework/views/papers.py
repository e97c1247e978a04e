"""The papers of an account: what is on file, what a case file would lack, which were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.casefiles import material_of
from collector.casework.office import Office
from collector.casework.views.archive import COUNSEL, Shelved, of_account
from collector.foundation.errors import NotFound
from collector.history.tables import Document
from collector.identity.rules import Actor
from collector.legal.casefile.reading import Material, have
from collector.legal.casefile.rules import Missing, missing
from collector.legal.casefile.tables import CaseFile
from collector.portfolio.tables import Account


@dataclass(frozen=True, slots=True)
class Papers:
    """`rows`: what the reader may see, newest first."""

    material: Material
    rows: Sequence[Document]
    lacking: Sequence[Missing]
    made: Sequence[CaseFile]
    originals: Sequence[Shelved]


def papers_of(session: Session, office: Office, actor: Actor, account: Account, now: datetime) -> Papers:
    """Everything on file about the account, as this reader may see it."""
    material = material_of(session, office, account, now)
    rows = session.exec(
        select(Document).where(Document.account_id == account.id).order_by(col(Document.id).desc())
    ).all()
    made = session.exec(select(CaseFile).where(CaseFile.account_id == account.id).order_by(col(CaseFile.id).desc()))
    seen = [row for row in rows if may_see(actor, row)]
    originals = of_account(session, actor, account.id or 0, now)
    return Papers(material, seen, missing(have(material)), made.all(), originals)


def may_see(actor: Actor, row: Document) -> bool:
    """What is privileged, counsel and the legal team see."""
    return not row.privileged or bool(actor.roles & COUNSEL)


def paper(session: Session, actor: Actor, account: Account, document_id: int) -> Document:
    """One of them; of another account, or not for this reader, it is not there."""
    row = session.get(Document, document_id)
    if row is None or row.account_id != account.id or not may_see(actor, row):
        raise NotFound
    return row
