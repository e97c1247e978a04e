"""API of what people say, and what follows: promises, stops, disputes, holds, pauses, referrals."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlmodel import Session

from collector.casework import actions, queries
from collector.casework.views import repeats, within
from collector.foundation.clock import parse_moment
from collector.foundation.errors import NotFound
from collector.foundation.money import parse_amount, plain
from collector.history.rules import HoldScope, ReferralKind
from collector.history.tables import Promise
from collector.identity.queries import user_by_name
from collector.identity.rules import Scope
from collector.portfolio.queries import person
from collector.portfolio.tables import Account, Portfolio
from collector.web.api.frame import answer, require_everything
from collector.web.api.models import (
    AccountAsked,
    AnswerAsked,
    CallbackAsked,
    DispositionAsked,
    DisputeAsked,
    FoundAsked,
    HoldAsked,
    LevelAsked,
    OnlyAt,
    PauseAsked,
    PromiseAsked,
    ProofAsked,
    ReasonAsked,
    ReferralAsked,
    StopAsked,
)
from collector.web.session import ApiCallerParam, DeskParam, reading, writing

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


def _locked(session: Session, scope: Scope, key: str) -> tuple[Account, Portfolio]:
    """The account of a key, one request about it at a time."""
    account, book = queries.account_and_portfolio(session, key, scope)
    repeats.one_at_a_time(session, account.id or 0)
    return account, book


def _until(text: str | None) -> datetime | None:
    return parse_moment(text) if text else None


@router.post("/promises")
def api_promise(asked: PromiseAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Log a promise to pay, to the minute. The same again is the same promise; 409 when it needs a supervisor."""
    at, due_at = desk.moment(asked.at), parse_moment(asked.due_at)
    with writing(desk) as session:
        account, book = _locked(session, caller.actor.scope, asked.account)
        amount = parse_amount(asked.amount, book.currency)
        row = repeats.promise(session, account.id or 0, amount, due_at) or actions.make_promise(
            session,
            desk.office,
            account_id=account.id or 0,
            amount=amount,
            due_at=due_at,
            at=at,
            actor=caller.actor,
            way=asked.way,
            promised_by=asked.promised_by,
            plan_key=asked.plan_key,
        )
        document = _promise(row, book)
    return answer(account=asked.account, **document)


def _promise(row: Promise, book: Portfolio) -> dict[str, Any]:
    amount = plain(row.amount, book.currency)
    return {"promise": row.id, "amount": amount, "due_at": row.due_at, "state": row.state}


@router.post("/says-paid")
def api_says_paid(asked: AccountAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """The borrower says it is paid: two working days' quiet, and a task for operations."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        account, _ = _locked(session, caller.actor.scope, asked.account)
        row = actions.says_paid(session, desk.office, account_id=account.id or 0, at=at, actor=caller.actor)
        document = {"hold": row.id, "until": row.until}
    return answer(**document)


@router.post("/says-paid/{hold_id}/answer")
def api_answer_says_paid(hold_id: Id, asked: ProofAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """The money was looked for: it is there, or it is not. The task of operations is over."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        within.hold(session, caller.actor.scope, hold_id)
        row = actions.answer_says_paid(
            session, desk.office, hold_id=hold_id, found=asked.found, at=at, actor=caller.actor
        )
        document = {"hold": row.id, "proof": row.proof, "answered_at": row.proof_at}
    return answer(**document)


@router.post("/callbacks")
def api_callback(asked: CallbackAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """A call the person asked for."""
    at, due_at = desk.moment(asked.at), parse_moment(asked.due_at)
    with writing(desk) as session:
        account, _ = _locked(session, caller.actor.scope, asked.account)
        row = repeats.callback(session, account.id or 0, due_at) or actions.agree_callback(
            session, desk.office, account_id=account.id or 0, due_at=due_at, at=at, actor=caller.actor
        )
        document = {"callback": row.id, "due_at": row.due_at}
    return answer(**document)


@router.post("/dispositions")
def api_disposition(asked: DispositionAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """What a conversation came to: cause, willingness, ability, next step."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        account, _ = _locked(session, caller.actor.scope, asked.account)
        said = asked.model_dump(exclude={"account", "at"})
        row = repeats.disposition(session, account.id or 0, said, at, caller.actor.name) or actions.record_disposition(
            session, desk.office, account_id=account.id or 0, at=at, actor=caller.actor, **said
        )
        document = {"disposition": row.id}
    return answer(**document)


@router.post("/disputes")
def api_dispute(asked: DisputeAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """The debt is disputed: collection on it stops until the answer is given."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        account, _ = _locked(session, caller.actor.scope, asked.account)
        row = repeats.dispute(session, account.id or 0) or actions.dispute(
            session, desk.office, account_id=account.id or 0, reason=asked.reason, at=at, actor=caller.actor
        )
        document = {"dispute": row.id, "answer_by": row.answer_by}
    return answer(**document)


@router.post("/disputes/{dispute_id}/answer")
def api_answer_dispute(dispute_id: Id, asked: AnswerAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """The answer was given: collection may go on."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        within.dispute(session, caller.actor.scope, dispute_id)
        row = actions.answer_dispute(session, desk.office, dispute_id, asked.answer, at, caller.actor)
        document = {"dispute": row.id, "answered_at": row.answered_at}
    return answer(**document)


@router.post("/found")
def api_found(asked: FoundAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """A lost person was found: the phone is added, skip-tracing ends, calling starts afresh."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        person_id = within.person_by_key(session, caller.actor.scope, asked.person)
        point = actions.found(session, desk.office, person_id=person_id, phone=asked.phone, at=at, actor=caller.actor)
        document = {"person": person_id, "contact_point": point.id}
    return answer(**document)


@router.post("/stops")
def api_stop(asked: StopAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Stop contacting a person. The same stop, still in force, is one stop."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        person_id = within.person_by_key(session, caller.actor.scope, asked.person)
        row = actions.stop(
            session,
            desk.office,
            person_id=person_id,
            kind=asked.kind,
            channel=asked.channel,
            number=asked.number,
            reason=asked.reason,
            until=_until(asked.until),
            at=at,
            actor=caller.actor,
        )
        document = {"stop": row.id, "person": person_id, "kind": row.kind}
    return answer(**document)


@router.post("/stops/{stop_id}/lift")
def api_lift_stop(stop_id: Id, asked: ReasonAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """The reason to stop is gone; say why."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        within.stop(session, caller.actor.scope, stop_id)
        row = actions.lift_stop(session, desk.office, stop_id, at, caller.actor, asked.reason)
        document = {"stop": row.id, "lifted_at": row.lifted_at}
    return answer(**document)


@router.post("/holds")
def api_hold(asked: HoldAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Stop all contact for an account, a person, a segment, a portfolio, or everything."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        what = held_subject(session, caller.actor.scope, asked.scope, asked.subject)
        until = _until(asked.until)
        row = repeats.hold(session, asked.scope, until=until, **what) or actions.hold(
            session,
            desk.office,
            scope=asked.scope,
            until=until,
            note=asked.note,
            at=at,
            actor=caller.actor,
            **what,
        )
        document = {"hold": row.id, "scope": row.scope, "until": row.until}
    return answer(**document)


def held_subject(session: Session, scope: Scope, wide: HoldScope, subject: str | None) -> dict[str, Any]:
    """What a hold is about, inside the scope."""
    if wide is HoldScope.everything:
        require_everything(scope)
    what: dict[str, Any] = queries.hold_subject(session, wide, subject)
    if what.get("account_id") is not None:
        within.account(session, scope, what["account_id"])
    if what.get("person_id") is not None:
        person(session, what["person_id"], scope)
    if what.get("portfolio_id") is not None and not scope.admits(what["portfolio_id"]):
        raise NotFound
    return what


@router.post("/holds/{hold_id}/lift")
def api_lift_hold(hold_id: Id, asked: OnlyAt, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Contact may go on."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        within.hold(session, caller.actor.scope, hold_id)
        row = actions.lift_hold(session, desk.office, hold_id, at, caller.actor)
        document = {"hold": row.id, "lifted_at": row.lifted_at}
    return answer(**document)


@router.post("/pauses")
def api_pause(asked: PauseAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Take days out of an account's ageing, both ends included."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        account, _ = _locked(session, caller.actor.scope, asked.account)
        row = actions.pause(
            session,
            desk.office,
            account_id=account.id or 0,
            first=asked.first,
            last=asked.last,
            reason=asked.reason,
            at=at,
            actor=caller.actor,
        )
        document = {"pause": row.id, "first": row.first, "last": row.last}
    return answer(**document)


@router.post("/levels/lower")
def api_lower_level(asked: LevelAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Let an account go down to a lower level of collector, with the reason; by itself it only moves up."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        account, _ = _locked(session, caller.actor.scope, asked.account)
        row = actions.lower_level(
            session,
            desk.office,
            account_id=account.id or 0,
            level=asked.level,
            reason=asked.reason,
            at=at,
            actor=caller.actor,
        )
        document = {"lowered": row.id, "level": row.level}
    return answer(**document)


@router.get("/referrals")
def api_referrals(
    desk: DeskParam,
    caller: ApiCallerParam,
    kind: ReferralKind | None = None,
    at: Annotated[str | None, Query(max_length=40)] = None,
) -> Any:
    """The skip-tracing and legal queues, with their reasons and evidence."""
    with reading(desk) as session:
        rows = queries.referrals(session, caller.actor.scope, kind=kind, at=desk.look(at))
    return answer(referrals=rows)


@router.post("/referrals/{referral_id}/move")
def api_move_referral(referral_id: Id, asked: ReferralAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Accept, return (with a reason) or close a referral."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        row = within.referral(session, caller.actor.scope, referral_id)
        if row.state is not asked.state:
            talks = user_by_name(session, asked.negotiator).id if asked.negotiator else None
            moved = (referral_id, asked.state, at, caller.actor, asked.reason)
            row = actions.move_referral(session, desk.office, *moved, route=asked.route, negotiator_id=talks)
        document = {"referral": row.id, "state": row.state, "route": row.route}
    return answer(**document)
