"""A file that comes in over the web: put in its folder, looked at, and noted. What is wrong with it leaves nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import UploadFile

from collector.casework.actions import uploads
from collector.casework.uploads import Folder, new_token
from collector.foundation.errors import BadInput
from collector.foundation.files import Manner, manner_of
from collector.portfolio.loading import Mapping, in_our_columns, read_mapping, sample_of, write_mapping
from collector.portfolio.loading.parsing import moment_of
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.rules import LoadKind
from collector.web.loading import require_scope
from collector.web.session import Caller, Desk, reading, writing
from collector.web.uploads import MAPPINGS, TABLES, put, suffix_of

WITHOUT_PORTFOLIO = frozenset({LoadKind.portfolios, LoadKind.callers})


@dataclass(frozen=True)
class Brought:
    """What its user says of a file. `as_of`: of payments, on the portfolio's clock."""

    kind: LoadKind
    portfolio: str | None
    as_of: str | None


def bring(desk: Desk, caller: Caller, form: Brought, file: UploadFile, mapping: UploadFile | None) -> str:
    """The file in its folder, read as far as its first rows; anything wrong with it leaves nothing behind."""
    now, token = desk.clock(), new_token()
    with reading(desk) as session:
        uploads.require_room(session, caller.person.id or 0, now)
    folder = Folder(desk.office.settings, token)
    folder.make()
    with ExitStack() as undone:
        undone.callback(folder.remove)
        put(file, folder.place(suffix_of(file.filename or "", TABLES)))
        folder.born(now)
        _look_into(folder)
        given = keep_mapping_file(folder, form.kind, mapping) if mapping is not None else None
        code = form.portfolio or (given.portfolio if given else None)
        if code is None and form.kind not in WITHOUT_PORTFOLIO:
            raise BadInput("name the portfolio that the rows belong to")
        require_scope(desk, caller, form.kind, code)
        _note(desk, caller, form, folder, token, file.filename or "", code, now)
        undone.pop_all()
    return token


def _look_into(folder: Folder) -> None:
    """How it is written, and whether it can be read at all."""
    manner = manner_of(folder.source)
    folder.write_manner({name: getattr(manner, name) for name in manner.__dataclass_fields__})
    sample_of(folder.source, manner)


def _note(
    desk: Desk, caller: Caller, form: Brought, folder: Folder, token: str, name: str, code: str | None, now: datetime
) -> None:
    with writing(desk) as session:
        book = portfolio_by_code(session, code, caller.actor.scope) if code else None
        until = moment_of(form.as_of.replace("T", " "), book.timezone) if form.as_of and book else None
        if until is not None and until > now:
            raise BadInput("payments that are still to come are not in the file: this moment has not come yet")
        uploads.receive(
            session,
            token=token,
            actor=caller.actor,
            kind=form.kind,
            portfolio_id=book.id if book else None,
            file=folder.source,
            name=name,
            as_of=until,
            now=now,
        )


def keep_mapping_file(folder: Folder, kind: LoadKind, file: UploadFile) -> Mapping:
    """A mapping file of the user's own, checked against this file's columns and kept beside it."""
    path = folder.path / f"given{suffix_of(file.filename or '', MAPPINGS)}"
    path.unlink(missing_ok=True)
    put(file, path)
    mapping, manner = read_mapping(path), Manner(**folder.manner())
    if mapping.kind is not kind:
        raise BadInput(f"the mapping is for {mapping.kind}, and {kind} are being loaded")
    if (mapping.encoding, mapping.delimiter) == (Manner().encoding, Manner().delimiter):
        mapping = mapping.model_copy(update={"encoding": manner.encoding, "delimiter": manner.delimiter})
    sample, _ = sample_of(folder.source, manner)
    in_our_columns(mapping, sample, folder.source.name)
    folder.write_mapping(write_mapping(mapping))
    return mapping
