"""Letters: what the plan asks for is printed, lists go to the post office and come back, and where each stands."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from collector.casework import actions
from collector.casework.actions.letters import ReportKind, Taken, read_reports
from collector.casework.actions.letters.printing import POST_COLUMNS
from collector.casework.letters.lists import MOST, Listed, batches, counts, letters, to_post, waiting
from collector.foundation.errors import BadInput
from collector.foundation.files import write_csv
from collector.history.rules import LetterState
from collector.history.tables import LetterBatch
from collector.web.pages.shell import Form, frame_of, may_open, read
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Link, Page, Table, Told, choices, render, table
from collector.web.uploads import received
from collector.web.words import Words

router = APIRouter()


@dataclass(frozen=True)
class Asked:
    """Letters that the plan of a portfolio asks for."""

    code: str
    count: int


@dataclass(frozen=True)
class LettersPage(Page):
    template: ClassVar[str] = "letters.html"
    tabs: Sequence[Link]
    asked: Sequence[Asked]
    batches: Table
    """Those that were printed last; the number opens one."""
    listed: Table
    is_cut: bool
    most: int
    may_print: bool
    may_tell: bool
    kinds: Sequence[Choice]


@dataclass(frozen=True)
class ToldPage(Page):
    """What became of a file of the post office."""

    template: ClassVar[str] = "letters_told.html"
    taken: int
    refused: Table


@router.get("/letters")
def letters_page(
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    state: Annotated[LetterState, Query()] = LetterState.posted,
) -> Any:
    frame, scope = frame_of(request, caller), caller.actor.scope
    t = frame.t
    with reading(desk) as session:
        number = counts(session, scope)
        found = letters(session, scope, state)
        made = batches(session, scope)
        asked = [Asked(one.code, one.count) for one in waiting(session, scope, desk.clock()) if one.count]
    return render(
        LettersPage(
            frame=frame,
            tabs=[
                Link(f"/letters?state={one}", f"{t.word(one)} {_shown(number[one])}", "", one is state)
                for one in LetterState
            ],
            asked=asked,
            batches=_batches(made, t),
            listed=listed(found, t),
            is_cut=number[state] > MOST,
            most=MOST,
            may_print=may_open(caller, "print_letters"),
            may_tell=may_open(caller, "tell_letters"),
            kinds=choices(t, ReportKind),
        )
    )


def _batches(made: Sequence[tuple[LetterBatch, str]], t: Words) -> Table:
    return table(
        [t("Printed together"), t("Portfolio"), t("Letters"), t("Not printed"), t("By")],
        [
            [
                Cell(f"{row.made_at:%Y-%m-%d %H:%M}Z", "", f"/letters/batches/{row.id}"),
                code,
                str(len(row.letters)) if row.ended_at else t("printing"),
                Cell(str(len(row.not_printed)), "look" if row.not_printed else "dim"),
                row.actor.removeprefix("user:"),
            ]
            for row, code in made
        ],
        "",
    )


def _shown(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number)


def listed(found: Sequence[Listed], t: Words) -> Table:
    """Letters as a table; the number opens the letter."""
    return table(
        [t("Letter"), t("Account"), t("Addressed to"), t("Kind"), t("State"), t("Made"), t("Posting number"), t("Day")],
        [
            [
                Cell(one.number, "", f"/letters/{one.letter_id}"),
                Cell(one.account, "", f"/accounts/{one.account_id}"),
                one.person,
                t.word(one.kind),
                t.word(one.state),
                Told(t, one.zone).moment(one.made_at),
                one.posting_no,
                one.last_on.isoformat() if one.last_on else "",
            ]
            for one in found
        ],
        t("No letter stands here. Letters that the plan asks for are printed above; others are made on an account."),
    )


class BatchForm(Form):
    code: str


@router.post("/letters/list")
def list_for_the_post(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Letters that are printed and not posted, as the list that the post office fills in."""
    code = read(BatchForm, fields).code
    with reading(desk) as session:
        rows = to_post(session, caller.actor.scope, code)
    file = io.StringIO()
    write_csv(file, POST_COLUMNS, [(one.number, one.name, one.address, "", "") for one in rows])
    with writing(desk) as session:
        actions.give_letters(session, [one.letter_id for one in rows], "csv", desk.clock(), caller.actor)
    return download(b"\xef\xbb\xbf" + file.getvalue().encode(), "letters.csv", "text/csv")


class ReportForm(Form):
    kind: ReportKind


@router.post("/letters/reports")
async def tell_letters(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A file of the post office: posted, arrived or returned."""
    form = read(ReportForm, {name: value for name, value in fields.items() if name != "file"})
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadInput("choose a file first")
    taken = await run_in_threadpool(_tell, desk, caller, form.kind, file)
    frame = frame_of(request, caller)
    t = frame.t
    refused = table(
        [t("Line"), t("Why")],
        [[str(one.line), Cell(t.error(one.reason), "wrap")] for one in taken.refused],
        t("Every line was taken."),
    )
    return render(ToldPage(frame=frame, taken=taken.told, refused=refused))


def _tell(desk: Desk, caller: Caller, kind: ReportKind, file: UploadFile) -> Taken:
    with received(file) as [path]:
        if path is None:
            raise BadInput("choose a file first")
        reports = read_reports(kind, path)
    scope = caller.actor.scope
    return actions.take_reports(desk.office, kind, reports, at=desk.clock(), actor=caller.actor, scope=scope)


def download(content: bytes, name: str, kind: str) -> Response:
    """A file of ours, by a name of ours. That nobody keeps it is said of every page."""
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
