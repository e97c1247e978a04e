"""Operations: load a file, see what was refused and why, put payments where they belong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request

from collector.casework import actions, approvals, queries
from collector.casework.approvals import matching
from collector.casework.uploads import KEPT
from collector.casework.views import debits, differences, loads, queues, runs, within
from collector.casework.views.floor import held_count
from collector.casework.views.held import Held, held_payments
from collector.casework.views.reversals import lone_count
from collector.casework.views.stated import open_schedules
from collector.portfolio.queries import portfolios
from collector.portfolio.rules import Fit, LoadKind, Sign
from collector.web.guard import MAX_BODY
from collector.web.loading import INSTALLATION_WIDE
from collector.web.pages.approvals import Waiting, waiting
from collector.web.pages.loads import TOTALS, total
from collector.web.pages.runs import plans_table, sends_table
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Choice, Frame, Page, Table, Told, choices, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class FitShown:
    """An account that a payment may belong to; `score` out of 100."""

    key: str
    href: str
    score: int
    why: str


@dataclass(frozen=True)
class HeldShown:
    id: int
    amount: str
    when: str
    words: str
    payer: str
    fits: Sequence[FitShown]
    proposed: str


@dataclass(frozen=True)
class SaysPaidShown:
    hold_id: int
    account_id: int
    key: str
    words: str


@dataclass(frozen=True)
class OperationsPage(Page):
    template: ClassVar[str] = "operations.html"
    kinds: Sequence[Choice]
    codes: Sequence[str]
    waiting: Table
    loads: Table
    plans: Table
    sends: Table
    most: int
    """Bytes of a file that are taken."""
    held: Sequence[HeldShown]
    held_next: str
    held_count: int
    says_paid: Sequence[SaysPaidShown]
    approvals: Sequence[Waiting]
    debits_failed: int
    """In the last days."""
    reversals: int
    differences: int
    may_load: bool
    may_match: bool
    may_answer: bool
    may_plan: bool


OFTEN = (
    LoadKind.payments,
    LoadKind.accounts,
    LoadKind.instalments,
    LoadKind.parties,
    LoadKind.balances,
    LoadKind.events,
    LoadKind.callers,
    LoadKind.portfolios,
)
"""Kinds of files, the daily ones first."""


@router.get("/operations")
def operations(
    request: Request, desk: DeskParam, caller: CallerParam, held: Annotated[int, Query(ge=0, le=2**62)] = 0
) -> Any:
    """`held`: the payment after which those without an account are shown."""
    frame, now = frame_of(request, caller), desk.clock()
    t = frame.t
    with reading(desk) as session:
        scope = caller.actor.scope
        books = portfolios(session, scope)
        waits = held_payments(session, desk.office, scope, held)
        page = OperationsPage(
            frame=frame,
            kinds=choices(t, [kind for kind in OFTEN if scope.portfolio_ids is None or kind not in INSTALLATION_WIDE]),
            codes=[book.code for book in books],
            waiting=_waiting(loads.waiting(session, desk.office, scope, caller.actor.user_id, now), caller, now, t),
            loads=_loads(loads.loaded(session, scope), t),
            plans=plans_table(runs.plan_runs(session, scope), t),
            sends=sends_table(runs.sends(session, scope, now), t),
            held=[_held(one, frame, caller) for one in waits.rows],
            held_next=f"/operations?held={waits.after}#held" if waits.after else "",
            held_count=held_count(session, scope),
            says_paid=[_says_paid(one, frame, now) for one in queues.says_paid(session, scope)],
            approvals=[
                waiting(session, row, caller, t)
                for row in approvals.waiting(session, caller.actor)
                if row.kind == matching.MATCH
            ],
            debits_failed=sum(sum(day.values()) for day in debits.failures_by_day(session, scope, now).values()),
            reversals=lone_count(session, scope, now),
            differences=differences.open_count(session, scope) + open_schedules(session, scope),
            most=MAX_BODY,
            may_load=may_open(caller, "bring_file"),
            may_match=may_open(caller, "propose_match"),
            may_answer=may_open(caller, "answer_says_paid"),
            may_plan=may_open(caller, "plan_now"),
        )
    return render(page)


def _loads(rows: Sequence[loads.Loaded], t: Words) -> Table:
    head: list[Cell | str] = [t("When"), t("File"), t("Kind"), t("Portfolio"), t("By")]
    return table(
        [*head, *(num(total(name, t)) for name in TOTALS)],
        [
            [
                Told(t, one.zone).short(one.run.at),
                Cell(one.name, "code", f"/operations/loads/{one.run.id}"),
                t.word(one.run.kind),
                one.code,
                one.run.actor.removeprefix("user:"),
                *(
                    num(f"{getattr(one.run, name):,}", "late" if name == "rejected" and one.run.rejected else "")
                    for name in TOTALS
                ),
            ]
            for one in rows
        ],
        t("Nothing was loaded yet. Start with portfolios, then callers, accounts, instalments and payments."),
    )


SHADES = {"loading": "", "waiting": "look", "failed": "late", loads.INTERRUPTED: "late"}


def _waiting(rows: Sequence[loads.Waiting], caller: Caller, now: datetime, t: Words) -> Table:
    """Files that are not in the book yet; only its own user opens one."""
    return table(
        [t("File"), t("Kind"), t("Portfolio"), t("By"), t("State"), t("Kept for")],
        [
            [
                Cell(one.row.file_name, "code", _file(one, caller)),
                t.word(one.row.kind),
                one.code,
                one.row.actor.removeprefix("user:"),
                Cell(t.word(one.state), SHADES.get(one.state, "")),
                t("{count} h", count=int((one.row.made_at + KEPT - now).total_seconds() // 3600)),
            ]
            for one in rows
        ],
        t("No file waits. One that is brought is checked first, and kept for a day."),
    )


def _file(one: loads.Waiting, caller: Caller) -> str:
    if one.row.user_id != caller.actor.user_id:
        return ""
    page = "" if one.state == "waiting" else "/progress"
    return f"/operations/files/{one.row.token}{page}"


def _held(one: Held, frame: Frame, caller: Caller) -> HeldShown:
    """The whole card number only for those who look for its account."""
    t, told_of, payment = frame.t, Told(frame.t, one.zone, one.currency), one.payment
    card = payment.card_no or ""
    if card and not may_open(caller, "propose_match"):
        card = f"··{card[-4:]}"
    numbers = payment.account_no or card
    words = " · ".join(part for part in (one.code, numbers, payment.reason or "") if part)
    return HeldShown(
        id=payment.id or 0,
        amount=told_of.money(payment.amount),
        when=told_of.moment(payment.paid_at),
        words=words,
        payer=payment.payer_name or "",
        fits=[_fit(fit, one.code, t) for fit in one.fits],
        proposed=one.proposed,
    )


def _fit(fit: Fit, code: str, t: Words) -> FitShown:
    signs = {
        Sign.account_typo: t("one slip in the account number"),
        Sign.same_card: t("the same card"),
        Sign.card_typo: t("one slip in the card number"),
        Sign.same_name: t("payer's name"),
        Sign.alike_name: t("a name like the payer's"),
        Sign.amount_overdue: t("amount overdue"),
        Sign.amount_instalment: t("amount of an instalment"),
        Sign.amount_owed: t("all that is owed"),
        Sign.phone_tail: t("end of a phone"),
        Sign.id_tail: t("end of an ID"),
    }
    why = " · ".join(signs[sign] for sign in fit.signs)
    return FitShown(f"{code}/{fit.account_no}", f"/accounts/{fit.account_id}", fit.score, why)


def _says_paid(one: queues.SaysPaid, frame: Frame, now: datetime) -> SaysPaidShown:
    t, told = frame.t, Told(frame.t, one.zone)
    said = t("said {moment}", moment=told.whose(one.since))
    is_quiet = one.until is not None and one.until > now
    quiet = t("quiet until {moment}", moment=told.moment(one.until)) if is_quiet else t("the quiet is over")
    return SaysPaidShown(one.hold_id, one.account_id, one.key, f"{said} · {quiet}")


class ProofForm(Form):
    found: bool


@router.post("/says-paid/{hold_id}/answer")
def answer_says_paid(hold_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """The money was looked for: it is there, or it is not."""
    form = read(ProofForm, fields)
    with writing(desk) as session:
        within.hold(session, caller.actor.scope, hold_id)
        actions.answer_says_paid(
            session, desk.office, hold_id=hold_id, found=form.found, at=desk.clock(), actor=caller.actor
        )
    return see("/operations", "looked")


class MatchForm(Form):
    account: str


@router.post("/payments/{payment_id}/match")
def propose_match(payment_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Say where a payment belongs; a second person confirms it (handbook section 2)."""
    form = read(MatchForm, fields)
    with writing(desk) as session:
        payment = within.payment(session, caller.actor.scope, payment_id)
        account, _ = queries.account_and_portfolio(session, form.account, caller.actor.scope)
        matching.propose(session, payment, account, caller.actor, desk.clock())
    return see("/operations", "proposed")
