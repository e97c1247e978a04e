"""An agent's own cases; and how one account is held: keep asked for and agreed to, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request

from collector.casework import actions
from collector.casework.views.cases import Case, Held, cases
from collector.identity.rules import Role
from collector.web.pages.shell import Form, frame_of, may_open, read, see
from collector.web.pages.talk import locked
from collector.web.session import Caller, CallerParam, DeskParam, FormParam, reading, writing
from collector.web.templating import Cell, Page, Table, Told, num, render, table
from collector.web.words import Words

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@dataclass(frozen=True)
class CasesPage(Page):
    template: ClassVar[str] = "cases.html"
    said: str
    rows: Table


@router.get("/cases")
def my_cases(request: Request, desk: DeskParam, caller: CallerParam) -> Any:
    """What the reader owns, and what they stand in for while its owner is away; the largest overdue first."""
    frame = frame_of(request, caller)
    t = frame.t
    with reading(desk) as session:
        found = cases(session, caller.actor, desk.clock())
    said = t("{own} of your own, {others} while their owner is away", own=found.own, others=found.stood_in)
    if found.own + found.stood_in > len(found.rows):
        said = f"{said} · {t('the first {count} are shown', count=len(found.rows))}"
    return render(CasesPage(frame, said, _table(found.rows, t)))


def _table(rows: Sequence[Case], t: Words) -> Table:
    head: list[Cell | str] = [t("Account"), t("Name"), t("Bucket"), num(t("Days past due")), num(t("Overdue"))]
    return table(
        [*head, t("Last tried"), t("Promise"), t("Holding until"), t("Case kept until"), t("Standing in for")],
        [_row(one, t) for one in rows],
        t("You have no cases yet. A supervisor gives accounts to agents on the allocation board."),
    )


def _row(one: Case, t: Words) -> list[Cell | str]:
    told = Told(t, one.zone, one.currency)
    return [
        Cell(one.key, "", f"/accounts/{one.account_id}"),
        one.name,
        one.bucket,
        num(str(one.days_past_due), "late" if one.days_past_due else ""),
        num(told.money(one.overdue)),
        told.day(one.touched_on) or "·",
        f"{told.money(one.promise[0])} · {told.short(one.promise[1])}" if one.promise else "·",
        told.day(one.until) or "·",
        Cell(told.day(one.kept_until) or "·", "good" if one.kept_until else ""),
        Cell(one.stands_in_for, "look"),
    ]


# --- one account ---


@dataclass(frozen=True)
class Holding:
    """Who has the account, as its page tells it. `may`: ask, decide or nothing about keeping it."""

    lines: Sequence[tuple[str, str]]
    past: Table
    may: str
    closed: str
    """Why it can not be kept; empty: it can."""
    first: str
    longest: str
    may_recall: bool


def holding(held: Held, caller: Caller, told: Told) -> Holding:
    """For this reader."""
    t = told.t
    owner = f"{held.owner} · {t('away')}" if held.owner_away else held.owner
    lines = [
        (t("Owner"), owner or t("nobody")),
        (t("Stand-in"), held.standby or t("nobody")),
        (t("Holding until"), told.day(held.until)),
        (t("Case kept until"), told.day(held.holding.kept_until)),
        (t("Keep asked for, until"), told.day(held.asked)),
    ]
    return Holding(
        lines=[(words, value) for words, value in lines if value],
        past=_past(held, told),
        may=_may(held, caller),
        closed="" if held.longest_keep else t("Closed: no rule ends the holding of this account, or nobody has it."),
        first=told.day(held.holding.since),
        longest=told.day(held.longest_keep),
        may_recall=may_open(caller, "recall_account") and bool(held.owner),
    )


def _may(held: Held, caller: Caller) -> str:
    if Role.supervisor in caller.actor.roles:
        return "decide"
    return "ask" if caller.actor.user_id in (held.owner_id, held.standby_id) else ""


def _past(held: Held, told: Told) -> Table:
    t = told.t
    return table(
        [t("Since"), t("Owner"), t("Stand-in"), t("Why"), t("By")],
        [
            [
                told.moment(one.at),
                one.owner or t("nobody"),
                one.standby or "·",
                t.word(one.why),
                Cell(one.actor.removeprefix("user:"), "dim"),
            ]
            for one in held.past
        ],
        t("Nobody was given this account yet."),
    )


class KeepForm(Form):
    until: date
    reason: str


@router.post("/accounts/{account_id}/keep")
def ask_keep(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    """A supervisor lets the owner keep it; an agent asks one to."""
    form, now = read(KeepForm, fields), desk.clock()
    decides = Role.supervisor in caller.actor.roles
    with writing(desk) as session:
        locked(session, caller, account_id)
        said = {"account_id": account_id, "reason": form.reason, "at": now, "actor": caller.actor}
        if decides:
            actions.keep(session, until=form.until, **said)  # type: ignore[arg-type]
        else:
            actions.ask_keep(session, until=form.until, **said)  # type: ignore[arg-type]
    return see(f"/accounts/{account_id}", "kept-case" if decides else "keep-asked")


class RecallForm(Form):
    note: str


@router.post("/accounts/{account_id}/recall")
def recall_account(account_id: Id, desk: DeskParam, caller: CallerParam, fields: FormParam) -> Any:
    form = read(RecallForm, fields)
    with writing(desk) as session:
        locked(session, caller, account_id)
        actions.recall(
            session, desk.office, account_ids=[account_id], note=form.note, at=desk.clock(), actor=caller.actor
        )
    return see(f"/accounts/{account_id}", "recalled")
