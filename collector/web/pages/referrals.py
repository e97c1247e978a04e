"""The skip-tracing and legal queues: why an account came, with its evidence; accept it or give it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.queues import Case, case_count, cases
from collector.foundation.errors import Forbidden
from collector.foundation.phone import masked
from collector.history.rules import REFERRAL_MOVES, ReferralKind, ReferralState
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, Desk, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]

QUEUE = {ReferralKind.skiptrace: "skiptrace_queue", ReferralKind.legal: "legal_queue"}


@dataclass(frozen=True)
class Shown:
    """A referral in the queue."""

    id: int
    account_id: int
    person_id: int
    key: str
    name: str
    state: str
    since: str
    overdue: str
    reasons: str
    reason: str
    evidence: Sequence[tuple[str, str]]
    calls: Table
    may_accept: bool
    may_return: bool
    may_close: bool


@dataclass(frozen=True)
class ReferralsPage(Page):
    template: ClassVar[str] = "referrals.html"
    title: str
    teaching: str
    count: int
    """Of all that wait; the page lists those with the most money overdue."""
    cases: Sequence[Shown]
    ended: Table
    may_move: bool
    may_find: bool
    shows_calls: bool


@router.get("/referrals/skiptrace")
def skiptrace_queue(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return _queue(request, desk, caller, ReferralKind.skiptrace)


@router.get("/referrals/legal")
def legal_queue(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    return _queue(request, desk, caller, ReferralKind.legal)


def _queue(request: Request, desk: Desk, caller: Caller, kind: ReferralKind) -> Any:
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        live, count = cases(session, caller.actor.scope, kind), case_count(session, caller.actor.scope, kind)
        ended = cases(session, caller.actor.scope, kind, closed=True, limit=30)
    teaching = {
        ReferralKind.skiptrace: "An account comes here when the 3:3:3 rule gave up every phone of the borrower.",
        ReferralKind.legal: "An account comes here by a trigger of the strategy: missed instalments, refusal, a clock.",
    }
    page = ReferralsPage(
        frame=frame,
        title=t("Skip-tracing") if kind is ReferralKind.skiptrace else t("Legal"),
        teaching=t(teaching[kind]),
        count=count,
        cases=[_shown(case, t) for case in live],
        ended=table(
            [t("Account"), t("Name"), t("State"), t("When"), t("Why")],
            [
                [
                    Cell(case.key, "", f"/accounts/{case.referral.account_id}"),
                    case.name,
                    t.word(case.referral.state),
                    Told(t, case.zone).moment(case.referral.state_at),
                    Cell(case.referral.state_reason, "wide"),
                ]
                for case in ended
            ],
            t("No referral has ended yet."),
        ),
        may_move=may_open(caller, "move_referral"),
        shows_calls=kind is ReferralKind.skiptrace,
        may_find=kind is ReferralKind.skiptrace and may_open(caller, "log_found"),
    )
    return render(page)


def _shown(case: Case, t: Words) -> Shown:
    row, told = case.referral, Told(t, case.zone, case.currency)
    moves = REFERRAL_MOVES[row.state]
    return Shown(
        id=row.id or 0,
        account_id=row.account_id,
        person_id=row.person_id,
        key=case.key,
        name=case.name,
        state=t.word(row.state),
        since=told.whose(row.opened_at),
        overdue=told.money(case.overdue),
        reasons=", ".join(t.word(str(reason.get("trigger", ""))) for reason in row.reasons),
        reason=row.state_reason,
        evidence=_evidence(case, told),
        calls=table(
            [t("Called"), t("Number"), t("From"), t("Slot"), t("Result")],
            [
                [told.moment(call.at), masked(call.number), call.caller, t.word(call.slot), t.word(call.outcome)]
                for call in case.calls
            ],
            t("No calls are part of this evidence."),
        ),
        may_accept=ReferralState.accepted in moves,
        may_return=ReferralState.returned in moves,
        may_close=ReferralState.closed in moves,
    )


MONEY = frozenset({"overdue", "owed"})


def _evidence(case: Case, told: Told) -> list[tuple[str, str]]:
    """The plain facts of the evidence; what is a list is told by the calls."""
    t = told.t
    return [
        (t.word(name), told.money(value) if name in MONEY else t.word(str(value)))
        for name, value in case.referral.evidence.items()
        if value not in (None, "") and not isinstance(value, list | dict)
    ]


class MoveForm(Form):
    state: ReferralState
    reason: str = ""


@router.post("/referrals/{referral_id}/move")
def move_referral(referral_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(MoveForm, fields)
    with writing(desk) as session:
        row = within.referral(session, caller.actor.scope, referral_id)
        kind, account_id = row.kind, row.account_id
        if not may_open(caller, QUEUE[row.kind]):
            raise Forbidden("this queue is another team's")
        if row.state is not form.state:
            actions.move_referral(
                session, desk.office, referral_id, form.state, desk.clock(), caller.actor, form.reason
            )
    return see(f"/legal/{account_id}" if kind is ReferralKind.legal else f"/referrals/{kind}", "moved")
