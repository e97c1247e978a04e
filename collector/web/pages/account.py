"""The account page: the whole story of one account, and what can be done about it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from collector.casework import queries
from collector.casework.views import within, work
from collector.casework.views.account import AccountView, account_view
from collector.casework.views.find import others_of
from collector.casework.views.timeline import timeline
from collector.foundation.money import plain
from collector.foundation.phone import masked
from collector.history.rules import Ability, Cause, Channel, Outcome, PromiseState, StopKind, Willingness
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.rules import OBLIGORS, BorrowerType
from collector.strategy.playbooks import playbooks
from collector.strategy.rules import Stage
from collector.web.pages import telling
from collector.web.pages.shell import frame_of, may_open
from collector.web.session import Caller, CallerParam, Desk, DeskParam, reading
from collector.web.templating import Cell, Choice, Frame, Page, Table, Told, choices, city, render
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]

KEYS = {
    Outcome.no_answer: "1",
    Outcome.busy: "2",
    Outcome.rejected: "3",
    Outcome.switched_off: "4",
    Outcome.wrong_number: "5",
    Outcome.third_party: "6",
    Outcome.right_party: "7",
    Outcome.voicemail: "8",
    Outcome.assistant: "9",
    Outcome.unreachable: "0",
}
"""Digits of the results; the others have a button only."""


@dataclass(frozen=True)
class CallPanel:
    """The call in hand. `number` is whole here, and only here: it is to be dialled."""

    task_id: int
    whom: str
    number: str
    caller: str
    reason: str
    parts: Sequence[tuple[str, str]]
    lease_until: str
    state: str
    may_ring: bool
    may_release: bool
    ring_why_not: str
    outcomes: Sequence[Choice]


@dataclass(frozen=True)
class Opens:
    """Which forms are open to this reader; a closed one is shown with the reason."""

    talk: bool
    stop: bool
    lift: bool
    hold: bool
    pause: bool
    answer: bool
    call: bool


@dataclass(frozen=True)
class AccountPage(Page):
    template: ClassVar[str] = "account.html"
    account_id: int
    person_id: int
    key: str
    name: str
    about: str
    creditor: str
    their_time: str
    clock: str
    as_of: str
    standing: Sequence[tuple[str, Cell]]
    stops: Sequence[tuple[int, str]]
    holds: Sequence[tuple[int, str]]
    disputes: Sequence[tuple[int, str]]
    others: Sequence[tuple[int, str]]
    schedule: Table
    payments: Table
    promises: Table
    open_promises: Sequence[tuple[int, str]]
    callbacks: Sequence[str]
    people: Table
    timeline: Table
    why: Table
    coming: Table
    refused: Table
    passed: Sequence[str]
    says: Sequence[str]
    referrals: Sequence[str]
    call: CallPanel | None
    opens: Opens
    causes: Sequence[Choice]
    willingness: Sequence[Choice]
    abilities: Sequence[Choice]
    stop_kinds: Sequence[Choice]
    channels: Sequence[Choice]
    promisers: Sequence[Choice]
    currency: str
    clears_today: str
    clears_amount: str


@router.get("/accounts/{account_id}")
def account_page(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    now = desk.clock()
    with reading(desk) as session:
        account, book = within.account(session, caller.actor.scope, account_id)
        others = others_of(session, caller.actor.scope, account.person_id, account_id)
        view = account_view(session, account, book, now, others)
        page = _page(session, desk, caller, frame_of(request, caller), view, now)
    return render(page)


def _page(session: Session, desk: Desk, caller: Caller, frame: Frame, view: AccountView, now: datetime) -> AccountPage:
    account, book, t = view.account, view.portfolio, frame.t
    told = Told(t, book.timezone, book.currency)
    theirs = Told(t, account.timezone or book.timezone)
    key = f"{book.code}/{account.account_no}"
    document = queries.explain(session, desk.office, key, now, caller.actor.scope)
    task = work.in_hand(session, caller.actor, account.id)
    return AccountPage(
        frame=frame,
        account_id=account.id or 0,
        person_id=account.person_id,
        key=key,
        name=view.name,
        about=_about(view, t),
        creditor=book.creditor,
        their_time=theirs.hour(now),
        clock=city(theirs.zone),
        as_of=told.whose(book.payments_as_of) if book.payments_as_of else t("never loaded"),
        standing=telling.standing(view, told),
        stops=[(row.id or 0, _stop_words(row, told)) for row in view.stops],
        holds=[(row.id or 0, _hold_words(row, told)) for row in view.holds],
        disputes=[
            (row.id or 0, f"{row.reason} · {t('answer by {day}', day=told.day(row.answer_by))}")
            for row in view.disputes
            if row.answered_at is None
        ],
        others=view.others,
        schedule=telling.schedule(view, told),
        payments=telling.payments(view, told),
        promises=telling.promises(view, told),
        open_promises=[
            (row.id or 0, f"{told.money(row.amount)} · {told.moment(row.due_at)}")
            for row in view.promises
            if row.state in (PromiseState.open, PromiseState.partial)
        ],
        callbacks=[told.whose(row.due_at) for row in view.callbacks],
        people=telling.people(view.people, told),
        timeline=telling.happened(timeline(session, account), told),
        why=telling.why(document, told),
        coming=telling.coming(document, told),
        refused=telling.refused(document, told),
        passed=telling.passed(document, told),
        says=_says(view, t.language),
        referrals=[f"{t.word(row.kind)} · {t.word(row.state)} · {told.moment(row.state_at)}" for row in view.referrals],
        call=_call(task, caller, told, view) if task else None,
        opens=_opens(caller),
        causes=choices(t, Cause),
        willingness=choices(t, Willingness),
        abilities=choices(t, Ability),
        stop_kinds=choices(t, StopKind),
        channels=choices(t, [Channel.call, Channel.sms, Channel.email, Channel.letter, Channel.visit]),
        promisers=choices(t, [one.role for one in view.people if one.role in OBLIGORS]),
        currency=book.currency,
        clears_today=told.money(view.standing.overdue + view.standing.due_today),
        clears_amount=plain(view.standing.overdue + view.standing.due_today, book.currency),
    )


def _about(view: AccountView, t: Words) -> str:
    account = view.account
    words = (account.product, t.word(account.borrower_type), t.word(account.value_tier), t.word(account.security))
    return " · ".join(word for word in words if word)


def _stop_words(row: Any, told: Told) -> str:
    parts = (told.t.word(row.kind), told.t.word(row.channel), masked(row.number) if row.number else "")
    return " · ".join(part for part in (*parts, told.moment(row.at)) if part)


def _hold_words(row: Any, told: Told) -> str:
    t = told.t
    until = t("until {moment}", moment=told.moment(row.until)) if row.until else t("until lifted")
    return f"{t.word(row.reason)} · {t.word(row.scope)} · {until}"


def _says(view: AccountView, language: str) -> list[str]:
    """Purpose and tone of the stage, how this kind of borrower reads, and what to do."""
    book, standing = playbooks(), view.standing
    if not standing.days_past_due:
        return []
    play = book.types[BorrowerType(standing.playbook or view.account.borrower_type)]
    stage = Stage(standing.stage)
    told = [book.stages.get(stage), play.reads_as, play.stages.get(stage)]
    return [words.said(language) for words in told if words is not None]


def _opens(caller: Caller) -> Opens:
    return Opens(
        talk=may_open(caller, "log_promise"),
        stop=may_open(caller, "log_stop"),
        lift=may_open(caller, "lift_stop"),
        hold=may_open(caller, "log_hold"),
        pause=may_open(caller, "log_pause"),
        answer=may_open(caller, "answer_dispute"),
        call=may_open(caller, "take_next"),
    )


def _call(task: Task, caller: Caller, told: Told, view: AccountView) -> CallPanel:
    t = told.t
    called = next((one for one in view.people if one.person_id == task.person_id and one.owes), None)
    waits = task.state is TaskState.claimed
    has_phone = bool(caller.user and caller.user.phone)
    why_not = "" if has_phone else t("your own phone is not set by an admin: dial by hand")
    parts = work.parts_of(task)
    return CallPanel(
        task_id=task.id or 0,
        whom=f"{called.name} · {t.word(called.role)}" if called else "",
        number=task.number or "",
        caller=task.caller or "",
        reason=task.reason,
        parts=[(t.word(name), t.word(str(value))) for name, value in parts.items() if not isinstance(value, dict)],
        lease_until=told.hour(task.lease_until) if task.lease_until else "",
        state=t.word(task.state),
        may_ring=has_phone and waits,
        may_release=waits,
        ring_why_not=why_not if waits else "",
        outcomes=[Choice(str(one), t.word(one), KEYS.get(one, "")) for one in (*KEYS, *_REST)],
    )


_REST = tuple(one for one in Outcome if one not in KEYS)
