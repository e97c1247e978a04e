"""A file that was uploaded, loaded like one named on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.foundation.errors import BadInput, Forbidden
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.rules import LoadKind
from collector.web.session import Caller, Desk, reading
from collector.web.uploads import keep_rejects, received

INSTALLATION_WIDE = frozenset({LoadKind.portfolios})
"""Only who sees every portfolio may bring new ones."""


def load_upload(
    desk: Desk,
    caller: Caller,
    kind: LoadKind,
    file: UploadFile,
    mapping: UploadFile | None,
    *,
    portfolio: str | None,
    as_of: datetime | None,
    at: datetime,
) -> Any:
    """Load it, inside the caller's portfolios; refused rows are kept for download."""
    _require_scope(desk, caller, kind, portfolio)
    with received(file, mapping) as (path, mapped):
        if path is None:
            raise BadInput("choose a file first")
        refused = path.parent / "rejects.csv"
        result = actions.load(
            desk.office,
            kind,
            path,
            portfolio=portfolio,
            mapping=mapped,
            rejects=refused,
            at=at,
            as_of=as_of,
            actor=caller.actor.name,
            progress=_silent,
        )
        if result.run_id is not None:
            keep_rejects(desk.office, refused, result.run_id)
    return result


def _require_scope(desk: Desk, caller: Caller, kind: LoadKind, code: str | None) -> None:
    """Rows of a file may name portfolios; a caller who sees some only must name one, and it must be theirs."""
    if caller.actor.scope.portfolio_ids is None:
        return
    if kind in INSTALLATION_WIDE:
        raise Forbidden("new portfolios are brought by someone who sees all of them")
    if not code:
        raise BadInput("name the portfolio that the rows belong to")
    with reading(desk) as session:
        portfolio_by_code(session, code, caller.actor.scope)


def _silent(_done: int, _total: int) -> None:
    """Nobody watches a bar over HTTP."""
