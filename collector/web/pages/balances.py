"""What an account owes to the day, and that it owes nothing any more, as files to take."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from collector.audit.actions import record
from collector.casework.casefiles import case_material, open_typesetter
from collector.foundation.files import write_sheets
from collector.legal.casefile.telling import certificate, sheets, statement
from collector.legal.casefile.words import Words as CaseWords
from collector.legal.casefile.words import words_in
from collector.web.pages.opening import closed_file
from collector.web.session import Caller, CallerParam, Desk, DeskParam, writing

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/accounts/{account_id}/balance.xlsx")
async def give_balance(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """The balance to the day as a workbook."""
    async with desk.exports:
        return await run_in_threadpool(_balance, desk, caller, request, account_id, "xlsx")


@router.get("/accounts/{account_id}/balance.pdf")
async def print_balance(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """The same, printed."""
    async with desk.exports:
        return await run_in_threadpool(_balance, desk, caller, request, account_id, "pdf")


@router.get("/accounts/{account_id}/closing.pdf")
async def print_closing(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """That nothing is owed any more, with its figures, for who paid. Of an account that is not closed there is none."""
    async with desk.exports:
        return await run_in_threadpool(_balance, desk, caller, request, account_id, "closing")


def _balance(desk: Desk, caller: Caller, request: Request, account_id: int, form: str) -> Response:
    """The file, once it is on record who took it."""
    if closed := closed_file(request, desk, caller, account_id):
        return closed
    kind, write = BALANCES[form]
    body = write(desk, account_id, words_in(caller.language))
    with writing(desk) as session:
        record(session, caller.actor.name, "balance.given", f"account:{account_id}", {"form": form}, desk.clock())
    name = f"closing-{account_id}.pdf" if form == "closing" else f"balance-{account_id}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)


def _xlsx(desk: Desk, account_id: int, words: CaseWords) -> bytes:
    now = desk.clock()
    with tempfile.TemporaryDirectory(prefix="balance-") as folder:
        path = File(folder) / "balance"
        write_sheets(path, sheets(case_material(desk.office, account_id, now), words), now)
        return path.read_bytes()


def _pdf(desk: Desk, account_id: int, words: CaseWords) -> bytes:
    now = desk.clock()
    with open_typesetter(desk.office) as typesetter:
        return typesetter.pdf("case-file", statement(case_material(desk.office, account_id, now), words), now).body


def _certificate(desk: Desk, account_id: int, words: CaseWords) -> bytes:
    now = desk.clock()
    with open_typesetter(desk.office) as typesetter:
        told = certificate(case_material(desk.office, account_id, now), words)
        return typesetter.pdf("case-file", told, now).body


BALANCES: dict[str, tuple[str, Callable[[Desk, int, CaseWords], bytes]]] = {
    "xlsx": (XLSX, _xlsx),
    "pdf": ("application/pdf", _pdf),
    "closing": ("application/pdf", _certificate),
}
