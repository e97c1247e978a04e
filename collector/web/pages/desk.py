"""The agent's desk: today's figures, the call in hand, what comes next; take a call, ring it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from collector.casework import actions
from collector.casework.views import queues, within, work
from collector.casework.views.cases import count_cases
from collector.casework.views.verifying import require_verified
from collector.dispatch.actions import OnBreak
from collector.dispatch.queries import inbound_in_hand
from collector.dispatch.rules import AgentState
from collector.foundation.errors import Conflict
from collector.foundation.money import shown
from collector.foundation.phone import masked
from collector.identity.rules import Level
from collector.planning.rules import IN_FLIGHT
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Account
from collector.web.pages.inbox import aged
from collector.web.pages.shell import Form, frame_of, own_page, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, city, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
HEARD = {
    "initiated": "being dialled",
    "ringing": "their phone rings",
    "in-progress": "answered: you are talking",
    "completed": "the call is over: say how it went",
}
"""What the carrier says of the borrower's phone → how the bar says it."""


@dataclass(frozen=True)
class DeskPage(Page):
    template: ClassVar[str] = "desk.html"
    figures: Sequence[tuple[str, str]]
    own_cases: int
    as_of: str
    in_hand: tuple[int, str] | None
    """Account and reason of the call that is held."""
    answers: Table
    ahead: Table
    callbacks: Table
    left: Table
    may_call_in: bool
    """On the demo floor somebody can be made to call."""


@router.get("/desk")
def desk(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    now, frame = desk.clock(), frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        books = portfolios(session, caller.actor.scope)
        zone = books[0].timezone if books else "UTC"
        day = work.today(session, caller.actor, now, zone)
        task = work.in_hand(session, caller.actor)
        loaded = [book.payments_as_of for book in books if book.payments_as_of]
        page = DeskPage(
            frame=frame,
            figures=[
                (t("worked"), str(day.worked)),
                (t("reached"), str(day.reached)),
                (
                    t("promises"),
                    " · ".join([str(day.promises), *(shown(sum_, one, t.language) for one, sum_ in day.promised)]),
                ),
                (t("kept today"), str(day.kept)),
            ],
            own_cases=count_cases(session, caller.actor, now),
            as_of=Told(t, zone).whose(min(loaded)) if loaded else t("never loaded"),
            in_hand=(task.account_id, task.reason) if task else None,
            answers=_answers(queues.inbox(session, caller.actor.scope, 10, caller.actor.user_id), now, t),
            ahead=_waiting(work.ahead(session, caller.actor, now, desk.mark), t),
            callbacks=_callbacks(work.call_backs(session, caller.actor, now), t),
            left=table(
                [t("Queue"), num(t("Left"))],
                [[one.segment, num(one.shown)] for one in work.left(session, caller.actor.scope, now)],
                t("No open calls. A plan fills the queues: operations or the worker runs it."),
            ),
            may_call_in=desk.office.settings.demo,
        )
    return render(page)


def _amounts(promised: Sequence[tuple[str, int]], t: Words) -> list[str]:
    return [shown(amount, currency, t.language) for currency, amount in promised]


def _waiting(rows: Sequence[work.Waiting], t: Words) -> Table:
    return table(
        [t("Account"), t("Queue"), t("Purpose"), t("Window"), t("Why")],
        [
            [
                Cell(one.key, "", f"/accounts/{one.account_id}"),
                one.segment,
                t.word(one.purpose),
                f"{Told(t, one.zone).hour(one.not_before)}–{Told(t, one.zone).hour(one.not_after)} {city(one.zone)}",
                Cell(t.reason(one.reason), "wide"),
            ]
            for one in rows
        ],
        t("No call waits for you. New ones come with the plan, with call-backs and with broken promises."),
    )


def _answers(rows: Sequence[queues.Unanswered], now: datetime, t: Words) -> Table:
    """Calls that nobody took, and messages: the reader's own first."""
    return table(
        [t("Number"), t("What"), t("Age"), t("Answer by")],
        [
            [
                Cell(masked(one.message.from_number), "tel", "/inbox"),
                Cell(t.word(one.message.reading) + (f" · {t('your case')}" if one.mine else ""), "wrap"),
                aged(one.message.at, now, t),
                Cell(Told(t, one.zone).whose(one.answer_by), "late" if now > one.answer_by else ""),
            ]
            for one in rows
        ],
        t("Nobody waits for an answer. Missed calls and messages come here, those of your own cases first."),
    )


def _callbacks(rows: Sequence[work.Waiting], t: Words) -> Table:
    return table(
        [t("When"), t("Account")],
        [[Told(t, one.zone).whose(one.not_before), Cell(one.key, "", f"/accounts/{one.account_id}")] for one in rows],
        t("No call-backs. Agree one on an account page with k."),
    )


@router.post("/desk/next")
def take_next(desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The call in hand, if there is one; else the best one, judged and held."""
    now = desk.clock()
    desk.office.require_armed(now, desk.clock())
    with writing(desk) as session:
        inbound = inbound_in_hand(session, caller.actor.user_id)
        if inbound is not None:
            return see(f"/calls-in/{inbound.id}")
        task = work.in_hand(session, caller.actor)
        if task is None:
            agent = replace(caller.actor, level=caller.actor.level or Level.senior)
            try:
                claimed = actions.next_call(session, desk.office, agent, now, desk.mark)
            except OnBreak:
                return see("/desk", "on-break")
            task = claimed.task if claimed else None
        account_id = task.account_id if task else None
    return see("/desk", "none") if account_id is None else see(f"/accounts/{account_id}")


class StateForm(Form):
    state: AgentState
    back: str = "/desk"


@router.post("/desk/state")
def choose_state(request: Request, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ready, or on a break."""
    form = read(StateForm, fields)
    with writing(desk) as session:
        choice = actions.choose_state(session, form.state, desk.clock(), caller.actor)
    return see(own_page(request, form.back), choice.state.value)


@router.post("/tasks/{task_id}/release")
def release_call(task_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A call that was taken and not dialled goes back into its queue."""
    with writing(desk) as session:
        within.task(session, caller.actor.scope, task_id)
        actions.release(session, desk.office, task_id, desk.clock(), caller.actor)
    return see("/desk", "released")


@router.post("/tasks/{task_id}/how-to-pay")
def send_how_to_pay(task_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Who asks for it in a talk is sent how to pay and what clears today. A refusal is stored before it is told."""
    now = desk.clock()
    desk.office.require_armed(now, desk.clock())
    with writing(desk) as session:
        account_id = within.task(session, caller.actor.scope, task_id).account_id
        require_verified(session, caller.actor, session.get_one(Account, account_id))
        refused = actions.send_how_to_pay(session, desk.office, task_id, now, caller.actor)
    if refused:
        raise Conflict(f"not sent: {refused}")
    return see(f"/accounts/{account_id}", "how-to-pay")


@router.get("/tasks/{task_id}/live")
def live_call(task_id: Id, desk: DeskParam, caller: CallerParam) -> Any:
    """How a call stands, for the bar on the page that asks every other second: its words, and whether it is over."""
    t = Words(caller.language)
    with reading(desk) as session:
        task = within.task(session, caller.actor.scope, task_id)
        (heard, since), ended = work.heard_of(session, task), work.last_outcome(session, task)
    over = ended is not None or task.state not in IN_FLIGHT
    words = t(HEARD[heard]) if heard in HEARD and ended is None else t.word(ended.outcome if ended else task.state)
    return JSONResponse({"words": words, "over": over, "seconds": None if over else seconds(since, desk.clock())})


def seconds(since: datetime | None, now: datetime) -> int | None:
    """How long a call stands as it does; None: it does not stand."""
    return max(0, int((now - since).total_seconds())) if since is not None else None


@router.post("/tasks/{task_id}/ring")
def place_call(task_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Ring the agent's own phone; the borrower is dialled when it is answered, and judged again then."""
    now = desk.clock()
    desk.office.require_armed(now, desk.clock())
    with reading(desk) as session:
        back = f"/accounts/{within.task(session, caller.actor.scope, task_id).account_id}"
    asyncio.run(actions.start_call(desk.office, task_id, caller.actor, now))
    return see(back, "calling")
