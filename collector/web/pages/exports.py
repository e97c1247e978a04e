"""A list of accounts as a file that somebody is given."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from collector.casework.approvals import exports
from collector.foundation.errors import BadInput, Forbidden
from collector.reports import actions
from collector.reports.queries import count_rows
from collector.reports.rules import Format, columns_of, described, rows_a_day
from collector.web.pages.export_parts import agreed_to, titles
from collector.web.pages.figures import asked_for
from collector.web.pages.shell import see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.words import Words

router = APIRouter()
TYPES = {
    Format.csv: "text/csv; charset=utf-8",
    Format.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.post("/figures/export")
async def export_accounts(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The list as a file. Only so many are written at once; the place is free again before the file travels."""
    async with desk.exports:
        return await run_in_threadpool(_export, desk, caller, fields)


def _export(desk: Desk, caller: Caller, fields: dict[str, str]) -> Response:
    """Written first, outside of any transaction that others wait for; entered in the ledger; only then given."""
    now, named = desk.clock(), dict(fields)
    kind = _format(named.pop("format", ""))
    with reading(desk) as session:
        chosen, wanted = asked_for(session, caller.actor.scope, named)
        agreed = agreed_to(session, caller, chosen, wanted, now)
        order = actions.Order(chosen, wanted, kind, titles(Words(caller.language)), caller.actor, agreed)
        written = actions.write(session, order, now)
    with writing(desk) as session:
        actions.enter(session, order, written, now)
    headers = {"Content-Disposition": f'attachment; filename="{written.name(order)}"'}
    return Response(written.body, media_type=TYPES[kind], headers=headers)


@router.post("/figures/export/ask")
def ask_export(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ask another person for a list that is longer than what is left of the day."""
    now = desk.clock()
    with writing(desk) as session:
        chosen, wanted = asked_for(session, caller.actor.scope, fields)
        rows = count_rows(session, chosen, wanted, now)
        if rows_a_day(caller.actor.roles) == 0:
            raise Forbidden("your role exports nothing; ask a supervisor for the list")
        exports.propose(session, chosen.key, chosen.ids, described(wanted), columns_of(wanted), rows, caller.actor, now)
    return see("/approvals", "asked-two")


def _format(word: str) -> Format:
    try:
        return Format(word)
    except ValueError as error:
        raise BadInput("choose csv or xlsx") from error
