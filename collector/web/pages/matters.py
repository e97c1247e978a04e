"""Matters after referral: what is entered on the case page, the court calendar, and numbers by counsel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from collector.casework import actions
from collector.casework.actions.matters import CostOrder, DateOrder
from collector.casework.approvals import costs as approving
from collector.casework.casefiles import CaseOrder, HandOver
from collector.casework.views import within
from collector.casework.views.matters import SHOWN, by_counsel, court_calendar, idle, require_of
from collector.foundation.money import parse_amount
from collector.legal.matters.rules import Advancer, CostKind, DateEnd, DateKind, MatterOutcome, MatterStage, Step
from collector.legal.matters.tables import CounselPackage, CourtDate, MatterCost
from collector.web.pages.case_papers import given_case
from collector.web.pages.matter_lists import calendar_table, counsel_table, idle_table
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, Table, render

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
RowId = Annotated[int, Field(ge=1, le=2**62)]


@dataclass(frozen=True)
class MattersPage(Page):
    template: ClassVar[str] = "matters.html"
    title: str
    teaching: str
    lines: Table
    is_cut: bool
    idle: Table | None = None
    """Matters that no day reminds anybody of."""


@router.get("/court-dates")
def court_dates(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """What the courts set, what is lost first on top."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        days = court_calendar(session, caller.actor.scope, desk.clock())
        still = idle_table(idle(session, caller.actor.scope), desk.clock(), t)
    teaching = t("Days that a court set, and what is due by them. Each stays here until somebody says how it ended.")
    return render(MattersPage(frame, t("Court calendar"), teaching, calendar_table(days, t), len(days) >= SHOWN, still))


@router.get("/counsel")
def counsel_report(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """What each counsel's matters claimed, were awarded, recovered and cost."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        lines = by_counsel(session, caller.actor.scope)
    teaching = t("Recovered: what was paid since the suit was filed. Net: recovered less costs.")
    return render(MattersPage(frame, t("By counsel"), teaching, counsel_table(lines, t), is_cut=False))


class StageForm(Form):
    stage: MatterStage
    day: date
    court: str = Field(default="", max_length=120)
    case_no: str = Field(default="", max_length=120)
    counsel: str = Field(default="", max_length=120)
    document_id: RowId | None = None
    paper_to_come: bool = False
    is_final: bool = False
    claimed: str = Field(default="", max_length=24)
    awarded: str = Field(default="", max_length=24)
    outcome: MatterOutcome | None = None


@router.post("/legal/{account_id}/stages")
def enter_matter_stage(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(StageForm, fields)
    with writing(desk) as session:
        _, book = within.account(session, caller.actor.scope, account_id)
        claimed, awarded = (
            parse_amount(text, book.currency) if text else None for text in (form.claimed, form.awarded)
        )
        step = Step(
            form.stage,
            form.day,
            form.court,
            form.case_no,
            form.counsel,
            form.document_id,
            form.paper_to_come,
            form.is_final,
            claimed,
            awarded,
            form.outcome,
        )
        actions.enter_stage(session, desk.office, account_id, step, at=desk.clock(), actor=caller.actor)
    return see(f"/legal/{account_id}", "matter-stage")


class StrikeForm(Form):
    step_id: RowId
    reason: str = Field(max_length=500)


@router.post("/legal/{account_id}/stages/strike")
def strike_matter_stage(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(StrikeForm, fields)
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        now, actor = desk.clock(), caller.actor
        actions.strike_stage(session, desk.office, account_id, form.step_id, form.reason, at=now, actor=actor)
    return see(f"/legal/{account_id}", "matter-struck")


class CourtDateForm(Form):
    kind: DateKind
    day: date
    hour: time | None = None
    zone: str = Field(default="", max_length=64)
    place: str = Field(default="", max_length=120)
    what: str = Field(max_length=500)
    who: str = Field(default="", max_length=120)


@router.post("/legal/{account_id}/days")
def note_court_day(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(CourtDateForm, fields)
    hour = form.hour.replace(tzinfo=None) if form.hour else None
    order = DateOrder(form.kind, form.day, form.what, hour, form.zone, form.place, form.who)
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        actions.note_court_date(session, account_id, order, at=desk.clock(), actor=caller.actor)
    return see(f"/legal/{account_id}", "court-date")


class CourtDateEndForm(Form):
    date_id: RowId
    how: DateEnd
    note: str = Field(default="", max_length=500)
    day: date | None = None
    hour: time | None = None


@router.post("/legal/{account_id}/days/end")
def end_court_day(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(CourtDateEndForm, fields)
    hour = form.hour.replace(tzinfo=None) if form.hour else None
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        require_of(session, CourtDate, form.date_id, account_id)
        actions.end_court_date(
            session,
            form.date_id,
            form.how,
            at=desk.clock(),
            actor=caller.actor,
            note=form.note,
            day=form.day,
            hour=hour,
        )
    return see(f"/legal/{account_id}", "court-date-ended")


class CostForm(Form):
    kind: CostKind
    amount: str = Field(max_length=24)
    day: date
    advanced_by: Advancer
    recoverable: bool = False
    document_id: RowId | None = None
    note: str = Field(default="", max_length=500)


@router.post("/legal/{account_id}/costs")
def note_matter_cost(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(CostForm, fields)
    with writing(desk) as session:
        _, book = within.account(session, caller.actor.scope, account_id)
        order = CostOrder(
            form.kind,
            parse_amount(form.amount, book.currency),
            form.day,
            form.advanced_by,
            form.recoverable,
            document_id=form.document_id,
            note=form.note,
        )
        actions.note_cost(session, account_id, order, at=desk.clock(), actor=caller.actor)
    return see(f"/legal/{account_id}", "matter-cost")


class CostStrikeForm(Form):
    cost_id: RowId
    reason: str = Field(max_length=500)


@router.post("/legal/{account_id}/costs/strike")
def strike_matter_cost(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(CostStrikeForm, fields)
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        require_of(session, MatterCost, form.cost_id, account_id)
        actions.strike_cost(session, form.cost_id, form.reason, at=desk.clock(), actor=caller.actor)
    return see(f"/legal/{account_id}", "matter-struck")


class PostForm(Form):
    cost_id: RowId | None = None
    """To be taken off the account; None: all that can be is put on it."""


@router.post("/legal/{account_id}/costs/ask")
def ask_matter_costs(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(PostForm, fields)
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        if form.cost_id is None:
            approving.propose(session, account_id, caller.actor, desk.clock())
        else:
            require_of(session, MatterCost, form.cost_id, account_id)
            approving.propose_back(session, form.cost_id, caller.actor, desk.clock())
    return see(f"/legal/{account_id}", "asked-two")


class HandOverForm(Form):
    contact: str = Field(default="", max_length=200)
    """Who may go on talking to the borrower; "": the one whom legal named."""


@router.post("/legal/{account_id}/hand-over")
async def hand_over_matter(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Response:
    """The package for counsel as one archive. Only so many are made at once."""
    form = read(HandOverForm, fields)
    async with desk.exports:
        order = CaseOrder(desk.clock(), caller.language, hand_over=HandOver(form.contact))
        return await run_in_threadpool(given_case, desk, caller, account_id, order, "counsel")


class ReceiptForm(Form):
    package_id: RowId
    day: date
    received_by: str = Field(max_length=120)
    document_id: RowId | None = None


@router.post("/legal/{account_id}/hand-over/receipt")
def note_counsel_receipt(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ReceiptForm, fields)
    with writing(desk) as session:
        within.account(session, caller.actor.scope, account_id)
        require_of(session, CounselPackage, form.package_id, account_id)
        at, actor, paper = desk.clock(), caller.actor, form.document_id
        actions.note_receipt(
            session, form.package_id, form.day, form.received_by, at=at, actor=actor, document_id=paper
        )
    return see(f"/legal/{account_id}", "counsel-received")
