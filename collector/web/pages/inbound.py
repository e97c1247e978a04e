"""Somebody calls: the page that opens, who they say they are, and the forms of the talk (screens, agent desk)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from collector.casework import actions
from collector.casework.views import calling_in, made_up, within
from collector.casework.views.talks import talk_with, tries_of
from collector.casework.views.verifying import require_verified
from collector.dispatch.rules import AT_A_DESK
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.foundation.phone import masked
from collector.history.rules import Identifier, Outcome
from collector.portfolio.tables import Account
from collector.sandbox.pulling import call_in
from collector.web.pages.desk import seconds
from collector.web.pages.in_hand import Result, results_in
from collector.web.pages.shell import Form, frame_of, read, see
from collector.web.pages.talk import OutcomeForm, VerifyForm
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Page, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class InboundPage(Page):
    """Who is calling? Nobody is named in full, and nothing is said of what they owe."""

    template: ClassVar[str] = "inbound.html"
    call_id: int
    number: str
    state: str
    several: Sequence[calling_in.MayBe]
    """Those who have that number."""
    text: str = ""
    problem: str = ""
    found: Sequence[calling_in.MayBe] | None = None
    """By what they said; None: not looked for."""
    outcomes: Sequence[Result] = ()


@router.get("/calls-in/{call_id}")
def inbound_page(call_id: Id, request: Request, desk: DeskParam, caller: CallerParam, other: bool = False) -> Any:
    """Straight to the person, where it is known who it is. `other`: it is somebody else."""
    with reading(desk) as session:
        call = calling_in.theirs(session, caller.actor, call_id)
        if call.account_id is not None and not other:
            return see(f"/accounts/{call.account_id}")
        if call.state not in AT_A_DESK:
            return see("/desk", "call-over")
        page = _page(request, desk, caller, session, call)
    return render(page)


def _page(request: Request, desk: Any, caller: Any, session: Any, call: Any, **more: Any) -> InboundPage:
    frame = frame_of(request, caller)
    return InboundPage(
        frame=frame,
        call_id=call.id,
        number=masked(call.from_number),
        state=frame.t.word(call.state),
        several=calling_in.may_be(session, call, desk.clock()),
        outcomes=results_in(frame.t, closed=True, known=False),
        **more,
    )


class FindForm(Form):
    text: str = ""


@router.post("/calls-in/{call_id}/find")
def find_caller(call_id: Id, request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """By what the caller says: an account number, a name, another phone."""
    form = read(FindForm, fields)
    with reading(desk) as session:
        call = calling_in.theirs(session, caller.actor, call_id)
        try:
            found = calling_in.found_by(session, caller.actor, form.text, desk.clock())
        except BadInput as error:
            page = _page(request, desk, caller, session, call, text=form.text, problem=error.message)
            return render(page, 422)
        page = _page(request, desk, caller, session, call, text=form.text, found=found)
    return render(page)


class ChooseForm(Form):
    account: int
    person: int


@router.post("/calls-in/{call_id}/choose")
def choose_caller(call_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ChooseForm, fields)
    with writing(desk) as session:
        calling_in.theirs(session, caller.actor, call_id)
        within.account(session, caller.actor.scope, form.account)
        actions.choose_caller(
            session,
            desk.office,
            call_id,
            account_id=form.account,
            person_id=form.person,
            at=desk.clock(),
            actor=caller.actor,
        )
    return see(f"/accounts/{form.account}")


@router.post("/calls-in/{call_id}/verify")
def verify_caller(call_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A wrong answer is stored before it is told."""
    form = read(VerifyForm, fields)
    said = {Identifier(name): words for name, words in form.model_dump().items()}
    with writing(desk) as session:
        call = calling_in.theirs(session, caller.actor, call_id)
        tried = actions.verify_caller(session, desk.office, call_id, said, desk.clock(), caller.actor)
        back = f"/accounts/{call.account_id}"
    return see(back, "verified" if tried.passed else "not-verified")


@router.post("/calls-in/{call_id}/outcome")
def inbound_outcome(call_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(OutcomeForm, fields)
    with writing(desk) as session:
        call = calling_in.theirs(session, caller.actor, call_id)
        if form.outcome is Outcome.right_party and call.account_id is not None and call.state in AT_A_DESK:
            require_verified(session, caller.actor, session.get_one(Account, call.account_id))
        elif form.outcome is Outcome.right_party and not any(
            one.passed for one in tries_of(session, talk_with(session, call))
        ):
            raise Conflict("verify the person first: two identifiers, before a word about the debt")
        actions.inbound_outcome(
            session, desk.office, call_id, form.outcome, desk.clock(), actor=caller.actor, note=form.note
        )
        account_id = call.account_id
    return see(f"/accounts/{account_id}", f"outcome&undo=c{call_id}") if account_id else see("/desk", "call-done")


@router.post("/calls-in/{call_id}/how-to-pay")
def inbound_how_to_pay(call_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """As in a call of ours: a refusal is stored before it is told."""
    now = desk.clock()
    desk.office.require_armed(now, desk.clock())
    with writing(desk) as session:
        talk = talk_with(session, calling_in.theirs(session, caller.actor, call_id))
        require_verified(session, caller.actor, session.get_one(Account, talk.account_id))
        refused = actions.send_how_to_pay_inbound(session, desk.office, call_id, now, caller.actor)
    if refused:
        raise Conflict(f"not sent: {refused}")
    return see(f"/accounts/{talk.account_id}", "how-to-pay")


@router.get("/calls-in/{call_id}/live")
def live_inbound(call_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """How it stands, for the bar on the page."""
    with reading(desk) as session:
        call = calling_in.theirs(session, caller.actor, call_id)
    over = call.state not in AT_A_DESK
    since = None if over or call.ended_at is not None else call.answered_at or call.at
    told = {"words": Words(caller.language).word(call.state), "over": over}
    return JSONResponse(told | {"seconds": seconds(since, desk.clock())})


@router.post("/demo/call-in")
def let_somebody_call(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """On the demo floor, where everybody is made up: somebody calls now. Elsewhere there is no such thing."""
    settings = desk.office.settings
    if not settings.demo or not settings.twilio_base_url:
        raise NotFound
    with reading(desk) as session:
        found = made_up.somebody(session, caller.actor)
    if found is None:
        return see("/desk", "nobody")
    asyncio.run(call_in(settings, *found))
    return see("/desk", "calls-in")
