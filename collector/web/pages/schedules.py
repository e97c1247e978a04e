"""Schedules that were agreed with borrowers, and that the creditor's book has otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views import within
from collector.casework.views.stated import BothSchedules, StatedSchedule, both_schedules
from collector.portfolio.tables import InstalmentRow, StatedInstalment
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.session import CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]
NOTHING = "—"


@dataclass(frozen=True)
class SchedulePage(Page):
    template: ClassVar[str] = "schedule_stated.html"
    key: str
    account: str
    facts: Sequence[str]
    action: str
    open: bool
    explained: str
    explained_by: str
    rows: Table
    may_explain: bool


def stated_table(rows: Sequence[StatedSchedule], t: Words) -> Table:
    """The list of them, each with where it opens."""
    return table(
        [t("Account"), t("Loaded"), num(t("Rows they have otherwise")), t("Explained")],
        [
            [
                Cell(one.key, "", f"/operations/schedules/{one.account.id}"),
                Told(t, one.book.timezone, one.book.currency).moment(max(row.loaded_at for row in one.rows)),
                num(f"{len(one.rows):,}", "late"),
                Cell(one.explained, "wrap"),
            ]
            for one in rows
        ],
        t("None: the creditor's book has every agreed schedule as it was agreed."),
    )


@router.get("/operations/schedules/{account_id}")
def schedule_page(account_id: Id, request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """Both schedules of one account side by side."""
    frame = frame_of(request, caller)
    with reading(desk) as session:
        sides = both_schedules(session, within.account(session, caller.actor.scope, account_id)[0])
    one, told = sides.one, Told(frame.t, sides.one.book.timezone, sides.one.book.currency)
    last = max(one.rows, key=lambda row: row.loaded_at, default=None)
    by = f"{last.explained_by.removeprefix('user:')} {told.moment(last.explained_at)}" if last else ""
    page = SchedulePage(
        frame=frame,
        key=one.key,
        account=f"/accounts/{account_id}",
        facts=[frame.t("loaded {moment}", moment=told.moment(last.loaded_at))] if last else [],
        action=f"/operations/schedules/{account_id}/explain",
        open=bool(one.rows),
        explained=one.explained,
        explained_by=by.strip() if one.explained else "",
        rows=_pairs(sides, told),
        may_explain=may_open(caller, "explain_schedule"),
    )
    return render(page)


def _pairs(sides: BothSchedules, told: Told) -> Table:
    t = told.t
    head: list[Cell | str] = [num(t("No.")), t("Due, theirs"), num(t("Amount, theirs"))]
    return table(
        [*head, t("Due, as agreed"), num(t("Amount, as agreed"))],
        [
            *([_maturity(sides, told)] if sides.matures else []),
            *([num(str(number)), *_theirs(said, held, told), *_ours(held, told)] for number, said, held in sides.pairs),
        ],
        t("This account has no schedule."),
    )


def _maturity(sides: BothSchedules, told: Told) -> list[Cell | str]:
    theirs, ours = told.day(sides.matures), told.day(sides.one.account.matures_on)
    return [told.t("Matures"), Cell(theirs, "late"), num(NOTHING, "dim"), ours, num(NOTHING, "dim")]


def _theirs(said: StatedInstalment | None, held: InstalmentRow | None, told: Told) -> list[Cell | str]:
    """What they did not say otherwise is as agreed, or was not in their file."""
    if said is None:
        return [Cell(NOTHING, "dim"), num(NOTHING, "dim")]
    other_day = held is None or held.due_on != said.due_on
    other_sum = held is None or held.amount_due != said.amount_due
    amount = told.figure(said.amount_due or 0)
    return [Cell(told.day(said.due_on), "late" if other_day else ""), num(amount, "late" if other_sum else "")]


def _ours(held: InstalmentRow | None, told: Told) -> list[Cell | str]:
    if held is None:
        return [Cell(NOTHING, "dim"), num(NOTHING, "dim")]
    return [told.day(held.due_on), num(told.figure(held.amount_due))]


class ExplainForm(Form):
    reason: str


@router.post("/operations/schedules/{account_id}/explain")
def explain_schedule(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(ExplainForm, fields)
    with writing(desk) as session:
        account, _ = within.account(session, caller.actor.scope, account_id)
        actions.explain_schedule(session, account, form.reason, desk.clock(), caller.actor)
    return see(f"/operations/schedules/{account_id}", "explained")
