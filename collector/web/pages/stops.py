"""The forms about what speaks against contact: disputes, complaints, stops, holds, pauses; a new phone, the level."""

from datetime import date, time
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals import holds
from collector.casework.views import repeats, within
from collector.foundation.clock import at_local
from collector.history.rules import Channel, HoldScope, StopKind
from collector.identity.rules import Level
from collector.portfolio.queries import accounts_of_person, person
from collector.web.pages.shell import Form, read, see
from collector.web.pages.talk import ReasonForm, locked, said
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, writing

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@router.post("/accounts/{account_id}/dispute")
def log_dispute(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ReasonForm, fields)
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        if repeats.dispute(session, account_id) is None:
            row = actions.dispute(
                session, desk.office, account_id=account_id, reason=form.reason, at=desk.clock(), actor=caller.actor
            )
            said(session, desk, caller, account, f"dispute:{row.id}")
    return see(f"/accounts/{account_id}", "dispute")


@router.post("/disputes/{dispute_id}/answer")
def answer_dispute(dispute_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ReasonForm, fields)
    with writing(desk) as session:
        row = within.dispute(session, caller.actor.scope, dispute_id)
        back = f"/accounts/{row.account_id}"
        actions.answer_dispute(session, desk.office, dispute_id, form.reason, desk.clock(), caller.actor)
    return see(back, "answered")


@router.post("/accounts/{account_id}/complaint")
def log_complaint(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form, now = read(ReasonForm, fields), desk.clock()
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        if repeats.complaint(session, account_id, form.reason, now) is None:
            row = actions.complain(
                session,
                desk.office,
                person_id=account.person_id,
                account_id=account_id,
                text=form.reason,
                at=now,
                actor=caller.actor,
            )
            said(session, desk, caller, account, f"complaint:{row.id}")
    return see(f"/accounts/{account_id}", "complaint")


class StopForm(Form):
    kind: StopKind
    channel: Channel | None = None
    number: str | None = None
    reason: str = ""


@router.post("/accounts/{account_id}/stop")
def log_stop(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Stops bind the person, whichever account they were told about."""
    form = read(StopForm, fields)
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        actions.stop(
            session,
            desk.office,
            person_id=account.person_id,
            kind=form.kind,
            channel=form.channel,
            number=form.number,
            reason=form.reason,
            at=desk.clock(),
            actor=caller.actor,
        )
    return see(f"/accounts/{account_id}", "stop")


@router.post("/stops/{stop_id}/lift")
def lift_stop(stop_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ReasonForm, fields)
    with writing(desk) as session:
        row = within.stop(session, caller.actor.scope, stop_id)
        actions.lift_stop(session, desk.office, stop_id, desk.clock(), caller.actor, form.reason)
        back = _account_of(session, caller, row.person_id)
    return see(back, "lifted")


def _account_of(session: Session, caller: Caller, person_id: int | None) -> str:
    """A page to go back to: the first account of the person that the caller may see."""
    owned = accounts_of_person(session, person_id, caller.actor.scope) if person_id is not None else []
    return f"/accounts/{owned[0].id}" if owned else "/"


class FoundForm(Form):
    phone: str


@router.post("/people/{person_id}/found")
def log_found(person_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(FoundForm, fields)
    with writing(desk) as session:
        person(session, person_id, caller.actor.scope)
        actions.found(session, desk.office, person_id=person_id, phone=form.phone, at=desk.clock(), actor=caller.actor)
        back = _account_of(session, caller, person_id)
    return see(back, "found")


class HoldForm(Form):
    note: str = ""
    until: date | None = None


@router.post("/accounts/{account_id}/hold")
def log_hold(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """No contact about this account until that day ends, or until it is lifted."""
    form = read(HoldForm, fields)
    with writing(desk) as session:
        _, book = locked(session, caller, account_id)
        until = at_local(form.until, time(23, 59), book.timezone) if form.until else None
        if repeats.hold(session, HoldScope.account, account_id=account_id, until=until) is None:
            actions.hold(
                session,
                desk.office,
                scope=HoldScope.account,
                account_id=account_id,
                until=until,
                note=form.note,
                at=desk.clock(),
                actor=caller.actor,
            )
    return see(f"/accounts/{account_id}", "hold")


class ExtendForm(Form):
    until: date
    note: str = ""


@router.post("/accounts/{account_id}/holds/{hold_id}/extend")
def extend_hold(account_id: Id, hold_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A little longer at once; much longer is put before a supervisor."""
    form, back, now = read(ExtendForm, fields), f"/accounts/{account_id}", desk.clock()
    with writing(desk) as session:
        account, book = locked(session, caller, account_id)
        within.hold(session, caller.actor.scope, hold_id)
        until = at_local(form.until, time(23, 59), book.timezone)
        if repeats.extension(session, hold_id, until):
            return see(back, "extended")
        try:
            actions.extend_hold(
                session,
                desk.office,
                account_id=account_id,
                hold_id=hold_id,
                until=until,
                at=now,
                actor=caller.actor,
                note=form.note,
            )
        except actions.NeedsSecondPerson:
            holds.propose(session, account, hold_id, until, form.note, caller.actor, now)
            return see(back, "extension")
    return see(back, "extended")


class LiftForm(Form):
    account: int | None = None


@router.post("/holds/{hold_id}/lift")
def lift_hold(hold_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(LiftForm, fields)
    with writing(desk) as session:
        within.hold(session, caller.actor.scope, hold_id)
        actions.lift_hold(session, desk.office, hold_id, desk.clock(), caller.actor)
    return see(f"/accounts/{form.account}" if form.account else "/floor", "lifted")


class LevelForm(Form):
    level: Level
    reason: str


@router.post("/accounts/{account_id}/level")
def lower_level(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(LevelForm, fields)
    with writing(desk) as session:
        locked(session, caller, account_id)
        actions.lower_level(
            session,
            desk.office,
            account_id=account_id,
            level=form.level,
            reason=form.reason,
            at=desk.clock(),
            actor=caller.actor,
        )
    return see(f"/accounts/{account_id}", "level")


class PauseForm(Form):
    first: date
    last: date
    reason: str = ""


@router.post("/accounts/{account_id}/pause")
def log_pause(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(PauseForm, fields)
    with writing(desk) as session:
        locked(session, caller, account_id)
        actions.pause(
            session,
            desk.office,
            account_id=account_id,
            first=form.first,
            last=form.last,
            reason=form.reason,
            at=desk.clock(),
            actor=caller.actor,
        )
    return see(f"/accounts/{account_id}", "pause")
