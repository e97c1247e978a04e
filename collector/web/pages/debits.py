"""Direct debits that failed, by day and reason; reversals whose payment never came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request

from collector.casework import actions, approvals
from collector.casework.approvals import reversals as proposing
from collector.casework.views import within
from collector.casework.views.debits import Failed, failed_debits, failures_by_day
from collector.casework.views.reversals import Lone, lone_reversals
from collector.foundation.clock import local_day
from collector.portfolio.rules import DebitFailure, ReversalStep
from collector.web.pages.approvals import Waiting, waiting
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
After = Annotated[str | None, Query(pattern=r"^[0-9]{1,7}\.[0-9]{1,18}$")]
"""The key that the page before gave: a day and an id."""

DAYS_SHOWN = 14
"""Days with failures that the table shows, the newest."""


@dataclass(frozen=True)
class Likely:
    reference: str
    words: str


@dataclass(frozen=True)
class LoneShown:
    """A reversal that takes back nothing we know; `note`: what was decided, `first`: the first day it may wait for."""

    id: int
    amount: str
    names: str
    words: str
    note: str
    proposed: str
    likely: Sequence[Likely]
    first: str


@dataclass(frozen=True)
class DebitsPage(Page):
    template: ClassVar[str] = "debits.html"
    days: Table
    narrowed: str
    """What the list is narrowed to; empty: nothing."""
    failed: Table
    more: str
    approvals: Sequence[Waiting]
    reversals: Sequence[LoneShown]
    may_propose: bool


@router.get("/operations/debits")
def debits_page(
    request: Request,
    desk: DeskParam,
    caller: CallerParam,
    day: date | None = None,
    why: DebitFailure | None = None,
    after: After = None,
) -> Any:
    """`day`, `why`: only those that failed on that day, for that reason."""
    frame, now, scope = frame_of(request, caller), desk.clock(), caller.actor.scope
    t = frame.t
    with reading(desk) as session:
        found = failed_debits(session, scope, now, day=day, why=why, after=_seen(after))
        page = DebitsPage(
            frame=frame,
            days=_days(failures_by_day(session, scope, now), t),
            narrowed=_joined(day.isoformat() if day else "", t.word(why)),
            failed=_failed(found.rows, t),
            more=_address(day, why, found.after) if found.after else "",
            approvals=[
                waiting(session, row, caller, t)
                for row in approvals.waiting(session, caller.actor)
                if row.kind == proposing.REVERSAL
            ],
            reversals=[_lone(one, t, now) for one in lone_reversals(session, scope)],
            may_propose=may_open(caller, "propose_reversal"),
        )
    return render(page)


def _seen(after: str | None) -> tuple[int, int] | None:
    if after is None:
        return None
    day, _, number = after.partition(".")
    return min(max(int(day), 1), date.max.toordinal()), int(number)


def _address(day: date | None, why: DebitFailure | None, after: str = "") -> str:
    asked = {"day": day.isoformat() if day else "", "why": why.value if why else "", "after": after}
    return f"/operations/debits?{urlencode({name: value for name, value in asked.items() if value})}#failed"


def _days(found: dict[date, dict[DebitFailure, int]], t: Words) -> Table:
    """A row a day, a column for each reason that occurred."""
    reasons = [why for why in DebitFailure if any(why in day for day in islice(found.values(), DAYS_SHOWN))]
    return table(
        [t("Day"), *(num(t.word(why)) for why in reasons), num(t("in all"))],
        [
            [
                Cell(day.isoformat(), "", _address(day, None)),
                *(
                    num(str(counts[why]), "", _address(day, why)) if why in counts else num("·", "dim")
                    for why in reasons
                ),
                num(str(sum(counts.values()))),
            ]
            for day, counts in islice(found.items(), DAYS_SHOWN)
        ],
        t("No direct debit failed in the last 30 days. They come with the payment files, as kind failed_debit."),
    )


def _failed(rows: Sequence[Failed], t: Words) -> Table:
    return table(
        [
            *(t("When"), t("Account"), num(t("Amount")), t("Why"), t("The bank's words")),
            *(num(t("in a row")), t("Since"), t("Next debit")),
        ],
        [_one(row, Told(t, row.book.timezone, row.book.currency)) for row in rows],
        t("No failed direct debit fits. Choose another day or reason above."),
    )


def _one(row: Failed, told: Told) -> list[Cell | str]:
    payment = row.payment
    link = f"/accounts/{payment.account_id}" if payment.account_id else ""
    return [
        told.short(payment.paid_at),
        Cell(row.key or told.t("no account"), "" if row.key else "dim", link),
        num(told.money(payment.amount)),
        told.t.word(row.why),
        Cell(payment.reason or "", "wrap dim"),
        num(str(row.story.in_a_row), "late" if row.story.in_a_row > 1 else ""),
        _since(row, told),
        Cell(told.day(row.next_due_on) or "—"),
    ]


def _since(row: Failed, told: Told) -> Cell:
    """What came after it: money, another failure, or nothing while it is overdue."""
    t, story = told.t, row.story
    if story.paid_since:
        return Cell(t("paid {amount}", amount=told.money(story.paid_since)), "good")
    if story.failed_since:
        return Cell(t("failed again, {count} times", count=story.failed_since), "late")
    if row.overdue:
        return Cell(t("nothing; overdue {amount}", amount=told.money(row.overdue)), "look")
    return Cell(t("nothing"), "dim")


def _lone(one: Lone, t: Words, now: datetime) -> LoneShown:
    told, payment = Told(t, one.book.timezone, one.book.currency), one.payment
    numbers = payment.account_no or (f"··{payment.card_no[-4:]}" if payment.card_no else "")
    note = one.note
    waits = t("waits until {day}: {reason}", day=told.day(note.until), reason=note.reason) if note else ""
    return LoneShown(
        id=payment.id or 0,
        amount=told.money(payment.amount),
        names=t("takes back {reference}, which is not here", reference=payment.reverses or ""),
        words=" · ".join(
            part for part in (told.moment(payment.paid_at), one.book.code, numbers, payment.reason) if part
        ),
        note=waits,
        proposed=one.proposed,
        likely=[Likely(row.reference, _joined(told.moment(row.paid_at), t.word(row.state))) for row in one.likely],
        first=local_day(now, one.book.timezone).isoformat(),
    )


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


class TakesBackForm(Form):
    reference: str


@router.post("/payments/{payment_id}/takes-back")
def propose_reversal(payment_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Say which payment a reversal takes back; a second person confirms it, since money moves."""
    form = read(TakesBackForm, fields)
    with writing(desk) as session:
        reversal = within.payment(session, caller.actor.scope, payment_id)
        payment = within.payment_by_reference(session, reversal.portfolio_id, form.reference)
        proposing.propose(session, reversal, payment, caller.actor, desk.clock())
    return see("/operations/debits", "proposed")


class NoteForm(Form):
    step: ReversalStep
    reason: str
    until: date | None = None


@router.post("/payments/{payment_id}/reversal")
def note_reversal(payment_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """Let it wait until a day, or close it: no money was booked, and none moves."""
    form = read(NoteForm, fields)
    until = form.until if form.step is ReversalStep.wait else None
    with writing(desk) as session:
        within.payment(session, caller.actor.scope, payment_id)
        actions.note_reversal(session, payment_id, form.step, form.reason, desk.clock(), caller.actor, until)
    return see("/operations/debits", "waits" if form.step is ReversalStep.wait else "closed")
