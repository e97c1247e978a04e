"""A file that was uploaded, loaded like one named on the command line: at once for a program, in the background for a
page, which looks on and may be left."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.casework.actions import uploads
from collector.casework.uploads import Folder
from collector.foundation.errors import BadInput, CollectorError, Conflict, Forbidden
from collector.identity.rules import Actor
from collector.portfolio.loading import LoadResult, read_mapping, try_file
from collector.portfolio.loading.problems import Told
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import Upload
from collector.web.answers import BROKEN, BUSY
from collector.web.session import Caller, Desk, reading, writing
from collector.web.uploads import keep_rejects, received

log = structlog.get_logger()

INSTALLATION_WIDE = frozenset({LoadKind.portfolios})
"""Only who sees every portfolio may bring new ones."""
AT_ONCE = 2
"""Files that are checked or loaded at a time; others wait for their turn."""

CHANGED = "the mapping was changed since this was shown, in another tab perhaps; check the file again"

_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="load")


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
    require_scope(desk, caller, kind, portfolio)
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


def require_scope(desk: Desk, caller: Caller, kind: LoadKind, code: str | None) -> None:
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


def digest(folder: Folder) -> str:
    """Of the mapping that a trial was made with, and a load is started with."""
    body = folder.mapping.read_bytes() if folder.mapping.is_file() else b""
    return hashlib.sha256(body).hexdigest()


def start_trial(desk: Desk, row: Upload, code: str | None, mapping: str | None = None) -> Future[None]:
    """Check the whole file in the background, with another mapping if one is given. Whoever comes second is told by a
    `Conflict`, and changes nothing."""
    folder = Folder(desk.office.settings, row.token)
    handle = folder.hold()
    with ExitStack() as undone:
        undone.callback(os.close, handle)
        with writing(desk) as session:
            uploads.begin_trial(session, row.id or 0)
        if mapping is not None:
            folder.write_mapping(mapping)
        folder.write_progress("waiting", 0, 0)
        started = _pool.submit(_try, desk, folder, row.kind, code, handle)
        undone.pop_all()
    return started


def _try(desk: Desk, folder: Folder, kind: LoadKind, code: str | None, handle: int) -> None:
    found: dict[str, Any] = {"error": BROKEN}
    try:
        mapping = read_mapping(folder.mapping)
        tried = try_file(
            desk.office.database.read,
            kind,
            folder.source,
            portfolio_code=code,
            mapping=mapping,
            at=desk.clock(),
            progress=_telling(folder, "reading"),
        )
        totals = {name: getattr(tried, name) for name in ("read", "good", "refused", "skipped", "held")}
        found = {"totals": totals, "kinds": [asdict(one) for one in tried.kinds]}
    except CollectorError as error:
        found = {"error": error.message}
    except OperationalError:
        found = {"error": BUSY}
    finally:
        _log_if_broken(found.get("error"))
        folder.write_tried({"mapping": digest(folder), **found})
        os.close(handle)


def start_load(desk: Desk, row: Upload, code: str | None, actor: Actor, shown: str) -> Future[None]:
    """Load the file in the background; what was loaded already, is being loaded, or was checked with another mapping
    than the one `shown`, is a `Conflict`."""
    folder = Folder(desk.office.settings, row.token)
    handle, now = folder.hold(), desk.clock()
    with ExitStack() as undone:
        undone.callback(os.close, handle)
        tried = folder.tried() or {}
        if not tried.get("totals") or {shown, tried["mapping"]} != {digest(folder)}:
            raise Conflict(CHANGED)
        with writing(desk) as session:
            uploads.begin_load(session, row.id or 0, actor, now)
        folder.write_progress("waiting", 0, 0)
        started = _pool.submit(_load, desk, folder, row, code, now, handle)
        undone.pop_all()
    return started


def _load(desk: Desk, folder: Folder, row: Upload, code: str | None, at: datetime, handle: int) -> None:
    error: str | None = BROKEN
    try:
        result = actions.load(
            desk.office,
            row.kind,
            folder.source,
            portfolio=code,
            mapping=folder.mapping,
            rejects=folder.rejects,
            at=at,
            as_of=row.as_of,
            actor=row.actor,
            progress=_telling(folder, "reading"),
            following=_telling(folder, "following"),
        )
        _loaded(desk, folder, row, result)
        error = None
    except CollectorError as refused:
        error = refused.message
    except OperationalError:
        error = BUSY
    finally:
        _log_if_broken(error)
        try:
            _failed(desk, row, error)
        finally:
            os.close(handle)


def _loaded(desk: Desk, folder: Folder, row: Upload, result: LoadResult) -> None:
    """What follows a load: its rejects are kept, its mapping is for the next file, and the file goes."""
    keep_rejects(desk.office, folder.rejects, result.run_id)
    body, now = folder.mapping.read_text(encoding="utf-8"), desk.clock()
    actor = Actor(row.actor, row.user_id)
    with writing(desk) as session:
        uploads.end_load(session, row.id or 0, result, {"kinds": [_kept(one) for one in result.kinds]}, now)
        if row.portfolio_id is not None:
            uploads.save_mapping(session, row.portfolio_id, row.kind, "", body, actor, now)
    folder.remove()


def _kept(kind: Told) -> dict[str, Any]:
    """A kind of problem as it is kept: where the first are, and nothing of what they hold."""
    where = [{"line": one.line, "value": ""} for one in kind.examples]
    return {"column": kind.column, "reason": kind.reason, "count": kind.count, "examples": where}


def _failed(desk: Desk, row: Upload, error: str | None) -> None:
    if error is not None:
        with writing(desk) as session:
            uploads.fail_load(session, row.id or 0, error, desk.clock())


def _log_if_broken(error: str | None) -> None:
    """An error of the program itself is logged whole, and told to nobody."""
    if error == BROKEN:
        log.error("a file could not be worked on", exc_info=True)


def _telling(folder: Folder, phase: str) -> Callable[[int, int], None]:
    return lambda done, total: folder.write_progress(phase, done, total)
