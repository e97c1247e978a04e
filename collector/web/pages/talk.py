"""The forms of a talk: results, promises, what people say. Each changes one thing and goes back."""

from datetime import date, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals import promises
from collector.casework.views import repeats, within, work
from collector.casework.views.verifying import require_verified
from collector.foundation.clock import at_local
from collector.foundation.money import parse_amount
from collector.history.rules import Ability, Cause, Identifier, Outcome, Willingness
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Portfolio
from collector.web.pages.shell import Form, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, writing

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


def locked(session: Session, caller: Caller, account_id: int) -> tuple[Account, Portfolio]:
    """The account, one request about it at a time: a double click waits, then finds its work done."""
    found = within.account(session, caller.actor.scope, account_id)
    repeats.one_at_a_time(session, account_id)
    return found


class OutcomeForm(Form):
    outcome: Outcome
    note: str | None = None


@router.post("/tasks/{task_id}/outcome")
def record_outcome(task_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(OutcomeForm, fields)
    with writing(desk) as session:
        task = within.task(session, caller.actor.scope, task_id)
        repeats.one_at_a_time(session, task.account_id)
        session.refresh(task)
        if form.outcome is Outcome.right_party:
            require_verified(session, caller.actor, session.get_one(Account, task.account_id))
        before = work.last_outcome(session, task)
        if before is None or before.outcome is not form.outcome:
            actions.record_outcome(
                session, desk.office, task_id, form.outcome, desk.clock(), actor=caller.actor, note=form.note
            )
        back = f"/accounts/{task.account_id}"
    return see(back, f"outcome&undo={task_id}")


class VerifyForm(Form):
    """What the person answered, by identifier; never kept."""

    id_last4: str = ""
    birth_date: str = ""
    address: str = ""
    employer: str = ""
    account_tail: str = ""


@router.post("/tasks/{task_id}/verify")
def verify_person(task_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A wrong answer is stored before it is told."""
    form = read(VerifyForm, fields)
    said = {Identifier(name): words for name, words in form.model_dump().items()}
    with writing(desk) as session:
        back = f"/accounts/{within.task(session, caller.actor.scope, task_id).account_id}"
        tried = actions.verify(session, desk.office, task_id, said, desk.clock(), caller.actor)
    return see(back, "verified" if tried.passed else "not-verified")


class DoneForm(Form):
    note: str | None = None


@router.post("/tasks/{task_id}/done")
def paper_done(task_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A letter went out, or a visit was made. A refusal is stored before it is told."""
    form = read(DoneForm, fields)
    with writing(desk) as session:
        back = f"/accounts/{within.task(session, caller.actor.scope, task_id).account_id}"
        result = actions.paper_done(session, desk.office, task_id, desk.clock(), actor=caller.actor, note=form.note)
    result.require()
    return see(back, "done")


class PromiseForm(Form):
    amount: str
    due_on: date
    due_time: time
    way: str = ""
    promised_by: PartyRole = PartyRole.borrower


@router.post("/accounts/{account_id}/promise")
def log_promise(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Entered on the portfolio's clock. One that needs a supervisor is proposed to one."""
    form = read(PromiseForm, fields)
    try:
        with writing(desk) as session:
            account, book = locked(session, caller, account_id)
            require_verified(session, caller.actor, account)
            due_at = at_local(form.due_on, form.due_time, book.timezone)
            amount = parse_amount(form.amount, book.currency)
            _promise(session, desk, caller, account, amount, due_at, form)
    except actions.NeedsApproval:
        _ask(desk, caller, account_id, amount, due_at, form)
        return see(f"/accounts/{account_id}", "approval")
    return see(f"/accounts/{account_id}", "promise")


def _promise(
    session: Session, desk: Desk, caller: Caller, account: Account, amount: int, due_at: datetime, form: PromiseForm
) -> None:
    if repeats.promise(session, account.id or 0, amount, due_at) is None:
        row = actions.make_promise(
            session,
            desk.office,
            account_id=account.id or 0,
            amount=amount,
            due_at=due_at,
            at=desk.clock(),
            actor=caller.actor,
            way=form.way,
            promised_by=form.promised_by,
        )
        said(session, desk, caller, account, f"promise:{row.id}")


def said(session: Session, desk: Desk, caller: Caller, account: Account, subject: str) -> None:
    """Of somebody who called: what was recorded was said in that call."""
    actions.said_in_call(session, desk.office, actor=caller.actor, account=account, subject=subject, at=desk.clock())


def _ask(desk: Desk, caller: Caller, account_id: int, amount: int, due_at: datetime, form: PromiseForm) -> None:
    """Put the promise before a supervisor, once."""
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        body = actions.promise_body(account_id, amount, due_at)
        if repeats.approval(session, f"account:{account_id}", body) is None:
            promises.propose(session, account, amount, due_at, caller.actor, desk.clock())


class ReasonForm(Form):
    reason: str


@router.post("/promises/{promise_id}/withdraw")
def withdraw_promise(promise_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ReasonForm, fields)
    with writing(desk) as session:
        row = within.promise(session, caller.actor.scope, promise_id)
        back = f"/accounts/{row.account_id}"
        actions.withdraw_promise(session, desk.office, promise_id, desk.clock(), caller.actor, form.reason)
    return see(back, "withdrawn")


class NothingForm(Form):
    pass


@router.post("/accounts/{account_id}/says-paid")
def log_says_paid(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    read(NothingForm, fields)
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        row = actions.says_paid(session, desk.office, account_id=account_id, at=desk.clock(), actor=caller.actor)
        said(session, desk, caller, account, f"hold:{row.id}")
    return see(f"/accounts/{account_id}", "paid")


class CallbackForm(Form):
    due_on: date
    due_time: time


@router.post("/accounts/{account_id}/callback")
def log_callback(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(CallbackForm, fields)
    with writing(desk) as session:
        account, book = locked(session, caller, account_id)
        due_at = at_local(form.due_on, form.due_time, book.timezone)
        if repeats.callback(session, account_id, due_at) is None:
            row = actions.agree_callback(
                session, desk.office, account_id=account_id, due_at=due_at, at=desk.clock(), actor=caller.actor
            )
            said(session, desk, caller, account, f"callback:{row.id}")
    return see(f"/accounts/{account_id}", "callback")


class DispositionForm(Form):
    cause: Cause | None = None
    willingness: Willingness | None = None
    ability: Ability | None = None
    refuses: bool = False
    next_step: str | None = None
    note: str | None = None


@router.post("/accounts/{account_id}/disposition")
def log_disposition(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form, now = read(DispositionForm, fields), desk.clock()
    with writing(desk) as session:
        account, _ = locked(session, caller, account_id)
        require_verified(session, caller.actor, account)
        if repeats.disposition(session, account_id, form.model_dump(), now, caller.actor.name) is None:
            actions.record_disposition(
                session,
                desk.office,
                account_id=account_id,
                at=now,
                actor=caller.actor,
                attempt_id=actions.conversation_about(session, caller.actor, account, now),
                **form.model_dump(),
            )
    return see(f"/accounts/{account_id}", "disposition")
