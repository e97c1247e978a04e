"""The archive: originals are placed, lent and come back; who has which of them is never a matter of memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, select

from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from collector.history import actions as history
from collector.history.rules import ArchiveLevel, ArchiveStep, DocumentKind, Handover, level_of
from collector.history.tables import Document, Original, OriginalStep
from collector.identity.rules import Actor
from collector.identity.tables import User
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Account

MOST = 120
"""Characters of a name, a place or a reason."""


def archive_original(
    session: Session,
    _office: Office,
    account: Account,
    *,
    kind: DocumentKind,
    title: str,
    place: str,
    on: date,
    at: datetime,
    actor: Actor,
    document_id: int | None = None,
    level: ArchiveLevel | None = None,
) -> Original:
    """A paper comes into the archive and lies at that place. `document_id`: its scan, of which there is one original
    (`Conflict`). `level`: as the kind says, unless given."""
    _come(session, account.portfolio_id, on, at)
    if document_id is not None:
        _require_scan(session, account, kind, document_id)
    row = history.add_original(
        session,
        Original(
            portfolio_id=account.portfolio_id,
            account_id=account.id or 0,
            document_id=document_id,
            kind=kind,
            level=level or level_of(kind),
            name=_line(title) or kind.value,
            at=at,
            actor=actor.name,
        ),
    )
    placed = Handover(ArchiveStep.placed, on, place=_line(place))
    history.add_original_step(session, row.id or 0, placed, at=at, actor=actor)
    return row


def _require_scan(session: Session, account: Account, kind: DocumentKind, document_id: int) -> None:
    paper = session.get(Document, document_id)
    if paper is None or paper.account_id != account.id:
        raise BadInput("this paper is not of the account; file it with the account first")
    if paper.kind is not kind:
        raise BadInput("the scan is of another kind of paper; choose the scan of this original")
    lock_key(session, f"original:{document_id}")
    if session.exec(select(Original.id).where(Original.document_id == document_id)).first() is not None:
        raise Conflict("the original of this scan is in the archive already; look for it there")


def move_original(
    session: Session, _office: Office, original_id: int, wanted: Handover, *, at: datetime, actor: Actor
) -> OriginalStep:
    """It is lent, comes back, is moved, given away or destroyed. An original of title is handed out by somebody else
    than who takes it (`Forbidden`); one that is on loan is not lent again (`Conflict`)."""
    row = session.get(Original, original_id)
    if row is None:
        raise NotFound(f"there is no original {original_id} in the archive")
    _come(session, row.portfolio_id, wanted.on, at)
    plain = replace(wanted, place=_line(wanted.place), whom=_line(wanted.whom), why=_line(wanted.why))
    takes = wanted.step in (ArchiveStep.lent, ArchiveStep.released)
    if takes and row.level is ArchiveLevel.vault and plain.whom.casefold() in _names(session, actor):
        raise Forbidden("an original of title is handed out by somebody other than the one who takes it")
    return history.add_original_step(session, original_id, plain, at=at, actor=actor)


def _names(session: Session, actor: Actor) -> set[str]:
    """What the actor is called, and would be written as."""
    user = session.get(User, actor.user_id) if actor.user_id else None
    names = {actor.name, actor.name.removeprefix("user:")}
    names |= {user.display_name, user.staff_no} if user else set()
    return {one.casefold() for one in names if one}


def _come(session: Session, portfolio_id: int, on: date, at: datetime) -> None:
    if on > local_day(at, portfolio_of(session, portfolio_id).timezone):
        raise BadInput("what happens to an original is recorded on its day or later: give a day that has come")


def _line(words: str) -> str:
    """One line of what can be printed."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:MOST]
