"""Files that wait, are loaded now, or were loaded: for the operations page and for whoever comes back to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from collector.casework.office import Office
from collector.casework.uploads import KEPT, Folder
from collector.casework.views import within
from collector.foundation.database import among
from collector.foundation.errors import BadInput, NotFound
from collector.identity.rules import Scope
from collector.portfolio.loading import Mapping, read_mapping
from collector.portfolio.rules import LoadKind, UploadState
from collector.portfolio.tables import LoadRun, Portfolio, SavedMapping, Upload

INTERRUPTED = "interrupted"
"""Of a load that nobody is at any more: the server stopped in its midst."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is not loaded. `state`: of `UploadState`, or `INTERRUPTED`."""

    row: Upload
    code: str
    state: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A load that came to its end; `name` as its user called the file. Times on the portfolio's clock."""

    run: LoadRun
    code: str
    zone: str
    name: str
    found: dict[str, Any]


def own(session: Session, user_id: int | None, token: str, now: datetime) -> tuple[Upload, Portfolio | None]:
    """The file of that address, if it is the user's and its time is not over; anything else is a `NotFound`."""
    row = session.exec(select(Upload).where(col(Upload.token) == token, col(Upload.user_id) == user_id)).first()
    if row is None or row.state is UploadState.dropped or (row.run_id is None and row.made_at < now - KEPT):
        raise NotFound
    return row, session.get_one(Portfolio, row.portfolio_id) if row.portfolio_id is not None else None


def state_of(office: Office, row: Upload) -> str:
    """The state as people are told it."""
    if row.state is UploadState.loading and not Folder(office.settings, row.token).is_held():
        return INTERRUPTED
    return row.state.value


def waiting(session: Session, office: Office, scope: Scope, user_id: int | None, now: datetime) -> list[Waiting]:
    """The user's own files that wait, and everybody's of the scope that are loaded now or came to grief."""
    busy = col(Upload.state).in_([UploadState.loading, UploadState.failed])
    mine = (col(Upload.state) == UploadState.waiting) & (col(Upload.user_id) == user_id)
    statement = (
        select(Upload, Portfolio.code)
        .join(Portfolio, col(Portfolio.id) == col(Upload.portfolio_id), isouter=True)
        .where(col(Upload.made_at) > now - KEPT, or_(busy, mine))
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Upload.portfolio_id).in_(scope.portfolio_ids))
    rows = session.exec(statement.order_by(col(Upload.id).desc()).limit(50)).all()
    return [Waiting(row, code or "", state_of(office, row)) for row, code in rows]


def loaded(session: Session, scope: Scope, limit: int = 30) -> list[Loaded]:
    """The last loads, newest first."""
    statement = select(LoadRun)
    if scope.portfolio_ids is not None:
        statement = statement.where(col(LoadRun.portfolio_id).in_(scope.portfolio_ids))
    return _told(session, session.exec(statement.order_by(col(LoadRun.id).desc()).limit(limit)).all())


def one_load(session: Session, scope: Scope, run_id: int) -> Loaded:
    return _told(session, [within.load_run(session, scope, run_id)])[0]


def _told(session: Session, runs: Sequence[LoadRun]) -> list[Loaded]:
    books = {book.id: book for book in session.exec(select(Portfolio))}
    asked = among(session, col(Upload.run_id), [run.id or 0 for run in runs])
    files = {row.run_id: row for row in session.exec(select(Upload).where(asked))}
    found = []
    for run in runs:
        book, file = books.get(run.portfolio_id), files.get(run.id)
        code, zone = (book.code, book.timezone) if book else ("", "UTC")
        found.append(Loaded(run, code, zone, file.file_name if file else run.file_name, file.found if file else {}))
    return found


def saved(session: Session, portfolio_id: int | None, kind: LoadKind, header: Sequence[str]) -> list[SavedMapping]:
    """Mappings kept for that portfolio and kind, whose columns this file has; the newest first."""
    if portfolio_id is None:
        return []
    statement = select(SavedMapping).where(SavedMapping.portfolio_id == portfolio_id, SavedMapping.kind == kind)
    rows = session.exec(statement.order_by(col(SavedMapping.made_at).desc(), col(SavedMapping.id).desc())).all()
    return [row for row in rows if _fits(row, header)]


def saved_mapping(session: Session, scope: Scope, portfolio_id: int | None, mapping_id: int) -> SavedMapping:
    """One of that portfolio."""
    row = session.get(SavedMapping, mapping_id)
    if row is None or row.portfolio_id != portfolio_id:
        raise NotFound
    if scope.portfolio_ids is not None and row.portfolio_id not in scope.portfolio_ids:
        raise NotFound
    return row


def _fits(row: SavedMapping, header: Sequence[str]) -> bool:
    """Every column it names is there. One that this version does not understand any more fits nothing."""
    try:
        mapping = read_mapping(row.body)
    except BadInput:
        return False
    return named(mapping) <= set(header)


def named(mapping: Mapping) -> set[str]:
    """The columns of the file that a mapping names plainly."""
    return {*mapping.dates, *mapping.numbers, *mapping.values, *mapping.rename}
